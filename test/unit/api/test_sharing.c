/* Owns the tests of the lists of addresses that share a link: what is kept for a campaign never
 * differs from what is written anew.
 * Never opens a store.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../support/seeded.h"
#include "api/pages/sharing.h"
#include "core/page_text.h"

/* A campaign with its texts; an empty text is left out. */
struct sample {
	struct buf texts;
	struct campaign campaign;
};

static struct sample sample(uint64_t id, const char *name, const char *subject, const char *text)
{
	struct sample s = {.campaign = {.id = id, .name = text_of(name)}};
	pairs_add(&s.texts, TEXT("headline"), TEXT("share_text"));
	if (*subject != '\0')
		pairs_add(&s.texts, TEXT("share_subject"), text_of(subject));
	if (*text != '\0')
		pairs_add(&s.texts, TEXT("share_text"), text_of(text));
	s.campaign.texts.raw = buf_view(&s.texts);
	return s;
}

/* The list as sharing_write_url gives each address. */
static void write_anew(struct buf *out, const struct call *call, const struct campaign *campaign,
		       struct text code)
{
	struct buf url = {0}, link = {0};
	struct json_out o = json_out(out);
	call_write_short_url(call, &link, code);
	json_open(&o, NULL, '{');
	json_open(&o, "sharing", '{');
	json_open(&o, "socials", '[');
	for (const struct sharing_network *n = SHARING_NETWORKS; n->social != NULL; n++) {
		buf_reset(&url);
		sharing_write_url(&url, n, campaign, buf_view(&link));
		json_open(&o, NULL, '{');
		json_put_text(&o, "social", text_of(n->social));
		json_put_text(&o, "url", buf_view(&url));
		json_close(&o, '}');
	}
	json_close(&o, ']');
	struct text subject = page_text_of(campaign, "share_subject");
	json_put_text(&o, "subject", subject.n > 0 ? subject : campaign->name);
	json_put_text(&o, "text", page_text_of(campaign, "share_text"));
	json_close(&o, '}');
	json_put_bool(&o, "last", true);
	json_close(&o, '}');
	buf_free(&url);
	buf_free(&link);
}

static void assert_shared(const struct call *call, const struct campaign *campaign,
			  struct text code)
{
	struct buf kept = {0}, anew = {0};
	struct json_out o = json_out(&kept);
	json_open(&o, NULL, '{');
	sharing_put(call, &o, campaign, code);
	json_put_bool(&o, "last", true);
	json_close(&o, '}');
	write_anew(&anew, call, campaign, code);
	assert_false(kept.failed || anew.failed);
	buf_char(&kept, '\0');
	buf_char(&anew, '\0');
	assert_string_equal(kept.p, anew.p);
	buf_free(&kept);
	buf_free(&anew);
}

static const char *const CODES[] = {
    "u2dcCrub", "ada-lovelace_1", "x", "\"a b\"&=%{link}", "ol\xc3\xa9", "%FF", "{text}"};
enum { CODES_N = sizeof CODES / sizeof *CODES };

static const char *const TEXTS[] = {
    "",
    "Come and join!",
    "Zwei Kaffee f\xc3\xbcr \xe2\x82\xac 0 \xf0\x9f\x8e\x81",
    "{link} {text} {subject} {message} {",
    "\"quoted\" \\ <b>&amp;</b> 100 % %FF %20\nsecond line",
    "\xd8\xaf\xd8\xb9\xd9\x88\xd8\xa9 \xe6\x8b\x9b\xe5\xbe\x85",
};
enum { TEXTS_N = sizeof TEXTS / sizeof *TEXTS };

struct shown {
	struct api api;
	struct call call;
};

static void open_shown(struct shown *shown, const char *public_url)
{
	*shown = (struct shown){.api = {.public_url = text_of(public_url)}};
	shown->api.sharing = sharing_lists_new();
	shown->call.api = &shown->api;
	assert_non_null(shown->api.sharing);
}

static void every_code_and_text_is_written_as_without_a_kept_list(void **state)
{
	static const char *const urls[] = {"https://refer.example",
					   "http://shop.example:8080/a%20b/refer~me"};
	struct shown shown;
	(void)state;
	for (size_t url = 0; url < 2; url++) {
		open_shown(&shown, urls[url]);
		for (size_t i = 0; i < TEXTS_N * TEXTS_N * CODES_N; i++) {
			const char *subject = TEXTS[i / CODES_N % TEXTS_N];
			struct sample s =
			    sample(1, "Spring", subject, TEXTS[i / CODES_N / TEXTS_N]);
			assert_shared(&shown.call, &s.campaign, text_of(CODES[i % CODES_N]));
			buf_free(&s.texts);
		}
		sharing_lists_free(shown.api.sharing);
	}
}

/* The campaigns of a slot take turns, and an operator changes their names and texts. */
static void a_changed_campaign_never_shows_its_old_texts(void **state)
{
	struct seeded seed = seeded_start("sharing", 8);
	struct shown shown;
	(void)state;
	open_shown(&shown, "https://refer.example");
	for (int i = 0; i < 3000; i++) {
		struct sample s = sample(
		    1 + 8 * seeded_below(&seed, 4), TEXTS[1 + seeded_below(&seed, TEXTS_N - 1)],
		    TEXTS[seeded_below(&seed, TEXTS_N)], TEXTS[seeded_below(&seed, TEXTS_N)]);
		assert_shared(&shown.call, &s.campaign,
			      text_of(CODES[seeded_below(&seed, CODES_N)]));
		buf_free(&s.texts);
	}
	sharing_lists_free(shown.api.sharing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_code_and_text_is_written_as_without_a_kept_list),
	    cmocka_unit_test(a_changed_campaign_never_shows_its_old_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
