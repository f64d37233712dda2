/* Owns the tests of payloads, byte for byte.
 * Never opens a store: the input is an event and a revision.
 * Run by make test. */
#include "payload_world.h"

static void the_thirteen_fields(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	payload_default_fields(0, &f->fields);
	static const char expected[] =
	    "referrer_id=261470&referrer_code=upfkAHCq&referrer_first_name=Jessica"
	    "&referrer_email=support%2Bjessica%40referral-factory.com&id=261471&code=uciSAGYz"
	    "&first_name=Byron&email=support%2Bbyron%40referral-factory.com"
	    "&url=https%3A%2F%2Fwebhooks.referral-factory.com%2FuciSAGYz%2Fjoin&source=Referred"
	    "&date=2022-06-09&referrals_count=0&campaign_id=4815";
	assert_payload(f, FORMAT_QUERY, &event, expected);
	assert_payload(f, FORMAT_FORM, &event, expected);
}

/* She has no referrer: those values are empty, not missing. */
static void values_of_a_missing_referrer_are_empty(void **state)
{
	struct fixture *f = *state;
	struct event event = jessica_joined();
	field(f, "referrer_id", "referrer_id");
	field(f, "referrer_code", "referrer_code");
	field(f, "referrer_first_name", "referrer_first_name");
	field(f, "referrer_email", "referrer_email");
	field(f, "referrer_url", "referrer_url");
	field(f, "qualified_at", "qualified_at");
	field(f, "ip", "ip");
	field(f, "shoe_size", "shoe_size");
	assert_payload(
	    f, FORMAT_FORM, &event,
	    "referrer_id=&referrer_code=&referrer_first_name=&referrer_email=&referrer_url="
	    "&qualified_at=&ip=&shoe_size=");
	assert_payload(
	    f, FORMAT_JSON, &event,
	    "{\"referrer_id\":null,\"referrer_code\":null,\"referrer_first_name\":null,"
	    "\"referrer_email\":null,\"referrer_url\":null,\"qualified_at\":null,\"ip\":null,"
	    "\"shoe_size\":null}");
}

static void further_fields_are_filled_in(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	event.type = EVENT_USER_QUALIFIED;
	event.qualified_ms = JOINED_MS + 86400000;
	event.referrals = UINT64_MAX;
	event.qualified_referrals = 3;
	event.ip = text_from("\x7f\0\0\x01", 4);
	static const char *const names[] = {"type",
					    "qualified",
					    "qualified_at",
					    "qualified_referrals_count",
					    "referrals_count",
					    "ip",
					    "event",
					    "event_id",
					    "occurred_at",
					    "referrer_url"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		field(f, names[i], names[i]);
	assert_payload(
	    f, FORMAT_FORM, &event,
	    "type=person_invited&qualified=true&qualified_at=2022-06-10&qualified_referrals_count=3"
	    "&referrals_count=18446744073709551615&ip=127.0.0.1&event=user.qualified&event_id=9"
	    "&occurred_at=2022-06-09T12%3A00%3A00.123Z"
	    "&referrer_url=https%3A%2F%2Fwebhooks.referral-factory.com%2FupfkAHCq%2Fjoin");
	event.qualified_ms = 0;
	assert_payload(f, FORMAT_JSON, &event,
		       "{\"type\":\"person_invited\",\"qualified\":false,\"qualified_at\":null,"
		       "\"qualified_referrals_count\":3,\"referrals_count\":18446744073709551615,"
		       "\"ip\":\"127.0.0.1\",\"event\":\"user.qualified\",\"event_id\":9,"
		       "\"occurred_at\":\"2022-06-09T12:00:00.123Z\","
		       "\"referrer_url\":\"https://webhooks.referral-factory.com/upfkAHCq/join\"}");
}

/* For the footer of e-mails: the user's own link, with or without a referrer, and only if there is
 * a user. */
static void the_unsubscribe_url_is_the_users(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	char secret[CODE_SECRET_SIZE], expected[256];
	code_secret_write(f->codes, SECRET_UNSUBSCRIBE, event.user_id, secret);
	snprintf(expected, sizeof expected,
		 "{\"link\":\"https://webhooks.referral-factory.com/uciSAGYz/unsubscribe?t=%s\"}",
		 secret);
	field(f, "unsubscribe_url", "link");
	assert_payload(f, FORMAT_JSON, &event, expected);
	event.user_id = 0;
	assert_payload(f, FORMAT_JSON, &event, "{\"link\":null}");
}

/* For the welcome e-mail: the way back to the user's own page. */
static void the_me_url_is_the_users(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	struct webhook_revision revision = {0};
	struct buf fields = {0};
	char secret[CODE_SECRET_SIZE], expected[256];
	code_secret_write(f->codes, SECRET_OWN_PAGE, event.user_id, secret);
	snprintf(expected, sizeof expected,
		 "{\"me_url\":\"https://webhooks.referral-factory.com/me/uciSAGYz/%s\"}", secret);
	field(f, "me_url", "me_url");
	assert_payload(f, FORMAT_JSON, &event, expected);
	pairs_add(&fields, TEXT("me_url"), TEXT("page"));
	revision.fields.raw = buf_view(&fields);
	assert_true(payload_has_secret(&revision, &event));
	buf_free(&fields);
	event.user_id = 0;
	assert_payload(f, FORMAT_JSON, &event, "{\"me_url\":null}");
}

/* The values are in the event here, which the stored event does not have. */
static void user_erased_has_the_id_and_the_code_only(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	event.type = EVENT_USER_ERASED;
	event.flags = FLAG_PLUS_ADDRESS;
	event.meta.raw = TEXT("shoe_size=42");
	payload_default_fields(1 << EVENT_USER_ERASED, &f->fields);
	field(f, "me_url", "me_url");
	field(f, "flags", "flags");
	field(f, "shoe_size", "shoe_size");
	assert_payload(f, FORMAT_FORM, &event,
		       "referrer_id=&referrer_code=&referrer_first_name=&referrer_email=&id=261471"
		       "&code=uciSAGYz&first_name=&email=&url=&source=&date=&referrals_count="
		       "&campaign_id=4815&event=user.erased&me_url=&flags=&shoe_size=");
}

static void reviews_and_flags_are_words(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	field(f, "review", "review");
	field(f, "flags", "flags");
	assert_payload(f, FORMAT_JSON, &event, "{\"review\":null,\"flags\":null}");
	event.review = REVIEW_PENDING;
	event.flags = FLAG_PLUS_ADDRESS | FLAG_DISPOSABLE;
	assert_payload(f, FORMAT_JSON, &event,
		       "{\"review\":\"pending\",\"flags\":\"plus_address disposable\"}");
}

static void fields_are_renamed_and_hidden(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	field(f, "email", "email_address");
	field(f, "id", "the user");
	hidden(f, "list", TEXT("a&b=c"));
	hidden(f, "empty", TEXT(""));
	assert_payload(f, FORMAT_QUERY, &event,
		       "email_address=support%2Bbyron%40referral-factory.com&the+user=261471"
		       "&list=a%26b%3Dc&empty=");
	assert_payload(
	    f, FORMAT_JSON, &event,
	    "{\"email_address\":\"support+byron@referral-factory.com\",\"the user\":261471,"
	    "\"list\":\"a&b=c\",\"empty\":\"\"}");
}

static void form_fields_of_the_campaign_are_sent(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	pairs_add(&f->meta, TEXT("size"), TEXT("large"));
	pairs_add(&f->meta, TEXT("email"), TEXT("not this one"));
	pairs_add(&f->meta, TEXT("note"), TEXT(""));
	event.meta.raw = buf_view(&f->meta);
	field(f, "size", "shirt");
	field(f, "email", "email");
	field(f, "note", "note");
	assert_payload(f, FORMAT_FORM, &event,
		       "shirt=large&email=support%2Bbyron%40referral-factory.com&note=");
	assert_payload(
	    f, FORMAT_JSON, &event,
	    "{\"shirt\":\"large\",\"email\":\"support+byron@referral-factory.com\",\"note\":null}");
}

static void dots_make_nested_objects(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	field(f, "email", "properties.email");
	field(f, "id", "id");
	field(f, "first_name", "properties.name.first");
	field(f, "source", "meta.source");
	hidden(f, "properties.name.last", TEXT("x"));
	hidden(f, "properties.list", TEXT("7"));
	hidden(f, "meta.a.b.c.d.e.f.g", TEXT("deep"));
	assert_payload(
	    f, FORMAT_JSON, &event,
	    "{\"properties\":{\"email\":\"support+byron@referral-factory.com\","
	    "\"name\":{\"first\":\"Byron\",\"last\":\"x\"},\"list\":\"7\"},\"id\":261471,"
	    "\"meta\":{\"source\":\"Referred\","
	    "\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":\"deep\"}}}}}}}}");
	/* In a form a dot stays part of the name. */
	assert_payload(f, FORMAT_FORM, &event,
		       "properties.email=support%2Bbyron%40referral-factory.com&id=261471"
		       "&properties.name.first=Byron&meta.source=Referred&properties.name.last=x"
		       "&properties.list=7&meta.a.b.c.d.e.f.g=deep");
}

/* As HubSpot's batch upsert requires; elements come in the order of their numbers. */
static void numbers_make_arrays(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	field(f, "first_name", "inputs.1.properties.firstname");
	field(f, "email", "inputs.0.properties.email");
	field(f, "email", "inputs.0.id");
	hidden(f, "inputs.0.idProperty", TEXT("email"));
	hidden(f, "tags.1", TEXT("b"));
	hidden(f, "tags.0", TEXT("a"));
	hidden(f, "grid.0.0", TEXT("x"));
	hidden(f, "grid.0.1", TEXT("y"));
	assert_payload(
	    f, FORMAT_JSON, &event,
	    "{\"inputs\":[{\"properties\":{\"email\":\"support+byron@referral-factory.com\"},"
	    "\"id\":\"support+byron@referral-factory.com\",\"idProperty\":\"email\"},"
	    "{\"properties\":{\"firstname\":\"Byron\"}}],\"tags\":[\"a\",\"b\"],"
	    "\"grid\":[[\"x\",\"y\"]]}");
}

static void the_payload_itself_may_be_an_array(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	field(f, "id", "0.id");
	hidden(f, "0.list", TEXT("7"));
	assert_payload(f, FORMAT_JSON, &event, "[{\"id\":261471,\"list\":\"7\"}]");
}

/* Frozen bytes: a revision that 0.1 stored still makes objects. */
static void numbers_in_old_revisions_are_names(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	struct buf out = {0};
	field(f, "id", "list.1");
	const struct webhook_revision old = {.format = FORMAT_JSON,
					     .fields = {buf_view(&f->fields)}};
	payload_render(&old, &event, f->codes, &out);
	assert_true(text_eq(buf_view(&out), TEXT("{\"list\":{\"1\":261471}}")));
	buf_free(&out);
}

static void the_standard_envelope(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	field(f, "id", "user.id");
	field(f, "code", "user.code");
	assert_payload(f, FORMAT_STANDARD, &event,
		       "{\"type\":\"user.join\",\"timestamp\":\"2022-06-09T12:00:00.123Z\","
		       "\"data\":{\"user\":{\"id\":261471,\"code\":\"uciSAGYz\"}}}");
	buf_reset(&f->fields);
	assert_payload(
	    f, FORMAT_STANDARD, &event,
	    "{\"type\":\"user.join\",\"timestamp\":\"2022-06-09T12:00:00.123Z\",\"data\":{}}");
	assert_payload(f, FORMAT_JSON, &event, "{}");
	assert_payload(f, FORMAT_FORM, &event, "");
}

/* Any typed text stays a value: it opens no member and no parameter. */
static void hostile_text_stays_a_value(void **state)
{
	static const char *const nasty[] = {"\"},{\"admin\":true",
					    "a&id=1#x?y=%00",
					    "\\u0000\\",
					    "</script><script>",
					    "\xe2\x80\xa8\xe2\x80\xae\xf0\x9f\x90\xb1",
					    "=1+1",
					    "\t'--;\x7f"};
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
		struct event event = byron_joined();
		struct json *root = NULL;
		struct text value;
		const char *why = "";
		event.first_name = text_of(nasty[i]);
		buf_reset(&f->fields);
		buf_reset(&f->hidden);
		field(f, "first_name", "a.b");
		hidden(f, "c", text_of(nasty[i]));
		const struct webhook_revision revision = {.format = FORMAT_JSON,
							  .fields = {buf_view(&f->fields)},
							  .hidden = {buf_view(&f->hidden)}};
		buf_reset(&f->out);
		payload_render(&revision, &event, f->codes, &f->out);
		if (json_parse(buf_view(&f->out), &root, &why) != ERR_OK)
			fail_msg("%.*s: %s", TEXT_ARGS(buf_view(&f->out)), why);
		assert_int_equal(json_length(root), 2);
		assert_true(json_string(json_get(json_get(root, "a"), "b"), &value));
		assert_true(text_eq(value, text_of(nasty[i])));
		assert_true(json_string(json_get(root, "c"), &value));
		assert_true(text_eq(value, text_of(nasty[i])));
		json_free(root);
	}
	struct event event = byron_joined();
	event.first_name = TEXT("a&id=1#x=\r\n%");
	buf_reset(&f->hidden);
	assert_payload(f, FORMAT_FORM, &event, "a.b=a%26id%3D1%23x%3D%0D%0A%25");
}

/* Operator events are about a webhook, not a user, and are the same in every format. */
static void operator_events_are_about_a_webhook(void **state)
{
	struct fixture *f = *state;
	struct event event = {.id = 3,
			      .type = EVENT_WEBHOOK_DISABLED,
			      .at_ms = JOINED_MS,
			      .about_webhook_id = 7,
			      .about_name = TEXT("\"CRM\""),
			      .reason = TEXT("gone"),
			      .since_ms = JOINED_MS,
			      .pending = 12};
	payload_default_fields(0, &f->fields);
	for (uint64_t format = FORMAT_QUERY; format <= FORMAT_STANDARD; format++)
		assert_payload(f, format, &event,
			       "{\"event\":\"webhook.disabled\",\"webhook_id\":7,"
			       "\"webhook_name\":\"\\\"CRM\\\"\",\"reason\":\"gone\","
			       "\"since\":\"2022-06-09T12:00:00.123Z\",\"pending\":12}");
	event.type = EVENT_DELIVERY_EXHAUSTED;
	event.since_ms = 0;
	assert_payload(
	    f, FORMAT_QUERY, &event,
	    "{\"event\":\"delivery.exhausted\",\"webhook_id\":7,"
	    "\"webhook_name\":\"\\\"CRM\\\"\",\"reason\":\"gone\",\"since\":null,\"pending\":12}");
}

/* The text is appended to the buffer, after the query of the webhook's own URL. */
static void the_payload_is_appended(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	field(f, "id", "id");
	const struct webhook_revision revision = {.fields = {buf_view(&f->fields)}};
	buf_str(&f->out, "own=1&");
	payload_render(&revision, &event, f->codes, &f->out);
	assert_true(text_eq(buf_view(&f->out), TEXT("own=1&id=261471")));
}

static void field_names_are_known(void **state)
{
	(void)state;
	assert_non_null(payload_field_find(TEXT("referrals_count")));
	assert_null(payload_field_find(TEXT("Referrals_count")));
	assert_null(payload_field_find(TEXT("")));
	static const char form[] = "application/x-www-form-urlencoded", json[] = "application/json";
	const struct event event = byron_joined(), about = {.type = EVENT_WEBHOOK_DISABLED};
	struct webhook_revision revision = {.format = FORMAT_QUERY};
	for (; revision.format <= FORMAT_STANDARD; revision.format++) {
		bool is_form = revision.format == FORMAT_QUERY || revision.format == FORMAT_FORM;
		assert_string_equal(payload_content_type(&revision, &event), is_form ? form : json);
		assert_string_equal(payload_content_type(&revision, &about), json);
	}
}

/* Events from before campaigns had time zones store no day: their dates stay in UTC. */
static void dates_are_in_the_time_zone_of_the_event(void **state)
{
	struct fixture *f = *state;
	struct event event = byron_joined();
	field(f, "date", "date");
	field(f, "qualified_at", "qualified_at");
	event.qualified_ms = JOINED_MS + 86400000;
	assert_payload(f, FORMAT_FORM, &event, "date=2022-06-09&qualified_at=2022-06-10");
	event.joined_day = JOINED_MS / 86400000 + 1;
	event.qualified_day = JOINED_MS / 86400000 + 2;
	assert_payload(f, FORMAT_FORM, &event, "date=2022-06-10&qualified_at=2022-06-11");
	event.qualified_ms = event.qualified_day = 0;
	assert_payload(f, FORMAT_JSON, &event, "{\"date\":\"2022-06-10\",\"qualified_at\":null}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_FIXTURE(the_thirteen_fields),
	    WITH_FIXTURE(values_of_a_missing_referrer_are_empty),
	    WITH_FIXTURE(further_fields_are_filled_in),
	    WITH_FIXTURE(dates_are_in_the_time_zone_of_the_event),
	    WITH_FIXTURE(the_unsubscribe_url_is_the_users),
	    WITH_FIXTURE(the_me_url_is_the_users),
	    WITH_FIXTURE(user_erased_has_the_id_and_the_code_only),
	    WITH_FIXTURE(reviews_and_flags_are_words),
	    WITH_FIXTURE(fields_are_renamed_and_hidden),
	    WITH_FIXTURE(form_fields_of_the_campaign_are_sent),
	    WITH_FIXTURE(dots_make_nested_objects),
	    WITH_FIXTURE(numbers_make_arrays),
	    WITH_FIXTURE(the_payload_itself_may_be_an_array),
	    WITH_FIXTURE(numbers_in_old_revisions_are_names),
	    WITH_FIXTURE(the_standard_envelope),
	    WITH_FIXTURE(hostile_text_stays_a_value),
	    WITH_FIXTURE(operator_events_are_about_a_webhook),
	    WITH_FIXTURE(the_payload_is_appended),
	    cmocka_unit_test(field_names_are_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
