/*
 * The one event loop. A turn is: libevent dispatches what is ready, then the hooks run in the
 * order in which they were added. Rooms gather during the dispatch and act in their hook: the
 * store commits, delivery sends, the HTTP server flushes. Whatever may still be referred to by a
 * callback of this turn is freed in a hook, never inside the dispatch.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/metrics.h"

struct event_base;
struct loop;

typedef void loop_hook_fn(void *arg);

/** A loop that reads time from `clock` (borrowed, outlives it). NULL when libevent refuses. */
struct loop *loop_new(const struct clock *clock);
/** Frees loop; every event on it must have been freed. NULL is fine. */
void loop_free(struct loop *loop);

/** libevent's base, for the rooms that own sockets and timers. */
struct event_base *loop_events(struct loop *loop);
/** Runs fn(arg) at the end of every turn, after the hooks added before it. At most 8 hooks;
 * a ninth is a bug and aborts. */
void loop_add_hook(struct loop *loop, loop_hook_fn *fn, void *arg);
/** The next turn does not block: work is left over. */
void loop_again(struct loop *loop);
/** One turn: blocks until an event or timer is ready (unless loop_again was called, or there is no
 * event to wait for). */
void loop_turn(struct loop *loop);
/** Turns until loop_stop, or until there is no event left to wait for. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/** Time of the current turn: monotonic ns, read once, when a turn's first callback or hook asks for
 * it (so never from before the wait). Outside a turn: the last turn's. */
uint64_t loop_mono_ns(const struct loop *loop);
/** The same in Unix ms, by the wall clock: for what people and other machines read. */
uint64_t loop_unix_ms(const struct loop *loop);
/** Unix ms when the loop was made, and from then on as much more as time has passed, suspended or
 * not: for what is due after an interval. A wall clock that is set does not move it. */
uint64_t loop_steady_ms(const struct loop *loop);
/** A moment of the steady clock as the wall clock shows it now; 0 stays 0. */
uint64_t loop_unix_of_steady(const struct loop *loop, uint64_t steady_ms);
/** The wall clock, for what ends by its age: a jump ahead counts only after it has lasted for a
 * day. */
uint64_t loop_believed_ms(const struct loop *loop);
/** How often the wall clock has jumped by more than a minute. Each jump is logged. */
uint64_t loop_jumps(const struct loop *loop);
const struct clock *loop_clock(const struct loop *loop);

/** How often the kernel refused to watch a descriptor (epoll_ctl failed). libevent tells nobody
 * else: the owner of a socket that misses its events has to watch it anew. */
uint64_t loop_failed_watches(const struct loop *loop);

/** How long the turns took, without their waits. A turn is measured from its time (loop_mono_ns),
 * which the first callback that works by the clock reads, or else the first hook, to the end of the
 * hooks. libevent does not tell when its wait ended. */
const struct histogram *loop_turn_durations(const struct loop *loop);

#endif
