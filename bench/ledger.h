/*
 * The ledger: what the server has acknowledged, and what it may have done although its answer was
 * lost. 24 bytes for a join, plus 12 for its indexes, so that ten million fit into 400 MB.
 */
#ifndef BENCH_LEDGER_H
#define BENCH_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "people.h"

/* No entry: the referrer of a direct join, the answer of a search without a result. */
#define LEDGER_NONE UINT32_MAX

enum { LEDGER_CODE_SIZE = 9 };

enum ledger_flag {
	LEDGER_ACKED = 1 << 0,        /* 201 came */
	LEDGER_LOST = 1 << 1,         /* sent, no answer: the server may have it or not */
	LEDGER_QUALIFY_SENT = 1 << 2, /* somebody is qualifying it or did */
	LEDGER_QUALIFIED = 1 << 3,    /* the qualify's 200 came */
	LEDGER_QUALIFY_LOST = 1 << 4, /* sent, no answer */
	LEDGER_HOOK_JOIN = 1 << 5,    /* a user.join webhook is owed */
	LEDGER_HOOK_QUALIFY = 1 << 6, /* so is a user.qualified one, once it is qualified */
};

struct ledger_entry {
	uint64_t code;     /* its eight characters, the first in the lowest byte; 0: not known */
	uint32_t id;       /* the server's; 0: not known */
	uint32_t referrer; /* an entry's index or LEDGER_NONE */
	uint32_t seq;      /* with run: who it is (people.h) */
	uint16_t run;      /* index into ledger.runs */
	uint8_t flags;
	uint8_t
	    hooks; /* distinct webhooks that arrived: joins in the low four bits, then qualifies */
};

/* Entries by the campaign they joined: only the same group's codes are drawn as referrers. */
enum ledger_group { LEDGER_PLAIN, LEDGER_HOOKED, LEDGER_GROUPS };

struct ledger_acks {
	uint32_t *entries; /* indexes, in the order of the acknowledgements */
	size_t n, cap;
	size_t qualify_next; /* everything before was tried by ledger_next_to_qualify */
};

struct ledger {
	struct ledger_entry *entries;
	size_t n, cap;
	struct ledger_acks acks[LEDGER_GROUPS];
	uint32_t *by_code; /* open addressing, index + 1, 0 is free */
	size_t by_code_size, by_code_used;
	uint32_t *runs;
	size_t n_runs, runs_cap;
	uint64_t acked, lost, qualified, shared_codes;
	int fd; /* of the ledger's file, or -1 */
	bool write_failed;
};

/** An empty ledger whose new entries belong to `run`. */
void ledger_init(struct ledger *l, uint32_t run);
void ledger_free(struct ledger *l);

/** Notes that a join is about to be sent and returns its index. `hooked` is LEDGER_HOOK_JOIN or 0.
 */
uint32_t ledger_attempt(struct ledger *l, uint32_t referrer, enum ledger_flag hooked);
/** The server acknowledged the join with this code and id. With a file, the line is written first.
 * False if another entry was given the same code: the server broke its word. */
bool ledger_ack(struct ledger *l, uint32_t index, struct text code, uint64_t id);
/** The answer to a sent join never came. */
void ledger_lose(struct ledger *l, uint32_t index);
/** The same for a qualify: the 200 came, or nothing did. */
void ledger_ack_qualified(struct ledger *l, uint32_t index);
void ledger_lose_qualified(struct ledger *l, uint32_t index);

/** The next acknowledged, referred entry of the group that nobody tried to qualify, now marked as
 * sent; LEDGER_NONE when there is none left. */
uint32_t ledger_next_to_qualify(struct ledger *l, enum ledger_group group);
/** The entry with this code, or LEDGER_NONE. */
uint32_t ledger_find(const struct ledger *l, struct text code);
/** The entry of (run, seq) among this run's, or LEDGER_NONE. */
uint32_t ledger_find_person(const struct ledger *l, uint32_t run, uint32_t seq);
void ledger_code(const struct ledger_entry *e, char out[LEDGER_CODE_SIZE]);
size_t ledger_email(const struct ledger *l, const struct ledger_entry *e,
		    char out[PEOPLE_EMAIL_SIZE]);

/** Opens (makes) the file to append to. False with a message on stderr. ledger_file.c. */
bool ledger_open(struct ledger *l, const char *path) WARN_UNUSED;
/** Fills an empty ledger from a file. False with a message on stderr. */
bool ledger_load(struct ledger *l, const char *path) WARN_UNUSED;
/** One line for the fact, if there is a file. Whole lines only: one write each. */
enum ledger_fact { FACT_JOIN, FACT_LOST, FACT_QUALIFIED, FACT_QUALIFY_LOST };
void ledger_write(struct ledger *l, enum ledger_fact fact, const struct ledger_entry *e);

#endif
