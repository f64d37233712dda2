/*
 * One value of a payload, made of an event.
 */
#ifndef CORE_PAYLOAD_VALUE_H
#define CORE_PAYLOAD_VALUE_H

#include "core/code.h"
#include "core/records.h"

enum { PAYLOAD_DIGITS = 24 };

/* Absent ones are empty in forms and null in JSON. */
struct payload_value {
	enum { VALUE_ABSENT, VALUE_TEXT, VALUE_NUMBER, VALUE_BOOL } kind;
	uint64_t number;
	struct text text;
	char room[96]; /* for made text that is short */
	struct buf *long_text;
};

/** The value of a field by name: one of the table, or a form field of the campaign. Its text lives
 * as long as the event and the value, and until the next one is made. */
void payload_value_by_name(struct payload_value *v, struct text name, const struct event *e,
			   struct codes *codes);
/** As a form shows it. */
struct text payload_value_text(struct payload_value *v, char digits[PAYLOAD_DIGITS]);

#endif
