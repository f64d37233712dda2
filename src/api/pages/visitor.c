/*
 * Owns the names of programs that open links without a person. Never counts views. Called by
 * join_get.c, which counts them.
 */
#include "visitor.h"

#include <string.h>

/* The headers, and a word in their value, of browsers that load a page before the person opens it.
 */
static const struct {
	const char *header, *word;
} ahead[] = {
    {"Sec-Purpose", "prefetch"}, {"Purpose", "prefetch"}, {"X-Purpose", "preview"},
    {"Purpose", "preview"},      {"X-Moz", "prefetch"},
};

/* Parts of User-Agent. The names of apps in which people read pages (FBAN, Instagram, Line) are not
 * in the list. */
static const char *const programs[] = {
    /* Previews of links in chats and networks. */
    "WhatsApp/",
    "facebookexternalhit",
    "facebookcatalog",
    "Facebot",
    "meta-externalagent",
    "meta-externalfetcher",
    "Slackbot",
    "Slack-ImgProxy",
    "Twitterbot",
    "TelegramBot",
    "Discordbot",
    "LinkedInBot",
    "SkypeUriPreview",
    "MicrosoftPreview",
    "BingPreview",
    "Google-PageRenderer",
    "Pinterestbot",
    "redditbot",
    "vkShare",
    "Snap URL Preview",
    "Iframely",
    "Embedly",
    "Cardyb",
    "Mastodon/",
    /* Search engines. */
    "Googlebot",
    "Google-InspectionTool",
    "GoogleOther",
    "Google-Read-Aloud",
    "AdsBot-Google",
    "bingbot",
    "Applebot",
    "DuckDuckBot",
    "YandexBot",
    "Baiduspider",
    "PetalBot",
    "Amazonbot",
    "GPTBot",
    "ClaudeBot",
    "PerplexityBot",
    "CCBot",
    "AhrefsBot",
    "SemrushBot",
    "MJ12bot",
    /* Mail scanners, and proxies of pictures in mail. */
    "GoogleImageProxy",
    "YahooMailProxy",
};

static bool holds(struct text t, const char *word)
{
	size_t n = strlen(word);
	for (size_t at = 0; n <= t.n && at <= t.n - n; at++)
		if (text_ieq(text_from(t.p + at, n), text_from(word, n)))
			return true;
	return false;
}

/* The beginning of a header's value. The values of programs and browsers are shorter, and a search
 * for every name in 16 KiB would take milliseconds. */
static struct text value_of(const struct http_request *req, const char *name)
{
	enum { LOOKED_AT = 512 };
	const struct text *value = http_request_header(req, text_of(name));
	if (value == NULL)
		return (struct text){0};
	return value->n <= LOOKED_AT ? *value : text_from(value->p, LOOKED_AT);
}

bool visitor_is_person(const struct http_request *req)
{
	if (req->method == HTTP_HEAD)
		return false;
	for (size_t i = 0; i < sizeof ahead / sizeof *ahead; i++)
		if (holds(value_of(req, ahead[i].header), ahead[i].word))
			return false;
	const struct text agent = value_of(req, "User-Agent");
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (holds(agent, programs[i]))
			return false;
	return true;
}
