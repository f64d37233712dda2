/*
 * The query parameters of the calls that list users, but for page and with.
 */
#ifndef API_USER_QUERY_H
#define API_USER_QUERY_H

#include "api/call/search.h"

/* Rows of an operation's query. */
#define USER_QUERY                                                                                 \
	{"campaign_id", "string", "1", "The campaign's id or code.", false},                       \
	    {"email", "string", "byron@example.com", "A whole address.", false},                   \
	    {"type", "UserType", "person_invited", "How they came.", false},                       \
	    {"source", "Source", "Referred", "Where they came from.", false},                      \
	    {"qualified", "string", "false", "true or false.", false},                             \
	    {"referrer_id", "string", "1", "Whom this user (id or code) referred.", false},        \
	    {"q", "string", "byr", "Part of first name or e-mail address.", false},                \
	    {"review", "ReviewState", "pending", "The state of the review.", false},               \
	    {"id", "string", "1", "The user's id.", false},                                        \
	    {"code", "string", "uK3fTz9Q", "The user's code.", false},                             \
	    {"search", "string", "byr", "The same as q.", false},                                  \
	    SEARCH_PARAMETER("email", "byron@example.com")

#endif
