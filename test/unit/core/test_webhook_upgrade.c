/* Owns the tests of upgrading webhooks that 0.1 stored, with their existing deliveries.
 * Never seals: test_webhook_headers.c tests the sealing.
 * Run by make test. */
#include "core/webhook_upgrade.h"

#include "core/payload.h"
#include "core/webhook.h"
#include "core_world.h"
#include "verify_world.h"

/* A record as 0.1 wrote it: without an origin and fields_are, with plain header values. */
static uint64_t old_hook(struct world *w, uint64_t events, struct pairs fields, struct pairs hidden)
{
	struct webhook hook = world_hook();
	hook.events = events;
	hook.fields = fields;
	hook.hidden = hidden;
	hook.id = world_webhook(w, hook);
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &hook), ERR_OK);
	hook.fields = fields;
	hook.hidden = hidden;
	struct buf headers = {0};
	pairs_add(&headers, TEXT("X-Key"), TEXT("s3cret"));
	hook.name = TEXT("CRM");
	hook.url = TEXT("https://crm.example/in");
	hook.fields_are = FIELDS_BY_0_1;
	hook.plain_headers.raw = buf_view(&headers);
	put(w, &KIND_WEBHOOK, &hook);
	buf_free(&headers);
	return hook.id;
}

static void upgrade(struct world *w, uint64_t id)
{
	struct buf sealed = {0};
	pairs_add(&sealed, TEXT("X-Key"), TEXT("sealed"));
	struct webhook_upgrade u = {
	    .command = {.decide = webhook_upgrade_decide},
	    .id = id,
	    .headers.raw = buf_view(&sealed),
	    .origin = TEXT("https://crm.example:443"),
	};
	assert_int_equal(world_run(w, &u.command), ERR_OK);
	buf_free(&sealed);
}

static uint64_t revision_fields(struct world *w, uint64_t id, uint64_t revision)
{
	struct webhook_revision r = {.webhook_id = id, .revision = revision};
	assert_int_equal(world_get(w, &KIND_WEBHOOK_REVISION, &r), ERR_OK);
	return pairs_count(r.fields);
}

static void no_header_value_stays_in_plain_text(void **state)
{
	struct world *w = *state;
	struct buf chosen = {0};
	pairs_add(&chosen, TEXT("email"), TEXT("mail"));
	uint64_t id = old_hook(w, 1 << EVENT_USER_JOIN, (struct pairs){buf_view(&chosen)},
			       (struct pairs){{0}});
	upgrade(w, id);
	struct webhook hook = {.id = id};
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &hook), ERR_OK);
	assert_int_equal(hook.plain_headers.raw.n, 0);
	assert_int_equal(pairs_count(hook.headers), 1);
	assert_true(text_eq(hook.origin, TEXT("https://crm.example:443")));
	assert_int_equal(hook.fields_are, FIELDS_CHOSEN);
	assert_int_equal(hook.revision, 1);
	world_assert_sound(w);
	buf_free(&chosen);
}

/* Existing deliveries keep their bytes; later events get the new fields. */
static void a_reward_webhook_gets_its_fields(void **state)
{
	struct world *w = *state;
	struct buf thirteen = {0};
	payload_default_fields(0, &thirteen);
	uint64_t id = old_hook(w, 1 << EVENT_REWARD_DUE, (struct pairs){buf_view(&thirteen)},
			       (struct pairs){{0}});
	upgrade(w, id);
	struct webhook hook = {.id = id};
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &hook), ERR_OK);
	assert_int_equal(hook.fields_are, FIELDS_DEFAULT);
	assert_int_equal(pairs_count(hook.fields), 21);
	assert_int_equal(hook.revision, 2);
	assert_int_equal(revision_fields(w, id, 1), 13);
	assert_int_equal(revision_fields(w, id, 2), 21);
	world_assert_sound(w);
	upgrade(w, id); /* a second upgrade changes nothing */
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &hook), ERR_OK);
	assert_int_equal(hook.revision, 2);
	buf_free(&thirteen);
}

/* A hidden field has the name of a new default field, and no person is there to rename it. */
static void a_name_clash_keeps_the_fields(void **state)
{
	struct world *w = *state;
	struct buf thirteen = {0}, hidden = {0};
	payload_default_fields(0, &thirteen);
	pairs_add(&hidden, TEXT("event"), TEXT("reward"));
	uint64_t id = old_hook(w, 1 << EVENT_REWARD_DUE, (struct pairs){buf_view(&thirteen)},
			       (struct pairs){buf_view(&hidden)});
	upgrade(w, id);
	struct webhook hook = {.id = id};
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &hook), ERR_OK);
	assert_int_equal(hook.fields_are, FIELDS_CHOSEN);
	assert_int_equal(pairs_count(hook.fields), 13);
	assert_int_equal(hook.revision, 1);
	buf_free(&thirteen);
	buf_free(&hidden);
}

/* The walk reads all webhooks and returns only those that need the upgrade. */
static void webhooks_of_0_1_are_found(void **state)
{
	struct world *w = *state;
	static struct webhook_old old;
	for (int i = 0; i < WEBHOOK_UPGRADE_MAX; i++) {
		struct webhook hook = world_hook();
		hook.fields_are = FIELDS_CHOSEN;
		world_webhook(w, hook);
	}
	uint64_t id = old_hook(w, 1 << EVENT_USER_JOIN, (struct pairs){{0}}, (struct pairs){{0}});
	old = (struct webhook_old){.command = {.decide = webhook_old_decide}};
	assert_int_equal(world_ask(w, &old.command, NULL, NULL), ERR_OK);
	assert_int_equal(old.n, 0);
	assert_int_equal(old.next, id);
	old = (struct webhook_old){.command = {.decide = webhook_old_decide}, .from = old.next};
	assert_int_equal(world_ask(w, &old.command, NULL, NULL), ERR_OK);
	assert_int_equal(old.n, 1);
	assert_int_equal(old.next, 0);
}

/* A backup of 0.1 can be restored: plain header values are a warning, not a problem. */
static void verifying_warns_of_plain_header_values(void **state)
{
	struct world *w = *state;
	struct buf out = {0};
	uint64_t id = old_hook(w, 1 << EVENT_USER_JOIN, (struct pairs){{0}}, (struct pairs){{0}});
	struct verify v = world_verify(w, &out);
	buf_char(&out, '\0');
	assert_int_equal(v.n_problems, 0);
	assert_non_null(strstr(out.p, "has header values in plain text"));
	buf_reset(&out);
	upgrade(w, id);
	v = world_verify(w, &out);
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(no_header_value_stays_in_plain_text),
	    WORLD_ON_ALL(a_reward_webhook_gets_its_fields),
	    WORLD_ON_ALL(a_name_clash_keeps_the_fields),
	    WORLD_ON_ALL(webhooks_of_0_1_are_found),
	    WORLD_ON_ALL(verifying_warns_of_plain_header_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
