/*
 * The ledger: the changes that the server acknowledged, and the changes that it may have made
 * although the response was lost. A join takes 24 bytes, and 12 for its indexes, so ten million
 * joins fit into 400 MB.
 */
#ifndef BENCH_LEDGER_H
#define BENCH_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "people.h"

/* No entry: the referrer of a direct join, or the result of a search that found nothing. */
#define LEDGER_NONE UINT32_MAX

enum { LEDGER_CODE_SIZE = 9 };

enum ledger_flag {
	LEDGER_ACKED = 1 << 0,        /* the server answered 201 */
	LEDGER_LOST = 1 << 1,         /* sent without a response: the server may have it */
	LEDGER_QUALIFY_SENT = 1 << 2, /* a qualify was sent */
	LEDGER_QUALIFIED = 1 << 3,    /* the qualify was answered 200 */
	LEDGER_QUALIFY_LOST = 1 << 4, /* sent without a response */
	LEDGER_HOOK_JOIN = 1 << 5,    /* a user.join webhook must come */
	LEDGER_HOOK_QUALIFY = 1 << 6, /* and a user.qualified webhook, once qualified */
};

struct ledger_entry {
	uint64_t code;     /* eight characters, the first in the lowest byte; 0: not known */
	uint32_t id;       /* the server's id; 0: not known */
	uint32_t referrer; /* an entry's index or LEDGER_NONE */
	uint32_t seq;      /* names the person together with run (people.h) */
	uint16_t run;      /* index into ledger.runs */
	uint8_t flags;
	uint8_t
	    hooks; /* distinct webhooks that arrived: joins in the low four bits, then qualifies */
};

/* Entries by the campaign that they joined. Referrers are drawn from the same group only. */
enum ledger_group { LEDGER_PLAIN, LEDGER_HOOKED, LEDGER_GROUPS };

struct ledger_acks {
	uint32_t *entries; /* indexes, in the order of the acknowledgements */
	size_t n, cap;
	size_t qualify_next; /* ledger_next_to_qualify looked at everything before */
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
	int fd; /* the ledger's file, or -1 */
	bool write_failed;
};

/** Makes an empty ledger. New entries belong to `run`. */
void ledger_init(struct ledger *l, uint32_t run);
void ledger_free(struct ledger *l);
/** New entries belong to `run` from now on. False if there are too many runs. */
bool ledger_add_run(struct ledger *l, uint32_t run);

/** Notes a join before it is sent, and returns its index. `hooked` is LEDGER_HOOK_JOIN or 0.
 */
uint32_t ledger_attempt(struct ledger *l, uint32_t referrer, enum ledger_flag hooked);
/** Notes that the server acknowledged the join with this code and id. If there is a file, its line
 * is written first. False if another entry has the same code: the server broke its promise. */
bool ledger_ack(struct ledger *l, uint32_t index, struct text code, uint64_t id);
/** Notes that a join was sent and no response came. */
void ledger_lose(struct ledger *l, uint32_t index);
/** The same for a qualify: it was answered 200, or no response came. */
void ledger_ack_qualified(struct ledger *l, uint32_t index);
void ledger_lose_qualified(struct ledger *l, uint32_t index);

/** The next acknowledged and referred entry of the group for which no qualify was sent. Marks it as
 * sent. LEDGER_NONE if no entry is left. */
uint32_t ledger_next_to_qualify(struct ledger *l, enum ledger_group group);
/** The entry with this code, or LEDGER_NONE. */
uint32_t ledger_find(const struct ledger *l, struct text code);
/** The entry of person (run, seq), or LEDGER_NONE. */
uint32_t ledger_find_person(const struct ledger *l, uint32_t run, uint32_t seq);
void ledger_code(const struct ledger_entry *e, char out[LEDGER_CODE_SIZE]);
size_t ledger_email(const struct ledger *l, const struct ledger_entry *e,
		    char out[PEOPLE_EMAIL_SIZE]);

/** Opens the file for appending, and creates it if needed. On failure, false and a message on
 * stderr. This function and the next two are in ledger_file.c. */
bool ledger_open(struct ledger *l, const char *path) WARN_UNUSED;
/** Fills an empty ledger from a file. On failure, false and a message on stderr. */
bool ledger_load(struct ledger *l, const char *path) WARN_UNUSED;
/** Writes one line for the fact, if there is a file. One write for each line, so lines are whole.
 */
enum ledger_fact { FACT_JOIN, FACT_LOST, FACT_QUALIFIED, FACT_QUALIFY_LOST };
void ledger_write(struct ledger *l, enum ledger_fact fact, const struct ledger_entry *e);

#endif
