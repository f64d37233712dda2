/*
 * Users as they are looked for: a page of those that fit all filters, at a bounded cost.
 */
#ifndef CORE_USER_LIST_H
#define CORE_USER_LIST_H

#include "core/code.h"
#include "core/filter.h"
#include "core/id_page.h"
#include "core/reading.h"

enum {
	USER_LIST_MAX = 250,            /* users on a page */
	USER_LIST_LOOK_MAX = 1000,      /* records looked at for one page; then it ends early */
	USER_LIST_CAMPAIGNS_MAX = 1000, /* whose counters are added up for the total */
};

enum user_list_qualified { QUALIFIED_ANY, QUALIFIED_YES, QUALIFIED_NO };

/* 0 and empty are any. */
struct user_filter {
	uint64_t campaign_id, referrer_id, type, source;
	struct text campaign_code, referrer_code; /* where the id is 0: by any code */
	uint64_t review;                          /* enum user_review */
	uint64_t qualified;                       /* enum user_list_qualified */
	struct text canonical_email;              /* exactly this address */
	struct text folded;                       /* part of first name or e-mail, case-folded */
	uint64_t id;
	struct text code;    /* of this user; an unknown code fits nobody */
	struct filter where; /* on USER_FILTER_FIELDS, too */
};

/* What users may be searched by. */
extern const struct filter_field USER_FILTER_FIELDS[];
/** Takes an e-mail address that all who fit must have out of filter->where, for the index.
 * ERR_NO_MEMORY. */
enum err user_filter_take_email(struct user_filter *filter, struct arena *arena) WARN_UNUSED;

struct user_list {
	struct command command; /* decide: user_list_decide; a query */
	struct user_filter filter;
	struct codes *codes;
	struct id_page page;     /* max: 1 .. USER_LIST_MAX */
	struct user_view *users; /* room for page.max */
	bool count;              /* the total too, where it is known */
	/* In done. */
	const char *refused; /* with ERR_REFUSED: the filter whose code leads nowhere */
	bool counted;
	uint64_t total; /* without a filter or with campaign_id alone */
};
/** Walks the narrowest index that the filters offer and checks the others on each record. A page
 * may be short, even empty, and yet have a next one: USER_LIST_LOOK_MAX records were looked at.
 * ERR_TOO_LARGE: an e-mail without a campaign, and more campaigns than it can be looked up in.
 * ERR_REFUSED: a code that leads nowhere. */
command_decide_fn user_list_decide;

#endif
