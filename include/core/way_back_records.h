/*
 * The requests for a way back: how often each user and each client address asked in the last hour,
 * and which one-time links are still good.
 */
#ifndef CORE_WAY_BACK_RECORDS_H
#define CORE_WAY_BACK_RECORDS_H

#include "core/records.h"

enum way_back_of { WAY_BACK_USER = 1, WAY_BACK_NETWORK };

/* All requests of the last hour, the oldest first. A job removes rows without a younger request. */
struct way_back {
	uint64_t of, number; /* key: enum way_back_of; the user's id, or a hash of the network */
	/* 8 bytes for each number (core/id_list.h). A user has WAY_BACK_NUMBERS numbers for each
	 * request, a network only the time. */
	struct text requests;
};

/* The numbers of one request. */
enum way_back_number {
	WAY_BACK_EVENT,    /* the id of the event that carries the link */
	WAY_BACK_ASKED_MS, /* when the request came */
	WAY_BACK_USED_MS,  /* when the link was used, or 0 */
	WAY_BACK_PAGE,     /* the page of the request or of the use (struct form_token), or 0 */
	WAY_BACK_NUMBERS,
};

#endif
