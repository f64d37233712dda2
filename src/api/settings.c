/*
 * Owns the calls about settings: reading the inbound URL, token and secret, and rotating token and
 * secret. Never checks an inbound call (inbound_keys.c). Called through the route table.
 */
#include "core/inbound.h"

#include "api/call/members.h"
#include "api/call/show.h"
#include "routes.h"
#include "webhook_secret.h"

struct settings_call {
	union {
		struct command command;
		struct inbound_read read;
		struct inbound_rotate rotate;
	};
	struct call *call;
};

static struct settings_call *begin(struct call *call, command_decide_fn *decide,
				   command_done_fn *done)
{
	struct settings_call *sc = call_alloc(call, sizeof *sc);
	if (sc == NULL)
		return NULL;
	sc->call = call;
	sc->command = (struct command){.decide = decide, .done = done};
	return sc;
}

/* ---- showing ---- */

/* Appends the secret; appends nothing if it must not be shown or cannot be opened. */
static void open_secret(struct call *call, enum inbound_which which,
			const struct inbound_secret *secret, struct buf *plain)
{
	if ((call->scopes & SCOPE_ADMIN) != 0 && secret->sealed.n > 0 &&
	    crypto_open(call->api->secret_key, inbound_context(which), secret->sealed, plain) !=
		ERR_OK)
		buf_reset(plain);
}

static void put_url(struct call *call, struct json_out *o, struct text token)
{
	struct buf url = {0};
	if (token.n > 0)
		buf_printf(&url, "%.*s/webhook/%.*s/qualify", TEXT_ARGS(call->api->public_url),
			   TEXT_ARGS(token));
	json_put_text_or_null(o, "url", buf_view(&url));
	o->buf->failed = o->buf->failed || url.failed;
	crypto_wipe_buf(&url);
}

static void put_end_of_old(struct call *call, struct json_out *o, const char *name,
			   const struct inbound_secret *secret)
{
	show_time(o, name, call_now_ms(call) < secret->old_until_ms ? secret->old_until_ms : 0);
}

static void put_inbound(struct call *call, struct json_out *o,
			const struct inbound_secret secrets[INBOUND_SECRETS])
{
	struct buf token = {0}, secret = {0};
	open_secret(call, INBOUND_TOKEN, &secrets[INBOUND_TOKEN], &token);
	open_secret(call, INBOUND_SECRET, &secrets[INBOUND_SECRET], &secret);
	put_url(call, o, buf_view(&token));
	json_put_text_or_null(o, "token", buf_view(&token));
	json_put_text_or_null(o, "secret", buf_view(&secret));
	put_end_of_old(call, o, "old_token_expires_at", &secrets[INBOUND_TOKEN]);
	put_end_of_old(call, o, "old_secret_expires_at", &secrets[INBOUND_SECRET]);
	crypto_wipe_buf(&token);
	crypto_wipe_buf(&secret);
}

static void on_read(struct command *command, enum err err)
{
	struct settings_call *sc = (struct settings_call *)command;
	if (err != ERR_OK) {
		call_reply_err(sc->call, err, NULL);
		return;
	}
	struct json_out o = call_data(sc->call);
	json_put_text(&o, "public_url", sc->call->api->public_url);
	json_open(&o, "inbound", '{');
	put_inbound(sc->call, &o, sc->read.secrets);
	json_close(&o, '}');
	call_reply_data(sc->call, &o, 200);
}

const struct operation OP_SETTINGS_GET = {
    .id = "getSettings",
    .tag = "Settings",
    .summary = "Read the settings",
    .description =
	"Without an admin token, the secrets and the URL that contains the token are null.",
    .answers = {{200, ANSWER_DATA, "Settings"}},
};

void settings_get(struct call *call)
{
	struct settings_call *sc = begin(call, inbound_read_decide, on_read);
	if (sc != NULL)
		call_query(call, &sc->command);
}

/* ---- rotating ---- */

static void on_rotated(struct command *command, enum err err)
{
	struct settings_call *sc = (struct settings_call *)command;
	if (err != ERR_OK) {
		call_reply_err(sc->call, err, NULL);
		return;
	}
	struct json_out o = call_data(sc->call);
	put_inbound(sc->call, &o, sc->rotate.secrets);
	call_reply_data(sc->call, &o, 200);
}

/* Creates a new sealed token in the request's arena. Returns false after 503. */
static bool make_token(struct call *call, struct text *out)
{
	char token[CRYPTO_TOKEN_SIZE];
	struct buf sealed = {0};
	crypto_token(token);
	crypto_seal(call->api->secret_key, inbound_context(INBOUND_TOKEN), text_of(token), &sealed);
	*out = arena_copy(&call->req->arena, buf_view(&sealed));
	bool ok = !sealed.failed && out->p != NULL;
	crypto_wipe(token, sizeof token);
	buf_free(&sealed);
	if (!ok)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	return ok;
}

static bool make(struct call *call, enum inbound_which which, struct text *out)
{
	if (which == INBOUND_TOKEN)
		return make_token(call, out);
	return signing_secret_make(call, inbound_context(which), out);
}

static void rotate(struct call *call, enum inbound_which which)
{
	struct settings_call *sc = begin(call, inbound_rotate_decide, on_rotated);
	if (sc == NULL || !members_read_overlap(call, &sc->rotate.overlap_ms) ||
	    !make(call, which, &sc->rotate.sealed))
		return;
	sc->rotate.which = which;
	sc->rotate.now_ms = call_now_ms(call);
	call_submit(call, &sc->command);
}

const struct operation OP_SETTINGS_ROTATE_TOKEN = {
    .id = "rotateInboundToken",
    .tag = "Settings",
    .audit = {AUDIT_SETTINGS_ROTATE_TOKEN, 0},
    .summary = "Create a new inbound token",
    .description = "The old token works for overlap_seconds more.",
    .takes = TAKES_JSON | TAKES_OPTIONAL,
    .request = "RotateRequest",
    .answers = {{200, ANSWER_DATA, "Inbound"}},
};

void settings_rotate_token(struct call *call)
{
	rotate(call, INBOUND_TOKEN);
}

const struct operation OP_SETTINGS_ROTATE_SECRET = {
    .id = "rotateInboundSecret",
    .tag = "Settings",
    .audit = {AUDIT_SETTINGS_ROTATE_SECRET, 0},
    .summary = "Create a new secret for signed inbound calls",
    .description = "The old secret works for overlap_seconds more.",
    .takes = TAKES_JSON | TAKES_OPTIONAL,
    .request = "RotateRequest",
    .answers = {{200, ANSWER_DATA, "Inbound"}},
};

void settings_rotate_secret(struct call *call)
{
	rotate(call, INBOUND_SECRET);
}
