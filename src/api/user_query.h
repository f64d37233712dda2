/*
 * The query parameters of the calls that list users, except page and with.
 */
#ifndef API_USER_QUERY_H
#define API_USER_QUERY_H

#include "api/call/search.h"

/* Rows of the query of an operation. */
#define USER_QUERY                                                                                 \
	{"campaign_id", "string", "1", "The campaign's id or code.", false},                       \
	    {"email", "string", "byron@example.com", "A complete e-mail address.", false},         \
	    {"email_prefix", "string", "byr",                                                      \
	     "The beginning of the e-mail address. The users come in the order of their "          \
	     "addresses, and meta.index says how far the index has come.",                         \
	     false},                                                                               \
	    {"type", "UserType", "person_invited", "The user type.", false},                       \
	    {"source", "Source", "Referred", "The source of the join.", false},                    \
	    {"qualified", "string", "false", "true or false.", false},                             \
	    {"referrer_id", "string", "1", "The id or code of the referrer.", false},              \
	    {"q", "string", "byr", "A part of the first name or the e-mail address.", false},      \
	    {"review", "ReviewState", "pending", "The status of the review.", false},              \
	    {"id", "string", "1", "The user's id.", false},                                        \
	    {"code", "string", "uK3fTz9Q", "The user's code.", false},                             \
	    {"search", "string", "byr", "The same as q.", false},                                  \
	    SEARCH_PARAMETER("email", "byron@example.com")

#endif
