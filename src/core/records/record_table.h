/*
 * Macros for the record tables: a member with its tag and type, and the kind that is made of the
 * members.
 */
#ifndef CORE_RECORD_TABLE_H
#define CORE_RECORD_TABLE_H

#include <stddef.h>

#include "store/record.h"

#define KEY(type, struct_name, member)                                                             \
	{                                                                                          \
		0, FIELD_##type, offsetof(struct struct_name, member), #member                     \
	}
#define VALUE(tag, type, struct_name, member)                                                      \
	{                                                                                          \
		tag, FIELD_##type, offsetof(struct struct_name, member), #member                   \
	}
#define COUNT(array) (sizeof(array) / sizeof *(array))
/* The name of the kind is the name of the struct. */
#define KIND(number, struct_name) KIND_NAMED(number, #struct_name, struct_name)
#define KIND_NAMED(number, kind_name, struct_name)                                                 \
	{                                                                                          \
		KIND_MEMBERS(number, kind_name, struct_name),                                      \
	}
/* The same, of a class other than RECORD_ROW. */
#define KIND_OF_CLASS(record_class, number, struct_name)                                           \
	{                                                                                          \
		KIND_MEMBERS(number, #struct_name, struct_name), .class = (record_class),          \
	}
#define KIND_MEMBERS(number, kind_name, struct_name)                                               \
	.id = (number), .name = (kind_name), .size = sizeof(struct struct_name),                   \
	.keys = struct_name##_keys, .n_keys = COUNT(struct_name##_keys),                           \
	.values = struct_name##_values, .n_values = COUNT(struct_name##_values)
#define KIND_OF_KEYS(number, struct_name)                                                          \
	{                                                                                          \
		.id = (number), .name = #struct_name, .size = sizeof(struct struct_name),          \
		.keys = struct_name##_keys, .n_keys = COUNT(struct_name##_keys)                    \
	}

#endif
