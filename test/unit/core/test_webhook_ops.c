/* Owns the tests of operating a webhook: enabling, rotating, testing, previewing, why, resending,
 * the list of replays. Never sends. Runs on three stores.
 * Run by make test. */
#include "core/webhook_ops.h"

#include "core/replay.h"
#include "webhook_world.h"

static void enabling_forgets_why_it_was_disabled(void **state)
{
	struct world *w = *state;
	uint64_t user, hook = disabled_hook(w, &user);
	struct webhook_enable enable = {
	    .command = {.decide = webhook_enable_decide}, .id = hook, .now_ms = WORLD_NOW + 9};
	for (int again = 0; again < 2; again++) {
		assert_int_equal(world_run_keep(w, &enable.command, &KIND_WEBHOOK, &enable.webhook),
				 ERR_OK);
		struct webhook webhook = {.id = hook};
		assert_int_equal(world_get(w, &KIND_WEBHOOK, &webhook), ERR_OK);
		assert_true(webhook.disabled_ms == 0 && webhook.disabled_reason.n == 0);
		assert_int_equal(webhook.updated_ms, WORLD_NOW + 9);
		assert_int_equal(webhook.times_enabled, again + 1);
		assert_true(text_eq(webhook.name, TEXT("CRM")));
	}
	enable.id = hook + 1;
	assert_int_equal(world_run(w, &enable.command), ERR_NOT_FOUND);
	assert_int_equal(world_count(w, &KIND_WEBHOOK), 1);
}

static void disabling_holds_and_keeps_an_earlier_reason(void **state)
{
	struct world *w = *state;
	uint64_t user, gone = disabled_hook(w, &user), hook = world_webhook(w, world_hook());
	uint64_t events = world_count(w, &KIND_EVENT);
	struct webhook_disable disable = {.command = {.decide = webhook_disable_decide},
					  .id = gone,
					  .now_ms = WORLD_NOW + 9,
					  .actor = {.kind = ACTOR_TOKEN, .id = 7}};
	struct webhook webhook = {.id = gone};
	assert_int_equal(world_run(w, &disable.command), ERR_OK);
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &webhook), ERR_OK);
	assert_true(webhook.disabled_by == DISABLED_BY_GONE && webhook.disabled_ms == WORLD_NOW);
	assert_int_equal(actor_of_number(webhook.disabled_actor).kind, ACTOR_REFERD);
	disable.id = webhook.id = hook;
	assert_int_equal(world_run(w, &disable.command), ERR_OK);
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &webhook), ERR_OK);
	assert_true(webhook.disabled_by == DISABLED_BY_OPERATOR && webhook.disabled_reason.n > 0);
	struct actor actor = actor_of_number(webhook.disabled_actor);
	assert_true(actor.kind == ACTOR_TOKEN && actor.id == 7);
	assert_int_equal(webhook.disabled_ms, WORLD_NOW + 9);
	assert_int_equal(world_count(w, &KIND_EVENT), events);
	disable.id = 99;
	assert_int_equal(world_run(w, &disable.command), ERR_NOT_FOUND);
}

static struct webhook rotated(struct world *w, uint64_t hook, struct text secret,
			      uint64_t overlap_ms)
{
	struct webhook_rotate rotate = {.command = {.decide = webhook_rotate_decide},
					.id = hook,
					.now_ms = WORLD_NOW,
					.secret = secret,
					.overlap_ms = overlap_ms};
	assert_int_equal(world_run(w, &rotate.command), ERR_OK);
	struct webhook webhook = {.id = hook};
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &webhook), ERR_OK);
	return webhook;
}

static void rotating_keeps_the_previous_secret_for_a_while(void **state)
{
	struct world *w = *state;
	struct webhook first = world_hook();
	first.secret = TEXT("one");
	uint64_t hook = world_webhook(w, first);
	struct webhook webhook = rotated(w, hook, TEXT("two"), 1000);
	assert_true(text_eq(webhook.secret, TEXT("two")) &&
		    text_eq(webhook.old_secret, TEXT("one")));
	assert_int_equal(webhook.old_secret_until_ms, WORLD_NOW + 1000);
	webhook = rotated(w, hook, TEXT("three"), 1000);
	assert_true(text_eq(webhook.old_secret, TEXT("two")));
	webhook = rotated(w, hook, TEXT("four"), 0);
	assert_true(text_eq(webhook.secret, TEXT("four")) && webhook.old_secret.n == 0);
	assert_int_equal(webhook.old_secret_until_ms, 0);
	assert_int_equal(webhook.revision, 1); /* payloads do not change */
}

static void a_test_is_for_one_webhook_alone(void **state)
{
	struct world *w = *state;
	struct webhook first = world_hook();
	first.events = 1 << EVENT_USER_QUALIFIED | 1 << EVENT_WEBHOOK_DISABLED;
	uint64_t hook = world_webhook(w, first);
	world_webhook(w, world_hook());
	struct webhook_test test = {
	    .command = {.decide = webhook_test_decide}, .id = hook, .now_ms = WORLD_NOW};
	assert_int_equal(world_run(w, &test.command), ERR_OK);
	assert_true(test.delivery.id == 1 && test.delivery.webhook_id == hook &&
		    test.delivery.test);
	assert_int_equal(test.delivery.event_type, EVENT_USER_QUALIFIED);
	assert_int_equal(world_count(w, &KIND_DELIVERY), 1);
	struct event event = {.id = test.delivery.event_id};
	assert_int_equal(world_get(w, &KIND_EVENT, &event), ERR_OK);
	assert_true(event.test && event.user_id == 0 && event.source == SOURCE_TEST);
	assert_int_equal(event.qualified_ms, WORLD_NOW);
	test.id = 99;
	assert_int_equal(world_run(w, &test.command), ERR_NOT_FOUND);
}

static void a_disabled_webhook_refuses_tests_and_resends(void **state)
{
	struct world *w = *state;
	uint64_t user, hook = disabled_hook(w, &user);
	uint64_t events = world_count(w, &KIND_EVENT);
	struct webhook_test test = {.command = {.decide = webhook_test_decide}, .id = hook};
	struct delivery_resend resend = {
	    .command = {.decide = webhook_resend_decide}, .delivery_id = 1, .now_ms = WORLD_NOW};
	assert_int_equal(world_run(w, &test.command), ERR_REFUSED);
	assert_int_equal(world_run(w, &resend.command), ERR_REFUSED);
	assert_int_equal(world_count(w, &KIND_EVENT), events);
	assert_int_equal(world_delivery(w, 1).due_ms, WORLD_NOW + 5000);
	struct webhook_enable enable = {.command = {.decide = webhook_enable_decide}, .id = hook};
	assert_int_equal(world_run(w, &enable.command), ERR_OK);
	assert_int_equal(world_run(w, &resend.command), ERR_OK);
	assert_int_equal(world_delivery(w, 1).due_ms, WORLD_NOW);
	resend.delivery_id = 99;
	assert_int_equal(world_run(w, &resend.command), ERR_NOT_FOUND);
}

static void a_preview_shows_the_next_event_and_stores_nothing(void **state)
{
	struct world *w = *state;
	struct webhook first = world_hook();
	first.events = 1 << EVENT_USER_JOIN;
	uint64_t hook = world_webhook(w, first);
	uint64_t user = world_user(w, world_launched(w), 0, "jessica@example.com");
	struct webhook_preview p = {.command = {.decide = webhook_preview_decide},
				    .id = hook,
				    .user_id = user,
				    .now_ms = WORLD_NOW + 1,
				    .public_url = TEXT("https://r.example")};
	assert_int_equal(world_ask(w, &p.command, &KIND_EVENT, &p.event), ERR_OK);
	assert_true(p.event.id == 2 && p.delivery.id == 2 && p.event.at_ms == WORLD_NOW + 1);
	assert_true(p.event.type == EVENT_USER_JOIN && p.event.user_id == user && !p.event.test);
	assert_true(text_eq(p.event.email, TEXT("jessica@example.com")));
	assert_true(p.revision.revision == 1);
	assert_int_equal(world_count(w, &KIND_EVENT), 1);
	p.event_type = EVENT_USER_QUALIFIED;
	assert_int_equal(world_ask(w, &p.command, NULL, NULL), ERR_REFUSED);
	assert_int_equal(p.refusal, PREVIEW_NOT_ITS_EVENT);
	p.event_type = 0;
	p.user_id = user + 1;
	assert_int_equal(world_ask(w, &p.command, NULL, NULL), ERR_REFUSED);
	assert_int_equal(p.refusal, PREVIEW_NO_USER);
	p.id = 99;
	assert_int_equal(world_ask(w, &p.command, NULL, NULL), ERR_REFUSED);
	assert_int_equal(p.refusal, PREVIEW_NO_WEBHOOK);
}

static void a_draft_is_judged_and_previewed_like_a_saved_webhook(void **state)
{
	struct world *w = *state;
	struct webhook draft = world_hook();
	draft.fields_are = FIELDS_DEFAULT;
	struct webhook_preview p = {.command = {.decide = webhook_preview_decide},
				    .draft = &draft,
				    .made_up = true,
				    .now_ms = WORLD_NOW};
	assert_int_equal(world_ask(w, &p.command, NULL, NULL), ERR_OK);
	assert_true(p.event.test && p.event.type == EVENT_USER_JOIN && p.webhook.id == 1);
	assert_int_equal(pairs_count(draft.fields), 0); /* it stays as it was given */
	draft.campaign_id = 99;
	draft.method = WEBHOOK_GET;
	draft.format = FORMAT_JSON;
	assert_int_equal(world_ask(w, &p.command, NULL, NULL), ERR_REFUSED);
	assert_int_equal(p.refusal, PREVIEW_WRONG_DRAFT);
	assert_int_equal(p.problems.n, 2);
	assert_non_null(problems_find(&p.problems, TEXT("campaign_id")));
	assert_non_null(problems_find(&p.problems, TEXT("format")));
	assert_int_equal(world_count(w, &KIND_WEBHOOK), 0);
}

static void matches(struct world *w, struct webhook webhook, uint64_t since_ms, size_t looked_at,
		    size_t matched)
{
	struct webhook_matches m = {.command = {.decide = webhook_matches_decide},
				    .webhook = webhook,
				    .since_ms = since_ms};
	for (int slices = 0; !m.ended; slices++) {
		assert_in_range(slices, 0, 3);
		assert_int_equal(world_ask(w, &m.command, NULL, NULL), ERR_OK);
	}
	assert_int_equal(m.looked_at, looked_at);
	assert_int_equal(m.matched, matched);
	assert_false(m.more);
}

static void matches_are_counted_in_slices(void **state)
{
	enum { N = MATCH_SLICE + 3 };
	struct world *w = *state;
	struct webhook hook = world_hook(), invited = world_hook(), elsewhere = world_hook();
	invited.types = 1 << USER_INVITED;
	elsewhere.campaign_id = 99;
	matches(w, hook, 0, 0, 0);
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	w->now_ms++;
	for (int i = 0; i < N; i++) {
		char email[32];
		snprintf(email, sizeof email, "user%d@example.com", i);
		world_user(w, campaign, i < 2 ? jessica : 0, email);
	}
	matches(w, hook, WORLD_NOW, N + 1, N + 1);
	matches(w, hook, WORLD_NOW + 1, N, N);
	matches(w, invited, WORLD_NOW, N + 1, 2);
	matches(w, elsewhere, WORLD_NOW, N + 1, 0);
}

static void why_shows_due_deliveries(void **state)
{
	struct world *w = *state;
	uint64_t user, hook = disabled_hook(w, &user);
	struct webhook_why why = {.command = {.decide = webhook_why_decide}, .id = hook};
	assert_int_equal(world_ask(w, &why.command, NULL, NULL), ERR_OK);
	assert_true(why.webhook.disabled_ms != 0 && why.next_due_ms == 0 && why.stats.pending == 1);
	struct webhook_enable enable = {.command = {.decide = webhook_enable_decide}, .id = hook};
	assert_int_equal(world_run(w, &enable.command), ERR_OK);
	assert_int_equal(world_ask(w, &why.command, NULL, NULL), ERR_OK);
	assert_int_equal(why.next_due_ms, WORLD_NOW + 5000);
	why.id = world_webhook(w, world_hook());
	assert_int_equal(world_ask(w, &why.command, NULL, NULL), ERR_OK);
	assert_true(why.next_due_ms == 0 && why.stats.pending == 0);
	why.id = 99;
	assert_int_equal(world_ask(w, &why.command, NULL, NULL), ERR_NOT_FOUND);
}

static void why_counts_settings_that_did_not_match(void **state)
{
	struct world *w = *state;
	struct webhook wanted = world_hook(), other = world_hook();
	wanted.types = 1 << USER_INVITED;
	wanted.campaign_id = world_launched(w);
	other.campaign_id = world_launched(w);
	uint64_t hook = world_webhook(w, wanted), elsewhere = world_webhook(w, other);
	for (int i = 0; i < WHY_EVENTS + 5; i++) {
		char email[32];
		snprintf(email, sizeof email, "user%d@example.com", i);
		world_user(w, wanted.campaign_id, 0, email);
	}
	struct webhook_why why = {.command = {.decide = webhook_why_decide}, .id = hook};
	assert_int_equal(world_ask(w, &why.command, NULL, NULL), ERR_OK);
	assert_int_equal(why.of_campaign, WHY_EVENTS);
	assert_int_equal(why.mismatches[MISMATCH_TYPES], WHY_EVENTS);
	assert_int_equal(why.had[MISMATCH_TYPES], 1 << USER_REFERRING);
	why.id = elsewhere;
	assert_int_equal(world_ask(w, &why.command, NULL, NULL), ERR_OK);
	assert_true(why.of_campaign == 0 && why.looked_at == WHY_EVENTS + 5);
	wanted.types = 0;
	w->now_ms++;
	why.id = world_webhook(w, wanted);
	assert_int_equal(world_ask(w, &why.command, NULL, NULL), ERR_OK);
	assert_int_equal(why.mismatches[MISMATCH_BEFORE], WHY_EVENTS);
}

static struct webhook_why one_of(const struct webhook_whys *whys, uint64_t id)
{
	for (size_t i = 0; i < whys->n; i++)
		if (whys->whys[i].id == id)
			return whys->whys[i];
	fail_msg("no webhook %llu among %zu", (unsigned long long)id, whys->n);
	return (struct webhook_why){0};
}

static void only_types_and_sources_exclude_all_events(void **state)
{
	struct world *w = *state;
	struct webhook invited = world_hook(), sources = world_hook(), rare = world_hook();
	invited.types = 1 << USER_INVITED;
	invited.campaign_id = world_launched(w);
	sources.sources = 1 << SOURCE_ZAPIER;
	rare.events = 1 << EVENT_USER_QUALIFIED;
	const uint64_t hooks[] = {world_webhook(w, invited), world_webhook(w, sources),
				  world_webhook(w, rare), world_webhook(w, world_hook())};
	struct webhook_why room[WEBHOOK_WHYS];
	struct webhook_whys whys = {.command = {.decide = webhook_whys_decide}, .whys = room};
	assert_int_equal(world_ask(w, &whys.command, NULL, NULL), ERR_OK);
	assert_false(one_of(&whys, hooks[0]).excludes_all); /* nothing has happened yet */
	uint64_t jessica = world_user(w, invited.campaign_id, 0, "jessica@example.com");
	assert_int_equal(world_ask(w, &whys.command, NULL, NULL), ERR_OK);
	const bool excludes_all[] = {true, true, false, false};
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(one_of(&whys, hooks[i]).excludes_all, excludes_all[i]);
	assert_int_equal(one_of(&whys, hooks[3]).stats.pending, 1);
	/* A friend's event is what the first webhook wants. Later events do not change this. */
	world_user(w, invited.campaign_id, jessica, "byron@example.com");
	uint64_t sent = world_delivery(w, 2).webhook_id == hooks[0] ? 2 : 3;
	assert_int_equal(world_delivery(w, sent).webhook_id, hooks[0]);
	assert_int_equal(world_attempt(w, sent, world_delivery(w, sent).due_ms, VERDICT_DELIVERED,
				       WORLD_NOW + 5000),
			 ERR_OK);
	for (int i = 0; i < WHY_EVENTS; i++) {
		char email[32];
		snprintf(email, sizeof email, "user%d@example.com", i);
		world_user(w, invited.campaign_id, 0, email);
	}
	assert_int_equal(world_ask(w, &whys.command, NULL, NULL), ERR_OK);
	assert_false(one_of(&whys, hooks[0]).excludes_all);
	assert_true(one_of(&whys, hooks[1]).excludes_all);
}

static void events_of_other_types_hide_nothing(void **state)
{
	struct world *w = *state;
	struct webhook zapier = world_hook();
	zapier.sources = 1 << SOURCE_ZAPIER;
	zapier.campaign_id = world_launched(w);
	uint64_t hook = world_webhook(w, zapier), friends[WHY_EVENTS];
	uint64_t jessica = world_user(w, zapier.campaign_id, 0, "jessica@example.com");
	for (int i = 0; i < WHY_EVENTS; i++) {
		char email[32];
		snprintf(email, sizeof email, "friend%d@example.com", i);
		friends[i] = world_user(w, zapier.campaign_id, jessica, email);
	}
	for (int i = 0; i < WHY_EVENTS; i++) {
		struct qualify qualify = world_qualify(w, friends[i], true);
		assert_int_equal(world_run(w, &qualify.command), ERR_OK);
	}
	struct webhook_why why = {.command = {.decide = webhook_why_decide}, .id = hook};
	assert_int_equal(world_ask(w, &why.command, NULL, NULL), ERR_OK);
	assert_int_equal(why.mismatches[MISMATCH_SOURCES], WHY_EVENTS);
	assert_true(why.mismatches[MISMATCH_EVENTS] == 0 && why.excludes_all);
}

static void whys_come_in_pages(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < WEBHOOK_WHYS + 2; i++)
		world_webhook(w, world_hook());
	struct webhook_why room[WEBHOOK_WHYS];
	struct webhook_whys whys = {.command = {.decide = webhook_whys_decide}, .whys = room};
	assert_int_equal(world_ask(w, &whys.command, NULL, NULL), ERR_OK);
	assert_true(whys.n == WEBHOOK_WHYS && room[0].id == 1);
	whys.after = room[WEBHOOK_WHYS - 1].id;
	assert_int_equal(world_ask(w, &whys.command, NULL, NULL), ERR_OK);
	assert_true(whys.n == 2 && room[1].id == WEBHOOK_WHYS + 2);
}

static void replays_are_listed_for_one_webhook(void **state)
{
	enum { N = 9 };
	struct world *w = *state;
	uint64_t hooks[2] = {world_webhook(w, world_hook()), world_webhook(w, world_hook())};
	struct replay room[N];
	for (size_t i = 0; i < N; i++) {
		struct replay_start start = {
		    .command = {.decide = replay_start_decide},
		    .replay = {.webhook_id = hooks[i % 2], .since_ms = i + 1}};
		assert_int_equal(world_run(w, &start.command), ERR_OK);
	}
	struct replay_list list = {.command = {.decide = replay_list_decide},
				   .webhook_id = hooks[0],
				   .page = {.reverse = true, .max = 3},
				   .replays = room};
	assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_OK);
	assert_true(list.page.n == 3 && room[0].id == 9 && room[2].id == 5 && list.page.next == 3);
	list.page.from = list.page.next;
	assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_OK);
	assert_true(list.page.n == 2 && room[0].id == 3 && room[1].id == 1 && list.page.next == 0);
	list.webhook_id = 99;
	assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_NOT_FOUND);
	struct replay_get get = {.command = {.decide = replay_get_decide}, .replay = {.id = 4}};
	assert_int_equal(world_ask(w, &get.command, NULL, NULL), ERR_OK);
	assert_true(get.replay.webhook_id == hooks[1] && get.replay.since_ms == 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(enabling_forgets_why_it_was_disabled),
	    WORLD_ON_ALL(disabling_holds_and_keeps_an_earlier_reason),
	    WORLD_ON_ALL(rotating_keeps_the_previous_secret_for_a_while),
	    WORLD_ON_ALL(a_test_is_for_one_webhook_alone),
	    WORLD_ON_ALL(a_disabled_webhook_refuses_tests_and_resends),
	    WORLD_ON_ALL(a_preview_shows_the_next_event_and_stores_nothing),
	    WORLD_ON_ALL(a_draft_is_judged_and_previewed_like_a_saved_webhook),
	    WORLD_ON_ALL(matches_are_counted_in_slices),
	    WORLD_ON_ALL(why_shows_due_deliveries),
	    WORLD_ON_ALL(why_counts_settings_that_did_not_match),
	    WORLD_ON_ALL(only_types_and_sources_exclude_all_events),
	    WORLD_ON_ALL(events_of_other_types_hide_nothing),
	    WORLD_ON_ALL(whys_come_in_pages),
	    WORLD_ON_ALL(replays_are_listed_for_one_webhook),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
