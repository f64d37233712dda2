/* Owns the choice of the command and the list of commands. Never does the work of a command
 * (src/cli). The process begins here.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/password.h"
#include "cli/backup.h"
#include "cli/check.h"
#include "cli/config.h"
#include "cli/dump.h"
#include "cli/load.h"
#include "cli/operator.h"
#include "cli/restore.h"
#include "cli/serve.h"
#include "cli/token.h"
#include "cli/users_csv.h"
#include "cli/verify.h"

static int version_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("referd %s\n", REFERD_VERSION);
	return 0;
}

static int help_main(int argc, char **argv);

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *help;
} commands[] = {
    {"serve", serve_main, "Run the server (the default command)"},
    {"check", check_main, "Ask a running server whether it is ready (exit status 0 or 1)"},
    {"backup", backup_main, "Copy the database to a file, even while a server uses it"},
    {"restore", restore_main, "Restore a backup into a data directory without a database"},
    {"dump", dump_main, "Write the database to a file that does not depend on the engine"},
    {"load", load_main, "Make a database from a dump"},
    {"verify", verify_main, "Check every record of a database or a backup"},
    {"import", import_main, "Send users in a CSV file to a campaign of a running server"},
    {"export", export_main, "Write the users of a campaign of a running server as CSV"},
    {"token", token_main, "Create, list or revoke API tokens"},
    {"operator", operator_main, "Add, list or remove people who sign in with a password"},
    {"version", version_main, "Print the version"},
    {"help", help_main, "Print this help, or the help of one command: referd help backup"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int help_main(int argc, char **argv)
{
	struct buf out = {0};
	char help[] = "--help", *words[] = {help, NULL};
	for (size_t i = 0; argc > 0 && i < COMMANDS; i++)
		if (strcmp(argv[0], commands[i].name) == 0 && commands[i].main != help_main)
			return commands[i].main(1, words);
	if (argc > 0 && strcmp(argv[0], "markdown") == 0) {
		config_write_markdown(&out);
	} else {
		buf_str(&out, "referd: a self-hosted referral-campaign server\n\nCommands:\n");
		for (size_t i = 0; i < COMMANDS; i++)
			buf_printf(&out, "  referd %-8s %s\n", commands[i].name, commands[i].help);
		buf_str(
		    &out,
		    "\nThe first start stores the tokens in REFERD_API_TOKEN and "
		    "REFERD_INBOUND_TOKEN, or makes\nrandom tokens. Commands that call the running "
		    "server send the token of --token-file or\nREFERD_API_TOKEN. `referd help "
		    "markdown` prints the options as a table.\n\n");
		config_write_help(&out);
	}
	fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	return 0;
}

/* Core dumps and other processes of the same user must not see secrets. Without SIGXFSZ, a write
 * beyond the limit of the file size fails as on a full disk, instead of ending the process. */
static void protect_process(void)
{
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	(void)signal(SIGXFSZ, SIG_IGN);
}

int main(int argc, char **argv)
{
	protect_process();
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return version_main(0, NULL);
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return help_main(0, NULL);
	/* The server starts this process for itself (api/call/passwords.c), so no help names it. */
	if (argc == 2 && strcmp(argv[1], "password-helper") == 0)
		return password_serve(STDIN_FILENO);
	/* The default command is serve, also if the first word is an option. */
	if (argc < 2 || argv[1][0] == '-')
		return serve_main(argc - 1, argv + 1);
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].main(argc - 2, argv + 2);
	fprintf(stderr, "referd: unknown command \"%s\": referd help lists the commands\n",
		argv[1]);
	return 2;
}
