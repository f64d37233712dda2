/*
 * Calls of the running server's REST API, for the commands that use it.
 */
#ifndef CLI_API_CALL_H
#define CLI_API_CALL_H

#include "config.h"
#include "http_call.h"

/** Runs the call at the server of --listen with the token in --token-file, else in
 * REFERD_API_TOKEN. Passes only the body of a 2xx response to on_body. Sets only `status` of the
 * results. Returns false after a message on stderr: there is no token, no server answers, or the
 * server refuses. */
bool api_call_run(const struct config *config, struct http_call *call) WARN_UNUSED;

/** Is there a token for api_call_run? */
bool api_call_has_token(const struct config *config);

/** An on_body that collects the body in arg, a struct buf. The caller frees the buffer. */
http_call_body_fn api_call_gather;

#endif
