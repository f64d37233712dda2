/*
 * The address to which a browser goes after joining: the campaign's own URL with the configured
 * values appended. Pure.
 *
 * campaign.redirect_params are pairs (word, name of the parameter): ("code", "ref"), ("email",
 * "mail"). A value without a pair is not passed. The code is always passed, by default as "code".
 */
#ifndef CORE_REDIRECT_H
#define CORE_REDIRECT_H

#include "core/records.h"

enum { REDIRECT_NAME_MAX = 64 };

/* The values that can be passed on. Empty values are not passed. */
struct redirect_values {
	struct text code, first_name, email, referrer_first_name;
	struct pairs meta; /* its pass_params are passed under their own names */
};

/* The words for these values, in the order in which they are passed: "code", "first_name", "email",
 * "referrer_first_name", NULL. */
extern const char *const REDIRECT_WORDS[];

/** Returns the name of the parameter that passes the value of `word`; empty if the value is not
 * passed. */
struct text redirect_param(const struct campaign *campaign, struct text word);
/** Judges campaign->redirect_params. Returns NULL, or a sentence fragment that completes "redirect
 * ...": names are at most 64 printable bytes, and all different. */
const char *redirect_refusal(const struct campaign *campaign) WARN_UNUSED;

/** Appends the URL. It keeps the query and the fragment of redirect_url, and replaces parameters of
 * the same name. Names and values are form-encoded. Appends nothing if the campaign has no
 * redirect_url. */
void redirect_write(const struct campaign *campaign, const struct redirect_values *values,
		    struct buf *out);

#endif
