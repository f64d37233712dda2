/*
 * The names of a JSON payload: a dot nests objects, and a number makes an array
 * ("inputs.0.properties.email").
 */
#ifndef CORE_PAYLOAD_NAME_H
#define CORE_PAYLOAD_NAME_H

#include "base/bytes.h"

/* The part of a name between two dots. `prefix` names its container: "inputs.0." of "inputs.0.id";
 * "" is the payload itself. */
struct payload_segment {
	struct text prefix, text;
	bool leaf; /* the name ends here */
};

/** Sets *out to the segment of `name` after `prefix`. Returns false if the name does not begin with
 * `prefix`. */
bool payload_name_segment(struct text name, struct text prefix,
			  struct payload_segment *out) WARN_UNUSED;
/** Returns the prefix of the names inside the container that the segment opens. */
struct text payload_name_inside(const struct payload_segment *segment);
/** Does the segment consist of digits only, so that its container is an array? */
bool payload_name_is_index(struct text segment);

/** Judges two names that are sent together. They clash if they are equal, if one has a value where
 * the other has a container, or if one has an object where the other has an array. Returns NULL, or
 * a static sentence fragment. */
const char *payload_names_clash(struct text a, struct text b) WARN_UNUSED;
/** Judges one name: dots, leading zeros, depth. Returns NULL, or a static sentence fragment. */
const char *payload_name_refusal(struct text name) WARN_UNUSED;

#endif
