/* Owns the copy of a webhook's settings that sending needs. Never sends. Called by lane.c when a
 * webhook is saved, and by attempt.c for each response. */
#include "target.h"

#include "base/crypto.h"
#include "core/id_list.h"
#include "core/redact.h"
#include "core/webhook_headers.h"
#include "throttle.h"

enum { CONNECT_MS = 5000, TOTAL_MS = 15000, ANSWER_KEPT = 4096 };

/* Returns NULL, or why nothing can be sent: referd sends no request without its configured
 * headers. */
static const char *open_headers(struct target *t, const uint8_t key[32], struct pairs sealed)
{
	struct message_header *h = t->headers;
	if (webhook_headers_open(key, sealed, &t->opened) != ERR_OK)
		return "has header values that the secret key does not decrypt: send them again";
	struct text rest = buf_view(&t->opened);
	while (t->n_headers < TARGET_HEADERS && pairs_next(&rest, &h->name, &h->value)) {
		t->n_headers++;
		h++;
	}
	return NULL;
}

static void open_secret(struct buf *out, const uint8_t key[32], struct text sealed)
{
	struct buf plain = {0};
	if (sealed.n > 0 && (crypto_open(key, TEXT("webhook secret"), sealed, &plain) != ERR_OK ||
			     message_secret_key(buf_view(&plain), out) != ERR_OK))
		buf_reset(out);
	crypto_wipe_buf(&plain);
}

static void copy_rules(struct policy_rules *rules, struct text seconds, struct text statuses)
{
	*rules = (struct policy_rules){.schedule = policy_default_schedule};
	if (id_list_length(seconds) > 0)
		rules->schedule.n = 0;
	for (size_t i = 0; i < id_list_length(seconds) && i < POLICY_SCHEDULE_MAX; i++)
		rules->schedule.seconds[rules->schedule.n++] = (uint32_t)id_list_at(seconds, i);
	for (size_t i = 0; i < id_list_length(statuses) && i < POLICY_STATUSES_MAX; i++)
		rules->success[rules->n_success++] = (uint16_t)id_list_at(statuses, i);
}

void target_free(struct target *t)
{
	crypto_wipe_buf(&t->opened);
	crypto_wipe_buf(&t->secret);
	crypto_wipe_buf(&t->old_secret);
	arena_free(&t->arena);
	*t = (struct target){0};
}

const char *target_read(struct target *t, const struct webhook *webhook, const uint8_t key[32],
			bool allow_http)
{
	target_free(t);
	struct text url = arena_copy(&t->arena, webhook->url);
	const char *problem = url_parse(url, allow_http ? URL_ALLOW_HTTP : 0, &t->url);
	const char *unreadable = open_headers(t, key, webhook->headers);
	copy_rules(&t->rules, webhook->schedule, webhook->success_statuses);
	open_secret(&t->secret, key, webhook->secret);
	open_secret(&t->old_secret, key, webhook->old_secret);
	t->old_secret_until_ms = webhook->old_secret_until_ms;
	t->concurrency = (uint32_t)webhook->concurrency;
	t->rate = webhook->rate != 0 ? (uint32_t)webhook->rate : throttle_default_rate(t->url.host);
	t->connect_ms = webhook->connect_ms != 0 ? (uint32_t)webhook->connect_ms : CONNECT_MS;
	t->total_ms = webhook->total_ms != 0 ? (uint32_t)webhook->total_ms : TOTAL_MS;
	return problem != NULL ? problem : unreadable;
}

struct text target_keep_answer(const struct target *t, struct text answer, struct arena *arena)
{
	struct text values[TARGET_HEADERS];
	struct buf redacted = {0};
	if (t->n_headers == 0 || answer.n == 0)
		return arena_copy(arena, answer);
	for (size_t i = 0; i < t->n_headers; i++)
		values[i] = t->headers[i].value;
	redact(answer, values, t->n_headers, answer.n >= ANSWER_KEPT, &redacted);
	struct text kept = buf_view(&redacted);
	kept.n = redacted.failed ? 0 : kept.n < ANSWER_KEPT ? kept.n : ANSWER_KEPT;
	kept = arena_copy(arena, kept);
	buf_free(&redacted);
	return kept;
}
