/*
 * Owns the scenarios on existing users: read, list and qualify.
 * Never qualifies a user twice, or a user without a referrer.
 * Called by load.c through the tables below.
 */
#include <string.h>

#include "load.h"

static bool read_next(struct load *load, unsigned slot, struct call *call)
{
	struct bench *b = load_bench(load);
	const struct ledger_acks *acks = &b->ledger->acks[b->group];
	char code[LEDGER_CODE_SIZE];
	(void)slot;
	if (acks->n == 0)
		return false;
	call->entry = acks->entries[random_next(&b->random) % acks->n];
	ledger_code(&b->ledger->entries[call->entry], code);
	requests_read(b, call, code);
	return true;
}

static enum verdict read_done(struct load *load, unsigned slot, struct call *call,
			      const struct response *r)
{
	char code[LEDGER_CODE_SIZE];
	(void)slot;
	if (r->status == 0)
		return CALL_LOST;
	if (r->status != 200)
		return CALL_REFUSED;
	ledger_code(&load_bench(load)->ledger->entries[call->entry], code);
	struct text got = response_find_string(r->body, TEXT("\"code\":\""));
	return text_eq(got, text_of(code)) ? CALL_OK : CALL_WRONG;
}

/* Ids start at 1, so every page of the list is equally likely. */
static bool list_next(struct load *load, unsigned slot, struct call *call)
{
	struct bench *b = load_bench(load);
	size_t users = b->ledger->acks[b->group].n;
	(void)slot;
	if (users == 0)
		return false;
	requests_list(b, call, 1 + random_next(&b->random) % users);
	return true;
}

static enum verdict list_done(struct load *load, unsigned slot, struct call *call,
			      const struct response *r)
{
	(void)load;
	(void)slot;
	(void)call;
	if (r->status == 0)
		return CALL_LOST;
	if (r->status != 200)
		return CALL_REFUSED;
	return response_find_string(r->body, TEXT("\"code\":\"")).n > 0 ? CALL_OK : CALL_WRONG;
}

static bool qualify_next(struct load *load, unsigned slot, struct call *call)
{
	struct bench *b = load_bench(load);
	char code[LEDGER_CODE_SIZE];
	(void)slot;
	call->entry = ledger_next_to_qualify(b->ledger, b->group);
	if (call->entry == LEDGER_NONE)
		return false;
	ledger_code(&b->ledger->entries[call->entry], code);
	requests_qualify(b, call, code);
	return true;
}

static enum verdict qualify_done(struct load *load, unsigned slot, struct call *call,
				 const struct response *r)
{
	struct bench *b = load_bench(load);
	(void)slot;
	if (response_is_unsure(r))
		ledger_lose_qualified(b->ledger, call->entry);
	if (r->status == 0)
		return CALL_LOST;
	if (r->status != 200)
		return CALL_REFUSED;
	if (r->body.n == 0 || memmem(r->body.p, r->body.n, "\"changed\":true", 14) == NULL)
		return CALL_WRONG;
	ledger_ack_qualified(b->ledger, call->entry);
	return CALL_OK;
}

const struct scenario scenario_read = {
    .name = "read",
    .help = "GET /api/v2/users/{code} of random users",
    .needs = NEEDS_REFERRERS,
    .next = read_next,
    .done = read_done,
};

const struct scenario scenario_list = {
    .name = "list",
    .help = "GET /api/v2/users, pages anywhere in the list",
    .needs = NEEDS_REFERRERS,
    .next = list_next,
    .done = list_done,
};

const struct scenario scenario_qualify = {
    .name = "qualify",
    .help = "qualifies each friend who joined, and each only once",
    .needs = NEEDS_INVITED | NEEDS_INBOUND,
    .next = qualify_next,
    .done = qualify_done,
};
