/*
 * What an operator may set: one struct, one table (config.c), from which flags, environment, file,
 * --help and the table of deploy/README.md come.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "base/log.h"
#include "base/options.h"
#include "http/address.h"

struct config {
	const char *data, *listen, *metrics_listen, *public_url, *secret_key_file, *token_file;
	const char *ca_file, *nameservers, *allow_targets, *trusted_proxies, *log_level;
	bool allow_http_targets;
	uint64_t map_size, drain_ms, max_body, max_head, connections, max_memory;
	uint64_t retention_ms;
	uint64_t miss_rate, token_rate, join_rate, code_join_rate;
	uint64_t head_timeout_ms, body_timeout_ms, idle_timeout_ms;
	/* Made of the above by config_run. */
	bool data_is_flag; /* --data was on the command line, not only in the environment */
	struct cidr_list allowed, proxies;
	enum log_level level;
};

/* A command as its words are judged. */
struct config_command {
	const char *name, *usage;     /* "token create", "referd token create NAME [options]" */
	const char *about;            /* what it does, in sentences, for its --help */
	size_t min_args, max_args;    /* words beside the options; at most OPTIONS_MAX_ARGS */
	const struct option *options; /* its own, beside everybody's */
	size_t n_options;
	bool serves; /* it uses all options */
};

/** What the command does with its options and words; answers the exit status. */
typedef int config_run_fn(void *target, const struct options_args *args);

/** Reads flags, environment and file into *target: a zeroed struct config, or a struct that begins
 * with one (a command's own options lie behind it). Then run(target, args), during which its texts
 * live; or, after it has printed what has to be said, 0 for --help and 2 after an error. */
int config_run(const struct config_command *command, int argc, char **argv, void *target,
	       config_run_fn *run) WARN_UNUSED;

/** The options table as --help shows it, or as Markdown. */
void config_write_help(struct buf *out);
void config_write_markdown(struct buf *out);

#endif
