/*
 * The delivery room's slow work: replays and retention, a slice at a time beside everything else.
 */
#ifndef DELIVERY_JOBS_H
#define DELIVERY_JOBS_H

#include "core/replay.h"
#include "delivery/scheduler.h"

struct jobs;

/** Finds unfinished replays and begins to watch for new ones. NULL without memory. */
struct jobs *jobs_open(const struct scheduler_config *config);
void jobs_close(struct jobs *jobs);
/** A replay was made or has moved on. */
void jobs_replay_changed(struct jobs *jobs, const struct replay *replay);
/** Begins what is due, at most one slice of each kind at a time. */
void jobs_turn(struct jobs *jobs);
/** Something has changed since the last jobs_turn: it wants another, or its next time is
 * another. */
bool jobs_changed(const struct jobs *jobs);
/** No slice is with the store. */
bool jobs_idle(const struct jobs *jobs);
/** When jobs_turn has something to do without being told, on the steady clock; 0: never. */
uint64_t jobs_next_ms(const struct jobs *jobs);

#endif
