/*
 * Converts the text of an option's value to a number, size, duration or switch. Private to options.
 */
#ifndef BASE_OPTIONS_VALUE_H
#define BASE_OPTIONS_VALUE_H

#include "base/options.h"

/** Sets the field of `target` that `option` names and returns NULL. If `value` is not valid,
 * returns a fragment that follows the value in a message ("is not a whole number ..."). If only the
 * range is wrong, returns OPTION_OUT_OF_RANGE, so that the caller can name the bounds. */
const char *option_store(const struct option *option, const char *value, void *target) WARN_UNUSED;

extern const char OPTION_OUT_OF_RANGE[];

#endif
