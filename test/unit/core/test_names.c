/* The words of the API for stored numbers.
 * Never checks where a word is shown: the end-to-end tests do.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/actor.h"
#include "core/event_sets.h"
#include "core/names.h"

static bool starts(const char *word, const char *start)
{
	return strncmp(word, start, strlen(start)) == 0;
}

/* A type that has no name could not be chosen for a webhook. */
static void every_event_type_has_a_name(void **state)
{
	(void)state;
	for (uint64_t type = EVENT_USER_JOIN; type < EVENT_TYPE_END; type++)
		if (strcmp(name_of(EVENT_NAMES, type), "unknown") == 0)
			fail_msg("event type %d has no name in EVENT_NAMES", (int)type);
}

static void every_event_is_in_the_right_mask(void **state)
{
	(void)state;
	for (const struct name *n = EVENT_NAMES; n->word != NULL; n++) {
		bool is_user = starts(n->word, "user."), is_reward = starts(n->word, "reward.");
		assert_in_range(n->number, EVENT_USER_JOIN, EVENT_TYPE_END - 1);
		if (((REWARD_EVENTS >> n->number & 1) != 0) != is_reward)
			fail_msg("%s: mend REWARD_EVENTS in core/event_sets.h", n->word);
		if (((OPERATOR_EVENTS >> n->number & 1) != 0) != (!is_user && !is_reward))
			fail_msg("%s: mend OPERATOR_EVENTS in core/event_sets.h", n->word);
	}
}

static void a_list_of_names_ends_with_or(void **state)
{
	struct buf out = {0};
	(void)state;
	name_list(ORDER_NAMES, &out);
	assert_true(text_eq(buf_view(&out), TEXT("per_user, none or strict")));
	buf_free(&out);
}

static void an_actor_is_stored_as_one_number(void **state)
{
	const struct actor token = {.kind = ACTOR_TOKEN, .id = 259};
	(void)state;
	assert_int_equal(actor_number(token), 259 * 16 + 1);
	for (uint64_t kind = ACTOR_TOKEN; kind < ACTOR_KIND_END; kind++) {
		struct actor actor = {.kind = kind, .id = UINT32_MAX};
		actor = actor_of_number(actor_number(actor));
		assert_true(actor.kind == kind && actor.id == UINT32_MAX);
		assert_string_not_equal(name_of(ACTOR_KIND_NAMES, kind), "unknown");
	}
	assert_int_equal(actor_of_number(0).kind, ACTOR_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_event_type_has_a_name),
	    cmocka_unit_test(every_event_is_in_the_right_mask),
	    cmocka_unit_test(a_list_of_names_ends_with_or),
	    cmocka_unit_test(an_actor_is_stored_as_one_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
