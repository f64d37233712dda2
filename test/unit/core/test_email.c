/* E-mail addresses, with the whole of isemail's test set.
 * Never asks the DNS: what isemail only warns of for want of a record is accepted.
 * Run by make test; reads test/conformance/isemail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/email.h"

/* What referd decides about each category of the suite. The ones between valid and wrong are legal
 * in a mail header and unusable on a form: quotes, comments, literals, folding white space,
 * obsolete syntax, lengths no server takes. */
static const struct {
	const char *category;
	bool accepted;
	int count;
} decisions[] = {
    {"ISEMAIL_VALID_CATEGORY", true, 14}, {"ISEMAIL_DNSWARN", true, 8},
    {"ISEMAIL_RFC5321", false, 16}, /* but for the exception below */
    {"ISEMAIL_CFWS", false, 10},          {"ISEMAIL_DEPREC", false, 20},
    {"ISEMAIL_RFC5322", false, 30},       {"ISEMAIL_ERR", false, 66},
};

enum { N_DECISIONS = sizeof(decisions) / sizeof(decisions[0]) };

/* A single label is as good here as in "test@io", which the suite calls valid: only the DNS could
 * tell them apart. */
static const char accepted_exception[] = "test@org";

/* The content of <tag>...</tag> from *at on, within `end`; NULL p where there is none. */
static struct text element(const char *from, const char *end, const char *tag)
{
	char open[32], close[32];
	int n = snprintf(open, sizeof(open), "<%s>", tag);
	snprintf(close, sizeof(close), "</%s>", tag);
	const char *begin = memmem(from, (size_t)(end - from), open, (size_t)n);
	if (begin == NULL)
		return (struct text){0};
	begin += n;
	const char *stop = memmem(begin, (size_t)(end - begin), close, (size_t)n + 1);
	assert_non_null(stop);
	return text_from(begin, (size_t)(stop - begin));
}

/* One "&...;" of the file. The suite writes control character c as U+2400 + c. */
static size_t put_entity(struct text rest, struct buf *out)
{
	unsigned code = 0;
	int used = 0;
	if (text_starts(rest, TEXT("&amp;"))) {
		buf_char(out, '&');
		return 5;
	}
	assert_int_equal(sscanf(rest.p, "&#x%x;%n", &code, &used), 1);
	assert_true(used > 0);
	if (code >= 0x2400 && code < 0x2420)
		code -= 0x2400;
	if (code >= 0x80)
		buf_char(out, (char)(0xC0 | code >> 6));
	buf_char(out, (char)(code >= 0x80 ? 0x80 | (code & 0x3F) : code));
	return (size_t)used;
}

static void decode(struct text xml, struct buf *out)
{
	buf_reset(out);
	for (size_t i = 0; i < xml.n;) {
		struct text rest = text_from(xml.p + i, xml.n - i);
		if (rest.p[0] == '&') {
			i += put_entity(rest, out);
			continue;
		}
		buf_char(out, rest.p[0]);
		i++;
	}
}

static bool expect_accepted(struct text category, struct text address, int seen[N_DECISIONS])
{
	for (size_t i = 0; i < N_DECISIONS; i++) {
		if (!text_eq(category, text_of(decisions[i].category)))
			continue;
		seen[i]++;
		return decisions[i].accepted || text_eq(address, text_of(accepted_exception));
	}
	fail_msg("unknown category %.*s", TEXT_ARGS(category));
	return false;
}

static void the_whole_of_isemail(void **state)
{
	(void)state;
	static char xml[65536];
	int seen[N_DECISIONS] = {0};
	struct buf address = {0};
	FILE *file = fopen("test/conformance/isemail/tests.xml", "r");
	assert_non_null(file);
	size_t n = fread(xml, 1, sizeof(xml) - 1, file);
	fclose(file);
	const char *at = xml, *end = xml + n;
	while ((at = memmem(at, (size_t)(end - at), "<test id=", 9)) != NULL) {
		const char *stop = memmem(at, (size_t)(end - at), "</test>", 7);
		assert_non_null(stop);
		decode(element(at, stop, "address"), &address);
		bool expected =
		    expect_accepted(element(at, stop, "category"), buf_view(&address), seen);
		const char *why = email_refusal(buf_view(&address));
		if ((why == NULL) != expected)
			fail_msg("%.*s: %s", TEXT_ARGS(buf_view(&address)),
				 why == NULL ? "accepted" : why);
		at = stop;
	}
	for (size_t i = 0; i < N_DECISIONS; i++)
		assert_int_equal(seen[i], decisions[i].count);
	buf_free(&address);
}

static void people_write_these(void **state)
{
	(void)state;
	static const char *const good[] = {"jessica@example.com",
					   "o'brien+tag@mail.example",
					   "J.R@Example.COM",
					   "jos\xC3\xA9@m\xC3\xBCnchen.example",
					   "\xE6\xBC\xA2\xE5\xAD\x97@xn--bcher-kva.example",
					   "a@127.example"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (email_refusal(text_of(good[i])) != NULL)
			fail_msg("%s: %s", good[i], email_refusal(text_of(good[i])));
}

static void refusals_say_what_to_do(void **state)
{
	(void)state;
	static const struct {
		const char *address, *why;
	} cases[] = {
	    {"", "needs an @ and a domain"},
	    {"jessica", "needs an @ and a domain"},
	    {"jessica@", "needs a domain after the @"},
	    {"@x.example", "needs a name before the @"},
	    {"a..b@x.example", "has a dot in the wrong place"},
	    {"a.@x.example", "has a dot in the wrong place"},
	    {"a b@x.example", "has a character before the @ that may not stand there"},
	    {"a@b@x.example", "has a character before the @ that may not stand there"},
	    {"a\xE2\x80\x8B"
	     "b@x.example",
	     "has a character before the @ that may not stand there"},
	    {"a\xE2\x80\xAE"
	     "b@x.example",
	     "has a character before the @ that may not stand there"},
	    {"a@x..example", "has a domain that is not a valid host name"},
	    {"a@x_y.example", "has a domain that is not a valid host name"},
	    {"a@10.0.0.1", "has a domain that ends in a number"},
	    {"a@\xEF\xBC\x91\xEF\xBC\x92",
	     "has a domain that ends in a number"}, /* full-width 12 */
	    {"a\nb@x.example", "has characters that are not printable UTF-8"},
	    {"a\xFF@x.example", "has characters that are not printable UTF-8"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = email_refusal(text_of(cases[i].address));
		assert_non_null(why);
		assert_string_equal(why, cases[i].why);
	}
	assert_non_null(email_refusal(TEXT("a\0b@x.example")));
	assert_non_null(email_refusal((struct text){0}));
}

/* 254 bytes as typed may be more as A-labels, which is what a server would be sent. */
static void the_length_counts_in_a_labels(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_str(&b, "a@");
	for (int i = 0; i < 20; i++)
		buf_str(&b, "\xC3\xBC"
			    "bcdef.");
	buf_str(&b, "example");
	assert_true(b.n <= EMAIL_MAX);
	assert_non_null(email_refusal(buf_view(&b)));
	buf_free(&b);
}

static void same(const char *a, const char *b, bool expected)
{
	struct arena arena = {0};
	assert_null(email_refusal(text_of(a)));
	assert_null(email_refusal(text_of(b)));
	struct text x = email_canonical(text_of(a), &arena),
		    y = email_canonical(text_of(b), &arena);
	assert_non_null(x.p);
	if (text_eq(x, y) != expected)
		fail_msg("%.*s and %.*s", TEXT_ARGS(x), TEXT_ARGS(y));
	arena_free(&arena);
}

static void addresses_are_compared(void **state)
{
	(void)state;
	struct arena arena = {0};
	assert_true(text_eq(email_canonical(TEXT("Byron.X+1@Example.COM"), &arena),
			    TEXT("byron.x+1@example.com")));
	same("byron@B\xC3\xBC"
	     "cher.example",
	     "BYRON@xn--bcher-kva.EXAMPLE", true);
	same("JOS\xC3\x89@x.example", "jose\xCC\x81@x.example", true);
	same("jose@x.example", "jos\xC3\xA9@x.example", false);
	same("a+b@x.example", "a@x.example", false); /* flagged elsewhere, but not the same */
	same("a.b@gmail.com", "ab@gmail.com", false);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_whole_of_isemail),
	    cmocka_unit_test(people_write_these),
	    cmocka_unit_test(refusals_say_what_to_do),
	    cmocka_unit_test(the_length_counts_in_a_labels),
	    cmocka_unit_test(addresses_are_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
