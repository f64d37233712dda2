/* Owns the tests of binding a webhook to a reward rule and unbinding it. Never sends. Runs on three
 * stores.
 * Run by make test. */
#include "core/webhook_rule.h"

#include "core/reward_records.h"
#include "reward_world.h"

struct put_rule {
	struct command command;
	struct rule rule;
};

static enum err put_rule_decide(struct command *command, struct tx *tx)
{
	struct put_rule *put = (struct put_rule *)command;
	if (put->rule.id == 0)
		put->rule.id = tx_next_id(tx, &KIND_RULE);
	tx_put(tx, &KIND_RULE, &put->rule);
	return ERR_OK;
}

static uint64_t save_rule(struct world *w, struct rule rule)
{
	struct put_rule put = {.command = {.decide = put_rule_decide}, .rule = rule};
	assert_int_equal(world_run(w, &put.command), ERR_OK);
	return put.rule.id;
}

static struct webhook_bind bind_of(uint64_t rule_id, const char *url, uint64_t now_ms)
{
	struct webhook hook = {.name = TEXT("n8n"),
			       .events = 1 << EVENT_REWARD_ISSUED,
			       .url = text_of(url),
			       .secret = TEXT("sealed")};
	return (struct webhook_bind){.command = {.decide = webhook_bind_decide},
				     .rule_id = rule_id,
				     .save = {.webhook = hook, .now_ms = now_ms}};
}

static enum err unbind(struct world *w, uint64_t rule_id)
{
	struct webhook_unbind cmd = {.command = {.decide = webhook_unbind_decide},
				     .rule_id = rule_id};
	return world_run(w, &cmd.command);
}

static void one_webhook_for_each_rule(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w), others = world_webhook(w, world_hook());
	uint64_t first = save_rule(w, (struct rule){.campaign_id = campaign});
	uint64_t second = save_rule(w, (struct rule){.campaign_id = campaign});
	struct webhook_bind one = bind_of(first, "https://n8n.example/1", WORLD_NOW);
	struct webhook_bind two = bind_of(second, "https://n8n.example/2", WORLD_NOW);
	assert_int_equal(world_run(w, &one.command), ERR_OK);
	assert_int_equal(world_run(w, &two.command), ERR_OK);
	assert_int_not_equal(one.save.webhook.id, two.save.webhook.id);
	struct webhook hook = {.id = one.save.webhook.id};
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &hook), ERR_OK);
	assert_int_equal(hook.rule_id, first);
	assert_int_equal(hook.campaign_id, campaign);
	assert_true(text_eq(hook.url, TEXT("https://n8n.example/1")));
	assert_int_equal(world_count(w, &KIND_WEBHOOK), 3);
	assert_int_equal(unbind(w, first), ERR_OK);
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &hook), ERR_NOT_FOUND);
	assert_int_equal(unbind(w, first), ERR_NOT_FOUND);
	hook.id = others;
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &hook), ERR_OK);
	assert_int_equal(unbind(w, second), ERR_OK);
	assert_int_equal(world_count(w, &KIND_WEBHOOK), 1);
}

/* It stays the same webhook with its secret, at another address, and is active again. */
static void binding_again_moves_the_webhook(void **state)
{
	struct world *w = *state;
	uint64_t rule = save_rule(w, (struct rule){.campaign_id = world_launched(w)});
	struct webhook_bind bind = bind_of(rule, "https://n8n.example/1", WORLD_NOW);
	assert_int_equal(world_run(w, &bind.command), ERR_OK);
	uint64_t id = bind.save.webhook.id;
	struct webhook_save off = {
	    .command = {.decide = webhook_save_decide},
	    .webhook = {.id = id, .disabled_ms = WORLD_NOW},
	    .set = record_bit(&KIND_WEBHOOK, offsetof(struct webhook, disabled_ms)),
	    .now_ms = WORLD_NOW};
	assert_int_equal(world_run(w, &off.command), ERR_OK);
	bind = bind_of(rule, "https://n8n.example/other", WORLD_NOW + 1);
	bind.save.webhook.secret = TEXT("another");
	assert_int_equal(world_run(w, &bind.command), ERR_OK);
	assert_int_equal(bind.save.webhook.id, id);
	struct webhook hook = {.id = id};
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &hook), ERR_OK);
	assert_true(text_eq(hook.url, TEXT("https://n8n.example/other")));
	assert_true(text_eq(hook.secret, TEXT("sealed")));
	assert_int_equal(hook.disabled_ms, 0);
	assert_int_equal(hook.rule_id, rule);
	assert_int_equal(hook.updated_ms, WORLD_NOW + 1);
	assert_int_equal(world_count(w, &KIND_WEBHOOK), 1);
}

static void a_deleted_rule_removes_its_webhook(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w), rules[2];
	struct webhook_bind hooks[2];
	for (size_t i = 0; i < 2; i++) {
		rules[i] = world_rule(w, rule_custom(campaign));
		hooks[i] = bind_of(rules[i], "https://n8n.example/1", WORLD_NOW);
		assert_int_equal(world_run(w, &hooks[i].command), ERR_OK);
	}
	struct rule_remove remove = {.command = {.decide = rule_remove_decide}, .id = rules[0]};
	assert_int_equal(world_run(w, &remove.command), ERR_OK);
	assert_false(remove.archived);
	struct webhook gone = {.id = hooks[0].save.webhook.id},
		       kept = {.id = hooks[1].save.webhook.id};
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &gone), ERR_NOT_FOUND);
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &kept), ERR_OK);
	assert_int_equal(unbind(w, rules[1]), ERR_OK);
}

static void an_unknown_rule_binds_nothing(void **state)
{
	struct world *w = *state;
	uint64_t archived =
	    save_rule(w, (struct rule){.campaign_id = world_launched(w), .archived_ms = WORLD_NOW});
	struct webhook_bind bind = bind_of(archived, "https://n8n.example/1", WORLD_NOW);
	assert_int_equal(world_run(w, &bind.command), ERR_NOT_FOUND);
	bind.rule_id = archived + 1;
	assert_int_equal(world_run(w, &bind.command), ERR_NOT_FOUND);
	assert_int_equal(unbind(w, archived + 1), ERR_NOT_FOUND);
	assert_int_equal(world_count(w, &KIND_WEBHOOK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(one_webhook_for_each_rule),
	    WORLD_ON_ALL(binding_again_moves_the_webhook),
	    WORLD_ON_ALL(a_deleted_rule_removes_its_webhook),
	    WORLD_ON_ALL(an_unknown_rule_binds_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
