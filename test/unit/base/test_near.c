/* Owns the tests of guessing the intended name, without a guess if no name is close.
 * Never knows where the names come from.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/near.h"

static const char *const known[] = {"id",          "name",     "email",     "first_name",
				    "colour",      "lang",     "starts_at", "ends_at",
				    "campaign_id", "logo_url", "amount",    "qualified"};

static const struct {
	const char *name, *meant; /* NULL if no name is close */
} cases[] = {
    {"color", "colour"},
    {"Colour", "colour"},
    {"firstName", "first_name"},
    {"first-name", "first_name"},
    {"firstname", "first_name"},
    {"fist_name", "first_name"},
    {"emial", "email"},
    {"e-mail", "email"},
    {"mail", "email"},
    {"campaignId", "campaign_id"},
    {"campagin_id", "campaign_id"},
    {"start_at", "starts_at"},
    {"ID", "id"},
    {"ammount", "amount"},
    {"qualifed", "qualified"},
    {"to", NULL},
    {"x", NULL},
    {"", NULL},
    {"___", NULL},
    {"phone", NULL},
    {"description", NULL},
    {"campaign_id_campaign_id_campaign_id_campaign_id", NULL},
};

static void the_closest_name_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct near near = near_of(text_of(cases[i].name));
		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			near_offer(&near, text_of(known[k]));
		if (!text_eq(near.best, text_of(cases[i].meant)))
			fail_msg("the guess for %s is \"%.*s\"", cases[i].name,
				 TEXT_ARGS(near.best));
	}
}

/* Of two equally close names the first one wins. */
static void the_first_of_two_equally_close_names_wins(void **state)
{
	struct near near = near_of(TEXT("name2"));
	(void)state;
	near_offer(&near, TEXT("name1"));
	near_offer(&near, TEXT("name3"));
	assert_true(text_eq(near.best, TEXT("name1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_closest_name_is_found),
	    cmocka_unit_test(the_first_of_two_equally_close_names_wins),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
