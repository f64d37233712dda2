/*
 * Owns the token commands: it makes API calls from words, and lines from responses. Never opens the
 * database (token_offline.c does, for a stopped server). Called by main for `referd token`.
 */
#include "token.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "api_call.h"
#include "api_row.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "core/names.h"
#include "token_offline.h"

struct token_config {
	struct config config;
	const char *scopes;
	uint64_t expires_ms;
};

static const struct option create_options[] = {
    {"scopes", OPTION_TEXT, offsetof(struct token_config, scopes), "SCOPE,...", "read", 0, 0,
     "What the new token may do: read, write or admin; write includes read, and admin includes "
     "both"},
    {"expires", OPTION_DURATION, offsetof(struct token_config, expires_ms), "TIME", "0", 0, 0,
     "How long the new token works, such as 90d; 0: for ever"},
};

/* ---- calling ---- */

static void write_scopes(const struct json *token, struct buf *out)
{
	const struct json *scopes = json_get(token, "scopes");
	for (size_t i = 0; i < json_length(scopes); i++) {
		struct text scope = {0};
		(void)!json_string(json_at(scopes, i), &scope);
		buf_printf(out, "%s%.*s", i == 0 ? "" : ",", TEXT_ARGS(scope));
	}
}

/* ---- create ---- */

static void write_request(const struct token_config *config, const char *name, struct buf *out)
{
	struct json_out o = json_out(out);
	struct text scope, rest = text_of(config->scopes);
	json_open(&o, NULL, '{');
	json_put_text(&o, "name", text_of(name));
	json_open(&o, "scopes", '[');
	while (rest.n > 0) {
		text_cut(rest, ',', &scope, &rest);
		json_put_text(&o, NULL, text_trim(scope));
	}
	json_close(&o, ']');
	if (config->expires_ms != 0) {
		char time[CLOCK_TIME_SIZE];
		clock_format_time(clock_system.unix_ms(&clock_system) + config->expires_ms, time);
		json_put_text(&o, "expires_at", text_of(time));
	}
	json_close(&o, '}');
}

/* The token alone goes to stdout, for scripts. */
static void print_new(uint64_t id, const char *name, struct text scopes, struct text token)
{
	fprintf(
	    stderr,
	    "token %llu (%s) has the scopes %.*s. Save it now: referd does not show it again.\n",
	    (unsigned long long)id, name, TEXT_ARGS(scopes));
	printf("%.*s\n", TEXT_ARGS(token));
}

static int create_online(const struct token_config *config, const char *name)
{
	struct buf body = {0}, scopes = {0};
	if (!utf8_printable(text_of(name)) || !utf8_printable(text_of(config->scopes))) {
		fprintf(stderr, "referd: the token's name and scopes must be printable UTF-8\n");
		return 2;
	}
	write_request(config, name, &body);
	struct json *root =
	    api_call_json(&config->config, "POST", "/api/v2/tokens", buf_view(&body));
	const struct json *token = json_get(root, "data");
	if (root != NULL) {
		write_scopes(token, &scopes);
		print_new(api_row_id(token), name, buf_view(&scopes), api_row_text(token, "token"));
	}
	buf_free(&body);
	buf_free(&scopes);
	int status = root != NULL ? 0 : 1;
	json_free(root);
	return status;
}

static void write_granted(uint64_t granted, struct buf *out)
{
	for (const struct name *n = SCOPE_NAMES; n->word != NULL; n++)
		if ((granted >> n->number & 1) != 0)
			buf_printf(out, "%s%s", out->n == 0 ? "" : ",", n->word);
}

/* With --data and a stopped server: for an operator who has lost every token. Returns -1 if a
 * server is running and there is a token to call it with, else the exit status. */
static int create_offline(const struct token_config *config, const char *name)
{
	struct token_offline made = {
	    .name = name, .scopes = config->scopes, .expires_ms = config->expires_ms};
	struct buf scopes = {0};
	const char *why = "", *data = config->config.address.dir;
	enum err err = token_offline_create(&made, &config->config.address, &why);
	if (err == ERR_BUSY && api_call_has_token(&config->config))
		return -1;
	if (err == ERR_INVALID)
		fprintf(stderr, "referd: %s\n", why);
	else if (err != ERR_OK)
		fprintf(stderr, "referd: the data directory %s: %s\n", data, why);
	if (err != ERR_OK)
		return err == ERR_INVALID ? 2 : 1;
	write_granted(made.granted, &scopes);
	print_new(made.id, name, buf_view(&scopes), text_of(made.token));
	buf_free(&scopes);
	crypto_wipe(made.token, sizeof made.token);
	return 0;
}

static int create_token(void *options, const struct options_args *args)
{
	const struct token_config *config = options;
	const char *name = args->items[0];
	int status = config->config.place_is_flag ? create_offline(config, name) : -1;
	return status >= 0 ? status : create_online(config, name);
}
/* ---- list ---- */

static void write_row(const struct json *token, struct buf *out)
{
	struct buf id = {0}, scopes = {0};
	struct text expires = api_row_date(token, "expires_at");
	bool expired = false;
	buf_u64(&id, api_row_id(token));
	write_scopes(token, &scopes);
	if (json_bool(json_get(token, "expired"), &expired) && expired)
		expires = TEXT("expired");
	api_row_cell(out, buf_view(&id), 6);
	api_row_cell(out, buf_view(&scopes), 18);
	api_row_cell(out, api_row_date(token, "created_at"), 12);
	api_row_cell(out, expires.n > 0 ? expires : TEXT("never"), 12);
	buf_text(out, api_row_text(token, "name"));
	buf_char(out, '\n');
	buf_free(&id);
	buf_free(&scopes);
}

static int list_tokens(void *options, const struct options_args *args)
{
	const struct token_config *config = options;
	struct buf out = {0};
	(void)args;
	struct json *root =
	    api_call_json(&config->config, "GET", "/api/v2/tokens?per_page=250", (struct text){0});
	const struct json *tokens = json_get(root, "data");
	if (root == NULL)
		return 1;
	buf_str(&out, "ID    SCOPES            CREATED     EXPIRES     NAME\n");
	for (size_t i = 0; i < json_length(tokens); i++)
		write_row(json_at(tokens, i), &out);
	fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	json_free(root);
	return 0;
}

/* ---- revoke ---- */

static int revoke_token(void *options, const struct options_args *args)
{
	const struct token_config *config = options;
	const char *id = args->items[0];
	char target[64];
	uint64_t number;
	if (!text_to_u64(text_of(id), &number)) {
		fprintf(
		    stderr,
		    "referd: \"%s\" is not the id of a token: referd token list shows the ids\n",
		    id);
		return 2;
	}
	snprintf(target, sizeof target, "/api/v2/tokens/%llu", (unsigned long long)number);
	struct json *root = api_call_json(&config->config, "DELETE", target, (struct text){0});
	if (root == NULL)
		return 1;
	printf("revoked token %llu\n", (unsigned long long)number);
	json_free(root);
	return 0;
}

/* ---- the choice of the command ---- */

#define THROUGH_SERVER                                                                             \
	"Calls the server at --listen with an admin token: the token in --token-file, or "         \
	"REFERD_API_TOKEN."
#define ABOUT_CREATE                                                                               \
	"Creates an API token and prints it; only the token goes to the standard "                 \
	"output. " THROUGH_SERVER                                                                  \
	" If every admin token is lost, stop the server and give --data DIR: then the command "    \
	"creates the token in the database in DIR."
#define ABOUT_LIST                                                                                 \
	"Prints the id, scopes, dates and name of each API token, but not the token "              \
	"itself. " THROUGH_SERVER
#define ABOUT_REVOKE                                                                               \
	"Revokes the API token with this id: from now on, requests that carry it get "             \
	"401. " THROUGH_SERVER

static const char usage[] =
    "usage: referd token create NAME [--scopes SCOPE,...] [--expires TIME] [--data DIR]\n"
    "       referd token list\n"
    "       referd token revoke ID\n"
    "\n"
    "  create   Create an API token and print it, even if all tokens are lost\n"
    "  list     List the API tokens with their ids, scopes and dates\n"
    "  revoke   Revoke the API token with this id\n"
    "\n"
    "referd token create --help describes the options.\n";

static const struct config_choice commands[] = {
    {"create",
     create_token,
     {.name = "token create",
      .usage = "referd token create NAME [--scopes SCOPE,...] [--expires TIME] [--data DIR]",
      .about = ABOUT_CREATE,
      .min_args = 1,
      .max_args = 1,
      .options = create_options,
      .n_options = sizeof create_options / sizeof *create_options}},
    {"list",
     list_tokens,
     {.name = "token list", .usage = "referd token list", .about = ABOUT_LIST}},
    {"revoke",
     revoke_token,
     {.name = "token revoke",
      .usage = "referd token revoke ID",
      .about = ABOUT_REVOKE,
      .min_args = 1,
      .max_args = 1}},
};

int token_main(int argc, char **argv)
{
	static const struct config_choices choices = {
	    .usage = usage,
	    .unknown = "write token create, token list or token revoke: "
		       "referd token --help describes them",
	    .items = commands,
	    .n = sizeof commands / sizeof *commands,
	};
	struct token_config config = {0};
	return config_run_choice(&choices, argc, argv, &config);
}
