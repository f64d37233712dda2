/*
 * The log: one JSON object on each line of stderr. A line states one fact with its ids. It is
 * logged once, where the fact is first known. It never contains a token, a body or an e-mail
 * address.
 *
 *   log_info("webhook.disabled", LOG_U64("webhook_id", id), LOG_STR("reason", reason));
 *   {"time":"2026-11-23T10:00:00.123Z","level":"info","event":"webhook.disabled","webhook_id":7,...}
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
	const char *name; /* NULL ends the list */
	bool is_number;
	uint64_t number;
	struct text text;
};

#define LOG_U64(field_name, value)                                                                 \
	((struct log_field){.name = (field_name), .is_number = true, .number = (uint64_t)(value)})
#define LOG_TEXT(field_name, value) ((struct log_field){.name = (field_name), .text = (value)})
#define LOG_STR(field_name, value)  LOG_TEXT(field_name, text_of(value))

/** Lines below `level` are dropped; LOG_INFO until this is called. The level (with the count of
 * lines that could not be written) is the log state of the process. The server sets it once, before
 * the loop starts. */
void log_set_level(enum log_level level);
/** Reads "debug", "info", "warn" or "error". False for any other text. */
bool log_parse_level(struct text name, enum log_level *level) WARN_UNUSED;

/** Are lines of this level written? Ask before you build a line that costs something. */
bool log_shows(enum log_level level);

/** Writes one line. `fields` ends with an entry whose name is NULL. Lines longer than 4 KiB are cut
 * at a field and have "cut":true. A line that stderr does not accept at once is dropped, and the
 * next written line has the number of "lost_lines". The log never blocks or ends the server. */
void log_write(enum log_level level, const char *event, const struct log_field *fields);

#define LOG_LIST(...)         ((const struct log_field[]){__VA_ARGS__, {.name = NULL}})
#define log_debug(event, ...) log_write(LOG_DEBUG, event, LOG_LIST(__VA_ARGS__))
#define log_info(event, ...)  log_write(LOG_INFO, event, LOG_LIST(__VA_ARGS__))
#define log_warn(event, ...)  log_write(LOG_WARN, event, LOG_LIST(__VA_ARGS__))
#define log_error(event, ...) log_write(LOG_ERROR, event, LOG_LIST(__VA_ARGS__))

#endif
