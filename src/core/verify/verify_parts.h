/* What the families of checks (verify_*.c) share: one row is looked at, others are read, problems
 * are told.
 */
#ifndef CORE_VERIFY_PARTS_H
#define CORE_VERIFY_PARTS_H

#include "core/verify.h"

struct verifier {
	struct tx *tx;
	struct codes *codes;
	struct verify_group *group;
	/* The row that is looked at. */
	const struct record_kind *kind;
	const void *record;
	/* What was found. */
	struct verify_problem *first, *last;
	uint64_t n_problems;
	enum err err; /* sticky: out of memory */
};

/* Looks at one record. What tx_get says may be returned: a record that is missing or damaged ends
 * the look at this one, and not the walk; damage is told where the walk comes to it. */
typedef enum err verify_row_fn(struct verifier *v, const void *record);
/* After the last row of a kind. */
typedef enum err verify_end_fn(struct verifier *v);

/* Kinds in the order of the walk; the last one has no kind. Without `row` a record need only
 * decode. */
struct verify_check {
	const struct record_kind *kind;
	verify_row_fn *row;
	verify_end_fn *end;
};
extern const struct verify_check VERIFY_ACCESS[], VERIFY_CAMPAIGNS[], VERIFY_USERS[],
    VERIFY_WEBHOOKS[], VERIFY_DELIVERIES[], VERIFY_REWARDS[];

/** Tells a problem of the row that is looked at. */
void verify_report(struct verifier *v, const char *what);
/** Tells a warning: what is found is not damage. */
void verify_warn(struct verifier *v, const char *what);
/** Tells that another row holds `stored` where `counted` was counted; nothing if they are the
 * same. */
void verify_compare(struct verifier *v, const struct record_kind *kind, const void *record,
		    const char *member, uint64_t stored, uint64_t counted);
/** Reads a record that must be there: tells `missing` of the row that is looked at where it is
 * not. */
enum err verify_find(struct verifier *v, const struct record_kind *kind, void *record,
		     const char *missing) WARN_UNUSED;
/** The same for a row whose key is all there is to it, or matters. */
enum err verify_has(struct verifier *v, const struct record_kind *kind, const void *record,
		    const char *missing) WARN_UNUSED;
/** Tells of an id that its sequence never gave. */
void verify_id(struct verifier *v, uint64_t id);
/** Is there any row with the first `prefix` key fields of *from? */
enum err verify_any(struct verifier *v, const struct record_kind *kind, const void *from,
		    size_t prefix, bool *any) WARN_UNUSED;

/** A row of an index came: opens its group, or counts it in the open one. The group before, if
 * there is one, is ended by `end` first. */
enum err verify_enter_group(struct verifier *v, uint64_t by, uint64_t number,
			    verify_end_fn *end) WARN_UNUSED;

#endif
