/* The rules of a webhook's configuration: names, headers, formats, sizes.
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

/* The member that is refused, or "" */
static const char *refused(const struct webhook *hook)
{
	const char *field = "";
	const char *why = webhook_refusal(hook, &field);
	if (why == NULL)
		return "";
	assert_true(why[0] != '\0');
	return field;
}

static struct text repeated(char room[2048], char c, size_t n)
{
	memset(room, c, n);
	return text_from(room, n);
}

static void what_is_required(void **state)
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

static void get_carries_a_query(void **state)
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

static void header_names(void **state)
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
			fail_msg("\"%s\"", cases[i].name);
	}
	buf_free(&room);
}

static void header_values(void **state)
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

/* Two names that are sent together: are they refused in form, and in JSON where dots nest? */
static void names_beside_each_other(void **state)
{
	static const struct {
		const char *a, *b;
		bool form, json;
	} cases[] = {
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
	    {"x", "1.2.3.4.5.6.7.8", true, true},
	    {"x", "1.2.3.4.5.6.7.8.9", true, false},
	    {"x", "", false, false},
	    {"x", "a\nb", false, false},
	    {"x", "a\xff", false, false},
	};
	struct buf first = {0}, second = {0};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text a = text_of(cases[i].a), b = text_of(cases[i].b);
		struct webhook hook = hook_with(one(&first, TEXT("email"), a),
						one(&second, b, TEXT("v")), (struct pairs){{0}});
		hook.format = FORMAT_FORM;
		if ((refused(&hook)[0] == '\0') != cases[i].form)
			fail_msg("form: %s beside %s", cases[i].a, cases[i].b);
		for (hook.format = FORMAT_JSON; hook.format <= FORMAT_STANDARD; hook.format++)
			if ((refused(&hook)[0] == '\0') != cases[i].json)
				fail_msg("json: %s beside %s", cases[i].a, cases[i].b);
		hook.format = FORMAT_JSON;
		buf_reset(&first); /* both among the fields */
		pairs_add(&first, TEXT("id"), a);
		pairs_add(&first, TEXT("code"), b);
		hook.fields.raw = buf_view(&first);
		hook.hidden.raw = (struct text){0};
		assert_int_equal(refused(&hook)[0] == '\0', cases[i].json);
	}
	buf_free(&first);
	buf_free(&second);
}

static void sizes(void **state)
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
	    cmocka_unit_test(what_is_required),
	    cmocka_unit_test(get_carries_a_query),
	    cmocka_unit_test(header_names),
	    cmocka_unit_test(header_values),
	    cmocka_unit_test(names_beside_each_other),
	    cmocka_unit_test(sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
