/* Owns the growth of arrays. Never frees an array. Called by owners of lists whose length is not
 * known.
 */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_CAP = 16 };

void *array_room(void *array, size_t *cap, size_t n, size_t size)
{
	if (array != NULL && n <= *cap)
		return array;
	if (n > SIZE_MAX / 2 / size)
		return NULL;
	/* Twice as many, so that elements that are added one by one are copied rarely. */
	size_t room = n < FIRST_CAP / 2 ? FIRST_CAP : n * 2;
	void *grown = realloc(array, room * size);
	if (grown != NULL)
		*cap = room;
	return grown;
}
