/* Owns the tests of the token buckets in virtual time: by address, as the calls use them, and by
 * other keys.
 * Never waits: the time is an argument.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "api/call/client_address.h"
#include "api/call/limit.h"

static const uint64_t SECOND = UINT64_C(1000000000);
static const uint64_t START = UINT64_C(5000000000);

/* The key under which an address is counted. */
static struct text address(const char *text)
{
	static struct sockaddr_storage room[4];
	static size_t next;
	struct sockaddr_storage *s = &room[next++ % 4];
	memset(s, 0, sizeof *s);
	if (inet_pton(AF_INET, text, &((struct sockaddr_in *)s)->sin_addr) == 1)
		s->ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)s)->sin6_addr) == 1)
		s->ss_family = AF_INET6;
	assert_int_not_equal(s->ss_family, 0);
	return client_address_network(s);
}

static void take(struct limit *l, const char *who, unsigned times, uint64_t now_ns)
{
	for (unsigned i = 0; i < times; i++)
		limit_take(l, address(who), now_ns);
}

static bool exhausted(struct limit *l, const char *who, uint64_t now_ns)
{
	unsigned retry_s;
	return limit_exhausted(l, address(who), now_ns, &retry_s);
}

static void the_burst_is_limited(void **state)
{
	struct limit *l = limit_new(60, 5);
	unsigned retry_s = 0;
	(void)state;
	assert_false(exhausted(l, "192.0.2.1", START));
	take(l, "192.0.2.1", 4, START);
	assert_false(exhausted(l, "192.0.2.1", START));
	take(l, "192.0.2.1", 1, START);
	assert_true(limit_exhausted(l, address("192.0.2.1"), START, &retry_s));
	assert_in_range(retry_s, 1, 2);
	/* Another client is not affected. */
	assert_false(exhausted(l, "192.0.2.2", START));
	limit_free(l);
}

/* One token comes back each second, up to the burst. Asking takes no token. */
static void tokens_come_back_with_time(void **state)
{
	struct limit *l = limit_new(60, 5);
	(void)state;
	take(l, "192.0.2.1", 5, START);
	for (int i = 0; i < 10; i++)
		assert_true(exhausted(l, "192.0.2.1", START + SECOND * 9 / 10));
	assert_false(exhausted(l, "192.0.2.1", START + SECOND * 11 / 10));
	take(l, "192.0.2.1", 1, START + SECOND * 11 / 10);
	assert_true(exhausted(l, "192.0.2.1", START + SECOND * 12 / 10));
	take(l, "192.0.2.1", 4, START + SECOND * 3600);
	assert_false(exhausted(l, "192.0.2.1", START + SECOND * 3600));
	take(l, "192.0.2.1", 1, START + SECOND * 3600);
	assert_true(exhausted(l, "192.0.2.1", START + SECOND * 3600));
	limit_free(l);
}

/* The announced wait is long enough, and hardly longer. */
static void retry_after_is_just_long_enough(void **state)
{
	struct limit *l = limit_new(2, 1);
	unsigned retry_s = 0;
	(void)state;
	take(l, "192.0.2.1", 1, START);
	assert_true(limit_exhausted(l, address("192.0.2.1"), START, &retry_s));
	assert_in_range(retry_s, 30, 31);
	assert_false(exhausted(l, "192.0.2.1", START + retry_s * SECOND));
	take(l, "192.0.2.1", 9, START + 40 * SECOND);
	/* Taking from an empty bucket does not make it negative. */
	assert_true(limit_exhausted(l, address("192.0.2.1"), START + 40 * SECOND, &retry_s));
	assert_in_range(retry_s, 30, 31);
	limit_free(l);
}

static void ipv6_addresses_count_by_their_64_prefix(void **state)
{
	struct limit *l = limit_new(60, 3);
	(void)state;
	take(l, "2001:db8:1:2::1", 1, START);
	take(l, "2001:db8:1:2:ffff::2", 1, START);
	take(l, "2001:db8:1:2:3:4:5:6", 1, START);
	assert_true(exhausted(l, "2001:db8:1:2::77", START));
	assert_false(exhausted(l, "2001:db8:1:3::1", START));
	limit_free(l);
}

/* A listener for both families sees mapped IPv4 addresses. Each counts alone, and like the address
 * without the mapping. */
static void mapped_ipv4_addresses_count_as_ipv4(void **state)
{
	struct limit *l = limit_new(60, 2);
	(void)state;
	take(l, "::ffff:192.0.2.1", 1, START);
	take(l, "192.0.2.1", 1, START);
	assert_true(exhausted(l, "::ffff:192.0.2.1", START));
	assert_true(exhausted(l, "192.0.2.1", START));
	assert_false(exhausted(l, "::ffff:192.0.2.2", START));
	assert_false(exhausted(l, "::1", START));
	limit_free(l);
}

/* A flood of addresses replaces table entries. It neither grows the table nor blocks clients that
 * made no calls. */
static void a_flood_of_addresses_does_not_grow_the_table(void **state)
{
	struct limit *l = limit_new(60, 1);
	char who[32];
	size_t blocked = 0;
	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(who, sizeof who, "198.18.%u.%u", i >> 8, i & 255);
		take(l, who, 1, START);
	}
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(who, sizeof who, "203.%u.113.%u", i >> 8, i & 255);
		blocked += exhausted(l, who, START);
	}
	assert_int_equal(blocked, 0);
	/* The last address keeps its entry. */
	assert_true(exhausted(l, "198.18.78.31", START));
	limit_free(l);
	limit_free(NULL);
}

/* limit_spend allows as many calls as the bucket holds, then one for each token that comes back. A
 * refused call spends nothing. */
static void a_refused_call_spends_nothing(void **state)
{
	struct limit *l = limit_new(60, 3);
	unsigned retry_s = 0;
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(limit_spend(l, TEXT("uK3fTz9Q"), START, &retry_s));
	for (int i = 0; i < 5; i++)
		assert_false(limit_spend(l, TEXT("uK3fTz9Q"), START + SECOND / 2, &retry_s));
	assert_int_equal(retry_s, 1);
	assert_true(limit_spend(l, TEXT("uK3fTz9R"), START, &retry_s));
	assert_true(limit_spend(l, TEXT("uK3fTz9Q"), START + SECOND * 11 / 10, &retry_s));
	assert_false(limit_spend(l, TEXT("uK3fTz9Q"), START + SECOND * 12 / 10, &retry_s));
	limit_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_burst_is_limited),
	    cmocka_unit_test(tokens_come_back_with_time),
	    cmocka_unit_test(retry_after_is_just_long_enough),
	    cmocka_unit_test(ipv6_addresses_count_by_their_64_prefix),
	    cmocka_unit_test(mapped_ipv4_addresses_count_as_ipv4),
	    cmocka_unit_test(a_flood_of_addresses_does_not_grow_the_table),
	    cmocka_unit_test(a_refused_call_spends_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
