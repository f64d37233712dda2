/* The password that a person types at the terminal, or that a script sends. */
#ifndef CLI_PASSWORD_PROMPT_H
#define CLI_PASSWORD_PROMPT_H

#include "base/bytes.h"
#include "base/password.h"

/** Reads a new password: from a terminal twice and without echo, else the first line of the
 * standard input. False after a message on stderr. The caller wipes `out`. */
bool password_prompt(const char *name, char out[PASSWORD_MAX + 2],
		     struct text *password) WARN_UNUSED;

#endif
