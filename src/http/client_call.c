/* Owns the life of an outbound call, from resolving to its end, and its deadlines. Never touches a
 * socket or evhttp. One function decides the result: http_call_finish. Called by client_pool.c
 * (start, cancel) and by the connections (facts). */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/client_parts.h"

static const uint64_t MS_NS = 1000000;
enum { AUTHORITY_SIZE = URL_HOST_MAX + sizeof("[]:65535") };

static void on_resolved(void *arg, const struct resolver_answer *answer);
static void on_timer(evutil_socket_t fd, short what, void *arg);
static void try_address(struct http_call *call);
static void http_call_finish(struct http_call *call, enum http_failure failure, const char *detail);

/* ---- a new call: a single allocation ---- */

static size_t spec_size(const struct http_call_spec *spec)
{
	size_t n = spec->target.n + 1 + AUTHORITY_SIZE + spec->body.n;
	for (size_t i = 0; i < spec->n_headers; i++)
		n += 2 + spec->headers[i].name.n + 2 + spec->headers[i].value.n; /* "\r\n", ": " */
	return n;
}

/* Appends the host, and the port if it is not the default. */
static void put_authority(struct buf *b, const struct url *url)
{
	bool v6 = url->host_kind == URL_HOST_IPV6;
	if (v6)
		buf_char(b, '[');
	buf_str(b, url->host);
	if (v6)
		buf_char(b, ']');
	if (url->port != (url->https ? 443 : 80)) {
		buf_char(b, ':');
		buf_u64(b, url->port);
	}
}

/* Appends a line end and the header. False if the header contains a line end itself, or a NUL. */
static bool put_header(struct buf *b, const struct http_header *header)
{
	buf_str(b, "\r\n");
	const size_t start = b->n;
	buf_text(b, header->name);
	buf_str(b, ": ");
	buf_text(b, header->value);
	b->p[b->n] = '\0';
	return strcspn(b->p + start, "\r\n") == b->n - start;
}

/* The room at `at` has spec_size(spec) bytes. */
static void copy_spec(struct http_call *call, const struct http_call_spec *spec, char *at)
{
	struct buf b = {.p = at, .cap = spec_size(spec)};
	buf_text(&b, spec->target);
	buf_char(&b, '\0');
	call->target = at;
	call->head = at + b.n;
	put_authority(&b, spec->url);
	for (size_t i = 0; i < spec->n_headers; i++)
		call->bad_head |= !put_header(&b, &spec->headers[i]);
	buf_char(&b, '\0');
	call->body = text_from(at + b.n, spec->body.n);
	buf_text(&b, spec->body);
}

/* Only the first call needs memory: libevent moves a pending timer in place. */
static bool arm(struct http_call *call, uint64_t deadline_ns)
{
	uint64_t now = client_now_ns(call->pool->client);
	uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
	struct timeval tv = {
	    .tv_sec = (time_t)(left / (1000 * MS_NS)),
	    .tv_usec = (suseconds_t)(left % (1000 * MS_NS) / 1000),
	};
	return event_add(&call->timer, &tv) == 0;
}

struct http_call *http_call_new(struct http_pool *pool, const struct http_call_spec *spec,
				http_call_fn *done, void *arg)
{
	struct http_call *call = malloc(sizeof(*call) + spec_size(spec));
	if (call == NULL)
		return NULL;
	memset(call, 0, sizeof(*call));
	call->pool = pool;
	call->done = done;
	call->arg = arg;
	call->method = spec->method;
	call->url = *spec->url;
	call->url.path = call->url.query = call->url.fragment = (struct text){0};
	copy_spec(call, spec, (char *)(call + 1));
	evtimer_assign(&call->timer, loop_events(pool->client->loop), on_timer, call);
	call->started_ns = call->step_ns = client_now_ns(pool->client);
	call->connect_deadline_ns = call->started_ns + spec->connect_ms * MS_NS;
	call->total_deadline_ns = call->started_ns + spec->total_ms * MS_NS;
	if (call->connect_deadline_ns > call->total_deadline_ns)
		call->connect_deadline_ns = call->total_deadline_ns;
	call->result.detail = "";
	if (arm(call, call->total_deadline_ns))
		return call;
	free(call);
	return NULL;
}

void http_call_free(struct http_call *call)
{
	if (call == NULL)
		return;
	free(call->answer);
	free(call);
}

/* ---- time ---- */

static uint64_t take_step_us(struct http_call *call)
{
	uint64_t now = client_now_ns(call->pool->client);
	uint64_t us = (now - call->step_ns) / 1000;
	call->step_ns = now;
	return us > 0 ? us : 1; /* 0 means that the step did not happen */
}

/* An address that drops packets must leave time for the next address. */
static uint64_t address_deadline(const struct http_call *call)
{
	uint64_t now = client_now_ns(call->pool->client);
	uint64_t left = call->n_addresses - call->next_address + 1;
	if (call->connect_deadline_ns <= now)
		return now;
	return now + (call->connect_deadline_ns - now) / left;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct http_call *call = arg;
	(void)fd;
	(void)what;
	switch (call->state) {
	case CALL_RESOLVING:
		http_call_finish(call, HTTP_FAIL_DNS, "the name server did not answer in time");
		break;
	case CALL_CONNECTING:
		http_call_connect_failed(call, HTTP_FAIL_TIMEOUT,
					 call->conn->tcp_connected ? "no TLS handshake in time"
								   : "no connection in time");
		break;
	case CALL_WAITING:
		http_call_finish(call, HTTP_FAIL_TIMEOUT, "no response in time");
		break;
	case CALL_READING:
		answer_salvage(call->conn);
		http_call_finish(call, HTTP_FAIL_NONE, "the response body did not end in time");
		break;
	case CALL_ENDED:
		break;
	}
}

/* ---- resolving ---- */

static void resolve(struct http_call *call)
{
	struct http_client *c = call->pool->client;
	call->state = CALL_RESOLVING;
	(void)arm(call, call->connect_deadline_ns);
	const struct resolver_answer *answer =
	    resolver_ask(c->resolver, call->url.host, &call->wait, on_resolved, call);
	if (answer != NULL)
		on_resolved(call, answer);
}

/* One forbidden address refuses the whole name. Otherwise the order of the addresses would
 * decide. */
static bool judge(struct http_call *call, const struct resolver_answer *answer)
{
	char text[ADDRESS_TEXT_SIZE], detail[sizeof(call->detail)];
	for (size_t i = 0; i < answer->n; i++) {
		const struct sockaddr *sa = &answer->addresses[i].sa;
		const struct http_client *c = call->pool->client;
		bool own = own_addresses_contain(&c->own, sa, call->url.port) ||
			   own_addresses_reach(c->peers, c->n_peers, sa, call->url.port);
		const char *refusal =
		    own ? "listening address of this server" : address_refusal(sa, &c->allowed);
		if (refusal == NULL)
			continue;
		snprintf(detail, sizeof(detail), "%s is a %s", address_text(sa, text), refusal);
		call->result.refused_address = !own;
		http_call_finish(call, HTTP_FAIL_POLICY, detail);
		return false;
	}
	return true;
}

static void take_addresses(struct http_call *call, const struct resolver_answer *answer)
{
	uint16_t port = htons(call->url.port);
	call->n_addresses = answer->n < CALL_ADDRESSES ? answer->n : CALL_ADDRESSES;
	call->next_address = 0;
	for (size_t i = 0; i < call->n_addresses; i++) {
		union endpoint *e = &call->addresses[i];
		*e = answer->addresses[i];
		if (e->sa.sa_family == AF_INET)
			e->v4.sin_port = port;
		else
			e->v6.sin6_port = port;
	}
}

static void connect_to(struct http_call *call, const struct resolver_answer *answer)
{
	if (!judge(call, answer))
		return;
	take_addresses(call, answer);
	try_address(call);
}

static void on_resolved(void *arg, const struct resolver_answer *answer)
{
	struct http_call *call = arg;
	call->result.dns_us = take_step_us(call);
	if (answer->failure != NULL)
		http_call_finish(call, HTTP_FAIL_DNS, answer->failure);
	else
		connect_to(call, answer);
}

/* A literal address needs no resolver. */
static void use_literal(struct http_call *call)
{
	union endpoint e = {0};
	struct resolver_answer answer = {.addresses = &e, .n = 1};
	bool v4 = call->url.host_kind == URL_HOST_IPV4;
	e.sa.sa_family = v4 ? AF_INET : AF_INET6;
	void *to = v4 ? (void *)&e.v4.sin_addr : (void *)&e.v6.sin6_addr;
	if (inet_pton(e.sa.sa_family, call->url.host, to) != 1)
		http_call_finish(call, HTTP_FAIL_POLICY, "the host is not an address");
	else
		connect_to(call, &answer);
}

/* ---- connecting ---- */

static void start_fresh(struct http_call *call)
{
	if (call->url.host_kind == URL_HOST_NAME)
		resolve(call);
	else
		use_literal(call);
}

void http_call_start(struct http_call *call)
{
	struct outgoing *conn = outgoing_take(call->pool, &call->url);
	if (conn == NULL) {
		start_fresh(call);
		return;
	}
	call->conn = conn;
	call->state = CALL_WAITING;
	call->result.reused = true;
	(void)arm(call, call->total_deadline_ns);
	outgoing_send(conn, call);
}

static void try_address(struct http_call *call)
{
	const union endpoint *peer = &call->addresses[call->next_address++];
	call->state = CALL_CONNECTING;
	call->step_ns = client_now_ns(call->pool->client);
	(void)arm(call, address_deadline(call));
	call->conn = outgoing_new(call, peer);
	if (call->conn == NULL)
		http_call_finish(call, HTTP_FAIL_CONNECT, "out of memory");
	else
		outgoing_send(call->conn, call);
}

void http_call_connect_failed(struct http_call *call, enum http_failure failure, const char *detail)
{
	uint64_t now = client_now_ns(call->pool->client);
	outgoing_retire(call->conn);
	call->conn = NULL;
	if (failure != HTTP_FAIL_POLICY && call->next_address < call->n_addresses &&
	    now < call->connect_deadline_ns)
		try_address(call);
	else
		http_call_finish(call, failure, detail);
}

void http_call_tcp_connected(struct http_call *call)
{
	call->result.connect_us = take_step_us(call);
}

void http_call_connected(struct http_call *call)
{
	if (call->url.https)
		call->result.tls_us = take_step_us(call);
	call->state = CALL_WAITING;
	(void)arm(call, call->total_deadline_ns);
}

/* ---- the response ---- */

void http_call_first_byte(struct http_call *call)
{
	call->result.first_byte_us = take_step_us(call);
}

void http_call_status(struct http_call *call, int status, const char *retry_after)
{
	call->state = CALL_READING;
	call->result.status = status;
	/* A longer value is neither a number of seconds nor a date. */
	if (retry_after != NULL && strlen(retry_after) < sizeof(call->retry_after))
		memcpy(call->retry_after, retry_after, strlen(retry_after) + 1);
}

bool http_call_add_body(struct http_call *call, const void *p, size_t n)
{
	size_t room = ANSWER_MAX - call->answer_n;
	size_t taken = n < room ? n : room;
	if (call->answer == NULL && (call->answer = malloc(ANSWER_MAX)) == NULL)
		return false;
	memcpy(call->answer + call->answer_n, p, taken);
	call->answer_n += taken;
	return taken == n;
}

void http_call_complete(struct http_call *call)
{
	struct outgoing *conn = call->conn;
	call->conn = NULL;
	outgoing_release(conn);
	http_call_finish(call, HTTP_FAIL_NONE, "");
}

void http_call_broken(struct http_call *call, bool untouched, const char *detail)
{
	struct outgoing *conn = call->conn;
	bool again = conn->reused && untouched && call->state == CALL_WAITING;
	if (!again && call->state == CALL_WAITING && conn->alert != 0) {
		/* In TLS 1.3 the receiver may refuse us after our handshake has ended. */
		char text[TLS_ALERT_SIZE];
		http_call_finish(call, HTTP_FAIL_TLS,
				 client_tls_alert(conn->alert, conn->certificate_wanted, text));
		return;
	}
	if (!again) {
		http_call_finish(call,
				 call->state == CALL_READING ? HTTP_FAIL_NONE : HTTP_FAIL_PROTOCOL,
				 detail);
		return;
	}
	/* The receiver closed the idle connection, or closed it while we wrote. It sent no byte of
	 * a response, so "at least once" allows a second try on a new connection. */
	call->conn = NULL;
	outgoing_retire(conn);
	call->result.reused = false;
	call->step_ns = client_now_ns(call->pool->client);
	start_fresh(call);
}

/* ---- the end ---- */

/* After this no timer, lookup or connection can call this call. */
static void detach(struct http_call *call)
{
	event_del(&call->timer);
	resolver_cancel(&call->wait);
	if (call->conn != NULL)
		outgoing_retire(call->conn);
	call->conn = NULL;
	call->state = CALL_ENDED;
}

static void http_call_finish(struct http_call *call, enum http_failure failure, const char *detail)
{
	struct http_client *c = call->pool->client;
	struct http_result *r = &call->result;
	if (call->state == CALL_ENDED)
		return;
	/* `detail` may belong to OpenSSL or to the connection that is retired now. */
	const size_t detail_n = strnlen(detail, sizeof(call->detail) - 1);
	memcpy(call->detail, detail, detail_n);
	call->detail[detail_n] = '\0';
	detach(call);
	r->failure = failure;
	r->detail = call->detail;
	r->answer = text_from(call->answer, call->answer_n);
	r->retry_after = text_of(call->retry_after);
	r->total_us = (client_now_ns(c) - call->started_ns) / 1000;
	client_call_ended(c, call);
}

void http_call_cancel(struct http_call *call)
{
	struct http_client *c = call->pool->client;
	if (call->state == CALL_ENDED)
		TAILQ_REMOVE(&c->ended, call, in_list);
	else
		detach(call);
	TAILQ_REMOVE(&call->pool->calls, call, in_pool);
	client_call_dead(c, call);
}
