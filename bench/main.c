/*
 * Owns the table of commands of referd-bench, the load tool of referd.
 * Never does the work of a command.
 * Called by the shell; `referd-bench help` lists the commands.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"

struct command {
	const char *name, *help;
	enum command_bit options;
	int (*run)(const struct options *o);
};

static const struct command commands[] = {
    {"verify", "compares the file of a ledger with a running server", IN_VERIFY, command_verify},
    {"compare", "runs all scenarios and an evhttp server with a constant response (`make bench`)",
     IN_COMPARE, command_compare},
    {"receiver", "runs an HTTPS receiver for webhooks, with its own CA", IN_RECEIVER,
     command_receiver},
    {"fill", "makes a large database, with no server running", IN_FILL, command_fill},
    {"floor", "runs an evhttp server with a constant response", IN_FLOOR, command_floor},
};

static const struct scenario *const scenarios[] = {
    &scenario_join,   &scenario_configured,   &scenario_refer, &scenario_scatter,
    &scenario_hot,    &scenario_qualify,      &scenario_read,  &scenario_list,
    &scenario_circle, &scenario_join_webhook,
};

enum {
	COMMANDS = sizeof commands / sizeof commands[0],
	SCENARIOS = sizeof scenarios / sizeof scenarios[0],
};

static int main_help(void)
{
	printf("referd-bench " REFERD_VERSION
	       ": load for referd on the loopback of this machine\n\nscenarios:\n");
	for (size_t i = 0; i < SCENARIOS; i++)
		printf("  %-14s %s\n", scenarios[i]->name, scenarios[i]->help);
	options_print(IN_RUN);
	for (size_t i = 0; i < COMMANDS; i++) {
		printf("\n%s: %s\n", commands[i].name, commands[i].help);
		options_print(commands[i].options);
	}
	printf("\nselftest: tests the histograms, the parser and the ledger of this tool\n"
	       "\nExit status: 0; 1 if the ledger does not match the server or no request was "
	       "answered; 2 for a wrong command line or a failed set-up.\n");
	return 0;
}

static int main_command(const char *name, int argc, char **argv)
{
	struct options o;
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return options_parse(&o, commands[i].options, argc, argv)
				   ? commands[i].run(&o)
				   : 2;
	for (size_t i = 0; i < SCENARIOS; i++)
		if (strcmp(scenarios[i]->name, name) == 0)
			return options_parse(&o, IN_RUN, argc, argv) ? command_run(&o, scenarios[i])
								     : 2;
	fprintf(stderr, "referd-bench: %s: unknown command: run referd-bench help\n", name);
	return 2;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";
	signal(SIGPIPE, SIG_IGN);
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0)
		return main_help();
	if (strcmp(name, "selftest") == 0)
		return command_selftest();
	return main_command(name, argc - 1, argv + 1);
}
