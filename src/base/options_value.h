/*
 * One option's value: text to the number, size, duration or flag it stands for. Private to options.
 */
#ifndef BASE_OPTIONS_VALUE_H
#define BASE_OPTIONS_VALUE_H

#include "base/options.h"

/** NULL and the field of `target` that `option` names is set; else what is wrong with `value`, a
 * sentence fragment that follows the value ("needs a unit (ms, s, m, h, d)"). Where only the range
 * is wrong, `OPTION_OUT_OF_RANGE` is answered, for the caller to name the bounds. */
const char *option_store(const struct option *option, const char *value, void *target) WARN_UNUSED;

extern const char OPTION_OUT_OF_RANGE[];

#endif
