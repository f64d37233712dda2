/* Owns the tests of the address policy: every range's first and last address and their neighbours;
 * CIDR lists. Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "http/address.h"

static struct sockaddr_storage parse(const char *text)
{
	struct sockaddr_storage ss = {0};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&ss;
	bool is_v6 = strchr(text, ':') != NULL;
	ss.ss_family = is_v6 ? AF_INET6 : AF_INET;
	void *to = is_v6 ? (void *)&v6->sin6_addr : (void *)&v4->sin_addr;
	assert_int_equal(inet_pton(ss.ss_family, text, to), 1);
	return ss;
}

static const char *refusal(const char *address, const char *allowed)
{
	struct cidr_list list;
	struct sockaddr_storage ss = parse(address);
	assert_int_equal(cidr_list_parse(text_of(allowed), &list), ERR_OK);
	return address_refusal((const struct sockaddr *)&ss, &list);
}

static void every_range_is_refused_at_its_edges(void **state)
{
	/* The address before the first, the first, the last, and the one after the last; NULL if
	 * the neighbour is refused too.
	 */
	static const struct {
		const char *before, *first, *last, *behind;
	} ranges[] = {
	    {NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0"},
	    {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
	    {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
	    {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
	    {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
	    {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
	    {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
	    {"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
	    {"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
	    {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
	    {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
	    {"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
	    {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
	    {"223.255.255.255", "224.0.0.0", "239.255.255.255", NULL},
	    {NULL, "240.0.0.0", "255.255.255.255", NULL},
	    {"168.63.129.15", "168.63.129.16", "168.63.129.16", "168.63.129.17"},
	    {NULL, "::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::"},
	    {"2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	     "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"},
	    {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
	     "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
	    {"2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	     "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"},
	    {"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	     "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"},
	    {"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	     "4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (ranges[i].before != NULL)
			assert_null(refusal(ranges[i].before, ""));
		assert_non_null(refusal(ranges[i].first, ""));
		assert_non_null(refusal(ranges[i].last, ""));
		if (ranges[i].behind != NULL)
			assert_null(refusal(ranges[i].behind, ""));
	}
}

static void refusals_name_the_range(void **state)
{
	(void)state;
	assert_string_equal(refusal("127.0.0.1", ""), "loopback address 127.0.0.0/8");
	assert_string_equal(refusal("::1", ""), "loopback address ::1");
	assert_string_equal(refusal("fe80::1", ""), "link-local address fe80::/10");
	assert_string_equal(refusal("fd00:ec2::254", ""), "unique local address fc00::/7");
	assert_string_equal(refusal("::2", ""), "address outside global unicast 2000::/3");
}

static void embedded_ipv4_addresses_are_judged(void **state)
{
	(void)state;
	assert_string_equal(refusal("::ffff:10.0.0.1", ""), "private address 10.0.0.0/8");
	assert_null(refusal("::ffff:8.8.8.8", ""));
	assert_string_equal(refusal("64:ff9b::127.0.0.1", ""), "loopback address 127.0.0.0/8");
	assert_null(refusal("64:ff9b::8.8.8.8", ""));
	assert_non_null(refusal("64:ff9b:1::8.8.8.8", "")); /* RFC 8215: local use */
	assert_non_null(refusal("2002:0808:0808::1", ""));
	assert_non_null(refusal("2001:0:808:808::1", ""));
	assert_non_null(refusal("::127.0.0.1", ""));
}

static void listed_ranges_are_allowed(void **state)
{
	(void)state;
	assert_null(refusal("127.0.0.1", "127.0.0.0/8"));
	assert_null(refusal("::ffff:127.0.0.1", "127.0.0.0/8"));
	assert_null(refusal("64:ff9b::10.1.2.3", "10.0.0.0/8"));
	assert_null(refusal("fd12::1", "10.0.0.0/8 , fd00::/8"));
	assert_non_null(refusal("127.0.0.1", "127.0.0.2"));
	assert_non_null(refusal("::1", "127.0.0.0/8"));
	assert_non_null(refusal("10.0.0.0", "10.0.0.1/32"));
	assert_null(refusal("169.254.169.254", "0.0.0.0/0"));
	assert_non_null(refusal("fd00::1", "0.0.0.0/0"));
	assert_non_null(refusal("172.24.0.1", "172.16.0.0/13"));
	assert_null(refusal("172.23.255.255", "172.16.0.0/13"));
}

static void other_address_families_are_refused(void **state)
{
	struct sockaddr sa = {.sa_family = AF_UNIX};
	(void)state;
	assert_non_null(address_refusal(&sa, NULL));
}

static void cidr_lists_are_read(void **state)
{
	static const char *const bad[] = {
	    ",",         "10.0.0.0/8,", "10.0.0.0/33",  "::/129",      "10.0.0.0/",
	    "10.0.0/8",  "localhost",   "10.0.0.0/8/8", "10.0.0.0/-1", "10.0.0.0/+8",
	    "1.2.3.4.5", "010.0.0.1",   "fe80::1%eth0", "10.0.0.0 /8", "[::1]"};
	char many[CIDR_LIST_MAX * 8 + 16] = "";
	struct cidr_list list = {.n = 0};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(cidr_list_parse(text_of(bad[i]), &list), ERR_INVALID);
	for (int i = 0; i < CIDR_LIST_MAX; i++)
		strcat(many, i == 0 ? "1.2.3.4" : ",1.2.3.4");
	assert_int_equal(cidr_list_parse(text_of(many), &list), ERR_OK);
	assert_int_equal(list.n, CIDR_LIST_MAX);
	strcat(many, ",::1");
	assert_int_equal(cidr_list_parse(text_of(many), &list), ERR_TOO_LARGE);
	assert_int_equal(cidr_list_parse(TEXT("  "), &list), ERR_OK);
	assert_int_equal(list.n, 0);
}

static void addresses_are_written(void **state)
{
	char out[ADDRESS_TEXT_SIZE];
	struct sockaddr_storage v4 = parse("192.0.2.1"), v6 = parse("2001:db8::1");
	(void)state;
	assert_string_equal(address_text((const struct sockaddr *)&v4, out), "192.0.2.1");
	assert_string_equal(address_text((const struct sockaddr *)&v6, out), "2001:db8::1");
}

/* Hosts that can be judged without DNS. */
static void hosts_of_urls_are_judged_without_dns(void **state)
{
	static const struct {
		const char *url, *allowed;
		bool refused;
	} cases[] = {
	    {"https://127.0.0.1/", "", true},
	    {"https://127.0.0.1/", "127.0.0.0/8", false},
	    {"https://[::1]/", "", true},
	    {"https://[::1]/", "::1", false},
	    {"https://[::ffff:10.0.0.1]/", "", true},
	    {"https://1.1.1.1/", "", false},
	    {"https://localhost/", "", true},
	    {"https://LOCALHOST:8443/", "", true},
	    {"https://localhost/", "127.0.0.1", false},
	    {"https://localhost/", "::1", false},
	    {"https://localhost/", "10.0.0.0/8", true},
	    {"https://app.localhost/", "", true},
	    {"https://localhost.localdomain/", "", true},
	    {"https://localhost6/", "", true},
	    {"https://localhost4.localdomain4/", "", true},
	    {"https://localhost.example/", "", false},
	    {"https://[::ffff:10.0.0.1]/", "", true},
	    {"https://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1", false},
	    {"https://[::ffff:10.0.0.1]/", "::ffff:10.0.0.2", true},
	    {"https://10.0.0.1/", "::ffff:10.0.0.0/104", false},
	    {"https://11.0.0.1/", "::ffff:10.0.0.0/104", false},
	    {"https://127.0.0.1/", "::ffff:10.0.0.0/104", true},
	    {"https://notlocalhost/", "", false},
	    {"https://crm.example/", "", false},
	};
	struct cidr_list list;
	struct url url;
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(cidr_list_parse(text_of(cases[i].allowed), &list), ERR_OK);
		assert_null(url_parse(text_of(cases[i].url), 0, &url));
		if ((address_url_refusal(&url, &list) != NULL) != cases[i].refused)
			fail_msg("%s, allowed \"%s\": wrong decision", cases[i].url,
				 cases[i].allowed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_range_is_refused_at_its_edges),
	    cmocka_unit_test(refusals_name_the_range),
	    cmocka_unit_test(embedded_ipv4_addresses_are_judged),
	    cmocka_unit_test(listed_ranges_are_allowed),
	    cmocka_unit_test(other_address_families_are_refused),
	    cmocka_unit_test(cidr_lists_are_read),
	    cmocka_unit_test(addresses_are_written),
	    cmocka_unit_test(hosts_of_urls_are_judged_without_dns),
	};
	return cmocka_run_group_tests_name("address policy", tests, NULL, NULL);
}
