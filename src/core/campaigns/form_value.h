/*
 * The check of one value of a form.
 */
#ifndef CORE_FORM_VALUE_H
#define CORE_FORM_VALUE_H

#include "core/form_field.h"

/** Judges a trimmed value that is not empty and has at most FORM_VALUE_MAX bytes. ERR_OK with the
 * value to store in *kept (borrowed from value, static, or in arena). ERR_INVALID with a sentence
 * fragment in *why that completes "field ..." and lives as long as arena. ERR_NO_MEMORY. */
enum err form_value_read(const struct form_field *field, struct text value, struct arena *arena,
			 struct text *kept, const char **why) WARN_UNUSED;

#endif
