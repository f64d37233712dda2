/*
 * Owns the scenario of a whole circle: a friend joins, the webhook brings the code to the receiver,
 * the tool qualifies that code, and the second webhook reports it.
 * Never qualifies before the webhook has arrived, because a customer's system cannot either.
 * Called by load.c through the table below, and by hooks.c for each arrival.
 */
#include "circle.h"
#include "scenario_join.h"

const char *const circle_part_names[CIRCLE_PARTS] = {
    [PART_JOINED] = "join answered",
    [PART_TOLD] = "user.join webhook",
    [PART_QUALIFIED] = "qualify answered",
    [PART_ROUND] = "user.qualified webhook",
};

/* The two events may come in either order: a webhook can overtake the response to its join. */
enum circle_fact {
	CIRCLE_JOINED = 1 << 0,
	CIRCLE_TOLD = 1 << 1,
	CIRCLE_QUALIFY_SENT = 1 << 2,
	CIRCLE_QUALIFIED = 1 << 3,
	CIRCLE_TOLD_AGAIN = 1 << 4,
};

static void circle_mark(struct circle *circle, struct call *call, enum circle_fact fact,
			enum circle_part part)
{
	call->step |= fact;
	latencies_record(&circle->parts[part], client_now_ns() - call->started_ns);
}

static bool circle_next(struct load *load, unsigned slot, struct call *call)
{
	struct bench *b = load_bench(load);
	struct circle *circle = load_arg(load);
	const struct ledger_acks *acks = &b->ledger->acks[LEDGER_HOOKED];
	(void)slot;
	circle->load = load;
	if (acks->n == 0)
		return false;
	join_prepare(b, call, acks->entries[random_rank(&b->random, (uint32_t)acks->n)]);
	return true;
}

static bool circle_may_qualify(const struct call *call)
{
	return call->step == (CIRCLE_JOINED | CIRCLE_TOLD);
}

static void circle_prepare_qualify(struct bench *b, struct call *call)
{
	struct ledger_entry *e = &b->ledger->entries[call->entry];
	char code[LEDGER_CODE_SIZE];
	e->flags |= LEDGER_QUALIFY_SENT | LEDGER_HOOK_QUALIFY;
	call->step |= CIRCLE_QUALIFY_SENT;
	ledger_code(e, code);
	requests_qualify(b, call, code);
}

static void circle_told(struct circle *circle, unsigned slot, struct call *call)
{
	struct load *load = circle->load;
	circle_mark(circle, call, CIRCLE_TOLD, PART_TOLD);
	if (!circle_may_qualify(call))
		return;
	circle_prepare_qualify(load_bench(load), call);
	load_send(load, slot);
}

static void circle_told_again(struct circle *circle, unsigned slot, struct call *call)
{
	circle_mark(circle, call, CIRCLE_TOLD_AGAIN, PART_ROUND);
	if (call->step & CIRCLE_QUALIFIED)
		load_finish(circle->load, slot, CALL_OK);
}

void circle_on_hook(void *arg, uint32_t entry, enum hook_event event)
{
	struct circle *circle = arg;
	for (unsigned i = 0; circle->load != NULL && i < load_slots(circle->load); i++) {
		struct call *call = load_call(circle->load, i);
		if (call->entry != entry)
			continue;
		if (event == HOOK_JOIN)
			circle_told(circle, i, call);
		else
			circle_told_again(circle, i, call);
		return;
	}
}

static enum verdict circle_joined(struct bench *b, struct circle *circle, struct call *call,
				  const struct response *r)
{
	enum verdict verdict = join_judge(b, call, r);
	if (verdict != CALL_OK)
		return verdict;
	circle_mark(circle, call, CIRCLE_JOINED, PART_JOINED);
	if (!circle_may_qualify(call))
		return CALL_HELD;
	circle_prepare_qualify(b, call);
	return CALL_AGAIN;
}

static enum verdict circle_qualified(struct bench *b, struct circle *circle, struct call *call,
				     const struct response *r)
{
	if (response_is_unsure(r))
		ledger_lose_qualified(b->ledger, call->entry);
	if (r->status == 0)
		return CALL_LOST;
	if (r->status != 200)
		return CALL_REFUSED;
	ledger_ack_qualified(b->ledger, call->entry);
	circle_mark(circle, call, CIRCLE_QUALIFIED, PART_QUALIFIED);
	return call->step & CIRCLE_TOLD_AGAIN ? CALL_OK : CALL_HELD;
}

/* The slot is held and has no request in flight. */
static bool circle_is_waiting(const struct call *call)
{
	unsigned step = call->step & (CIRCLE_JOINED | CIRCLE_QUALIFY_SENT | CIRCLE_QUALIFIED);
	return step == CIRCLE_JOINED || (step & CIRCLE_QUALIFIED) != 0;
}

static enum verdict circle_done(struct load *load, unsigned slot, struct call *call,
				const struct response *r)
{
	(void)slot;
	if (r->status == 0 && circle_is_waiting(call))
		return CALL_LOST;
	if (call->step & CIRCLE_QUALIFY_SENT)
		return circle_qualified(load_bench(load), load_arg(load), call, r);
	return circle_joined(load_bench(load), load_arg(load), call, r);
}

const struct scenario scenario_circle = {
    .name = "circle",
    .help = "join, webhook, qualify with the code of the webhook, second webhook",
    .needs = NEEDS_HOOKS | NEEDS_REFERRERS | NEEDS_INBOUND,
    .next = circle_next,
    .done = circle_done,
};
