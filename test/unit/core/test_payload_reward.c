/* Owns the tests of reward payloads, byte for byte.
 * Never opens a store: the input is an event and a revision.
 * Run by make test. */
#include "core/reward_records.h"
#include "payload_world.h"

static struct event reward_issued(void)
{
	struct event e = jessica_joined();
	e.type = EVENT_REWARD_ISSUED;
	e.rule_id = 3;
	e.reward_id = 17;
	e.reward_metric = METRIC_COMMISSION;
	e.reward_amount = 4990;
	e.reward_currency = TEXT("EUR");
	e.reward_name = TEXT("Ten percent");
	e.recipient = RECIPIENT_REFERRER;
	return e;
}

static void reward_fields(struct fixture *f)
{
	static const char *const names[] = {
	    "rule_id",         "reward_id",     "reward_name",   "reward_metric",   "reward_amount",
	    "reward_currency", "reward_coupon", "reward_reason", "reward_clawback", "recipient"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		field(f, names[i], names[i]);
}

static void the_fields_of_a_reward(void **state)
{
	struct fixture *f = *state;
	struct event event = reward_issued();
	reward_fields(f);
	assert_payload(f, FORMAT_FORM, &event,
		       "rule_id=3&reward_id=17&reward_name=Ten+percent&reward_metric=commission"
		       "&reward_amount=49.90&reward_currency=EUR&reward_coupon=&reward_reason="
		       "&reward_clawback=false&recipient=referrer");
	assert_payload(f, FORMAT_JSON, &event,
		       "{\"rule_id\":3,\"reward_id\":17,\"reward_name\":\"Ten percent\","
		       "\"reward_metric\":\"commission\",\"reward_amount\":\"49.90\","
		       "\"reward_currency\":\"EUR\",\"reward_coupon\":null,\"reward_reason\":null,"
		       "\"reward_clawback\":false,\"recipient\":\"referrer\"}");
	event.reward_metric = METRIC_COUPON;
	event.reward_coupon = TEXT("A&B");
	event.reward_amount = 0;
	event.reward_currency = (struct text){0};
	event.reason = TEXT("refunded");
	event.reward_clawback = 1;
	event.recipient = RECIPIENT_INVITED;
	assert_payload(f, FORMAT_FORM, &event,
		       "rule_id=3&reward_id=17&reward_name=Ten+percent&reward_metric=coupon"
		       "&reward_amount=&reward_currency=&reward_coupon=A%26B&reward_reason=refunded"
		       "&reward_clawback=true&recipient=invited");
}

static void amounts_have_the_decimal_places_of_the_currency(void **state)
{
	struct fixture *f = *state;
	struct event event = reward_issued();
	field(f, "reward_amount", "a");
	event.reward_currency = TEXT("JPY");
	assert_payload(f, FORMAT_FORM, &event, "a=4990");
	event.reward_currency = TEXT("KWD");
	assert_payload(f, FORMAT_FORM, &event, "a=4.990");
	event.reward_amount = 0;
	assert_payload(f, FORMAT_JSON, &event, "{\"a\":\"0.000\"}");
}

static void reward_fields_are_null_without_a_reward(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	reward_fields(f);
	assert_payload(f, FORMAT_JSON, &event,
		       "{\"rule_id\":null,\"reward_id\":null,\"reward_name\":null,"
		       "\"reward_metric\":null,\"reward_amount\":null,\"reward_currency\":null,"
		       "\"reward_coupon\":null,\"reward_reason\":null,\"reward_clawback\":null,"
		       "\"recipient\":null}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_FIXTURE(the_fields_of_a_reward),
	    WITH_FIXTURE(amounts_have_the_decimal_places_of_the_currency),
	    WITH_FIXTURE(reward_fields_are_null_without_a_reward),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
