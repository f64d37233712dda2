/*
 * Owns the stored number of an actor, and the words for the kinds of actors. Never knows a name of
 * a token or an operator. Called by the API and by commands that record who made a change.
 */
#include "core/actor.h"

/* The kind is in the low bits, so that small ids make small numbers. The stored numbers depend on
 * this width. */
enum { KIND_BITS = 4 };

const struct name ACTOR_KIND_NAMES[] = {
    {ACTOR_TOKEN, "token"},     {ACTOR_OPERATOR, "operator"}, {ACTOR_COMMAND, "command_line"},
    {ACTOR_INBOUND, "inbound"}, {ACTOR_REFERD, "referd"},     {0, NULL},
};

uint64_t actor_number(struct actor actor)
{
	return actor.id << KIND_BITS | actor.kind;
}

struct actor actor_of_number(uint64_t number)
{
	return (struct actor){.kind = number & ((1U << KIND_BITS) - 1), .id = number >> KIND_BITS};
}
