/*
 * An HTTP client for the delivery tests, which replaces the real one at link time. It answers by
 * the test's script, in the test's time. Exactly one file of a test program includes it.
 */
#ifndef TEST_FAKE_CLIENT_H
#define TEST_FAKE_CLIENT_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "http/client.h"

struct fake_answer {
	enum http_failure failure;
	int status;
	const char *retry_after, *detail;
	uint64_t after_ms; /* 0 means in the next turn; may be FAKE_NEVER */
};
#define FAKE_NEVER UINT64_MAX

/* The request of one call, kept until the test ends. */
struct fake_record {
	uint64_t at_ms;
	enum http_method method;
	char host[64];
	struct text target, body;
	struct http_header headers[16];
	size_t n_headers;
	uint32_t beside; /* calls of its pool under way, including this one */
};

struct http_call {
	struct http_call *prev, *next;
	struct http_pool *pool;
	http_call_fn *done;
	void *arg;
	uint64_t answer_at_ms; /* FAKE_NEVER: never */
	struct fake_answer answer;
};

struct http_pool {
	struct http_client *client;
	uint32_t under_way;
};

typedef struct fake_answer fake_script(void *arg, const struct fake_record *call);

struct http_client {
	const struct clock *clock;
	uint64_t epoch_ms;   /* added to the monotonic clock for the time of the records */
	fake_script *script; /* if NULL, every call gets a 200 */
	void *script_arg;
	bool forget; /* count calls without keeping them */
	bool cold;   /* no connection is ever established */
	struct http_call *first, *last;
	struct fake_record *calls;
	size_t n, cap;
	struct arena arena;
	uint32_t pools, under_way, most_under_way;
};

static inline uint64_t fake_now_ms(const struct http_client *c)
{
	return c->epoch_ms + c->clock->mono_ns(c->clock) / 1000000;
}

static inline void fake_client_free(struct http_client *c)
{
	assert(c->pools == 0 && c->under_way == 0);
	free(c->calls);
	arena_free(&c->arena);
}

static inline const struct text *fake_header(const struct fake_record *call, const char *name)
{
	for (size_t i = 0; i < call->n_headers; i++)
		if (text_ieq(call->headers[i].name, text_of(name)))
			return &call->headers[i].value;
	return NULL;
}

/* ---- the client's interface ---- */

struct http_pool *http_pool_open(struct http_client *client, uint32_t idle_max)
{
	struct http_pool *pool = calloc(1, sizeof *pool);
	(void)idle_max;
	if (pool == NULL)
		return NULL;
	pool->client = client;
	client->pools++;
	return pool;
}

/* As many as the caller may want: only real connections grow slowly. */
uint32_t http_pool_established(const struct http_pool *pool)
{
	return pool->client->cold ? 0 : 1024;
}

void http_pool_close(struct http_pool *pool)
{
	if (pool == NULL)
		return;
	assert(pool->under_way == 0);
	pool->client->pools--;
	free(pool);
}

static inline struct fake_record fake_describe(struct http_client *c, const struct http_pool *pool,
					       const struct http_call_spec *spec)
{
	struct fake_record r = {
	    .at_ms = fake_now_ms(c),
	    .method = spec->method,
	    .n_headers = spec->n_headers < 16 ? spec->n_headers : 16,
	    .beside = pool->under_way + 1,
	};
	snprintf(r.host, sizeof r.host, "%.63s", spec->url->host);
	if (c->forget)
		return r;
	r.target = arena_copy(&c->arena, spec->target);
	r.body = arena_copy(&c->arena, spec->body);
	for (size_t i = 0; i < r.n_headers; i++)
		r.headers[i] = (struct http_header){
		    arena_copy(&c->arena, spec->headers[i].name),
		    arena_copy(&c->arena, spec->headers[i].value),
		};
	return r;
}

static inline void fake_keep(struct http_client *c, const struct fake_record *r)
{
	if (!c->forget && c->n == c->cap) {
		c->cap = c->cap == 0 ? 64 : c->cap * 2;
		c->calls = realloc(c->calls, c->cap * sizeof *c->calls);
		assert(c->calls != NULL);
	}
	if (!c->forget)
		c->calls[c->n] = *r;
	c->n++;
}

static inline void fake_link(struct http_client *c, struct http_call *call)
{
	call->prev = c->last;
	if (c->last != NULL)
		c->last->next = call;
	else
		c->first = call;
	c->last = call;
	call->pool->under_way++;
	if (++c->under_way > c->most_under_way)
		c->most_under_way = c->under_way;
}

static inline void fake_unlink(struct http_call *call)
{
	struct http_client *c = call->pool->client;
	if (call->prev != NULL)
		call->prev->next = call->next;
	else
		c->first = call->next;
	if (call->next != NULL)
		call->next->prev = call->prev;
	else
		c->last = call->prev;
	call->pool->under_way--;
	c->under_way--;
}

struct http_call *http_pool_call(struct http_pool *pool, const struct http_call_spec *spec,
				 http_call_fn *done, void *arg)
{
	struct http_client *c = pool->client;
	struct http_call *call = calloc(1, sizeof *call);
	if (call == NULL)
		return NULL;
	*call = (struct http_call){.pool = pool, .done = done, .arg = arg};
	const struct fake_record r = fake_describe(c, pool, spec);
	call->answer =
	    c->script != NULL ? c->script(c->script_arg, &r) : (struct fake_answer){.status = 200};
	call->answer_at_ms =
	    call->answer.after_ms == FAKE_NEVER ? FAKE_NEVER : r.at_ms + call->answer.after_ms;
	fake_keep(c, &r);
	fake_link(c, call);
	return call;
}

void http_call_cancel(struct http_call *call)
{
	fake_unlink(call);
	free(call);
}

/* ---- time ---- */

static inline void fake_answer_one(struct http_call *call)
{
	const struct fake_answer *a = &call->answer;
	const struct http_result result = {
	    .failure = a->failure,
	    .status = a->failure == HTTP_FAIL_NONE ? a->status : 0,
	    .retry_after = text_of(a->retry_after),
	    .detail = a->detail != NULL ? a->detail : "",
	};
	fake_unlink(call);
	call->done(call->arg, &result);
	free(call);
}

/* The first hook of a turn delivers the answers whose time has come, as the dispatch would. Calls
 * that they start wait for the next turn. */
static inline void fake_turn(void *arg)
{
	struct http_client *c = arg;
	struct http_call *next, *last = c->last;
	uint64_t now_ms = fake_now_ms(c);
	bool end = c->first == NULL;
	for (struct http_call *call = c->first; !end; call = next) {
		next = call->next;
		end = call == last;
		if (call->answer_at_ms <= now_ms)
			fake_answer_one(call);
	}
}

/* The time of the next answer, or FAKE_NEVER. */
static inline uint64_t fake_next_ms(const struct http_client *c)
{
	uint64_t next_ms = FAKE_NEVER;
	for (const struct http_call *call = c->first; call != NULL; call = call->next)
		if (call->answer_at_ms < next_ms)
			next_ms = call->answer_at_ms;
	return next_ms;
}

#endif
