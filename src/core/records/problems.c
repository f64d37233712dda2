/*
 * Owns the list of a request's problems. Never judges a field, never replies. Called by all code
 * that checks fields, in core and in the API.
 */
#include "core/problems.h"

#include <assert.h>
#include <string.h>

const char *problems_find(const struct problems *problems, struct text field)
{
	for (size_t i = 0; i < problems->n; i++)
		if (text_eq(problems->items[i].field, field))
			return problems->items[i].what;
	return NULL;
}

void problems_add(struct problems *problems, struct text field, const char *what)
{
	if (what != NULL && problems->n < PROBLEMS_MAX && problems_find(problems, field) == NULL)
		problems->items[problems->n++] = (struct problem){field, what};
}

void problems_keep(struct problems *problems, struct arena *arena)
{
	for (size_t i = 0; i < problems->n; i++) {
		struct problem *p = &problems->items[i];
		struct text what = arena_copy(arena, text_from(p->what, strlen(p->what) + 1));
		p->field = arena_copy(arena, p->field);
		p->what = what.p != NULL
			      ? what.p
			      : "is not valid; the server is out of memory, so it cannot say why";
	}
}

void problems_restart(struct problems *problems)
{
	assert(problems->given <= problems->n);
	problems->n = problems->given;
}
