/* Owns the tests of webhook records: saved, changed, masked, kept in the sets of campaigns,
 * removed.
 * Never sends: the commands run on three stores.
 * Run by make test. */
#include "core_world.h"

#include "core/id_list.h"

#define BIT(member) record_bit(&KIND_WEBHOOK, offsetof(struct webhook, member))

/* A save whose list of dropped headers outlives the command. */
struct kept_save {
	struct command command;
	struct webhook_save *save;
	struct arena *arena;
};

static enum err kept_save_decide(struct command *command, struct tx *tx)
{
	struct kept_save *kept = (struct kept_save *)command;
	enum err err = webhook_save_decide(&kept->save->command, tx);
	kept->save->dropped.raw = arena_copy(kept->arena, kept->save->dropped.raw);
	return err;
}

static enum err save(struct world *w, struct webhook_save *s)
{
	struct kept_save kept = {{.decide = kept_save_decide}, s, &w->arena};
	s->decided = false; /* a test may change its last request, and send it again */
	s->now_ms = w->now_ms;
	return world_run_keep(w, &kept.command, &KIND_WEBHOOK, &s->webhook);
}

static struct webhook read_back(struct world *w, uint64_t id)
{
	struct webhook_read read = {.command = {.decide = webhook_read_decide}, .id = id};
	assert_int_equal(world_ask(w, &read.command, &KIND_WEBHOOK, &read.webhook), ERR_OK);
	return read.webhook;
}

static void assert_set(struct world *w, uint64_t campaign_id, size_t n, const uint64_t *ids)
{
	struct webhook_set set = {.campaign_id = campaign_id};
	enum err err = world_get(w, &KIND_WEBHOOK_SET, &set);
	assert_int_equal(err, n == 0 ? ERR_NOT_FOUND : ERR_OK);
	assert_int_equal(id_list_length(set.webhook_ids), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(id_list_at(set.webhook_ids, i), ids[i]);
}

static struct pairs pair_list(struct world *w, const char *const *texts, size_t n)
{
	struct buf list = {0};
	for (size_t i = 0; i < n; i += 2)
		pairs_add(&list, text_of(texts[i]), text_of(texts[i + 1]));
	struct pairs pairs = {arena_copy(&w->arena, buf_view(&list))};
	buf_free(&list);
	return pairs;
}

#define PAIRS(w, ...)                                                                              \
	pair_list(w, (const char *const[]){__VA_ARGS__},                                           \
		  sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void assert_pairs(struct pairs a, struct pairs b)
{
	assert_true(text_eq(a.raw, b.raw));
}

static void a_webhook_is_created_and_read(void **state)
{
	struct world *w = *state;
	struct webhook_save s = {.webhook = world_hook()};
	s.webhook.campaign_id = world_launched(w);
	s.webhook.headers = PAIRS(w, "X-Key", "s3cret");
	s.webhook.fields = PAIRS(w, "email", "email_address");
	s.webhook.secret = TEXT("sealed");
	s.set = BIT(headers) | BIT(fields);
	assert_int_equal(save(w, &s), ERR_OK);
	assert_true(s.webhook.id == 1 && s.webhook.revision == 1);
	assert_true(s.webhook.created_ms == WORLD_NOW && s.webhook.updated_ms == WORLD_NOW);
	struct webhook back = read_back(w, 1);
	assert_true(text_eq(back.name, TEXT("CRM")) && text_eq(back.secret, TEXT("sealed")));
	assert_true(text_eq(back.url, TEXT("https://crm.example/in")));
	assert_pairs(back.headers, s.webhook.headers);
	assert_pairs(back.fields, s.webhook.fields);
	assert_int_equal(back.events, ALL_EVENTS);
	assert_set(w, back.campaign_id, 1, (uint64_t[]){1});
	assert_set(w, 0, 0, NULL);
}

static void a_change_touches_only_named_fields(void **state)
{
	struct world *w = *state;
	uint64_t id = world_webhook(w, world_hook());
	w->now_ms += 10;
	struct webhook_save s = {.webhook = {.id = id, .name = TEXT("Other"), .url = TEXT("no")},
				 .set = BIT(name)};
	assert_int_equal(save(w, &s), ERR_OK);
	struct webhook back = read_back(w, id);
	assert_true(text_eq(back.name, TEXT("Other")));
	assert_true(text_eq(back.url, TEXT("https://crm.example/in")));
	assert_true(back.created_ms == WORLD_NOW && back.updated_ms == WORLD_NOW + 10);
	assert_int_equal(back.revision, 1); /* its payloads do not change */
	s.webhook.id = id + 1;
	assert_int_equal(save(w, &s), ERR_NOT_FOUND);
}

static void a_masked_value_keeps_the_stored_value(void **state)
{
	struct world *w = *state;
	struct webhook hook = world_hook();
	hook.headers = PAIRS(w, "X-Key", "one", "X-Other", "two", "X-Gone", "three");
	uint64_t id = world_webhook(w, hook);
	struct webhook_save s = {.webhook = {.id = id}, .set = BIT(headers)};
	s.webhook.headers = PAIRS(w, "X-Other", "new", "x-key", WEBHOOK_MASK, "X-Added", "four");
	assert_int_equal(save(w, &s), ERR_OK);
	assert_pairs(read_back(w, id).headers,
		     PAIRS(w, "X-Other", "new", "x-key", "one", "X-Added", "four"));
	s = (struct webhook_save){.webhook = {.id = id, .name = TEXT("x")}, .set = BIT(name)};
	assert_int_equal(save(w, &s), ERR_OK);
	assert_int_equal(pairs_count(read_back(w, id).headers), 3);
	s = (struct webhook_save){.webhook = {.id = id}, .set = BIT(headers)};
	assert_int_equal(save(w, &s), ERR_OK);
	assert_int_equal(pairs_count(read_back(w, id).headers), 0);
}

/* The same name twice: each mask keeps its own value. */
static void each_mask_of_a_repeated_name_keeps_its_value(void **state)
{
	struct world *w = *state;
	struct webhook hook = world_hook();
	hook.headers = PAIRS(w, "X-Key", "one", "X-Key", "two");
	uint64_t id = world_webhook(w, hook);
	struct webhook_save s = {.webhook = {.id = id}, .set = BIT(headers)};
	s.webhook.headers = PAIRS(w, "X-Key", WEBHOOK_MASK, "X-Key", WEBHOOK_MASK);
	assert_int_equal(save(w, &s), ERR_OK);
	assert_pairs(read_back(w, id).headers, PAIRS(w, "X-Key", "one", "X-Key", "two"));
}

static struct webhook_save moved(uint64_t id, struct text url, struct text origin)
{
	return (struct webhook_save){.webhook = {.id = id, .url = url, .origin = origin},
				     .set = BIT(url)};
}

/* A write token cannot read header values, so it must not be able to send them to another origin.
 */
static void header_values_stay_with_their_origin(void **state)
{
	struct world *w = *state;
	struct webhook hook = world_hook();
	hook.url = TEXT("https://crm.example/in");
	hook.origin = TEXT("https://crm.example:443");
	hook.headers = PAIRS(w, "X-Key", "one", "X-Other", "two");
	uint64_t id = world_webhook(w, hook);
	struct webhook_save s = moved(id, TEXT("https://CRM.example:443/other?a=1"), hook.origin);
	assert_int_equal(save(w, &s), ERR_OK);
	assert_int_equal(pairs_count(s.dropped), 0);
	assert_int_equal(pairs_count(read_back(w, id).headers), 2);

	/* A masked value cannot move to another origin. */
	struct text elsewhere = TEXT("https://evil.example:443");
	s = moved(id, TEXT("https://evil.example/"), elsewhere);
	s.set |= BIT(headers);
	s.webhook.headers = PAIRS(w, "X-Key", WEBHOOK_MASK, "X-Other", "mine");
	assert_int_equal(save(w, &s), ERR_REFUSED);
	assert_non_null(
	    strstr(problems_find(&s.problems, TEXT("headers")), "send the header values again"));
	assert_true(text_eq(read_back(w, id).url, TEXT("https://CRM.example:443/other?a=1")));

	/* Omitted headers do not move either; the result names the dropped ones. */
	s = moved(id, TEXT("https://evil.example/"), elsewhere);
	assert_int_equal(save(w, &s), ERR_OK);
	assert_int_equal(pairs_count(s.dropped), 2);
	assert_int_equal(pairs_count(read_back(w, id).headers), 0);

	/* New values belong to the new origin. */
	s = moved(id, hook.url, hook.origin);
	s.set |= BIT(headers);
	s.webhook.headers = PAIRS(w, "X-Key", "three");
	assert_int_equal(save(w, &s), ERR_OK);
	assert_pairs(read_back(w, id).headers, PAIRS(w, "X-Key", "three"));
}

/* If a record has no origin, only the same URL keeps the header values. */
static void an_unknown_origin_counts_as_a_different_one(void **state)
{
	struct world *w = *state;
	struct webhook hook = world_hook();
	hook.headers = PAIRS(w, "X-Key", "one");
	uint64_t id = world_webhook(w, hook);
	struct webhook_save s = moved(id, hook.url, TEXT("https://crm.example:443"));
	assert_int_equal(save(w, &s), ERR_OK);
	assert_int_equal(pairs_count(read_back(w, id).headers), 1);
	hook = world_hook();
	hook.headers = PAIRS(w, "X-Key", "one");
	id = world_webhook(w, hook);
	s = moved(id, TEXT("https://crm.example/else"), TEXT("https://crm.example:443"));
	assert_int_equal(save(w, &s), ERR_OK);
	assert_int_equal(pairs_count(read_back(w, id).headers), 0);
}

/* Default fields follow the events; chosen fields stay. */
static void default_fields_follow_the_events(void **state)
{
	struct world *w = *state;
	struct webhook hook = world_hook();
	hook.events = 1 << EVENT_USER_JOIN;
	hook.fields_are = FIELDS_DEFAULT;
	uint64_t id = world_webhook(w, hook);
	assert_int_equal(pairs_count(read_back(w, id).fields), 13);
	struct webhook_save s = {
	    .webhook = {.id = id, .events = 1 << EVENT_USER_JOIN | 1 << EVENT_REWARD_DUE},
	    .set = BIT(events)};
	assert_int_equal(save(w, &s), ERR_OK);
	assert_int_equal(s.webhook.revision, 2);
	assert_int_equal(pairs_count(read_back(w, id).fields), 21);
	s = (struct webhook_save){.webhook = {.id = id, .fields_are = FIELDS_CHOSEN},
				  .set = BIT(fields)};
	s.webhook.fields = PAIRS(w, "email", "mail");
	assert_int_equal(save(w, &s), ERR_OK);
	s = (struct webhook_save){.webhook = {.id = id, .events = 1 << EVENT_REWARD_DUE},
				  .set = BIT(events)};
	assert_int_equal(save(w, &s), ERR_OK);
	assert_pairs(read_back(w, id).fields, PAIRS(w, "email", "mail"));
}

/* One field too many is a problem by itself: the names are not checked. */
static void too_many_unknown_fields(void **state)
{
	struct world *w = *state;
	struct buf list = {0};
	char name[16];
	for (int i = 0; i <= WEBHOOK_LIST_MAX; i++) {
		snprintf(name, sizeof name, "n%d", i);
		pairs_add(&list, text_of(name), text_of(name));
	}
	struct webhook_save s = {.webhook = world_hook()};
	s.webhook.fields.raw = buf_view(&list);
	assert_int_equal(save(w, &s), ERR_REFUSED);
	assert_string_equal(problems_find(&s.problems, TEXT("fields")), "has more than 64 entries");
	buf_free(&list);
}

static void revisions_are_kept(void **state)
{
	struct world *w = *state;
	struct webhook hook = world_hook();
	hook.fields = PAIRS(w, "email", "mail");
	uint64_t id = world_webhook(w, hook);
	struct webhook_save s = {.webhook = {.id = id, .format = FORMAT_JSON}, .set = BIT(format)};
	assert_int_equal(save(w, &s), ERR_OK);
	assert_int_equal(s.webhook.revision, 2);
	s = (struct webhook_save){.webhook = {.id = id}, .set = BIT(fields) | BIT(hidden)};
	s.webhook.hidden = PAIRS(w, "list", "7");
	assert_int_equal(save(w, &s), ERR_OK);
	assert_int_equal(s.webhook.revision, 3);
	assert_int_equal(save(w, &s), ERR_OK); /* no change */
	assert_int_equal(s.webhook.revision, 3);
	static const uint64_t formats[] = {FORMAT_QUERY, FORMAT_JSON, FORMAT_JSON};
	for (uint64_t i = 0; i < 3; i++) {
		struct webhook_revision r = {.webhook_id = id, .revision = i + 1};
		assert_int_equal(world_get(w, &KIND_WEBHOOK_REVISION, &r), ERR_OK);
		assert_int_equal(r.format, formats[i]);
		assert_int_equal(pairs_count(r.fields), i < 2);
		assert_int_equal(pairs_count(r.hidden), i == 2);
	}
}

static void a_webhook_moves_between_campaign_sets(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t a = world_webhook(w, world_hook()), b = world_webhook(w, world_hook());
	assert_set(w, 0, 2, (uint64_t[]){a, b});
	struct webhook_save s = {.webhook = {.id = a, .campaign_id = campaign},
				 .set = BIT(campaign_id)};
	assert_int_equal(save(w, &s), ERR_OK);
	assert_set(w, 0, 1, (uint64_t[]){b});
	assert_set(w, campaign, 1, (uint64_t[]){a});
	s.webhook.campaign_id = campaign + 1;
	assert_int_equal(save(w, &s), ERR_REFUSED);
	assert_non_null(problems_find(&s.problems, TEXT("campaign_id")));
	assert_set(w, campaign, 1, (uint64_t[]){a});
	s.webhook = (struct webhook){.id = a};
	assert_int_equal(save(w, &s), ERR_OK);
	assert_set(w, campaign, 0, NULL);
	assert_set(w, 0, 2, (uint64_t[]){b, a});
}

static void settings_that_do_not_fit_are_refused(void **state)
{
	struct world *w = *state;
	struct webhook_save s = {.webhook = world_hook()};
	s.webhook.format = FORMAT_JSON;
	s.webhook.method = WEBHOOK_GET;
	assert_int_equal(save(w, &s), ERR_REFUSED);
	assert_non_null(problems_find(&s.problems, TEXT("format")));
	assert_int_equal(world_count(w, &KIND_WEBHOOK), 0);
	/* Each half alone is valid: the stored webhook and the change are judged together. */
	s.webhook.method = WEBHOOK_POST;
	assert_int_equal(save(w, &s), ERR_OK);
	assert_int_equal(s.webhook.id, 1);
	struct webhook_save change = {.webhook = {.id = 1, .method = WEBHOOK_GET},
				      .set = BIT(method)};
	assert_int_equal(save(w, &change), ERR_REFUSED);
	assert_int_equal(read_back(w, 1).method, WEBHOOK_POST);
}

static void a_webhook_is_removed(void **state)
{
	struct world *w = *state;
	uint64_t a = world_webhook(w, world_hook()), b = world_webhook(w, world_hook());
	struct webhook_remove cmd = {.command = {.decide = webhook_remove_decide}, .id = a};
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
	assert_set(w, 0, 1, (uint64_t[]){b});
	assert_int_equal(world_run(w, &cmd.command), ERR_NOT_FOUND);
	cmd.id = b;
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
	assert_set(w, 0, 0, NULL);
	world_user(w, world_launched(w), 0, "a@example.com");
	assert_int_equal(world_count(w, &KIND_DELIVERY), 0);
	assert_int_equal(world_webhook(w, world_hook()), b + 1);
}

/* Which events reach which webhook. */
static void events_match_webhooks(void **state)
{
	static const struct {
		struct webhook hook;
		uint64_t deliveries; /* of: Jessica joins, Byron joins through her link, Byron
					qualifies */
	} cases[] = {
	    {{.events = ALL_EVENTS}, 3},
	    {{.events = 1 << EVENT_USER_JOIN}, 2},
	    {{.events = 1 << EVENT_USER_QUALIFIED}, 1},
	    {{.events = 1 << EVENT_USER_UNQUALIFIED}, 0},
	    {{.events = ALL_EVENTS, .types = 1 << USER_INVITED}, 2},
	    {{.events = ALL_EVENTS, .types = 1 << USER_REFERRING}, 1},
	    {{.events = ALL_EVENTS, .types = 1 << USER_REFERRING | 1 << USER_INVITED}, 3},
	    {{.events = ALL_EVENTS, .sources = 1 << SOURCE_DIRECT}, 1},
	    {{.events = ALL_EVENTS, .sources = 1 << SOURCE_REFERRED}, 2},
	    {{.events = ALL_EVENTS, .sources = 1 << SOURCE_API}, 0},
	    {{.events = ALL_EVENTS, .campaign_id = 1}, 3},
	    {{.events = ALL_EVENTS, .campaign_id = 2}, 0},
	    {{.events = ALL_EVENTS, .disabled_ms = 5}, 3},
	};
	enum { N = sizeof cases / sizeof *cases };
	struct world *w = *state;
	uint64_t campaign = world_launched(w), ids[N];
	world_launched(w);
	for (size_t i = 0; i < N; i++) {
		struct webhook hook = cases[i].hook;
		hook.name = TEXT("x");
		ids[i] = world_webhook(w, hook);
	}
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	struct qualify q = world_qualify(w, world_user(w, 0, jessica, "byron@example.com"), true);
	assert_int_equal(world_run(w, &q.command), ERR_OK);
	for (size_t i = 0; i < N; i++) {
		struct webhook_stats stats = {.webhook_id = ids[i]};
		enum err err = world_get(w, &KIND_WEBHOOK_STATS, &stats);
		assert_int_equal(err, cases[i].deliveries == 0 ? ERR_NOT_FOUND : ERR_OK);
		assert_int_equal(stats.pending, cases[i].deliveries);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_webhook_is_created_and_read),
	    WORLD_ON_ALL(a_change_touches_only_named_fields),
	    WORLD_ON_ALL(a_masked_value_keeps_the_stored_value),
	    WORLD_ON_ALL(each_mask_of_a_repeated_name_keeps_its_value),
	    WORLD_ON_ALL(header_values_stay_with_their_origin),
	    WORLD_ON_ALL(an_unknown_origin_counts_as_a_different_one),
	    WORLD_ON_ALL(default_fields_follow_the_events),
	    WORLD_ON_ALL(too_many_unknown_fields),
	    WORLD_ON_ALL(revisions_are_kept),
	    WORLD_ON_ALL(a_webhook_moves_between_campaign_sets),
	    WORLD_ON_ALL(settings_that_do_not_fit_are_refused),
	    WORLD_ON_ALL(a_webhook_is_removed),
	    WORLD_ON_ALL(events_match_webhooks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
