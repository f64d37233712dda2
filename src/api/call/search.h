/*
 * Searches of lists, as in Referral Factory. The conditions are in the query of a GET, or in the
 * body of a POST to .../search, which otherwise gets the same reply as the list.
 */
#ifndef API_SEARCH_H
#define API_SEARCH_H

#include "core/filter.h"
#include "paging.h"

/** Reads the query like gather_read, and the body of a POST: filters, per_page, page, cursor and
 * order. *where gets the conditions on `fields`, in the request's arena. False after a reply. */
bool search_read(struct gather *g, struct call *call, const struct filter_field *fields,
		 struct filter *where, paging_filter_fn *filter, void *arg) WARN_UNUSED;

/* For the OpenAPI operations of both ways. */
#define SEARCH_PARAMETER(field, example)                                                           \
	{                                                                                          \
		"filters[" field "]", "string", example,                                           \
		    "A condition. The long form is filters[0][field], filters[0][operator] and "   \
		    "filters[0][value].",                                                          \
		    false                                                                          \
	}
#define SEARCH_TAKES .takes = TAKES_JSON | TAKES_FORM | TAKES_OPTIONAL, .request = "Search"

#endif
