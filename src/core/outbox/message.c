/*
 * Owns the bytes of an attempt: payload, target, headers, Standard Webhooks signature; and the
 * check of a received signature. Never sends. Called by the delivery room, the API's preview and
 * inbound calls.
 */
#include "core/message.h"

#include "base/crypto.h"
#include "base/form.h"
#include "core/delivery.h"
#include "core/names.h"
#include "core/payload.h"

/* The URL's own query comes before our fields, without parameters that have the name of one of
 * them: of two equal names, some receivers read the first and others the last. The path is sent as
 * configured. */
static void make_target(struct message *m, const struct message_source *s, bool with_content)
{
	struct text fields = with_content ? buf_view(&m->content) : (struct text){0};
	buf_text(&m->target_buf, s->path);
	if (s->has_query || with_content)
		buf_char(&m->target_buf, '?');
	size_t begin = m->target_buf.n;
	if (with_content)
		form_others(&m->target_buf, s->query, fields);
	else
		buf_text(&m->target_buf, s->query);
	if (m->target_buf.n > begin && fields.n > 0)
		buf_char(&m->target_buf, '&');
	buf_text(&m->target_buf, fields);
	m->target = buf_view(&m->target_buf);
}

void message_sign(struct buf *out, struct text key, struct text id, struct text timestamp,
		  struct text content)
{
	struct buf signed_bytes = {0};
	uint8_t mac[SHA256_SIZE];
	buf_text(&signed_bytes, id);
	buf_char(&signed_bytes, '.');
	buf_text(&signed_bytes, timestamp);
	buf_char(&signed_bytes, '.');
	buf_text(&signed_bytes, content);
	bool made = !signed_bytes.failed && crypto_hmac_sha256(key, buf_view(&signed_bytes), mac);
	if (out->n > 0)
		buf_char(out, ' ');
	buf_str(out, "v1,");
	if (made)
		crypto_base64(out, text_from(mac, sizeof mac));
	out->failed = out->failed || !made;
	buf_free(&signed_bytes);
}

/* Compares all signatures, so that the time says nothing about which of them matched. */
static bool any_matches(const struct message_claim *claim, struct text expected)
{
	struct text one, rest = claim->signatures;
	bool found = false;
	while (rest.n > 0) {
		text_cut(rest, ' ', &one, &rest);
		found |= text_eq_secret(one, expected);
	}
	return found;
}

static bool is_stale(struct text timestamp, uint64_t unix_s)
{
	uint64_t at;
	return !text_to_u64(timestamp, &at) || at > unix_s + MESSAGE_TOLERANCE_S ||
	       at + MESSAGE_TOLERANCE_S < unix_s;
}

enum message_verdict message_verify(const struct message_claim *claim, const struct text *keys,
				    size_t n_keys, uint64_t unix_s)
{
	bool genuine = false, failed = false;
	for (size_t i = 0; i < n_keys; i++) {
		struct buf expected = {0};
		if (keys[i].n > 0)
			message_sign(&expected, keys[i], claim->id, claim->timestamp,
				     claim->content);
		failed |= expected.failed;
		genuine |= expected.n > 0 && any_matches(claim, buf_view(&expected));
		buf_free(&expected);
	}
	if (claim->id.n == 0 || !genuine || failed)
		return MESSAGE_FORGED;
	return is_stale(claim->timestamp, unix_s) ? MESSAGE_STALE : MESSAGE_GENUINE;
}

void message_secret_seal(const uint8_t seal_key[], struct text context, struct text key,
			 struct buf *out)
{
	struct buf plain = {0};
	buf_str(&plain, "whsec_");
	crypto_base64(&plain, key);
	if (!plain.failed)
		crypto_seal(seal_key, context, buf_view(&plain), out);
	out->failed = out->failed || plain.failed;
	crypto_wipe_buf(&plain);
}

enum err message_secret_key(struct text secret, struct buf *out)
{
	const struct text prefix = TEXT("whsec_");
	if (!text_starts(secret, prefix))
		return ERR_INVALID;
	return crypto_base64_decode(text_from(secret.p + prefix.n, secret.n - prefix.n), out);
}

static void add(struct message *m, const char *name, struct text value)
{
	if (m->n_headers < MESSAGE_HEADERS)
		m->headers[m->n_headers++] = (struct message_header){text_of(name), value};
}

static void add_headers(struct message *m, const struct message_source *s)
{
	add(m, "user-agent", TEXT("referd/" REFERD_VERSION));
	if (!m->get)
		add(m, "content-type", text_of(payload_content_type(s->revision, s->event)));
	add(m, "webhook-id", text_of(m->message_id));
	add(m, "webhook-timestamp", text_of(m->timestamp));
	if (m->signature.n > 0)
		add(m, "webhook-signature", m->signature);
	add(m, "referd-attempt", text_of(m->attempt));
	add(m, "referd-event", text_of(name_of(EVENT_NAMES, s->event->type)));
	if (s->event->test != 0)
		add(m, "referd-test", TEXT("true"));
	for (size_t i = 0; i < s->n_headers && m->n_headers < MESSAGE_HEADERS; i++)
		m->headers[m->n_headers++] = s->headers[i];
}

/* The exact body. A GET has no body: the exact query string, with the URL's own part. */
static struct text signed_content(const struct message *m)
{
	struct text path, query;
	text_cut(m->target, '?', &path, &query);
	return m->get ? query : m->body;
}

static void write_number(char out[MESSAGE_DIGITS], uint64_t number)
{
	struct buf digits = {.p = out, .cap = MESSAGE_DIGITS};
	buf_u64(&digits, number);
	out[digits.n] = '\0';
}

bool message_make(struct message *m, const struct message_source *s)
{
	*m = (struct message){.get = s->revision->method == WEBHOOK_GET};
	bool in_query = s->revision->format == FORMAT_QUERY && !payload_is_operator(s->event);
	payload_render(s->revision, s->event, s->codes, &m->content);
	make_target(m, s, m->get || in_query);
	if (!m->get)
		m->body = buf_view(&m->content);
	delivery_message_id(s->codes, s->delivery, m->message_id);
	write_number(m->timestamp, s->unix_s);
	write_number(m->attempt, s->delivery->attempts + 1);
	for (size_t i = 0; i < MESSAGE_SECRETS; i++)
		if (s->secrets[i].n > 0)
			message_sign(&m->signature_buf, s->secrets[i], text_of(m->message_id),
				     text_of(m->timestamp), signed_content(m));
	m->signature = buf_view(&m->signature_buf);
	add_headers(m, s);
	return !m->content.failed && !m->target_buf.failed && !m->signature_buf.failed;
}

void message_free(struct message *m)
{
	buf_free(&m->content);
	buf_free(&m->target_buf);
	buf_free(&m->signature_buf);
}
