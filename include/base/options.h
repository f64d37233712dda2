/*
 * Options: one table for each command. The command line, the environment, the configuration file,
 * --help and the table of deploy/README.md use it. The command line overrides the environment, the
 * environment overrides the file, and the file overrides the default.
 *
 *   --max-body 64KiB   --max-body=64KiB   REFERD_MAX_BODY=64KiB   file: max-body = 64KiB
 *
 * Every command has two more options: --help, and --config FILE (REFERD_CONFIG). The file has lines
 * "name = value". "#" begins a comment at the start of a line or after a blank.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include "base/bytes.h"

enum option_type {
	OPTION_TEXT,     /* const char *, NULL without a default */
	OPTION_U64,      /* uint64_t */
	OPTION_FLAG,     /* bool: "--name", or one of true/false, yes/no, on/off, 1/0 behind "=" */
	OPTION_SIZE,     /* uint64_t bytes: 65536, 64K, 64KiB, 1M, 1G (powers of 1024) */
	OPTION_DURATION, /* uint64_t milliseconds: 500ms, 10s, 5m, 2h, 1d; only 0 needs no unit */
};

enum {
	OPTIONS_MAX = 64 /* options_args has a bit for each */,
	OPTION_NAME_MAX = 40,
	OPTIONS_MAX_ARGS = 8
};

struct option {
	const char *name; /* "max-body"; REFERD_MAX_BODY in the environment */
	enum option_type type;
	size_t offset;           /* into the struct that options_read fills */
	const char *placeholder; /* "SIZE"; NULL for a flag */
	const char *fallback;    /* the default, written as a value; NULL: zero or false */
	uint64_t min, max;       /* of U64, SIZE and DURATION; max 0: no limit */
	const char *help;        /* one sentence without its full stop */
};

struct options {
	const struct option *items; /* at most OPTIONS_MAX */
	size_t n;
	const char *const *extra_environment; /* further known REFERD_ names; ends with NULL */
	const char *usage;                    /* "referd serve [options]" */
	const char *const *about; /* paragraphs for --help; ends with NULL, or NULL for none */
};

/* The words on the command line that are not options, in order. */
struct options_args {
	const char *items[OPTIONS_MAX_ARGS];
	size_t n;
	uint64_t flags;    /* bit i: option i of struct options is on the command line */
	uint64_t defaults; /* bit i: option i has its default */
};

enum options_outcome {
	OPTIONS_OK,
	OPTIONS_HELP,  /* --help: print options_write_help and exit with status 0 */
	OPTIONS_WRONG, /* *message says what is wrong: print it and exit with status 2 */
};

/** Reads argv[0 .. argc) (the words after the command's name), envp ("NAME=value", ends with NULL;
 * may be NULL; an empty value counts as unset) and the configuration file into the struct at
 * `target`. Texts are borrowed from argv and envp or live in `arena`. "--" ends the options. For
 * OPTIONS_WRONG, `message` gets one line with a line feed. For OPTIONS_OK, it gets a line for each
 * warning: a REFERD_ variable that is not known. `target` is written only for OPTIONS_OK. */
enum options_outcome options_read(const struct options *options, int argc, char *const *argv,
				  char *const *envp, void *target, struct options_args *args,
				  struct arena *arena, struct buf *message) WARN_UNUSED;

/** Appends what --help prints, at most 100 columns wide. */
void options_write_help(const struct options *options, struct buf *out);
/** Appends the Markdown table of deploy/README.md. */
void options_write_markdown(const struct options *options, struct buf *out);

/** Writes the name of an option in the environment: "REFERD_MAX_BODY" for "max-body". */
enum { OPTION_ENVIRONMENT_SIZE = OPTION_NAME_MAX + 8 };
void option_environment(const char *name, char out[OPTION_ENVIRONMENT_SIZE]);

#endif
