/* Owns the turn: libevent's dispatch, then the hooks, and the measurement of both.
 * Never knows what an event or a hook is for.
 * Called by serve.c (new, run, stop) and by every room that waits for events. */
#include "base/loop.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "steady.h"

enum { MAX_HOOKS = 8 };

/* The time of the turn, read when it is first needed. libevent blocks inside the dispatch, so a
 * time that is read before the dispatch would be too old by the length of the wait. It is outside
 * struct loop, because reading the time must not need a non-const loop. */
struct turn {
	const struct clock *clock;
	uint64_t mono_ns, unix_ms, steady_ms;
	bool has_mono, has_unix, has_steady;
	struct steady steady;
};

struct loop {
	struct event_base *events;
	struct turn *turn;
	struct {
		loop_hook_fn *fn;
		void *arg;
	} hooks[MAX_HOOKS];
	int n_hooks;
	bool again, stopped;
	uint64_t jumps, failed_watches;
	struct histogram durations;
};

/* ---- what libevent only logs ---- */

/* Changes reach the kernel in the next dispatch, which cannot return an error for one of them:
 * libevent only logs it. The log of libevent is global to the process, and so is this counter. */
static uint64_t failed_changes; /* NOLINT(*-avoid-non-const-global-variables) */

static void on_libevent_log(int severity, const char *message)
{
	static const char failed_change[] = "Epoll ";

	if (severity >= EVENT_LOG_WARN &&
	    strncmp(message, failed_change, strlen(failed_change)) == 0)
		failed_changes++;
	else if (severity >= EVENT_LOG_WARN)
		log_warn("loop.libevent", LOG_STR("message", message));
}

static void look_at_failures(struct loop *loop, uint64_t before)
{
	if (failed_changes == before)
		return;
	loop->failed_watches += failed_changes - before;
	log_warn("loop.watch_failed", LOG_U64("descriptors", failed_changes - before));
}

uint64_t loop_failed_watches(const struct loop *loop)
{
	return loop->failed_watches;
}

/* ---- life ---- */

struct loop *loop_new(const struct clock *clock)
{
	struct event_config *config = event_config_new();
	struct loop *loop = calloc(1, sizeof(*loop));
	if (config == NULL || loop == NULL)
		goto fail;
	event_set_log_callback(on_libevent_log);
	/* One thread: no locks, and no environment variable may choose another back-end. */
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
	/* A bufferevent adds and deletes its write event for each request. With a changelist, this
	 * costs no system call within a turn. It is safe if no descriptor is a dup of another. */
	event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	loop->turn = calloc(1, sizeof(*loop->turn));
	loop->events = event_base_new_with_config(config);
	if (loop->turn == NULL || loop->events == NULL)
		goto fail;
	loop->turn->clock = clock;
	steady_begin(&loop->turn->steady, clock->unix_ms(clock), clock->boot_ns(clock));
	event_config_free(config);
	return loop;
fail:
	if (config != NULL)
		event_config_free(config);
	loop_free(loop);
	return NULL;
}

void loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	if (loop->events != NULL) {
		/* A closed evdns base has answers to give, which own the lookups. event_base_free
		 * would drop them. */
		event_base_loop(loop->events, EVLOOP_NONBLOCK);
		event_base_free(loop->events);
	}
	free(loop->turn);
	free(loop);
}

struct event_base *loop_events(struct loop *loop)
{
	return loop->events;
}

void loop_add_hook(struct loop *loop, loop_hook_fn *fn, void *arg)
{
	if (loop->n_hooks == MAX_HOOKS)
		abort();
	loop->hooks[loop->n_hooks].fn = fn;
	loop->hooks[loop->n_hooks].arg = arg;
	loop->n_hooks++;
}

void loop_again(struct loop *loop)
{
	loop->again = true;
}

/* ---- turns ---- */

const struct histogram *loop_turn_durations(const struct loop *loop)
{
	return &loop->durations;
}

/* A suspension is not a jump, because the steady clock advances with the wall clock. */
static void look_at_clocks(struct loop *loop)
{
	struct turn *turn = loop->turn;
	uint64_t boot_ns = turn->clock->boot_ns(turn->clock);
	int64_t jump_ms = steady_look(&turn->steady, loop_unix_ms(loop), boot_ns);
	turn->steady_ms = steady_ms(&turn->steady, boot_ns);
	turn->has_steady = true;
	if (jump_ms == 0)
		return;
	loop->jumps++;
	log_warn("clock.jumped", LOG_STR("direction", jump_ms > 0 ? "ahead" : "back"),
		 LOG_U64("by_ms", jump_ms > 0 ? jump_ms : -jump_ms));
}

/* False if there is no event, and no event can ever come. */
static bool turn_once(struct loop *loop)
{
	int flags = EVLOOP_ONCE | (loop->again ? EVLOOP_NONBLOCK : 0);
	bool again = loop->again;
	loop->again = false;
	loop->turn->has_mono = loop->turn->has_unix = loop->turn->has_steady = false;
	uint64_t failures = failed_changes;
	int result = event_base_loop(loop->events, flags);
	look_at_failures(loop, failures);
	/* If no callback needed the time, the measurement of the turn begins here, with its hooks.
	 */
	uint64_t start = loop_mono_ns(loop);
	look_at_clocks(loop);
	for (int i = 0; i < loop->n_hooks; i++)
		loop->hooks[i].fn(loop->hooks[i].arg);
	uint64_t end = loop->turn->clock->mono_ns(loop->turn->clock);
	histogram_add(&loop->durations, end > start ? end - start : 0);
	return result == 0 || again || loop->again;
}

void loop_turn(struct loop *loop)
{
	(void)turn_once(loop);
}

void loop_run(struct loop *loop)
{
	while (!loop->stopped && turn_once(loop))
		continue;
	loop->stopped = false;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

uint64_t loop_mono_ns(const struct loop *loop)
{
	struct turn *turn = loop->turn;
	if (!turn->has_mono) {
		turn->mono_ns = turn->clock->mono_ns(turn->clock);
		turn->has_mono = true;
	}
	return turn->mono_ns;
}

uint64_t loop_unix_ms(const struct loop *loop)
{
	struct turn *turn = loop->turn;
	if (!turn->has_unix) {
		turn->unix_ms = turn->clock->unix_ms(turn->clock);
		turn->has_unix = true;
	}
	return turn->unix_ms;
}

uint64_t loop_steady_ms(const struct loop *loop)
{
	struct turn *turn = loop->turn;
	if (!turn->has_steady) {
		turn->steady_ms = steady_ms(&turn->steady, turn->clock->boot_ns(turn->clock));
		turn->has_steady = true;
	}
	return turn->steady_ms;
}

uint64_t loop_unix_of_steady(const struct loop *loop, uint64_t steady_ms)
{
	return steady_ms != 0 ? steady_ms + (uint64_t)loop->turn->steady.ahead_ms : 0;
}

uint64_t loop_believed_ms(const struct loop *loop)
{
	return loop_steady_ms(loop) + (uint64_t)loop->turn->steady.believed_ms;
}

uint64_t loop_jumps(const struct loop *loop)
{
	return loop->jumps;
}

const struct clock *loop_clock(const struct loop *loop)
{
	return loop->turn->clock;
}
