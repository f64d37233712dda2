/*
 * Where a browser goes after joining: the campaign's own URL with what it asked for appended. Pure.
 *
 * campaign.redirect_params are pairs (word, parameter's name): ("code", "ref"), ("email", "mail").
 * What has no pair is not passed, but for the code: that is always passed, under "code" where
 * nothing else is said.
 */
#ifndef CORE_REDIRECT_H
#define CORE_REDIRECT_H

#include "core/records.h"

enum { REDIRECT_NAME_MAX = 64 };

/* What may be passed along; empty: not passed. */
struct redirect_values {
	struct text code, first_name, email, referrer_first_name;
	struct pairs meta; /* of which the campaign's pass_params go along, under their own names */
};

/* The words of these values, in the order in which they are passed: "code", "first_name", "email",
 * "referrer_first_name", NULL. */
extern const char *const REDIRECT_WORDS[];

/** The parameter's name under which the value of `word` is passed; empty where it is not. */
struct text redirect_param(const struct campaign *campaign, struct text word);
/** NULL, or a sentence fragment that completes "redirect ...": names are 1 to 64 printable bytes,
 * and different from each other. */
const char *redirect_refusal(const struct campaign *campaign) WARN_UNUSED;

/** Appends the URL: the target's own query and fragment are kept, names and values are
 * form-encoded. Nothing where the campaign has no redirect_url. */
void redirect_write(const struct campaign *campaign, const struct redirect_values *values,
		    struct buf *out);

#endif
