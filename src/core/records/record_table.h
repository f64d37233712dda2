/*
 * Macros for the record tables: a member with its tag and type, and the kind that is made of the
 * members.
 */
#ifndef CORE_RECORD_TABLE_H
#define CORE_RECORD_TABLE_H

#include <stddef.h>

#include "store/record.h"

/* The types of the tables' lines: how the member is stored, and what it means to people
 * (enum field_meaning). */
enum {
	TYPE_U64 = FIELD_U64,
	TYPE_ID = FIELD_U64,
	TYPE_HASH = FIELD_U64,
	TYPE_TIME = FIELD_U64,
	TYPE_DAY = FIELD_U64,
	TYPE_FLAG = FIELD_U64,
	TYPE_TEXT = FIELD_TEXT,
	TYPE_BYTES = FIELD_TEXT,
	TYPE_IDS = FIELD_TEXT,
	TYPE_IP = FIELD_TEXT,
	TYPE_PAIRS = FIELD_PAIRS,
	TYPE_SEALED = FIELD_PAIRS, /* pairs of a text and any bytes */
};
enum {
	MEANS_U64 = MEANS_PLAIN,
	MEANS_TEXT = MEANS_PLAIN,
	MEANS_PAIRS = MEANS_PLAIN,
	MEANS_SEALED = MEANS_BYTES,
};

#define KEY(type_name, struct_name, member)                                                        \
	{                                                                                          \
		.type = TYPE_##type_name, .offset = offsetof(struct struct_name, member),          \
		.name = #member, .meaning = (enum field_meaning)MEANS_##type_name,                 \
	}
#define VALUE(number, type_name, struct_name, member)                                              \
	{                                                                                          \
		.tag = (number), .type = TYPE_##type_name,                                         \
		.offset = offsetof(struct struct_name, member), .name = #member,                   \
		.meaning = (enum field_meaning)MEANS_##type_name,                                  \
	}
/* A number for which `table` has words. */
#define WORD(number, table, struct_name, member)                                                   \
	{                                                                                          \
		.tag = (number), .type = FIELD_U64,                                                \
		.offset = offsetof(struct struct_name, member), .name = #member,                   \
		.meaning = MEANS_WORD, .words = (table),                                           \
	}
#define COUNT(array) (sizeof(array) / sizeof *(array))
/* The name of the kind is the name of the struct; `table_name` is its name in SQL. */
#define KIND(number, struct_name, table_name)                                                      \
	{                                                                                          \
		KIND_MEMBERS(number, #struct_name, struct_name, table_name),                       \
	}
/* The same, of a class other than RECORD_ROW. */
#define KIND_OF_CLASS(record_class, number, struct_name, table_name)                               \
	{                                                                                          \
		KIND_MEMBERS(number, #struct_name, struct_name, table_name),                       \
		    .class = (record_class),                                                       \
	}
#define KIND_MEMBERS(number, kind_name, struct_name, table_name)                                   \
	.id = (number), .name = (kind_name), .table = (table_name),                                \
	.size = sizeof(struct struct_name), .keys = struct_name##_keys,                            \
	.n_keys = COUNT(struct_name##_keys), .values = struct_name##_values,                       \
	.n_values = COUNT(struct_name##_values)
#define KIND_OF_KEYS(record_class, number, struct_name, table_name)                                \
	{                                                                                          \
		.id = (number), .name = #struct_name, .table = (table_name),                       \
		.size = sizeof(struct struct_name), .keys = struct_name##_keys,                    \
		.n_keys = COUNT(struct_name##_keys), .class = (record_class),                      \
	}

#endif
