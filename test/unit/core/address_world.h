/*
 * Shared by the tests of the index of addresses: the job that writes it, and its rows.
 */
#ifndef TEST_ADDRESS_WORLD_H
#define TEST_ADDRESS_WORLD_H

#include "core/address_index.h"
#include "core/erase.h"
#include "core/user_change.h"
#include "verify_world.h"

/* Runs one slice a second after the last one, so that no look is too early. */
static inline size_t address_slice(struct world *w, struct address_slice *job)
{
	w->now_ms += ADDRESS_WAIT_MS;
	job->slice.now_ms = w->now_ms;
	return world_slice(w, &job->slice, address_find_decide, address_write_decide);
}

/* A job without memory, as after a start, runs until it finds nothing. Returns the users. */
static inline size_t address_catch_up(struct world *w)
{
	struct address_slice *job = calloc(1, sizeof *job);
	size_t users = 0, n;
	assert_non_null(job);
	while ((n = address_slice(w, job)) > 0)
		users += n;
	free(job);
	return users;
}

static inline uint64_t address_position(struct world *w)
{
	struct address_progress progress = {.form = ADDRESS_FORM};
	enum err err = world_get(w, &KIND_ADDRESS_PROGRESS, &progress);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	return progress.user_id;
}

static inline struct user_erase address_erase(struct world *w, uint64_t id)
{
	return (struct user_erase){.command = {.decide = user_erase_decide},
				   .who = {.id = id},
				   .codes = w->codes,
				   .now_ms = w->now_ms};
}

static inline struct user_change address_change(struct world *w, uint64_t id, const char *email)
{
	return (struct user_change){.command = {.decide = user_change_decide},
				    .who = {.id = id},
				    .codes = w->codes,
				    .email = text_of(email),
				    .canonical_email = world_canonical(w, text_of(email)),
				    .public_url = TEXT("https://refer.example"),
				    .now_ms = w->now_ms};
}

#endif
