/*
 * Owns the export of users: a header line, then slices at the client's pace. Never holds more than
 * one slice in memory. Called through the route table.
 */
#include <stddef.h>
#include <stdio.h>

#include "api/call/body.h"
#include "api/call/identifier.h"
#include "base/csv.h"
#include "base/form.h"
#include "base/log.h"
#include "base/typed.h"
#include "core/campaign.h"
#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "core/form_field.h"
#include "core/names.h"
#include "core/pass_param.h"
#include "core/redact.h"
#include "core/user_export.h"
#include "routes.h"
#include "transfers.h"

enum { FIELDS_MAX = 2 * FORM_FIELDS_MAX + PASS_PARAMS_MAX };

struct export
{
	/* One command after another. */
	struct campaign_read read;
	struct user_export slice;
	struct call *call;
	struct transfer transfer;
	const struct zone *zone;        /* the campaign's */
	struct text fields[FIELDS_MAX]; /* ids of the form fields: the last columns */
	size_t n_fields;
	bool excel; /* a byte order mark and semicolons: a double click opens it in Excel */
};

static char separator_of(const struct export *x)
{
	return x->excel ? ';' : ',';
}

/* ---- one line ---- */

struct csv_line {
	struct buf *out;
	const struct zone *zone; /* of dates */
	char separator;
	bool begun;
};

static void put(struct csv_line *l, struct text cell)
{
	csv_write_cell(l->out, cell, l->begun ? l->separator : 0);
	l->begun = true;
}

static void put_u64(struct csv_line *l, uint64_t v)
{
	char digits[24];
	struct buf b = {.p = digits, .cap = sizeof digits};
	buf_u64(&b, v);
	put(l, buf_view(&b));
}

static void put_date(struct csv_line *l, uint64_t ms)
{
	char date[CLOCK_DATE_SIZE];
	zone_format_date(l->zone, ms, date);
	put(l, text_of(ms != 0 ? date : NULL));
}

static void put_url(struct csv_line *l, struct text base, struct text code)
{
	char room[600];
	int n = snprintf(room, sizeof room, "%.*s/%.*s/join", TEXT_ARGS(base), TEXT_ARGS(code));
	put(l, text_from(room, n < 0 ? 0 : (size_t)n < sizeof room ? (size_t)n : sizeof room - 1));
}

static void put_me_url(const struct export *x, struct csv_line *l, uint64_t user_id,
		       struct text code)
{
	const struct api *api = x->call->api;
	struct buf url = {0};
	code_write_me_url(api->codes, api->public_url, code, user_id, &url);
	put(l, (x->call->scopes & SCOPE_WRITE) != 0 ? buf_view(&url) : TEXT(REDACTED));
	l->out->failed = l->out->failed || url.failed;
	buf_free(&url);
}

static void put_meta(struct csv_line *l, struct pairs meta, struct text wanted)
{
	struct text value;
	pairs_find(meta, wanted, &value);
	put(l, value);
}

static void write_header(const struct export *x, struct buf *out)
{
	static const char *const names[] = {"id",           "code",
					    "url",          "first_name",
					    "email",        "type",
					    "source",       "referrer_code",
					    "signed_up_at", "qualified",
					    "qualified_at", "unsubscribed_at",
					    "referrals",    "qualified_referrals",
					    "me_url"};
	struct csv_line l = {.out = out, .separator = separator_of(x)};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		put(&l, text_of(names[i]));
	for (size_t i = 0; i < x->n_fields; i++)
		put(&l, x->fields[i]);
	csv_write_end(out);
}

static void write_user(const struct export *x, const struct exported_user *e, struct buf *out)
{
	const struct user *u = &e->user;
	struct codes *codes = x->call->api->codes;
	char room[CODE_LENGTH + 1], referrer[CODE_LENGTH + 1];
	struct csv_line l = {.out = out, .zone = x->zone, .separator = separator_of(x)};
	struct text code = code_of_user(codes, u->id, u->alias, room);
	put_u64(&l, u->id);
	put(&l, code);
	put_url(&l, x->call->api->public_url, code);
	put(&l, u->first_name);
	put(&l, u->email);
	put(&l, text_of(name_of(USER_TYPE_NAMES, u->type)));
	put(&l, text_of(name_of(SOURCE_NAMES, u->source)));
	put(&l, e->referrer.id == 0
		    ? (struct text){0}
		    : code_of_user(codes, e->referrer.id, e->referrer.alias, referrer));
	put_date(&l, u->joined_ms);
	put(&l, u->qualified_ms != 0 ? TEXT("Yes") : TEXT("No"));
	put_date(&l, u->qualified_ms);
	put_date(&l, u->unsubscribed_ms);
	put_u64(&l, e->stats.referrals);
	put_u64(&l, e->stats.qualified_referrals);
	put_me_url(x, &l, u->id, code);
	for (size_t i = 0; i < x->n_fields; i++)
		put_meta(&l, u->meta, x->fields[i]);
	csv_write_end(out);
}

/* ---- slices ---- */

/* x is freed with the request. */
static void finish(struct export *x, bool complete)
{
	struct http_request *req = x->call->req;
	transfer_end(x->call->api, &x->transfer);
	if (complete)
		http_reply_end(req);
	else
		http_reply_abort(req);
}

static void on_more(void *arg, bool gone)
{
	struct export *x = arg;
	if (gone || store_query(x->call->api->store, &x->slice.command) != ERR_OK)
		finish(x, false);
}

static void on_slice(struct command *command, enum err err)
{
	struct user_export *slice = (struct user_export *)command;
	struct export *x =
	    (struct export *)(void *)((char *)slice - offsetof(struct export, slice));
	struct buf *out = &x->call->api->out;
	buf_reset(out);
	for (size_t i = 0; err == ERR_OK && i < slice->n; i++)
		write_user(x, &slice->users[i], out);
	if (err != ERR_OK || out->failed) {
		log_warn("export.aborted", LOG_U64("campaign_id", slice->campaign_id),
			 LOG_U64("after_user_id", slice->after),
			 LOG_STR("error", err_name(err != ERR_OK ? err : ERR_NO_MEMORY)));
		finish(x, false);
		return;
	}
	http_reply_piece(x->call->req, buf_view(out));
	if (!slice->more) {
		finish(x, true);
		return;
	}
	slice->after = slice->users[slice->n - 1].user.id;
	http_reply_more(x->call->req, on_more, x);
}

/* ---- the beginning ---- */

static bool is_known(const struct export *x, struct text id)
{
	for (size_t i = 0; i < x->n_fields; i++)
		if (text_eq(x->fields[i], id))
			return true;
	return false;
}

/* Adds the form fields of both user types, or the passed parameters; each id once. */
static bool keep_fields(struct export *x, struct pairs fields)
{
	struct text rest = fields.raw, id, nothing;
	while (x->n_fields < FIELDS_MAX && pairs_next(&rest, &id, &nothing)) {
		if (is_known(x, id))
			continue;
		struct text copy = arena_copy(&x->call->req->arena, id);
		if (copy.n != id.n)
			return false;
		x->fields[x->n_fields++] = copy;
	}
	return true;
}

static void begin_reply(struct export *x)
{
	char disposition[80];
	struct buf *out = &x->call->api->out;
	int n =
	    snprintf(disposition, sizeof disposition, "attachment; filename=\"users-of-%llu.csv\"",
		     (unsigned long long)x->slice.campaign_id);
	const struct http_header header = {TEXT("Content-Disposition"),
					   text_from(disposition, (size_t)n)};
	buf_reset(out);
	if (x->excel)
		buf_str(out, "\xef\xbb\xbf");
	write_header(x, out);
	call_reply_begin(x->call, 200, "text/csv; charset=utf-8", &header, 1);
	http_reply_piece(x->call->req, buf_view(out));
}

static void on_campaign(struct command *command, enum err err)
{
	struct export *x = (struct export *)command;
	const struct campaign *c = &x->read.campaign;
	if (err == ERR_OK &&
	    (!keep_fields(x, c->fields_referring) || !keep_fields(x, c->fields_invited) ||
	     !keep_fields(x, pass_params_of(c))))
		err = ERR_NO_MEMORY;
	if (err != ERR_OK) {
		transfer_end(x->call->api, &x->transfer);
		call_reply_err(
		    x->call, err,
		    "no campaign has this id or code: GET /api/v2/campaigns lists the campaigns");
		return;
	}
	x->zone = campaign_zone(c);
	x->slice.campaign_id = c->id;
	x->slice.command = (struct command){.decide = user_export_decide, .done = on_slice};
	begin_reply(x);
	if (x->call->req->method == HTTP_HEAD)
		finish(x, true);
	else
		http_reply_more(x->call->req, on_more, x);
}

const struct operation OP_USER_EXPORT = {
    .id = "exportUsers",
    .tag = "Users",
    .summary = "Export users as CSV",
    .description =
	"Users are in the order of their ids. Each form field and each of the pass_params of the "
	"campaign has a column. Cells that a spreadsheet would read as a formula begin with a '. "
	"The file can be imported unchanged, and the codes keep working.",
    .query = {{"excel", "boolean", "true", "1: a byte order mark and semicolons, for Excel.",
	       false}},
    .answers = {{200, ANSWER_CSV, NULL}},
};

/* Returns false after it has replied. */
static bool read_query(struct export *x)
{
	struct call *call = x->call;
	struct text rest = call->req->query, name, value;
	enum err err;
	while ((err = form_next(&rest, &call->req->arena, &name, &value)) == ERR_OK) {
		value = typed_trim(value);
		if (!text_eq(name, TEXT("excel")))
			call_note_named(
			    call, name,
			    "is not a parameter of this call: the only parameter is excel");
		else if (!body_read_flag(value, &x->excel))
			call_note(call, "excel", "must be 1 or 0");
	}
	if (err == ERR_NOT_FOUND)
		return call_check(call);
	call_reply_err(call, err, NULL);
	return false;
}

void user_export(struct call *call)
{
	struct export *x = call_alloc(call, sizeof *x);
	if (x == NULL)
		return;
	x->call = call;
	if (!read_query(x) || !transfer_begin(call, &x->transfer, TRANSFER_EXPORT))
		return;
	x->read.name = identifier_campaign(call);
	x->read.codes = call->api->codes;
	x->read.command = (struct command){.decide = campaign_read_decide, .done = on_campaign};
	if (store_query(call->api->store, &x->read.command) == ERR_OK)
		return;
	transfer_end(call->api, &x->transfer);
	call_reply_err(call, ERR_BUSY, NULL);
}
