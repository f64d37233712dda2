/*
 * Deliveries as they are looked for: a page of those that fit all filters, at a bounded cost.
 */
#ifndef CORE_DELIVERY_LIST_H
#define CORE_DELIVERY_LIST_H

#include "core/id_page.h"
#include "core/records.h"
#include "core/who.h"
#include "store/command.h"

enum {
	DELIVERY_LIST_MAX = 250,       /* deliveries on a page */
	DELIVERY_LIST_LOOK_MAX = 1000, /* records looked at for one page; then it ends early */
};

/* 0 is any. */
struct delivery_filter {
	uint64_t webhook_id, user_id, event_type;
	uint64_t status; /* enum delivery_status; DELIVERY_HELD is pending of a disabled webhook */
	uint64_t since_ms, until_ms; /* made at or after, made before */
	struct who user;             /* where user_id is 0: looked up */
};

struct delivery_list {
	struct command command; /* decide: delivery_list_decide; a query */
	struct delivery_filter filter;
	struct codes *codes;         /* for filter.user */
	struct id_page page;         /* max: 1 .. DELIVERY_LIST_MAX */
	struct delivery *deliveries; /* room for page.max */
};
/** Walks the narrowest index that the filters offer and checks the others on each record. What is
 * pending of a disabled webhook comes with status DELIVERY_HELD. A page may be short, even empty,
 * and yet have a next one: DELIVERY_LIST_LOOK_MAX records were looked at. Errors as of who_find
 * where filter.user is nobody. */
command_decide_fn delivery_list_decide;

enum { DELIVERY_LOG_MAX = 64 };
/* One delivery with its last attempts. */
struct delivery_read {
	struct command command; /* decide: delivery_read_decide; a query */
	uint64_t id;
	struct delivery delivery;                  /* DELIVERY_HELD as above */
	struct attempt attempts[DELIVERY_LOG_MAX]; /* oldest first */
	size_t n_attempts;
	/* Hold the secrets that are redacted in the receiver's responses. All zero where they are
	 * gone. */
	struct event event;
	struct webhook webhook;
};
/** ERR_NOT_FOUND. */
command_decide_fn delivery_read_decide;

#endif
