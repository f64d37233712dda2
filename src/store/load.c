/* Owns the reading of a dump into an engine: lines, order, counts, batches, and the mark of an
 * unfinished load. Never knows the form of a line (dump_read.c). Called by `referd load`.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/dump.h"
#include "store/dump_form.h"
#include "store/load_mark.h"

enum {
	READ_SIZE = 256 << 10,
	LINE_MAX_SIZE = 256 << 20, /* a text may grow sixfold in JSON */
	BATCH_WRITES = 16384,
	BATCH_BYTES = 4 << 20,
};

struct load {
	struct dump_kinds kinds;
	int fd;
	struct buf in;    /* what was read and not taken yet begins at byte `at` */
	size_t at, seen;  /* there is no line feed before `seen` */
	uint64_t line_no; /* of the last line */
	uint32_t sum;
	struct buf fingerprint;
	uint64_t ids[RECORD_KINDS]; /* of the kinds, in their order */

	struct engine *engine;
	struct dump_table table; /* of the records that follow */
	bool in_table;
	struct buf key, value, last_key;
	struct engine_write *writes;
	size_t n_writes;
	struct arena arena;
	uint64_t records;
	const char *why;
};

/* NOLINTNEXTLINE(*-avoid-non-const-global-variables): the text behind *why, of one thread */
static _Thread_local char problem[400];

static enum err fail(struct load *l, enum err err, const char *what)
{
	(void)snprintf(problem, sizeof problem, "line %llu %s", (unsigned long long)l->line_no,
		       what);
	l->why = problem;
	return err;
}

/* ---- lines ---- */

/* Reads more bytes. ERR_NOT_FOUND at the end of the file. */
static enum err read_more(struct load *l)
{
	if (l->at > 0) {
		memmove(l->in.p, l->in.p + l->at, l->in.n - l->at);
		l->in.n -= l->at;
		l->seen -= l->at;
		l->at = 0;
	}
	if (l->in.n > LINE_MAX_SIZE)
		return fail(l, ERR_CORRUPT, "is followed by a line that is too long");
	if (!buf_reserve(&l->in, READ_SIZE))
		return fail(l, ERR_NO_MEMORY, "is followed by a line that needs more memory");
	ssize_t n;
	do
		n = read(l->fd, l->in.p + l->in.n, READ_SIZE);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		l->why = strerror(errno);
		return ERR_IO;
	}
	l->in.n += (size_t)n;
	return n == 0 ? ERR_NOT_FOUND : ERR_OK;
}

/* Takes the next line. ERR_NOT_FOUND if the file ends exactly here. */
static enum err take_line(struct load *l, struct text *line)
{
	const char *end;
	while (l->seen == l->in.n ||
	       (end = memchr(l->in.p + l->seen, '\n', l->in.n - l->seen)) == NULL) {
		l->seen = l->in.n;
		enum err err = read_more(l);
		if (err == ERR_NOT_FOUND && l->in.n > l->at)
			return fail(l, ERR_CORRUPT,
				    "is the last complete line: the dump is truncated");
		if (err != ERR_OK)
			return err;
	}
	*line = text_from(l->in.p + l->at, (size_t)(end - l->in.p) - l->at);
	l->at = l->seen = (size_t)(end - l->in.p) + 1;
	l->line_no++;
	if (!dump_check(line, &l->sum))
		return fail(l, ERR_CORRUPT, "was changed, or lines before it are missing");
	return ERR_OK;
}

static enum err take_next_line(struct load *l, struct text *line)
{
	enum err err = take_line(l, line);
	if (err == ERR_NOT_FOUND)
		return fail(l, ERR_CORRUPT, "is the last line: the dump is truncated");
	return err;
}

/* ---- batches ---- */

static enum err commit(struct load *l)
{
	const struct engine_batch batch = {.writes = l->writes, .n_writes = l->n_writes};
	enum err err = l->n_writes > 0 ? engine_commit_blocking(l->engine, &batch) : ERR_OK;
	l->n_writes = 0;
	arena_reset(&l->arena);
	if (err == ERR_NO_SPACE)
		return fail(l, err, "cannot be stored: the disk is full");
	return err == ERR_OK ? err : fail(l, err, "cannot be stored");
}

static enum err push(struct load *l, uint8_t kind, struct text key, struct text value)
{
	struct engine_write write = {kind, value.n == 0, arena_copy(&l->arena, key),
				     arena_copy(&l->arena, value)};
	if (write.key.p == NULL || (value.n > 0 && write.value.p == NULL))
		return fail(l, ERR_NO_MEMORY, "needs more memory");
	l->writes[l->n_writes++] = write;
	return l->n_writes == BATCH_WRITES || l->arena.allocated >= BATCH_BYTES ? commit(l)
										: ERR_OK;
}

/* ---- the parts of a dump ---- */

static const struct record_kind *find_kind(const struct load *l, uint64_t number)
{
	for (size_t i = 0; i < l->kinds.n; i++)
		if (l->kinds.items[i]->id == number)
			return l->kinds.items[i];
	return NULL;
}

/* A newer version may add value fields, but no version changes a key, or the type of a tag. */
static bool table_fits(const struct dump_table *t)
{
	const struct record_kind *kind = t->kind;
	bool fits = t->n_keys == kind->n_keys;
	for (size_t i = 0; fits && i < t->n_keys; i++)
		fits = t->keys[i].type == kind->keys[i].type;
	for (size_t i = 0; fits && i < t->n_values; i++)
		for (size_t f = 0; f < kind->n_values; f++)
			if (kind->values[f].tag == t->values[i].tag)
				fits = fits && kind->values[f].type == t->values[i].type;
	return fits;
}

static enum err take_table(struct load *l, struct text line)
{
	uint64_t before = l->in_table ? l->table.number : 0;
	if (!dump_take_table(line, &l->table))
		return fail(l, ERR_CORRUPT, "is not the table of a kind");
	if (l->table.number <= before)
		return fail(l, ERR_CORRUPT, "has a table that is not in the order of its number");
	l->in_table = true;
	buf_reset(&l->last_key);
	l->table.kind = find_kind(l, l->table.number);
	if (l->table.kind != NULL && !table_fits(&l->table))
		return fail(
		    l, ERR_FORMAT,
		    "has a table whose fields have other types: load it with the referd that "
		    "wrote it");
	return ERR_OK;
}

static enum err take_record(struct load *l, struct text line)
{
	if (!l->in_table || !dump_take_record(line, &l->table, &l->key, &l->value))
		return fail(l, ERR_CORRUPT, "is not a record of the table before it");
	if (l->table.kind == NULL)
		return fail(
		    l, ERR_FORMAT,
		    "has a kind that this version does not know: load it with the referd that "
		    "wrote it");
	if (text_order(buf_view(&l->key), buf_view(&l->last_key)) <= 0)
		return fail(l, ERR_CORRUPT, "has a record that is not in the order of its key");
	buf_reset(&l->last_key);
	buf_text(&l->last_key, buf_view(&l->key));
	l->records++;
	return push(l, l->table.kind->id, buf_view(&l->key), buf_view(&l->value));
}

static enum err take_end(struct load *l, struct text line)
{
	uint64_t records;
	if (!dump_take_end(line, &records) || records != l->records)
		return fail(l, ERR_CORRUPT, "does not have the number of records before it");
	enum err err = take_line(l, &line);
	if (err == ERR_OK || err == ERR_CORRUPT)
		return fail(l, ERR_CORRUPT, "follows the end of the dump, or was changed");
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err take_all(struct load *l)
{
	struct text line;
	enum err err;
	while ((err = take_next_line(l, &line)) == ERR_OK) {
		switch (dump_line_of(line)) {
		case DUMP_TABLE:
			err = take_table(l, line);
			break;
		case DUMP_RECORD:
			err = take_record(l, line);
			break;
		case DUMP_END:
			return take_end(l, line);
		case DUMP_HEAD:
		case DUMP_BAD:
			err = fail(l, ERR_CORRUPT, "is not a line of a dump at this place");
			break;
		}
		if (err != ERR_OK)
			return err;
	}
	return err;
}

static struct text number_bytes(char out[8], uint64_t number)
{
	for (int i = 7; i >= 0; i--, number >>= 8)
		out[i] = (char)number;
	return text_from(out, 8);
}

static enum err write_ids(struct load *l)
{
	char key[8], value[8];
	enum err err = commit(l);
	for (size_t i = 0; err == ERR_OK && i < l->kinds.n; i++)
		if (l->ids[i] != 0)
			err = push(l, KIND_SEQUENCES, number_bytes(key, l->kinds.items[i]->id),
				   number_bytes(value, l->ids[i]));
	return err == ERR_OK ? commit(l) : err;
}

/* ---- the database ---- */

static bool note_row(void *arg, struct text key, struct text value)
{
	(void)value;
	*(enum err *)arg = text_eq(key, LOAD_MARK_KEY) ? ERR_BUSY : ERR_REFUSED;
	return false;
}

static enum err refuse_data(struct load *l)
{
	enum err found = ERR_OK, err = l->engine->ops->view(l->engine);
	for (unsigned kind = 0; err == ERR_OK && found == ERR_OK && kind < RECORD_KINDS; kind++) {
		const struct engine_scan scan = {.kind = (uint8_t)kind};
		while ((err = l->engine->ops->scan(l->engine, &scan, note_row, &found)) ==
		       ERR_PENDING)
			l->engine->ops->wait(l->engine);
		if (found == ERR_BUSY && kind != KIND_SEQUENCES)
			found = ERR_REFUSED; /* a record may have the same key */
	}
	l->why = "cannot be read";
	if (err != ERR_OK || found == ERR_OK)
		return err;
	l->why = found == ERR_BUSY
		     ? "holds an unfinished load: remove this database, then load the dump again"
		     : "holds data already: move it away first, or choose another place";
	return ERR_REFUSED;
}

enum err load_open(const struct dump_kinds *kinds, int fd, struct load **out,
		   struct text *fingerprint, const char **why)
{
	struct text line;
	uint64_t version;
	struct load *l = calloc(1, sizeof *l);
	*why = "needs more memory";
	if (l == NULL)
		return ERR_NO_MEMORY;
	l->kinds = *kinds;
	l->fd = fd;
	l->writes = calloc(BATCH_WRITES, sizeof *l->writes);
	l->why = *why;
	enum err err = l->writes == NULL ? ERR_NO_MEMORY : take_next_line(l, &line);
	if (err == ERR_CORRUPT)
		l->why = "is empty, truncated, or not a dump of referd";
	if (err == ERR_OK &&
	    !dump_take_head(line, &version, &l->fingerprint, kinds->items, kinds->n, l->ids))
		err =
		    fail(l, ERR_CORRUPT, "is not the first line of a dump that this version knows");
	else if (err == ERR_OK && version != DUMP_VERSION)
		err =
		    fail(l, ERR_FORMAT, "has a newer form: load it with the referd that wrote it");
	if (err != ERR_OK) {
		*why = l->why;
		load_close(l);
		return err;
	}
	*fingerprint = buf_view(&l->fingerprint);
	*out = l;
	return ERR_OK;
}

enum err load_into(struct load *l, struct engine *engine, uint64_t *records, const char **why)
{
	l->engine = engine;
	enum err err = refuse_data(l);
	if (err == ERR_OK)
		err = push(l, KIND_SEQUENCES, LOAD_MARK_KEY, LOAD_MARK_VALUE);
	if (err == ERR_OK)
		err = commit(l);
	if (err == ERR_OK)
		err = take_all(l);
	if (err == ERR_OK)
		err = write_ids(l);
	*records = l->records;
	if (err != ERR_OK)
		*why = l->why;
	return err;
}

void load_close(struct load *l)
{
	if (l == NULL)
		return;
	buf_free(&l->in);
	buf_free(&l->fingerprint);
	buf_free(&l->key);
	buf_free(&l->value);
	buf_free(&l->last_key);
	arena_free(&l->arena);
	free(l->writes);
	free(l);
}

enum err load_finish(struct engine *engine)
{
	const struct engine_write unmark = {KIND_SEQUENCES, true, LOAD_MARK_KEY, {0}};
	const struct engine_batch batch = {.writes = &unmark, .n_writes = 1};
	enum err err = engine->ops->view(engine);
	return err == ERR_OK ? engine_commit_blocking(engine, &batch) : err;
}
