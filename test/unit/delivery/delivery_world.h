/*
 * The fixture of the delivery tests: the real scheduler on the real store and loop, with a clock
 * that only the test moves and a fake HTTP client.
 */
#ifndef TEST_DELIVERY_WORLD_H
#define TEST_DELIVERY_WORLD_H

#include "../core/core_world.h"
#include "base/crypto.h"
#include "base/log.h"
#include "core/message.h"
#include "core/outbox/event.h"
#include "core/replay.h"
#include "delivery/scheduler_parts.h"
#include "fake_client.h"
#include "upkeep/upkeep.h"

/* 2026-11-23T10:00:00Z. */
#define START_MS UINT64_C(1795428000000)

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
enum { SETTLE_TURNS_MAX = 2000000 };

static const uint8_t SEALING_KEY[SEAL_KEY_SIZE] = {7, 7, 7};
static const char SECRET[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const char OLD_SECRET[] = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

struct delivery_world {
	struct world core; /* store, codes, now_ms */
	struct clock_manual clock;
	struct loop *loop;
	struct http_client client;
	struct scheduler *scheduler;
	struct upkeep *upkeep; /* for replays and retention */
	uint64_t retention_ms;
	struct buf sealed, old_sealed;
	uint64_t turns;
};

/* ---- opening and closing ---- */

static inline void on_world_turn(void *arg)
{
	struct delivery_world *w = arg;
	w->turns++;
	if (w->scheduler == NULL)
		return;
	scheduler_before_store(w->scheduler);
	store_wait(w->core.store);
	scheduler_turn(w->scheduler);
	store_answer_queries(w->core.store);
}

/* The time of the steady clock, whatever the wall clock shows. */
static inline uint64_t steady_now(const struct delivery_world *w)
{
	return w->client.epoch_ms + w->clock.now_mono_ns / 1000000;
}

/* The other jobs look every few seconds, which costs too much in a test of days. */
static inline const struct upkeep_job *jobs_of_world(void)
{
	static struct upkeep_job jobs[3];
	size_t n = 0;
	for (const struct upkeep_job *job = UPKEEP_JOBS; job->name != NULL; job++)
		if (strcmp(job->name, "replays") == 0 || strcmp(job->name, "retention") == 0)
			jobs[n++] = *job;
	assert_int_equal(n, 2);
	return jobs;
}

static inline void open_rooms(struct delivery_world *w)
{
	const struct scheduler_config scheduler = {.loop = w->loop,
						   .store = w->core.store,
						   .client = &w->client,
						   .codes = w->core.codes,
						   .secret_key = SEALING_KEY};
	const struct upkeep_config upkeep = {.loop = w->loop,
					     .store = w->core.store,
					     .codes = w->core.codes,
					     .public_url = "https://refer.example",
					     .retention_ms = w->retention_ms,
					     .jobs = jobs_of_world()};
	assert_int_equal(scheduler_open(&scheduler, &w->scheduler), ERR_OK);
	assert_int_equal(upkeep_open(&upkeep, &w->upkeep), ERR_OK);
}

/* A new process: its steady clock begins with the wall clock. */
static inline void open_loop(struct delivery_world *w)
{
	loop_free(w->loop);
	w->loop = loop_new(&w->clock.clock);
	assert_non_null(w->loop);
	w->client.epoch_ms = w->clock.now_unix_ms - w->clock.now_mono_ns / 1000000;
	loop_add_hook(w->loop, fake_turn, &w->client);
	loop_add_hook(w->loop, on_world_turn, w);
}

static inline int open_world(void **state, int core_open(void **), uint64_t retention_ms)
{
	struct delivery_world *w = calloc(1, sizeof *w);
	void *core = NULL;
	assert_non_null(w);
	log_set_level(LOG_WARN);
	/* core_world.h allocates its own; this one embeds it. */
	assert_int_equal(core_open(&core), 0);
	w->core = *(struct world *)core;
	free(core);
	w->retention_ms = retention_ms;
	w->core.now_ms = START_MS;
	clock_manual_init(&w->clock, UINT64_C(1000000000), START_MS);
	w->client.clock = &w->clock.clock;
	open_loop(w);
	crypto_seal(SEALING_KEY, TEXT("webhook secret"), text_of(SECRET), &w->sealed);
	crypto_seal(SEALING_KEY, TEXT("webhook secret"), text_of(OLD_SECRET), &w->old_sealed);
	loop_again(w->loop);
	loop_turn(w->loop); /* from here on the loop has the clock's time */
	open_rooms(w);
	*state = w;
	return 0;
}

static inline int open_on_memory(void **state)
{
	return open_world(state, world_on_memory, 0);
}

static inline int open_on_pending(void **state)
{
	return open_world(state, world_on_pending, 0);
}

static inline int open_on_lmdb(void **state)
{
	return open_world(state, world_on_lmdb, 0);
}

/* As a stop does: no further command goes to the store. */
static inline void close_store(struct delivery_world *w)
{
	while (!store_idle(w->core.store))
		store_wait(w->core.store);
	store_close(w->core.store);
	w->core.store = NULL;
}

static inline int close_world(void **state)
{
	struct delivery_world *w = *state;
	/* The store's commands must complete before the room closes, or they leak. */
	while (!store_idle(w->core.store))
		store_wait(w->core.store);
	scheduler_close(w->scheduler);
	close_store(w);
	upkeep_close(w->upkeep);
	loop_free(w->loop);
	fake_client_free(&w->client);
	buf_free(&w->sealed);
	buf_free(&w->old_sealed);
	codes_free(w->core.codes);
	arena_free(&w->core.arena);
	if (w->core.dir[0] != '\0')
		scratch_remove(w->core.dir);
	free(w);
	return 0;
}

/* Stops and starts again on the same directory after `down_ms`. Only on LMDB. */
static inline void restart(struct delivery_world *w, uint64_t down_ms)
{
	struct engine *engine = NULL;
	const char *why = "";
	const struct store_config defaults = {0};
	upkeep_drain(w->upkeep);
	scheduler_close(w->scheduler);
	w->scheduler = NULL;
	close_store(w);
	upkeep_close(w->upkeep);
	w->upkeep = NULL;
	clock_manual_advance(&w->clock, down_ms);
	w->core.now_ms = w->clock.now_unix_ms;
	open_loop(w);
	const struct engine_lmdb_config config = {.dir = w->core.dir, .map_size = 1 << 20};
	assert_int_equal(engine_lmdb_open(&config, &engine, &why), ERR_OK);
	assert_int_equal(engine_deferred_open(engine, record_kinds_scattered(), &engine), ERR_OK);
	assert_int_equal(store_open(engine, &defaults, &w->core.store), ERR_OK);
	loop_again(w->loop);
	loop_turn(w->loop);
	open_rooms(w);
}

#define ON_MEMORY(f)                                                                               \
	{                                                                                          \
#f, f, open_on_memory, close_world, NULL                                           \
	}
#define ON_PENDING(f)                                                                              \
	{                                                                                          \
#f " (pending)", f, open_on_pending, close_world, NULL                             \
	}
#define ON_LMDB(f)                                                                                 \
	{                                                                                          \
#f, f, open_on_lmdb, close_world, NULL                                             \
	}

/* ---- time ---- */

static inline void turn(struct delivery_world *w)
{
	loop_again(w->loop);
	loop_turn(w->loop);
}

/* A moment of the monotonic clock on the steady clock, rounded up. */
static inline uint64_t ms_of(const struct delivery_world *w, uint64_t mono_ns)
{
	uint64_t now_ns = w->clock.now_mono_ns, left_ns = mono_ns > now_ns ? mono_ns - now_ns : 0;
	return steady_now(w) + (left_ns + 999999) / 1000000;
}

/* The time of the next timer, answer or slice, or FAKE_NEVER. */
static inline uint64_t next_ms(const struct delivery_world *w)
{
	const struct scheduler *s = w->scheduler;
	uint64_t soonest = fake_next_ms(&w->client), room_ms = scheduler_next_ms(s);
	if (room_ms != 0 && room_ms < soonest)
		soonest = room_ms;
	if (s->results.n > 0 && ms_of(w, s->results.record_at_ns) < soonest)
		soonest = ms_of(w, s->results.record_at_ns);
	uint64_t slice_ns = upkeep_next_ns(w->upkeep);
	return slice_ns != UINT64_MAX && ms_of(w, slice_ns) < soonest ? ms_of(w, slice_ns)
								      : soonest;
}

static inline bool is_settled(const struct delivery_world *w)
{
	return store_idle(w->core.store) && w->scheduler->lanes.dirty == NULL &&
	       next_ms(w) > steady_now(w);
}

/* Runs turns until nothing more happens at this moment. */
static inline void settle(struct delivery_world *w)
{
	uint64_t limit = w->turns + SETTLE_TURNS_MAX;
	do {
		turn(w);
		assert_true(w->turns < limit);
	} while (!is_settled(w));
}

static inline void advance_to(struct delivery_world *w, uint64_t ms)
{
	if (ms > steady_now(w))
		clock_manual_advance(&w->clock, ms - steady_now(w));
	w->core.now_ms = w->clock.now_unix_ms;
}

/* Runs everything that is due up to that moment. */
static inline void live_until(struct delivery_world *w, uint64_t until_ms)
{
	settle(w);
	for (uint64_t at = next_ms(w); at <= until_ms; at = next_ms(w)) {
		advance_to(w, at);
		settle(w);
	}
	advance_to(w, until_ms);
	settle(w);
}

static inline void live(struct delivery_world *w, uint64_t ms)
{
	live_until(w, steady_now(w) + ms);
}

/* ---- webhooks and events ---- */

static inline struct webhook hook_for(const struct delivery_world *w, const char *url)
{
	return (struct webhook){
	    .name = TEXT("CRM"),
	    .events = 1u << EVENT_USER_JOIN,
	    .url = text_of(url),
	    .order = ORDER_NONE,
	    .secret = buf_view(&w->sealed),
	    .fields = {{0}},
	};
}

static inline uint64_t make_hook(struct delivery_world *w, struct webhook hook)
{
	struct buf fields = {0};
	pairs_add(&fields, TEXT("id"), TEXT("id"));
	if (hook.fields.raw.n == 0)
		hook.fields.raw = buf_view(&fields);
	uint64_t id = world_webhook(&w->core, hook);
	buf_free(&fields);
	return id;
}

#define HOOK_SET(member) record_bit(&KIND_WEBHOOK, offsetof(struct webhook, member))

static inline void change_hook(struct delivery_world *w, struct webhook hook, uint64_t set)
{
	struct webhook_save save = {.command = {.decide = webhook_save_decide},
				    .webhook = hook,
				    .set = set,
				    .now_ms = w->core.now_ms};
	assert_int_equal(world_run(&w->core, &save.command), ERR_OK);
}

static inline void set_disabled(struct delivery_world *w, uint64_t hook_id, bool disabled)
{
	change_hook(w,
		    (struct webhook){.id = hook_id, .disabled_ms = disabled ? w->core.now_ms : 0},
		    HOOK_SET(disabled_ms));
}

static inline struct webhook hook_now(struct delivery_world *w, uint64_t id)
{
	struct webhook hook = {.id = id};
	assert_int_equal(world_get(&w->core, &KIND_WEBHOOK, &hook), ERR_OK);
	return hook;
}

static inline struct webhook_stats stats_now(struct delivery_world *w, uint64_t webhook_id)
{
	struct webhook_stats stats = {.webhook_id = webhook_id};
	enum err err = world_get(&w->core, &KIND_WEBHOOK_STATS, &stats);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	return stats;
}

struct emit {
	struct command command;
	uint64_t first_user, n, same_user, at_ms;
};

static inline enum err emit_decide(struct command *command, struct tx *tx)
{
	struct emit *emit = (struct emit *)command;
	enum err err = ERR_OK;
	for (uint64_t i = 0; err == ERR_OK && i < emit->n; i++) {
		struct event event = {
		    .type = EVENT_USER_JOIN,
		    .at_ms = emit->at_ms,
		    .user_id = emit->same_user != 0 ? emit->same_user : emit->first_user + i,
		    .user_type = USER_INVITED,
		    .source = SOURCE_REFERRED,
		    .joined_ms = emit->at_ms,
		    .public_url = TEXT("https://refer.example"),
		};
		err = event_emit(tx, &event);
	}
	return err;
}

/* Emits n joins at this moment: of the users first_user, first_user + 1 and so on, or all of one
 * user. */
static inline void emit(struct delivery_world *w, uint64_t first_user, uint64_t n,
			uint64_t same_user)
{
	enum { AT_ONCE = 1000 };
	for (uint64_t done = 0; done < n; done += AT_ONCE) {
		struct emit e = {.command = {.decide = emit_decide},
				 .first_user = first_user + done,
				 .n = n - done < AT_ONCE ? n - done : AT_ONCE,
				 .same_user = same_user,
				 .at_ms = w->core.now_ms};
		assert_int_equal(world_run(&w->core, &e.command), ERR_OK);
	}
}

static inline void join(struct delivery_world *w, uint64_t user_id)
{
	emit(w, user_id, 1, 0);
}

/* ---- reading ---- */

static inline const struct fake_record *call_at(const struct delivery_world *w, size_t i)
{
	assert_true(i < w->client.n);
	return &w->client.calls[i];
}

static inline uint64_t calls_to(const struct delivery_world *w, const char *host)
{
	uint64_t n = 0;
	for (size_t i = 0; i < w->client.n; i++)
		n += strcmp(w->client.calls[i].host, host) == 0;
	return n;
}

/* The user of a call, from its only field, "id=7". */
static inline uint64_t user_of(const struct fake_record *call)
{
	uint64_t id = 0;
	struct text t = call->body;
	assert_true(text_starts(t, TEXT("id=")));
	assert_true(text_to_u64(text_from(t.p + 3, t.n - 3), &id));
	return id;
}

static inline struct delivery delivery_now(struct delivery_world *w, uint64_t id)
{
	return world_delivery(&w->core, id);
}

static inline void assert_text(struct text got, struct text expected)
{
	if (!text_eq(got, expected))
		fail_msg("\"%.*s\" instead of \"%.*s\"", TEXT_ARGS(got), TEXT_ARGS(expected));
}

/* ---- scripts ---- */

/* arg is a struct fake_answer, the answer to every call. */
static inline struct fake_answer answer_always(void *arg, const struct fake_record *call)
{
	(void)call;
	return *(const struct fake_answer *)arg;
}

static inline void answer_with(struct delivery_world *w, struct fake_answer *answer)
{
	w->client.script = answer_always;
	w->client.script_arg = answer;
}

#endif
