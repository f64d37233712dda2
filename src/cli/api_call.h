/*
 * Calls of the running server's REST API, for the commands that use it.
 */
#ifndef CLI_API_CALL_H
#define CLI_API_CALL_H

#include "base/json.h"
#include "config.h"
#include "http_call.h"

/** Runs the call at the server of --listen with the token in --token-file, else in
 * REFERD_API_TOKEN. Passes only the body of a 2xx response to on_body. Sets only `status` of the
 * results. Returns false after a message on stderr: there is no token, no server answers, or the
 * server refuses. */
bool api_call_run(const struct config *config, struct http_call *call) WARN_UNUSED;

/** Calls with a JSON body, or without a body if it is empty. Returns the parsed response ({} for an
 * empty response), which the caller frees, or NULL after a message on stderr. */
struct json *api_call_json(const struct config *config, const char *method, const char *target,
			   struct text body) WARN_UNUSED;

/** Is there a token for api_call_run? */
bool api_call_has_token(const struct config *config);

/** An on_body that collects the body in arg, a struct buf. The caller frees the buffer. */
http_call_body_fn api_call_gather;

#endif
