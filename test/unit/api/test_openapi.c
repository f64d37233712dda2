/* Owns the tests of the OpenAPI document and the route table from which it is made.
 * Never starts a server: test/e2e/test_openapi.py sends what the document describes.
 * Run by make test. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/openapi.h"
#include "api/routes.h"
#include "base/json.h"
#include "core/code_alias.h"
#include "core/names.h"
#include "http/client.h"

static struct buf text;
static struct json *document;

static int make_document(void **state)
{
	const char *why = "";
	(void)state;
	assert_int_equal(openapi_write(TEXT("https://refer.example"), &text), ERR_OK);
	if (json_parse(buf_view(&text), &document, &why) != ERR_OK)
		fail_msg("the document is not valid JSON: %s", why);
	return 0;
}

static int free_document(void **state)
{
	(void)state;
	json_free(document);
	buf_free(&text);
	return 0;
}

static bool below(const char *pattern, const char *prefix)
{
	return strncmp(pattern, prefix, strlen(prefix)) == 0;
}

/* The operation of a route in the document, or NULL. */
static const struct json *operation_of(const struct route *r)
{
	char path[128], method[16];
	const char *word = route_method_word(r->method);
	size_t n = 0;
	for (const char *p = r->pattern; *p != '\0' && n < sizeof path - 1; p++)
		if (*p != '@')
			path[n++] = *p;
	path[n] = '\0';
	const struct json *item = json_get(json_get(document, "paths"), path);
	for (n = 0; word[n] != '\0'; n++)
		method[n] = (char)tolower((unsigned char)word[n]);
	method[n] = '\0';
	return json_get(item, method);
}

static void every_api_route_is_documented(void **state)
{
	(void)state;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++) {
		if (r->operation == NULL && below(r->pattern, "/api/"))
			fail_msg("%s has no operation: see routes.h", r->pattern);
		if (r->operation == NULL)
			continue;
		struct text id = {0};
		const struct json *found = operation_of(r);
		assert_true(json_string(json_get(found, "operationId"), &id));
		assert_true(text_eq(id, text_of(r->operation->id)));
		assert_int_not_equal(r->operation->answers[0].shape, 0);
	}
}

/* Calls for the scope read change nothing, except for an operator's own password. These calls need
 * no line either: previews store nothing, and a session changes no data. */
static bool needs_no_line(const struct route *r)
{
	if (strcmp(r->operation->id, "changeOwnPassword") == 0)
		return false;
	static const char *const ids[] = {"previewWebhook", "previewUnsavedWebhook",
					  "createSession"};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (strcmp(r->operation->id, ids[i]) == 0)
			return true;
	return r->access == ACCESS_READ || r->method == HTTP_GET;
}

static void every_change_has_a_line_in_the_audit_list(void **state)
{
	(void)state;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++) {
		const struct operation *o = r->operation;
		bool audited = o != NULL && o->audit.action != AUDIT_NOTHING;
		if (!below(r->pattern, "/api/") && audited)
			fail_msg("%s is public, so no actor is known", r->pattern);
		if (below(r->pattern, "/api/") && audited == needs_no_line(r))
			fail_msg("%s %s (%s): its operation needs .audit (call/operation.h), or, "
				 "if it changes nothing, a place in needs_no_line above",
				 route_method_word(r->method), r->pattern, o->id);
	}
}

static void operation_ids_are_unique(void **state)
{
	(void)state;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++)
		for (const struct route *s = r + 1; s->pattern != NULL; s++)
			if (r->operation != NULL && s->operation != NULL &&
			    strcmp(r->operation->id, s->operation->id) == 0)
				fail_msg("%s and %s both have the operation id %s", r->pattern,
					 s->pattern, r->operation->id);
}

static void patterns_are_unique(void **state)
{
	(void)state;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++)
		for (const struct route *s = r + 1; s->pattern != NULL; s++)
			if (r->method == s->method && strcmp(r->pattern, s->pattern) == 0)
				fail_msg("ROUTES has %s twice", r->pattern);
}

/* "#/components/schemas/User" in the document, or NULL. */
static const struct json *follow(struct text ref)
{
	const struct json *at = document;
	struct text head, rest;
	char name[128];
	assert_true(text_cut(ref, '#', &head, &rest));
	assert_true(text_cut(rest, '/', &head, &rest));
	while (rest.n > 0 && at != NULL) {
		text_cut(rest, '/', &head, &rest);
		assert_true(head.n < sizeof name);
		memcpy(name, head.p, head.n);
		name[head.n] = '\0';
		at = json_get(at, name);
	}
	return at;
}

/* Counts the references below v. Each of them must resolve. */
static size_t check_references(const struct json *v)
{
	size_t n = 0;
	struct text name, ref;
	const struct json *child;
	for (size_t i = 0; (child = json_member(v, i, &name)) != NULL; i++) {
		n += check_references(child);
		if (!text_eq(name, TEXT("$ref")) || !json_string(child, &ref))
			continue;
		n++;
		if (follow(ref) == NULL)
			fail_msg("%.*s does not resolve", TEXT_ARGS(ref));
	}
	for (size_t i = 0; json_kind(v) == JSON_ARRAY && i < json_length(v); i++)
		n += check_references(json_at(v, i));
	return n;
}

static void every_reference_resolves(void **state)
{
	(void)state;
	assert_true(check_references(document) > 100);
}

static void operations_with_a_body_have_an_example(void **state)
{
	(void)state;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++) {
		if (r->operation == NULL || r->operation->takes == TAKES_NOTHING)
			continue;
		const struct json *content =
		    json_get(json_get(operation_of(r), "requestBody"), "content");
		struct text media_type;
		const struct json *media;
		assert_true(json_length(content) > 0);
		for (size_t i = 0; (media = json_member(content, i, &media_type)) != NULL; i++)
			if (json_get(media, "example") == NULL)
				fail_msg("%s has no example of its body", r->operation->id);
	}
}

static void every_path_parameter_is_described(void **state)
{
	(void)state;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++) {
		const struct json *parameters = json_get(operation_of(r), "parameters");
		for (size_t i = 0; i < json_length(parameters); i++) {
			struct text in = {0}, name = {0}, description = {0};
			const struct json *p = json_at(parameters, i);
			if (!json_string(json_get(p, "in"), &in) || !text_eq(in, TEXT("path")))
				continue;
			assert_true(json_string(json_get(p, "name"), &name));
			if (!json_string(json_get(p, "description"), &description))
				fail_msg("{%.*s} of %s is not in path_parameters (openapi.c)",
					 TEXT_ARGS(name), r->pattern);
		}
	}
}

/* The first segment of a pattern; empty if it is in braces. */
static struct text first_segment(const char *pattern)
{
	struct text first, rest;
	text_cut(text_of(pattern + 1), '/', &first, &rest);
	return text_starts(first, TEXT("{")) ? (struct text){0} : first;
}

static bool is_reserved(struct text word)
{
	for (const char *const *reserved = CODES_RESERVED; *reserved != NULL; reserved++)
		if (text_eq(word, text_of(*reserved)))
			return true;
	return false;
}

static bool begins_a_route(const char *word)
{
	for (const struct route *r = ROUTES; r->pattern != NULL; r++)
		if (text_eq(first_segment(r->pattern), text_of(word)))
			return true;
	return false;
}

static void no_code_can_hide_a_route(void **state)
{
	(void)state;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++) {
		struct text word = first_segment(r->pattern);
		if (code_is_plausible(word) && !is_reserved(word))
			fail_msg("%s: \"%.*s\" is not in CODES_RESERVED (code_alias.c)", r->pattern,
				 TEXT_ARGS(word));
	}
	for (const char *const *word = CODES_RESERVED; *word != NULL; word++)
		if (!begins_a_route(*word))
			fail_msg(
			    "CODES_RESERVED (code_alias.c) has \"%s\": no route begins with it",
			    *word);
}

/* Does the first pattern match every path of the second? */
static bool covers(const char *pattern, const char *other)
{
	struct text left = text_of(pattern), right = text_of(other), ours, theirs;
	while (left.n > 0 && right.n > 0) {
		text_cut(left, '/', &ours, &left);
		text_cut(right, '/', &theirs, &right);
		bool word = !text_starts(theirs, TEXT("{"));
		if (!text_starts(ours, TEXT("{")) && !text_eq(ours, theirs))
			return false;
		if (text_starts(ours, TEXT("{@")) && word && !code_is_plausible(theirs))
			return false;
	}
	return left.n == right.n;
}

/* The first line of ROUTES that matches a request answers it. */
static void no_route_hides_a_later_route(void **state)
{
	(void)state;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++)
		for (const struct route *s = r + 1; s->pattern != NULL; s++)
			if (r->method == s->method && covers(r->pattern, s->pattern))
				fail_msg("ROUTES has %s after %s, which matches its paths too: "
					 "move it up",
					 s->pattern, r->pattern);
}

/* The calls below /api/ that need no token. */
static const struct operation *const PUBLIC_CALLS[] = {
    &OP_SESSION_CREATE,
    &OP_SESSION_GET,
    &OP_OPENAPI_GET,
};

static void other_calls_below_api_need_a_token(void **state)
{
	(void)state;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++) {
		bool listed = false;
		for (size_t i = 0; i < sizeof PUBLIC_CALLS / sizeof *PUBLIC_CALLS; i++)
			listed = listed || r->operation == PUBLIC_CALLS[i];
		if (r->access == ACCESS_PUBLIC && below(r->pattern, "/api/") && !listed)
			fail_msg("%s needs no token: give it another access, or add it to "
				 "PUBLIC_CALLS",
				 r->pattern);
	}
}

static void scopes_match_the_route_table(void **state)
{
	(void)state;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++) {
		if (r->operation == NULL)
			continue;
		const struct json *security = json_get(operation_of(r), "security");
		const struct json *scopes = json_get(json_at(security, 0), "token");
		const char *expected = r->access == ACCESS_READ    ? "read"
				       : r->access == ACCESS_WRITE ? "write"
				       : r->access == ACCESS_ADMIN ? "admin"
								   : NULL;
		struct text scope = {0};
		assert_int_equal(json_string(json_at(scopes, 0), &scope), expected != NULL);
		assert_true(text_eq(scope, text_of(expected)));
	}
}

static void every_event_is_in_the_schema(void **state)
{
	const struct json *schemas = json_get(json_get(document, "components"), "schemas");
	const struct json *listed = json_get(json_get(schemas, "EventName"), "enum");
	size_t n = 0;
	(void)state;
	for (; EVENT_NAMES[n].word != NULL; n++) {
		bool found = false;
		struct text word;
		for (size_t i = 0; i < json_length(listed) && !found; i++)
			found = json_string(json_at(listed, i), &word) &&
				text_eq(word, text_of(EVENT_NAMES[n].word));
		if (!found)
			fail_msg("EventName in src/api/schemas/common.json lacks %s",
				 EVENT_NAMES[n].word);
	}
	assert_int_equal(json_length(listed), n);
}

static bool lists_word(const struct json *listed, const char *wanted)
{
	struct text word;
	for (size_t i = 0; i < json_length(listed); i++)
		if (json_string(json_at(listed, i), &word) && text_eq(word, text_of(wanted)))
			return true;
	return false;
}

static void every_failure_of_an_attempt_is_in_the_schema(void **state)
{
	const struct json *schemas = json_get(json_get(document, "components"), "schemas");
	const struct json *listed = json_get(json_get(schemas, "AttemptError"), "enum");
	(void)state;
	for (int f = HTTP_FAIL_NONE + 1; f < HTTP_FAILURES; f++)
		if (!lists_word(listed, http_failure_name((enum http_failure)f)))
			fail_msg("AttemptError in src/api/schemas/deliveries.json lacks %s",
				 http_failure_name((enum http_failure)f));
	assert_true(lists_word(listed, "status"));
	assert_int_equal(json_length(listed), HTTP_FAILURES); /* "status" in place of "none" */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_api_route_is_documented),
	    cmocka_unit_test(every_change_has_a_line_in_the_audit_list),
	    cmocka_unit_test(operation_ids_are_unique),
	    cmocka_unit_test(patterns_are_unique),
	    cmocka_unit_test(every_reference_resolves),
	    cmocka_unit_test(operations_with_a_body_have_an_example),
	    cmocka_unit_test(every_path_parameter_is_described),
	    cmocka_unit_test(no_code_can_hide_a_route),
	    cmocka_unit_test(no_route_hides_a_later_route),
	    cmocka_unit_test(other_calls_below_api_need_a_token),
	    cmocka_unit_test(scopes_match_the_route_table),
	    cmocka_unit_test(every_event_is_in_the_schema),
	    cmocka_unit_test(every_failure_of_an_attempt_is_in_the_schema),
	};
	return cmocka_run_group_tests(tests, make_document, free_document);
}
