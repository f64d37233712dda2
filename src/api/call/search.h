/*
 * Lists that may be searched, as Referral Factory's may: conditions in the query of a GET, and in
 * the body of a POST to .../search, which is else answered as the list is.
 */
#ifndef API_SEARCH_H
#define API_SEARCH_H

#include "core/filter.h"
#include "paging.h"

/** Reads the query as gather_read does, and of a POST the body too: filters, per_page, page, cursor
 * and order. *where gets the conditions on `fields`, in the request's arena. False after it has
 * replied. */
bool search_read(struct gather *g, struct call *call, const struct filter_field *fields,
		 struct filter *where, paging_filter_fn *filter, void *arg) WARN_UNUSED;

/* What the operations of the two ways say. */
#define SEARCH_PARAMETER(field, example)                                                           \
	{                                                                                          \
		"filters[" field "]", "string", example,                                           \
		    "A condition. The long form is filters[0][field], filters[0][operator] and "   \
		    "filters[0][value].",                                                          \
		    false                                                                          \
	}
#define SEARCH_TAKES .takes = TAKES_JSON | TAKES_FORM | TAKES_OPTIONAL, .request = "Search"

#endif
