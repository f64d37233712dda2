/* Owns the proof that each request gets its own response, after any other request on the
 * connection. Never uses a mock: pipelines of every shape of request, cut at every byte, on real
 * sockets. Run by make test. */
#include <netinet/tcp.h>

#include "../../support/seeded.h"
#include "server_world.h"

/* The path decides how the handler behaves, and which status it replies with. */
enum manner {
	NOW = 'n',    /* inside the dispatch */
	LATER = 'l',  /* in a later turn */
	PUSHED = 's', /* a streamed reply */
	PULLED = 'p', /* after a streamed body */
	EARLY = 'e',  /* before a streamed body was read */
};

/* One shape of a request, with the status in its path. */
#define SHAPE(path, method, rest) method " /" path " HTTP/1.1\r\nHost:h\r\n" rest
#define LENGTH3                   "Content-Length:3\r\n\r\n"
#define CHUNKED                   "Transfer-Encoding:chunked\r\n\r\n"
#define CHUNKS                    "1\r\na\r\n2;x\r\nbc\r\n0\r\n\r\n"

/* Triples use the first TRIPLES shapes; pairs and random pipelines use all. */
static const char *const shapes[] = {
    SHAPE("n200", "GET", "\r\n"),
    SHAPE("n401", "HEAD", "\r\n"),
    SHAPE("n422", "POST", LENGTH3 "abc"),
    SHAPE("n201", "POST", "Expect:100-continue\r\n" LENGTH3 "abc"),
    SHAPE("l202", "POST", LENGTH3 "abc"),
    SHAPE("s203", "GET", "\r\n"),
    SHAPE("p410", "POST", CHUNKED CHUNKS),
    SHAPE("e415", "POST", CHUNKED CHUNKS),
    SHAPE("n204", "GET", "\r\n") "\r\n", /* followed by an empty line, as old clients send */
    SHAPE("n405", "POST", CHUNKED CHUNKS),
    SHAPE("l404", "GET", "\r\n"),
    SHAPE("s403", "HEAD", "\r\n"),
    SHAPE("p409", "POST", LENGTH3 "abc"),
    SHAPE("p412", "POST", "Expect:100-continue\r\n" LENGTH3 "abc"),
    SHAPE("e413", "POST", LENGTH3 "abc"),
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]), TRIPLES = 8, LONGEST = 5 };

/* ---- the handler ---- */

static int status_of(const struct http_request *req)
{
	return atoi(req->path.p + 2);
}

static void reply_status(struct http_request *req)
{
	http_reply(req, &(struct http_reply){.status = status_of(req),
					     .content_type = TEXT("text/plain"),
					     .body = TEXT("ok")});
}

static void on_pulled(void *arg, struct text piece, enum http_body state)
{
	struct http_request *req = arg;

	(void)piece;
	if (state == HTTP_BODY_PIECE)
		http_body_next(req, on_pulled, req);
	else if (state == HTTP_BODY_END)
		reply_status(req);
	else
		fail_msg("the body ended in state %d", state);
}

static void on_push(void *arg, bool gone)
{
	struct http_request *req = arg;

	assert_false(gone);
	http_reply_piece(req, TEXT("more"));
	http_reply_end(req);
}

static void handle(void *arg, struct http_request *req)
{
	struct world *w = arg;

	switch (req->path.p[1]) {
	case LATER:
		w->later[w->n_later++] = req;
		return;
	case PUSHED:
		http_reply_begin(req, &(struct http_reply){.status = status_of(req)});
		http_reply_piece(req, TEXT("some"));
		http_reply_more(req, on_push, req);
		return;
	case PULLED:
		http_body_next(req, on_pulled, req);
		return;
	default:
		if (req->method == HTTP_POST && !req->streamed)
			assert_true(text_eq(req->body, TEXT("abc")));
		reply_status(req);
	}
}

static bool is_streamed(void *arg, const struct http_request *req)
{
	(void)arg;
	return req->path.p[1] == PULLED || req->path.p[1] == EARLY;
}

static const struct http_handlers handlers = {.request = handle, .streams = is_streamed};

/* ---- a pipeline ---- */

struct pipeline {
	int shapes[LONGEST], n;
	struct buf bytes;
};

static void pipeline_add(struct pipeline *p, int shape)
{
	p->shapes[p->n++] = shape;
	buf_str(&p->bytes, shapes[shape]);
}

static void pipeline_reset(struct pipeline *p)
{
	p->n = 0;
	buf_reset(&p->bytes);
}

/* The end of the response at `from`, or NULL until it is complete. */
static const char *response_end(const char *from, const char *end, bool head)
{
	const char *body = memmem(from, (size_t)(end - from), "\r\n\r\n", 4);

	if (body == NULL)
		return NULL;
	body += 4;
	const size_t n = (size_t)(body - from);
	const char *length = memmem(from, n, "Content-Length: ", 16);
	if (head)
		return body;
	if (memmem(from, n, "chunked", 7) != NULL) {
		const char *last = memmem(body, (size_t)(end - body), "0\r\n\r\n", 5);
		return last == NULL ? NULL : last + 5;
	}
	body += length == NULL ? 0 : atoi(length + 16);
	return body <= end ? body : NULL;
}

/* The number of complete responses. Each must be the one for its request. */
static int count_responses(const struct pipeline *p, const struct buf *got)
{
	const char *at = got->p, *end = got->p + got->n;
	int n = 0;

	while (at < end) {
		const bool interim = end - at > 12 && memcmp(at + 9, "100", 3) == 0;
		const bool head = !interim && n < p->n && shapes[p->shapes[n]][0] == 'H';
		const char *next = response_end(at, end, head);
		if (next == NULL)
			return n;
		if (!interim && n == p->n)
			fail_msg("one response too many: %.*s", (int)(end - at), at);
		if (!interim && memcmp(at + 9, strstr(shapes[p->shapes[n]], " /") + 3, 3) != 0)
			fail_msg("response %d does not belong to its request: %.*s", n,
				 (int)(end - at), at);
		n += !interim;
		at = next;
	}
	return n;
}

static void pay_later(struct world *w)
{
	for (int i = 0; i < w->n_later; i++)
		reply_status(w->later[i]);
	w->n_later = 0;
}

static void run(struct world *w, struct client *c, const struct pipeline *p, size_t cut)
{
	int n = 0;

	buf_reset(&c->got);
	client_send(c, text_from(p->bytes.p, cut));
	for (int i = 0; i < 2; i++) {
		turn(w);
		pay_later(w);
	}
	client_send(c, text_from(p->bytes.p + cut, p->bytes.n - cut));
	for (int turns = 0; n < p->n; turns++) {
		turn(w);
		pay_later(w);
		if (client_ended(c) || turns == 10000)
			fail_msg("%d of %d responses to a pipeline cut at %zu:\n%.*s", n, p->n, cut,
				 (int)p->bytes.n, p->bytes.p);
		n = count_responses(p, &c->got);
	}
}

static void run_every_cut(struct world *w, struct client *c, const struct pipeline *p)
{
	for (size_t cut = 0; cut < p->bytes.n; cut++)
		run(w, c, p, cut);
}

static struct client open_world(struct world *w)
{
	static const int on = 1;

	world_open_with(w, &http_limits_default, &handlers);
	struct client c = client_open(w);
	assert_int_equal(setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), 0);
	return c;
}

static void close_world(struct world *w, struct client *c, struct pipeline *p)
{
	buf_free(&p->bytes);
	client_close(c);
	await(w, counters(w)->open == 0);
	assert_int_equal(counters(w)->in_progress, 0);
	assert_int_equal(counters(w)->timeouts, 0);
	world_close(w);
}

static void every_pair_of_requests_gets_its_responses(void **state)
{
	struct world w;
	struct client c = open_world(&w);
	struct pipeline p = {0};

	(void)state;
	for (int i = 0; i < SHAPES * SHAPES; i++) {
		pipeline_reset(&p);
		pipeline_add(&p, i % SHAPES);
		pipeline_add(&p, i / SHAPES);
		run_every_cut(&w, &c, &p);
	}
	close_world(&w, &c, &p);
}

static void every_triple_of_requests_gets_its_responses(void **state)
{
	struct world w;
	struct client c = open_world(&w);
	struct pipeline p = {0};

	(void)state;
	for (int i = 0; i < TRIPLES * TRIPLES * TRIPLES; i++) {
		pipeline_reset(&p);
		pipeline_add(&p, i % TRIPLES);
		pipeline_add(&p, i / TRIPLES % TRIPLES);
		pipeline_add(&p, i / TRIPLES / TRIPLES);
		run_every_cut(&w, &c, &p);
	}
	close_world(&w, &c, &p);
}

static void random_pipelines_get_their_responses(void **state)
{
	struct seeded random = seeded_start("pipelines", 20261127);
	struct world w;
	struct client c = open_world(&w);
	struct pipeline p = {0};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		pipeline_reset(&p);
		for (uint64_t n = 2 + seeded_below(&random, LONGEST - 1); n > 0; n--)
			pipeline_add(&p, (int)seeded_below(&random, SHAPES));
		run_every_cut(&w, &c, &p);
	}
	close_world(&w, &c, &p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_pair_of_requests_gets_its_responses),
	    cmocka_unit_test(every_triple_of_requests_gets_its_responses),
	    cmocka_unit_test(random_pipelines_get_their_responses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
