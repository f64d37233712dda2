/*
 * The OpenAPI 3.1 document, made from the route table.
 */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "base/bytes.h"

/** Appends the document. ERR_NO_MEMORY; ERR_INVALID if a schema file is not valid JSON. */
enum err openapi_write(struct text public_url, struct buf *out) WARN_UNUSED;

#endif
