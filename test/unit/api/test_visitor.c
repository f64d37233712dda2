/* Owns the tests of which requests count as page views.
 * Never counts them: test_reach and the end-to-end tests do.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/pages/visitor.h"

static bool is_person(enum http_method method, const char *name, const char *value)
{
	struct http_request req = {.method = method, .n_headers = 1};
	req.headers[0] = (struct http_header){text_of(name), text_of(value)};
	return visitor_is_person(&req);
}

static void previews_and_crawlers_are_recognised(void **state)
{
	static const char *const agents[] = {
	    "WhatsApp/2.23.20.0 A",
	    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
	    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
	    "Twitterbot/1.0",
	    "TelegramBot (like TwitterBot)",
	    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
	    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
	    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
	    "Mozilla/5.0 (compatible; BINGBOT/2.0; +http://www.bing.com/bingbot.htm)",
	    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
	    "Mozilla/5.0 (Macintosh) AppleWebKit/605 Version/17.4 Safari/605 (Applebot/0.1)",
	};
	(void)state;
	for (size_t i = 0; i < sizeof agents / sizeof *agents; i++)
		if (is_person(HTTP_GET, "User-Agent", agents[i]))
			fail_msg("counted as a person: %s", agents[i]);
}

static void people_count_in_every_app(void **state)
{
	static const char *const agents[] = {
	    "",
	    "curl/8.5",
	    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4) AppleWebKit/605.1.15 Mobile/15E148 "
	    "[FBAN/FBIOS;FBAV/450.0]",
	    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Instagram "
	    "320.0",
	    "Mozilla/5.0 (Linux; Android 13; CUBOT_X18) AppleWebKit/537.36 Chrome/120.0 Mobile "
	    "Safari/537.36",
	    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 "
	    "Telegram-Android/10",
	};
	(void)state;
	for (size_t i = 0; i < sizeof agents / sizeof *agents; i++)
		if (!is_person(HTTP_GET, "User-Agent", agents[i]))
			fail_msg("not counted as a person: %s", agents[i]);
	assert_false(is_person(HTTP_HEAD, "User-Agent", "curl/8.5"));
}

/* A header of any length costs no more than its first 512 bytes. */
static void only_the_first_512_bytes_are_read(void **state)
{
	static char agent[15001];
	(void)state;
	memset(agent, 'x', sizeof agent - 1);
	memcpy(agent + 500, "Twitterbot", 10);
	assert_false(is_person(HTTP_GET, "User-Agent", agent));
	memset(agent, 'x', sizeof agent - 1);
	memcpy(agent + 520, "Twitterbot", 10);
	assert_true(is_person(HTTP_GET, "User-Agent", agent));
}

static void a_prefetch_is_not_a_view(void **state)
{
	(void)state;
	assert_false(is_person(HTTP_GET, "Sec-Purpose", "prefetch"));
	assert_false(is_person(HTTP_GET, "sec-purpose", "prefetch;prerender"));
	assert_false(is_person(HTTP_GET, "Purpose", "Prefetch"));
	assert_false(is_person(HTTP_GET, "X-Moz", "prefetch"));
	assert_false(is_person(HTTP_GET, "X-Purpose", "preview"));
	assert_true(is_person(HTTP_GET, "Sec-Fetch-Dest", "document"));
	assert_true(is_person(HTTP_GET, "Purpose", "shopping"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(previews_and_crawlers_are_recognised),
	    cmocka_unit_test(people_count_in_every_app),
	    cmocka_unit_test(only_the_first_512_bytes_are_read),
	    cmocka_unit_test(a_prefetch_is_not_a_view),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
