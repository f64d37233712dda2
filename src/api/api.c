/*
 * Owns the path from a request to its call: it checks the route, the credential and the scope, in
 * this order. Never does a call's own work. Called by the HTTP server.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "api/call/body.h"
#include "api/call/client_address.h"
#include "api/call/credential.h"
#include "api/call/keyring.h"
#include "api/call/passwords.h"
#include "api/call/request_metrics.h"
#include "api/pages/html.h"
#include "api/pages/qr_cache.h"
#include "api/pages/reach.h"
#include "api/pages/sharing.h"
#include "base/log.h"
#include "core/code_alias.h"
#include "health.h"
#include "import.h"
#include "metrics.h"
#include "routes.h"
#include "stray_link.h"
#include "stream.h"
#include "webhook_test.h"

static enum err open_limits(struct limits *limits, const struct api_rates *rates)
{
	const unsigned per_minute[LIMITS] = {
	    [LIMIT_UNKNOWN_CODES] = rates->misses,
	    [LIMIT_WRONG_TOKENS] = rates->misses,
	    [LIMIT_SIGN_INS] = rates->misses,
	    [LIMIT_TOKEN_CALLS] = rates->token_calls,
	    [LIMIT_ADDRESS_JOINS] = rates->address_joins,
	    [LIMIT_CODE_JOINS] = rates->code_joins,
	};
	return limits_open(limits, per_minute);
}

static struct api_config *copy_config(const struct api_config *config)
{
	struct api_config *copy = malloc(sizeof *copy);
	if (copy != NULL)
		*copy = *config;
	return copy;
}

static void set_public_url(struct api *a, struct text url)
{
	struct text scheme, rest;
	a->public_url = a->public_origin = url;
	text_cut(url, ':', &scheme, &rest);
	for (size_t i = scheme.n + 3; i < url.n; i++) /* after "://" */
		if (url.p[i] == '/') {
			a->public_origin = text_from(url.p, i);
			a->public_path = text_from(url.p + i, url.n - i);
			return;
		}
}

/* One comparison with the start of a pattern rules out most routes. */
static uint8_t *measure_starts(const struct route *routes)
{
	size_t n = 0;
	while (routes[n].pattern != NULL)
		n++;
	uint8_t *starts = calloc(n + 1, sizeof *starts); /* with a place for the end */
	for (size_t i = 0; starts != NULL && i < n; i++)
		starts[i] = (uint8_t)strcspn(routes[i].pattern, "{");
	return starts;
}

/* Opens the parts that need no store. */
static enum err open_state(struct api *a, const struct api_config *config)
{
	a->loop = config->loop;
	a->opened_steady_ms = loop_steady_ms(config->loop);
	a->store = config->store;
	a->codes = config->codes;
	set_public_url(a, text_of(config->public_url));
	memcpy(a->secret_key, config->secret_key, sizeof a->secret_key);
	a->reply_limited_page = html_reply_limited;
	crypto_random((uint8_t *)&a->pages, sizeof a->pages);
	a->credentials_changed = streams_check;
	a->config = copy_config(config);
	a->request_metrics = request_metrics_new(ROUTES);
	a->route_starts = measure_starts(ROUTES);
	a->qr_codes = qr_cache_new();
	a->sharing = sharing_lists_new();
	const struct passwords_config passwords = {
	    .loop = config->loop, .command = PASSWORDS_COMMAND, .timeout_ms = PASSWORDS_TIMEOUT_MS};
	a->passwords = passwords_open(&passwords);
	if (a->config == NULL || a->request_metrics == NULL || a->route_starts == NULL ||
	    a->qr_codes == NULL || a->sharing == NULL || a->passwords == NULL)
		return ERR_NO_MEMORY;
	return open_limits(&a->limits, &config->rates);
}

enum err api_open(const struct api_config *config, struct api **out)
{
	struct api *a = calloc(1, sizeof *a);
	if (a == NULL)
		return ERR_NO_MEMORY;
	enum err err = open_state(a, config);
	if (err != ERR_OK)
		goto fail;
	if ((err = tokens_load(&a->tokens, config->store)) != ERR_OK)
		goto fail;
	if ((err = operators_load(&a->operators, config->store)) != ERR_OK)
		goto fail;
	if ((err = sessions_load(&a->sessions, config->store)) != ERR_OK)
		goto fail;
	if ((err = inbound_keys_load(&a->inbound, config->store, a->secret_key)) != ERR_OK)
		goto fail;
	if ((err = reach_open(config->loop, config->store, &a->reach)) != ERR_OK)
		goto fail;
	webhook_tests_watch(a);
	a->streams = streams_open(a);
	if (a->streams == NULL) {
		err = ERR_NO_MEMORY;
		goto fail;
	}
	if ((err = keyring_open(a)) != ERR_OK)
		goto fail;
	*out = a;
	return ERR_OK;
fail:
	api_close(a);
	return err;
}

void api_close(struct api *a)
{
	if (a == NULL)
		return;
	keyring_close(a);
	streams_close(a->streams);
	reach_close(a->reach);
	imports_close(a);
	limits_close(&a->limits);
	request_metrics_free(a->request_metrics);
	free(a->route_starts);
	tokens_free(&a->tokens);
	sessions_free(&a->sessions);
	operators_free(&a->operators);
	passwords_close(a->passwords);
	inbound_keys_wipe(&a->inbound);
	buf_free(&a->out);
	buf_free(&a->openapi);
	qr_cache_free(a->qr_codes);
	sharing_lists_free(a->sharing);
	crypto_wipe(a->secret_key, sizeof a->secret_key);
	free(a->config);
	free(a);
}

void api_divide_limits(struct api *a, size_t n)
{
	limits_divide(&a->limits, (unsigned)n);
}

void api_drain(struct api *a)
{
	a->draining = true;
	imports_drain(a);
	webhook_tests_drain(a);
	streams_drain(a->streams);
	reach_drain(a->reach);
}

/* Does the path match the pattern, whose first `start` bytes contain no brace? A name in braces
 * matches one segment that is not empty. */
static bool fits(const char *pattern, size_t start, struct text path,
		 struct text params[CALL_PARAMS_MAX])
{
	size_t n = 0;
	if (path.n < start || memcmp(path.p, pattern, start) != 0)
		return false;
	memset(params, 0, CALL_PARAMS_MAX * sizeof *params);
	const char *p = path.p + start, *end = path.p + path.n;
	for (pattern += start; *pattern != '\0'; pattern++) {
		if (*pattern != '{') {
			if (p == end || *p++ != *pattern)
				return false;
			continue;
		}
		const char *slash = memchr(p, '/', (size_t)(end - p));
		const char *stop = slash == NULL ? end : slash;
		struct text segment = text_from(p, (size_t)(stop - p));
		if (stop == p || (pattern[1] == '@' && !code_is_plausible(segment)))
			return false;
		assert(n < CALL_PARAMS_MAX);
		params[n++] = segment;
		p = stop;
		while (*pattern != '}')
			pattern++;
	}
	return p == end;
}

/* Any word may be a code from another system. For methods other than GET, only a word in the form
 * of referd's own codes counts as a code; any other word is an unknown path. */
static bool is_there(const struct route *r, const struct text *params)
{
	bool short_link = strcmp(r->pattern, "/{@code}") == 0;
	return !short_link || (params[0].n == CODE_LENGTH &&
			       (*params[0].p == CODE_USER || *params[0].p == CODE_CAMPAIGN));
}

/* A slash at the end has no meaning: clients and people add one. */
static struct text without_slash(struct text path)
{
	if (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

/* Returns the route, or NULL with the methods that the path supports (0: an unknown path). */
static const struct route *find_route(const struct api *a, const struct http_request *req,
				      struct text params[CALL_PARAMS_MAX], unsigned *allowed)
{
	const struct text path = without_slash(req->path);
	unsigned method = req->method == HTTP_HEAD ? HTTP_GET : req->method;
	/* A pattern without braces matches. Such patterns come first, so the word is not an id. */
	bool named = false;
	*allowed = 0;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++) {
		if (!fits(r->pattern, a->route_starts[r - ROUTES], path, params) ||
		    (named && params[0].n > 0))
			continue;
		named = params[0].n == 0;
		if (r->method == method)
			return r;
		if (is_there(r, params))
			*allowed |= r->method == HTTP_GET ? HTTP_GET | HTTP_HEAD : r->method;
	}
	return NULL;
}

/* Finds what the request may do: by its Authorization header, or by the session of its cookie.
 * Returns false after 401 or 403. */
static bool find_credential(struct call *call, struct credential *out)
{
	const struct session_entry *session;
	if (!credential_of_request(call, out, &session)) {
		call_refuse_token(call, "send a valid API token: Authorization: Bearer {token}");
		return false;
	}
	if (session == NULL)
		return true;
	session_touch(call, session);
	return session_allows(call, session);
}

static void refuse_scope(struct call *call, enum route_access access)
{
	call_reply_error(
	    call, 403,
	    call->actor.kind != ACTOR_OPERATOR
		? "the token does not have the scope that this call needs: use another token"
	    : access == ACCESS_WRITE
		? "this call needs the role editor: ask an admin to change your role"
		: "this call needs the role admin: ask an admin to change your role");
}

static bool authorised(struct call *call, const struct route *route)
{
	struct credential credential;
	if (route->access == ACCESS_PUBLIC)
		return true;
	if (!find_credential(call, &credential))
		return false;
	credential_take(call, &credential);
	if (!limits_spend(call, LIMIT_TOKEN_CALLS, text_from(&call->actor, sizeof call->actor)))
		return false;
	if (call->scopes & (uint64_t)route->access)
		return true;
	refuse_scope(call, route->access);
	return false;
}

/* Without --trusted-proxies, all clients behind a proxy have one address. The log warns the
 * operator, but not for each request. */
static void warn_of_proxy(struct api *a, const struct http_request *req)
{
	const uint64_t hour_ns = UINT64_C(3600) * 1000000000, now_ns = loop_mono_ns(a->loop);
	char peer[ADDRESS_TEXT_SIZE];
	if (a->forwarded_warned_ns != 0 && now_ns - a->forwarded_warned_ns < hour_ns)
		return;
	if (!client_address_ignored(&a->config->trusted_proxies, req))
		return;
	a->forwarded_warned_ns = now_ns;
	address_text((const struct sockaddr *)&req->peer, peer);
	log_warn("forwarded.ignored", LOG_STR("peer", peer),
		 LOG_STR("hint",
			 "if the peer is your proxy, start referd with --trusted-proxies and "
			 "the proxy's address, so that each client has limits of its own"));
}

/* Returns NULL after 503. */
static struct call *begin_call(struct api *a, struct http_request *req)
{
	struct call *call = arena_zalloc(&req->arena, sizeof *call);
	if (call == NULL) {
		const struct http_reply reply = {.status = 503, .close = true};
		http_reply(req, &reply);
		return NULL;
	}
	a->requests++;
	call->api = a;
	call->req = req;
	return call;
}

void api_handle_metrics(void *arg, struct http_request *req)
{
	struct call *call = begin_call(arg, req);
	unsigned allowed;
	if (call == NULL)
		return;
	const struct route *route = find_route(call->api, req, call->params, &allowed);
	if (route == NULL || route->call != metrics_get) {
		call_reply_error(call, 404, "this listener serves only GET /metrics");
		return;
	}
	call->route = route;
	metrics_reply(call);
}

static void begin_route(struct call *call)
{
	if (authorised(call, call->route))
		call->route->call(call);
}

/* Probes must be answered while the database is away, and so must the metrics about it, for tokens
 * that this server knows. */
static bool needs_no_database(const struct call *call)
{
	call_fn *fn = call->route->call;
	return fn == ops_health || fn == ops_ready ||
	       (fn == metrics_get && health_is_away(call->api));
}

/* Pages and joins of people carry no credential, so they need not wait for the keyring. */
static bool may_carry_credential(const struct call *call)
{
	if (needs_no_database(call))
		return false;
	return call->route->access != ACCESS_PUBLIC ||
	       text_starts(call->req->path, TEXT("/api/")) ||
	       text_starts(call->req->path, TEXT("/webhook/")) ||
	       http_request_header(call->req, TEXT("Authorization")) != NULL;
}

void api_handle(void *arg, struct http_request *req)
{
	struct api *a = arg;
	unsigned allowed;
	struct call *call = begin_call(a, req);
	if (call == NULL)
		return;
	warn_of_proxy(a, req);
	client_address(&a->config->trusted_proxies, req, &call->client);
	const struct route *route = find_route(a, req, call->params, &allowed);
	call->route = route;
	if (route == NULL && allowed == 0 && stray_link_follow(call))
		return;
	if (route == NULL && allowed == 0)
		call_reply_error(call, 404,
				 "this path does not exist: GET /api/v2/openapi.json lists the "
				 "paths of the API");
	else if (route == NULL)
		call_reply_not_allowed(call, allowed);
	else if (may_carry_credential(call))
		keyring_wait(call, begin_route);
	else
		begin_route(call);
}

bool api_hopeless(void *arg, const struct http_request *req)
{
	(void)arg;
	return body_is_hopeless(req);
}

bool api_streams(void *arg, const struct http_request *req)
{
	struct text params[CALL_PARAMS_MAX];
	unsigned allowed;
	if (!body_is_csv(req))
		return false;
	const struct route *route = find_route(arg, req, params, &allowed);
	return route != NULL && route->operation != NULL &&
	       (route->operation->takes & TAKES_CSV) != 0;
}

bool api_refused(void *arg, struct http_request *req, struct http_reply *reply)
{
	log_debug("http.request", LOG_STR("route", "refused"), LOG_U64("status", reply->status));
	return request_wants_html(req) && html_write_refusal(arg, reply);
}
