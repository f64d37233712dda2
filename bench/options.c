/*
 * Owns the table of options: names, kinds, defaults, help.
 * Never applies an option.
 * Called by main.c.
 */
#include "options.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_LIST, OPTION_NUMBER, OPTION_REAL };

struct option_entry {
	const char *name;
	enum option_kind kind;
	size_t offset;
	unsigned commands;
	const char *help;
};

#define AT(field) offsetof(struct options, field)

enum { IN_LOAD = IN_RUN | IN_COMPARE, IN_CLIENT = IN_RUN | IN_VERIFY };

static const struct option_entry options[] = {
    {"--url", OPTION_LIST, AT(urls), IN_CLIENT,
     "http://HOST:PORT of a running server; once for each node (at most 16)"},
    {"--server", OPTION_TEXT, AT(server), IN_LOAD, "start this referd in a temporary directory"},
    {"--token", OPTION_TEXT, AT(token), IN_CLIENT, "API token (default: $REFERD_API_TOKEN)"},
    {"--inbound-token", OPTION_TEXT, AT(inbound_token), IN_RUN,
     "qualify token (default: $REFERD_INBOUND_TOKEN)"},
    {"--campaign", OPTION_TEXT, AT(campaign), IN_RUN | IN_FILL,
     "use the campaign with this code instead of a new one"},
    {"--connections", OPTION_NUMBER, AT(connections), IN_LOAD | IN_VERIFY,
     "number of connections (64; compare: 256)"},
    {"--seconds", OPTION_REAL, AT(seconds), IN_LOAD,
     "seconds in which requests start (10; compare: 5)"},
    {"--requests", OPTION_NUMBER, AT(requests), IN_RUN, "largest number of requests (no limit)"},
    {"--rate", OPTION_REAL, AT(rate), IN_RUN, "open loop: requests per second"},
    {"--rounds", OPTION_NUMBER, AT(rounds), IN_COMPARE, "rounds of all scenarios (3, at most 10)"},
    {"--referrers", OPTION_NUMBER, AT(referrers), IN_LOAD,
     "users to create before the scenarios refer and read (1000)"},
    {"--seed", OPTION_NUMBER, AT(seed), IN_LOAD, "seed for names, addresses and choices (random)"},
    {"--pid", OPTION_NUMBER, AT(pid), IN_RUN, "measure the CPU and memory of this process"},
    {"--ledger", OPTION_TEXT, AT(ledger), IN_CLIENT | IN_FILL, "file for acknowledged responses"},
    {"--from", OPTION_TEXT, AT(from), IN_RUN,
     "file of an earlier ledger, whose users are there already"},
    {"--store", OPTION_TEXT, AT(store), IN_FILL,
     "lmdb:DIR: a directory that referd serve has started once"},
    {"--users", OPTION_NUMBER, AT(users), IN_FILL, "number of users to make (1000000)"},
    {"--verify", OPTION_TEXT, AT(verify), IN_LOAD | IN_VERIFY,
     "all, none, or a sample size (10000)"},
    {"--drain", OPTION_REAL, AT(drain), IN_LOAD, "seconds to wait for missing webhooks (60)"},
    {"--identity", OPTION_TEXT, AT(identity), IN_RUN | IN_RECEIVER,
     "file that keeps the receiver's certificate between runs"},
    {"--ca-out", OPTION_TEXT, AT(ca_out), IN_RUN | IN_RECEIVER, "write the receiver's CA here"},
    {"--work-dir", OPTION_TEXT, AT(work_dir), IN_LOAD,
     "directory for temporary files ($TMPDIR or /var/tmp)"},
    {"--json", OPTION_FLAG, AT(json), IN_RUN | IN_COMPARE, "print one JSON object"},
    {"--quiet", OPTION_FLAG, AT(quiet), IN_LOAD | IN_FILL, "print no progress on stderr"},
    {"--i-own-this-host", OPTION_FLAG, AT(any_host), IN_CLIENT,
     "allow a target on another machine"},
    {"--listen", OPTION_TEXT, AT(listen), IN_RECEIVER | IN_FLOOR, "ADDRESS:PORT (127.0.0.1:0)"},
    {"--host", OPTION_TEXT, AT(host), IN_RECEIVER, "an additional name in the certificate"},
    {"--log", OPTION_TEXT, AT(log), IN_RECEIVER, "append one JSON line for each request"},
    {"--fail", OPTION_TEXT, AT(fail), IN_RECEIVER,
     "answer 500 to this share of requests, such as 30%"},
    {"--down", OPTION_FLAG, AT(down), IN_RECEIVER, "reset every connection (SIGUSR1 toggles)"},
    {"--print", OPTION_FLAG, AT(print), IN_RECEIVER, "show each request on stdout"},
};

enum { OPTIONS = sizeof options / sizeof options[0] };

static const struct option_entry *options_find(const char *name, enum command_bit command)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (strcmp(options[i].name, name) == 0 && (options[i].commands & command) != 0)
			return &options[i];
	return NULL;
}

static bool options_real(const char *value, double *out)
{
	char *end;
	errno = 0;
	double v = strtod(value, &end);
	if (end == value || *end != '\0' || errno != 0 || !(v > 0 && v < 1e9))
		return false;
	*out = v;
	return true;
}

static bool options_append(struct option_list *list, const char *value)
{
	if (list->n == TARGETS_MAX)
		return false;
	list->at[list->n++] = value;
	return true;
}

static bool options_set(struct options *o, const struct option_entry *entry, const char *value)
{
	char *at = (char *)o + entry->offset;
	bool ok = true;
	switch (entry->kind) {
	case OPTION_FLAG:
		memcpy(at, &(bool){true}, sizeof(bool));
		break;
	case OPTION_TEXT:
		memcpy(at, &value, sizeof value);
		break;
	case OPTION_LIST:
		if (!options_append((struct option_list *)(void *)at, value)) {
			fprintf(stderr, "referd-bench: %s is given more than %d times\n",
				entry->name, TARGETS_MAX);
			return false;
		}
		break;
	case OPTION_NUMBER: {
		uint64_t number = 0;
		ok = text_to_u64(text_of(value), &number);
		memcpy(at, &number, sizeof number);
		break;
	}
	case OPTION_REAL: {
		double real = 0;
		ok = options_real(value, &real);
		memcpy(at, &real, sizeof real);
		break;
	}
	}
	if (!ok)
		fprintf(stderr, "referd-bench: %s %s: must be a number\n", entry->name, value);
	return ok;
}

static const struct options defaults = {
    .listen = "127.0.0.1:0",
    .verify = "10000",
    .seconds = 10,
    .drain = 60,
    .connections = 64,
    .rounds = 3,
    .referrers = 1000,
    .users = 1000000,
};

static bool options_check(const struct options *o)
{
	if (o->connections >= 1 && o->connections <= 20000 && o->rounds >= 1 && o->rounds <= 10 &&
	    o->referrers >= 1)
		return true;
	fprintf(stderr, "referd-bench: --connections must be 1 to 20000, --rounds 1 to 10, "
			"--referrers 1 or more\n");
	return false;
}

bool options_parse(struct options *o, enum command_bit command, int argc, char **argv)
{
	*o = defaults;
	if (command == IN_COMPARE) {
		o->connections = 256;
		o->seconds = 5;
	}
	o->token = getenv("REFERD_API_TOKEN");
	o->inbound_token = getenv("REFERD_INBOUND_TOKEN");
	for (int i = 1; i < argc; i++) {
		const struct option_entry *entry = options_find(argv[i], command);
		bool takes_value = entry != NULL && entry->kind != OPTION_FLAG;
		if (entry == NULL || (takes_value && i + 1 == argc)) {
			fprintf(stderr, "referd-bench: %s %s: run referd-bench help\n", argv[i],
				entry == NULL ? "is not an option of this command"
					      : "needs a value");
			return false;
		}
		if (!options_set(o, entry, takes_value ? argv[i + 1] : NULL))
			return false;
		i += takes_value;
	}
	return options_check(o);
}

void options_print(enum command_bit command)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if ((options[i].commands & command) != 0)
			printf("    %-18s %s\n", options[i].name, options[i].help);
}
