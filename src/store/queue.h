/*
 * A queue of commands, linked through the commands themselves.
 */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include <stddef.h>

#include "store/command.h"

struct queue {
	struct command *first, *last;
	size_t n;
};

static inline void queue_push(struct queue *q, struct command *cmd)
{
	cmd->next = NULL;
	if (q->last == NULL)
		q->first = cmd;
	else
		q->last->next = cmd;
	q->last = cmd;
	q->n++;
}

static inline struct command *queue_pop(struct queue *q)
{
	struct command *cmd = q->first;
	if (cmd == NULL)
		return NULL;
	q->first = cmd->next;
	if (q->first == NULL)
		q->last = NULL;
	q->n--;
	return cmd;
}

/* Moves all commands of `front` before the commands of q. */
static inline void queue_prepend(struct queue *q, struct queue *front)
{
	if (front->last == NULL)
		return;
	front->last->next = q->first;
	if (q->last == NULL)
		q->last = front->last;
	q->first = front->first;
	q->n += front->n;
	*front = (struct queue){0};
}

#endif
