/* Owns the log's level, its lines' shape and the write to stderr.
 * Never blocks, never ends the process, never gets a body, token or address.
 * Called by every room but core. */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

/* The largest line, with its line feed. It is at most PIPE_BUF: a pipe that poll reports as
 * writable takes this much at once, so the write cannot block, and lines of two processes cannot
 * mix. */
enum { LINE_MAX_BYTES = 4096 };

/* Room for the marks that may follow the last field, and for the line feed. */
enum { TAIL_BYTES = 64 };

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARN] = "warn",
    [LOG_ERROR] = "error",
};

/* The log state of the process (log.h): the level, and how many lines were lost since the last line
 * that could be written. */
static struct {
	enum log_level level;
	uint64_t lost;
} state = {.level = LOG_INFO}; /* NOLINT(*-avoid-non-const-global-variables) */

void log_set_level(enum log_level level)
{
	state.level = level;
}

bool log_shows(enum log_level level)
{
	return level >= state.level;
}

bool log_parse_level(struct text name, enum log_level *level)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
		if (!text_eq(name, text_of(level_names[i])))
			continue;
		*level = (enum log_level)i;
		return true;
	}
	return false;
}

/* Text from outside may not be valid UTF-8, but a line must always be JSON. */
static void put_lossy(struct json_out *o, const char *name, struct text t)
{
	char shown[256];
	size_t n = t.n < sizeof(shown) ? t.n : sizeof(shown);
	if (utf8_valid(t)) {
		json_put_text(o, name, t);
		return;
	}
	for (size_t i = 0; i < n; i++)
		shown[i] = (unsigned char)t.p[i] < 0x80 ? t.p[i] : '?';
	json_put_text(o, name, text_from(shown, n));
}

static void put_fields(struct json_out *o, const struct log_field *fields)
{
	for (const struct log_field *f = fields; f->name != NULL; f++) {
		size_t before = o->buf->n;
		if (f->is_number)
			json_put_u64(o, f->name, f->number);
		else
			put_lossy(o, f->name, f->text);
		if (o->buf->n <= LINE_MAX_BYTES - TAIL_BYTES)
			continue;
		o->buf->n = before;
		json_put_bool(o, "cut", true);
		return;
	}
}

static bool write_line(struct text line)
{
	struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
	if (poll(&out, 1, 0) != 1 || (out.revents & POLLOUT) == 0)
		return false;
	ssize_t written;
	do
		written = write(STDERR_FILENO, line.p, line.n);
	while (written < 0 && errno == EINTR);
	return written == (ssize_t)line.n;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
	struct buf line = {0};
	char time[CLOCK_TIME_SIZE];
	int saved_errno = errno;
	if (!log_shows(level))
		return;
	clock_format_time(clock_system.unix_ms(&clock_system), time);
	struct json_out o = json_out(&line);
	json_open(&o, NULL, '{');
	json_put_text(&o, "time", text_of(time));
	json_put_text(&o, "level", text_of(level_names[level]));
	json_put_text(&o, "event", text_of(event));
	put_fields(&o, fields);
	if (state.lost > 0)
		json_put_u64(&o, "lost_lines", state.lost);
	json_close(&o, '}');
	buf_char(&line, '\n');
	if (!line.failed && write_line(buf_view(&line)))
		state.lost = 0;
	else
		state.lost++;
	buf_free(&line);
	errno = saved_errno;
}
