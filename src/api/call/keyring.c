/*
 * Owns the age of the tables of credentials, and the calls that wait until the tables are new
 * enough. Never judges a credential. Called by api.c for each request that may carry a credential,
 * and by the loop.
 */
#include "keyring.h"

#include <stdlib.h>

enum { RETRY_MS = 1000 };

/* A call that waits. It lives in the arena of its request. */
struct waiting {
	struct waiting *next;
	struct call *call;
	call_fn *then;
};

/* A query that reads all tables in one view. */
struct reading {
	struct command command;
	struct tokens tokens;
	struct operators operators;
	struct sessions sessions;
	struct inbound_read inbound;
};

struct keyring {
	struct api *api;
	uint64_t epoch;          /* the tables are at least as new as this epoch of the store */
	struct command question; /* reads nothing: its view has the newest epoch */
	struct reading reading;
	uint64_t reading_epoch;
	bool asks, reads;
	uint64_t retry_ms; /* steady clock: after a failure, on_turn reads no earlier */
	struct waiting *waiting, **last; /* came after the question was sent */
	struct waiting *asked;           /* these wait for the question, or for the reading */
};

static struct keyring *keyring_of(const struct call *call)
{
	return call->api->keyring;
}

static void go_on(struct keyring *k);

static void answer(struct keyring *k, enum err err)
{
	struct waiting *w = k->asked, *next;
	k->asked = NULL;
	for (; w != NULL; w = next) {
		next = w->next; /* the reply frees the request */
		if (err == ERR_OK)
			w->then(w->call);
		else
			call_reply_err(w->call, err, NULL);
	}
	go_on(k);
}

/* ---- reading ---- */

static enum err reading_decide(struct command *command, struct tx *tx)
{
	struct reading *r = (struct reading *)command;
	enum err err = tokens_read(&r->tokens, tx);
	if (err == ERR_OK)
		err = operators_read(&r->operators, tx);
	if (err == ERR_OK)
		err = sessions_read(&r->sessions, tx);
	return err != ERR_OK ? err : inbound_read_decide(&r->inbound.command, tx);
}

static void drop_reading(struct reading *r)
{
	tokens_free(&r->tokens);
	operators_free(&r->operators);
	sessions_free(&r->sessions);
}

static void take_tables(struct keyring *k)
{
	struct api *api = k->api;
	struct reading *r = &k->reading, before = {.tokens = api->tokens,
						   .operators = api->operators,
						   .sessions = api->sessions};
	sessions_keep_chosen(&r->sessions, &before.sessions);
	api->tokens = r->tokens;
	api->operators = r->operators;
	api->sessions = r->sessions;
	inbound_keys_take(&api->inbound, &r->inbound);
	*r = (struct reading){0};
	drop_reading(&before);
	k->epoch = k->reading_epoch;
}

static void on_read(struct command *command, enum err err)
{
	struct keyring *k =
	    (struct keyring *)(void *)((char *)command - offsetof(struct keyring, reading));
	k->reads = false;
	if (err == ERR_OK)
		take_tables(k);
	else
		drop_reading(&k->reading);
	k->retry_ms = err == ERR_OK ? 0 : loop_steady_ms(k->api->loop) + RETRY_MS;
	if (err == ERR_OK && k->api->credentials_changed != NULL)
		k->api->credentials_changed(k->api);
	answer(k, err);
}

static void read_tables(struct keyring *k)
{
	/* The view of the query may be newer than this epoch. Then the next comparison of the
	 * epochs reads the tables again. */
	k->reading_epoch = store_epoch(k->api->store);
	k->reading.command = (struct command){.decide = reading_decide, .done = on_read};
	k->reads = true;
	enum err err = store_query(k->api->store, &k->reading.command);
	if (err == ERR_OK)
		return;
	k->reads = false;
	k->retry_ms = loop_steady_ms(k->api->loop) + RETRY_MS;
	answer(k, err);
}

/* ---- asking ---- */

static struct keyring *keyring_of_question(struct command *command)
{
	return (struct keyring *)(void *)((char *)command - offsetof(struct keyring, question));
}

static enum err question_decide(struct command *command, struct tx *tx)
{
	(void)command, (void)tx;
	return ERR_OK;
}

static bool is_old(const struct keyring *k)
{
	return k->epoch != store_epoch(k->api->store);
}

/* The use of a session does not move the epoch, because each session is used all the time. */
static bool any_seems_idle(const struct waiting *w)
{
	for (; w != NULL; w = w->next)
		if (sessions_seem_idle(w->call))
			return true;
	return false;
}

static void on_answer(struct command *command, enum err err)
{
	struct keyring *k = keyring_of_question(command);
	k->asks = false;
	if (err == ERR_OK && (is_old(k) || any_seems_idle(k->asked)))
		read_tables(k);
	else
		answer(k, err);
}

/* Asks for the calls that have come since the last question. */
static void go_on(struct keyring *k)
{
	if (k->asks || k->reads || k->waiting == NULL)
		return;
	k->asked = k->waiting;
	k->waiting = NULL;
	k->last = &k->waiting;
	k->question = (struct command){.decide = question_decide, .done = on_answer};
	enum err err = store_query(k->api->store, &k->question);
	k->asks = err == ERR_OK;
	if (err != ERR_OK)
		answer(k, err);
}

void keyring_wait(struct call *call, call_fn *then)
{
	struct keyring *k = keyring_of(call);
	if (k == NULL) {
		then(call);
		return;
	}
	struct waiting *w = call_alloc(call, sizeof *w);
	if (w == NULL)
		return;
	*w = (struct waiting){.call = call, .then = then};
	*k->last = w;
	k->last = &w->next;
	go_on(k);
}

/* ---- life ---- */

/* An open stream must end with its credential, even if no request arrives. */
static void on_turn(void *arg)
{
	struct keyring *k = arg;
	if (k->asks || k->reads || !is_old(k) || loop_steady_ms(k->api->loop) < k->retry_ms)
		return;
	read_tables(k);
	loop_again(k->api->loop);
}

enum err keyring_open(struct api *api)
{
	if (!store_shared(api->store))
		return ERR_OK;
	struct keyring *k = calloc(1, sizeof *k);
	if (k == NULL)
		return ERR_NO_MEMORY;
	k->api = api;
	k->epoch = UINT64_MAX; /* other nodes may have written since the tables were loaded */
	k->last = &k->waiting;
	api->keyring = k;
	loop_add_hook(api->loop, on_turn, k);
	return ERR_OK;
}

void keyring_close(struct api *api)
{
	if (api->keyring != NULL)
		drop_reading(&api->keyring->reading);
	free(api->keyring);
	api->keyring = NULL;
}
