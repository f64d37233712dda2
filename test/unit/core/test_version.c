/* Owns the tests of versions: a change that names the version of an earlier record is refused, and
 * changes nothing.
 * Never goes through HTTP: campaigns change on three stores.
 * Run by make test. */
#include <stdio.h>

#include "core/version.h"
#include "core_world.h"

struct tag {
	char text[VERSION_SIZE + 1];
};

static struct campaign stored(struct world *w, uint64_t id)
{
	struct campaign campaign = {.id = id};
	assert_int_equal(world_get(w, &KIND_CAMPAIGN, &campaign), ERR_OK);
	return campaign;
}

static struct tag version_of(struct world *w, uint64_t id)
{
	struct tag tag;
	const struct campaign campaign = stored(w, id);
	assert_true(version_write(&KIND_CAMPAIGN, &campaign, tag.text));
	return tag;
}

static enum err rename_to(struct world *w, uint64_t id, const char *name, const char *if_match,
			  bool *stale)
{
	struct campaign_save save = {
	    .command.decide = campaign_save_decide,
	    .campaign = {.id = id, .name = text_of(name)},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, name)),
	    .if_match = text_of(if_match),
	};
	const enum err err = world_run(w, &save.command);
	*stale = save.stale;
	return err;
}

static void a_change_from_an_earlier_version_is_refused(void **state)
{
	struct world *w = *state;
	bool stale;
	uint64_t id = world_launched(w);
	const struct tag first = version_of(w, id);
	assert_int_equal(rename_to(w, id, "Summer", first.text, &stale), ERR_OK);
	assert_false(stale);
	assert_int_equal(rename_to(w, id, "Winter", first.text, &stale), ERR_REFUSED);
	assert_true(stale);
	assert_true(text_eq(stored(w, id).name, TEXT("Summer")));
	assert_int_equal(rename_to(w, id, "Winter", version_of(w, id).text, &stale), ERR_OK);
}

static void a_change_without_a_version_fits_every_record(void **state)
{
	struct world *w = *state;
	bool stale;
	uint64_t id = world_launched(w);
	assert_int_equal(rename_to(w, id, "One", "", &stale), ERR_OK);
	assert_int_equal(rename_to(w, id, "Two", "*", &stale), ERR_OK);
	assert_int_equal(rename_to(w, id, "Three", "\"0123456789abcdef\"", &stale), ERR_REFUSED);
}

static void a_list_and_a_weak_tag_name_versions_too(void **state)
{
	struct world *w = *state;
	bool stale;
	char list[64];
	uint64_t id = world_launched(w);
	snprintf(list, sizeof list, "\"0123456789abcdef\", W/%s", version_of(w, id).text);
	assert_int_equal(rename_to(w, id, "Autumn", list, &stale), ERR_OK);
}

static void a_join_leaves_the_version_of_its_campaign(void **state)
{
	struct world *w = *state;
	uint64_t id = world_launched(w);
	const struct tag before = version_of(w, id);
	world_user(w, id, 0, "a@example.com");
	assert_string_equal(version_of(w, id).text, before.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_change_from_an_earlier_version_is_refused),
	    WORLD_ON_ALL(a_change_without_a_version_fits_every_record),
	    WORLD_ON(memory, a_list_and_a_weak_tag_name_versions_too),
	    WORLD_ON_ALL(a_join_leaves_the_version_of_its_campaign),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
