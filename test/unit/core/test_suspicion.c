/*
 * Owns the tests of the signs that make a join suspicious.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/people/suspicion.h"

enum { NOW = 100 * 3600000 };

static uint64_t flags_of(struct text ip, struct text referrer_ip, uint64_t hour_joins,
			 uint64_t hour_ms, const char *email)
{
	const struct user user = {.id = 2, .ip = ip}, referrer = {.id = 1, .ip = referrer_ip};
	const struct user_stats stats = {
	    .user_id = 1, .hour_ms = hour_ms, .hour_joins = hour_joins};
	const struct suspect suspect = {.user = &user,
					.referrer = &referrer,
					.stats = &stats,
					.canonical_email = text_of(email),
					.referrer_canonical = TEXT("a.nna@gmail.com"),
					.now_ms = NOW};
	return suspicion_of(&suspect);
}

static uint64_t by_address(const char *ip, const char *referrer_ip, size_t n)
{
	return flags_of(text_from(ip, n), text_from(referrer_ip, n), 0, 0, "ann@example.com");
}

static void the_network_of_the_referrer_is_flagged(void **state)
{
	(void)state;
	assert_int_equal(by_address("\x08\x08\x08\x08", "\x08\x08\x08\x08", 4), FLAG_SAME_ADDRESS);
	assert_int_equal(by_address("\x08\x08\x08\x08", "\x08\x08\x08\x09", 4), 0);
	/* The same IPv6 /64, and another one. */
	assert_int_equal(by_address("\x26\x01\0\0\0\0\0\1\0\0\0\0\0\0\0\1",
				    "\x26\x01\0\0\0\0\0\1\0\0\0\0\0\0\0\2", 16),
			 FLAG_SAME_ADDRESS);
	assert_int_equal(by_address("\x26\x01\0\0\0\0\0\1\0\0\0\0\0\0\0\1",
				    "\x26\x01\0\0\0\0\0\2\0\0\0\0\0\0\0\1", 16),
			 0);
}

static void shared_addresses_are_not_flagged(void **state)
{
	static const char *const shared[] = {"\x0a\1\2\3",   "\x7f\0\0\1",   "\xc0\xa8\1\1",
					     "\xac\x1f\1\1", "\x64\x7f\1\1", "\xa9\xfe\1\1"};
	(void)state;
	for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
		assert_int_equal(by_address(shared[i], shared[i], 4), 0);
	assert_int_equal(by_address("\xac\x20\1\1", "\xac\x20\1\1", 4), FLAG_SAME_ADDRESS);
	assert_int_equal(flags_of((struct text){0}, (struct text){0}, 0, 0, "ann@example.com"), 0);
	assert_int_equal(by_address("\xfc\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1",
				    "\xfc\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1", 16),
			 0);
}

static void suspicious_addresses_are_flagged(void **state)
{
	static const struct {
		const char *email;
		uint64_t flags;
	} cases[] = {
	    {"ann+1@example.com", FLAG_PLUS_ADDRESS},
	    {"ann@mailinator.com", FLAG_DISPOSABLE},
	    {"ann@x.mailinator.com", FLAG_DISPOSABLE},
	    {"ann+x@mailinator.com", FLAG_DISPOSABLE | FLAG_PLUS_ADDRESS},
	    {"ann@notmailinator.com.example", 0},
	    {"ann@com", 0},
	    {"anna@googlemail.com", FLAG_SAME_MAILBOX},
	    {"ann.a+friend@gmail.com", FLAG_SAME_MAILBOX | FLAG_PLUS_ADDRESS},
	    {"anna@example.com", 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(flags_of((struct text){0}, (struct text){0}, 0, 0, cases[i].email),
				 cases[i].flags);
}

static void names_with_links_are_flagged(void **state)
{
	static const char *const links[] = {"https://evil.example",
					    "Win at bit.ly/x1",
					    "www.evil.example",
					    "EVIL.COM",
					    "evil.com!",
					    "see evil\u3002com",
					    "\uff45vil\uff0ecom",
					    "ev\u200bil.com",
					    "b\u00fccher.de",
					    "tg://x",
					    "go to a.b.co.uk now",
					    "x.zz/promo",
					    "\u043f\u0440.xn--p1ai",
					    "mail bob@evil.org"};
	static const char *const names[] = {
	    "Ann",    "J.R.",      "J.R. Smith", "St.John", "Mary-Ann O'Neil",
	    "Dr. No", "Ann / Bob", "A.B.C.",     "3.14",    "Zo\u00eb \u2764\ufe0f",
	    "www",    "Ann.",      ".com",       "Jr.",     "\u0645\u06cc\u200c\u062e",
	    ""};
	(void)state;
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		if (!name_has_link(text_of(links[i])))
			fail_msg("the link in %s is not flagged", links[i]);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (name_has_link(text_of(names[i])))
			fail_msg("%s is flagged as a link", names[i]);
}

static void many_joins_are_flagged(void **state)
{
	const char *ann = "ann@example.com";
	struct text none = {0};
	(void)state;
	assert_int_equal(flags_of(none, none, SUSPICION_JOINS_PER_HOUR - 1, NOW - 1, ann), 0);
	assert_int_equal(flags_of(none, none, SUSPICION_JOINS_PER_HOUR, NOW - 1, ann),
			 FLAG_MANY_JOINS);
	assert_int_equal(flags_of(none, none, SUSPICION_JOINS_PER_HOUR, NOW - 3600000, ann), 0);
}

static void every_listed_disposable_domain_is_found(void **state)
{
	extern const char *const disposable_domains[];
	extern const size_t disposable_domains_n;
	(void)state;
	assert_true(disposable_domains_n > 8000);
	for (size_t i = 0; i < disposable_domains_n; i++)
		assert_true(disposable_domain(text_of(disposable_domains[i])));
	assert_false(disposable_domain(TEXT("example.com")));
	assert_false(disposable_domain(TEXT("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_network_of_the_referrer_is_flagged),
	    cmocka_unit_test(shared_addresses_are_not_flagged),
	    cmocka_unit_test(suspicious_addresses_are_flagged),
	    cmocka_unit_test(names_with_links_are_flagged),
	    cmocka_unit_test(many_joins_are_flagged),
	    cmocka_unit_test(every_listed_disposable_domain_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
