/*
 * Owns the import of users: it reads the file while it arrives, in windows of lines, and reports
 * each line. Never decides what a line changes (core/import.h). Called through the route table.
 *
 * The lines of a window are submitted as they are read, and share commits. When all of them are
 * done, the refused lines are written to the report in their order, and the next window begins. The
 * body is pulled at that pace.
 */
#include "import.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "api/call/audited.h"
#include "api/call/body.h"
#include "api/call/identifier.h"
#include "core/campaign.h"
#include "core/campaign_defaults.h"
#include "import_report.h"
#include "routes.h"
#include "transfers.h"

enum {
	WINDOW = 512,               /* lines at a time */
	WINDOW_BYTES_MAX = 1 << 20, /* of their texts */
	REFUSED_MAX = 10000,
	/* Near REFUSED_MAX, windows get smaller, but keep enough lines to share a commit. */
	WINDOW_MIN = 64,
};

struct line {
	struct import_row row;
	struct import *import;
	uint64_t number;
};

struct import {
	union {
		struct campaign_read read; /* the first command: reads the campaign */
		struct audit_line audit;   /* the second */
	};
	struct call *call;
	struct import *next; /* the next running import */
	struct transfer transfer;
	struct campaign campaign;
	struct import_columns columns;
	struct csv_reader csv;
	struct text piece; /* the unread rest of the last piece */
	bool has_header, asked, ended;
	bool audited; /* the line of the audit list was submitted */
	bool dry;     /* nothing is stored, and there is no such line */
	struct import_seen seen;

	struct line *lines; /* the window */
	size_t n_lines, n_under_way;
	size_t n_bad;       /* lines that were refused before they were submitted */
	struct arena arena; /* their texts */

	struct import_report report;
	bool stopped; /* on purpose, before the end of the file */
	/* The reason why the import cannot continue. */
	enum err failed;
	enum http_body input; /* HTTP_BODY_PIECE: no problem */
	const char *input_problem;
};

static void go_on(struct import *im);

/* ---- life ---- */

/* Must run before the reply, which may free the call: if the client has left, the reply frees it at
 * once. */
static void unlink_import(struct import *im)
{
	struct import **link = &im->call->api->imports;
	while (*link != im) {
		assert(*link != NULL);
		link = &(*link)->next;
	}
	*link = im->next;
	transfer_end(im->call->api, &im->transfer);
}

/* The call may be freed already. */
static void free_import(struct import *im)
{
	csv_free(&im->csv);
	arena_free(&im->arena);
	import_report_free(&im->report);
	import_seen_free(&im->seen);
	free(im->lines);
	free(im);
}

void imports_close(struct api *api)
{
	struct import *next;
	for (struct import *im = api->imports; im != NULL; im = next) {
		next = im->next;
		free_import(im);
	}
	api->imports = NULL;
}

/* ---- the end ---- */

static void finish(struct import *im)
{
	assert(im->n_under_way == 0);
	unlink_import(im);
	if (im->failed != ERR_OK)
		import_report_failed(&im->report, im->call, im->failed, im->dry);
	else if (im->input != HTTP_BODY_PIECE)
		call_reply_error(im->call, im->input == HTTP_BODY_SLOW ? 408 : 400,
				 im->input_problem);
	else if (!im->has_header && im->stopped)
		call_reply_error(im->call, 503,
				 "the server is stopping: send the file again later");
	else if (!im->has_header)
		call_reply_error(im->call, 422,
				 "the file is empty: its first line must name the columns");
	else
		import_report_reply(&im->report, im->call, &im->csv, &im->columns, &im->campaign,
				    im->stopped);
	free_import(im);
}

/* ---- the end of a window ---- */

static void settle_window(struct import *im)
{
	for (size_t i = 0; i < im->n_lines; i++) {
		const struct line *line = &im->lines[i];
		import_report_line(&im->report, line->number, &line->row, &im->columns,
				   &im->campaign);
	}
	im->n_lines = im->n_bad = 0;
	import_seen_settle(&im->seen);
	arena_reset(&im->arena);
	if (im->report.refused >= REFUSED_MAX || (im->dry && !import_seen_takes(&im->seen, WINDOW)))
		im->stopped = true;
}

/* A command of the window has ended. */
static void end_one(struct import *im, enum err err)
{
	if (err != ERR_OK && err != ERR_REFUSED)
		im->failed = err;
	assert(im->n_under_way > 0);
	if (--im->n_under_way == 0)
		go_on(im);
}

static void on_row(struct command *command, enum err err)
{
	struct line *line = (struct line *)command;
	struct import *im = line->import;
	struct problems *p = &line->row.join.problems;
	problems_keep(p, &im->arena);
	end_one(im, err);
}

/* ---- lines ---- */

static bool take_header(struct import *im, enum csv_result result)
{
	struct problems problems = {0};
	if (result == CSV_WRONG)
		problems_add(&problems, TEXT("header"), im->csv.problem);
	else
		import_columns_read(&im->csv, &im->campaign, &im->columns, &problems);
	im->has_header = true;
	im->report.windows_1252_lines += im->csv.windows_1252;
	if (problems.n == 0)
		return true;
	struct call *call = im->call;
	unlink_import(im);
	call_reply_problems(call, &problems);
	free_import(im);
	return false;
}

static void on_audited(struct command *command, enum err err)
{
	end_one((struct import *)command, err);
}

/* The import is one line of the audit list, written before the first user is stored. */
static void audit(struct import *im)
{
	im->audited = true;
	im->audit = (struct audit_line){
	    .command = {.decide = audit_line_decide, .done = on_audited},
	    .note = call_audit_note(im->call),
	    .object_id = im->campaign.id,
	};
	im->failed = store_submit(im->call->api->store, &im->audit.command);
	im->n_under_way += im->failed == ERR_OK;
}

static struct line *add_line(struct import *im)
{
	struct api *api = im->call->api;
	struct line *line = &im->lines[im->n_lines++];
	*line = (struct line){.import = im, .number = im->csv.line};
	line->row.command =
	    (struct command){.decide = im->dry ? import_try_decide : import_row_decide,
			     .done = on_row,
			     .in_order = true};
	line->row.seen = &im->seen;
	line->row.line = line->number;
	line->row.join = (struct join){
	    .campaign_id = im->campaign.id,
	    .import = true,
	    .public_url = api->public_url,
	    .codes = api->codes,
	    .now_ms = loop_unix_ms(api->loop),
	};
	return line;
}

static void take_line(struct import *im, enum csv_result result)
{
	bool no_memory = false;
	struct line *line = add_line(im);
	im->report.windows_1252_lines += im->csv.windows_1252;
	if (result == CSV_RECORD)
		import_row_read(&im->columns, &im->csv, &im->campaign, &im->arena, &line->row,
				&no_memory);
	else
		problems_add(&line->row.join.problems, (struct text){0}, im->csv.problem);
	bool bad = line->row.join.problems.n > 0;
	im->n_bad += bad;
	if (no_memory)
		im->failed = ERR_NO_MEMORY;
	else if (!bad && !im->audited && !im->dry)
		audit(im);
	if (!bad && im->failed == ERR_OK)
		im->failed = store_submit(im->call->api->store, &line->row.command);
	im->n_under_way += !bad && im->failed == ERR_OK;
}

static bool is_full(const struct import *im)
{
	size_t left = REFUSED_MAX - im->report.refused;
	size_t max = left < WINDOW_MIN ? WINDOW_MIN : left < WINDOW ? left : WINDOW;
	return im->n_lines >= max || im->n_bad == left || im->arena.allocated >= WINDOW_BYTES_MAX;
}

/* Returns the next record of the received bytes; CSV_MORE if the record is not complete yet. */
static enum csv_result next_record(struct import *im)
{
	enum csv_result result = csv_read(&im->csv, &im->piece);
	return result == CSV_MORE && im->ended ? csv_end(&im->csv) : result;
}

/* ---- from window to window ---- */

static void on_body(void *arg, struct text piece, enum http_body state)
{
	struct import *im = arg;
	im->asked = false;
	if (state == HTTP_BODY_PIECE) {
		im->piece = piece;
	} else if (state == HTTP_BODY_END) {
		im->ended = true;
	} else {
		im->input = state;
		im->input_problem = piece.p; /* a string literal of the HTTP server */
	}
	go_on(im);
}

static bool must_end(const struct import *im)
{
	return im->stopped || im->failed != ERR_OK || im->input != HTTP_BODY_PIECE;
}

/* Reads lines until the window is full or more bytes are needed. False: the import has ended, and
 * im is freed. */
static bool fill_window(struct import *im, bool *more)
{
	*more = true;
	while (!is_full(im) && !must_end(im)) {
		enum csv_result result = next_record(im);
		if (result == CSV_MORE) {
			*more = !im->ended;
			if (im->ended || im->asked)
				return true;
			im->asked = true;
			http_body_next(im->call->req, on_body, im);
			return true;
		}
		if (im->has_header)
			take_line(im, result);
		else if (!take_header(im, result))
			return false;
	}
	return true;
}

/* The only place that decides the next step. */
static void go_on(struct import *im)
{
	bool more = true;
	for (;;) {
		if (!must_end(im) && !fill_window(im, &more))
			return;
		bool over = must_end(im) || !more;
		if (im->n_under_way > 0 || (!over && !is_full(im)))
			return;
		if (im->failed == ERR_OK)
			settle_window(im);
		if (over || must_end(im)) {
			finish(im);
			return;
		}
	}
}

void imports_drain(struct api *api)
{
	struct import *next;
	for (struct import *im = api->imports; im != NULL; im = next) {
		next = im->next;
		im->stopped = true;
		/* Otherwise go_on ends the import when the campaign is read. */
		if (im->campaign.id != 0)
			go_on(im);
	}
}

/* ---- the beginning ---- */

static bool keep_campaign(struct import *im)
{
	struct arena *arena = &im->call->req->arena;
	const struct campaign *c = &im->read.campaign;
	im->campaign = (struct campaign){.id = c->id, .test_mode = c->test_mode};
	im->campaign.timezone = text_of(zone_name(campaign_zone(c))); /* a static string */
	im->campaign.pass_params.raw = arena_copy(arena, c->pass_params.raw);
	im->campaign.fields_referring.raw = arena_copy(arena, c->fields_referring.raw);
	im->campaign.fields_invited.raw = arena_copy(arena, c->fields_invited.raw);
	return (c->pass_params.raw.n == 0 || im->campaign.pass_params.raw.p != NULL) &&
	       (c->fields_referring.raw.n == 0 || im->campaign.fields_referring.raw.p != NULL) &&
	       (c->fields_invited.raw.n == 0 || im->campaign.fields_invited.raw.p != NULL);
}

static void on_campaign(struct command *command, enum err err)
{
	struct import *im = (struct import *)command;
	struct call *call = im->call;
	if (err == ERR_OK && !keep_campaign(im))
		err = ERR_NO_MEMORY;
	if (err == ERR_OK) {
		go_on(im);
		return;
	}
	unlink_import(im);
	free_import(im);
	call_reply_err(
	    call, err,
	    "no campaign has this id or code: GET /api/v2/campaigns lists the campaigns");
}

const struct operation OP_USER_IMPORT = {
    .id = "importUsers",
    .tag = "Users",
    .audit = {AUDIT_CAMPAIGN_IMPORT, 0},
    .summary = "Import users from CSV",
    .description =
	"The first line names the columns. first_name and email are required. The optional columns "
	"are code (from another system; it keeps working), referrer (the code or e-mail address of "
	"a user in the campaign or in an earlier line), source, signed_up_at, qualified, "
	"qualified_at, unsubscribed_at, ip, and the campaign's form fields by id or label. Case, "
	"spaces and hyphens in column names do not count, and common names such as E-mail or "
	"Vorname are known. The separator is a comma, a semicolon or a TAB. The text is UTF-8, "
	"UTF-16 with a byte order mark, or Windows-1252. An export can be imported unchanged. The "
	"response lists every refused line. Imported users and qualifications earn no rewards. "
	"Sending the same file again changes nothing, so send it again after an interrupted "
	"import. With dry_run=1 nothing is stored, and the response says what the import would do.",
    .query = {{"dry_run", "string", "1", "1: only report what the import would do.", false}},
    .takes = TAKES_CSV,
    .request = "UserImport",
    .answers = {{200, ANSWER_DATA, "UserImported"}},
};

void user_import(struct call *call)
{
	struct api *api = call->api;
	bool dry = false;
	if (!body_is_csv(call->req)) {
		call_reply_error(call, 415, "send Content-Type: text/csv");
		return;
	}
	if (!body_check_encoding(call) || !body_query_flag(call, "dry_run", &dry))
		return;
	struct import *im = calloc(1, sizeof *im);
	struct line *lines = calloc(WINDOW, sizeof *lines);
	if (im == NULL || lines == NULL) {
		free(im);
		free(lines);
		call_reply_err(call, ERR_NO_MEMORY, NULL);
		return;
	}
	if (!transfer_begin(call, &im->transfer, TRANSFER_IMPORT)) {
		free(im);
		free(lines);
		return;
	}
	im->call = call;
	im->dry = dry;
	im->lines = lines;
	im->next = api->imports;
	api->imports = im;
	import_report_begin(&im->report);
	im->read.name = identifier_campaign(call);
	im->read.codes = api->codes;
	im->read.command = (struct command){.decide = campaign_read_decide, .done = on_campaign};
	if (store_query(api->store, &im->read.command) == ERR_OK)
		return;
	unlink_import(im);
	free_import(im);
	call_reply_err(call, ERR_BUSY, NULL);
}
