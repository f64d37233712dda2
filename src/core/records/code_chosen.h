/*
 * Codes that are chosen for a user later. They also match in another case.
 */
#ifndef CORE_CODE_CHOSEN_H
#define CORE_CODE_CHOSEN_H

#include "core/code.h"
#include "core/records.h"
#include "store/tx.h"

enum { CODE_CHOSEN_MIN = 4, CODE_CHOSEN_MAX = 32 };

/** Finds the user with a chosen code that differs at most in case; *user_id is 0 if nobody has it.
 * ERR_PENDING and read errors pass through. */
enum err code_chosen_find(struct tx *tx, struct text code, uint64_t *user_id) WARN_UNUSED;
/** Judges a code for the user, and writes its rows. ERR_REFUSED sets *problem to a sentence
 * fragment that completes "code ...". Leaves the user's record alone. Other errors as above. */
enum err code_chosen_add(struct tx *tx, struct codes *codes, const struct user *user,
			 struct text code, const char **problem) WARN_UNUSED;
/** Deletes the rows of all codes of the user, imported ones too. Errors as above. */
enum err code_chosen_remove_all(struct tx *tx, const struct user *user) WARN_UNUSED;

/** Writes the key of the second row. The code has at most CODE_CHOSEN_MAX bytes. */
struct text code_chosen_key(struct text code, char room[1 + CODE_CHOSEN_MAX]);

#endif
