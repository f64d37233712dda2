/*
 * Owns the filling of a database: people join through the commands that the server runs, in large
 * batches and without HTTP. Half of them are friends of people who joined before, drawn uniformly.
 * Never runs beside a server, which holds the lock of the directory.
 * Called by main.c for `fill`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/store_address.h"
#include "commands.h"
#include "core/email.h"
#include "core/join.h"
#include "core/records.h"
#include "ledger.h"
#include "memory.h"
#include "store/ask.h"
#include "store/store.h"

enum {
	BATCH = 1024,        /* joins in one commit */
	KEPT_MAX = 1000000,  /* people whom the ledger names */
	MAP_SIZE_GIB = 64,   /* of address space */
	EMAILS_RUN = 0x5eed, /* the run of the ledger, so that all fillings have the same people */
	PROGRESS_USERS = 1000000, /* between two lines of progress */
};

struct fill;

struct newcomer {
	struct join join; /* the first member begins with the command */
	struct fill *fill;
	uint32_t seq, referrer; /* the referrer's entry in the ledger, or LEDGER_NONE */
	char email[PEOPLE_EMAIL_SIZE], code[LEDGER_CODE_SIZE];
};

struct fill {
	const struct options *options;
	struct store *store;
	struct codes *codes;
	struct ledger ledger;
	struct arena arena; /* of the batch */
	uint64_t random, joined, keep_every;
	enum err err; /* the first failure */
	const char *why;
	struct newcomer batch[BATCH];
};

struct key_query {
	struct command command;
	struct setting code_key;
};

static enum err fill_decide_key(struct command *command, struct tx *tx)
{
	struct key_query *q = (struct key_query *)command;
	q->code_key.name = TEXT("code_key");
	return tx_get(tx, &KIND_SETTING, &q->code_key);
}

static enum err fill_take_key(void *arg, struct command *query)
{
	const struct key_query *q = (struct key_query *)query;
	struct fill *f = arg;
	if (q->code_key.value.n != CODE_KEY_SIZE)
		return ERR_CORRUPT;
	f->codes = codes_new((const uint8_t *)q->code_key.value.p);
	return f->codes != NULL ? ERR_OK : ERR_NO_MEMORY;
}

static bool fill_fail(const char *what, const char *why)
{
	fprintf(stderr, "referd-bench: fill: %s: %s\n", what, why);
	return false;
}

/* `referd serve` has opened the directory once, so it has the key of the codes. */
static bool fill_open(struct fill *f)
{
	const struct options *o = f->options;
	struct store_address address;
	struct store_access access = {.map_size = (uint64_t)MAP_SIZE_GIB << 30};
	struct engine *engine = NULL;
	const char *why = o->store == NULL ? "is missing" : store_address_parse(o->store, &address);
	if (why != NULL)
		return fill_fail("--store", why);
	if (store_address_open(&address, &access, &engine, &why) != ERR_OK)
		return fill_fail(o->store, why);
	enum err err = store_open(engine, &(struct store_config){.batch_max = BATCH}, &f->store);
	if (err != ERR_OK)
		return fill_fail(o->store, store_address_refusal(err));
	struct key_query query = {.command.decide = fill_decide_key};
	if (store_ask(f->store, &query.command, fill_take_key, f) != ERR_OK)
		return fill_fail(o->store,
				 "it has no key for its codes: start referd serve on it once");
	return true;
}

static void fill_on_join(struct command *command, enum err err)
{
	struct newcomer *n = (struct newcomer *)command;
	struct fill *f = n->fill;
	if (err == ERR_OK && n->join.outcome != JOIN_CREATED)
		f->why = "nobody can join through this --campaign";
	if (err != ERR_OK || n->join.outcome != JOIN_CREATED) {
		f->err = err != ERR_OK ? err : ERR_REFUSED;
		return;
	}
	f->joined++;
	if (n->seq % f->keep_every != 0)
		return;
	char code[CODE_LENGTH + 1];
	uint32_t entry = ledger_attempt(&f->ledger, n->referrer, 0);
	f->ledger.entries[entry].seq = n->seq;
	code_write(f->codes, CODE_USER, n->join.user.id, code);
	(void)ledger_ack(&f->ledger, entry, text_of(code), n->join.user.id);
}

/* Every second person comes through the link of somebody whom the ledger names. */
static const char *fill_link(struct fill *f, struct newcomer *n)
{
	const struct ledger_acks *acks = &f->ledger.acks[LEDGER_PLAIN];
	n->referrer = LEDGER_NONE;
	if (n->seq % 2 == 0 || acks->n == 0)
		return f->options->campaign;
	n->referrer = acks->entries[random_next(&f->random) % acks->n];
	ledger_code(&f->ledger.entries[n->referrer], n->code);
	return n->code;
}

static bool fill_submit(struct fill *f, struct newcomer *n, uint32_t seq)
{
	n->fill = f;
	n->seq = seq;
	people_email(EMAILS_RUN, seq, n->email);
	n->join = (struct join){
	    .command = {.decide = join_decide, .done = fill_on_join},
	    .code = text_of(fill_link(f, n)),
	    .first_name = TEXT("Ann"),
	    .email = text_of(n->email),
	    .public_url = TEXT("http://localhost"),
	    .codes = f->codes,
	    .now_ms = clock_system.unix_ms(&clock_system),
	};
	f->err = email_canonical(n->join.email, &f->arena, &n->join.canonical_email);
	if (f->err == ERR_OK)
		f->err = store_submit(f->store, &n->join.command);
	return f->err == ERR_OK;
}

static bool fill_batch(struct fill *f, uint64_t wanted)
{
	uint32_t seq = (uint32_t)f->joined;
	for (size_t i = 0; i < BATCH && f->joined + i < wanted; i++)
		if (!fill_submit(f, &f->batch[i], seq++))
			break;
	while (!store_idle(f->store))
		store_turn(f->store);
	arena_reset(&f->arena);
	return f->err == ERR_OK;
}

static int fill_run(struct fill *f)
{
	const struct options *o = f->options;
	uint64_t began = clock_system.mono_ns(&clock_system), told = 0;
	f->keep_every = (o->users + KEPT_MAX - 1) / KEPT_MAX;
	while (f->joined < o->users && fill_batch(f, o->users)) {
		if (o->quiet || f->joined / PROGRESS_USERS == told)
			continue;
		told = f->joined / PROGRESS_USERS;
		fprintf(stderr, "%llu users\n", (unsigned long long)f->joined);
	}
	double seconds = (double)(clock_system.mono_ns(&clock_system) - began) / 1e9;
	if (f->err != ERR_OK) {
		fill_fail("a join failed", f->why != NULL ? f->why : err_name(f->err));
		return 1;
	}
	printf("%llu users joined in %.1f s; the ledger names %zu of them\n",
	       (unsigned long long)f->joined, seconds, f->ledger.acks[LEDGER_PLAIN].n);
	return f->ledger.write_failed ? 1 : 0;
}

int command_fill(const struct options *o)
{
	int status = 2;
	struct fill *f = memory_zeroed(1, sizeof *f);
	f->options = o;
	f->random = EMAILS_RUN;
	ledger_init(&f->ledger, EMAILS_RUN);
	if (o->users < 1 || o->users > UINT32_MAX)
		fill_fail("--users", "must be 1 to 4294967295");
	else if (o->campaign == NULL)
		fill_fail("--campaign", "is missing: give the code of a campaign that is launched");
	else if (fill_open(f) && (o->ledger == NULL || ledger_open(&f->ledger, o->ledger)))
		status = fill_run(f);
	store_close(f->store);
	codes_free(f->codes);
	ledger_free(&f->ledger);
	arena_free(&f->arena);
	free(f);
	return status;
}
