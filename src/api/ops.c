/*
 * Owns the calls for operators: health, readiness, and the root. Never shows a secret. Called
 * through the route table.
 */
#include "health.h"
#include "routes.h"

const struct operation OP_OPS_HEALTH = {
    .id = "checkHealth",
    .tag = "Operations",
    .summary = "Check that the server is alive",
    .answers = {{200, ANSWER_TEXT, NULL}},
};

void ops_health(struct call *call)
{
	call_reply_text(call, 200, "text/plain", TEXT("ok\n"));
}

const struct operation OP_OPS_READY = {
    .id = "checkReadiness",
    .tag = "Operations",
    .summary = "Check that the server accepts requests",
    .answers = {{200, ANSWER_TEXT, NULL}},
};

void ops_ready(struct call *call)
{
	char room[160];
	const char *problem = health_problem(call->api, room, sizeof room);
	if (problem != NULL)
		call_reply_error(call, 503, problem);
	else
		call_reply_text(call, 200, "text/plain", TEXT("ready\n"));
}
