/* Owns the tests of e-mail addresses, with the whole of isemail's test set.
 * Never asks the DNS: addresses for which isemail only warns of a missing DNS record are accepted.
 * Run by make test; reads test/conformance/isemail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/typed.h"
#include "core/email.h"

/* The refusal of an address, or NULL if it is accepted unchanged. The message is valid until the
 * next call. */
static const char *refusal(struct text address)
{
	static struct arena arena;
	struct email email;
	const char *why = NULL;
	arena_free(&arena);
	if (typed_trim(address).n != address.n)
		return "has characters around it that are not part of it";
	enum err err = email_read(address, &arena, &email, &why);
	assert_true(err == ERR_OK || err == ERR_INVALID);
	assert_true((err == ERR_OK) == (why == NULL));
	return why;
}

/* The decision of referd for each category of the suite. Addresses between valid and wrong are
 * legal in a mail header and unusable on a form: quotes, comments, literals, folding white space,
 * obsolete syntax, lengths that no server accepts. */
static const struct {
	const char *category;
	bool accepted;
	int count;
} decisions[] = {
    {"ISEMAIL_VALID_CATEGORY", true, 14}, {"ISEMAIL_DNSWARN", true, 8},
    {"ISEMAIL_RFC5321", false, 16}, /* except the one below */
    {"ISEMAIL_CFWS", false, 10},          {"ISEMAIL_DEPREC", false, 20},
    {"ISEMAIL_RFC5322", false, 30},       {"ISEMAIL_ERR", false, 66},
};

enum { N_DECISIONS = sizeof(decisions) / sizeof(decisions[0]) };

/* A single label is as valid here as in "test@io", which the suite accepts: only the DNS could tell
 * them apart. */
static const char accepted_exception[] = "test@org";

/* The content of the next <tag>...</tag> from *at, within `end`. p is NULL if there is no further
 * one. */
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

/* Decodes one "&...;" of the file. The suite writes control character c as U+2400 + c. */
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

static void isemails_cases_are_judged(void **state)
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
		const char *why = refusal(buf_view(&address));
		if ((why == NULL) != expected)
			fail_msg("%.*s: %s", TEXT_ARGS(buf_view(&address)),
				 why == NULL ? "accepted" : why);
		at = stop;
	}
	for (size_t i = 0; i < N_DECISIONS; i++)
		assert_int_equal(seen[i], decisions[i].count);
	buf_free(&address);
}

static void common_addresses_are_accepted(void **state)
{
	(void)state;
	static const char *const good[] = {"jessica@example.com",
					   "o'brien+tag@mail.example",
					   "J.R@Example.COM",
					   "jos\xC3\xA9@m\xC3\xBCnchen.example",
					   "\xE6\xBC\xA2\xE5\xAD\x97@xn--bcher-kva.example",
					   "a@127.example"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (refusal(text_of(good[i])) != NULL)
			fail_msg("%s: %s", good[i], refusal(text_of(good[i])));
}

static void refusals_name_the_fault(void **state)
{
	(void)state;
	static const struct {
		const char *address, *why;
	} cases[] = {
	    {"", "is required"},
	    {"jessica", "needs an @ and a domain"},
	    {"jessica@", "needs a domain after the @"},
	    {"@x.example", "needs a name before the @"},
	    {"a..b@x.example", "has a dot in the wrong place"},
	    {"a.@x.example", "has a dot in the wrong place"},
	    {"a b@x.example", "has a blank before the @"},
	    {"a@b@x.example", "has more than one @"},
	    {"a(b@x.example", "has the character ( before the @, which is not allowed there"},
	    {"a\u200bb@x.example", "has an invisible character (U+200B) before the @"},
	    {"a\u202eb@x.example", "has an invisible character (U+202E) before the @"},
	    {"a\u00a0b@x.example", "has an invisible character (U+00A0) before the @"},
	    {"a\u2800b@x.example", "has an invisible character (U+2800) before the @"},
	    {"a\U000e0041b@x.example", "has an invisible character (U+E0041) before the @"},
	    {"a\ue000b@x.example", "has an unusable character (U+E000) before the @"},
	    {"a@x..example", "has a domain that is not a valid host name"},
	    {"a@x_y.example", "has the character _ after the @, which is not allowed there"},
	    {"a@x.example;", "has the character ; after the @, which is not allowed there"},
	    {"a@x y.example", "has a blank after the @"},
	    {"a@x\u200dy.example", "has an invisible character (U+200D) after the @"},
	    {"a@x\u202ey.example", "has an invisible character (U+202E) after the @"},
	    /* IDNA drops the first character, so the second one is the fault */
	    {"a@x\u200b\u200ey.example", "has an invisible character (U+200E) after the @"},
	    {"a@x\u200b..example", "has a domain that is not a valid host name"},
	    {"a@x\ue000.example", "has an unusable character (U+E000) after the @"},
	    {"a@10.0.0.1", "has a domain that ends in a number"},
	    {"a@\uff11\uff12", "has a domain that ends in a number"}, /* full-width 12 */
	    {"a\nb@x.example", "has an invisible character (U+000A) before the @"},
	    {"a\xFF@x.example", "must be UTF-8 text"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = refusal(text_of(cases[i].address));
		assert_non_null(why);
		assert_string_equal(why, cases[i].why);
	}
	assert_non_null(refusal(TEXT("a\0b@x.example")));
	assert_non_null(refusal((struct text){0}));
}

/* 254 bytes as typed may become more as A-labels, which are what a server receives. */
static void the_length_limit_counts_a_labels(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_str(&b, "a@");
	for (int i = 0; i < 20; i++)
		buf_str(&b, "\xC3\xBC"
			    "bcdef.");
	buf_str(&b, "example");
	assert_true(b.n <= EMAIL_MAX);
	assert_non_null(refusal(buf_view(&b)));
	buf_free(&b);
}

/* The stored and sent address is the accepted one: trimmed, with the host in the form that DNS
 * uses. */
static void the_accepted_address_is_stored(void **state)
{
	(void)state;
	static const struct {
		const char *typed, *stored;
	} cases[] = {
	    {"bob@example.com", "bob@example.com"},
	    {"\u00a0 Bob@Example.COM\u200b", "Bob@example.com"},
	    {"bob@example\u3002com", "bob@example.com"},
	    {"bob@\uff45\uff58\uff41mple\uff0ecom", "bob@example.com"},
	    {"bob@exam\u200bple.com", "bob@example.com"},
	    {"bob@exam\u00adple.com", "bob@example.com"},
	    {"bob@B\u00dcCHER.example", "bob@b\u00fccher.example"},
	    {"bob@bu\u0308cher.example", "bob@b\u00fccher.example"},
	    {"bob@xn--bcher-kva.example", "bob@xn--bcher-kva.example"},
	    {"Gro\u00df@x.example", "Gro\u00df@x.example"},
	};
	struct arena arena = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct email email, again;
		const char *why;
		assert_int_equal(email_read(text_of(cases[i].typed), &arena, &email, &why), ERR_OK);
		if (!text_eq(email.address, text_of(cases[i].stored)))
			fail_msg("%s is stored as %.*s", cases[i].typed, TEXT_ARGS(email.address));
		assert_int_equal(email_read(email.address, &arena, &again, &why), ERR_OK);
		assert_true(text_eq(again.address, email.address));
		assert_true(text_eq(again.canonical, email.canonical));
	}
	arena_free(&arena);
}

static struct text canonical(const char *typed, struct arena *arena)
{
	struct email email;
	struct text stored;
	const char *why;
	assert_int_equal(email_read(text_of(typed), arena, &email, &why), ERR_OK);
	assert_int_equal(email_canonical(email.address, arena, &stored), ERR_OK);
	assert_true(text_eq(stored, email.canonical));
	return email.canonical;
}

static void same(const char *a, const char *b, bool expected)
{
	struct arena arena = {0};
	struct text x = canonical(a, &arena), y = canonical(b, &arena);
	if (text_eq(x, y) != expected)
		fail_msg("%.*s and %.*s", TEXT_ARGS(x), TEXT_ARGS(y));
	arena_free(&arena);
}

static void canonical_addresses_are_compared(void **state)
{
	(void)state;
	struct arena arena = {0};
	assert_true(
	    text_eq(canonical("Byron.X+1@Example.COM", &arena), TEXT("byron.x+1@example.com")));
	same("byron@B\u00fccher.example", "BYRON@xn--bcher-kva.EXAMPLE", true);
	same("JOS\u00c9@x.example", "jose\u0301@x.example", true);
	same("jose@x.example", "jos\u00e9@x.example", false);
	same("a+b@x.example", "a@x.example",
	     false); /* flagged as suspicious, but a different address */
	same("a.b@gmail.com", "ab@gmail.com", false);
	arena_free(&arena);
}

/* A local part is not a host name: folding ignores only case and composition. */
static void letters_that_hosts_merge_stay_different_before_the_at(void **state)
{
	(void)state;
	same("gro\u00df@x.example", "gross@x.example", false);
	same("\uff41nn@x.example", "ann@x.example", false);
	same("\ufb01nn@x.example", "finn@x.example", false);
	same("GRO\u1e9e@x.example", "gro\u00df@x.example", true);
	same("\u039d\u0391\u03a3@x.example", "\u03bd\u03b1\u03c2@x.example", true);
}

static void keys_of_version_0_1_are_computed(void **state)
{
	(void)state;
	struct arena arena = {0};
	struct text key;
	assert_int_equal(email_key_0_1(TEXT("Gro\u00df@B\u00fccher.example"), &arena, &key),
			 ERR_OK);
	assert_true(text_eq(key, TEXT("gross@xn--bcher-kva.example")));
	assert_true(email_key_changed(TEXT("gro\u00df@x.example")));
	assert_false(email_key_changed(TEXT("gross@b\u00fccher.example")));
	assert_int_equal(email_canonical(TEXT("nobody"), &arena, &key), ERR_INVALID);
	assert_int_equal(email_key_0_1(TEXT("a@"), &arena, &key), ERR_INVALID);
	arena_free(&arena);
}

static void one_mailbox(const char *a, const char *b, bool expected)
{
	if (email_same_mailbox(text_of(a), text_of(b)) != expected ||
	    email_same_mailbox(text_of(b), text_of(a)) != expected)
		fail_msg("%s and %s", a, b);
}

static void tags_and_gmail_dots_reach_one_mailbox(void **state)
{
	(void)state;
	one_mailbox("ann@x.example", "ann@x.example", true);
	one_mailbox("ann+a@x.example", "ann@x.example", true);
	one_mailbox("ann+a@x.example", "ann+b+c@x.example", true);
	one_mailbox("a.nn@gmail.com", "ann@gmail.com", true);
	one_mailbox("a.n.n+x@googlemail.com", "ann@gmail.com", true);
	one_mailbox("ann+x.y@gmail.com", "ann@gmail.com", true);
	one_mailbox("ann@googlemail.com", "ann@gmail.com", true);
	one_mailbox("a.nn@x.example", "ann@x.example", false);
	one_mailbox("ann@x.example", "ann@y.example", false);
	one_mailbox("ann@gmail.com", "anna@gmail.com", false);
	one_mailbox("ann@gmail.com", "ann@gmail.com.example", false);
	one_mailbox("+a@x.example", "+b@x.example", false);
	one_mailbox("ann", "ann", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(isemails_cases_are_judged),
	    cmocka_unit_test(common_addresses_are_accepted),
	    cmocka_unit_test(refusals_name_the_fault),
	    cmocka_unit_test(the_length_limit_counts_a_labels),
	    cmocka_unit_test(the_accepted_address_is_stored),
	    cmocka_unit_test(canonical_addresses_are_compared),
	    cmocka_unit_test(letters_that_hosts_merge_stay_different_before_the_at),
	    cmocka_unit_test(keys_of_version_0_1_are_computed),
	    cmocka_unit_test(tags_and_gmail_dots_reach_one_mailbox),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
