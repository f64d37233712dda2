/* Owns the table of open sessions, their cookie and their CSRF token. Never keeps the secret of a
 * session or a scope. Called for each request that carries no bearer token.
 */
#include "sessions.h"

#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "store/ask.h"

/* A chosen session is gone after the next commit, or its commit has failed. */
enum { CHOSEN_MS = 10000 };

/* __Host- makes browsers refuse the cookie from a subdomain or without Secure (RFC 6265bis). It
 * allows the path "/" alone, so below a path the name begins with __Secure-. */
static const char plain_name[] = "referd_session", host_name[] = "__Host-referd_session",
		  path_name[] = "__Secure-referd_session";

static bool is_secure(const struct call *call)
{
	return text_starts(call->api->public_url, TEXT("https://"));
}

static struct text cookie_name(const struct call *call)
{
	if (!is_secure(call))
		return text_of(plain_name);
	return text_of(call->api->public_path.n > 0 ? path_name : host_name);
}

/* ---- the table ---- */

static struct session_entry *find_hash(const struct sessions *s, struct text hash)
{
	struct session_entry *found = NULL;
	if (hash.n != SHA256_SIZE)
		return NULL;
	for (size_t i = 0; i < s->n; i++)
		if (text_eq_secret(text_from(s->items[i].hash, SHA256_SIZE), hash))
			found = &s->items[i];
	return found;
}

static void put(struct sessions *s, const struct session *session)
{
	struct session_entry *e = find_hash(s, session->hash);
	if (session->hash.n != SHA256_SIZE || (e == NULL && s->n == SESSIONS_ROOM))
		return;
	if (e == NULL) {
		e = &s->items[s->n++];
		e->chosen_ms = 0;
	}
	memcpy(e->hash, session->hash.p, SHA256_SIZE);
	e->token_id = session->token_id;
	e->operator_id = session->operator_id;
	e->password_version = session->password_version;
	e->created_ms = session->created_ms;
	e->seen_ms = session->seen_ms;
}

static void on_session(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	struct sessions *s = arg;
	const struct session *session = record;
	(void)kind;
	if (!deleted) {
		put(s, session);
		return;
	}
	struct session_entry *e = find_hash(s, session->hash);
	if (e != NULL)
		*e = s->items[--s->n];
}

enum err sessions_read(struct sessions *s, struct tx *tx)
{
	struct session_list list = {0};
	if (s->items == NULL)
		s->items = calloc(SESSIONS_ROOM, sizeof *s->items);
	if (s->items == NULL)
		return ERR_NO_MEMORY;
	s->n = 0;
	for (;;) {
		enum err err = session_list_decide(&list.command, tx);
		for (size_t i = 0; err == ERR_OK && i < list.n; i++)
			put(s, &list.sessions[i]);
		if (err != ERR_OK || list.n < SESSION_PAGE)
			return err;
		list.after = list.sessions[list.n - 1].hash;
	}
}

struct session_load {
	struct command command;
	struct sessions *sessions;
};

static enum err load_decide(struct command *command, struct tx *tx)
{
	return sessions_read(((struct session_load *)command)->sessions, tx);
}

enum err sessions_load(struct sessions *s, struct store *store)
{
	struct session_load load = {.command.decide = load_decide, .sessions = s};
	enum err err = store_ask(store, &load.command, NULL, NULL);
	store_watch(store, &KIND_SESSION, on_session, s);
	return err;
}

void sessions_keep_chosen(struct sessions *s, const struct sessions *before)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct session_entry *chosen = &before->items[i];
		if (chosen->chosen_ms == 0)
			continue;
		struct session_entry *e = find_hash(s, text_from(chosen->hash, SHA256_SIZE));
		if (e != NULL)
			e->chosen_ms = chosen->chosen_ms;
	}
}

void sessions_free(struct sessions *s)
{
	free(s->items);
	*s = (struct sessions){0};
}

static struct session_entry *older(struct session_entry *a, struct session_entry *b)
{
	return a == NULL || b->seen_ms < a->seen_ms ? b : a;
}

const struct session_entry *sessions_to_evict(struct sessions *s, const struct session *next,
					      uint64_t now_ms)
{
	struct session_entry *oldest = NULL, *own = NULL;
	size_t n = 0, n_own = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct session_entry *e = &s->items[i];
		if (now_ms >= e->chosen_ms && now_ms - e->chosen_ms < CHOSEN_MS)
			continue;
		n++;
		oldest = older(oldest, e);
		if (e->token_id != next->token_id || e->operator_id != next->operator_id)
			continue;
		n_own++;
		own = older(own, e);
	}
	struct session_entry *chosen = n_own >= SESSIONS_OWN_MAX ? own
				       : n >= SESSIONS_MAX       ? oldest
								 : NULL;
	if (chosen != NULL)
		chosen->chosen_ms = now_ms;
	return chosen;
}

/* ---- the cookie (RFC 6265, section 4.2.1) ---- */

static struct text find_cookie(const struct call *call, struct text name)
{
	const struct text *header = http_request_header(call->req, TEXT("Cookie"));
	struct text rest = header != NULL ? *header : (struct text){0}, pair, key, value;
	while (rest.n > 0) {
		text_cut(rest, ';', &pair, &rest);
		if (text_cut(text_trim(pair), '=', &key, &value) && text_eq(key, name))
			return value;
	}
	return (struct text){0};
}

/* The session of the request, even if it has ended, or NULL. */
static const struct session_entry *find_entry(const struct call *call)
{
	uint8_t hash[SHA256_SIZE];
	const struct text secret = find_cookie(call, cookie_name(call));
	if (secret.n == 0)
		return NULL;
	crypto_sha256(secret, hash);
	return find_hash(&call->api->sessions, text_from(hash, sizeof hash));
}

bool sessions_seem_idle(const struct call *call)
{
	const struct session_entry *e = find_entry(call);
	uint64_t now_ms = call_now_ms(call);
	return e != NULL && session_entry_end_ms(e) <= now_ms &&
	       now_ms < e->created_ms + SESSION_LIFE_MS;
}

const struct session_entry *sessions_find(const struct call *call)
{
	const struct session_entry *e = find_entry(call);
	return e != NULL && session_entry_end_ms(e) > call_now_ms(call) ? e : NULL;
}

const struct session_entry *sessions_find_hash(const struct sessions *s, struct text hash)
{
	return find_hash(s, hash);
}

uint64_t session_entry_end_ms(const struct session_entry *e)
{
	const struct session session = {.created_ms = e->created_ms, .seen_ms = e->seen_ms};
	return session_end_ms(&session);
}

void session_write_cookie(const struct call *call, struct text secret, struct buf *out)
{
	const struct text path = call->api->public_path;
	buf_printf(out, "%.*s=%.*s; Path=%.*s; HttpOnly; SameSite=Strict%s%s",
		   TEXT_ARGS(cookie_name(call)), TEXT_ARGS(secret),
		   TEXT_ARGS(path.n > 0 ? path : TEXT("/")), is_secure(call) ? "; Secure" : "",
		   secret.n == 0 ? "; Max-Age=0" : "");
}

/* ---- changes ---- */

bool session_write_csrf(const struct call *call, const uint8_t hash[SHA256_SIZE], struct buf *out)
{
	static const char purpose[] = "referd csrf";
	uint8_t input[sizeof purpose + SHA256_SIZE], mac[SHA256_SIZE];
	memcpy(input, purpose, sizeof purpose);
	memcpy(input + sizeof purpose, hash, SHA256_SIZE);
	if (!crypto_hmac_sha256(text_from(call->api->secret_key, sizeof call->api->secret_key),
				text_from(input, sizeof input), mac))
		return false;
	crypto_hex(out, text_from(mac, sizeof mac));
	return !out->failed;
}

/* Accepts the origin of --public-url, and the Host that the browser sent. A server without a proxy
 * may have several names, such as localhost and 127.0.0.1. */
static bool is_own_origin(const struct call *call)
{
	const struct text *origin = http_request_header(call->req, TEXT("Origin"));
	const struct text schemes[] = {TEXT("http://"), TEXT("https://")};
	if (origin == NULL)
		return false;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (text_starts(*origin, schemes[i]) &&
		    text_ieq(text_from(origin->p + schemes[i].n, origin->n - schemes[i].n),
			     call->req->host))
			return true;
	return text_eq(*origin, call->api->public_origin);
}

bool session_allows(struct call *call, const struct session_entry *session)
{
	struct buf expected = {0};
	if (call->req->method == HTTP_GET || call->req->method == HTTP_HEAD)
		return true;
	const struct text *given = http_request_header(call->req, TEXT("X-CSRF-Token"));
	bool made = session_write_csrf(call, session->hash, &expected);
	bool right = made && given != NULL && text_eq_secret(*given, buf_view(&expected));
	buf_free(&expected);
	if (right && is_own_origin(call))
		return true;
	if (!made)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	else
		call_reply_error(
		    call, 403,
		    "to change data with a session, send the csrf_token of GET /api/v2/session in "
		    "the header X-CSRF-Token, and an Origin that is this server's address");
	return false;
}

struct touch {
	struct session_touch touch;
	uint8_t hash[SHA256_SIZE];
};

static void on_touched(struct command *command, enum err err)
{
	(void)err; /* the next request records it */
	free(command);
}

void session_touch(struct call *call, const struct session_entry *session)
{
	const uint64_t now_ms = call_now_ms(call);
	if (now_ms < session->seen_ms + SESSION_TOUCH_MS)
		return;
	struct touch *t = calloc(1, sizeof *t);
	if (t == NULL)
		return;
	memcpy(t->hash, session->hash, sizeof t->hash);
	t->touch.command = (struct command){.decide = session_touch_decide, .done = on_touched};
	t->touch.hash = text_from(t->hash, sizeof t->hash);
	t->touch.now_ms = now_ms;
	if (store_submit(call->api->store, &t->touch.command) != ERR_OK)
		free(t);
}
