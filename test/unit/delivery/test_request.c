/* The bytes of an attempt: target, body, headers and their order, signature.
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
#include "core/payload.h"
#include "delivery/request.h"
#include "delivery/target.h"

static const char VECTORS[] = "test/conformance/standard-webhooks/vectors.json";
static const char SECRET[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const uint8_t SEAL_KEY[SEAL_KEY_SIZE] = {1, 2, 3};
static const uint8_t CODE_KEY[CODE_KEY_SIZE] = {4, 5, 6};

enum { AT_S = 1614265330 };

/* What a receiver computes: "v1," and the HMAC of "id.timestamp.content" in base64. Written out
 * here once more, and held against the published vectors below. */
static struct text signature_of(struct text secret, struct text id, const char *timestamp,
				struct text content)
{
	static char out[64];
	struct buf key = {0}, bytes = {0}, text = {.p = out, .cap = sizeof out};
	uint8_t mac[SHA256_SIZE];
	assert_true(text_starts(secret, TEXT("whsec_")));
	assert_int_equal(crypto_base64_decode(text_from(secret.p + 6, secret.n - 6), &key), ERR_OK);
	buf_printf(&bytes, "%.*s.%s.%.*s", TEXT_ARGS(id), timestamp, TEXT_ARGS(content));
	crypto_hmac_sha256(buf_view(&key), buf_view(&bytes), mac);
	buf_str(&text, "v1,");
	crypto_base64(&text, text_from(mac, sizeof mac));
	buf_free(&key);
	buf_free(&bytes);
	return buf_view(&text);
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

static void test_vectors(void **state)
{
	struct json *root = read_vectors();
	const struct json *sign = json_get(root, "sign");
	char timestamp[24];
	uint64_t seconds;
	(void)state;
	assert_true(json_length(sign) > 0);
	for (size_t i = 0; i < json_length(sign); i++) {
		const struct json *v = json_at(sign, i);
		assert_true(json_u64(json_get(v, "timestamp"), false, &seconds));
		snprintf(timestamp, sizeof timestamp, "%llu", (unsigned long long)seconds);
		struct text made = signature_of(member(v, "secret"), member(v, "id"), timestamp,
						member(v, "payload"));
		assert_true(text_eq(made, member(v, "signature")));
		/* One byte of the payload, and it is another one. */
		made = signature_of(member(v, "secret"), member(v, "id"), timestamp, TEXT("{}"));
		assert_false(text_eq(made, member(v, "signature")));
	}
	json_free(root);
}

/* A webhook as it is stored, and one of its deliveries as it is loaded. */
struct world {
	struct codes *codes;
	struct buf sealed, fields, hidden, headers;
	struct webhook webhook;
	struct delivery_load load;
	struct lane_target target;
	struct request request;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	w->codes = codes_new(CODE_KEY);
	crypto_seal(SEAL_KEY, TEXT("webhook secret"), text_of(SECRET), &w->sealed);
	payload_default_fields(&w->fields);
	w->webhook = (struct webhook){.id = 3, .url = TEXT("https://crm.example/hooks/referral")};
	w->webhook.secret = buf_view(&w->sealed);
	w->load.delivery = (struct delivery){.id = 77, .event_type = EVENT_USER_JOIN};
	w->load.revision = (struct webhook_revision){.fields = {buf_view(&w->fields)}};
	w->load.event = (struct event){
	    .id = 5,
	    .type = EVENT_USER_JOIN,
	    .at_ms = UINT64_C(1654770000123),
	    .campaign_id = 4815,
	    .user_id = 261471,
	    .referrer_id = 261470,
	    .user_type = USER_INVITED,
	    .source = SOURCE_REFERRED,
	    .joined_ms = UINT64_C(1654770000123),
	    .first_name = TEXT("Byron"),
	    .email = TEXT("support+byron@referral-factory.com"),
	    .referrer_first_name = TEXT("Jessica"),
	    .referrer_email = TEXT("support+jessica@referral-factory.com"),
	    .public_url = TEXT("https://webhooks.referral-factory.com"),
	};
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	request_free(&w->request);
	target_free(&w->target);
	codes_free(w->codes);
	buf_free(&w->sealed);
	buf_free(&w->fields);
	buf_free(&w->hidden);
	buf_free(&w->headers);
	free(w);
	return 0;
}

static void make(struct world *w)
{
	request_free(&w->request);
	w->load.revision.method = w->webhook.method;
	w->load.revision.format = w->webhook.format;
	assert_null(target_read(&w->target, &w->webhook, SEAL_KEY, false));
	assert_true(request_make(&w->request, &w->target, &w->load, w->codes, AT_S));
}

/* The thirteen default fields, as the product's own example writes them. */
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

static void assert_text(struct text got, struct text expected)
{
	if (!text_eq(got, expected))
		fail_msg("\"%.*s\" instead of \"%.*s\"", TEXT_ARGS(got), TEXT_ARGS(expected));
}

/* `form` behind `prefix`. */
static struct text joined(const char *prefix, struct text form)
{
	static char out[2048];
	snprintf(out, sizeof out, "%s%.*s", prefix, TEXT_ARGS(form));
	return text_of(out);
}

static struct text header(const struct request *r, const char *name)
{
	struct text found = {0};
	size_t n = 0;
	for (size_t i = 0; i < r->spec.n_headers; i++)
		if (text_ieq(r->spec.headers[i].name, text_of(name))) {
			found = r->spec.headers[i].value;
			n++;
		}
	assert_true(n <= 1);
	return found;
}

/* What a receiver that knows the secret says about the request, its content being `content`. */
static void check_signature(const struct request *r, struct text content)
{
	char timestamp[24];
	struct text t = header(r, "webhook-timestamp");
	assert_text(t, TEXT("1614265330"));
	snprintf(timestamp, sizeof timestamp, "%.*s", TEXT_ARGS(t));
	assert_text(header(r, "webhook-signature"),
		    signature_of(text_of(SECRET), header(r, "webhook-id"), timestamp, content));
}

/* The default: POST, the encoded string in the query and as the body too. */
static void test_post_query(void **state)
{
	struct world *w = *state;
	make(w);
	const struct http_call_spec *s = &w->request.spec;
	assert_int_equal(s->method, HTTP_POST);
	assert_text(s->target, joined("/hooks/referral?", default_form(w)));
	assert_text(s->body, default_form(w));
	assert_text(header(&w->request, "content-type"), TEXT("application/x-www-form-urlencoded"));
	check_signature(&w->request, s->body);
}

/* A URL's own query stays in front of ours; the body holds ours alone. */
static void test_own_query(void **state)
{
	struct world *w = *state;
	w->webhook.url = TEXT("https://crm.example:8443/a/b%20c;d?x=1&y=%2F");
	make(w);
	assert_text(w->request.spec.target, joined("/a/b%20c;d?x=1&y=%2F&", default_form(w)));
	assert_text(w->request.spec.body, default_form(w));
	assert_int_equal(w->request.spec.url->port, 8443);
	w->webhook.format = FORMAT_FORM;
	make(w);
	assert_text(w->request.spec.target, TEXT("/a/b%20c;d?x=1&y=%2F"));
	assert_text(w->request.spec.body, default_form(w));
	/* An empty query of its own, and no path. */
	w->webhook.url = TEXT("https://crm.example?");
	w->webhook.format = FORMAT_QUERY;
	make(w);
	assert_text(w->request.spec.target, joined("/?", default_form(w)));
	w->webhook.format = FORMAT_JSON;
	make(w);
	assert_text(w->request.spec.target, TEXT("/?"));
}

/* GET has no body, and signs the exact query, the URL's own part included. */
static void test_get(void **state)
{
	struct world *w = *state;
	w->webhook.method = WEBHOOK_GET;
	make(w);
	const struct http_call_spec *s = &w->request.spec;
	assert_int_equal(s->method, HTTP_GET);
	assert_text(s->target, joined("/hooks/referral?", default_form(w)));
	assert_int_equal(s->body.n, 0);
	assert_int_equal(header(&w->request, "content-type").n, 0);
	check_signature(&w->request, default_form(w));
	w->webhook.url = TEXT("https://crm.example/h?list=a%3Fb");
	make(w);
	assert_text(w->request.spec.target, joined("/h?list=a%3Fb&", default_form(w)));
	check_signature(&w->request, joined("list=a%3Fb&", default_form(w)));
}

static void test_json(void **state)
{
	struct world *w = *state;
	pairs_add(&w->hidden, TEXT("list"), TEXT("a \"b\""));
	buf_reset(&w->fields);
	pairs_add(&w->fields, TEXT("email"), TEXT("properties.email"));
	pairs_add(&w->fields, TEXT("qualified"), TEXT("properties.done"));
	pairs_add(&w->fields, TEXT("qualified_at"), TEXT("qualified_at"));
	pairs_add(&w->fields, TEXT("id"), TEXT("id"));
	pairs_add(&w->fields, TEXT("event"), TEXT("event"));
	pairs_add(&w->fields, TEXT("event_id"), TEXT("event_id"));
	pairs_add(&w->fields, TEXT("occurred_at"), TEXT("occurred_at"));
	pairs_add(&w->fields, TEXT("type"), TEXT("type"));
	w->load.revision.fields.raw = buf_view(&w->fields);
	w->load.revision.hidden.raw = buf_view(&w->hidden);
	w->webhook.format = FORMAT_JSON;
	make(w);
	assert_text(w->request.spec.target, TEXT("/hooks/referral"));
	assert_text(w->request.spec.body,
		    TEXT("{\"properties\":{\"email\":\"support+byron@referral-factory.com\","
			 "\"done\":false},\"qualified_at\":null,\"id\":261471,"
			 "\"event\":\"user.join\",\"event_id\":5,"
			 "\"occurred_at\":\"2022-06-09T10:20:00.123Z\","
			 "\"type\":\"person_invited\",\"list\":\"a \\\"b\\\"\"}"));
	assert_text(header(&w->request, "content-type"), TEXT("application/json"));
	check_signature(&w->request, w->request.spec.body);
}

/* Ours first, then the configured ones in their order. */
static void test_header_order(void **state)
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
	pairs_add(&w->headers, TEXT("X-Z"), TEXT("1"));
	pairs_add(&w->headers, TEXT("X-A"), TEXT("s3cret value"));
	w->webhook.headers.raw = buf_view(&w->headers);
	w->load.delivery.attempts = 4;
	make(w);
	const struct http_call_spec *s = &w->request.spec;
	assert_int_equal(s->n_headers, sizeof names / sizeof *names);
	for (size_t i = 0; i < s->n_headers; i++)
		assert_text(s->headers[i].name, text_of(names[i]));
	assert_text(header(&w->request, "user-agent"), TEXT("referd/" REFERD_VERSION));
	assert_text(header(&w->request, "referd-attempt"), TEXT("5"));
	assert_text(header(&w->request, "referd-event"), TEXT("user.join"));
	assert_text(header(&w->request, "x-a"), TEXT("s3cret value"));
}

/* A retry is the same message with the same bytes; only the time and what it signs differ. */
static void test_retry(void **state)
{
	struct world *w = *state;
	struct request later;
	char id[64], other[MESSAGE_ID_SIZE];
	make(w);
	snprintf(id, sizeof id, "%.*s", TEXT_ARGS(header(&w->request, "webhook-id")));
	w->load.delivery.attempts = 9;
	assert_true(request_make(&later, &w->target, &w->load, w->codes, AT_S + 86400));
	assert_text(header(&later, "webhook-id"), text_of(id));
	assert_text(later.spec.body, w->request.spec.body);
	assert_text(later.spec.target, w->request.spec.target);
	assert_text(header(&later, "webhook-timestamp"), TEXT("1614351730"));
	assert_false(
	    text_eq(header(&later, "webhook-signature"), header(&w->request, "webhook-signature")));
	request_free(&later);
	codes_message_id(w->codes, w->load.delivery.id + 1, other);
	assert_string_not_equal(other, id);
}

/* A secret that does not open (another key's) signs nothing: better unsigned than wrongly signed.
 */
static void test_no_secret(void **state)
{
	static const uint8_t other_key[SEAL_KEY_SIZE] = {9};
	struct world *w = *state;
	assert_null(target_read(&w->target, &w->webhook, other_key, false));
	assert_true(request_make(&w->request, &w->target, &w->load, w->codes, AT_S));
	assert_int_equal(header(&w->request, "webhook-signature").n, 0);
	assert_true(header(&w->request, "webhook-id").n > 0);
}

static void test_target_refused(void **state)
{
	struct world *w = *state;
	w->webhook.url = TEXT("http://crm.example/");
	assert_non_null(target_read(&w->target, &w->webhook, SEAL_KEY, false));
	assert_null(target_read(&w->target, &w->webhook, SEAL_KEY, true));
	assert_int_equal(w->target.url.port, 80);
	assert_int_equal(w->target.connect_ms, 5000);
	assert_int_equal(w->target.total_ms, 15000);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    IN_WORLD(test_post_query),
	    IN_WORLD(test_own_query),
	    IN_WORLD(test_get),
	    IN_WORLD(test_json),
	    IN_WORLD(test_header_order),
	    IN_WORLD(test_retry),
	    IN_WORLD(test_no_secret),
	    IN_WORLD(test_target_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
