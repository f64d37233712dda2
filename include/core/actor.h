/*
 * Who made a change: a kind and an id, never a name. So a record that names an actor tells nothing
 * about a person after that person's token or operator was removed.
 */
#ifndef CORE_ACTOR_H
#define CORE_ACTOR_H

#include "core/names.h"

/* The numbers are stored. */
enum actor_kind {
	ACTOR_UNKNOWN,  /* the change was recorded by a version that did not record the actor */
	ACTOR_TOKEN,    /* id: the API token of the request, or of its session */
	ACTOR_OPERATOR, /* id: the operator of the session */
	ACTOR_COMMAND,  /* `referd` on the command line, which needs no token; no id */
	ACTOR_INBOUND,  /* the inbound webhook; no id */
	ACTOR_REFERD,   /* referd itself; no id */
	ACTOR_KIND_END,
};

struct actor {
	uint64_t kind; /* enum actor_kind */
	uint64_t id;
};

/* "token", "operator", ... without ACTOR_UNKNOWN. */
extern const struct name ACTOR_KIND_NAMES[];

/** One number for the actor, for a member of a record: 0 for ACTOR_UNKNOWN. */
uint64_t actor_number(struct actor actor);
/** The actor of that number. */
struct actor actor_of_number(uint64_t number);

#endif
