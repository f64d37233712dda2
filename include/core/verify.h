/*
 * The check of a whole database: does every record decode, and do the records agree? It changes
 * nothing. Its memory does not grow with the database, because it counts along indexes.
 */
#ifndef CORE_VERIFY_H
#define CORE_VERIFY_H

#include "core/code.h"
#include "core/records.h"
#include "store/command.h"

/* One problem of one record. The texts are for people, and contain no personal data. */
struct verify_problem {
	const struct verify_problem *next;
	const char *kind;      /* "user" */
	struct text key, what; /* "17", "has a type that does not exist" */
	bool warning; /* not damage, but an operator should know: n_problems does not count it */
};

/* The position of the walk. */
struct verify_state {
	size_t family, check;         /* in the tables of verify.c */
	uint8_t last[RECORD_KEY_MAX]; /* the key of the last row that was checked */
	size_t last_n;
	/* The rows of one index entry (by, number), counted until the next entry begins. */
	struct verify_group {
		uint64_t by, number;
		uint64_t counted[4];
		/* incomplete: a row of the group is damaged, so its counts are not compared. */
		bool open, incomplete;
	} group;
};

/* One slice of the walk. The walk begins with all members zero except `codes`. Run the command
 * until `finished`, always on the same committed data. */
struct verify {
	struct command command; /* decide: verify_decide; a query */
	struct codes *codes;
	/* The result, valid in done. */
	const struct verify_problem *problems;   /* of this slice; valid until done returns */
	uint64_t n_records, n_users, n_problems; /* so far */
	uint64_t n_slices; /* finished slices: if this does not grow, the walk cannot continue */
	bool finished;
	struct verify_state state; /* private */
};
/** done gets ERR_CORRUPT or ERR_FORMAT if a record that other records point to does not decode.
 * This record is among the problems, and the walk can continue. It cannot continue after other
 * errors. */
command_decide_fn verify_decide;

#endif
