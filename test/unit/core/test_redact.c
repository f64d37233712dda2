/* Owns the tests of redaction, which finds secrets in every encoding and changes nothing else.
 * Never decides which texts are secrets.
 * Run by make test. */
#include "core/redact.h"

#include "core_world.h"

static const struct text secrets[] = {{"SAVE+10%/\"x\"", 12}, {"", 0}, {"k3y", 3}, {"k3y-long", 8}};
enum { SECRETS = sizeof secrets / sizeof *secrets };

static void check(const char *t, bool cut, const char *expected)
{
	struct buf out = {0};
	redact(text_of(t), secrets, SECRETS, cut, &out);
	buf_char(&out, '\0');
	assert_string_equal(out.p, expected);
	buf_free(&out);
}

static void secrets_are_found_in_every_encoding(void **state)
{
	static const char *const spellings[] = {
	    "SAVE+10%/\"x\"",
	    "SAVE%2B10%25%2F%22x%22",
	    "SAVE%2b10%25%2f%22x%22",
	    "SAVE+10%25/%22x%22",
	    "SAVE+10%/\\\"x\\\"",
	    "SAVE+10%\\/\\\"x\\\"",
	    "SAVE\\u002B10%\\u002f\\u0022x\\\"",
	    "%53%41%56%45%2B10%25%2F%22x%22",
	};
	struct buf t = {0};
	(void)state;
	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
		buf_reset(&t);
		buf_printf(&t, "{\"gift\":\"%s\",\"n\":1}", spellings[i]);
		buf_char(&t, '\0');
		check(t.p, false, "{\"gift\":\"" REDACTED "\",\"n\":1}");
	}
	buf_free(&t);
}

static void secrets_are_found_anywhere(void **state)
{
	(void)state;
	check("", false, "");
	check("nothing of the kind", false, "nothing of the kind");
	check("k3y", false, REDACTED);
	check("ak3yk3yb", false, "a" REDACTED REDACTED "b");
	check("k3y-long!", false, REDACTED "!"); /* the longest secret wins */
	check("k3y-lon", false, REDACTED "-lon");
	check("SAVE+10%", false, "SAVE+10%");
	check("100% \\ + SAVE", false, "100% \\ + SAVE");
}

/* The log keeps the first 4 KiB of a response, and the cut may be inside a secret. */
static void a_secret_cut_off_at_the_end_is_found(void **state)
{
	(void)state;
	check("gift=SAVE%2B10", true, "gift=" REDACTED);
	check("gift=SAVE", true, "gift=" REDACTED);
	check("gift=SAV", true, "gift=SAV"); /* too short: it may be any word */
	check("gift=SAVE%2B10", false, "gift=SAVE%2B10");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(secrets_are_found_in_every_encoding),
	    cmocka_unit_test(secrets_are_found_anywhere),
	    cmocka_unit_test(a_secret_cut_off_at_the_end_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
