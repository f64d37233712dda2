/*
 * The calls that wait for the result of a webhook's test request.
 */
#ifndef API_WEBHOOK_TEST_H
#define API_WEBHOOK_TEST_H

#include "api/call/call.h"

/** Adds the watch for the results of attempts. Called once, when the API opens. */
void webhook_tests_watch(struct api *api);
/** The server is stopping: all waiting calls get the delivery as it is now. */
void webhook_tests_drain(struct api *api);

#endif
