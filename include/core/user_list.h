/*
 * The search for users: a page of users that match all filters, at a bounded cost.
 */
#ifndef CORE_USER_LIST_H
#define CORE_USER_LIST_H

#include "core/address_index.h"
#include "core/code.h"
#include "core/filter.h"
#include "core/id_page.h"
#include "core/reading.h"

enum {
	USER_LIST_LOOK_MAX = 1000,      /* records read for one page; the page then ends early */
	USER_LIST_CAMPAIGNS_MAX = 1000, /* campaigns whose counters are added up for the total */
};

enum user_list_qualified { QUALIFIED_ANY, QUALIFIED_YES, QUALIFIED_NO };

/* 0 or empty: no filter. */
struct user_filter {
	uint64_t campaign_id, referrer_id, type, source;
	struct text campaign_code, referrer_code; /* instead of the id: any code */
	uint64_t review;                          /* enum user_review */
	uint64_t qualified;                       /* enum user_list_qualified */
	struct text canonical_email;              /* exactly this address */
	struct text email_prefix; /* the beginning of the address, folded (address_fold) */
	struct text folded;       /* a part of the first name or the e-mail address, case-folded */
	uint64_t id;
	struct text code;    /* the user's code; an unknown code matches no user */
	struct filter where; /* conditions on USER_FILTER_FIELDS */
};

/* The fields that conditions on users may use. */
extern const struct filter_field USER_FILTER_FIELDS[];
/** Moves an e-mail address that every match must have from filter->where to canonical_email, so
 * that the search uses the index. ERR_NO_MEMORY. */
enum err user_filter_take_email(struct user_filter *filter, struct arena *arena) WARN_UNUSED;

struct user_list {
	struct command command; /* decide: user_list_decide; a query */
	struct user_filter filter;
	struct codes *codes;
	struct id_page page;
	struct user_view *users; /* room for page.max */
	bool count;              /* also return the total, if it is known */
	/* The result, valid in done. */
	/* With ERR_REFUSED: the name of the filter whose code does not exist. */
	const char *refused;
	struct address_extent extent; /* with email_prefix: the users who can be found by it */
	bool counted;
	uint64_t total; /* if `counted`: only without filters or with campaign_id alone */
};
/** Walks the narrowest index that the filters offer and checks the other filters on each record.
 * With email_prefix, but without an id or a complete address, the users come in the order of their
 * addresses (user_prefix.h), and the index may still lack the newest users. A page ends after
 * USER_LIST_LOOK_MAX records: it may be short, even empty, and still have a next page.
 * ERR_TOO_LARGE: an e-mail address without a campaign, and more campaigns than it can be
 * looked up in. ERR_REFUSED: the code of a filter does not exist. */
command_decide_fn user_list_decide;

#endif
