/* The names of a JSON payload: a dot nests, and a number makes an array
 * ("inputs.0.properties.email").
 */
#ifndef CORE_PAYLOAD_NAME_H
#define CORE_PAYLOAD_NAME_H

#include "base/bytes.h"

/* A name's part between two dots, in the container that `prefix` names ("inputs.0." of
 * "inputs.0.id"; "" is the payload itself). */
struct payload_segment {
	struct text prefix, text;
	bool leaf; /* the name ends here */
};

/** The segment of `name` behind `prefix`; false where the name does not begin with it. */
bool payload_name_segment(struct text name, struct text prefix,
			  struct payload_segment *out) WARN_UNUSED;
/** The prefix of the names inside the container that the segment opens. */
struct text payload_name_inside(const struct payload_segment *segment);
/** Is the segment digits alone, so that its container is an array? */
bool payload_name_is_index(struct text segment);

/** Judges two names that are sent together: the same name twice, a value where the other name has
 * an object, or an object where the other has an array. NULL, or a static sentence. */
const char *payload_names_clash(struct text a, struct text b) WARN_UNUSED;
/** Judges one name: dots, leading zeros, depth. NULL, or a static sentence. */
const char *payload_name_refusal(struct text name) WARN_UNUSED;

#endif
