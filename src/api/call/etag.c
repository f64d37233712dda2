/*
 * Owns the headers ETag and If-Match. Never compares versions (core/version.h). Called by the calls
 * of campaigns, webhooks and users.
 */
#include "etag.h"

#include "core/version.h"

void etag_put(struct call *call, const struct record_kind *kind, const void *record)
{
	if (!version_write(kind, record, call->etag))
		call->etag[0] = '\0';
}

struct text etag_wanted(const struct call *call)
{
	const struct text *header = http_request_header(call->req, TEXT("If-Match"));
	return header != NULL ? *header : (struct text){0};
}

void etag_reply_changed(struct call *call)
{
	call_reply_error(call, 412,
			 "somebody else changed this object after you read it: read it again, then "
			 "repeat your change with its new ETag");
}
