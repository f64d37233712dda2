/*
 * What may be typed into one field of a form.
 */
#ifndef CORE_FORM_VALUE_H
#define CORE_FORM_VALUE_H

#include "core/form_field.h"

/** Judges a trimmed value that is not empty, of at most FORM_VALUE_MAX printable bytes. NULL with
 *  what is to be kept in *kept (borrowed from value, or static), or a sentence fragment that
 * completes "field ...". */
const char *form_value_read(const struct form_field *field, struct text value,
			    struct text *kept) WARN_UNUSED;

#endif
