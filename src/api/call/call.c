/*
 * Owns the replies of calls: JSON, the shape of errors, redirects, headers. Never knows what a
 * call does. Called by every file of this room.
 */
#include "call.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "audited.h"
#include "body.h"
#include "core/actor.h"
#include "core/idempotency.h"
#include "request_metrics.h"

enum { OUT_KEPT_MAX = 1 << 20 /* the size at which the reply buffer is freed after a reply */ };

void *call_alloc(struct call *call, size_t n)
{
	void *p = arena_zalloc(&call->req->arena, n);
	if (p == NULL)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	return p;
}

bool call_is_v1(const struct call *call)
{
	return text_starts(call->req->path, TEXT("/api/v1/"));
}

uint64_t call_now_ms(const struct call *call)
{
	return loop_unix_ms(call->api->loop);
}

bool call_keep(struct call *call, struct text t, struct text *out)
{
	*out = arena_copy(&call->req->arena, t);
	if (out->n == t.n)
		return true;
	call_reply_err(call, ERR_NO_MEMORY, NULL);
	return false;
}

void call_submit(struct call *call, struct command *cmd)
{
	assert(!call->replied);
	if (call_check(call))
		call_submit_audited(call, cmd);
}

void call_query(struct call *call, struct command *cmd)
{
	assert(!call->replied);
	if (call_check(call) && store_query(call->api->store, cmd) != ERR_OK)
		call_reply_err(call, ERR_BUSY, NULL);
}

void call_write_short_url(const struct call *call, struct buf *out, struct text code)
{
	buf_text(out, call->api->public_url);
	buf_char(out, '/');
	buf_text(out, code);
}

void call_write_join_url(const struct call *call, struct buf *out, struct text code)
{
	call_write_short_url(call, out, code);
	buf_str(out, "/join");
}

bool call_read_id(struct call *call, uint64_t *id, const char *unknown)
{
	if (text_to_u64(call->params[0], id) && *id != 0)
		return true;
	call_reply_error(call, 404, unknown);
	return false;
}

/* ---- all replies ---- */

enum { COMMON_HEADERS = 4 };

static struct text cache_of(const struct call *call, int status)
{
	return text_of(status / 100 == 2 && call->cache != NULL ? call->cache : "no-store");
}

/* Writes the call's own headers, then the headers of every reply. Returns their number. */
static size_t add_common(const struct call *call, int status, const struct http_header *headers,
			 size_t n_headers,
			 struct http_header all[CALL_HEADERS_MAX + COMMON_HEADERS])
{
	size_t n = 0;
	assert(n_headers <= CALL_HEADERS_MAX);
	for (; n < n_headers; n++)
		all[n] = headers[n];
	struct http_header *next = all + n;
	*next++ = (struct http_header){TEXT("Cache-Control"), cache_of(call, status)};
	if (call->etag[0] != '\0' && status / 100 == 2)
		*next++ = (struct http_header){TEXT("ETag"), text_of(call->etag)};
	if (call->by_origin)
		*next++ = (struct http_header){TEXT("Vary"), TEXT("Origin")};
	if (call->allowed_origin.n > 0)
		*next++ =
		    (struct http_header){TEXT("Access-Control-Allow-Origin"), call->allowed_origin};
	return (size_t)(next - all);
}

/* Gives the reply its headers, which live in `all`, and counts the reply. */
static void complete(struct call *call, struct http_reply *r, const struct http_header *headers,
		     size_t n_headers, struct http_header all[CALL_HEADERS_MAX + COMMON_HEADERS])
{
	assert(!call->replied);
	call->replied = true;
	r->n_headers = add_common(call, r->status, headers, n_headers, all);
	r->headers = all;
	request_metrics_count(call->api->request_metrics, call, r->status);
}

void call_reply_with(struct call *call, int status, const char *content_type, struct text body,
		     const struct http_header *headers, size_t n_headers)
{
	struct http_header all[CALL_HEADERS_MAX + COMMON_HEADERS];
	struct http_reply r = {
	    .status = status, .content_type = text_of(content_type), .body = body};
	complete(call, &r, headers, n_headers, all);
	http_reply(call->req, &r);
}

void call_reply_shared(struct call *call, const char *content_type, struct text body,
		       const struct http_header *headers, size_t n_headers)
{
	struct http_header all[CALL_HEADERS_MAX + COMMON_HEADERS];
	struct http_reply r = {
	    .status = 200,
	    .content_type = text_of(content_type),
	    .body = body,
	    .shared = true,
	};
	complete(call, &r, headers, n_headers, all);
	http_reply(call->req, &r);
}

void call_reply_begin(struct call *call, int status, const char *content_type,
		      const struct http_header *headers, size_t n_headers)
{
	struct http_header all[CALL_HEADERS_MAX + COMMON_HEADERS];
	struct http_reply r = {.status = status, .content_type = text_of(content_type)};
	complete(call, &r, headers, n_headers, all);
	http_reply_begin(call->req, &r);
}

static void reply_out(struct call *call, int status, const struct http_header *headers, size_t n)
{
	struct buf *out = &call->api->out;
	struct text body = buf_view(out);
	if (out->failed) {
		status = 503;
		body = TEXT("{\"code\":503,\"message\":\"the server is out of memory: try "
			    "again\",\"errors\":{}}");
	}
	call_reply_with(call, status, "application/json", body, headers, n);
	if (out->cap > OUT_KEPT_MAX)
		buf_free(out);
}

struct json_out call_json(struct call *call)
{
	buf_reset(&call->api->out);
	return json_out(&call->api->out);
}

struct json_out call_data(struct call *call)
{
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_open(&o, "data", '{');
	return o;
}

void call_reply_json(struct call *call, int status)
{
	reply_out(call, status, NULL, 0);
}

void call_reply_data(struct call *call, struct json_out *o, int status)
{
	json_close(o, '}');
	json_close(o, '}');
	call_reply_json(call, status);
}

void call_reply_nothing(struct call *call)
{
	call_reply_with(call, 204, "", (struct text){0}, NULL, 0);
}

static void write_error(struct call *call, int status, const char *message)
{
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_put_u64(&o, "code", (uint64_t)status);
	json_put_text(&o, "message", text_of(message));
	json_open(&o, "errors", '{');
	json_close(&o, '}');
	json_close(&o, '}');
}

void call_reply_error(struct call *call, int status, const char *message)
{
	const struct http_header retry = {TEXT("Retry-After"), TEXT("1")};
	const struct http_header challenge = {TEXT("WWW-Authenticate"),
					      TEXT("Bearer realm=\"referd\"")};
	write_error(call, status, message);
	if (status == 503)
		reply_out(call, status, &retry, 1);
	else if (status == 401)
		reply_out(call, status, &challenge, 1);
	else
		reply_out(call, status, NULL, 0);
}

void call_reply_err(struct call *call, enum err err, const char *not_found)
{
	switch (err) {
	case ERR_NOT_FOUND:
		call_reply_error(call, 404, not_found != NULL ? not_found : "not found");
		return;
	case ERR_BUSY:
		call_reply_error(call, 503, "the server's queue is full: try again in a second");
		return;
	case ERR_NO_SPACE:
		call_reply_error(
		    call, 503, "the server's disk is full, so nothing was stored: try again later");
		return;
	case ERR_NO_MEMORY:
		call_reply_error(
		    call, 503,
		    "the server is out of memory, so nothing was stored: try again later");
		return;
	case ERR_OK:
	case ERR_PENDING:
	case ERR_CONFLICT:
	case ERR_REFUSED:
	case ERR_INVALID:
	case ERR_TOO_LARGE:
	case ERR_CORRUPT:
	case ERR_FORMAT:
	case ERR_IO:
		break;
	}
	call_reply_error(call, 500,
			 "the server could not read a stored record: see the server's log");
}

void call_reply_redirect(struct call *call, struct text location)
{
	const struct http_header header = {TEXT("Location"), location};
	call_reply_with(call, 303, "text/plain", TEXT("See Other\n"), &header, 1);
}

void call_reply_text(struct call *call, int status, const char *content_type, struct text body)
{
	call_reply_with(call, status, content_type, body, NULL, 0);
}

void call_reply_limited(struct call *call, unsigned retry_s, const char *message)
{
	char digits[24];
	struct buf b = {.p = digits, .cap = sizeof digits};
	buf_u64(&b, retry_s);
	const struct http_header header = {TEXT("Retry-After"), buf_view(&b)};
	if (call_wants_html(call)) {
		call->api->reply_limited_page(call, buf_view(&b));
		return;
	}
	write_error(call, 429, message);
	reply_out(call, 429, &header, 1);
}

void call_reply_not_allowed(struct call *call, unsigned allowed)
{
	struct buf allow = {0};
	for (const struct method *m = ROUTE_METHODS; m->word != NULL; m++)
		if (allowed & m->method)
			buf_printf(&allow, "%s%s", allow.n == 0 ? "" : ", ", m->word);
	const struct http_header header = {TEXT("Allow"), buf_view(&allow)};
	write_error(
	    call, 405,
	    "this path does not support this method: the Allow header lists the supported methods");
	reply_out(call, 405, &header, 1);
	buf_free(&allow);
}

bool request_wants_html(const struct http_request *req)
{
	const struct text *accept = http_request_header(req, TEXT("Accept"));
	return accept != NULL && memmem(accept->p, accept->n, "text/html", 9) != NULL;
}

bool call_read_idempotency_key(struct call *call, struct text scope, struct idempotency_key *key)
{
	const struct text *header = http_request_header(call->req, TEXT("Idempotency-Key"));
	if (header == NULL)
		return true;
	if (header->n == 0 || header->n > IDEMPOTENCY_KEY_MAX) {
		call_reply_error(call, 400, "Idempotency-Key must be 1 to 64 bytes long");
		return false;
	}
	struct text content;
	if (!body_neutral(call, &content))
		return false;
	idempotency_key_make(key, scope, *header, content, call->req->query);
	return true;
}

bool call_read_creation_key(struct call *call, struct idempotency_key *key)
{
	struct buf scope = {0};
	buf_printf(&scope, "%" PRIu64 " ", actor_number(call->actor));
	buf_text(&scope, call->req->path);
	bool ok = !scope.failed && call_read_idempotency_key(call, buf_view(&scope), key);
	if (scope.failed)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	buf_free(&scope);
	return ok;
}

bool call_reply_key_refused(struct call *call, const struct idempotency_key *key)
{
	if (key->reused)
		call_reply_error(
		    call, 409,
		    "this Idempotency-Key was already used with another body: use a new key");
	else if (key->gone)
		call_reply_error(call, 409,
				 "the object that this Idempotency-Key created was deleted: use a "
				 "new key");
	return key->reused || key->gone;
}

bool call_wants_html(const struct call *call)
{
	return request_wants_html(call->req);
}
