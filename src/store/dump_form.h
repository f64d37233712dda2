/*
 * The lines of a dump. The form:
 *
 * A dump is UTF-8 text. Each line is one JSON object without white space; its first member says
 * what it is. Lines end with a line feed.
 *
 *   {"_dump":1,"key_fingerprint":"3f...","ids":{"campaign":2,"user":7},"_sum":"6bd4a1c0"}
 *   {"_table":"user","number":4,"key":{"id":"u64"},"value":{"campaign_id":[1,"u64"],...},"_sum":...}
 *   {"_kind":"user","id":7,"campaign_id":2,"first_name":"Ann",...,"_sum":"9e01b755"}
 *   {"_end":4711,"_sum":"0a1b2c3d"}
 *
 *   _dump   the first line: the version of the form, the fingerprint of the secret key that seals
 *           the secrets in the dump, and for each kind the highest id that was ever given
 *   _table  one line for each kind of record, in the order of their numbers. Kind numbers, the
 * order of the fields of a key, and tags never change; names may. So a loader finds a field of an
 * older dump by its tag _kind   one line for each record, below the table of its kind, in the order
 * of the stored keys: first the fields of the key, then the value fields in the order of their
 * tags. Zero and empty value fields are left out. A field whose tag the writer does not know is
 * "#TAG" _end    the last line: the number of records
 *
 * A u64 is a JSON number of up to 20 digits. A text is a JSON string; a text that is not valid
 * UTF-8 is {"hex":"..."}. Pairs are one flat list of strings, or {"hex":"..."} if they are not
 * well-formed pairs of valid UTF-8. Strings escape the quotation mark, the backslash and the
 * control characters below 0x20 (\u001f), and nothing else. So each record has exactly one form.
 *
 * _sum is the CRC-32C of all lines so far, in hexadecimal, without their _sum members and their
 * ends. So a changed, missing, doubled or moved line is found at its place.
 */
#ifndef STORE_DUMP_FORM_H
#define STORE_DUMP_FORM_H

#include "store/record.h"

enum { DUMP_VERSION = 1, DUMP_COLUMNS_MAX = 128, DUMP_NAME_MAX = 64 };

/* ---- strings, in the one form that the comment above gives ---- */

void dump_put_string(struct buf *out, struct text t);
/** Appends the string at the beginning of *rest to out, and moves *rest past it. False if it is not
 * a string of this form, or if memory ran out. */
bool dump_take_string(struct text *rest, struct buf *out);

/* ---- writing: each function begins a line, and dump_seal ends it ---- */

void dump_put_head(struct buf *line, struct text fingerprint,
		   const struct record_kind *const *kinds, size_t n_kinds, const uint64_t *ids);
void dump_put_table(struct buf *line, const struct record_kind *kind);
/** ERR_CORRUPT, ERR_FORMAT: the record cannot be read. */
enum err dump_put_record(struct buf *line, const struct record_kind *kind, struct text key,
			 struct text value) WARN_UNUSED;
void dump_put_end(struct buf *line, uint64_t records);
/** Ends the line, which begins at byte `from` of the buffer. */
void dump_seal(struct buf *out, size_t from, uint32_t *sum);

/* ---- reading ---- */

/* A column of a table in the dump. */
struct dump_column {
	char name[DUMP_NAME_MAX];
	uint64_t tag;
	uint8_t type;
};

struct dump_table {
	char name[DUMP_NAME_MAX];
	uint64_t number;
	const struct record_kind *kind; /* NULL if this version does not know the kind */
	size_t n_keys, n_values;
	struct dump_column keys[8], values[DUMP_COLUMNS_MAX];
};

enum dump_line { DUMP_BAD, DUMP_HEAD, DUMP_TABLE, DUMP_RECORD, DUMP_END };

/** Checks the sum of a line (without its line feed) and removes it from *line. False if the line
 * was changed. */
bool dump_check(struct text *line, uint32_t *sum);
/** What the line is, by its first member. */
enum dump_line dump_line_of(struct text line);
/** False unless the line is well-formed. ids[i] is the highest id of kinds[i]; ids of unknown kinds
 * make the result false. */
bool dump_take_head(struct text line, uint64_t *version, struct buf *fingerprint,
		    const struct record_kind *const *kinds, size_t n_kinds, uint64_t *ids);
bool dump_take_table(struct text line, struct dump_table *out);
/** Writes the stored key and value of the record to the buffers. False unless the line is a
 * well-formed record of the table. */
bool dump_take_record(struct text line, const struct dump_table *table, struct buf *key,
		      struct buf *value);
bool dump_take_end(struct text line, uint64_t *records);

#endif
