/* Owns the choice of the command. Never does what a command does (src/cli). The process begins
 * here.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "cli/backup.h"
#include "cli/check.h"
#include "cli/config.h"
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
    {"serve", serve_main, "run the server (the default)"},
    {"check", check_main, "ask a running server whether it is ready: exit 0 or 1"},
    {"backup", backup_main, "copy the database to FILE, beside a running server or not"},
    {"restore", restore_main, "make the copy in FILE the database of an empty data directory"},
    {"verify", verify_main, "check every record of the database, or of the copy in FILE"},
    {"import", import_main, "send users as CSV to a campaign of a running server"},
    {"export", export_main, "fetch the users of a campaign as CSV from a running server"},
    {"token", token_main, "create, list or revoke API tokens of a running server"},
    {"version", version_main, "print the version"},
    {"help", help_main, "print this; `referd help markdown` prints the option table"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int help_main(int argc, char **argv)
{
	struct buf out = {0};
	if (argc > 0 && strcmp(argv[0], "markdown") == 0) {
		config_write_markdown(&out);
	} else {
		buf_str(&out, "referd: a self-hosted referral-campaign server\n\nCommands:\n");
		for (size_t i = 0; i < COMMANDS; i++)
			buf_printf(&out, "  referd %-8s %s\n", commands[i].name, commands[i].help);
		buf_char(&out, '\n');
		config_write_help(&out);
	}
	fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	return 0;
}

/* Secrets stay out of core dumps and away from other processes of the same user. Beyond the limit
 * on the size of files a write fails, as on a full disk, instead of ending the process. */
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
	/* Without a command, or with an option first, it serves. */
	if (argc < 2 || argv[1][0] == '-')
		return serve_main(argc - 1, argv + 1);
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].main(argc - 2, argv + 2);
	fprintf(stderr, "referd: no command \"%s\": see referd help\n", argv[1]);
	return 2;
}
