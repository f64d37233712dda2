/*
 * Owns GET /api/v2/troubles: everything that waits for an operator, in one call. Never changes a
 * record. Called through the route table.
 */
#include "api/call/show.h"
#include "core/review_count.h"
#include "core/rule.h"
#include "routes.h"
#include "webhook_why.h"

enum {
	TROUBLES_MAX = 100, /* of a kind; more would help nobody */
	RULES_PAGE = 64,
};

/* The JSON of the entries of a list. The buffer of a call's reply serves other calls between two
 * queries. */
struct entries {
	struct text json[TROUBLES_MAX];
	size_t n;
	bool more; /* there are more than TROUBLES_MAX */
};

struct troubles_call {
	union { /* first: done gets a pointer to its command */
		struct webhook_whys webhooks;
		struct rule_list rules;
		struct review_count review;
	};
	struct call *call;
	bool any_webhook;
	struct entries failing, empty; /* webhooks, rules */
	void *rows;                    /* of the present page */
};

static bool has_room(struct entries *entries)
{
	entries->more |= entries->n == TROUBLES_MAX;
	return !entries->more;
}

/* Keeps what was written to the buffer, if anything was, and empties it. */
static enum err keep(struct troubles_call *tc, struct entries *entries, struct buf *buf)
{
	struct text json = buf_view(buf);
	if (buf->failed)
		return ERR_NO_MEMORY;
	if (json.n == 0)
		return ERR_OK;
	struct text copy = arena_copy(&tc->call->req->arena, json);
	entries->json[entries->n++] = copy;
	buf_reset(buf);
	return copy.n > 0 ? ERR_OK : ERR_NO_MEMORY;
}

/* ---- the reply ---- */

static void put_entries(struct json_out *o, const char *name, const struct entries *entries)
{
	json_open(o, name, '[');
	for (size_t i = 0; i < entries->n; i++)
		json_put_raw(o, NULL, entries->json[i]);
	json_close(o, ']');
}

static void on_review(struct command *command, enum err err)
{
	struct troubles_call *tc = (struct troubles_call *)command;
	if (err != ERR_OK) {
		call_reply_err(tc->call, err, NULL);
		return;
	}
	struct json_out o = call_data(tc->call);
	put_entries(&o, "webhooks", &tc->failing);
	json_put_bool(&o, "more_webhooks", tc->failing.more);
	json_put_bool(&o, "no_webhook", !tc->any_webhook);
	put_entries(&o, "coupon_rules", &tc->empty);
	json_put_bool(&o, "more_rules", tc->empty.more);
	json_open(&o, "review", '{');
	json_put_u64(&o, "users", tc->review.n);
	json_put_bool(&o, "more", tc->review.more);
	json_close(&o, '}');
	call_reply_data(tc->call, &o, 200);
}

/* ---- rules without coupons ---- */

static void put_rule(struct json_out *o, const struct rule_row *row)
{
	json_open(o, NULL, '{');
	json_put_u64(o, "id", row->rule.id);
	json_put_text(o, "name", row->rule.name);
	json_put_u64(o, "due", row->stats.due);
	json_close(o, '}');
}

static enum err keep_rules(struct troubles_call *tc)
{
	struct buf buf = {0};
	enum err err = ERR_OK;
	for (size_t i = 0; i < tc->rules.page.n && err == ERR_OK; i++) {
		const struct rule_row *row = &tc->rules.rows[i];
		struct json_out o = json_out(&buf);
		if (row->pool.given != row->pool.added || row->stats.due == 0)
			continue;
		if (!has_room(&tc->empty))
			break;
		put_rule(&o, row);
		err = keep(tc, &tc->empty, &buf);
	}
	buf_free(&buf);
	return err;
}

static void ask_rules(struct troubles_call *tc, uint64_t from);

static void on_rules(struct command *command, enum err err)
{
	struct troubles_call *tc = (struct troubles_call *)command;
	if (err == ERR_OK)
		err = keep_rules(tc);
	if (err != ERR_OK) {
		call_reply_err(tc->call, err, NULL);
	} else if (tc->rules.page.next != 0 && !tc->empty.more) {
		ask_rules(tc, tc->rules.page.next);
	} else {
		tc->review = (struct review_count){
		    .command = {.decide = review_count_decide, .done = on_review}};
		call_query(tc->call, &tc->review.command);
	}
}

static void ask_rules(struct troubles_call *tc, uint64_t from)
{
	tc->rules = (struct rule_list){
	    .command = {.decide = rule_list_decide, .done = on_rules},
	    .metric = METRIC_COUPON,
	    .page = {.from = from, .max = RULES_PAGE},
	    .rows = tc->rows,
	};
	call_query(tc->call, &tc->rules.command);
}

/* ---- webhooks ---- */

static enum err keep_webhooks(struct troubles_call *tc)
{
	struct buf buf = {0};
	enum err err = ERR_OK;
	for (size_t i = 0; i < tc->webhooks.n && err == ERR_OK; i++) {
		struct json_out o = json_out(&buf);
		if (!webhook_why_put_trouble(tc->call, &o, &tc->webhooks.whys[i]))
			continue;
		if (!has_room(&tc->failing))
			break;
		err = keep(tc, &tc->failing, &buf);
	}
	buf_free(&buf);
	return err;
}

static void ask_webhooks(struct troubles_call *tc, uint64_t after);

static void on_webhooks(struct command *command, enum err err)
{
	struct troubles_call *tc = (struct troubles_call *)command;
	size_t n = tc->webhooks.n;
	if (err == ERR_OK)
		err = keep_webhooks(tc);
	tc->any_webhook |= n > 0;
	if (err != ERR_OK) {
		call_reply_err(tc->call, err, NULL);
	} else if (n == WEBHOOK_WHYS && !tc->failing.more) {
		ask_webhooks(tc, tc->webhooks.whys[n - 1].id);
	} else {
		tc->rows = call_alloc(tc->call, RULES_PAGE * sizeof *tc->rules.rows);
		if (tc->rows != NULL)
			ask_rules(tc, 0);
	}
}

static void ask_webhooks(struct troubles_call *tc, uint64_t after)
{
	tc->webhooks = (struct webhook_whys){
	    .command = {.decide = webhook_whys_decide, .done = on_webhooks},
	    .after = after,
	    .whys = tc->rows,
	};
	call_query(tc->call, &tc->webhooks.command);
}

const struct operation OP_TROUBLES_GET = {
    .id = "getTroubles",
    .tag = "Operations",
    .summary = "List everything that waits for an operator",
    .description =
	"Webhooks that are disabled, fail or exclude every event; rules whose coupons are used up "
	"while rewards wait for one; users in review. Each list has at most 100 entries.",
    .answers = {{200, ANSWER_DATA, "Troubles"}},
};

void troubles_get(struct call *call)
{
	struct troubles_call *tc = call_alloc(call, sizeof *tc);
	if (tc == NULL)
		return;
	tc->rows = call_alloc(call, WEBHOOK_WHYS * sizeof *tc->webhooks.whys);
	if (tc->rows == NULL)
		return;
	tc->call = call;
	ask_webhooks(tc, 0);
}
