/*
 * The options of referd: one struct and one table (config.c). The command line, the environment,
 * the file of options, --help and the table of deploy/README.md all come from this table.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "base/log.h"
#include "base/options.h"
#include "http/address.h"
#include "store_address.h"

/* Bytes of the longest --public-url. */
enum { CONFIG_PUBLIC_URL_MAX = 500 };

struct config {
	const char *data, *store, *listen, *metrics_listen, *public_url, *secret_key_file,
	    *token_file;
	const char *tls_listen, *tls_cert, *tls_key;
	const char *node_name;
	const char *ca_file, *nameservers, *allow_targets, *trusted_proxies, *log_level;
	bool allow_http_targets;
	uint64_t map_size, drain_ms, store_timeout_ms, max_body, max_head, connections, max_memory;
	uint64_t retention_ms, audit_retention_ms, streams;
	uint64_t miss_rate, token_rate, join_rate, code_join_rate;
	uint64_t head_timeout_ms, body_timeout_ms, idle_timeout_ms, dns_cache_ms;
	/* config_run derives these from the options above. */
	struct store_address address; /* of the database */
	bool place_is_flag; /* --data or --store is on the command line, not only in the environment
			     */
	struct cidr_list allowed, proxies;
	enum log_level level;
};

/* How a command is called. */
struct config_command {
	const char *name, *usage;     /* "token create", "referd token create NAME [options]" */
	const char *about;            /* what it does, in sentences, for its --help */
	size_t min_args, max_args;    /* words other than options; at most OPTIONS_MAX_ARGS */
	const struct option *options; /* its own, in addition to the table */
	size_t n_options;
	bool serves; /* it uses all options */
	/* Why the command does not work with postgresql://..., and what does; NULL: it works. */
	const char *only_lmdb;
};

/** Does the work of a command with its options and words. Returns the exit status. */
typedef int config_run_fn(void *target, const struct options_args *args);

/** Reads the command line, the environment and the file of options into *target: a zeroed struct
 * config, or a zeroed struct that begins with a struct config and has the command's own options
 * after it. Then returns run(target, args); the texts live during this call. For --help, prints the
 * help and returns 0. After an error, prints a message and returns 2. */
int config_run(const struct config_command *command, int argc, char **argv, void *target,
	       config_run_fn *run) WARN_UNUSED;

/* A command that is the second word: `create` of `referd token create`. */
struct config_choice {
	const char *word;
	config_run_fn *run;
	struct config_command command;
};

/* What `referd token` offers. */
struct config_choices {
	const char *usage;   /* for --help */
	const char *unknown; /* the message for another word, or for none */
	const struct config_choice *items;
	size_t n;
};

/** Runs the command that argv[0] names as config_run does, with the words after it. For --help,
 * prints the usage and returns 0. For an unknown word, prints the message and returns 2. */
int config_run_choice(const struct config_choices *choices, int argc, char **argv,
		      void *target) WARN_UNUSED;

/** Appends the table of options as --help shows it, or as Markdown. */
void config_write_help(struct buf *out);
void config_write_markdown(struct buf *out);

#endif
