/*
 * The event loop. In each turn, libevent dispatches the events that are ready, then the hooks run
 * in the order in which they were added. Rooms gather work during the dispatch and do it in their
 * hook: the store commits, delivery sends, the HTTP server flushes. An object that a callback of
 * this turn may still use is freed in a hook, never during the dispatch.
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

/** A loop that reads time from `clock` (borrowed; it must outlive the loop). NULL if libevent
 * fails. */
struct loop *loop_new(const struct clock *clock);
/** Frees loop; every event on it must have been freed. Callbacks that libevent has deferred run
 * now, without a turn. NULL is fine. */
void loop_free(struct loop *loop);

/** libevent's base, for the rooms that own sockets and timers. */
struct event_base *loop_events(struct loop *loop);
/** Runs fn(arg) at the end of every turn, after the hooks added before it. At most 8 hooks;
 * a ninth is a bug and aborts. */
void loop_add_hook(struct loop *loop, loop_hook_fn *fn, void *arg);
/** Makes the next turn start without waiting, because work is left. */
void loop_again(struct loop *loop);
/** One turn: blocks until an event or timer is ready (unless loop_again was called, or there is no
 * event to wait for). */
void loop_turn(struct loop *loop);
/** Turns until loop_stop, or until there is no event left to wait for. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/** The time of the current turn in monotonic ns. It is read once, when the first callback or hook
 * of the turn needs it, so it is never older than the wait. Outside a turn: the time of the last
 * turn. */
uint64_t loop_mono_ns(const struct loop *loop);
/** The time of the current turn in Unix ms of the wall clock, for people and other machines. */
uint64_t loop_unix_ms(const struct loop *loop);
/** The steady clock: the Unix ms at which the loop was created plus the time that has passed since,
 * also while the machine was suspended. For intervals: setting the wall clock does not change it.
 */
uint64_t loop_steady_ms(const struct loop *loop);
/** Converts a time of the steady clock to the wall clock as it is set now. 0 stays 0. */
uint64_t loop_unix_of_steady(const struct loop *loop, uint64_t steady_ms);
/** The wall clock, for data that expires by its age: a jump ahead counts only after it has lasted
 * for a day. */
uint64_t loop_believed_ms(const struct loop *loop);
/** How many times the wall clock has jumped by more than a minute. Each jump is logged. */
uint64_t loop_jumps(const struct loop *loop);
const struct clock *loop_clock(const struct loop *loop);

/** How many times the kernel refused to watch a descriptor (epoll_ctl failed). libevent reports
 * this only here: the owner of a socket that misses its events must watch it again. */
uint64_t loop_failed_watches(const struct loop *loop);

/** How long the turns took, without the wait. A turn is measured from its time (loop_mono_ns),
 * which the first callback that needs it reads, or else from its first hook, to the end of the
 * hooks. libevent does not report when its wait ended. */
const struct histogram *loop_turn_durations(const struct loop *loop);

#endif
