/*
 * The parts that the families of checks (verify_*.c) share: the state of the walk, functions that
 * read other records, functions that report problems.
 */
#ifndef CORE_VERIFY_PARTS_H
#define CORE_VERIFY_PARTS_H

#include "core/verify.h"

struct verifier {
	struct tx *tx;
	struct codes *codes;
	struct verify_group *group;
	/* The row under check. */
	const struct record_kind *kind;
	const void *record;
	/* The problems found. */
	struct verify_problem *first, *last;
	uint64_t n_problems;
	enum err err; /* sticky: out of memory */
};

/* Checks one record. It may return an error of tx_get: a record that is missing or damaged ends
 * this check, but not the walk. The walk reports the damage when it comes to that record. */
typedef enum err verify_row_fn(struct verifier *v, const void *record);
/* Called after the last row of a kind or of a group. */
typedef enum err verify_end_fn(struct verifier *v);

/* Kinds in the order of the walk; the last entry has no kind. Without `row`, the record must only
 * decode. */
struct verify_check {
	const struct record_kind *kind;
	verify_row_fn *row;
	verify_end_fn *end;
};
extern const struct verify_check VERIFY_ACCESS[], VERIFY_CAMPAIGNS[], VERIFY_USERS[],
    VERIFY_WEBHOOKS[], VERIFY_DELIVERIES[], VERIFY_REWARDS[], VERIFY_AUDIT[];

/** Reports a problem of the row under check. */
void verify_report(struct verifier *v, const char *what);
/** Reports a warning, which is not damage. */
void verify_warn(struct verifier *v, const char *what);
/** Reports that `member` of another row is `stored`, although `counted` were counted. Reports
 * nothing if they are equal. */
void verify_compare(struct verifier *v, const struct record_kind *kind, const void *record,
		    const char *member, uint64_t stored, uint64_t counted);
/** For tx_scan: reports a row of v->kind whose value does not decode. Its key may not decode
 * either. */
void verify_damaged(void *verifier, struct text key, enum err err);
/** Reads a record that must exist. If it does not, reports `missing` as a problem of the row under
 * check. */
enum err verify_find(struct verifier *v, const struct record_kind *kind, void *record,
		     const char *missing) WARN_UNUSED;
/** The same for a record of which only the key matters. Returns ERR_OK if it is missing, so that
 * the check continues. */
enum err verify_has(struct verifier *v, const struct record_kind *kind, const void *record,
		    const char *missing) WARN_UNUSED;
/** Reports an id that its sequence never assigned. */
void verify_id(struct verifier *v, uint64_t id);
/** Does any row have the first `prefix` key fields of *from? */
enum err verify_any(struct verifier *v, const struct record_kind *kind, const void *from,
		    size_t prefix, bool *any) WARN_UNUSED;

/** Checks the rows of the user's imported and chosen codes. */
enum err verify_codes_of(struct verifier *v, const struct user *user) WARN_UNUSED;
/** Checks a row of such a code. */
verify_row_fn verify_alias;

/** Enters a row of an index: opens its group unless it is open already. First calls `end` for the
 * previous group, unless that is incomplete. */
enum err verify_enter_group(struct verifier *v, uint64_t by, uint64_t number,
			    verify_end_fn *end) WARN_UNUSED;

#endif
