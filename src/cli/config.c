/*
 * Owns the table of options and the checks of their values. Never opens a file or a socket for a
 * command. Called by main for each command.
 */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "http/url.h"

#define OPTION(name, type, member, placeholder, fallback, min, max, help)                          \
	{                                                                                          \
		name, OPTION_##type, offsetof(struct config, member), placeholder, fallback, min,  \
		    max, help                                                                      \
	}

static const struct option table[] = {
    OPTION("data", TEXT, data, "DIR", "./referd-data", 0, 0,
	   "Directory of the secret key and the first tokens, and of the database unless --store "
	   "names another place"),
    OPTION("store", TEXT, store, "ADDRESS", NULL, 0, 0,
	   "Address of the database: lmdb:DIR or postgresql://HOST/DATABASE; by default the "
	   "directory of --data. With lmdb:DIR and without --data, the secret key and the first "
	   "tokens are in this DIR too"),
    OPTION("listen", TEXT, listen, "ADDR:PORT", "127.0.0.1:8080", 0, 0,
	   "Address to serve on; with port 0, referd picks a free port and prints it"),
    OPTION("tls-listen", TEXT, tls_listen, "ADDR:PORT", NULL, 0, 0,
	   "Second address, which speaks TLS 1.2 and 1.3; needs --tls-cert and --tls-key"),
    OPTION("tls-cert", TEXT, tls_cert, "FILE", NULL, 0, 0,
	   "Certificate (PEM) of --tls-listen, followed by its intermediate certificates; referd "
	   "reads a changed file within seconds"),
    OPTION("tls-key", TEXT, tls_key, "FILE", NULL, 0, 0,
	   "Private key (PEM, without a password) of --tls-cert"),
    OPTION("metrics-listen", TEXT, metrics_listen, "ADDR:PORT", NULL, 0, 0,
	   "Second address, which serves only /metrics and asks for no token; without it, /metrics "
	   "answers clients on this machine and requests with an API token"),
    OPTION(
	"public-url", TEXT, public_url, "URL", NULL, 0, 0,
	"Address that people and systems use for referd: every link begins with it. It may have a "
	"path if a reverse proxy removes the path from requests; by default "
	"http://localhost:PORT, or https:// with the port of --tls-listen"),
    OPTION("ca-file", TEXT, ca_file, "FILE", NULL, 0, 0,
	   "Root certificates (PEM) for outbound TLS, in addition to the roots of the system"),
    OPTION("allow-targets", TEXT, allow_targets, "CIDR,...", NULL, 0, 0,
	   "Private address ranges that webhooks may be sent to"),
    OPTION("allow-http-targets", FLAG, allow_http_targets, NULL, NULL, 0, 0,
	   "Allow webhooks to http:// URLs"),
    OPTION("trusted-proxies", TEXT, trusted_proxies, "CIDR,...", NULL, 0, 0,
	   "Reverse proxies whose X-Forwarded-For or Forwarded header referd trusts"),
    OPTION("log-level", TEXT, log_level, "LEVEL", "info", 0, 0,
	   "Lowest level to log: debug, info, warn or error"),
    OPTION(
	"secret-key-file", TEXT, secret_key_file, "FILE", NULL, 0, 0,
	"Key that encrypts stored secrets, created at the first start; by default DIR/secret.key"),
    OPTION(
	"token-file", TEXT, token_file, "FILE", NULL, 0, 0,
	"File with the API token for commands that call the running server; by default, they use "
	"REFERD_API_TOKEN"),
    OPTION("node-name", TEXT, node_name, "NAME", NULL, 0, 0,
	   "Name of this server among the servers of one PostgreSQL database; by default the host "
	   "name"),
    OPTION("nameservers", TEXT, nameservers, "ADDR:PORT,...", NULL, 0, 0,
	   "DNS servers for outbound requests; by default, the servers in /etc/resolv.conf"),
    OPTION("dns-cache", DURATION, dns_cache_ms, "TIME", "30s", 1, 30000,
	   "Time for which referd keeps the addresses of a name for outbound requests"),
    OPTION("store-timeout", DURATION, store_timeout_ms, "TIME", "10s", 1000, 3600000,
	   "How long a request waits while a PostgreSQL database does not answer; then it gets "
	   "503"),
    OPTION("drain-timeout", DURATION, drain_ms, "TIME", "8s", 0, 3600000,
	   "Longest time that a stopping server takes to send its last responses"),
    OPTION("connections", U64, connections, "N", "10000", 1, 1000000,
	   "Largest number of open inbound connections, or fewer if the system allows fewer "
	   "descriptors; for each further connection, referd closes the connection that is idle "
	   "longest, or else the slowest"),
    OPTION("max-memory", SIZE, max_memory, "SIZE", "256MiB", 1048576, 0,
	   "Memory for requests and unsent responses; when it is used up, referd reads less, then "
	   "closes slow connections, then answers 503"),
    OPTION("max-head", SIZE, max_head, "SIZE", "16KiB", 1024, 1048576,
	   "Largest request head: the request line and the headers"),
    OPTION("max-body", SIZE, max_body, "SIZE", "64KiB", 1024, 16777216, "Largest request body"),
    OPTION("head-timeout", DURATION, head_timeout_ms, "TIME", "10s", 1, 3600000,
	   "Longest time that a client may take to send the head of a request"),
    OPTION("body-timeout", DURATION, body_timeout_ms, "TIME", "30s", 1, 3600000,
	   "Longest time that a client may take to send the body of a request"),
    OPTION("idle-timeout", DURATION, idle_timeout_ms, "TIME", "60s", 1, 3600000,
	   "Longest time between two requests on a connection"),
    OPTION("miss-rate", U64, miss_rate, "N", "60", 0, 1000000,
	   "Unknown codes, wrong tokens and wrong passwords per minute from each address "
	   "(IPv6: /64); 0: no limit"),
    OPTION("token-rate", U64, token_rate, "N", "0", 0, 1000000,
	   "API calls per minute with each token; 0: no limit"),
    OPTION("join-rate", U64, join_rate, "N", "0", 0, 1000000,
	   "Joins per minute from each address (IPv6: /64); 0: no limit"),
    OPTION("code-join-rate", U64, code_join_rate, "N", "0", 0, 1000000,
	   "Joins per minute through each code of a campaign or user; 0: no limit"),
    OPTION(
	"streams", U64, streams, "N", "100", 0, 100000,
	"Largest number of open streams of changes (GET /api/v2/stream); a further one gets 503"),
    OPTION("retention", DURATION, retention_ms, "TIME", "30d", 0, 0,
	   "Time for which finished deliveries, their attempts and events are kept; 0: for ever"),
    OPTION("audit-retention", DURATION, audit_retention_ms, "TIME", "400d", 0, 0,
	   "Time for which the lines of the audit list are kept; 0: for ever"),
    OPTION("map-size", SIZE, map_size, "SIZE", "64GiB", 1048576, 0,
	   "Address space to reserve for the database; it grows when the database does"),
};

static const char *const other_variables[] = {"REFERD_API_TOKEN", "REFERD_INBOUND_TOKEN", NULL};

static const char shared[] =
    "Every command takes all options, so that commands and server can share an environment or a "
    "file of options. The options that this command does not need change nothing.";

enum { COMMON = sizeof table / sizeof *table, DATA = 0, STORE = 1 /* their places in the table */ };

static struct options options_of(const struct option *items, size_t n, const char *usage)
{
	return (struct options){
	    .items = items, .n = n, .extra_environment = other_variables, .usage = usage};
}

static int refuse(const char *option, const char *value, const char *why)
{
	fprintf(stderr, "referd: --%s %s: %s\n", option, value, why);
	return 2;
}

/* referd writes the path into pages, cookies and Location headers without escaping it. */
static bool public_path_usable(struct text path)
{
	struct text segment, rest;
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	if (path.n == 0)
		return true;
	rest = text_from(path.p + 1, path.n - 1);
	while (rest.n > 0) {
		text_cut(rest, '/', &segment, &rest);
		if (segment.n == 0 || segment.p[0] == '.')
			return false;
		for (size_t i = 0; i < segment.n; i++)
			if (!ascii_is_alnum(segment.p[i]) &&
			    memchr("-._~", segment.p[i], 4) == NULL)
				return false;
	}
	return true;
}

/* Links, redirects and pages begin with the public URL, and referd uses all paths below it. */
static bool public_url_usable(const char *text)
{
	struct url url;
	return strlen(text) <= CONFIG_PUBLIC_URL_MAX &&
	       url_parse(text_of(text), URL_ALLOW_HTTP, &url) == NULL && !url.has_query &&
	       public_path_usable(url.path);
}

/* The three options of TLS belong together. */
static int refuse_incomplete_tls(const struct config *c)
{
	const struct {
		const char *name, *value;
	} options[] = {{"--tls-listen", c->tls_listen},
		       {"--tls-cert", c->tls_cert},
		       {"--tls-key", c->tls_key}};
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (options[i].value == NULL)
			fprintf(stderr,
				"referd: %s is missing: TLS needs --tls-listen, --tls-cert and "
				"--tls-key\n",
				options[i].name);
	return 2;
}

static int check(struct config *c)
{
	if (!log_parse_level(text_of(c->log_level), &c->level))
		return refuse("log-level", c->log_level, "must be debug, info, warn or error");
	if (c->allow_targets != NULL &&
	    cidr_list_parse(text_of(c->allow_targets), &c->allowed) != ERR_OK)
		return refuse(
		    "allow-targets", c->allow_targets,
		    "is not a list of address ranges: write, for example, 10.0.0.0/8,fd00::/8");
	if (c->trusted_proxies != NULL &&
	    cidr_list_parse(text_of(c->trusted_proxies), &c->proxies) != ERR_OK)
		return refuse(
		    "trusted-proxies", c->trusted_proxies,
		    "is not a list of address ranges: write, for example, 10.0.0.0/8,fd00::/8");
	if (c->public_url != NULL && !public_url_usable(c->public_url))
		return refuse("public-url", c->public_url,
			      "must be a URL without a query and with a plain path, such as "
			      "https://refer.example.com or https://example.com/refer");
	if ((c->tls_listen != NULL) != (c->tls_cert != NULL) ||
	    (c->tls_cert != NULL) != (c->tls_key != NULL))
		return refuse_incomplete_tls(c);
	if (c->ca_file != NULL && access(c->ca_file, R_OK) != 0)
		return refuse("ca-file", c->ca_file,
			      "cannot be read: check the path and the permissions");
	return -1;
}

/* --store says where the database is, and --data where the files of this machine are. Each is also
 * the default of the other. */
static int choose_place(const struct config_command *command, const struct options_args *args,
			struct config *config)
{
	uint64_t data = (uint64_t)1 << (command->n_options + DATA);
	uint64_t store = (uint64_t)1 << (command->n_options + STORE);
	/* NOLINTNEXTLINE(*-avoid-non-const-global-variables): the process has one host name */
	static char host[256];
	if (config->node_name == NULL) {
		if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0')
			memcpy(host, "referd", sizeof "referd");
		config->node_name = host;
	}
	config->address.dir = config->data;
	config->place_is_flag = (args->flags & (data | store)) != 0;
	if (config->store != NULL) {
		const char *why = store_address_parse(config->store, &config->address);
		if (why != NULL)
			return refuse("store", config->store, why);
		if (config->address.postgresql != NULL && command->only_lmdb != NULL)
			return refuse("store", "postgresql://...", command->only_lmdb);
		if (config->address.postgresql != NULL && config->secret_key_file == NULL)
			return refuse("store", "postgresql://...",
				      "needs --secret-key-file: all servers of the database must "
				      "have the same key");
		if ((args->defaults & data) != 0 && config->address.postgresql == NULL)
			config->data = config->address.dir;
	}
	return check(config);
}

static void print_message(const struct buf *message)
{
	struct text line, rest = buf_view(message);
	while (rest.n > 0) {
		text_cut(rest, '\n', &line, &rest);
		fprintf(stderr, "referd: %.*s\n", TEXT_ARGS(line));
	}
}

/* Prints what is wrong and returns false if the number of words does not fit. */
static bool arguments_fit(const struct config_command *command, const struct options_args *args)
{
	size_t max = command->max_args;
	if (args->n > max && max == 0)
		fprintf(stderr,
			"referd: %s takes no arguments: remove \"%s\", or see referd help\n",
			command->name, args->items[0]);
	else if (args->n > max)
		fprintf(stderr, "referd: %s has one argument too many, \"%s\": write %s\n",
			command->name, args->items[max], command->usage);
	else if (args->n < command->min_args)
		fprintf(stderr, "referd: %s needs an argument: write %s\n", command->name,
			command->usage);
	return args->n >= command->min_args && args->n <= max;
}

/* Returns -1 to continue, else the exit status. Texts live in arena. */
static int read_all(const struct config_command *command, int argc, char **argv, void *target,
		    struct options_args *args, struct arena *arena)
{
	struct option items[OPTIONS_MAX];
	struct buf message = {0};
	/* The command's own options come first, so that its help begins with them. */
	for (size_t i = 0; i < command->n_options; i++)
		items[i] = command->options[i];
	memcpy(items + command->n_options, table, sizeof table);
	struct options options = options_of(items, COMMON + command->n_options, command->usage);
	const char *const about[] = {command->about, command->serves ? NULL : shared, NULL};
	options.about = about;
	enum options_outcome outcome =
	    options_read(&options, argc, argv, environ, target, args, arena, &message);
	if (outcome == OPTIONS_HELP) {
		options_write_help(&options, &message);
		fwrite(message.p, 1, message.n, stdout);
		buf_free(&message);
		return 0;
	}
	print_message(&message);
	buf_free(&message);
	if (outcome == OPTIONS_WRONG || !arguments_fit(command, args))
		return 2;
	return choose_place(command, args, target);
}

int config_run(const struct config_command *command, int argc, char **argv, void *target,
	       config_run_fn *run)
{
	struct arena arena = {0};
	struct options_args args;
	int status = read_all(command, argc, argv, target, &args, &arena);
	if (status < 0)
		status = run(target, &args);
	arena_free(&arena);
	return status;
}

int config_run_choice(const struct config_choices *choices, int argc, char **argv, void *target)
{
	const struct config_choice *items = choices->items;
	size_t i = 0;
	if (argc > 0 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)) {
		fputs(choices->usage, stdout);
		return 0;
	}
	while (i < choices->n && (argc < 1 || strcmp(argv[0], items[i].word) != 0))
		i++;
	if (i == choices->n) {
		fprintf(stderr, "referd: %s\n", choices->unknown);
		return 2;
	}
	return config_run(&items[i].command, argc - 1, argv + 1, target, items[i].run);
}

void config_write_help(struct buf *out)
{
	const struct options options = options_of(table, COMMON, "referd serve [options]");
	options_write_help(&options, out);
}

void config_write_markdown(struct buf *out)
{
	const struct options options = options_of(table, COMMON, "referd serve [options]");
	options_write_markdown(&options, out);
}
