/*
 * Options: one table per command, from which flags, environment, configuration file, --help and the
 * table of deploy/README.md come. A flag goes over the environment, the environment over the file,
 * the file over the default.
 *
 *   --max-body 64KiB   --max-body=64KiB   REFERD_MAX_BODY=64KiB   file: max-body = 64KiB
 *
 * Two options are everybody's: --help, and --config FILE (REFERD_CONFIG) with lines "name = value";
 * "#" begins a comment at a line's start or after a blank.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include "base/bytes.h"

enum option_type {
	OPTION_TEXT,     /* const char *, NULL without a default */
	OPTION_U64,      /* uint64_t */
	OPTION_FLAG,     /* bool: "--name", or one of true/false, yes/no, on/off, 1/0 behind "=" */
	OPTION_SIZE,     /* uint64_t bytes: 65536, 64K, 64KiB, 1M, 1G (powers of 1024) */
	OPTION_DURATION, /* uint64_t milliseconds: 500ms, 10s, 5m, 2h, 1d; a unit is required, but
			    for 0 */
};

enum {
	OPTIONS_MAX = 64 /* a bit each in options_args */,
	OPTION_NAME_MAX = 40,
	OPTIONS_MAX_ARGS = 8
};

struct option {
	const char *name; /* "max-body"; the environment's name is made of it: REFERD_MAX_BODY */
	enum option_type type;
	size_t offset;           /* into the struct that options_read fills */
	const char *placeholder; /* "SIZE"; NULL for a flag */
	const char *fallback;    /* the default, written as a value; NULL for none (zero, false) */
	uint64_t min, max;       /* of U64, SIZE and DURATION; max 0: no limit */
	const char *help;        /* one sentence without its full stop */
};

struct options {
	const struct option *items; /* at most OPTIONS_MAX */
	size_t n;
	const char *const
	    *extra_environment;   /* known REFERD_ names that are no options; ends with NULL */
	const char *usage;        /* "referd serve [options]" */
	const char *const *about; /* paragraphs for --help; ends with NULL, or NULL for none */
};

/* The words on the command line beside the options, in order. */
struct options_args {
	const char *items[OPTIONS_MAX_ARGS];
	size_t n;
	uint64_t flags; /* bit i: the option items[i] was on the command line too */
};

enum options_outcome {
	OPTIONS_OK,
	OPTIONS_HELP,  /* --help was asked for: print options_write_help, exit 0 */
	OPTIONS_WRONG, /* *message says why in one line: print it, exit 2 */
};

/** Reads argv[0 .. argc) (the words after the command's name), envp ("NAME=value", ends with NULL;
 * NULL for none; an empty value counts as unset) and the configuration file into the struct at
 * `target`. Texts are borrowed from argv and envp or live in `arena`. `message` gets one line, its
 * end included, for OPTIONS_WRONG; with OPTIONS_OK it holds the warnings, one line each: REFERD_
 * variables that name nothing. "--" ends the options. `target` is written only with OPTIONS_OK. */
enum options_outcome options_read(const struct options *options, int argc, char *const *argv,
				  char *const *envp, void *target, struct options_args *args,
				  struct arena *arena, struct buf *message) WARN_UNUSED;

/** Appends what --help prints, at most 100 columns wide. */
void options_write_help(const struct options *options, struct buf *out);
/** Appends the Markdown table of deploy/README.md. */
void options_write_markdown(const struct options *options, struct buf *out);

/** Writes the environment's name of an option ("max-body" to "REFERD_MAX_BODY"). */
enum { OPTION_ENVIRONMENT_SIZE = OPTION_NAME_MAX + 8 };
void option_environment(const char *name, char out[OPTION_ENVIRONMENT_SIZE]);

#endif
