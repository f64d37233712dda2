/* Owns the results of attempts until the store has them, and the timer that limits their wait.
 * Never makes a result (attempt.c). Called by attempt.c, and by scheduler.c before each turn of the
 * store. */
#include "results.h"

#include <assert.h>
#include <event2/event.h>

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	/* The timer counts from the loop's cached time and may fire a little early. No other event
	 * would wake the loop later, so results_record must not compare times again. */
	struct results *r = arg;
	(void)fd;
	(void)what;
	r->record_at_ns = 0;
}

enum err results_open(struct results *r, struct loop *loop, struct store *store)
{
	*r = (struct results){.loop = loop, .store = store};
	r->end = &r->first;
	r->timer = evtimer_new(loop_events(loop), on_timer, r);
	return r->timer != NULL ? ERR_OK : ERR_NO_MEMORY;
}

void results_close(struct results *r)
{
	assert(r->n == 0);
	if (r->timer != NULL)
		event_free(r->timer);
	r->timer = NULL;
}

void results_add(struct results *r, struct attempt_run *run, bool at_once)
{
	static const struct timeval wait = {.tv_usec = RESULTS_WAIT_NS / 1000};
	assert(run->state == ATTEMPT_FINISHED);
	run->next_finished = NULL;
	*r->end = run;
	r->end = &run->next_finished;
	if (r->n++ == 0) {
		r->record_at_ns = loop_mono_ns(r->loop) + RESULTS_WAIT_NS;
		if (evtimer_add(r->timer, &wait) != 0)
			at_once = true; /* no timer: nothing else would wake the loop */
	}
	if (at_once)
		r->record_at_ns = 0;
}

void results_remove(struct results *r, struct attempt_run *run)
{
	struct attempt_run **link = &r->first;
	assert(r->n > 0 && run->state == ATTEMPT_FINISHED);
	while (*link != run)
		link = &(*link)->next_finished;
	*link = run->next_finished;
	if (r->end == &run->next_finished)
		r->end = link;
	r->n--;
}

static bool should_record(const struct results *r, bool at_once)
{
	return r->n > 0 && (r->n >= RESULTS_MANY || at_once || store_will_commit(r->store) ||
			    loop_mono_ns(r->loop) >= r->record_at_ns);
}

void results_record(struct results *r, bool at_once)
{
	struct attempt_run *next;
	if (!should_record(r, at_once))
		return;
	struct attempt_run *run = r->first;
	r->first = NULL;
	r->end = &r->first;
	r->n = 0;
	evtimer_del(r->timer);
	for (; run != NULL; run = next) {
		struct command *command = &run->record.command;
		next = run->next_finished;
		run->state = ATTEMPT_RECORDING;
		if (store_submit(r->store, command) != ERR_OK)
			command->done(command, ERR_BUSY);
	}
}
