/*
 * A line of a record table, for the kinds of the store's tests.
 */
#ifndef TEST_STORE_FIELD_H
#define TEST_STORE_FIELD_H

#include <stddef.h>

#include "store/record.h"

#define FIELD(number, type_name, struct_name, member)                                              \
	{                                                                                          \
		.tag = (number), .type = FIELD_##type_name,                                        \
		.offset = offsetof(struct struct_name, member), .name = #member,                   \
	}

#endif
