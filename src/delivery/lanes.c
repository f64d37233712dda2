/* Owns the table of lanes and the list of poked lanes. Never looks at a due row (lane.c). Called
 * by scheduler.c. */
#include "lanes.h"

#include <assert.h>
#include <stdlib.h>

#include "scheduler_parts.h"

struct lane *lanes_find(const struct lanes *lanes, uint64_t webhook_id)
{
	struct lane *l = lanes->buckets[webhook_id % LANES_BUCKETS];
	while (l != NULL && l->webhook_id != webhook_id)
		l = l->next_in_bucket;
	return l;
}

struct lane *lanes_get(struct scheduler *s, uint64_t webhook_id)
{
	struct lane **bucket = &s->lanes.buckets[webhook_id % LANES_BUCKETS];
	struct lane *l = lanes_find(&s->lanes, webhook_id);
	if (l != NULL)
		return l;
	l = lane_new(s, webhook_id);
	if (l == NULL)
		return NULL;
	l->next_in_bucket = *bucket;
	*bucket = l;
	lane_poke(l);
	return l;
}

void lanes_remove(struct lanes *lanes, struct lane *lane)
{
	struct lane **link = &lanes->buckets[lane->webhook_id % LANES_BUCKETS];
	assert(!lane->dirty);
	while (*link != lane)
		link = &(*link)->next_in_bucket;
	*link = lane->next_in_bucket;
	lane_free(lane);
}

void lanes_free_all(struct lanes *lanes)
{
	for (size_t i = 0; i < LANES_BUCKETS; i++) {
		struct lane *next;
		for (struct lane *l = lanes->buckets[i]; l != NULL; l = next) {
			next = l->next_in_bucket;
			l->dirty = true; /* ended attempts must not link it to freed lanes */
			lane_free(l);
		}
	}
	*lanes = (struct lanes){0};
}

void lanes_poke(struct lanes *lanes, struct lane *l)
{
	if (l->dirty)
		return;
	l->dirty = true;
	l->next_dirty = NULL;
	if (lanes->dirty == NULL)
		lanes->dirty = l;
	else
		lanes->last_dirty->next_dirty = l;
	lanes->last_dirty = l;
}

struct lane *lanes_take_poked(struct lanes *lanes)
{
	struct lane *l = lanes->dirty;
	if (l == NULL)
		return NULL;
	lanes->dirty = l->next_dirty;
	l->dirty = false;
	return l;
}

void lanes_wake(struct lanes *lanes, uint64_t now_ms)
{
	for (size_t i = 0; i < LANES_BUCKETS; i++)
		for (struct lane *l = lanes->buckets[i]; l != NULL; l = l->next_in_bucket)
			if (lane_wake_ms(l) != 0 && lane_wake_ms(l) <= now_ms)
				lane_poke(l);
}

uint64_t lanes_next_ms(const struct lanes *lanes)
{
	uint64_t next_ms = 0;
	for (size_t i = 0; i < LANES_BUCKETS; i++)
		for (const struct lane *l = lanes->buckets[i]; l != NULL; l = l->next_in_bucket)
			if (lane_wake_ms(l) != 0 && (next_ms == 0 || lane_wake_ms(l) < next_ms))
				next_ms = lane_wake_ms(l);
	return next_ms;
}

void lanes_judge_late(struct lanes *lanes)
{
	for (size_t i = 0; i < LANES_BUCKETS; i++)
		for (struct lane *l = lanes->buckets[i]; l != NULL; l = l->next_in_bucket) {
			l->late.wanted = true;
			lane_poke(l);
		}
}

void lanes_forget_missing(struct lanes *lanes, uint64_t reading)
{
	for (size_t i = 0; i < LANES_BUCKETS; i++)
		for (struct lane *l = lanes->buckets[i]; l != NULL; l = l->next_in_bucket)
			if (l->configured && l->found_in != reading)
				lane_configure(l, NULL);
}
