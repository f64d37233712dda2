/* Owns the health check: one request with a deadline. Never looks into the server's data. Called by
 * main for `referd check`.
 */
#include "check.h"

#include <stdio.h>

#include "config.h"
#include "http_call.h"

enum { DEADLINE_S = 5 };

static int run(void *target, const struct options_args *args)
{
	const struct config *config = target;
	struct http_call call = {
	    .listen = config->listen,
	    .method = "GET",
	    .target = "/readyz",
	    .timeout_s = DEADLINE_S,
	};
	(void)args;
	bool ready = http_call_run(&call) && call.status == 200;
	if (call.why[0] != '\0')
		fprintf(stderr, "referd: %s\n", call.why);
	printf("%s: http://%s\n", ready ? "ready" : "not ready", config->listen);
	return ready ? 0 : 1;
}

int check_main(int argc, char **argv)
{
	static const struct config_command command = {
	    .name = "check",
	    .usage = "referd check [--listen ADDR:PORT]",
	    .about = "Asks the server at --listen whether it is ready. Exits with status 0 if the "
		     "server is ready, otherwise with status 1.",
	};
	struct config config = {0};
	return config_run(&command, argc, argv, &config, run);
}
