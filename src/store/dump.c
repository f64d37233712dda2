/* Owns the walk over a database that writes a dump. Never knows the form of a line
 * (dump_write.c), and never writes to an engine. Called by `referd dump`.
 */
#include "store/dump.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "store/dump_form.h"
#include "store/load_mark.h"

enum { FLUSH_AT = 256 << 10 };

struct dump {
	struct engine *engine;
	const struct dump_kinds *kinds;
	int fd;
	struct buf out;
	uint32_t sum;
	uint64_t records;
	const struct record_kind *kind; /* whose rows are walked */
	struct buf last;                /* the key of the last row */
	enum err err;
	const char *why;
};

/* NOLINTNEXTLINE(*-avoid-non-const-global-variables): the text behind *why, of one thread */
static _Thread_local char problem[400];

static bool fail(struct dump *d, enum err err, const char *why)
{
	if (d->err == ERR_OK) {
		d->err = err;
		d->why = why;
	}
	return false;
}

static bool flush(struct dump *d)
{
	size_t done = 0;
	if (d->out.failed)
		return fail(d, ERR_NO_MEMORY, "out of memory");
	while (done < d->out.n) {
		ssize_t n = write(d->fd, d->out.p + done, d->out.n - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(d,
				    errno == ENOSPC || errno == EDQUOT || errno == EFBIG
					? ERR_NO_SPACE
					: ERR_IO,
				    strerror(errno));
		done += (size_t)n;
	}
	buf_reset(&d->out);
	return true;
}

static bool end_line(struct dump *d, size_t from)
{
	dump_seal(&d->out, from, &d->sum);
	return d->out.n < FLUSH_AT && !d->out.failed ? true : flush(d);
}

/* ---- rows ---- */

static bool refuse_record(struct dump *d, enum err err, struct text key)
{
	struct buf hex = {0};
	crypto_hex(&hex, key);
	(void)snprintf(problem, sizeof problem,
		       err == ERR_FORMAT
			   ? "a newer referd wrote the %s with the key %.*s: use that version"
			   : "the %s with the key %.*s is damaged: run referd verify",
		       d->kind->name, TEXT_ARGS(buf_view(&hex)));
	buf_free(&hex);
	return fail(d, err, problem);
}

static bool take_row(void *arg, struct text key, struct text value)
{
	struct dump *d = arg;
	size_t from = d->out.n;
	enum err err = dump_put_record(&d->out, d->kind, key, value);
	if (err != ERR_OK)
		return refuse_record(d, err, key);
	d->records++;
	buf_reset(&d->last);
	buf_text(&d->last, key);
	return end_line(d, from);
}

/* An engine may answer "pending" between two rows; the scan then goes on after the last row. */
static enum err scan_all(struct dump *d, unsigned number, engine_row_fn *take)
{
	enum err err = ERR_OK;
	buf_reset(&d->last);
	do {
		if (err == ERR_PENDING)
			d->engine->ops->wait(d->engine);
		const struct engine_scan scan = {
		    .kind = (uint8_t)number, .from = buf_view(&d->last), .after = d->last.n > 0};
		err = d->engine->ops->scan(d->engine, &scan, take, d);
	} while (err == ERR_PENDING && d->err == ERR_OK);
	return err;
}

static bool write_kind(struct dump *d, const struct record_kind *kind)
{
	size_t from = d->out.n;
	if (kind->class == RECORD_NODES)
		return true;
	d->kind = kind;
	dump_put_table(&d->out, kind);
	if (!end_line(d, from))
		return false;
	enum err err = scan_all(d, kind->id, take_row);
	if (err != ERR_OK)
		return fail(d, err, "the database cannot be read to its end: run referd verify");
	return d->err == ERR_OK;
}

/* ---- what a dump must not lose ---- */

static enum err last_id(struct engine *engine, unsigned number, uint64_t *id)
{
	const char key[8] = {0, 0, 0, 0, 0, 0, 0, (char)number};
	struct text value;
	*id = 0;
	enum err err =
	    engine_get_blocking(engine, KIND_SEQUENCES, text_from(key, sizeof key), &value);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	for (size_t i = 0; i < value.n; i++)
		*id = *id << 8 | (uint8_t)value.p[i];
	return value.n == 8 ? ERR_OK : ERR_CORRUPT;
}

static bool is_known(const struct dump_kinds *kinds, unsigned number)
{
	for (size_t i = 0; i < kinds->n; i++)
		if (kinds->items[i]->id == number)
			return true;
	return number == RECORD_KIND_LOG;
}

static bool refuse_row(void *arg, struct text key, struct text value)
{
	(void)key;
	(void)value;
	return fail(arg, ERR_FORMAT, problem);
}

static bool refuse_unknown_kinds(struct dump *d)
{
	for (unsigned number = 1; number < RECORD_KINDS; number++) {
		uint64_t id = 0;
		if (is_known(d->kinds, number))
			continue;
		(void)snprintf(
		    problem, sizeof problem,
		    "the database has records of the kind %u, which this version does not "
		    "know: use the referd that wrote them",
		    number);
		enum err err = scan_all(d, number, refuse_row);
		if (err == ERR_OK && d->err == ERR_OK)
			err = last_id(d->engine, number, &id);
		if (err != ERR_OK)
			return fail(d, err, "the database cannot be read: run referd verify");
		if (d->err != ERR_OK || id != 0)
			return fail(d, ERR_FORMAT, problem);
	}
	return true;
}

/* ERR_REFUSED if the database is an unfinished load. */
static enum err refuse_unfinished(struct engine *engine)
{
	struct text value;
	enum err err = engine_get_blocking(engine, KIND_SEQUENCES, LOAD_MARK_KEY, &value);
	if (err == ERR_OK)
		return ERR_REFUSED;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static bool write_head(struct dump *d, struct text fingerprint)
{
	uint64_t ids[RECORD_KINDS];
	size_t from = d->out.n;
	for (size_t i = 0; i < d->kinds->n; i++)
		if (last_id(d->engine, d->kinds->items[i]->id, &ids[i]) != ERR_OK)
			return fail(d, ERR_CORRUPT, "its sequences are damaged: restore a backup");
	dump_put_head(&d->out, fingerprint, d->kinds->items, d->kinds->n, ids);
	return end_line(d, from);
}

static bool write_all(struct dump *d, struct text fingerprint)
{
	enum err err = refuse_unfinished(d->engine);
	if (err != ERR_OK)
		return fail(d, err, "the database is an unfinished load, or cannot be read");
	if (!refuse_unknown_kinds(d) || !write_head(d, fingerprint))
		return false;
	for (size_t i = 0; i < d->kinds->n; i++)
		if (!write_kind(d, d->kinds->items[i]))
			return false;
	size_t from = d->out.n;
	dump_put_end(&d->out, d->records);
	return end_line(d, from) && flush(d);
}

enum err dump_write(struct engine *engine, const struct dump_kinds *kinds, struct text fingerprint,
		    int fd, uint64_t *records, const char **why)
{
	struct dump d = {.engine = engine, .kinds = kinds, .fd = fd};
	_Static_assert(RECORD_KINDS <= 256, "the last byte of a sequence's key is the kind");
	if (engine->ops->view(engine) != ERR_OK)
		fail(&d, ERR_IO, "the database cannot be read");
	else
		(void)write_all(&d, fingerprint);
	buf_free(&d.out);
	buf_free(&d.last);
	*records = d.records;
	if (d.err != ERR_OK)
		*why = d.why;
	return d.err;
}

enum err dump_get(struct engine *engine, const struct record_kind *kind, void *record)
{
	uint8_t bytes[RECORD_KEY_MAX];
	struct text key = text_from(bytes, record_encode_key(kind, record, bytes)), value;
	enum err err = engine->ops->view(engine);
	if (err == ERR_OK)
		err = refuse_unfinished(engine);
	if (err == ERR_OK)
		err = engine_get_blocking(engine, kind->id, key, &value);
	return err == ERR_OK ? record_decode(kind, key, value, record) : err;
}
