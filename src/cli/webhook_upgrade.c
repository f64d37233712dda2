/*
 * Owns the upgrade of webhooks that 0.1 stored: it seals header values and parses URLs. Never
 * writes a record itself (core/webhook_upgrade.h). Called by serve.c before any other code reads a
 * webhook.
 */
#include "webhook_upgrade.h"

#include <stdlib.h>

#include "base/log.h"
#include "core/webhook_headers.h"
#include "core/webhook_upgrade.h"
#include "http/url.h"

struct work;

struct item {
	struct webhook_upgrade upgrade;
	struct work *work;
};

/* The webhooks that one commit upgrades. */
struct work {
	struct webhook_old old;
	struct item items[WEBHOOK_UPGRADE_MAX];
	struct arena arena; /* texts that the items borrow */
	const uint8_t *secret_key;
	size_t n_waiting;
	uint64_t n_sealed;
	enum err err; /* the first one */
};

static void settle(struct work *w, enum err err)
{
	w->n_waiting--;
	if (w->err == ERR_OK)
		w->err = err;
}

static void on_upgraded(struct command *command, enum err err)
{
	settle(((struct item *)command)->work, err);
}

/* Moves the buffer's text into the arena and frees the buffer. */
static struct text keep(struct work *w, struct buf *b)
{
	struct text kept;
	enum err err = buf_keep(b, &w->arena, &kept);
	if (err != ERR_OK)
		w->err = err;
	return kept;
}

static void prepare(struct work *w, struct item *item, const struct webhook *webhook)
{
	struct buf sealed = {0}, origin = {0};
	struct url url;
	webhook_headers_seal(w->secret_key, webhook->plain_headers, &sealed);
	if (url_parse(webhook->url, URL_ALLOW_HTTP, &url) == NULL)
		url_write_origin(&origin, &url);
	w->n_sealed += webhook->plain_headers.raw.n > 0;
	*item = (struct item){
	    .upgrade =
		{
		    .command = {.decide = webhook_upgrade_decide, .done = on_upgraded},
		    .id = webhook->id,
		    .headers.raw = keep(w, &sealed),
		    .origin = keep(w, &origin),
		},
	    .work = w,
	};
}

/* The records are valid only during this call. */
static void on_old(struct command *command, enum err err)
{
	struct work *w = (struct work *)command;
	settle(w, err);
	for (size_t i = 0; w->err == ERR_OK && i < w->old.n; i++)
		prepare(w, &w->items[i], &w->old.webhooks[i]);
}

static void wait_for_all(struct work *w, struct store *store)
{
	while (w->n_waiting > 0)
		store_wait(store);
}

static void upgrade_some(struct work *w, struct store *store)
{
	w->old.command = (struct command){.decide = webhook_old_decide, .done = on_old};
	w->n_waiting = 1;
	if (store_query(store, &w->old.command) != ERR_OK)
		settle(w, ERR_BUSY);
	wait_for_all(w, store);
	for (size_t i = 0; w->err == ERR_OK && i < w->old.n; i++) {
		w->n_waiting++;
		if (store_submit(store, &w->items[i].upgrade.command) != ERR_OK)
			settle(w, ERR_BUSY);
	}
	wait_for_all(w, store);
	arena_reset(&w->arena);
	w->old.from = w->old.next;
}

enum err webhook_upgrade_all(struct store *store, const uint8_t secret_key[32])
{
	struct work *w = calloc(1, sizeof *w);
	if (w == NULL)
		return ERR_NO_MEMORY;
	w->secret_key = secret_key;
	do
		upgrade_some(w, store);
	while (w->err == ERR_OK && w->old.from != 0);
	if (w->n_sealed > 0)
		log_info("webhooks.headers_sealed", LOG_U64("webhooks", w->n_sealed));
	enum err err = w->err;
	arena_free(&w->arena);
	free(w);
	return err;
}
