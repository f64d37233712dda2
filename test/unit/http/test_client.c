/* Owns the tests of the outbound client: success over TLS, certificates, connecting, names and the
 * address policy. Uses a real loop, sockets and TLS on 127.0.0.1. Run by make test. */
#include "client_world.h"

/* ---- success ---- */

static void calls_over_tls_reuse_the_connection(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	char expected[200];
	start_tls(w, &w->ca, "DNS:good.test", 3600);
	snprintf(expected, sizeof(expected),
		 "POST /hook?x=1 HTTP/1.1|Host: good.test:%u|code=uK3fTz9Q", w->receiver.port);
	call_url(w, &o, "https://good.test", w->receiver.port);
	wait_for(w, &o, 1);
	assert_string_equal(o.detail, "");
	assert_int_equal(o.result.failure, HTTP_FAIL_NONE);
	assert_int_equal(o.result.status, 200);
	assert_string_equal(o.answer, expected);
	assert_string_equal(o.retry_after, "7");
	assert_false(o.result.reused);
	assert_true(o.result.dns_us > 0 && o.result.connect_us > 0 && o.result.tls_us > 0);
	assert_true(o.result.first_byte_us > 0 && o.result.total_us >= o.result.first_byte_us);
	for (int i = 0; i < 20; i++) {
		call_url(w, &o, "https://good.test", w->receiver.port);
		wait_for(w, &o, i + 2);
		assert_true(o.result.reused);
		assert_int_equal(o.result.dns_us + o.result.connect_us + o.result.tls_us, 0);
		assert_string_equal(o.answer, expected);
	}
	const struct http_client_counters *counters = http_client_counters(w->client);
	assert_int_equal(counters->connects, 1);
	assert_int_equal(counters->reuses, 20);
	assert_int_equal(counters->dns_queries, 1);
	assert_int_equal(counters->connections, 1);
}

/* Answers with the request itself. */
static void return_request(struct peer *peer)
{
	char request[2000], answer[2100];
	if (peer_read_request(peer, request, sizeof(request)) <= 0)
		return;
	snprintf(answer, sizeof(answer), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
		 strlen(request), request);
	peer_write(peer, answer);
}

static struct outcome call_with(struct world *w, enum http_method method,
				const struct http_header *headers, size_t n)
{
	char text[100];
	struct url url;
	struct outcome o = {0};
	snprintf(text, sizeof(text), "http://127.0.0.1:%u/", w->receiver.port);
	assert_null(url_parse(text_of(text), URL_ALLOW_HTTP, &url));
	const struct http_call_spec spec = {.method = method,
					    .url = &url,
					    .target = TEXT("/hook"),
					    .headers = headers,
					    .n_headers = n,
					    .body = method == HTTP_GET ? TEXT("") : TEXT("a=1"),
					    .connect_ms = PATIENT_MS,
					    .total_ms = 2 * PATIENT_MS};
	assert_non_null(http_pool_call(w->pool, &spec, on_done, &o));
	wait_for(w, &o, 1);
	return o;
}

static void a_request_has_its_headers_in_their_order(void **state)
{
	struct world *w = *state;
	const struct http_header headers[] = {
	    {TEXT("Content-Type"), TEXT("text/plain; charset=utf-8")},
	    {TEXT("X-Empty"), TEXT("")},
	    {TEXT("x-percent"), TEXT("100 %s %n: \xc3\xa9")},
	};
	char expected[400];
	w->receiver = receiver_start(return_request, NULL);
	open_client(w, LOOPBACK, 30000);
	struct outcome o = call_with(w, HTTP_POST, headers, 3);
	snprintf(expected, sizeof(expected),
		 "POST /hook HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: text/plain; "
		 "charset=utf-8\r\nX-Empty: \r\nx-percent: 100 %%s %%n: \xc3\xa9\r\n"
		 "Content-Length: 3\r\n\r\na=1",
		 w->receiver.port);
	assert_string_equal(o.answer, expected);
	o = call_with(w, HTTP_GET, NULL, 0);
	snprintf(expected, sizeof(expected), "GET /hook HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
		 w->receiver.port);
	assert_string_equal(o.answer, expected);
}

static void a_header_with_a_line_end_is_not_sent(void **state)
{
	struct world *w = *state;
	const struct http_header headers[] = {
	    {TEXT("X-Evil"), TEXT("a\r\nX-Injected: b")},
	    {TEXT("X-Evil"), TEXT("a\n b")},
	    {TEXT("X-Evil"), TEXT("a\rb")},
	    {TEXT("X-Evil"), TEXT("a\0b")},
	    {TEXT("X-Evil\n"), TEXT("a")},
	    {TEXT("X-Evil"), TEXT("a\r\n")},
	};
	w->receiver = receiver_start(return_request, NULL);
	open_client(w, LOOPBACK, 30000);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		struct outcome o = call_with(w, HTTP_POST, &headers[i], 1);
		assert_int_equal(o.result.failure, HTTP_FAIL_PROTOCOL);
		assert_int_equal(o.result.status, 0);
	}
}

static void tls_to_a_literal_address_works(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	start_tls(w, &w->ca, "IP:127.0.0.1", 3600);
	call_url(w, &o, "https://127.0.0.1", w->receiver.port);
	wait_for(w, &o, 1);
	assert_int_equal(o.result.failure, HTTP_FAIL_NONE);
	assert_int_equal(o.result.status, 200);
}

static void expect_tls_failure(struct world *w, const char *url, const char *detail)
{
	struct outcome o = {0};
	call_url(w, &o, url, w->receiver.port);
	wait_for(w, &o, 1);
	assert_int_equal(o.result.failure, HTTP_FAIL_TLS);
	assert_string_equal(o.detail, detail);
	loop_turn(w->loop);
	assert_int_equal(http_client_counters(w->client)->connections, 0);
}

static void a_certificate_for_another_name_is_refused(void **state)
{
	start_tls(*state, &((struct world *)*state)->ca, "DNS:other.test", 3600);
	expect_tls_failure(*state, "https://good.test", "hostname mismatch");
}

static void a_certificate_for_another_address_is_refused(void **state)
{
	start_tls(*state, &((struct world *)*state)->ca, "IP:127.0.0.9,DNS:127.0.0.1", 3600);
	expect_tls_failure(*state, "https://127.0.0.1", "IP address mismatch");
}

static void an_expired_certificate_is_refused(void **state)
{
	start_tls(*state, &((struct world *)*state)->ca, "DNS:good.test", -60);
	expect_tls_failure(*state, "https://good.test", "certificate has expired");
}

static void an_unknown_ca_is_refused(void **state)
{
	start_tls(*state, &((struct world *)*state)->other_ca, "DNS:good.test", 3600);
	expect_tls_failure(*state, "https://good.test", "unable to get local issuer certificate");
}

static void tls_to_a_plain_port_fails(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	w->receiver = receiver_start(echo, NULL);
	open_client(w, LOOPBACK, 30000);
	call_url(w, &o, "https://good.test", w->receiver.port);
	wait_for(w, &o, 1); /* echo waits for a head that never comes */
	assert_int_equal(o.result.failure, HTTP_FAIL_TIMEOUT);
	assert_string_equal(o.detail, "no TLS handshake in time");
}

/* ---- connecting ---- */

static void a_refused_connection_fails(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	open_client(w, LOOPBACK, 30000);
	call_url(w, &o, "http://127.0.0.1", receiver_free_port());
	wait_for(w, &o, 1);
	assert_int_equal(o.result.failure, HTTP_FAIL_CONNECT);
	assert_string_equal(o.detail, "Connection refused");
	call_url(w, &o, "https://127.0.0.1", receiver_free_port());
	wait_for(w, &o, 2);
	assert_int_equal(o.result.failure, HTTP_FAIL_CONNECT);
	assert_string_equal(o.detail, "Connection refused");
}

static void a_receiver_that_never_accepts_times_out(void **state)
{
	struct world *w = *state;
	w->deadline_ms = SHORT_MS;
	struct outcome o = play(w, NULL);
	assert_int_equal(o.result.failure, HTTP_FAIL_TIMEOUT);
	assert_true(o.result.total_us >= SHORT_MS * 1000 - 20000);
	assert_true(o.result.total_us < SHORT_MS * 1000 + SLACK_US);
}

static void the_second_address_is_tried(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	w->receiver = receiver_start(echo, NULL);
	open_client(w, LOOPBACK, 30000);
	call_url(w, &o, "http://second.test", w->receiver.port);
	wait_for(w, &o, 1);
	assert_int_equal(o.result.failure, HTTP_FAIL_NONE);
	assert_int_equal(http_client_counters(w->client)->connects, 2);
}

/* ---- names and policy ---- */

static void expect(struct world *w, const char *url, enum http_failure failure, const char *detail)
{
	struct outcome o = {0};
	call_url(w, &o, url, 9);
	wait_for(w, &o, 1);
	assert_string_equal(http_failure_name(o.result.failure), http_failure_name(failure));
	assert_non_null(strstr(o.detail, detail));
}

static void forbidden_addresses_are_not_contacted(void **state)
{
	struct world *w = *state;
	open_client(w, "", 30000);
	expect(w, "http://127.0.0.1", HTTP_FAIL_POLICY, "loopback address 127.0.0.0/8");
	expect(w, "http://[::1]", HTTP_FAIL_POLICY, "loopback address ::1");
	expect(w, "http://[::ffff:10.0.0.1]", HTTP_FAIL_POLICY, "private address 10.0.0.0/8");
	expect(w, "http://good.test", HTTP_FAIL_POLICY, "127.0.0.1 is a loopback address");
	expect(w, "http://mixed.test", HTTP_FAIL_POLICY, "127.0.0.1 is a loopback address");
	expect(w, "http://good.test", HTTP_FAIL_POLICY, "127.0.0.1"); /* from the cache */
	assert_int_equal(http_client_counters(w->client)->connects, 0);
}

static void unknown_and_silent_names_fail(void **state)
{
	struct world *w = *state;
	open_client(w, LOOPBACK, 30000);
	expect(w, "http://nowhere.test", HTTP_FAIL_DNS, "no such name");
	expect(w, "http://empty.test", HTTP_FAIL_DNS, "the name has no address");
	expect(w, "http://cut.test", HTTP_FAIL_DNS, "the DNS answer was truncated");
	w->deadline_ms = SHORT_MS;
	expect(w, "http://silent.test", HTTP_FAIL_DNS, "in time");
}

/* Fifty calls to a dead name share one query and leave a live one alone. */
static void dead_names_do_not_delay_other_calls(void **state)
{
	struct world *w = *state;
	struct outcome dead = {0}, live = {0};
	w->receiver = receiver_start(echo, NULL);
	open_client(w, LOOPBACK, 30000);
	w->deadline_ms = 4 * SHORT_MS;
	for (int i = 0; i < 50; i++)
		call_url(w, &dead, "http://silent.test", w->receiver.port);
	w->deadline_ms = 0;
	call_url(w, &live, "http://good.test", w->receiver.port);
	wait_for(w, &live, 1);
	assert_int_equal(live.result.failure, HTTP_FAIL_NONE);
	assert_int_equal(dead.n, 0);
	assert_int_equal(http_client_counters(w->client)->dns_queries, 2);
	wait_for(w, &dead, 50);
	assert_int_equal(dead.result.failure, HTTP_FAIL_DNS);
}

/* ---- configuration ---- */

static void a_bad_ca_file_is_refused(void **state)
{
	struct world *w = *state;
	struct http_client_config config = {.ca_file = "/nonexistent.pem"};
	const char *why = NULL;
	assert_int_equal(http_client_open(w->loop, &config, &w->client, &why), ERR_INVALID);
	assert_non_null(strstr(why, "CA file"));
	config = (struct http_client_config){.nameservers = "nonsense"};
	assert_int_equal(http_client_open(w->loop, &config, &w->client, &why), ERR_INVALID);
	assert_non_null(strstr(why, "nameserver"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(calls_over_tls_reuse_the_connection),
	    TEST(a_request_has_its_headers_in_their_order),
	    TEST(a_header_with_a_line_end_is_not_sent),
	    TEST(tls_to_a_literal_address_works),
	    TEST(a_certificate_for_another_name_is_refused),
	    TEST(a_certificate_for_another_address_is_refused),
	    TEST(an_expired_certificate_is_refused),
	    TEST(an_unknown_ca_is_refused),
	    TEST(tls_to_a_plain_port_fails),
	    TEST(a_refused_connection_fails),
	    TEST(a_receiver_that_never_accepts_times_out),
	    TEST(the_second_address_is_tried),
	    TEST(forbidden_addresses_are_not_contacted),
	    TEST(unknown_and_silent_names_fail),
	    TEST(dead_names_do_not_delay_other_calls),
	    TEST(a_bad_ca_file_is_refused),
	};
	return cmocka_run_group_tests_name("http client", tests, NULL, NULL);
}
