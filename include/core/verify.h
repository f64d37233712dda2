/* Checking a whole database: does every record decode, and does each say what the others say?
 * Nothing is changed. Memory stays the same however large the database is: what has to be counted
 * is counted along an index.
 */
#ifndef CORE_VERIFY_H
#define CORE_VERIFY_H

#include "core/code.h"
#include "core/records.h"
#include "store/command.h"

/* What is wrong with one record. The texts are for people, and hold no personal data. */
struct verify_problem {
	const struct verify_problem *next;
	const char *kind;      /* "user" */
	struct text key, what; /* "17", "its campaign does not exist" */
	bool warning;          /* nothing is wrong, but somebody should know: it is not counted */
};

/* Where the walk stands. */
struct verify_state {
	size_t family, check;         /* of verify.c's tables */
	uint8_t last[RECORD_KEY_MAX]; /* the key of the last row looked at; none: begin */
	size_t last_n;
	/* The rows of one index entry (by, number), counted until another one begins. */
	struct verify_group {
		uint64_t by, number;
		uint64_t counted[4];
		bool open, incomplete; /* incomplete: of one row it cannot be told how it counts */
	} group;
};

/* One slice of the walk. All zero but `codes` is its beginning; run it until `finished`, always
 * over the same committed data. */
struct verify {
	struct command command; /* decide: verify_decide; a query */
	struct codes *codes;
	/* In done. */
	const struct verify_problem *problems;   /* found in this slice; until done returned */
	uint64_t n_records, n_users, n_problems; /* so far */
	uint64_t n_slices; /* walked to their end: where it does not grow, the walk cannot go on */
	bool finished;
	struct verify_state state; /* its own */
};
/** done is told ERR_CORRUPT or ERR_FORMAT where a record that others lead to does not decode: it is
 * among the problems, and the walk can go on. After other errors it cannot. */
command_decide_fn verify_decide;

#endif
