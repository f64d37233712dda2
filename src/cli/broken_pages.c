/* Owns the last message of a process whose database file breaks while it is mapped. Never tries to
 * continue: store/lmdb_pages.h checks the file before it is opened, so this is for files that break
 * later. Called by serve, verify, backup and the offline token command.
 */
#include "broken_pages.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* NOLINTNEXTLINE(*-avoid-non-const-global-variables): a signal handler has no argument for it */
static int exit_status;

static void on_broken_page(int number)
{
	static const char line[] =
	    "referd: pages of the database file are damaged or missing: restore a backup\n";
	(void)number;
	ssize_t ignored = write(STDERR_FILENO, line, sizeof line - 1);
	(void)ignored;
	_exit(exit_status);
}

/* In the server, the cause may also be a fault of the program, so the signal ends the process as
 * usual after this handler. */
static void on_bad_address(int number)
{
	static const char line[] =
	    "referd: crashed on a bad address: run referd verify; if it finds no damage, report "
	    "this crash\n";
	(void)number;
	ssize_t ignored = write(STDERR_FILENO, line, sizeof line - 1);
	(void)ignored;
}

/* Keeps the handler of a sanitizer, which reports more than a line. */
static void tell_of_bad_address(void)
{
	struct sigaction action = {.sa_handler = on_bad_address, .sa_flags = (int)SA_RESETHAND},
			 before;
	if (sigaction(SIGSEGV, NULL, &before) == 0 && before.sa_handler == SIG_DFL)
		sigaction(SIGSEGV, &action, NULL);
}

void broken_pages_catch(int status, bool all_signals)
{
	static const int numbers[] = {SIGBUS, SIGSEGV, SIGABRT};
	struct sigaction action = {.sa_handler = on_broken_page};
	exit_status = status;
	for (size_t i = 0; i < (all_signals ? sizeof numbers / sizeof *numbers : 1); i++)
		sigaction(numbers[i], &action, NULL);
	if (!all_signals)
		tell_of_bad_address();
}
