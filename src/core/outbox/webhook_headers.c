/*
 * Owns the rules for configured headers, and the sealing of their values. Never reads a record, and
 * never stores a key. Called by the webhook calls, the delivery room, and the upgrade of records
 * that 0.1 wrote.
 */
#include "core/webhook_headers.h"

#include "core/webhook.h"

/* Headers that the delivery itself sets, or that change how the request is parsed (RFC 9110). */
static const char *const reserved_headers[] = {
    "host",   "content-length", "transfer-encoding", "connection", "te",           "upgrade",
    "expect", "trailer",        "keep-alive",        "user-agent", "content-type",
};

static bool is_token(struct text t)
{
	static const char others[] = "!#$%&'*+-.^_`|~";
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		bool other = false;
		for (const char *o = others; *o != '\0'; o++)
			other |= *o == c;
		if (!letter && !(c >= '0' && c <= '9') && !other)
			return false;
	}
	return t.n > 0;
}

static bool starts_ignoring_case(struct text t, struct text prefix)
{
	return t.n >= prefix.n && text_ieq(text_from(t.p, prefix.n), prefix);
}

static bool is_reserved(struct text name)
{
	for (size_t i = 0; i < sizeof reserved_headers / sizeof *reserved_headers; i++)
		if (text_ieq(name, text_of(reserved_headers[i])))
			return true;
	return starts_ignoring_case(name, TEXT("proxy-")) ||
	       starts_ignoring_case(name, TEXT("webhook-")) ||
	       starts_ignoring_case(name, TEXT("referd-"));
}

/* Visible bytes, blanks and tabs: no control bytes, and no blank at either end. */
static bool is_field_value(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return text_trim(t).n == t.n;
}

const char *webhook_headers_refusal(struct pairs headers)
{
	struct text rest = headers.raw, name, value;
	if (pairs_count(headers) > WEBHOOK_LIST_MAX)
		return "has more than 64 entries";
	while (pairs_next(&rest, &name, &value)) {
		if (!is_token(name) || name.n > WEBHOOK_NAME_MAX)
			return "has a name that is not a valid header name: use up to 64 letters, "
			       "digits and -";
		if (is_reserved(name))
			return "has a name that referd sets itself or that changes how the request "
			       "is read: use another name";
		if (!is_field_value(value) || value.n > WEBHOOK_VALUE_MAX)
			return "has a value that contains control characters, begins or ends with "
			       "a blank, or is longer than 1,024 bytes";
	}
	return NULL;
}

static const struct text context = {"webhook header", 14};

void webhook_headers_seal(const uint8_t key[SEAL_KEY_SIZE], struct pairs headers, struct buf *out)
{
	struct text rest = headers.raw, name, value;
	struct buf sealed = {0};
	while (pairs_next(&rest, &name, &value)) {
		buf_reset(&sealed);
		if (text_eq(value, TEXT(WEBHOOK_MASK)))
			buf_text(&sealed, value);
		else
			crypto_seal(key, context, value, &sealed);
		pairs_add(out, name, buf_view(&sealed));
	}
	out->failed = out->failed || sealed.failed;
	buf_free(&sealed);
}

enum err webhook_headers_open(const uint8_t key[SEAL_KEY_SIZE], struct pairs sealed,
			      struct buf *out)
{
	struct text rest = sealed.raw, name, value;
	struct buf plain = {0};
	enum err err = ERR_OK;
	while (err == ERR_OK && pairs_next(&rest, &name, &value)) {
		buf_reset(&plain);
		if (text_eq(value, TEXT(WEBHOOK_MASK)))
			buf_text(&plain, value);
		else
			err = crypto_open(key, context, value, &plain);
		if (err == ERR_OK)
			pairs_add(out, name, buf_view(&plain));
	}
	if (err == ERR_OK && (plain.failed || out->failed))
		err = ERR_NO_MEMORY;
	crypto_wipe_buf(&plain);
	return err;
}
