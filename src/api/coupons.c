/*
 * Owns the coupon calls of the REST API: it adds an upload in slices while it arrives, and lists a
 * pool. Never hands out a coupon. Called through the route table.
 */
#include <inttypes.h>

#include "api/call/audited.h"
#include "api/call/decode.h"
#include "api/call/paging.h"
#include "api/call/show.h"
#include "base/csv.h"
#include "base/typed.h"
#include "column_names.h"
#include "core/rule.h"
#include "reward_show.h"
#include "routes.h"
#include "transfers.h"

struct upload {
	struct coupons_add add; /* the slice */
	struct audited audited;
	uint64_t places[COUPONS_ADD_MAX]; /* the line or the entry of each code */
	struct arena texts;               /* the slice's codes */
	struct call *call;
	struct transfer transfer; /* a streamed upload counts as an import */
	uint64_t added, skipped;  /* in the earlier slices */
	/* CSV: */
	struct csv_reader csv;
	struct text piece; /* the part that is not read yet */
	bool ended;        /* this is the last piece */
	size_t column;     /* of the coupons; set by the first line */
	bool has_column, has_headline;
	uint64_t windows_1252_lines; /* lines that are not valid UTF-8 */
	/* JSON: */
	struct body body;
	const struct json *codes;
	size_t next;
};

static const char codes_required[] =
    "is required: send {\"codes\": [\"A1\", ...]}, or text/csv with one coupon per line";
static const char no_rule[] =
    "no reward rule has this id: GET /api/v2/reward-rules lists the rules";

/* ---- the end ---- */

static void free_upload(struct upload *u)
{
	if (u->call->req->streamed)
		transfer_end(u->call->api, &u->transfer);
	arena_free(&u->texts);
	csv_free(&u->csv);
	body_free(&u->body);
}

static void reply_err(struct upload *u, enum err err)
{
	free_upload(u);
	call_reply_err(u->call, err, no_rule);
}

/* `why` completes "line 3 ...". */
static void reply_wrong(struct upload *u, uint64_t place, const char *why)
{
	struct buf fate = {0};
	if (u->added == 0)
		buf_str(&fate, "nothing was added");
	else
		buf_printf(
		    &fate,
		    "%" PRIu64
		    " coupons before it were added, and are skipped if you send the list again",
		    u->added);
	const char *problem = decode_problem(u->call, "is not valid: %s %" PRIu64 " %s; %.*s",
					     u->codes != NULL ? "entry" : "line", place, why,
					     TEXT_ARGS(buf_view(&fate)));
	buf_free(&fate);
	free_upload(u);
	call_reply_field(u->call, "codes", problem);
}

static void reply_done(struct upload *u)
{
	free_upload(u);
	if (u->added + u->skipped == 0) {
		call_reply_field(u->call, "codes", codes_required);
		return;
	}
	struct json_out o = call_data(u->call);
	json_put_u64(&o, "rule_id", u->add.rule_id);
	json_put_u64(&o, "added", u->added);
	json_put_u64(&o, "skipped", u->skipped);
	json_put_u64(&o, "windows_1252_lines", u->windows_1252_lines);
	json_open(&o, "coupons", '{');
	pool_show(&o, &u->add.pool);
	json_close(&o, '}');
	call_reply_data(u->call, &o, 201);
}

/* ---- a slice ---- */

static void fill(struct upload *u);

static void on_added(struct command *command, enum err err)
{
	struct upload *u = (struct upload *)command;
	if (err == ERR_REFUSED && u->add.wrong < u->add.n) {
		reply_wrong(u, u->places[u->add.wrong], u->add.refusal);
	} else if (err == ERR_REFUSED) {
		free_upload(u);
		call_reply_error(u->call, 409, u->add.refusal);
	} else if (err != ERR_OK) {
		reply_err(u, err);
	} else {
		u->added += u->add.added;
		u->skipped += u->add.skipped;
		u->add.n = 0;
		arena_reset(&u->texts);
		fill(u);
	}
}

static void submit(struct upload *u)
{
	struct command *command = &u->add.command;
	*command = (struct command){.decide = coupons_add_decide, .done = on_added};
	/* The first slice that adds a coupon writes the line of the audit list. */
	if (u->added == 0)
		command = call_wrap(u->call, &u->audited, command);
	if (store_submit(u->call->api->store, command) != ERR_OK)
		reply_err(u, ERR_BUSY);
}

/* Returns false after it has replied. */
static bool take(struct upload *u, uint64_t place, struct text code)
{
	if (typed_strip(code, &u->texts, &code) != ERR_OK) {
		reply_err(u, ERR_NO_MEMORY);
		return false;
	}
	const char *why = coupon_refusal(code);
	struct text kept = arena_copy(&u->texts, code);
	if (why != NULL) {
		reply_wrong(u, place, why);
		return false;
	}
	if (kept.n != code.n) {
		reply_err(u, ERR_NO_MEMORY);
		return false;
	}
	u->places[u->add.n] = place;
	u->add.codes[u->add.n++] = kept;
	return true;
}

/* ---- the source of the codes ---- */

enum pull { PULLED, PULL_WAITS, PULL_ENDED, PULL_REPLIED };

static enum pull pull_json(struct upload *u)
{
	struct text code;
	const struct json *v = json_at(u->codes, u->next);
	if (v == NULL)
		return PULL_ENDED;
	u->next++;
	if (!body_string(v, &code)) {
		reply_wrong(u, u->next, "is not text");
		return PULL_REPLIED;
	}
	return take(u, u->next, code) ? PULLED : PULL_REPLIED;
}

/* ---- lists ---- */

static bool is_coupon_name(struct upload *u, struct text name)
{
	static const char *const names[] = {"code",        "coupon",       "voucher",
					    "coupon_code", "voucher_code", "promo_code",
					    "gutschein",   "gutscheincode"};
	struct text folded;
	if (column_name_fold(name, &u->texts, &folded) != ERR_OK)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (column_name_is(folded, names[i]))
			return true;
	return false;
}

static struct text cell_of(const struct upload *u, size_t column)
{
	return typed_trim(csv_unguard(csv_cell(&u->csv, column)));
}

/* Finds the column of the coupons from the first line: the column with such a name, or the only
 * column. Returns false after it has replied. */
static bool take_first_line(struct upload *u, bool *is_headline)
{
	size_t filled = 0, only = 0;
	u->has_column = true;
	for (u->column = 0; u->column < u->csv.n_cells; u->column++) {
		struct text cell = cell_of(u, u->column);
		*is_headline = is_coupon_name(u, cell);
		if (*is_headline)
			return true;
		only = cell.n > 0 ? u->column : only;
		filled += cell.n > 0;
	}
	u->column = only;
	if (filled == 1)
		return true;
	reply_wrong(u, u->csv.line,
		    "has several columns, and none is named code, coupon or voucher: give the "
		    "column of the coupons one of these names");
	return false;
}

/* Without a line of names, the other cells of a line must be empty. */
static bool is_alone(const struct upload *u)
{
	for (size_t i = 0; i < u->csv.n_cells; i++)
		if (i != u->column && cell_of(u, i).n > 0)
			return false;
	return true;
}

static enum pull take_record(struct upload *u)
{
	bool is_headline = false;
	u->windows_1252_lines += u->csv.windows_1252;
	if (!u->has_column && !take_first_line(u, &is_headline))
		return PULL_REPLIED;
	u->has_headline |= is_headline;
	if (is_headline)
		return PULLED;
	if (u->has_headline || is_alone(u))
		return take(u, u->csv.line, cell_of(u, u->column)) ? PULLED : PULL_REPLIED;
	reply_wrong(u, u->csv.line,
		    "has more than one cell: send one coupon per line, or name the columns in the "
		    "first line");
	return PULL_REPLIED;
}

static enum pull pull_csv(struct upload *u)
{
	switch (u->ended ? csv_end(&u->csv) : csv_read(&u->csv, &u->piece)) {
	case CSV_RECORD:
		return take_record(u);
	case CSV_WRONG:
		reply_wrong(u, u->csv.line, u->csv.problem);
		return PULL_REPLIED;
	case CSV_MORE:
		break;
	}
	return u->ended ? PULL_ENDED : PULL_WAITS;
}

static void on_piece(void *arg, struct text piece, enum http_body state)
{
	struct upload *u = arg;
	if (state == HTTP_BODY_BROKEN || state == HTTP_BODY_SLOW || state == HTTP_BODY_LEFT) {
		free_upload(u);
		call_reply_error(u->call, state == HTTP_BODY_SLOW ? 408 : 400,
				 decode_problem(u->call, "%.*s", TEXT_ARGS(piece)));
		return;
	}
	u->piece = piece;
	u->ended = state == HTTP_BODY_END;
	fill(u);
}

/* Gathers codes for the next slice; then submits the slice, or waits for the next piece of the
 * body. */
static void fill(struct upload *u)
{
	enum pull pull = PULLED;
	while (pull == PULLED && u->add.n < COUPONS_ADD_MAX)
		pull = u->codes != NULL ? pull_json(u) : pull_csv(u);
	if (pull == PULL_WAITS)
		http_body_next(u->call->req, on_piece, u);
	else if (pull != PULL_REPLIED && u->add.n > 0)
		submit(u);
	else if (pull == PULL_ENDED)
		reply_done(u);
}

/* ---- the calls ---- */

/* Returns false after it has replied. */
static bool read_codes(struct upload *u)
{
	static const char *const known[] = {"codes", NULL};
	struct call *call = u->call;
	if (!body_read_list(call, &u->body))
		return false;
	u->codes = json_get(u->body.json, "codes");
	body_note_unknown(call, &u->body, known);
	if (u->codes == NULL || json_kind(u->codes) != JSON_ARRAY)
		call_note(call, "codes", codes_required);
	if (call_check(call))
		return true;
	body_free(&u->body);
	return false;
}

const struct operation OP_COUPON_UPLOAD = {
    .id = "uploadCoupons",
    .tag = "Rewards",
    .audit = {AUDIT_RULE_ADD_COUPONS, offsetof(struct coupons_add, rule_id)},
    .summary = "Add coupons to a rule's pool",
    .description =
	"Send JSON, or text/csv of any length with one coupon per line. If the CSV has several "
	"columns, the column named code, coupon or voucher counts. A coupon that is already in "
	"this pool is skipped. A coupon of another rule's pool is refused.",
    .takes = TAKES_JSON | TAKES_CSV,
    .request = "CouponUpload",
    .lines = "CouponLines",
    .conflict = "The rule's metric is not coupon.",
    .answers = {{201, ANSWER_DATA, "CouponsAdded"}},
};

void coupon_upload(struct call *call)
{
	struct upload *u = call_alloc(call, sizeof *u);
	if (u == NULL || !call_read_id(call, &u->add.rule_id, no_rule))
		return;
	u->call = call;
	u->ended = !call->req->streamed;
	bool is_csv = body_is_csv(call->req);
	if (is_csv ? !body_check_encoding(call) : !read_codes(u))
		return;
	if (!call->req->streamed || transfer_begin(call, &u->transfer, TRANSFER_IMPORT))
		fill(u);
}

struct coupon_list_call {
	struct coupon_list list;
	struct paging paging;
	struct call *call;
};

static void on_list(struct command *command, enum err err)
{
	struct coupon_list_call *lc = (struct coupon_list_call *)command;
	if (err != ERR_OK) {
		call_reply_err(lc->call, err, no_rule);
		return;
	}
	struct json_out o = paging_begin(lc->call);
	for (size_t i = 0; i < lc->list.page.n; i++) {
		const struct coupon *coupon = &lc->list.coupons[i];
		json_open(&o, NULL, '{');
		json_put_u64(&o, "number", coupon->number);
		json_put_text(&o, "code", coupon->code);
		show_id(&o, "reward_id", coupon->reward_id);
		json_close(&o, '}');
	}
	paging_reply(lc->call, &lc->paging, lc->list.page.next, &o);
}

const struct operation OP_COUPON_LIST = {
    .id = "listCoupons",
    .tag = "Rewards",
    .summary = "List a rule's coupons",
    .description =
	"In the order in which they are handed out. reward_id is null for a coupon that is left. "
	"The scope write is needed, because anybody who reads an unused coupon can use it.",
    .answers = {{200, ANSWER_LIST, "Coupon"}},
};

void coupon_list(struct call *call)
{
	struct coupon_list_call *lc = call_alloc(call, sizeof *lc);
	if (lc == NULL || !call_read_id(call, &lc->list.rule_id, no_rule) ||
	    !paging_read(call, &lc->paging, NULL, NULL))
		return;
	struct coupon_list *list = &lc->list;
	lc->call = call;
	list->command = (struct command){.decide = coupon_list_decide, .done = on_list};
	list->page = paging_ask(&lc->paging);
	list->coupons = call_alloc(call, (list->page.max + 1) * sizeof *list->coupons);
	if (list->coupons != NULL)
		call_query(call, &list->command);
}
