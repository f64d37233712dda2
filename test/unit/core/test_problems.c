/* Owns the tests of the list of a request's problems: one for each field, and those that a command
 * adds.
 * Never goes through HTTP.
 * Run by make test. */
#include "core_world.h"

#include "core/form_field.h"
#include "core/problems.h"

static void each_field_keeps_its_first_problem(void **state)
{
	struct problems p = {0};
	(void)state;
	problems_add(&p, TEXT("url"), "must start with https://");
	problems_add(&p, TEXT("url"), "is required");
	problems_add(&p, TEXT("name"), NULL);
	problems_add(&p, TEXT("event"), "is required");
	assert_int_equal(p.n, 2);
	assert_string_equal(problems_find(&p, TEXT("url")), "must start with https://");
	assert_null(problems_find(&p, TEXT("name")));
}

static void a_restart_drops_the_problems_of_the_command(void **state)
{
	struct problems p = {0};
	(void)state;
	problems_add(&p, TEXT("email"), "is required");
	p.given = p.n;
	problems_add(&p, TEXT("company"), "is required");
	problems_restart(&p);
	assert_int_equal(p.n, 1);
	assert_null(problems_find(&p, TEXT("company")));
}

static void the_list_is_bounded(void **state)
{
	struct problems p = {0};
	char names[2 * PROBLEMS_MAX][16];
	(void)state;
	for (int i = 0; i < 2 * PROBLEMS_MAX; i++) {
		snprintf(names[i], sizeof names[i], "f%d", i);
		problems_add(&p, text_of(names[i]), "is required");
	}
	assert_int_equal(p.n, PROBLEMS_MAX);
}

/* A command that gets problems with its request adds its own problems and changes nothing. */
static void a_join_adds_the_problems_of_the_campaigns_form(void **state)
{
	struct world *w = *state;
	struct buf fields = {0};
	const struct form_field company = {
	    .id = TEXT("company"), .label = TEXT("Company"), .type = FORM_TEXT, .required = true};
	form_field_add(&fields, &company);
	uint64_t campaign =
	    world_campaign(w, (struct campaign){.status = CAMPAIGN_LAUNCHED,
						.fields_referring = {buf_view(&fields)}});
	struct join j = world_join(w, campaign, 0, "ann@example.com");
	problems_add(&j.problems, TEXT("first_name"), "is required");
	j.problems.given = 1;
	assert_int_equal(world_run(w, &j.command), ERR_REFUSED);
	assert_int_equal(j.outcome, JOIN_FIELD);
	assert_int_equal(j.problems.n, 2);
	assert_int_equal(world_count(w, &KIND_USER), 0);
	buf_free(&fields);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_field_keeps_its_first_problem),
	    cmocka_unit_test(a_restart_drops_the_problems_of_the_command),
	    cmocka_unit_test(the_list_is_bounded),
	    WORLD_ON_ALL(a_join_adds_the_problems_of_the_campaigns_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
