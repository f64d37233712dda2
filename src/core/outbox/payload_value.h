/*
 * One value of a payload, made from an event.
 */
#ifndef CORE_PAYLOAD_VALUE_H
#define CORE_PAYLOAD_VALUE_H

#include "core/code.h"
#include "core/records.h"

enum { PAYLOAD_DIGITS = 24 };

/* An absent value is empty in a form and null in JSON. */
struct payload_value {
	enum { VALUE_ABSENT, VALUE_TEXT, VALUE_NUMBER, VALUE_BOOL } kind;
	uint64_t number;
	struct text text;
	char room[96]; /* for short text that is made here */
	struct buf *long_text;
	uint64_t code_of; /* the user whose code is in `code`, if it is not empty */
	char code[CODE_LENGTH + 1];
};

/** Sets *v to the value of a field: a field of the table, or a form field of the campaign. Its text
 * lives as long as the event and the value, and until the next value is made. */
void payload_value_by_name(struct payload_value *v, struct text name, const struct event *e,
			   struct codes *codes);
/** Returns the value as text for a form. */
struct text payload_value_text(struct payload_value *v, char digits[PAYLOAD_DIGITS]);

#endif
