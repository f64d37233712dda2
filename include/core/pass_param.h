/*
 * The parameters that a campaign passes on. They come in the query of its links or with a join,
 * stay in the user's meta, and go to the campaign's redirect. Pure.
 */
#ifndef CORE_PASS_PARAM_H
#define CORE_PASS_PARAM_H

#include "core/form_field.h"

enum { PASS_PARAMS_MAX = 16, PASS_NAME_MAX = 64, PASS_VALUE_MAX = 512 };

/** Judges a list of names. Returns NULL, or a sentence fragment that completes "pass_params ...". A
 * list has at most 16 different names of 1 to 64 characters A-Z, a-z, 0-9, ".", "_" and "-", and no
 * reserved name (form_id_is_taken). */
const char *pass_params_refusal(struct pairs names) WARN_UNUSED;

/** Returns the names that a person who joins may send: the form fields for that type of user, and
 * the parameters. */
struct form_list form_list_of(const struct campaign *campaign, bool invited);

/** Appends to `list`, which contains pairs, those parameters of a URL's query whose names it does
 * not have yet. Of two parameters with one name, the first counts. Values that cannot be stored are
 * left out. ERR_NO_MEMORY. */
enum err pass_params_take(struct pairs names, struct text query, struct arena *arena,
			  struct buf *list) WARN_UNUSED;

#endif
