/*
 * Owns the list of what is wrong with a request. Never judges a field, never answers. Called by
 * whatever checks several fields, in core and in the API.
 */
#include "core/problems.h"

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

void problems_restart(struct problems *problems)
{
	problems->n = problems->given;
}
