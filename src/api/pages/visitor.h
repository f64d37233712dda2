/*
 * Does a person look at a page, or a program that previews or indexes it?
 */
#ifndef API_VISITOR_H
#define API_VISITOR_H

#include "http/server.h"

/** False for HEAD, for a prefetch, and for programs that are known to preview links or to index
 * pages. */
bool visitor_is_person(const struct http_request *req);

#endif
