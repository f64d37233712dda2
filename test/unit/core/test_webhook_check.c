/* Owns the tests of the rules for a webhook's settings: names, headers, formats, sizes.
 * Never opens a store: the check is pure.
 * Run by make test. */
#include "core_world.h"

static struct webhook hook_with(struct pairs fields, struct pairs hidden, struct pairs headers)
{
	struct webhook hook = world_hook();
	hook.events = 1 << EVENT_USER_JOIN;
	hook.fields = fields;
	hook.hidden = hidden;
	hook.headers = headers;
	return hook;
}

static struct pairs one(struct buf *room, struct text first, struct text second)
{
	buf_reset(room);
	pairs_add(room, first, second);
	return (struct pairs){buf_view(room)};
}

/* The refused member, or "". */
static const char *refused(const struct webhook *hook)
{
	static struct problems problems;
	problems = (struct problems){0};
	webhook_check(hook, &problems);
	problems_add(&problems, TEXT("headers"), webhook_headers_refusal(hook->headers));
	if (problems.n == 0)
		return "";
	assert_true(problems.items[0].what[0] != '\0');
	return problems.items[0].field.p;
}

static struct text repeated(char room[2048], char c, size_t n)
{
	memset(room, c, n);
	return text_from(room, n);
}

static void required_settings_are_checked(void **state)
{
	(void)state;
	char room[2048];
	struct webhook hook =
	    hook_with((struct pairs){{0}}, (struct pairs){{0}}, (struct pairs){{0}});
	assert_string_equal(refused(&hook), "");
	hook.events = 0;
	assert_string_equal(refused(&hook), "event");
	hook.events = 2;
	hook.name = TEXT(" \t");
	assert_string_equal(refused(&hook), "name");
	hook.name = repeated(room, 'x', WEBHOOK_LABEL_MAX);
	assert_string_equal(refused(&hook), "");
	hook.name = repeated(room, 'x', WEBHOOK_LABEL_MAX + 1);
	assert_string_equal(refused(&hook), "name");
	hook.name = TEXT("a\nb");
	assert_string_equal(refused(&hook), "name");
	hook.name = TEXT("a\xff");
	assert_string_equal(refused(&hook), "name");
}

static void a_get_webhook_carries_a_query(void **state)
{
	(void)state;
	struct webhook hook =
	    hook_with((struct pairs){{0}}, (struct pairs){{0}}, (struct pairs){{0}});
	for (uint64_t format = FORMAT_QUERY; format <= FORMAT_STANDARD; format++) {
		hook.format = format;
		hook.method = WEBHOOK_GET;
		assert_string_equal(refused(&hook), format == FORMAT_QUERY ? "" : "format");
		hook.method = WEBHOOK_POST;
		assert_string_equal(refused(&hook), "");
	}
}

static void header_names_are_checked(void **state)
{
	static const struct {
		const char *name;
		bool good;
	} cases[] = {
	    {"X-Access-Key", true},
	    {"authorization", true},
	    {"a", true},
	    {"!#$%&'*+-.^_`|~9", true},
	    {"", false},
	    {"X Key", false},
	    {"X-Key:", false},
	    {"X\r\nY", false},
	    {"X\"", false},
	    {"(x)", false},
	    {"x\xc3\xa9", false},
	    {"Host", false},
	    {"hOST", false},
	    {"Content-Length", false},
	    {"transfer-encoding", false},
	    {"Connection", false},
	    {"TE", false},
	    {"Upgrade", false},
	    {"Expect", false},
	    {"Trailer", false},
	    {"Keep-Alive", false},
	    {"proxy-authorization", false},
	    {"Proxy-Foo", false},
	    {"webhook-id", false},
	    {"Webhook-Signature", false},
	    {"X-Webhook-Id", true},
	    {"Proxy", true},
	};
	struct buf room = {0};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct webhook hook = hook_with((struct pairs){{0}}, (struct pairs){{0}},
						one(&room, text_of(cases[i].name), TEXT("v")));
		if ((refused(&hook)[0] == '\0') != cases[i].good)
			fail_msg("the header name \"%s\" is judged wrongly", cases[i].name);
	}
	buf_free(&room);
}

static void header_values_are_checked(void **state)
{
	static const struct {
		struct text value;
		bool good;
	} cases[] = {
	    {{"", 0}, true},           {{"a b", 3}, true},
	    {{"a\tb", 3}, true},       {{"caf\xc3\xa9", 5}, true},
	    {{"a\r\nX: y", 7}, false}, {{"a\nb", 3}, false},
	    {{"a\rb", 3}, false},      {{"a\0b", 3}, false},
	    {{"a\x7f", 2}, false},     {{" a", 2}, false},
	    {{"a ", 2}, false},        {{"\ta", 2}, false},
	};
	struct buf room = {0};
	char many[2048];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct webhook hook = hook_with((struct pairs){{0}}, (struct pairs){{0}},
						one(&room, TEXT("X-Key"), cases[i].value));
		assert_string_equal(refused(&hook), cases[i].good ? "" : "headers");
	}
	struct webhook hook =
	    hook_with((struct pairs){{0}}, (struct pairs){{0}},
		      one(&room, TEXT("X-Key"), repeated(many, 'x', WEBHOOK_VALUE_MAX)));
	assert_string_equal(refused(&hook), "");
	hook.headers = one(&room, TEXT("X-Key"), repeated(many, 'x', WEBHOOK_VALUE_MAX + 1));
	assert_string_equal(refused(&hook), "headers");
	hook.headers = one(&room, repeated(many, 'x', WEBHOOK_NAME_MAX + 1), TEXT(""));
	assert_string_equal(refused(&hook), "headers");
	buf_free(&room);
}

struct beside {
	const char *a, *b;
	bool form, json;
};

/* Checks two names that are sent together: are they refused in a form, and in JSON? */
static void check_beside(const struct beside *c)
{
	struct buf first = {0}, second = {0};
	struct text a = text_of(c->a), b = text_of(c->b);
	struct webhook hook = hook_with(one(&first, TEXT("email"), a), one(&second, b, TEXT("v")),
					(struct pairs){{0}});
	hook.format = FORMAT_FORM;
	if ((refused(&hook)[0] == '\0') != c->form)
		fail_msg("a form with %s and %s is judged wrongly", c->a, c->b);
	for (hook.format = FORMAT_JSON; hook.format <= FORMAT_STANDARD; hook.format++)
		if ((refused(&hook)[0] == '\0') != c->json)
			fail_msg("JSON with %s and %s is judged wrongly", c->a, c->b);
	hook.format = FORMAT_JSON;
	buf_reset(&first); /* both are in `fields` */
	pairs_add(&first, TEXT("id"), a);
	pairs_add(&first, TEXT("code"), b);
	hook.fields.raw = buf_view(&first);
	hook.hidden.raw = (struct text){0};
	assert_int_equal(refused(&hook)[0] == '\0', c->json);
	buf_free(&first);
	buf_free(&second);
}

/* In JSON dots nest. */
static void conflicting_names_are_refused(void **state)
{
	static const struct beside cases[] = {
	    {"email", "mail", true, true},
	    {"email", "email", false, false},
	    {"email", "Email", true, true},
	    {"a", "a.b", true, false},
	    {"a.b", "a", true, false},
	    {"a.b", "a.c", true, true},
	    {"a.b", "a.b.c", true, false},
	    {"a.b", "ab", true, true},
	    {"a.b", "a.bc", true, true},
	    {"a.b.c", "a.b.d", true, true},
	    {"x", ".a", true, false},
	    {"x", "a.", true, false},
	    {"x", "a..b", true, false},
	    {"x", ".", true, false},
	    {"x", "a.b.c.d.e.f.g.h", true, true},
	    {"x", "a.b.c.d.e.f.g.h.i", true, false},
	    {"x", "", false, false},
	    {"x", "a\nb", false, false},
	    {"x", "a\xff", false, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_beside(&cases[i]);
}

/* In JSON a number makes an array, whose places are 0, 1, 2 without a gap. */
static void array_places_have_no_gaps(void **state)
{
	static const struct beside cases[] = {
	    {"a.0", "a.1", true, true},      {"a.1.x", "a.0.y", true, true},
	    {"0.a", "0.b", true, true},      {"a.0.0", "a.0.1", true, true},
	    {"a.0.b", "c.0.b", true, true},  {"a.0.b.c", "a.0.b.d", true, true},
	    {"x", "1.a", true, false},       {"a.0", "a.2", true, false},
	    {"a.0", "a.b", true, false},     {"a.0.b", "a.0", true, false},
	    {"a.0.b", "a.0.0", true, false}, {"a.0", "a.00", true, false},
	    {"a.0", "a.01", true, false},    {"a.0.1", "a.0.2", true, false},
	    {"x", "a.1", true, false},       {"x", "a.18446744073709551616", true, false},
	    {"a.0", "a.0", false, false},    {"a.0", "a.1b", true, false},
	    {"a.0b", "a.1b", true, true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_beside(&cases[i]);
}

static void sizes_are_limited(void **state)
{
	struct buf list = {0}, room = {0};
	char many[2048], name[16];
	(void)state;
	struct webhook hook =
	    hook_with((struct pairs){{0}}, (struct pairs){{0}}, (struct pairs){{0}});
	for (int i = 0; i <= WEBHOOK_LIST_MAX; i++) {
		hook.fields.raw = hook.hidden.raw = hook.headers.raw = (struct text){0};
		hook.fields.raw = buf_view(&list);
		assert_string_equal(refused(&hook), "");
		hook.fields.raw = (struct text){0};
		hook.hidden.raw = hook.headers.raw = buf_view(&list);
		assert_string_equal(refused(&hook), "");
		snprintf(name, sizeof name, "n%d", i);
		pairs_add(&list, text_of(name), text_of(name));
	}
	hook.hidden.raw = (struct text){0};
	hook.headers.raw = buf_view(&list);
	assert_string_equal(refused(&hook), "headers");
	hook.hidden = hook.headers;
	assert_string_equal(refused(&hook), "hidden_fields");
	hook.fields = hook.headers;
	assert_string_equal(refused(&hook), "fields");
	hook = hook_with(one(&room, TEXT("email"), repeated(many, 'x', WEBHOOK_NAME_MAX + 1)),
			 (struct pairs){{0}}, (struct pairs){{0}});
	assert_string_equal(refused(&hook), "fields");
	hook.fields = one(&room, repeated(many, 'x', WEBHOOK_NAME_MAX + 1), TEXT("x"));
	assert_string_equal(refused(&hook), "fields");
	hook.fields.raw = (struct text){0};
	hook.hidden = one(&room, TEXT("x"), repeated(many, 'x', WEBHOOK_VALUE_MAX));
	assert_string_equal(refused(&hook), "");
	hook.hidden = one(&room, TEXT("x"), repeated(many, 'x', WEBHOOK_VALUE_MAX + 1));
	assert_string_equal(refused(&hook), "hidden_fields");
	hook.hidden = one(&room, TEXT("x"), TEXT("\xff"));
	assert_string_equal(refused(&hook), "hidden_fields");
	buf_free(&list);
	buf_free(&room);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(required_settings_are_checked),
	    cmocka_unit_test(a_get_webhook_carries_a_query),
	    cmocka_unit_test(header_names_are_checked),
	    cmocka_unit_test(header_values_are_checked),
	    cmocka_unit_test(conflicting_names_are_refused),
	    cmocka_unit_test(array_places_have_no_gaps),
	    cmocka_unit_test(sizes_are_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
