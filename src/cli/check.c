/*
 * Owns the health check: one question with a deadline. Never anything of the server's inside. Called by
 * main for `referd check`.
 */
#include "check.h"

#include <stdio.h>

#include "config.h"
#include "http_call.h"

enum { DEADLINE_S = 5 };

int check_main(int argc, char **argv)
{
	static const struct config_command command = {
	    .name = "check", .usage = "referd check [options]"};
	struct config config = {0};
	struct arena arena = {0};
	int status = config_read(&command, argc, argv, &config, NULL, &arena);
	if (status < 0) {
		struct http_call call = {
		    .listen = config.listen,
		    .method = "GET",
		    .target = "/readyz",
		    .timeout_s = DEADLINE_S,
		};
		bool ready = http_call_run(&call) && call.status == 200;
		if (call.why[0] != '\0')
			fprintf(stderr, "referd: %s\n", call.why);
		printf("%s: http://%s\n", ready ? "ready" : "not ready", config.listen);
		status = ready ? 0 : 1;
	}
	arena_free(&arena);
	return status;
}
