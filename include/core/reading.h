/*
 * Queries of the API: one record with the data that a response shows beside it, or a page of a
 * list.
 */
#ifndef CORE_READING_H
#define CORE_READING_H

#include "core/records.h"
#include "core/who.h"
#include "store/command.h"

/* A user with the data that a response shows beside it. */
struct user_view {
	struct user user;
	struct user_stats stats;
	const struct campaign *campaign; /* lives as long as the texts of the records */
};

struct user_read {
	struct command command; /* decide: user_read_decide; a query */
	struct who who;
	struct codes *codes;
	struct user_view view;
};
/** Errors of who_find. */
command_decide_fn user_read_decide;

#endif
