/*
 * Reading of the fields of a call that qualifies: user, qualified, order, amounts. The inbound
 * webhook, the REST API and the automation tools share it.
 */
#ifndef API_QUALIFY_READ_H
#define API_QUALIFY_READ_H

#include "api/call/body.h"
#include "core/qualify.h"

/* The differences between the calls that qualify. */
enum qualify_form {
	QUALIFY_BY_API = 1, /* `id` can name the user; `qualified` is required */
	QUALIFY_BODY_ONLY =
	    2, /* fields in the query are refused: a signature covers only the body */
};

/** Reads all members of *q that a request may set; texts are copied into the request's arena. A
 * field that is missing in the body is read from the query. Notes wrong fields, and fields with
 * different values in body and query (call_note). `form` has bits of enum qualify_form. Returns
 * false after it has replied. */
bool qualify_read(struct call *call, const struct body *body, unsigned form,
		  struct qualify *q) WARN_UNUSED;

#endif
