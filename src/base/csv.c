/* Owns the reading of CSV: it makes text from bytes, finds the separator in the first line, and
 * makes records from text. Never knows what a column means. Called by the imports of users and
 * coupons.
 *
 * Bytes go through three steps: take_byte (byte order mark, UTF-16), put (the first line waits
 * until the separator is known), take (cells and records).
 */
#include "base/csv.h"

#include <string.h>

#include "base/typed.h"
#include "base/utf8.h"
#include "charset.h"

/* The place within a record. */
enum state {
	AT_START, /* before the first byte of a record */
	IN_CELL,
	IN_QUOTES,
	AFTER_QUOTE, /* after a quote in quotes: the end, or the first half of "" */
	SKIPPING,    /* to the end of the line of a record that cannot be read */
};

static const char no_memory[] = "needs too much memory: try again later";

/* ---- cells and records ---- */

static void begin(struct csv_reader *r)
{
	buf_reset(&r->cells);
	r->n_cells = 0;
	r->problem = NULL;
	r->windows_1252 = false;
	r->line = r->next_line;
}

static enum csv_result fail(struct csv_reader *r, const char *problem)
{
	r->problem = problem;
	r->state = SKIPPING;
	return CSV_MORE;
}

static enum csv_result end_cell(struct csv_reader *r)
{
	if (r->n_cells == CSV_CELLS_MAX)
		return fail(r, "has more than 256 cells");
	r->ends[r->n_cells++] = r->cells.n;
	r->state = IN_CELL;
	return CSV_MORE;
}

/* Windows programs write Windows-1252 if they do not write UTF-8. The ends of the cells move with
 * the bytes. */
static void read_as_windows_1252(struct csv_reader *r)
{
	struct buf *out = &r->converted, cells = r->cells;
	size_t from = 0;
	buf_reset(out);
	for (size_t i = 0; i < r->n_cells; i++) {
		struct text cell = text_from(cells.p + from, r->ends[i] - from);
		from = r->ends[i];
		charset_put_windows_1252(out, cell);
		r->ends[i] = out->n;
	}
	r->windows_1252 = true;
	if (out->failed)
		r->problem = no_memory;
	r->cells = *out;
	*out = cells;
}

/* A line with only empty cells is not a record. */
static enum csv_result end_record(struct csv_reader *r)
{
	if (r->state == AT_START)
		return CSV_MORE;
	if (r->state != SKIPPING)
		end_cell(r);
	r->state = AT_START;
	if (r->problem == NULL && typed_trim(buf_view(&r->cells)).n == 0)
		return CSV_MORE;
	if (r->problem == NULL && !utf8_valid(buf_view(&r->cells)))
		read_as_windows_1252(r);
	return r->problem != NULL ? CSV_WRONG : CSV_RECORD;
}

static enum csv_result add(struct csv_reader *r, char c)
{
	if (r->cells.n == CSV_RECORD_MAX)
		return fail(r, "is longer than 64 KiB: is a quote missing?");
	buf_char(&r->cells, c);
	return r->cells.failed ? fail(r, no_memory) : CSV_MORE;
}

/* Where the current cell begins. */
static size_t cell_start(const struct csv_reader *r)
{
	return r->n_cells == 0 ? 0 : r->ends[r->n_cells - 1];
}

/* Takes a byte outside quotes that does not end a line. */
static enum csv_result take_plain(struct csv_reader *r, char c)
{
	bool first = r->state == AT_START || (r->state == IN_CELL && r->cells.n == cell_start(r));
	if (r->state == SKIPPING)
		return CSV_MORE;
	if (c == r->separator)
		return end_cell(r);
	if (r->state == AFTER_QUOTE)
		return fail(r, "has text after the closing quote of a cell");
	r->state = c == '"' && first ? IN_QUOTES : IN_CELL;
	return r->state == IN_QUOTES ? CSV_MORE : add(r, c);
}

static enum csv_result take_quoted(struct csv_reader *r, char c)
{
	if (c == '"') {
		r->state = AFTER_QUOTE;
		return CSV_MORE;
	}
	return add(r, c);
}

/* An LF after a CR belongs to the same line end. */
static enum csv_result take(struct csv_reader *r, char c)
{
	bool second_half = c == '\n' && r->after_cr;
	if (r->state == AT_START)
		begin(r);
	r->after_cr = c == '\r';
	if ((c == '\n' && !second_half) || c == '\r')
		r->next_line++;
	if (r->state == IN_QUOTES)
		return take_quoted(r, c);
	if (r->state == AFTER_QUOTE && c == '"') {
		r->state = IN_QUOTES;
		return add(r, c);
	}
	if (second_half)
		return CSV_MORE;
	if (c == '\n' || c == '\r')
		return end_record(r);
	return take_plain(r, c);
}

/* ---- the first line ---- */

static const char separators[] = {',', ';', '\t'};

/* The place of a byte of the first line, before the separator is known. */
enum place { CELL_START, IN_TEXT, QUOTED, CLOSED };

static enum place next_place(enum place place, char c)
{
	if (place == QUOTED)
		return c == '"' ? CLOSED : QUOTED;
	if (c == '"' && place != IN_TEXT)
		return QUOTED;
	return memchr(separators, c, sizeof separators) != NULL ? CELL_START : IN_TEXT;
}

/* How many times c occurs outside quotes. */
static size_t count(struct text line, char c)
{
	enum place place = CELL_START;
	size_t n = 0;
	for (size_t i = 0; i < line.n; i++) {
		place = next_place(place, line.p[i]);
		n += place == CELL_START && line.p[i] == c;
	}
	return n;
}

/* Excel may write a first line such as "sep=;", which names the separator. */
static bool is_announcement(struct text line)
{
	return line.n == 5 && text_ieq(text_from(line.p, 4), TEXT("sep=")) &&
	       memchr(separators, line.p[4], sizeof separators) != NULL;
}

static void decide_separator(struct csv_reader *r)
{
	struct text line = buf_view(&r->first);
	while (line.n > 0 && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	r->separator = separators[0];
	if (is_announcement(line)) {
		r->separator = line.p[4];
		r->first_read = line.n;
		return;
	}
	for (size_t i = 1; i < sizeof separators; i++)
		if (count(line, separators[i]) > count(line, r->separator))
			r->separator = separators[i];
}

/* The first line is complete at a line break outside quotes. If the line is longer than a record
 * may be, its beginning decides. */
static void hold(struct csv_reader *r, char c)
{
	buf_char(&r->first, c);
	r->first_place = (unsigned char)next_place(r->first_place, c);
	bool ends = (c == '\n' || c == '\r') && r->first_place != QUOTED;
	if (r->separator == 0 && (ends || r->first.n >= CSV_RECORD_MAX || r->first.failed))
		decide_separator(r);
}

/* Takes one byte of UTF-8. Empty lines before the first line do not decide about the separator. */
static enum csv_result put(struct csv_reader *r, char c)
{
	bool leading = r->separator == 0 && r->first.n == 0 && (c == '\n' || c == '\r');
	if (leading || (r->separator != 0 && r->first_read == r->first.n))
		return take(r, c);
	hold(r, c);
	return CSV_MORE;
}

/* Reads the first line, which was kept back, up to the end of one record. */
static enum csv_result release(struct csv_reader *r)
{
	enum csv_result result = CSV_MORE;
	if (r->separator == 0 || r->first.n == 0)
		return result;
	if (r->first.failed)
		fail(r, no_memory);
	while (r->first_read < r->first.n && result == CSV_MORE)
		result = take(r, r->first.p[r->first_read++]);
	if (r->first_read == r->first.n) {
		buf_free(&r->first);
		r->first_read = 0;
	}
	return result;
}

/* ---- encodings ---- */

static const struct {
	struct text bytes;
	enum csv_encoding encoding;
} marks[] = {
    {{.p = "\xef\xbb\xbf", .n = 3}, CSV_UTF8},
    {{.p = "\xff\xfe", .n = 2}, CSV_UTF16_LE},
    {{.p = "\xfe\xff", .n = 2}, CSV_UTF16_BE},
};

/* Only an ASCII byte ends a record, so only the result of the last byte matters. */
static enum csv_result put_all(struct csv_reader *r, struct text bytes)
{
	enum csv_result result = CSV_MORE;
	for (size_t i = 0; i < bytes.n; i++)
		result = put(r, bytes.p[i]);
	return result;
}

static enum csv_result put_character(struct csv_reader *r, uint32_t c)
{
	char room[4];
	struct buf utf8 = {.p = room, .cap = sizeof room};
	charset_put(&utf8, c);
	return put_all(r, buf_view(&utf8));
}

/* Half of a surrogate pair without its other half becomes U+FFFD. */
static enum csv_result take_unit(struct csv_reader *r, uint32_t unit)
{
	const uint32_t high = r->surrogate;
	bool is_low = unit >= 0xDC00 && unit <= 0xDFFF;
	r->surrogate = 0;
	if (high != 0 && is_low)
		return put_character(r, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
	if (high != 0)
		(void)!put_character(r, 0xFFFD);
	if (unit >= 0xD800 && unit <= 0xDBFF) {
		r->surrogate = unit;
		return CSV_MORE;
	}
	return put_character(r, is_low ? 0xFFFD : unit);
}

static enum csv_result take_half(struct csv_reader *r, unsigned char byte)
{
	r->has_half = !r->has_half;
	if (r->has_half) {
		r->half = byte;
		return CSV_MORE;
	}
	uint32_t unit = r->encoding == CSV_UTF16_LE ? (uint32_t)byte << 8 | r->half
						    : (uint32_t)r->half << 8 | byte;
	return take_unit(r, unit);
}

/* The first bytes may be a byte order mark. Bytes that only begin like a mark are text. */
static enum csv_result take_mark(struct csv_reader *r, char c)
{
	r->mark[r->mark_n++] = c;
	struct text seen = text_from(r->mark, r->mark_n);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (!text_starts(marks[i].bytes, seen))
			continue;
		r->begun = seen.n == marks[i].bytes.n;
		r->encoding = r->begun ? marks[i].encoding : CSV_UTF8;
		return CSV_MORE;
	}
	r->begun = true;
	return put_all(r, seen);
}

static enum csv_result take_byte(struct csv_reader *r, char c)
{
	if (!r->begun)
		return take_mark(r, c);
	return r->encoding == CSV_UTF8 ? put(r, c) : take_half(r, (unsigned char)c);
}

/* ---- the input ---- */

enum csv_result csv_read(struct csv_reader *r, struct text *rest)
{
	if (r->next_line == 0)
		r->next_line = 1;
	enum csv_result result = release(r);
	while (rest->n > 0 && result == CSV_MORE) {
		char c = *rest->p;
		*rest = text_from(rest->p + 1, rest->n - 1);
		result = take_byte(r, c);
		if (result == CSV_MORE)
			result = release(r);
	}
	return result;
}

enum csv_result csv_end(struct csv_reader *r)
{
	if (!r->begun) {
		r->begun = true;
		(void)!put_all(r, text_from(r->mark, r->mark_n));
	}
	if (r->has_half || r->surrogate != 0)
		(void)!put_character(r, 0xFFFD);
	r->has_half = false;
	r->surrogate = 0;
	if (r->separator == 0 && r->first.n > 0)
		decide_separator(r);
	enum csv_result result = release(r);
	if (result != CSV_MORE)
		return result;
	if (r->state == IN_QUOTES)
		fail(r, "has a quoted cell without a closing quote");
	return end_record(r);
}

struct text csv_cell(const struct csv_reader *r, size_t i)
{
	if (i >= r->n_cells)
		return (struct text){0};
	size_t from = i == 0 ? 0 : r->ends[i - 1];
	if (r->ends[i] == from)
		return (struct text){0};
	return text_from(r->cells.p + from, r->ends[i] - from);
}

void csv_free(struct csv_reader *r)
{
	buf_free(&r->cells);
	buf_free(&r->converted);
	buf_free(&r->first);
}
