/*
 * Owns the reading of a new password. Never prints it. Called by `referd operator add`.
 */
#include "password_prompt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/crypto.h"

enum { LINE_SIZE = PASSWORD_MAX + 2 };

/* Reads a line without a buffer that would keep a copy. Returns false at the end of the input. */
static bool read_line(char line[LINE_SIZE], size_t *n)
{
	char c;
	ssize_t got;
	*n = 0;
	while ((got = read(STDIN_FILENO, &c, 1)) == 1 || (got < 0 && errno == EINTR)) {
		if (got < 0)
			continue;
		if (c == '\n')
			break;
		if (*n < LINE_SIZE)
			line[(*n)++] = c;
	}
	const bool more = got == 1;
	if (*n > 0 && *n < LINE_SIZE && line[*n - 1] == '\r')
		--*n;
	return more || *n > 0;
}

static bool read_hidden(const char *prompt, char line[LINE_SIZE], size_t *n)
{
	struct termios shown, hidden;
	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fputs(prompt, stderr);
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) != 0)
		return false;
	const bool got = read_line(line, n);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	fputc('\n', stderr);
	return got;
}

static bool read_twice(const char *name, char line[LINE_SIZE], size_t *n)
{
	char prompt[256], again[LINE_SIZE];
	size_t n_again = 0;
	snprintf(prompt, sizeof prompt, "Password for %.100s (at least %d characters): ", name,
		 PASSWORD_MIN);
	bool ok = read_hidden(prompt, line, n);
	/* A password that is refused need not be typed again. */
	if (!ok || password_refusal(text_from(line, *n)) != NULL)
		return ok;
	ok = read_hidden("The same password again: ", again, &n_again);
	if (ok && !text_eq(text_from(line, *n), text_from(again, n_again))) {
		fprintf(stderr, "referd: the two passwords differ: run the command again\n");
		ok = false;
	}
	crypto_wipe(again, sizeof again);
	return ok;
}

bool password_prompt(const char *name, char out[LINE_SIZE], struct text *password)
{
	size_t n = 0;
	const bool terminal = isatty(STDIN_FILENO) == 1;
	if (terminal ? !read_twice(name, out, &n) : !read_line(out, &n)) {
		if (!terminal)
			fprintf(stderr,
				"referd: the standard input has no password: send it as the "
				"first line\n");
		return false;
	}
	*password = text_from(out, n);
	const char *refusal = password_refusal(*password);
	if (refusal != NULL)
		fprintf(stderr, "referd: the password %s\n", refusal);
	return refusal == NULL;
}
