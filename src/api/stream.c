/*
 * Owns the open streams of GET /api/v2/stream and the time of their frames. Never changes a
 * record. Called through the route table; api.c opens and drains it. Watches say what was written,
 * and a query reads the counters of a frame.
 *
 * All streams get the same frame, at most once a second, so a frame is written once. A stream that
 * still has 64 KiB to send when the next frame is due does not read, and ends.
 */
#include "stream.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "api/call/credential.h"
#include "routes.h"
#include "stream_changes.h"
#include "stream_look.h"
#include "stream_sums.h"

enum {
	BEAT_TICKS = 5, /* seconds of silence before a comment shows that the stream is open */
};

struct stream {
	struct stream *next;
	struct call *call;
	uint8_t session[SHA256_SIZE]; /* its hash, if has_session */
	bool has_session;
	uint64_t ends_ms; /* when its credential must be checked again */
	bool full;        /* too many bytes wait to be sent */
};

struct streams {
	struct api *api;
	struct stream *first;
	size_t n;
	struct event *timer;
	bool watching;
	unsigned quiet_ticks;
	struct stream_changes changes;
	struct stream_sums sums;
	bool reads_sums;         /* `sums` or `look` is under way, and a frame follows it */
	struct stream_look look; /* with several nodes */
	struct buf frame;
};

/* ---- the end of a stream ---- */

/* s is freed with the request. */
static void end_stream(struct streams *all, struct stream *s)
{
	struct stream **link = &all->first;
	while (*link != s) {
		assert(*link != NULL);
		link = &(*link)->next;
	}
	*link = s->next;
	all->n--;
	http_reply_end(s->call->req);
}

static void end_all(struct streams *all)
{
	while (all->first != NULL)
		end_stream(all, all->first);
}

/* Is the token, or the session and its token or operator, still valid? Sets the time at which it
 * may end. */
static bool is_allowed(struct stream *s, uint64_t now_ms)
{
	const struct api *api = s->call->api;
	const struct session_entry *session = NULL;
	struct credential credential;
	if (s->has_session)
		session =
		    sessions_find_hash(&api->sessions, text_from(s->session, sizeof s->session));
	const bool valid =
	    s->has_session ? credential_of_session(api, session, &credential)
			   : credential_of_token(
				 api, tokens_find_id(&api->tokens, s->call->actor.id), &credential);
	if (!valid || (credential.scopes & SCOPE_READ) == 0)
		return false;
	s->ends_ms = credential.expires_ms != 0 ? credential.expires_ms : UINT64_MAX;
	if (session != NULL && session_entry_end_ms(session) < s->ends_ms)
		s->ends_ms = session_entry_end_ms(session);
	return s->ends_ms > now_ms;
}

static void end_gone(struct streams *all)
{
	struct stream *next;
	for (struct stream *s = all->first; s != NULL; s = next) {
		next = s->next;
		if (http_reply_gone(s->call->req))
			end_stream(all, s);
	}
}

static void check_credentials(struct streams *all, bool only_due)
{
	const uint64_t now_ms = loop_unix_ms(all->api->loop);
	struct stream *next;
	for (struct stream *s = all->first; s != NULL; s = next) {
		next = s->next;
		if ((!only_due || now_ms >= s->ends_ms) && !is_allowed(s, now_ms))
			end_stream(all, s);
	}
}

/* ---- the watches ---- */

static void on_credential(void *arg, const struct record_kind *kind, const void *record,
			  bool deleted)
{
	(void)record;
	/* An operator's new password ends sessions too. */
	if (deleted || kind == &KIND_OPERATOR)
		check_credentials(arg, false);
}

static void on_object(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	struct streams *all = arg;
	(void)record, (void)deleted;
	stream_note(&all->changes, kind == &KIND_USER       ? STREAM_USERS
				   : kind == &KIND_WEBHOOK  ? STREAM_WEBHOOKS
				   : kind == &KIND_CAMPAIGN ? STREAM_CAMPAIGNS
				   : kind == &KIND_AUDIT    ? STREAM_AUDIT
							    : STREAM_REWARDS);
}

static void on_delivery(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	struct streams *all = arg;
	(void)kind;
	if (deleted)
		stream_note(&all->changes, STREAM_DELIVERIES);
	else
		stream_note_delivery(&all->changes, record);
}

/* The counters and the health of a webhook both begin with its id. */
static void on_webhook_row(void *arg, const struct record_kind *kind, const void *record,
			   bool deleted)
{
	struct streams *all = arg;
	(void)kind;
	if (!deleted)
		stream_note_webhook(&all->changes, *(const uint64_t *)record);
}

static void on_campaign_stats(void *arg, const struct record_kind *kind, const void *record,
			      bool deleted)
{
	struct streams *all = arg;
	(void)kind;
	if (!deleted)
		stream_note_campaign(&all->changes,
				     ((const struct campaign_stats *)record)->campaign_id);
}

static void on_replay(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	struct streams *all = arg;
	(void)kind;
	if (!deleted)
		stream_note_replay(&all->changes, record);
}

static const struct {
	const struct record_kind *kind;
	store_watch_fn *fn;
} watches[] = {
    {&KIND_TOKEN, on_credential},
    {&KIND_SESSION, on_credential},
    {&KIND_OPERATOR, on_credential},
    {&KIND_CAMPAIGN, on_object},
    {&KIND_USER, on_object},
    {&KIND_REWARD, on_object},
    {&KIND_WEBHOOK, on_object},
    {&KIND_DELIVERY, on_delivery},
    {&KIND_WEBHOOK_STATS, on_webhook_row},
    {&KIND_WEBHOOK_HEALTH, on_webhook_row},
    {&KIND_REPLAY, on_replay},
    {&KIND_CAMPAIGN_STATS, on_campaign_stats},
    {&KIND_AUDIT, on_object},
};

/* A watch costs the decoding of each record, so the store has none while nobody listens. */
static void watch(struct streams *all)
{
	for (size_t i = 0; !all->watching && i < sizeof watches / sizeof *watches; i++)
		store_watch(all->api->store, watches[i].kind, watches[i].fn, all);
	all->watching = true;
}

static void unwatch(struct streams *all)
{
	store_unwatch(all->api->store, all);
	all->watching = false;
	all->changes = (struct stream_changes){0};
	all->look = (struct stream_look){0};
}

/* ---- frames ---- */

static void on_more(void *arg, bool gone)
{
	struct stream *s = arg;
	s->full = false;
	if (gone)
		end_stream(s->call->api->streams, s);
}

static void send_frame(struct stream *s, struct text frame)
{
	http_reply_piece(s->call->req, frame);
	s->full = true;
	http_reply_more(s->call->req, on_more, s);
}

static void send_all(struct streams *all, struct text frame)
{
	struct stream *next;
	for (struct stream *s = all->first; s != NULL; s = next) {
		next = s->next;
		if (s->full)
			end_stream(all, s);
		else
			send_frame(s, frame);
	}
}

/* Returns false if there is nothing to say. */
static bool write_frame(struct streams *all)
{
	struct json_out o = json_out(&all->frame);
	buf_reset(&all->frame);
	if (all->changes.lists != 0) {
		buf_str(&all->frame, "event: change\ndata: ");
		stream_show(&all->changes, loop_unix_ms(all->api->loop), &o);
		buf_str(&all->frame, "\n\n");
		all->changes = (struct stream_changes){0};
		all->quiet_ticks = 0;
	} else if (++all->quiet_ticks >= BEAT_TICKS) {
		buf_str(&all->frame, ": open\n\n");
		all->quiet_ticks = 0;
	}
	return all->frame.n > 0 && !all->frame.failed;
}

static void show_changes(struct streams *all)
{
	if (write_frame(all))
		send_all(all, buf_view(&all->frame));
}

static void on_sums(struct command *command, enum err err)
{
	struct streams *all = ((const struct stream_sums *)command)->arg;
	all->reads_sums = false;
	if (err == ERR_OK)
		show_changes(all); /* else the next tick tries again */
}

/* The counters of the frame are read first. */
static void read_sums(struct streams *all)
{
	all->sums = (struct stream_sums){{.decide = stream_sums_decide, .done = on_sums},
					 all,
					 &all->changes,
					 store_shared(all->api->store) ? &all->look : NULL};
	all->reads_sums = store_query(all->api->store, &all->sums.command) == ERR_OK;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct streams *all = arg;
	(void)fd, (void)what;
	if (all->reads_sums)
		return;
	end_gone(all);
	check_credentials(all, true);
	if (all->first == NULL) {
		unwatch(all);
		(void)event_del(all->timer);
		return;
	}
	if (all->changes.n_campaigns + all->changes.n_webhooks > 0 || store_shared(all->api->store))
		read_sums(all);
	else
		show_changes(all);
}

/* ---- opening ---- */

struct streams *streams_open(struct api *api)
{
	struct streams *all = calloc(1, sizeof *all);
	if (all == NULL)
		return NULL;
	all->api = api;
	all->timer = event_new(loop_events(api->loop), -1, EV_PERSIST, on_tick, all);
	if (all->timer == NULL) {
		free(all);
		return NULL;
	}
	return all;
}

void streams_close(struct streams *all)
{
	if (all == NULL)
		return;
	event_free(all->timer);
	buf_free(&all->frame);
	free(all);
}

void streams_check(struct api *api)
{
	check_credentials(api->streams, false);
}

size_t streams_n(const struct streams *all)
{
	return all->n;
}

void streams_drain(struct streams *all)
{
	end_all(all);
}

static bool start_timer(struct streams *all)
{
	static const struct timeval second = {.tv_sec = 1};
	return event_pending(all->timer, EV_TIMEOUT, NULL) || event_add(all->timer, &second) == 0;
}

/* Returns false after it has replied. */
static bool there_is_room(struct call *call)
{
	struct streams *all = call->api->streams;
	if (call->api->draining) {
		call_reply_error(call, 503, "the server is stopping: try again");
		return false;
	}
	if (all->n >= call->api->config->streams)
		end_gone(all);
	if (all->n >= call->api->config->streams) {
		call_reply_error(call, 503,
				 "this server has as many open streams as --streams allows: close "
				 "one, or use the lists instead");
		return false;
	}
	return true;
}

static void remember_credential(struct stream *s)
{
	const struct session_entry *session =
	    call_bearer(s->call).p == NULL ? sessions_find(s->call) : NULL;
	s->has_session = session != NULL;
	if (session != NULL)
		memcpy(s->session, session->hash, sizeof s->session);
	s->ends_ms = 0; /* the next tick looks */
}

const struct operation OP_STREAM_GET = {
    .id = "streamChanges",
    .tag = "Stream",
    .summary = "Receive changes as server-sent events",
    .description =
	"Each event named change has a StreamChange as its data, at most once a second. The stream "
	"ends when the token is revoked, when the session ends, when the server stops, or when the "
	"client leaves or stops reading. Then connect again, and load the lists that you show.",
    .answers = {{200, ANSWER_EVENTS, "StreamChange"}},
};

void stream_get(struct call *call)
{
	struct streams *all = call->api->streams;
	struct stream *s = call_alloc(call, sizeof *s);
	if (s == NULL || !there_is_room(call))
		return;
	if (!start_timer(all)) {
		call_reply_err(call, ERR_NO_MEMORY, NULL);
		return;
	}
	s->call = call;
	remember_credential(s);
	/* With this header, nginx forwards each frame at once. Caddy and HAProxy do this without
	 * the header. */
	const struct http_header unbuffered = {TEXT("X-Accel-Buffering"), TEXT("no")};
	call_reply_begin(call, 200, "text/event-stream", &unbuffered, 1);
	http_reply_endless(call->req);
	if (call->req->method == HTTP_HEAD) {
		http_reply_end(call->req);
		return;
	}
	watch(all);
	s->next = all->first;
	all->first = s;
	all->n++;
	send_frame(s, TEXT("retry: 2000\n: open\n\n"));
}
