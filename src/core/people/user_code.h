/*
 * The change of a user's code.
 */
#ifndef CORE_USER_CODE_H
#define CORE_USER_CODE_H

#include "core/code.h"
#include "core/records.h"
#include "store/tx.h"

/** Gives the user the code; the earlier code still works. The current code changes nothing, and an
 * earlier code becomes the current code again. The caller stages the user. ERR_REFUSED sets
 * *problem to a sentence fragment that completes "code ...". ERR_PENDING and read errors pass
 * through. */
enum err user_code_change(struct tx *tx, struct codes *codes, struct user *user, struct text code,
			  const char **problem) WARN_UNUSED;

#endif
