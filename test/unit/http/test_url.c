/* Owns the tests of the URL parser, against the data of web-platform-tests (never laxer, and equal
 * in what it accepts) and with its own cases. Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "http/url.h"

static const char *const DATA = "test/conformance/wpt-url/urltestdata.json";

static const char *member(struct json_object *test, const char *name)
{
	struct json_object *value;
	return json_object_object_get_ex(test, name, &value) ? json_object_get_string(value) : NULL;
}

static struct text input_of(struct json_object *test)
{
	struct json_object *value = json_object_object_get(test, "input");
	return text_from(json_object_get_string(value), (size_t)json_object_get_string_len(value));
}

static void assert_text(struct text is, const char *expected)
{
	assert_int_equal(is.n, strlen(expected));
	assert_memory_equal(is.p == NULL ? "" : is.p, expected, is.n);
}

/* WHATWG and inet_ntop write IPv6 addresses differently. */
static void assert_same_ipv6(const char *ours, const char *theirs)
{
	char bare[INET6_ADDRSTRLEN] = "";
	struct in6_addr a, b;
	assert_int_equal(theirs[0], '[');
	memcpy(bare, theirs + 1, strlen(theirs) - 2);
	assert_int_equal(inet_pton(AF_INET6, ours, &a), 1);
	assert_int_equal(inet_pton(AF_INET6, bare, &b), 1);
	assert_memory_equal(&a, &b, sizeof(a));
}

static void check_accepted(struct json_object *test, const struct url *url)
{
	const char *port = member(test, "port"), *search = member(test, "search"),
		   *hash = member(test, "hash");
	uint16_t standard = url->https ? 443 : 80;
	assert_string_equal(member(test, "protocol"), url->https ? "https:" : "http:");
	assert_string_equal(member(test, "username"), "");
	if (url->host_kind == URL_HOST_IPV6)
		assert_same_ipv6(url->host, member(test, "hostname"));
	else
		assert_string_equal(url->host, member(test, "hostname"));
	assert_int_equal(url->port, *port == '\0' ? standard : strtoul(port, NULL, 10));
	assert_text(url->path, member(test, "pathname"));
	assert_text(url->query, *search == '?' ? search + 1 : "");
	assert_text(url->fragment, *hash == '#' ? hash + 1 : "");
}

/* The parser refuses everything that WHATWG refuses. WHATWG accepts everything that the parser
 * accepts, with the same parts. */
static void the_parser_is_never_laxer_than_the_web_platform(void **state)
{
	struct json_object *tests = json_object_from_file(DATA);
	size_t must_fail = 0, accepted = 0;
	(void)state;
	assert_non_null(tests);
	for (size_t i = 0; i < json_object_array_length(tests); i++) {
		struct json_object *test = json_object_array_get_idx(tests, i);
		struct url url;
		if (json_object_get_type(test) != json_type_object)
			continue;
		bool failure = json_object_object_get_ex(test, "failure", NULL);
		const char *why =
		    url_parse(input_of(test), URL_ALLOW_HTTP | URL_ALLOW_FRAGMENT, &url);
		must_fail += failure;
		if (failure && why == NULL)
			fail_msg("accepted: %.*s", TEXT_ARGS(input_of(test)));
		if (why == NULL) {
			accepted++;
			check_accepted(test, &url);
		}
	}
	printf("  %zu invalid URLs refused, %zu valid URLs accepted\n", must_fail, accepted);
	assert_true(must_fail > 200 && accepted > 40);
	json_object_put(tests);
}

static const char *const bad[] = {
    "",
    "https",
    "https:",
    "https:/",
    "https://",
    "https:///x",
    "http://a.example/",
    "ftp://a.example/",
    "//a.example/",
    "https:a.example",
    " https://a.example/",
    "https://a.example/ ",
    "https://a.example/\n",
    "https://a b/",
    "https://user@a.example/",
    "https://user:pw@a.example/",
    "https://@a.example/",
    "https://a.example#x",
    "https://a.example/#",
    "https://a.example\\@b.example/",
    "https://a.example/\\",
    "https://%61.example/",
    "https://a..example/",
    "https://.a.example/",
    "https://a.example./",
    "https://a.example:/",
    "https://a.example:0/",
    "https://a.example:65536/",
    "https://a.example:080/",
    "https://a.example:8o/",
    "https://a.example:-1/",
    "https://a.example:443:443/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.0.0.01/",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://a.1/",
    "https://a.0x1/",
    "https://[::1/",
    "https://::1/",
    "https://[::1]x/",
    "https://[::1]:/",
    "https://[1.2.3.4]/",
    "https://[fe80::1%25eth0]/",
    "https://[]/",
    "https://[a.example]/",
    "https://a.example/a/../b",
    "https://a.example/.",
    "https://a.example/%2e%2E/",
    "https://a.example/.%2e",
    "https://a.example/<x>",
    "https://a.example/%zz",
    "https://a.example/%4",
    "https://a.example/?q=\"x\"",
    "https://a.example/?q=%",
    "https://a.example/caf\xc3\xa9",
    "https://a_b!.example/",
    "https://a.example,b.example/",
    "https://-a.example/",
    "https://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", /* full-width 127 */
    ("https://127\xe3\x80\x82"
     "0.0.1/"), /* ideographic full stop */
    "https://a.example/\x7f"};

static void invalid_urls_are_refused(void **state)
{
	struct url url;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (url_parse(text_of(bad[i]), 0, &url) == NULL)
			fail_msg("accepted: %s", bad[i]);
	assert_non_null(url_parse(text_from("https://a.example/\0", 19), 0, &url));
	assert_non_null(url_parse(text_from("https://a\0.example/", 19), 0, &url));
}

static void urls_are_split_into_parts(void **state)
{
	struct url url;
	(void)state;
	assert_null(url_parse(TEXT("HTTPS://Hooks.Example:8443/a/b%20c;d?x=1&y[]=%2B?z"), 0, &url));
	assert_true(url.https && url.port_given && url.has_query);
	assert_int_equal(url.host_kind, URL_HOST_NAME);
	assert_string_equal(url.host, "hooks.example");
	assert_int_equal(url.port, 8443);
	assert_text(url.path, "/a/b%20c;d");
	assert_text(url.query, "x=1&y[]=%2B?z");
	assert_null(url_parse(TEXT("https://b\xc3\xbc"
				   "cher.example?"),
			      0, &url));
	assert_string_equal(url.host, "xn--bcher-kva.example");
	assert_text(url.path, "/");
	assert_true(url.has_query && url.query.n == 0 && !url.port_given && url.port == 443);
	assert_null(
	    url_parse(TEXT("http://localhost/#a"), URL_ALLOW_HTTP | URL_ALLOW_FRAGMENT, &url));
	assert_text(url.fragment, "a");
	assert_false(url.https || url.has_query);
	assert_int_equal(url.port, 80);
}

static void the_length_is_limited(void **state)
{
	char input[URL_MAX + 1];
	struct url url;
	(void)state;
	memset(input, 'a', sizeof(input));
	memcpy(input, "https://a.example/", 18);
	assert_null(url_parse(text_from(input, URL_MAX), 0, &url));
	assert_non_null(url_parse(text_from(input, URL_MAX + 1), 0, &url));
}

static void the_authority_is_written(void **state)
{
	static const struct {
		const char *input, *authority;
		enum url_host_kind kind;
	} cases[] = {
	    {"https://A.example", "a.example", URL_HOST_NAME},
	    {"https://a.example:443", "a.example", URL_HOST_NAME},
	    {"https://a.example:80", "a.example:80", URL_HOST_NAME},
	    {"http://a.example:80", "a.example", URL_HOST_NAME},
	    {"http://127.0.0.1:8080", "127.0.0.1:8080", URL_HOST_IPV4},
	    {"https://[::1]", "[::1]", URL_HOST_IPV6},
	    {"https://[2001:0DB8::1]:8443/", "[2001:db8::1]:8443", URL_HOST_IPV6},
	};
	struct buf out = {0};
	struct url url;
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_null(url_parse(text_of(cases[i].input), URL_ALLOW_HTTP, &url));
		assert_int_equal(url.host_kind, cases[i].kind);
		buf_reset(&out);
		url_write_authority(&out, &url);
		assert_text(buf_view(&out), cases[i].authority);
	}
	buf_free(&out);
}

/* Different spellings of one origin; and names with underscores, which DNS allows for services. */
static void equal_origins_are_written_alike(void **state)
{
	static const struct {
		const char *input, *origin;
	} cases[] = {
	    {"https://A.example", "https://a.example:443"},
	    {"https://a.example:443/x?y", "https://a.example:443"},
	    {"http://a.example", "http://a.example:80"},
	    {"http://a.example:443", "http://a.example:443"},
	    {"https://b\xc3\xbc"
	     "cher.example/",
	     "https://xn--bcher-kva.example:443"},
	    {"https://[2001:0DB8::1]/", "https://[2001:db8::1]:443"},
	    {"https://My_Host.example/", "https://my_host.example:443"},
	    {"https://_hooks._tcp.crm.example:8443/", "https://_hooks._tcp.crm.example:8443"},
	};
	struct buf out = {0};
	struct url url;
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_null(url_parse(text_of(cases[i].input), URL_ALLOW_HTTP, &url));
		buf_reset(&out);
		url_write_origin(&out, &url);
		assert_text(buf_view(&out), cases[i].origin);
	}
	buf_free(&out);
	assert_non_null(url_parse(TEXT("https://b\xc3\xbc_cher.example/"), 0, &url));
	assert_non_null(url_parse(TEXT("https://-a_b.example/"), 0, &url));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_parser_is_never_laxer_than_the_web_platform),
	    cmocka_unit_test(invalid_urls_are_refused),
	    cmocka_unit_test(urls_are_split_into_parts),
	    cmocka_unit_test(the_length_is_limited),
	    cmocka_unit_test(the_authority_is_written),
	    cmocka_unit_test(equal_origins_are_written_alike),
	};
	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
