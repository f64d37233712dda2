/* Owns the credential of commands and the messages about refused calls. Never knows the content of
 * a call. Called by the commands that call the running server.
 */
#include "api_call.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

enum { TOKEN_SIZE = 256, REFUSAL_MAX = 65536 };

/* The caller's on_body for a successful response, and the body of a refusal. */
struct answer {
	http_call_body_fn *on_body;
	void *arg;
	struct buf refusal;
};

/* Reads the first line of the file. */
static bool read_token_file(const char *path, char token[TOKEN_SIZE])
{
	FILE *file = fopen(path, "re");
	size_t n = file == NULL ? 0 : fread(token, 1, TOKEN_SIZE - 1, file);
	const char *why = file == NULL ? strerror(errno) : "has no token in its first line";
	if (file != NULL)
		fclose(file);
	struct text line, rest;
	text_cut(text_from(token, n), '\n', &line, &rest);
	line = text_trim(line);
	memmove(token, line.p, line.n);
	token[line.n] = '\0';
	if (line.n == 0)
		fprintf(stderr, "referd: --token-file %s: %s\n", path, why);
	return line.n > 0;
}

/* A token must not contain characters that would end the header. */
static bool token_usable(const char *token)
{
	const char *p = token;
	while (*p > ' ' && *p < 0x7f)
		p++;
	if (*p != '\0')
		fprintf(stderr,
			"referd: the API token contains a space or a character that tokens never "
			"contain: check it\n");
	return *p == '\0';
}

bool api_call_has_token(const struct config *config)
{
	const char *given = getenv("REFERD_API_TOKEN");
	return config->token_file != NULL || (given != NULL && given[0] != '\0');
}

static bool read_token(const struct config *config, char token[TOKEN_SIZE])
{
	const char *given = getenv("REFERD_API_TOKEN");
	token[0] = '\0';
	if (config->token_file != NULL)
		return read_token_file(config->token_file, token) && token_usable(token);
	if (given != NULL && given[0] != '\0' && strlen(given) < TOKEN_SIZE) {
		memcpy(token, given, strlen(given) + 1);
		return token_usable(token);
	}
	fprintf(stderr,
		"referd: this command needs an API token: set REFERD_API_TOKEN, or give "
		"--token-file FILE. If all "
		"tokens are lost, stop the server and run referd token create NAME --scopes "
		"admin --data DIR\n");
	return false;
}

static bool on_body(void *arg, int status, struct text piece)
{
	struct answer *a = arg;
	if (status / 100 == 2)
		return a->on_body == NULL || a->on_body(a->arg, status, piece);
	if (a->refusal.n + piece.n <= REFUSAL_MAX)
		buf_text(&a->refusal, piece);
	return true;
}

/* Prints the message of an error response, or only the status if another server answered. */
static void print_refusal(int status, struct text body)
{
	struct json *root = NULL;
	struct text message = {0};
	const char *why = "";
	if (json_parse(body, &root, &why) == ERR_OK &&
	    json_string(json_get(root, "message"), &message))
		fprintf(stderr, "referd: the server refused (%d): %.*s\n", status,
			TEXT_ARGS(message));
	else
		fprintf(stderr,
			"referd: the program at --listen answered with status %d, but it is not "
			"referd: check --listen\n",
			status);
	json_free(root);
}

bool api_call_run(const struct config *config, struct http_call *call)
{
	char token[TOKEN_SIZE];
	struct answer answer = {.on_body = call->on_body, .arg = call->arg};
	struct http_call own = *call;
	if (!read_token(config, token))
		return false;
	own.listen = config->listen;
	own.token = token;
	own.on_body = on_body;
	own.arg = &answer;
	bool answered = http_call_run(&own);
	call->status = own.status;
	crypto_wipe(token, sizeof token);
	if (!answered)
		fprintf(stderr, "referd: %s\n", own.why);
	else if (own.status / 100 != 2)
		print_refusal(own.status, buf_view(&answer.refusal));
	buf_free(&answer.refusal);
	return answered && own.status / 100 == 2;
}

bool api_call_gather(void *arg, int status, struct text piece)
{
	struct buf *out = arg;
	(void)status;
	buf_text(out, piece);
	return !out->failed;
}

struct json *api_call_json(const struct config *config, const char *method, const char *target,
			   struct text body)
{
	struct buf answer = {0};
	struct json *root = NULL;
	const char *why = "";
	struct http_call call = {
	    .method = method,
	    .target = target,
	    .content_type = body.n > 0 ? "application/json" : NULL,
	    .body = body,
	    .on_body = api_call_gather,
	    .arg = &answer,
	};
	bool ok = api_call_run(config, &call);
	/* The response to a DELETE is empty. */
	struct text text = answer.n > 0 ? buf_view(&answer) : TEXT("{}");
	if (ok && json_parse(text, &root, &why) != ERR_OK)
		fprintf(stderr, "referd: the server's response cannot be read: %s\n", why);
	buf_free(&answer);
	return root;
}
