/* Owns the tests of the audit list: which changes get a line, what a line says, the filters of the
 * list, and the removal of old lines.
 * Never sends a request: e2e/test_audit does.
 * Run by make test. */
#include "core/audit_list.h"

#include "core/reward_records.h"
#include "core/server/audit_actions.h"
#include "verify_world.h"

static const struct actor ANN = {.kind = ACTOR_TOKEN, .id = 1};
static const struct actor BEN = {.kind = ACTOR_OPERATOR, .id = 1};

static enum err run(struct world *w, struct actor actor, enum audit_action action,
		    struct command *inner, const uint64_t *object_id)
{
	struct audited audited = {
	    .command = {.decide = audited_decide},
	    .inner = inner,
	    .note = {.action = action, .actor = actor, .now_ms = w->now_ms},
	    .object_id = object_id,
	};
	return world_run(w, &audited.command);
}

/* Saves the members in `set` of the webhook; id 0: a new webhook. Returns its id. */
static uint64_t save(struct world *w, struct actor actor, struct webhook webhook, uint64_t set)
{
	struct webhook_save cmd = {.command = {.decide = webhook_save_decide},
				   .webhook = webhook,
				   .set = set,
				   .now_ms = w->now_ms};
	const enum audit_action action =
	    webhook.id == 0 ? AUDIT_WEBHOOK_CREATE : AUDIT_WEBHOOK_UPDATE;
	assert_int_equal(run(w, actor, action, &cmd.command, &cmd.webhook.id), ERR_OK);
	return cmd.webhook.id;
}

static uint64_t bit(size_t offset)
{
	return record_bit(&KIND_WEBHOOK, offset);
}

static void note(struct world *w, struct actor actor, enum audit_action action, uint64_t object_id)
{
	struct audit_line line = {
	    .command = {.decide = audit_line_decide},
	    .note = {.action = action, .actor = actor, .now_ms = w->now_ms},
	    .object_id = object_id,
	};
	assert_int_equal(world_run(w, &line.command), ERR_OK);
}

static struct audit newest(struct world *w)
{
	struct audit line = {.id = world_count(w, &KIND_AUDIT)};
	assert_int_equal(world_get(w, &KIND_AUDIT, &line), ERR_OK);
	return line;
}

/* ---- writing ---- */

static void assert_changed(const struct audit *line, const char *expected)
{
	uint64_t changed = line->changed;
	struct buf names = {0};
	const char *name;
	while ((name = audit_take_changed(line->action, &changed)) != NULL)
		buf_printf(&names, "%s%s", names.n == 0 ? "" : " ", name);
	if (!text_eq(buf_view(&names), text_of(expected)))
		fail_msg("changed: %.*s, not %s", TEXT_ARGS(buf_view(&names)), expected);
	buf_free(&names);
}

static void a_change_and_its_line_are_one_commit(void **state)
{
	struct world *w = *state;
	uint64_t id = save(w, ANN, world_hook(), 0);
	struct audit line = newest(w);
	assert_true(line.action == AUDIT_WEBHOOK_CREATE && line.object_id == id);
	assert_true(line.actor == actor_number(ANN) && line.at_ms == WORLD_NOW);
	assert_changed(&line, "");
	struct webhook webhook = {
	    .id = id, .url = TEXT("https://crm.example/2"), .name = TEXT("CRM 2")};
	uint64_t set = bit(offsetof(struct webhook, url)) | bit(offsetof(struct webhook, name));
	save(w, BEN, webhook, set);
	line = newest(w);
	assert_true(line.id == 2 && line.action == AUDIT_WEBHOOK_UPDATE);
	assert_int_equal(line.actor, actor_number(BEN));
	assert_changed(&line, "name url");
	world_assert_sound(w);
}

static void saving_the_same_values_writes_no_line(void **state)
{
	struct world *w = *state;
	struct webhook webhook = world_hook();
	webhook.id = save(w, ANN, webhook, 0);
	w->now_ms++;
	save(w, ANN, webhook, bit(offsetof(struct webhook, url)));
	assert_int_equal(world_count(w, &KIND_AUDIT), 1);
}

static void a_refused_change_writes_no_line(void **state)
{
	struct world *w = *state;
	struct webhook_remove remove = {.command = {.decide = webhook_remove_decide}, .id = 9};
	assert_int_equal(run(w, ANN, AUDIT_WEBHOOK_DELETE, &remove.command, &remove.id),
			 ERR_NOT_FOUND);
	assert_int_equal(world_count(w, &KIND_AUDIT), 0);
	assert_int_equal(world_count(w, &KIND_AUDIT_BY), 0);
}

/* The second request stores its Idempotency-Key, and changes nothing else. */
static void a_user_is_created_once(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	for (int i = 0; i < 2; i++) {
		struct join join = world_join(w, campaign, 0, "ann@example.com");
		assert_int_equal(run(w, ANN, AUDIT_USER_CREATE, &join.command, &join.user.id),
				 ERR_OK);
	}
	assert_int_equal(world_count(w, &KIND_AUDIT), 1);
	assert_int_equal(newest(w).action, AUDIT_USER_CREATE);
}

static void joins_and_inbound_qualifications_cost_nothing(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w), ann = world_user(w, campaign, 0, "ann@example.com");
	uint64_t ben = world_user(w, campaign, ann, "ben@example.com");
	struct qualify qualify = world_qualify(w, ben, true);
	assert_int_equal(world_run(w, &qualify.command), ERR_OK);
	assert_int_equal(world_count(w, &KIND_AUDIT) + world_count(w, &KIND_AUDIT_BY), 0);
}

/* A text could keep a person's name after that person was erased. */
static void a_line_holds_numbers_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < KIND_AUDIT.n_values; i++)
		assert_int_equal(KIND_AUDIT.values[i].type, FIELD_U64);
}

/* ---- the list ---- */

/* A query whose names outlive it. */
struct look {
	struct audit_list list;
	struct arena *arena;
};

static enum err look_decide(struct command *command, struct tx *tx)
{
	struct look *look = (struct look *)command;
	enum err err = audit_list_decide(command, tx);
	for (size_t i = 0; err == ERR_OK && i < look->list.page.n; i++) {
		struct audit_row *row = &look->list.rows[i];
		row->object_name = arena_copy(look->arena, row->object_name);
	}
	return err;
}

static struct audit_list look(struct world *w, struct audit_filter filter, struct audit_row rows[4])
{
	struct look look = {
	    .list = {.command = {.decide = look_decide},
		     .filter = filter,
		     .page = {.reverse = true, .max = 4},
		     .rows = rows},
	    .arena = &w->arena,
	};
	assert_int_equal(world_ask(w, &look.list.command, NULL, NULL), ERR_OK);
	return look.list;
}

static void filters_read_the_narrowest_index(void **state)
{
	struct world *w = *state;
	struct audit_row rows[4];
	for (uint64_t i = 1; i <= 40; i++) {
		w->now_ms = WORLD_NOW + i;
		note(w, i % 20 == 0 ? BEN : ANN, AUDIT_WEBHOOK_TEST, i % 10 + 1);
	}
	struct audit_list list = look(w, (struct audit_filter){.actor = actor_number(BEN)}, rows);
	assert_true(list.page.n == 2 && list.page.looked_at == 2 && list.page.next == 0);
	assert_true(rows[0].line.id == 40 && rows[1].line.id == 20);
	struct audit_filter of_object = {.object = audit_object_number(OBJECT_WEBHOOK, 3)};
	list = look(w, of_object, rows);
	assert_true(list.page.n == 4 && list.page.looked_at == 4 && rows[0].line.id == 32);
	of_object.object = audit_object_number(OBJECT_CAMPAIGN, 3);
	assert_int_equal(look(w, of_object, rows).page.n, 0);
	list = look(w, (struct audit_filter){.action = AUDIT_WEBHOOK_ENABLE}, rows);
	assert_true(list.page.n == 0 && list.page.looked_at == 40);
	list = look(w, (struct audit_filter){.since_ms = WORLD_NOW + 7, .until_ms = WORLD_NOW + 9},
		    rows);
	assert_true(list.page.n == 2 && rows[0].line.id == 8 && rows[1].line.id == 7);
}

static void a_page_shows_the_present_names(void **state)
{
	struct world *w = *state;
	struct audit_row rows[4];
	struct webhook_remove remove = {.command = {.decide = webhook_remove_decide}, .id = 1};
	save(w, ANN, world_hook(), 0);
	assert_int_equal(look(w, (struct audit_filter){0}, rows).page.n, 1);
	assert_true(text_eq(rows[0].object_name, TEXT("CRM")));
	assert_int_equal(run(w, BEN, AUDIT_WEBHOOK_DELETE, &remove.command, &remove.id), ERR_OK);
	assert_int_equal(look(w, (struct audit_filter){0}, rows).page.n, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(rows[i].object_name.n, 0);
	assert_int_equal(rows[0].line.object_id, 1);
}

struct put_objects {
	struct command command;
	struct user user;
	struct reward reward;
};

static enum err put_objects_decide(struct command *command, struct tx *tx)
{
	struct put_objects *put = (struct put_objects *)command;
	tx_put(tx, &KIND_USER, &put->user);
	tx_put(tx, &KIND_REWARD, &put->reward);
	return ERR_OK;
}

static void a_page_names_users_and_the_recipients_of_rewards(void **state)
{
	struct world *w = *state;
	struct audit_row rows[4];
	struct put_objects put = {
	    .command = {.decide = put_objects_decide},
	    .user = {.id = 7, .first_name = TEXT("Ann")},
	    .reward = {.id = 9, .user_id = 7, .name = TEXT("Tea")},
	};
	static const struct {
		enum audit_action action;
		uint64_t id;
	} lines[] = {{AUDIT_USER_UPDATE, 7}, {AUDIT_USER_ERASE, 8}, {AUDIT_REWARD_ISSUE, 9}};
	assert_int_equal(world_run(w, &put.command), ERR_OK);
	for (size_t i = 0; i < 3; i++) {
		struct audit_line line = {.command = {.decide = audit_line_decide},
					  .note = {.action = lines[i].action, .now_ms = WORLD_NOW},
					  .object_id = lines[i].id};
		assert_int_equal(world_run(w, &line.command), ERR_OK);
	}
	assert_int_equal(look(w, (struct audit_filter){0}, rows).page.n, 3);
	assert_true(text_eq(rows[0].object_name, TEXT("Tea")) && rows[0].user_id == 7);
	assert_true(rows[1].object_name.n == 0 && rows[1].user_id == 0);
	assert_true(text_eq(rows[2].object_name, TEXT("Ann")) && rows[2].user_id == 0);
}

static void old_lines_are_removed_with_their_rows(void **state)
{
	struct world *w = *state;
	struct audit_expire job = {.slice = {.audit_retention_ms = 1000}};
	for (uint64_t i = 0; i < AUDIT_SLICE + 10; i++)
		note(w, ANN, AUDIT_WEBHOOK_TEST, 1);
	w->now_ms += 900;
	note(w, ANN, AUDIT_WEBHOOK_TEST, 1);
	job.slice.now_ms = WORLD_NOW + 1001;
	assert_int_equal(world_slice(w, &job.slice, audit_find_expired_decide, audit_expire_decide),
			 AUDIT_SLICE);
	world_assert_sound(w);
	assert_int_equal(world_slice(w, &job.slice, audit_find_expired_decide, audit_expire_decide),
			 10);
	assert_int_equal(world_slice(w, &job.slice, audit_find_expired_decide, audit_expire_decide),
			 0);
	assert_int_equal(world_count(w, &KIND_AUDIT), 1);
	assert_int_equal(world_count(w, &KIND_AUDIT_BY), 2);
	job.slice.audit_retention_ms = 0;
	job.slice.now_ms = UINT64_MAX;
	assert_int_equal(world_slice(w, &job.slice, audit_find_expired_decide, audit_expire_decide),
			 0);
	world_assert_sound(w);
}

/* ---- tables ---- */

static void every_action_is_named_after_its_object(void **state)
{
	(void)state;
	for (uint64_t action = AUDIT_NOTHING + 1; action < AUDIT_ACTION_END; action++) {
		const char *name = name_of(AUDIT_ACTION_NAMES, action);
		const char *object = name_of(AUDIT_OBJECT_NAMES, audit_object_of(action));
		if (strncmp(name, object, strlen(object)) != 0 || name[strlen(object)] != '.')
			fail_msg("action %u is called %s, but its object %s", (unsigned)action,
				 name, object);
	}
	assert_int_equal(audit_object_of(AUDIT_ACTION_END), 0);
}

/* Members that follow from others or change by themselves: a change of them alone has no line. */
static bool is_internal(const char *member)
{
	static const char *const internal[] = {
	    "created_ms",          "updated_ms",     "archived_ms",   "revision",
	    "fields_are",          "origin",         "plain_headers", "secret",
	    "old_secret",          "rule_id",        "disabled_by",   "disabled_reason",
	    "old_secret_until_ms", "disabled_actor", "times_enabled"};
	for (size_t i = 0; i < sizeof internal / sizeof *internal; i++)
		if (strcmp(member, internal[i]) == 0)
			return true;
	return false;
}

static void every_setting_has_a_name(void **state)
{
	const struct record_kind *const kinds[] = {&KIND_CAMPAIGN, &KIND_WEBHOOK, &KIND_RULE};
	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		for (size_t f = 0; f < kinds[i]->n_values; f++) {
			const struct field *field = &kinds[i]->values[f];
			bool named = (audit_named(kinds[i]) >> field->tag & 1) != 0;
			if (named == is_internal(field->name))
				fail_msg("%s.%s: give it a name in audit_actions.c, or list it as "
					 "internal above",
					 kinds[i]->name, field->name);
		}
}

static void damaged_lines_are_found(void **state)
{
	struct world *w = *state;
	note(w, ANN, AUDIT_WEBHOOK_TEST, 1);
	struct audit line = newest(w);
	struct audit_by row = {AUDIT_OF_ACTOR, line.actor, 1};
	check_missing(w, &KIND_AUDIT_BY, &row, "is missing from an index of the audit list");
	row.number = actor_number(BEN);
	check_extra(w, &KIND_AUDIT_BY, &row, "points to a line of another actor or object");
	line.action = AUDIT_ACTION_END;
	put(w, &KIND_AUDIT, &line);
	assert_found(w, "has an action that does not exist");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_change_and_its_line_are_one_commit),
	    WORLD_ON_ALL(saving_the_same_values_writes_no_line),
	    WORLD_ON_ALL(a_refused_change_writes_no_line),
	    WORLD_ON_ALL(a_user_is_created_once),
	    WORLD_ON(memory, joins_and_inbound_qualifications_cost_nothing),
	    WORLD_ON(memory, a_line_holds_numbers_only),
	    WORLD_ON_ALL(filters_read_the_narrowest_index),
	    WORLD_ON_ALL(a_page_shows_the_present_names),
	    WORLD_ON_ALL(a_page_names_users_and_the_recipients_of_rewards),
	    WORLD_ON_ALL(old_lines_are_removed_with_their_rows),
	    cmocka_unit_test(every_action_is_named_after_its_object),
	    cmocka_unit_test(every_setting_has_a_name),
	    WORLD_ON(memory, damaged_lines_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
