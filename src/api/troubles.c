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

struct troubles_call {
	union { /* first: done gets a pointer to its command */
		struct webhook_whys webhooks;
		struct rule_list rules;
		struct review_count review;
	};
	struct call *call;
	struct json_out out;
	uint64_t n_webhooks; /* looked at so far */
	size_t listed;       /* in the open array */
	bool more;           /* the array ended at TROUBLES_MAX */
	void *rows;          /* of the present page */
};

static bool failed(struct troubles_call *tc, enum err err)
{
	if (err != ERR_OK)
		call_reply_err(tc->call, err, NULL);
	return err != ERR_OK;
}

/* Counts an entry that is to be written; false if the array is full. */
static bool has_room(struct troubles_call *tc)
{
	tc->more |= tc->listed == TROUBLES_MAX;
	return !tc->more;
}

/* ---- users in review ---- */

static void on_review(struct command *command, enum err err)
{
	struct troubles_call *tc = (struct troubles_call *)command;
	if (failed(tc, err))
		return;
	json_open(&tc->out, "review", '{');
	json_put_u64(&tc->out, "users", tc->review.n);
	json_put_bool(&tc->out, "more", tc->review.more);
	json_close(&tc->out, '}');
	call_reply_data(tc->call, &tc->out, 200);
}

static void ask_review(struct troubles_call *tc)
{
	tc->review =
	    (struct review_count){.command = {.decide = review_count_decide, .done = on_review}};
	call_query(tc->call, &tc->review.command);
}

/* ---- rules without coupons ---- */

static void ask_rules(struct troubles_call *tc, uint64_t from);

static void put_rule(struct troubles_call *tc, const struct rule_row *row)
{
	bool waits = row->pool.given == row->pool.added && row->stats.due > 0;
	if (!waits || !has_room(tc))
		return;
	tc->listed++;
	json_open(&tc->out, NULL, '{');
	json_put_u64(&tc->out, "id", row->rule.id);
	json_put_text(&tc->out, "name", row->rule.name);
	json_put_u64(&tc->out, "due", row->stats.due);
	json_close(&tc->out, '}');
}

static void on_rules(struct command *command, enum err err)
{
	struct troubles_call *tc = (struct troubles_call *)command;
	if (failed(tc, err))
		return;
	for (size_t i = 0; i < tc->rules.page.n; i++)
		put_rule(tc, &tc->rules.rows[i]);
	if (tc->rules.page.next != 0 && !tc->more) {
		ask_rules(tc, tc->rules.page.next);
		return;
	}
	json_close(&tc->out, ']');
	json_put_bool(&tc->out, "more_rules", tc->more);
	ask_review(tc);
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

static void begin_rules(struct troubles_call *tc)
{
	tc->rows = call_alloc(tc->call, RULES_PAGE * sizeof *tc->rules.rows);
	tc->listed = 0;
	tc->more = false;
	json_open(&tc->out, "coupon_rules", '[');
	if (tc->rows != NULL)
		ask_rules(tc, 0);
}

/* ---- webhooks ---- */

static void ask_webhooks(struct troubles_call *tc, uint64_t after);

static void on_webhooks(struct command *command, enum err err)
{
	struct troubles_call *tc = (struct troubles_call *)command;
	const struct webhook_whys *page = &tc->webhooks;
	if (failed(tc, err))
		return;
	tc->n_webhooks += page->n;
	for (size_t i = 0; i < page->n && has_room(tc); i++)
		tc->listed += webhook_why_put_trouble(tc->call, &tc->out, &page->whys[i]);
	if (page->n == WEBHOOK_WHYS && !tc->more) {
		ask_webhooks(tc, page->whys[page->n - 1].id);
		return;
	}
	json_close(&tc->out, ']');
	json_put_bool(&tc->out, "more_webhooks", tc->more);
	json_put_bool(&tc->out, "no_webhook", tc->n_webhooks == 0);
	begin_rules(tc);
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
	tc->out = call_data(call);
	json_open(&tc->out, "webhooks", '[');
	ask_webhooks(tc, 0);
}
