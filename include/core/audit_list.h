/*
 * A page of the audit list, with the present names of objects. The names are read for the page and
 * are not part of the lines.
 */
#ifndef CORE_AUDIT_LIST_H
#define CORE_AUDIT_LIST_H

#include "core/audit.h"
#include "core/id_page.h"

enum { AUDIT_LIST_LOOK_MAX = 1000 /* lines read for one page; the page then ends early */ };

/* 0: no filter. */
struct audit_filter {
	uint64_t actor;              /* the number of an actor */
	uint64_t object;             /* audit_object_number */
	uint64_t action;             /* enum audit_action */
	uint64_t since_ms, until_ms; /* at or after, before */
};

struct audit_row {
	struct audit line;
	/* Of a campaign, a webhook, a rule, a reward or a user. Empty: it was removed, or is
	 * another object. */
	struct text object_name;
	uint64_t user_id; /* the recipient of a reward; 0 for other objects */
};

struct audit_list {
	struct command command; /* decide: audit_list_decide; a query */
	struct audit_filter filter;
	struct id_page page;
	struct audit_row *rows; /* room for page.max */
};
/** Walks the narrowest index that the filters offer and checks the other filters on each line. A
 * page ends after AUDIT_LIST_LOOK_MAX lines: it may be short, even empty, and still have a next
 * page. */
command_decide_fn audit_list_decide;

#endif
