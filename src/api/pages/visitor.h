/*
 * Who looks at a page: a person, or a program that looks ahead for one.
 */
#ifndef API_VISITOR_H
#define API_VISITOR_H

#include "http/server.h"

/** False for a prefetch, and for programs that are known to make previews of links or an index of
 * pages. HEAD looks at nothing either. */
bool visitor_is_person(const struct http_request *req);

#endif
