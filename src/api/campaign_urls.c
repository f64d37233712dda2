/*
 * Owns the reading of the URLs in a campaign's settings: logo, origins, redirect. Never opens a
 * URL. Called by campaign_fields.c.
 */
#include "campaign_urls.h"

#include <stdio.h>

#include "api/call/decode.h"
#include "core/redirect.h"
#include "http/url.h"

/* Copies the URL in ASCII, because it goes into a Location header. Only the host may contain other
 * letters. */
static const char *keep_url(struct call *call, struct text typed, const struct url *url,
			    struct text *out)
{
	struct buf ascii = {0};
	size_t i = 0;
	while (i < typed.n && (unsigned char)typed.p[i] < 0x80)
		i++;
	if (i == typed.n)
		return decode_keep(call, typed, out);
	url_write(&ascii, url);
	const char *problem =
	    ascii.failed ? DECODE_NO_MEMORY : decode_keep(call, buf_view(&ascii), out);
	buf_free(&ascii);
	return problem;
}

/* Reads a URL for browsers; null and "" mean no URL. */
const char *campaign_read_url(struct call *call, const struct json *v, struct text *out)
{
	struct text t = {0};
	struct url url;
	if (json_kind(v) != JSON_NULL && !body_string(v, &t))
		return "must be a URL that starts with https://";
	*out = (struct text){0};
	if (t.n == 0)
		return NULL;
	const char *problem = url_parse(t, URL_ALLOW_HTTP | URL_ALLOW_FRAGMENT, &url);
	return problem != NULL ? problem : keep_url(call, t, &url, out);
}

static bool is_local(const struct url *url)
{
	struct text host = text_of(url->host);
	return text_eq(host, TEXT("localhost")) || text_ends(host, TEXT(".localhost")) ||
	       text_eq(host, TEXT("127.0.0.1")) || text_eq(host, TEXT("::1"));
}

/* Appends the origin in the form of a browser's Origin header. */
static const char *read_origin(struct text t, struct buf *list)
{
	struct url url;
	struct buf origin = {0};
	const char *problem = url_parse(t, URL_ALLOW_HTTP, &url);
	if (problem != NULL)
		return problem;
	if (url.path.n > 1 || url.has_query)
		return "must end after the host and port";
	if (!url.https && !is_local(&url))
		return "must start with https:// (http:// is for localhost)";
	buf_str(&origin, url.https ? "https://" : "http://");
	url_write_authority(&origin, &url);
	list->failed = list->failed || origin.failed;
	pairs_add(list, buf_view(&origin), TEXT(""));
	buf_free(&origin);
	return NULL;
}

const char *campaign_read_origins(struct call *call, const struct json *v, struct pairs *origins)
{
	struct buf list = {0};
	struct text t;
	if (json_kind(v) != JSON_ARRAY && json_kind(v) != JSON_NULL)
		return "must be a list of origins such as https://shop.example";
	if (json_length(v) > CAMPAIGN_ORIGINS_MAX)
		return "must have at most 32 entries";
	for (size_t i = 0; i < json_length(v); i++) {
		const char *problem =
		    body_string(json_at(v, i), &t) ? read_origin(t, &list) : "is not text";
		if (problem == NULL)
			continue;
		buf_free(&list);
		return decode_problem(
		    call, "must be a list of origins such as https://shop.example: entry %zu %s",
		    i + 1, problem);
	}
	return decode_keep_pairs(call, &list, origins);
}

/* Returns the word of "first_name_param" ("first_name"); NULL for an unknown member. */
static const char *word_of(struct text member)
{
	char name[64];
	for (size_t i = 0; REDIRECT_WORDS[i] != NULL; i++) {
		snprintf(name, sizeof name, "%s_param", REDIRECT_WORDS[i]);
		if (text_eq(member, text_of(name)))
			return REDIRECT_WORDS[i];
	}
	return NULL;
}

static const char *read_params(struct call *call, const struct json *v, struct campaign *c)
{
	struct buf list = {0};
	struct text member, name;
	const struct json *value;
	const char *problem = NULL;
	for (size_t i = 0; problem == NULL && (value = json_member(v, i, &member)) != NULL; i++) {
		const char *word = word_of(member);
		if (text_eq(member, TEXT("url")) || (word != NULL && json_kind(value) == JSON_NULL))
			continue;
		if (word == NULL)
			problem = decode_problem(
			    call,
			    "has an unknown member \"%.*s\": the members are url, code_param, "
			    "first_name_param, email_param and referrer_first_name_param",
			    TEXT_ARGS(decode_shown(member)));
		else if (!body_string(value, &name))
			problem = decode_problem(call, "has a %s_param that is not text", word);
		else if (name.n > 0)
			pairs_add(&list, text_of(word), name);
	}
	const char *kept = decode_keep_pairs(call, &list, &c->redirect_params);
	return problem != NULL ? problem : kept;
}

const char *campaign_read_redirect(struct call *call, const struct json *v, struct campaign *c)
{
	const struct json *url = json_get(v, "url");
	c->redirect_url = (struct text){0};
	c->redirect_params = (struct pairs){0};
	if (json_kind(v) == JSON_NULL)
		return NULL;
	if (json_kind(v) != JSON_OBJECT || url == NULL)
		return "must be an object with a url, or null for no redirect";
	const char *problem = campaign_read_url(call, url, &c->redirect_url);
	if (problem != NULL)
		return decode_problem(call, "has an invalid url: it %s", problem);
	problem = read_params(call, v, c);
	return problem != NULL ? problem : redirect_refusal(c);
}
