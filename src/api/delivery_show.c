/*
 * Owns the JSON form of deliveries and their attempts. Never reads a record. Called by the delivery
 * calls and by the webhook's test.
 */
#include "delivery_show.h"

#include "api/call/show.h"
#include "base/utf8.h"
#include "core/delivery.h"
#include "core/redact.h"
#include "delivery_request.h"
#include "delivery_secrets.h"
#include "http/client.h"

enum { ANSWER_KEPT = 4096 }; /* bytes of a response that are stored */

const char *delivery_error_class(uint64_t failure, uint64_t status)
{
	if (failure != HTTP_FAIL_NONE)
		return http_failure_name((enum http_failure)failure);
	return status == 0 || (status >= 200 && status <= 299) ? NULL : "status";
}

void delivery_show(struct call *call, struct json_out *o, const struct delivery *d,
		   struct text first_name)
{
	char code[CODE_LENGTH + 1], message_id[MESSAGE_ID_SIZE];
	struct codes *codes = call->api->codes;
	bool next_known = d->status == DELIVERY_PENDING && !d->waiting;
	delivery_message_id(codes, d, message_id);
	json_put_u64(o, "id", d->id);
	json_put_text(o, "message_id", text_of(message_id));
	json_put_u64(o, "event_id", d->event_id);
	show_word(o, "event", EVENT_NAMES, d->event_type);
	json_put_u64(o, "webhook_id", d->webhook_id);
	show_id(o, "user_id", d->user_id);
	json_put_text_or_null(
	    o, "user_code",
	    text_of(d->user_id == 0 ? NULL : code_write(codes, CODE_USER, d->user_id, code)));
	json_put_text_or_null(o, "first_name", first_name);
	json_put_bool(o, "test", d->test != 0);
	show_word(o, "status", DELIVERY_STATUS_NAMES, d->status);
	json_put_u64(o, "attempts", d->attempts);
	show_time(o, "created_at", d->created_ms);
	show_time(o, "next_attempt_at",
		  next_known ? loop_unix_of_steady(call->api->loop, d->due_ms) : 0);
	/* It waits for an earlier delivery of its chain, whose end makes it due. */
	json_put_bool(o, "waiting", d->waiting != 0 && d->finished_ms == 0);
	show_time(o, "finished_at", d->finished_ms);
	show_id(o, "last_status", d->last_status);
	json_put_text_or_null(o, "last_error",
			      text_of(d->status == DELIVERY_DELIVERED
					  ? NULL
					  : delivery_error_class(d->last_failure, d->last_status)));
	json_put_text_or_null(o, "reason", d->reason);
}

void delivery_reply(struct call *call, int status, const struct delivery *d, struct text first_name)
{
	struct json_out o = call_data(call);
	delivery_show(call, &o, d, first_name);
	call_reply_data(call, &o, status);
}

/* A cut response may end within a character: this part of a character is left out. */
static struct text whole_characters(struct text answer)
{
	for (size_t cut = 1; answer.n >= ANSWER_KEPT && cut < 4; cut++)
		if (utf8_valid(text_from(answer.p, answer.n - cut)) && !utf8_valid(answer))
			return text_from(answer.p, answer.n - cut);
	return answer;
}

static void put_plain_answer(struct json_out *o, struct text answer)
{
	struct buf base64 = {0};
	bool text = utf8_valid(answer);
	json_put_text_or_null(o, "answer", text ? answer : (struct text){0});
	if (text)
		return;
	crypto_base64(&base64, answer);
	json_put_text(o, "answer_base64", buf_view(&base64));
	o->buf->failed = o->buf->failed || base64.failed;
	buf_free(&base64);
}

/* A receiver may repeat the request in its response, in encodings that a search cannot foresee
 * (Base64, a list of bytes). So a token that can only read sees no response to a request that
 * contained a secret. */
static void put_answer(struct json_out *o, const struct attempt *a,
		       const struct delivery_secrets *secrets)
{
	struct text answer = a->answer;
	struct buf redacted = {0};
	bool hidden = secrets->unreadable || (secrets->read_only && a->secret);
	if (hidden && answer.n > 0)
		buf_str(&redacted, REDACTED);
	else
		redact(whole_characters(answer), secrets->items, secrets->n,
		       answer.n >= ANSWER_KEPT, &redacted);
	put_plain_answer(o, buf_view(&redacted));
	o->buf->failed = o->buf->failed || redacted.failed;
	buf_free(&redacted);
}

static void put_attempt(struct json_out *o, const struct attempt *a,
			const struct delivery_secrets *secrets)
{
	json_open(o, NULL, '{');
	json_put_u64(o, "number", a->number);
	show_time(o, "at", a->at_ms);
	show_id(o, "status", a->status);
	json_put_text_or_null(
	    o, "error", text_of(a->accepted ? NULL : delivery_error_class(a->failure, a->status)));
	json_put_text_or_null(o, "detail", a->detail);
	json_put_bool(o, "reused_connection", a->reused != 0);
	json_open(o, "duration_us", '{');
	json_put_u64(o, "dns", a->dns_us);
	json_put_u64(o, "connect", a->connect_us);
	json_put_u64(o, "tls", a->tls_us);
	json_put_u64(o, "first_byte", a->first_byte_us);
	json_put_u64(o, "total", a->total_us);
	json_close(o, '}');
	put_answer(o, a, secrets);
	json_close(o, '}');
}

void delivery_reply_read(struct call *call, int status, const struct delivery_read *read)
{
	struct delivery_secrets secrets;
	struct json_out o = call_data(call);
	delivery_secrets_read(call, read, &secrets);
	delivery_show(call, &o, &read->delivery, read->first_name);
	delivery_request_show(call, &o, read, &secrets);
	json_open(&o, "log", '[');
	for (size_t i = 0; i < read->n_attempts; i++)
		put_attempt(&o, &read->attempts[i], &secrets);
	json_close(&o, ']');
	delivery_secrets_wipe(&secrets);
	call_reply_data(call, &o, status);
}
