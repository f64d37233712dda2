/*
 * One line of an import: a user of an earlier programme becomes a user of a campaign, and keeps
 * their code, referrer and qualification.
 */
#ifndef CORE_IMPORT_H
#define CORE_IMPORT_H

#include "core/join.h"
#include "core/qualify.h"

/* What a dry run knows about the lines that it has accepted, because later lines may name them: up
 * to 1.5 million marks of 8 bytes. All zero: no lines. Free with import_seen_free.
 *
 * The store may run the command of a line several times, ahead of earlier lines too. So the marks
 * of lines that are not settled are kept with their lines, and a line that runs again first
 * withdraws its marks and the marks of later lines. */
struct import_seen {
	uint64_t *slots;
	size_t n, room;
	struct import_seen_mark {
		uint64_t line, mark;
	} * recent; /* in the order of their lines */
	size_t n_recent, recent_cap;
};

enum { IMPORT_MARKS_MAX = 5 }; /* marks of one line */

bool import_seen_has(const struct import_seen *seen, uint64_t mark);
/** Adds a mark of this line. Returns false if memory runs out. */
bool import_seen_add(struct import_seen *seen, uint64_t line, uint64_t mark);
/** Removes the marks of this line and of later lines that are not settled. */
void import_seen_withdraw(struct import_seen *seen, uint64_t line);
/** All lines so far are done: their marks stay. */
void import_seen_settle(struct import_seen *seen);
/** Is there room for the marks of so many more lines? */
bool import_seen_takes(const struct import_seen *seen, size_t lines);
void import_seen_free(struct import_seen *seen);

/* A line is stored as a whole, or not at all. */
struct import_row {
	struct command command;   /* decide: import_row_decide */
	struct join join;         /* filled in, with `import` set; its own `command` is not used */
	bool qualified;           /* true: the user also becomes qualified; false changes nothing */
	uint64_t qualified_ms;    /* the time of the qualification; 0: unknown, so it is now */
	struct import_seen *seen; /* of a dry run */
	uint64_t line;            /* of a dry run: later lines have greater numbers */

	/* The result, valid in done. */
	bool created;   /* false: the address was in the campaign already */
	bool qualifies; /* the line has qualified the user, who was not qualified before */
};

/** ERR_OK, or ERR_REFUSED with the reasons in join.problems; a problem without a field is about the
 * whole line. An import earns no rewards. The same line again changes nothing. */
command_decide_fn import_row_decide;
/** The dry run of import_row_decide: the same result for the lines of one file in their order, but
 * it stores nothing. ERR_REFUSED without problems: the line would be stored. Needs row->seen and
 * row->line. */
command_decide_fn import_try_decide;

#endif
