/* What a call that qualifies is sent: who, whether, which order, how much. One reader for the
 * inbound webhook, the REST API and the automation tools.
 */
#ifndef API_QUALIFY_READ_H
#define API_QUALIFY_READ_H

#include "api/call/body.h"
#include "core/qualify.h"

/* What the call may say and where. */
enum qualify_form {
	QUALIFY_BY_API = 1,    /* `id` names a user too; `qualified` is required */
	QUALIFY_BODY_ONLY = 2, /* the query counts for nothing: a signature covers the body alone */
};

/** Reads all members of *q that a request may set; texts are copied into the request's arena. A
 * field that the body does not have is looked for in the query. Wrong fields are noted (call_note),
 * and those that are different in body and query. `form`: bits of enum qualify_form. False after it
 * has replied. */
bool qualify_read(struct call *call, const struct body *body, unsigned form,
		  struct qualify *q) WARN_UNUSED;

#endif
