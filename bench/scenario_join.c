/*
 * Owns the scenarios that create users: join, refer, join+webhook; and the constant of the floor.
 * Never sends an e-mail address twice, and accepts no response without a complete, new code.
 * Called by load.c through the tables below.
 */
#include "scenario_join.h"
#include "hooks.h"
#include "load.h"

/* Draws the referrer. The first codes of the campaign bring the most friends. */
static uint32_t join_draw_referrer(struct bench *b)
{
	const struct ledger_acks *acks = &b->ledger->acks[b->group];
	if (acks->n == 0)
		return LEDGER_NONE;
	return acks->entries[random_rank(&b->random, (uint32_t)acks->n)];
}

/* Draws the referrer uniformly, so that friends come through links of the whole history. */
static uint32_t join_draw_anybody(struct bench *b)
{
	const struct ledger_acks *acks = &b->ledger->acks[b->group];
	if (acks->n == 0)
		return LEDGER_NONE;
	return acks->entries[random_next(&b->random) % acks->n];
}

/* Draws one of the first ten users. */
static uint32_t join_draw_hot(struct bench *b)
{
	const struct ledger_acks *acks = &b->ledger->acks[b->group];
	size_t n = acks->n < 10 ? acks->n : 10;
	return n == 0 ? LEDGER_NONE : acks->entries[random_next(&b->random) % n];
}

void join_prepare(struct bench *b, struct call *call, uint32_t referrer)
{
	char code[LEDGER_CODE_SIZE];
	const char *link = b->campaigns[b->group].code;
	if (referrer != LEDGER_NONE) {
		ledger_code(&b->ledger->entries[referrer], code);
		link = code;
	}
	call->entry =
	    ledger_attempt(b->ledger, referrer, b->group == LEDGER_HOOKED ? LEDGER_HOOK_JOIN : 0);
	requests_join(b, call, link, b->ledger->entries[call->entry].seq);
}

static bool join_next(struct load *load, unsigned slot, struct call *call)
{
	(void)slot;
	join_prepare(load_bench(load), call, LEDGER_NONE);
	return true;
}

static bool refer_next(struct load *load, unsigned slot, struct call *call)
{
	struct bench *b = load_bench(load);
	(void)slot;
	join_prepare(b, call, join_draw_referrer(b));
	return true;
}

static bool scatter_next(struct load *load, unsigned slot, struct call *call)
{
	struct bench *b = load_bench(load);
	(void)slot;
	join_prepare(b, call, join_draw_anybody(b));
	return true;
}

static bool hot_next(struct load *load, unsigned slot, struct call *call)
{
	struct bench *b = load_bench(load);
	(void)slot;
	join_prepare(b, call, join_draw_hot(b));
	return true;
}

enum verdict join_judge(struct bench *b, struct call *call, const struct response *r)
{
	if (response_is_unsure(r))
		ledger_lose(b->ledger, call->entry);
	if (r->status == 0)
		return CALL_LOST;
	if (r->status != 201)
		return CALL_REFUSED;
	struct text code = response_find_string(r->body, TEXT("\"code\":\""));
	uint64_t id = response_find_number(r->body, TEXT("\"id\":"));
	if (!ledger_ack(b->ledger, call->entry, code, id))
		return CALL_WRONG;
	if (b->group == LEDGER_HOOKED && b->hooks != NULL)
		hooks_note_ack(b->hooks, call->entry);
	return CALL_OK;
}

static enum verdict join_done(struct load *load, unsigned slot, struct call *call,
			      const struct response *r)
{
	(void)slot;
	return join_judge(load_bench(load), call, r);
}

/* The answer of the floor is constant. The client does the same work, but the ledger gets nothing.
 */
static bool constant_next(struct load *load, unsigned slot, struct call *call)
{
	struct bench *b = load_bench(load);
	(void)slot;
	requests_join(b, call, "c1111111", (uint32_t)random_next(&b->random));
	return true;
}

static enum verdict constant_done(struct load *load, unsigned slot, struct call *call,
				  const struct response *r)
{
	(void)load, (void)slot, (void)call;
	if (r->status == 0)
		return CALL_LOST;
	if (r->status != 201)
		return CALL_REFUSED;
	return response_find_string(r->body, TEXT("\"code\":\"")).n > 0 ? CALL_OK : CALL_WRONG;
}

const struct scenario scenario_join = {
    .name = "join",
    .help = "people join through the link of the campaign",
    .next = join_next,
    .done = join_done,
};

const struct scenario scenario_configured = {
    .name = "configured",
    .help = "join, in a campaign with 10 webhooks, 20 rules and texts that no join needs",
    .needs = NEEDS_CONFIGURATION,
    .next = join_next,
    .done = join_done,
};

const struct scenario scenario_refer = {
    .name = "refer",
    .help = "friends join through the links of users, most of them through a few links",
    .needs = NEEDS_REFERRERS,
    .next = refer_next,
    .done = join_done,
};

const struct scenario scenario_scatter = {
    .name = "scatter",
    .help = "friends join through the links of users who are drawn uniformly",
    .needs = NEEDS_REFERRERS,
    .next = scatter_next,
    .done = join_done,
};

const struct scenario scenario_hot = {
    .name = "hot",
    .help = "friends join through the links of ten users",
    .needs = NEEDS_REFERRERS,
    .next = hot_next,
    .done = join_done,
};

const struct scenario scenario_join_webhook = {
    .name = "join+webhook",
    .help = "people join, and each join sends a webhook to a TLS receiver in this tool",
    .needs = NEEDS_HOOKS,
    .next = join_next,
    .done = join_done,
};

const struct scenario scenario_constant = {
    .name = "floor",
    .help = "the request of join, sent to `referd-bench floor`",
    .next = constant_next,
    .done = constant_done,
};
