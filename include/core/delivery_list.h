/*
 * The search for deliveries: a page of deliveries that match all filters, at a bounded cost.
 */
#ifndef CORE_DELIVERY_LIST_H
#define CORE_DELIVERY_LIST_H

#include "core/id_page.h"
#include "core/records.h"
#include "core/who.h"
#include "store/command.h"

enum {
	DELIVERY_LIST_LOOK_MAX = 1000, /* records read for one page; the page then ends early */
};

/* 0: no filter. */
struct delivery_filter {
	uint64_t webhook_id, user_id, event_type;
	/* enum delivery_status. DELIVERY_HELD: pending deliveries of disabled webhooks. */
	uint64_t status;
	uint64_t since_ms, until_ms; /* created at or after, created before */
	struct who user;             /* with user_id 0: the user to look up */
	struct text message_id;      /* of the only delivery; an unknown id matches none */
};

struct delivery_list {
	struct command command; /* decide: delivery_list_decide; a query */
	struct delivery_filter filter;
	struct codes *codes; /* for filter.user */
	struct id_page page;
	struct delivery *deliveries; /* room for page.max */
	struct text *first_names;    /* set by decide: of the user of each delivery, or empty */
};
/** Walks the narrowest index that the filters offer and checks the other filters on each record. A
 * pending delivery of a disabled webhook has the status DELIVERY_HELD in the result. A page ends
 * after DELIVERY_LIST_LOOK_MAX records: it may be short, even empty, and still have a next page.
 * Errors of who_find_id. */
command_decide_fn delivery_list_decide;

enum { DELIVERY_LOG_MAX = 64 };
/* One delivery with its last attempts. */
struct delivery_read {
	struct command command; /* decide: delivery_read_decide; a query */
	uint64_t id;
	struct delivery delivery;                  /* with DELIVERY_HELD, as above */
	struct text first_name;                    /* of the user, or empty */
	struct attempt attempts[DELIVERY_LOG_MAX]; /* oldest first */
	size_t n_attempts;
	/* They have the secrets that are redacted in the receiver's responses. A record that does
	 * not exist any more stays zeroed except for its id. */
	struct event event;
	struct webhook webhook;
	struct webhook_revision revision; /* that the delivery names, if has_revision */
	bool has_revision;
};
/** ERR_NOT_FOUND. */
command_decide_fn delivery_read_decide;

#endif
