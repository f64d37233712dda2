/*
 * Owns the comparison of the ledger with the server.
 * Never changes the ledger. Only a change with an unknown outcome may be present or absent.
 * Called by run.c and compare.c at the end of their loads, and by run.c for `verify`.
 */
#include "verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "hooks.h"
#include "load.h"
#include "memory.h"

enum { SHOWN_MAX = 10, VERIFY_LIMIT_S = 3600 };

const char *const verify_finding_names[VERIFY_FINDINGS] = {
    [FIND_MISSING] = "missing",
    [FIND_UNREADABLE] = "unreadable",
    [FIND_CODE] = "code",
    [FIND_ID] = "id",
    [FIND_EMAIL] = "email",
    [FIND_REFERRER] = "referrer",
    [FIND_QUALIFIED] = "qualified",
    [FIND_REFERRALS] = "referrals",
    [FIND_QUALIFIED_COUNT] = "qualified_referrals",
};

/* The limits of a referrer's counter: from sure to sure + unknown. */
struct verify_counts {
	uint32_t referrals, referrals_unknown, qualified, qualified_unknown;
};

struct verify {
	const struct ledger *ledger;
	struct verify_counts *counts; /* by entry */
	uint64_t sample, early; /* the number of users to check, and of the earliest among them */
	uint64_t next;          /* the position in the entries */
	uint64_t random, acked_seen, taken, shown;
	struct verify_result *result;
};

bool verify_parse(const char *text, uint64_t *sample)
{
	*sample = strcmp(text, "all") == 0 ? UINT64_MAX : 0;
	if (*sample > 0 || strcmp(text, "none") == 0 || text_to_u64(text_of(text), sample))
		return true;
	fprintf(stderr, "referd-bench: --verify %s: must be all, none or a number\n", text);
	return false;
}

static void verify_count(struct verify *v)
{
	const struct ledger *l = v->ledger;
	v->counts = memory_zeroed(l->n, sizeof *v->counts);
	for (size_t i = 0; i < l->n; i++) {
		const struct ledger_entry *e = &l->entries[i];
		if (e->referrer == LEDGER_NONE)
			continue;
		struct verify_counts *c = &v->counts[e->referrer];
		c->referrals += (e->flags & LEDGER_ACKED) != 0;
		c->referrals_unknown += (e->flags & LEDGER_LOST) != 0;
		c->qualified += (e->flags & LEDGER_QUALIFIED) != 0;
		c->qualified_unknown +=
		    (e->flags & (LEDGER_QUALIFIED | LEDGER_QUALIFY_LOST)) == LEDGER_QUALIFY_LOST;
	}
}

/* Selection sampling: after the earliest codes, each entry has an equal chance. */
static bool verify_takes(struct verify *v)
{
	uint64_t left = v->ledger->acked - v->acked_seen++;
	if (v->taken >= v->sample)
		return false;
	uint64_t wanted = v->sample - v->taken;
	bool take = v->taken < v->early || wanted >= left ||
		    random_unit(&v->random) * (double)left < (double)wanted;
	v->taken += take;
	return take;
}

static bool verify_next(struct load *load, unsigned slot, struct call *call)
{
	struct verify *v = load_arg(load);
	char code[LEDGER_CODE_SIZE];
	(void)slot;
	while (v->next < v->ledger->n) {
		uint32_t index = (uint32_t)v->next++;
		const struct ledger_entry *e = &v->ledger->entries[index];
		if (!(e->flags & LEDGER_ACKED) || !verify_takes(v))
			continue;
		call->entry = index;
		ledger_code(e, code);
		requests_read_analytics(load_bench(load), call, code);
		return true;
	}
	return false;
}

static void verify_find(struct verify *v, const struct ledger_entry *e, enum verify_finding finding,
			uint64_t expected, uint64_t found)
{
	char code[LEDGER_CODE_SIZE];
	v->result->findings[finding]++;
	if (v->shown++ >= SHOWN_MAX)
		return;
	ledger_code(e, code);
	fprintf(stderr, "ledger: %s: %s: expected %llu, found %llu\n", code,
		verify_finding_names[finding], (unsigned long long)expected,
		(unsigned long long)found);
}

static void verify_number(struct verify *v, const struct ledger_entry *e, const struct json *value,
			  enum verify_finding finding, uint64_t least, uint64_t most)
{
	uint64_t found = 0;
	bool is_null = value == NULL || json_kind(value) == JSON_NULL;
	if ((!is_null && !json_u64(value, true, &found)) || found < least || found > most)
		verify_find(v, e, finding, least, found);
}

static void verify_text(struct verify *v, const struct ledger_entry *e, const struct json *value,
			enum verify_finding finding, struct text expected)
{
	struct text found;
	if (!json_string(value, &found) || !text_eq(found, expected))
		verify_find(v, e, finding, 0, 0);
}

static void verify_counters(struct verify *v, uint32_t index, const struct json *user)
{
	const struct ledger_entry *e = &v->ledger->entries[index];
	const struct verify_counts *c = &v->counts[index];
	const struct json *analytics = json_get(user, "analytics");
	const struct json *at = json_get(user, "qualified_at");
	bool qualified = at != NULL && json_kind(at) != JSON_NULL;
	bool may = (e->flags & (LEDGER_QUALIFIED | LEDGER_QUALIFY_LOST)) != 0;
	bool must = (e->flags & LEDGER_QUALIFIED) != 0;
	if (qualified ? !may : must)
		verify_find(v, e, FIND_QUALIFIED, must, qualified);
	verify_number(v, e, json_get(analytics, "referrals"), FIND_REFERRALS, c->referrals,
		      (uint64_t)c->referrals + c->referrals_unknown);
	verify_number(v, e, json_get(analytics, "qualified_referrals"), FIND_QUALIFIED_COUNT,
		      c->qualified, (uint64_t)c->qualified + c->qualified_unknown);
}

static void verify_user(struct verify *v, uint32_t index, const struct json *user)
{
	const struct ledger_entry *e = &v->ledger->entries[index];
	char code[LEDGER_CODE_SIZE], email[PEOPLE_EMAIL_SIZE];
	uint64_t referrer = e->referrer == LEDGER_NONE ? 0 : v->ledger->entries[e->referrer].id;
	ledger_code(e, code);
	ledger_email(v->ledger, e, email);
	verify_text(v, e, json_get(user, "code"), FIND_CODE, text_of(code));
	verify_text(v, e, json_get(user, "email"), FIND_EMAIL, text_of(email));
	verify_number(v, e, json_get(user, "id"), FIND_ID, e->id, e->id);
	verify_number(v, e, json_get(user, "referrer_id"), FIND_REFERRER, referrer, referrer);
	verify_counters(v, index, user);
}

static enum verdict verify_done(struct load *load, unsigned slot, struct call *call,
				const struct response *r)
{
	struct verify *v = load_arg(load);
	const struct ledger_entry *e = &v->ledger->entries[call->entry];
	struct json *root = NULL;
	const char *why;
	(void)slot;
	if (r->status == 0 || (r->status != 200 && r->status != 404)) {
		v->result->unanswered++;
		return r->status == 0 ? CALL_LOST : CALL_REFUSED;
	}
	v->result->checked++;
	if (r->status == 404)
		verify_find(v, e, FIND_MISSING, 200, 404);
	else if (json_parse(r->body, &root, &why) != ERR_OK || json_get(root, "data") == NULL)
		verify_find(v, e, FIND_UNREADABLE, 0, 0);
	else
		verify_user(v, call->entry, json_get(root, "data"));
	json_free(root);
	return CALL_OK;
}

/* Every node gets the same sample. A server that is gone would keep the load waiting. */
static void verify_target(struct bench *b, const struct target *target, unsigned connections,
			  struct verify *v)
{
	const struct targets one = {.at = {*target}, .n = 1};
	const struct load_plan plan = {.scenario = &scenario_verify,
				       .connections = connections,
				       .seconds = VERIFY_LIMIT_S,
				       .arg = v,
				       .targets = &one};
	struct buf body = {0};
	bool alive = target_call(target, "GET", "/healthz", NULL, NULL, &body) != 0;
	buf_free(&body);
	if (!alive) {
		fprintf(stderr, "ledger: http://%s does not answer\n", target->host);
		v->result->unanswered++;
		return;
	}
	struct load_result *result = memory_zeroed(1, sizeof *result);
	v->next = v->acked_seen = v->taken = 0;
	v->random = b->run;
	load_run(b, &plan, result);
	free(result);
}

void verify_run(struct bench *b, uint64_t sample, unsigned connections, struct verify_result *out)
{
	memset(out, 0, sizeof *out);
	struct verify v = {
	    .ledger = b->ledger, .sample = sample, .early = sample / 2, .result = out};
	verify_count(&v);
	for (unsigned i = 0; sample > 0 && b->ledger->acked > 0 && i < b->targets.n; i++)
		verify_target(b, &b->targets.at[i], connections, &v);
	free(v.counts);
}

bool verify_holds(const struct bench *b, const struct verify_result *v)
{
	uint64_t broken = v->unanswered + b->ledger->shared_codes + b->ledger->write_failed;
	for (int i = 0; i < VERIFY_FINDINGS; i++)
		broken += v->findings[i];
	if (b->hooks != NULL) {
		const struct hooks_stats *s = hooks_get_stats(b->hooks);
		uint64_t owed, missing;
		hooks_count(b->hooks, &owed, &missing);
		broken += missing + s->wrong + s->twice + s->strangers;
	}
	return broken == 0;
}

const struct scenario scenario_verify = {
    .name = "verify",
    .help = "reads users back and compares them with the ledger",
    .next = verify_next,
    .done = verify_done,
};
