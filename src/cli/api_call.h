/*
 * A call of the running server's REST API, for the commands that go through it.
 */
#ifndef CLI_API_CALL_H
#define CLI_API_CALL_H

#include "config.h"
#include "http_call.h"

/** Runs the call at the server of --listen with the token of --token-file, else of
 * REFERD_API_TOKEN. Only the body of a 2xx answer reaches on_body; of the results only `status` is
 * set. False after one clear line on stderr: no token, no server, or what the server refused and
 * why. */
bool api_call_run(const struct config *config, struct http_call *call) WARN_UNUSED;

/** Is there a token for such a call? */
bool api_call_has_token(const struct config *config);

/** An on_body that gathers: arg is a struct buf, to be freed by its owner. */
http_call_body_fn api_call_gather;

#endif
