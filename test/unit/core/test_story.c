/* Owns the story of a month: three campaigns, ten thousand people, referrals, orders, refunds of
 * all orders, of one order and of part of one, milestones, coupons that run out and are refilled,
 * and erasures. Each result and, day by day, every counter and reward is compared with a reference
 * model (story_model.h, story_compare.h). The events are counted, and at the end the database is
 * verified. The time is virtual.
 */
#include "reward_world.h"

#include "core/erase.h"
#include "core/id_list.h"
#include "story_compare.h"
#include "verify_world.h"

enum {
	JOINS_A_DAY = 340,
	QUALIFIES_A_DAY = 200,
	REFUNDS_A_DAY = 60,
	ERASURES_A_DAY = 5,
	COUPONS_AT_FIRST = 300,
	COUPONS_LATER = 1000,
	REFILL_DAY = 20,
	BATCH = 64,
};

struct run;

/* One action under way. The model follows when its place in the serial order is known. */
struct op {
	struct world_call call;
	struct join join;
	struct qualify qualify;
	void (*judge)(struct run *r, struct op *op);
	unsigned id, campaign, number; /* id: the user, of a join the referrer; number: the order */
	char email[48], order[24];
};

struct run {
	struct world *w;
	struct story *s;
	struct seeded seed;
	uint64_t coupons; /* uploaded so far */
	unsigned joins;   /* so far, also those under way */
	unsigned part;    /* of the people of a long run: 1 / part */
	struct made *users, *rewards;
	/* Many actions share a commit, as under load. */
	struct op ops[BATCH];
	size_t n_ops;
};

static unsigned below(struct run *r, unsigned n)
{
	return (unsigned)seeded_below(&r->seed, n);
}

/* ---- setting up ---- */

static const enum reward_metric metrics[] = {
    [STORY_AMOUNT] = METRIC_AMOUNT,
    [STORY_COMMISSION] = METRIC_COMMISSION,
    [STORY_COUPON] = METRIC_COUPON,
    [STORY_CUSTOM] = METRIC_CUSTOM,
};

static struct text thresholds_of(struct world *w, const struct story_rule *from)
{
	struct text list = {0};
	for (const unsigned *t = from->thresholds; *t != 0; t++)
		assert_int_equal(id_list_add(list, *t, &w->arena, &list), ERR_OK);
	return list;
}

static void make_rule(struct run *r, unsigned number)
{
	const struct story_rule *from = &story_rules[number];
	bool is_money = from->metric == STORY_AMOUNT || from->metric == STORY_COMMISSION;
	struct rule rule = {
	    .campaign_id = from->campaign,
	    .name = TEXT("Reward"),
	    .metric = metrics[from->metric],
	    .recipient = from->to_invited ? RECIPIENT_INVITED : RECIPIENT_REFERRER,
	    .trigger = from->on_join ? TRIGGER_JOIN : TRIGGER_QUALIFY,
	    .type = REWARD_STANDARD,
	    .amount = from->amount,
	    .currency = is_money ? TEXT("EUR") : TEXT(""),
	    .percent = from->percent,
	    .cap = from->cap,
	    .every = from->every,
	    .repeat = from->each_order ? REPEAT_EVERY_ORDER : REPEAT_ONCE,
	    .max_per_user = from->max_per_user,
	    .thresholds = thresholds_of(r->w, from),
	    .auto_issue = from->automatic,
	    .hold_ms = from->hold_days * (uint64_t)DAY_MS,
	};
	if (!story_is_standard(from))
		rule.type = from->every != 0 ? REWARD_RECURRING : REWARD_MILESTONE;
	assert_int_equal(world_rule(r->w, rule), number);
}

static void upload(struct run *r, size_t n)
{
	for (size_t left = n; left > 0;) {
		size_t some = left < COUPONS_ADD_MAX ? left : COUPONS_ADD_MAX;
		world_coupons(r->w, 4, 'S', (size_t)r->coupons + 1, some);
		r->coupons += some;
		left -= some;
	}
	r->s->coupons_left += (unsigned)n;
}

static void begin(struct run *r)
{
	world_quiet(r->w, true);
	for (unsigned id = 1; id <= STORY_CAMPAIGNS; id++)
		assert_int_equal(world_launched(r->w), id);
	r->users = made_watch(r->w, &KIND_USER);
	r->rewards = made_watch(r->w, &KIND_REWARD);
	world_webhook(r->w, world_hook());
	for (unsigned i = 1; i <= STORY_RULES; i++)
		make_rule(r, i);
	upload(r, COUPONS_AT_FIRST);
	world_quiet(r->w, false);
}

/* ---- actions ---- */

/* Half of the people join through a user's link. A few referrers bring most of them. */
static unsigned pick_referrer(struct run *r)
{
	unsigned n = r->s->n_users;
	if (n == 0 || below(r, 2) == 0)
		return 0;
	unsigned id = below(r, 3) == 0 ? 1 + below(r, n < 60 ? n : 60) : 1 + below(r, n);
	return r->s->users[id].erased ? 0 : id;
}

static void settle(struct run *r)
{
	world_settle(r->w);
	struct world_call *order[BATCH];
	for (size_t i = 0; i < r->n_ops; i++)
		order[i] = &r->ops[i].call;
	world_sort(order, r->n_ops);
	made_sort(r->users);
	for (size_t i = 0; i < r->n_ops; i++) {
		struct op *op = (struct op *)order[i];
		op->judge(r, op);
	}
	made_sort(r->rewards);
	r->n_ops = 0;
}

static struct op *new_op(struct run *r)
{
	if (r->n_ops == BATCH)
		settle(r);
	struct op *op = &r->ops[r->n_ops++];
	*op = (struct op){0};
	return op;
}

static void submit(struct run *r, struct op *op, struct command *command)
{
	world_call_set(r->w, &op->call, command);
	world_submit(r->w, &op->call);
}

static void judge_join(struct run *r, struct op *op)
{
	assert_int_equal(op->call.err, ERR_OK);
	r->s->now_ms = op->join.now_ms;
	unsigned id = story_join(r->s, op->campaign, op->id);
	assert_int_equal(op->join.user.id, made_id(r->users, id));
}

static void one_joins(struct run *r)
{
	struct op *op = new_op(r);
	unsigned referrer = pick_referrer(r);
	unsigned campaign =
	    referrer != 0 ? r->s->users[referrer].campaign : 1 + below(r, STORY_CAMPAIGNS);
	snprintf(op->email, sizeof op->email, "p%u@example.com", ++r->joins);
	op->join = world_join(r->w, campaign, made_id(r->users, referrer), op->email);
	op->judge = judge_join;
	op->id = referrer;
	op->campaign = campaign;
	submit(r, op, &op->join.command);
}

static bool can_qualify(const struct run *r, unsigned id)
{
	return r->s->users[id].referrer != 0 && !r->s->users[id].erased;
}

/* A request about the user's order, or about no order (0). */
static struct op *about_order(struct run *r, unsigned id, bool qualified, unsigned order)
{
	struct op *op = new_op(r);
	op->qualify = world_qualify(r->w, made_id(r->users, id), qualified);
	op->id = id;
	op->number = order;
	if (order == 0)
		return op;
	snprintf(op->order, sizeof op->order, "order %u", order);
	op->qualify.order_id = text_of(op->order);
	return op;
}

/* The response is an answer, with this change of the qualification, or a refusal. */
static void assert_answer(const struct op *op, bool ok, bool changed)
{
	assert_int_equal(op->call.err, ok ? ERR_OK : ERR_REFUSED);
	assert_true(!ok || op->qualify.changed == changed);
}

static void judge_buy(struct run *r, struct op *op)
{
	r->s->now_ms = op->qualify.now_ms;
	bool ok = can_qualify(r, op->id);
	assert_answer(op, ok, ok && story_buy(r->s, op->id, op->number, op->qualify.amount_e4));
}

/* Half of the buyers order again, sometimes the same order. */
static void one_buys(struct run *r)
{
	unsigned n = r->s->n_users, id = n == 0 ? 1 : 1 + below(r, n);
	if (below(r, 2) == 0)
		for (unsigned tries = 0; tries < 20 && !r->s->users[id].qualified; tries++)
			id = n == 0 ? 1 : 1 + below(r, n);
	unsigned order = below(r, 3) == 0 ? 0 : 1 + below(r, STORY_ORDERS - 1);
	uint64_t amount_e4 = 100 * (uint64_t)(1 + below(r, 30000));
	struct op *op = about_order(r, id, true, order);
	op->qualify.has_amount = true;
	op->qualify.amount_e4 = amount_e4;
	op->judge = judge_buy;
	submit(r, op, &op->qualify.command);
}

static void judge_refund(struct run *r, struct op *op)
{
	unsigned id = op->id, order = op->number;
	r->s->now_ms = op->qualify.now_ms;
	bool known = can_qualify(r, id) && (order == 0 || r->s->users[id].orders[order].known);
	assert_answer(op, known, known && story_refund(r->s, id, order));
}

static void refund_whole(struct run *r, unsigned id, unsigned order)
{
	struct op *op = about_order(r, id, false, order);
	op->judge = judge_refund;
	submit(r, op, &op->qualify.command);
}

static void judge_part(struct run *r, struct op *op)
{
	r->s->now_ms = op->qualify.now_ms;
	assert_answer(op, story_refund_part(r->s, op->id, op->number, op->qualify.refund_e4),
		      false);
}

/* Sends an earlier total again, or a larger one. */
static void refund_part(struct run *r, unsigned id, unsigned order)
{
	const struct story_order *o = &r->s->users[id].orders[order];
	uint64_t total_e4 = o->n_parts > 0 ? o->parts[below(r, o->n_parts)] : 0;
	if (o->n_parts < STORY_PARTS && o->known)
		total_e4 += seeded_below(&r->seed, o->amount_e4 - total_e4);
	struct op *op = about_order(r, id, false, order);
	op->qualify.has_refund = true;
	op->qualify.refund_e4 = total_e4;
	op->judge = judge_part;
	submit(r, op, &op->qualify.command);
}

/* What the model knows of the user may change with this batch. */
static bool is_under_way(const struct run *r, unsigned id)
{
	for (size_t i = 0; i < r->n_ops; i++)
		if (r->ops[i].judge != judge_join && r->ops[i].id == id)
			return true;
	return false;
}

/* Mostly a user who has bought. */
static void one_is_refunded(struct run *r)
{
	for (unsigned tries = 0; tries < 50 && r->s->n_users > 0; tries++) {
		unsigned id = 1 + below(r, r->s->n_users), order = 1 + below(r, STORY_ORDERS - 1);
		if (!r->s->users[id].qualified || r->s->users[id].erased || is_under_way(r, id))
			continue;
		unsigned what = below(r, 3);
		if (what == 0)
			refund_whole(r, id, 0);
		else if (what == 1)
			refund_whole(r, id, order);
		else
			refund_part(r, id, order);
		return;
	}
}

static void slices(struct run *r, struct slice *slice, command_decide_fn *find,
		   command_decide_fn *change)
{
	do {
		slice->now_ms = slice->believed_ms = r->w->now_ms;
		slice->codes = r->w->codes;
		slice->public_url = TEXT("https://refer.example");
		slice->command = (struct command){.decide = find};
		assert_int_equal(world_ask(r->w, &slice->command, NULL, NULL), ERR_OK);
		if (slice->n == 0)
			return;
		slice->command = (struct command){.decide = change};
		assert_int_equal(world_run(r->w, &slice->command), ERR_OK);
	} while (true);
}

static void one_is_erased(struct run *r)
{
	unsigned id = r->s->n_users == 0 ? 1 : 1 + below(r, r->s->n_users);
	bool is_there = r->s->n_users > 0 && !r->s->users[id].erased;
	struct user_erase erase = {.command = {.decide = user_erase_decide},
				   .who = {.id = made_id(r->users, id)},
				   .codes = r->w->codes,
				   .now_ms = r->w->now_ms};
	struct erase_slice job = {0};
	settle(r);
	assert_int_equal(world_run(r->w, &erase.command), is_there ? ERR_OK : ERR_NOT_FOUND);
	slices(r, &job.slice, erase_find_decide, erase_change_decide);
	if (is_there)
		story_erase(r->s, id);
}

static void morning(struct run *r)
{
	struct reward_release held = {0}, waiting = {0};
	if (r->s->day == REFILL_DAY)
		upload(r, COUPONS_LATER);
	slices(r, &held.slice, reward_find_held_decide, reward_release_decide);
	slices(r, &waiting.slice, reward_find_waiting_decide, reward_release_decide);
	story_release(r->s);
}

/* ---- the month ---- */

static void one_day(struct run *r)
{
	unsigned joins = JOINS_A_DAY / r->part, qualifies = QUALIFIES_A_DAY / r->part;
	unsigned refunds = REFUNDS_A_DAY / r->part, erasures = 1 + (ERASURES_A_DAY - 1) / r->part;
	unsigned left = joins + qualifies + refunds + erasures;
	morning(r);
	for (; left > 0; left--) {
		r->s->now_ms = r->w->now_ms += 100000;
		unsigned what = below(r, left);
		if (what < joins) {
			one_joins(r);
			joins--;
		} else if (what < joins + qualifies) {
			one_buys(r);
			qualifies--;
		} else if (what < joins + qualifies + refunds) {
			one_is_refunded(r);
			refunds--;
		} else {
			one_is_erased(r);
			erasures--;
		}
	}
	settle(r);
	struct story_run run = {r->w, r->s, &r->seed, r->coupons, r->users, r->rewards};
	story_compare(&run, r->s->day % 10 == 9);
}

static void a_month_matches_the_model(void **state)
{
	static struct run r; /* about 100 KiB */
	r = (struct run){
	    .w = *state, .s = calloc(1, sizeof(struct story)), .seed = seeded_start("story", 4)};
	assert_non_null(r.s);
	r.part = r.w->nodes != NULL && world_operations() == 0 ? 10 : 1;
	r.w->now_ms = 20000 * (uint64_t)DAY_MS;
	begin(&r);
	for (; r.s->day < STORY_DAYS; r.s->day++) {
		r.s->now_ms = r.w->now_ms = (20000 + (uint64_t)r.s->day) * DAY_MS;
		one_day(&r);
	}
	struct story_run run = {r.w, r.s, &r.seed, r.coupons, r.users, r.rewards};
	story_count_events(&run);
	world_assert_sound(r.w);
	world_assert_tried(r.w);
	made_free(r.users);
	made_free(r.rewards);
	printf("%u users, %u qualified, %u refunds, %u rewards, %u issued, %u cancelled or taken "
	       "back\n",
	       r.s->n_users, r.s->qualified, r.s->unqualified, r.s->n_rewards, r.s->issued,
	       r.s->cancelled);
	assert_true(r.s->n_users >= 10000 / r.part && r.s->n_rewards > 4000 / r.part &&
		    r.s->cancelled > 200 / r.part);
	free(r.s);
}

int main(void)
{
	const struct CMUnitTest one[] = {
	    WORLD_ON(lmdb, a_month_matches_the_model),
	};
	const struct CMUnitTest several[] = {
	    WORLD_ON(one_node, a_month_matches_the_model),
	    WORLD_ON(two_nodes, a_month_matches_the_model),
	    WORLD_ON(three_nodes, a_month_matches_the_model),
	};
	const uint64_t a_day = JOINS_A_DAY + QUALIFIES_A_DAY + REFUNDS_A_DAY + ERASURES_A_DAY;
	return world_run_tests(one, 1, several, 3, STORY_DAYS * a_day);
}
