/* Owns the tests of the bytes of a message: target, body, headers and their order, signature.
 * Never sends them.
 * Run by make test; reads test/conformance/standard-webhooks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/json.h"
#include "core/delivery.h"
#include "core/message.h"
#include "core/payload.h"

static const char VECTORS[] = "test/conformance/standard-webhooks/vectors.json";
static const char SECRET[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const char OLD_SECRET[] = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
static const uint8_t CODE_KEY[CODE_KEY_SIZE] = {4, 5, 6};

enum { AT_S = 1614265330 };

/* The signature that a receiver computes: "v1," and the HMAC of "id.timestamp.content" in base64.
 * It is written out once more here and checked against the published vectors below. */
static struct text signature_of(struct text secret, struct text id, const char *timestamp,
				struct text content)
{
	static char out[64];
	struct buf key = {0}, bytes = {0}, text = {.p = out, .cap = sizeof out};
	uint8_t mac[SHA256_SIZE];
	assert_int_equal(message_secret_key(secret, &key), ERR_OK);
	buf_printf(&bytes, "%.*s.%s.%.*s", TEXT_ARGS(id), timestamp, TEXT_ARGS(content));
	assert_true(crypto_hmac_sha256(buf_view(&key), buf_view(&bytes), mac));
	buf_str(&text, "v1,");
	crypto_base64(&text, text_from(mac, sizeof mac));
	buf_free(&key);
	buf_free(&bytes);
	return buf_view(&text);
}

static void assert_text(struct text got, struct text expected)
{
	if (!text_eq(got, expected))
		fail_msg("\"%.*s\" instead of \"%.*s\"", TEXT_ARGS(got), TEXT_ARGS(expected));
}

static struct json *read_vectors(void)
{
	static char file[4096];
	const char *why = "";
	struct json *root = NULL;
	FILE *f = fopen(VECTORS, "r");
	assert_non_null(f);
	size_t n = fread(file, 1, sizeof file, f);
	fclose(f);
	assert_int_equal(json_parse(text_from(file, n), &root, &why), ERR_OK);
	return root;
}

static struct text member(const struct json *v, const char *name)
{
	struct text t = {0};
	assert_true(json_string(json_get(v, name), &t));
	return t;
}

static void the_published_vectors_verify(void **state)
{
	struct json *root = read_vectors();
	const struct json *sign = json_get(root, "sign");
	uint64_t seconds;
	(void)state;
	assert_true(json_length(sign) > 0);
	for (size_t i = 0; i < json_length(sign); i++) {
		const struct json *v = json_at(sign, i);
		struct buf key = {0}, out = {0}, timestamp = {0};
		assert_true(json_u64(json_get(v, "timestamp"), false, &seconds));
		buf_u64(&timestamp, seconds);
		assert_int_equal(message_secret_key(member(v, "secret"), &key), ERR_OK);
		message_sign(&out, buf_view(&key), member(v, "id"), buf_view(&timestamp),
			     member(v, "payload"));
		assert_text(buf_view(&out), member(v, "signature"));
		/* One changed byte of the payload changes the signature. */
		buf_reset(&out);
		message_sign(&out, buf_view(&key), member(v, "id"), buf_view(&timestamp),
			     TEXT("{}"));
		assert_false(text_eq(buf_view(&out), member(v, "signature")));
		buf_free(&key);
		buf_free(&out);
		buf_free(&timestamp);
	}
	json_free(root);
}

static void a_secret_key_is_decoded(void **state)
{
	static const char *const wrong[] = {
	    "",           "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	    "whsec",      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
	    "whsec_====", "whsec_MfKQ 9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
	struct buf key = {0};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(message_secret_key(text_of(wrong[i]), &key), ERR_INVALID);
	assert_int_equal(message_secret_key(text_of(SECRET), &key), ERR_OK);
	assert_int_equal(key.n, 24);
	buf_free(&key);
}

/* A delivery and everything from which its message is made. */
struct world {
	struct codes *codes;
	struct buf fields, hidden, key, old_key;
	struct message_header headers[2];
	struct delivery delivery;
	struct event event;
	struct webhook_revision revision;
	struct message_source source;
	struct message message;
};

static const struct event byron_joined = {
    .id = 5,
    .type = EVENT_USER_JOIN,
    .at_ms = UINT64_C(1654770000123),
    .campaign_id = 4815,
    .user_id = 261471,
    .referrer_id = 261470,
    .user_type = USER_INVITED,
    .source = SOURCE_REFERRED,
    .joined_ms = UINT64_C(1654770000123),
    .first_name = {.p = "Byron", .n = 5},
    .email = {.p = "support+byron@referral-factory.com", .n = 34},
    .referrer_first_name = {.p = "Jessica", .n = 7},
    .referrer_email = {.p = "support+jessica@referral-factory.com", .n = 36},
    .public_url = {.p = "https://webhooks.referral-factory.com", .n = 37},
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	w->codes = codes_new(CODE_KEY);
	payload_default_fields(0, &w->fields);
	assert_int_equal(message_secret_key(text_of(SECRET), &w->key), ERR_OK);
	assert_int_equal(message_secret_key(text_of(OLD_SECRET), &w->old_key), ERR_OK);
	w->delivery = (struct delivery){.id = 77, .event_type = EVENT_USER_JOIN};
	w->revision = (struct webhook_revision){.fields = {buf_view(&w->fields)}};
	w->event = byron_joined;
	w->source = (struct message_source){
	    .revision = &w->revision,
	    .event = &w->event,
	    .delivery = &w->delivery,
	    .path = TEXT("/hooks/referral"),
	    .secrets = {buf_view(&w->key)},
	    .codes = w->codes,
	    .unix_s = AT_S,
	};
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	message_free(&w->message);
	codes_free(w->codes);
	buf_free(&w->fields);
	buf_free(&w->hidden);
	buf_free(&w->key);
	buf_free(&w->old_key);
	free(w);
	return 0;
}

static const struct message *make(struct world *w)
{
	message_free(&w->message);
	assert_true(message_make(&w->message, &w->source));
	return &w->message;
}

/* The URL's own path and query. */
static void set_url(struct world *w, const char *path, const char *query)
{
	w->source.path = text_of(path);
	w->source.query = text_of(query);
	w->source.has_query = query != NULL;
}

/* The thirteen default fields, as the documented example writes them. */
static struct text default_form(struct world *w)
{
	static char out[1024];
	char user[CODE_LENGTH + 1], referrer[CODE_LENGTH + 1];
	code_write(w->codes, CODE_USER, 261471, user);
	code_write(w->codes, CODE_USER, 261470, referrer);
	snprintf(out, sizeof out,
		 "referrer_id=261470&referrer_code=%s&referrer_first_name=Jessica&referrer_email="
		 "support%%2Bjessica%%40referral-factory.com&id=261471&code=%s&first_name=Byron&"
		 "email=support%%2Bbyron%%40referral-factory.com&url=https%%3A%%2F%%2Fwebhooks."
		 "referral-factory.com%%2F%s%%2Fjoin&source=Referred&date=2022-06-09&"
		 "referrals_count=0&campaign_id=4815",
		 referrer, user, user);
	return text_of(out);
}

/* `form` after `prefix`. */
static struct text joined(const char *prefix, struct text form)
{
	static char out[2048];
	snprintf(out, sizeof out, "%s%.*s", prefix, TEXT_ARGS(form));
	return text_of(out);
}

static struct text header(const struct message *m, const char *name)
{
	struct text found = {0};
	size_t n = 0;
	for (size_t i = 0; i < m->n_headers; i++)
		if (text_ieq(m->headers[i].name, text_of(name))) {
			found = m->headers[i].value;
			n++;
		}
	assert_true(n <= 1);
	return found;
}

/* Checks the signature as a receiver that knows the secret does, over `content`. */
static void check_signature(const struct message *m, const char *secret, struct text signature,
			    struct text content)
{
	char timestamp[24];
	struct text t = header(m, "webhook-timestamp");
	assert_text(t, TEXT("1614265330"));
	snprintf(timestamp, sizeof timestamp, "%.*s", TEXT_ARGS(t));
	assert_text(signature,
		    signature_of(text_of(secret), header(m, "webhook-id"), timestamp, content));
}

static void check_signed(const struct message *m, struct text content)
{
	check_signature(m, SECRET, header(m, "webhook-signature"), content);
}

/* The default: POST, with the encoded string both in the query and in the body. */
static void a_post_carries_the_fields_in_query_and_body(void **state)
{
	struct world *w = *state;
	const struct message *m = make(w);
	assert_false(m->get);
	assert_text(m->target, joined("/hooks/referral?", default_form(w)));
	assert_text(m->body, default_form(w));
	assert_text(header(m, "content-type"), TEXT("application/x-www-form-urlencoded"));
	check_signed(m, m->body);
}

/* The URL's own query comes before ours; the body has only ours. */
static void the_urls_own_query_comes_first(void **state)
{
	struct world *w = *state;
	set_url(w, "/a/b%20c;d", "x=1&y=%2F");
	const struct message *m = make(w);
	assert_text(m->target, joined("/a/b%20c;d?x=1&y=%2F&", default_form(w)));
	assert_text(m->body, default_form(w));
	check_signed(m, m->body);
	/* A parameter with the name of a field would be a second value for it. */
	set_url(w, "/h", "x=1&e%6Dail=a&code=b&y=%2F");
	assert_text(make(w)->target, joined("/h?x=1&y=%2F&", default_form(w)));
	w->revision.format = FORMAT_FORM;
	m = make(w);
	assert_text(m->target, TEXT("/h?x=1&e%6Dail=a&code=b&y=%2F"));
	assert_text(m->body, default_form(w));
	/* "https://crm.example?": an empty query of its own. */
	set_url(w, "/", "");
	w->revision.format = FORMAT_QUERY;
	assert_text(make(w)->target, joined("/?", default_form(w)));
	w->revision.format = FORMAT_JSON;
	assert_text(make(w)->target, TEXT("/?"));
}

/* GET has no body, and signs the exact query, the URL's own part included. */
static void a_get_signs_the_exact_query(void **state)
{
	struct world *w = *state;
	w->revision.method = WEBHOOK_GET;
	const struct message *m = make(w);
	assert_true(m->get);
	assert_text(m->target, joined("/hooks/referral?", default_form(w)));
	assert_int_equal(m->body.n, 0);
	assert_int_equal(header(m, "content-type").n, 0);
	check_signed(m, default_form(w));
	set_url(w, "/h", "list=a%3Fb");
	m = make(w);
	assert_text(m->target, joined("/h?list=a%3Fb&", default_form(w)));
	check_signed(m, joined("list=a%3Fb&", default_form(w)));
}

static void json_is_sent_in_the_body(void **state)
{
	struct world *w = *state;
	pairs_add(&w->hidden, TEXT("list"), TEXT("a \"b\""));
	buf_reset(&w->fields);
	pairs_add(&w->fields, TEXT("email"), TEXT("properties.email"));
	pairs_add(&w->fields, TEXT("qualified"), TEXT("properties.done"));
	pairs_add(&w->fields, TEXT("id"), TEXT("id"));
	w->revision.fields.raw = buf_view(&w->fields);
	w->revision.hidden.raw = buf_view(&w->hidden);
	w->revision.format = FORMAT_JSON;
	const struct message *m = make(w);
	assert_text(m->target, TEXT("/hooks/referral"));
	assert_text(m->body,
		    TEXT("{\"properties\":{\"email\":\"support+byron@referral-factory.com\","
			 "\"done\":false},\"id\":261471,\"list\":\"a \\\"b\\\"\"}"));
	assert_text(header(m, "content-type"), TEXT("application/json"));
	check_signed(m, m->body);
}

/* Our headers come first, then the configured ones in their order. */
static void own_headers_come_before_configured_ones(void **state)
{
	static const char *const names[] = {"user-agent",
					    "content-type",
					    "webhook-id",
					    "webhook-timestamp",
					    "webhook-signature",
					    "referd-attempt",
					    "referd-event",
					    "X-Z",
					    "X-A"};
	struct world *w = *state;
	w->headers[0] = (struct message_header){TEXT("X-Z"), TEXT("1")};
	w->headers[1] = (struct message_header){TEXT("X-A"), TEXT("s3cret value")};
	w->source.headers = w->headers;
	w->source.n_headers = 2;
	w->delivery.attempts = 4;
	const struct message *m = make(w);
	assert_int_equal(m->n_headers, sizeof names / sizeof *names);
	for (size_t i = 0; i < m->n_headers; i++)
		assert_text(m->headers[i].name, text_of(names[i]));
	assert_text(header(m, "user-agent"), TEXT("referd/" REFERD_VERSION));
	assert_text(header(m, "referd-attempt"), TEXT("5"));
	assert_text(header(m, "referd-event"), TEXT("user.join"));
	assert_text(header(m, "x-a"), TEXT("s3cret value"));
}

/* With more headers than a webhook may have, none is written past the end. */
static void extra_headers_are_not_written_past_the_end(void **state)
{
	static struct message_header many[MESSAGE_HEADERS + 8];
	struct world *w = *state;
	for (size_t i = 0; i < sizeof many / sizeof *many; i++)
		many[i] = (struct message_header){TEXT("x"), TEXT("y")};
	w->source.headers = many;
	w->source.n_headers = sizeof many / sizeof *many;
	assert_int_equal(make(w)->n_headers, MESSAGE_HEADERS);
}

/* A retry is the same message with the same bytes; only the time and what it signs differ. */
static void a_retry_has_the_same_bytes(void **state)
{
	struct world *w = *state;
	struct message later;
	char other[MESSAGE_ID_SIZE];
	const struct message *m = make(w);
	w->delivery.attempts = 9;
	w->source.unix_s += 86400;
	assert_true(message_make(&later, &w->source));
	assert_text(header(&later, "webhook-id"), header(m, "webhook-id"));
	assert_text(later.body, m->body);
	assert_text(later.target, m->target);
	assert_text(header(&later, "webhook-timestamp"), TEXT("1614351730"));
	assert_false(text_eq(header(&later, "webhook-signature"), header(m, "webhook-signature")));
	message_free(&later);
	w->delivery.id++;
	delivery_message_id(w->codes, &w->delivery, other);
	assert_false(text_eq(text_of(other), header(m, "webhook-id")));
}

/* During a rotation both secrets sign, the new one first. */
static void both_secrets_sign_during_a_rotation(void **state)
{
	struct world *w = *state;
	struct text first, second;
	w->source.secrets[1] = buf_view(&w->old_key);
	const struct message *m = make(w);
	assert_true(text_cut(header(m, "webhook-signature"), ' ', &first, &second));
	check_signature(m, SECRET, first, m->body);
	check_signature(m, OLD_SECRET, second, m->body);
}

static void without_a_secret_nothing_is_signed(void **state)
{
	struct world *w = *state;
	w->source.secrets[0] = (struct text){0};
	const struct message *m = make(w);
	assert_int_equal(header(m, "webhook-signature").n, 0);
	assert_true(header(m, "webhook-id").n > 0);
	for (size_t i = 0; i < m->n_headers; i++)
		assert_false(text_ieq(m->headers[i].name, TEXT("webhook-signature")));
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_published_vectors_verify),
	    cmocka_unit_test(a_secret_key_is_decoded),
	    IN_WORLD(a_post_carries_the_fields_in_query_and_body),
	    IN_WORLD(the_urls_own_query_comes_first),
	    IN_WORLD(a_get_signs_the_exact_query),
	    IN_WORLD(json_is_sent_in_the_body),
	    IN_WORLD(own_headers_come_before_configured_ones),
	    IN_WORLD(extra_headers_are_not_written_past_the_end),
	    IN_WORLD(a_retry_has_the_same_bytes),
	    IN_WORLD(both_secrets_sign_during_a_rotation),
	    IN_WORLD(without_a_secret_nothing_is_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
