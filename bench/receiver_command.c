/*
 * Owns the receiver as a command: a log of its requests, failures on demand, a readable view.
 * Never checks a signature: the readers of the log do. Called by main.c; the tests, the demo and
 * the compose file start it.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/form.h"
#include "base/json.h"
#include "base/utf8.h"
#include "commands.h"
#include "identity.h"
#include "receiver.h"
#include "session.h"

struct desk {
	struct event_base *events;
	struct receiver *receiver;
	uint64_t fail_percent, random;
	int log; /* or -1 */
	bool print, down;
	struct buf line;
	struct arena arena;
};

static void desk_put_text(struct json_out *o, const char *name, struct text t)
{
	json_put_text(o, name, utf8_valid(t) ? t : TEXT("(not UTF-8)"));
}

static void desk_put_headers(struct json_out *o, const struct received *r)
{
	struct text rest = r->headers, name, value;
	json_open(o, "headers", '{');
	while (received_next_header(&rest, &name, &value))
		if (utf8_valid(name) && utf8_valid(value))
			json_put_named(o, name, value);
	json_close(o, '}');
}

/* One write for each line: a reader never sees half of a line unless the disk is full. */
static void desk_log(struct desk *d, const struct received *r, int status)
{
	char time[CLOCK_TIME_SIZE];
	struct json_out o = json_out(&d->line);
	clock_format_time(clock_system.unix_ms(&clock_system), time);
	buf_reset(&d->line);
	json_open(&o, NULL, '{');
	json_put_text(&o, "time", text_of(time));
	desk_put_text(&o, "method", r->method);
	desk_put_text(&o, "target", r->target);
	desk_put_text(&o, "webhook_id", received_header(r, TEXT("webhook-id")));
	desk_put_text(&o, "attempt", received_header(r, TEXT("referd-attempt")));
	desk_put_text(&o, "event", received_header(r, TEXT("referd-event")));
	json_put_u64(&o, "status", (uint64_t)status);
	desk_put_text(&o, "body", r->body);
	desk_put_headers(&o, r);
	json_close(&o, '}');
	buf_char(&d->line, '\n');
	if (d->line.failed || write(d->log, d->line.p, d->line.n) != (ssize_t)d->line.n)
		fprintf(stderr, "referd-bench: cannot write a line of the log: %s\n",
			strerror(errno));
}

/* Control bytes of a request could change the state of a terminal. */
static void desk_print_text(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		putchar((unsigned char)t.p[i] < ' ' || t.p[i] == 127 ? '?' : t.p[i]);
}

static void desk_print_form(struct desk *d, struct text form)
{
	struct text name, value;
	arena_reset(&d->arena);
	while (form_next(&form, &d->arena, &name, &value) == ERR_OK) {
		printf("    ");
		desk_print_text(name);
		printf(" = ");
		desk_print_text(value);
		putchar('\n');
	}
}

/* Members in their order. A number is shown as it was sent. */
static void desk_print_members(const struct json *v, int depth)
{
	struct text name, text = {0};
	const struct json *member;
	for (size_t i = 0; (member = json_member(v, i, &name)) != NULL; i++) {
		bool flag = false;
		printf("%*s", 4 + 2 * depth, "");
		desk_print_text(name);
		printf(" = ");
		if (json_string(member, &text) || json_number_text(member, &text))
			desk_print_text(text);
		else if (json_bool(member, &flag))
			printf("%s", flag ? "true" : "false");
		else if (json_kind(member) == JSON_NULL)
			printf("null");
		putchar('\n');
		if (json_kind(member) == JSON_OBJECT && depth < JSON_MAX_DEPTH)
			desk_print_members(member, depth + 1);
	}
}

static void desk_print(struct desk *d, const struct received *r, int status)
{
	struct text path, query, attempt = received_header(r, TEXT("referd-attempt"));
	struct json *root = NULL;
	const char *why;
	text_cut(r->target, '?', &path, &query);
	desk_print_text(r->method);
	putchar(' ');
	desk_print_text(path);
	if (attempt.n > 0)
		printf("  (attempt %.*s, answered %d)\n", TEXT_ARGS(attempt), status);
	else
		printf("  (answered %d)\n", status);
	bool json = text_starts(received_header(r, TEXT("content-type")), TEXT("application/json"));
	if (json && json_parse(r->body, &root, &why) == ERR_OK)
		desk_print_members(root, 0);
	else
		desk_print_form(d, r->body.n > 0 ? r->body : query);
	json_free(root);
	printf("  raw: ");
	desk_print_text(r->body.n > 0 ? r->body : query);
	printf("\n\n");
	fflush(stdout);
}

static int desk_receive(void *arg, const struct received *r)
{
	struct desk *d = arg;
	bool fail = random_next(&d->random) % 100 < d->fail_percent;
	int status = fail ? 500 : 200;
	if (d->log >= 0)
		desk_log(d, r, status);
	if (d->print)
		desk_print(d, r, status);
	return status;
}

static void desk_on_stop(evutil_socket_t signal_number, short what, void *arg)
{
	struct desk *d = arg;
	(void)signal_number, (void)what;
	event_base_loopexit(d->events, NULL);
}

static void desk_on_toggle(evutil_socket_t signal_number, short what, void *arg)
{
	struct desk *d = arg;
	(void)signal_number, (void)what;
	d->down = !d->down;
	receiver_set_down(d->receiver, d->down);
}

static bool desk_configure(struct desk *d, const struct options *o)
{
	struct text fail = text_of(o->fail);
	d->log = -1;
	d->print = o->print;
	d->down = o->down;
	d->random = o->seed;
	if (text_ends(fail, TEXT("%")))
		fail.n--;
	if (o->fail != NULL && (!text_to_u64(fail, &d->fail_percent) || d->fail_percent > 100)) {
		fprintf(stderr, "referd-bench: --fail %s: must be 0%% to 100%%\n", o->fail);
		return false;
	}
	if (o->log == NULL)
		return true;
	d->log = open(o->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (d->log < 0)
		fprintf(stderr, "referd-bench: %s: %s\n", o->log, strerror(errno));
	return d->log >= 0;
}

static int desk_run(struct desk *d, const struct options *o, SSL_CTX *tls)
{
	struct target listen;
	if (!target_parse_listen(o->listen, &listen))
		return 2;
	d->receiver = receiver_new(d->events, &listen, tls, desk_receive, d);
	if (d->receiver == NULL)
		return 2;
	receiver_set_down(d->receiver, d->down);
	printf("listening on https://%s\n", receiver_address(d->receiver));
	fflush(stdout);
	event_base_dispatch(d->events);
	receiver_free(d->receiver);
	return 0;
}

int command_receiver(const struct options *o)
{
	static const int stops[] = {SIGTERM, SIGINT};
	struct desk d = {.events = session_new_loop(false)};
	struct event *signals[3];
	for (int i = 0; i < 2; i++)
		signals[i] = evsignal_new(d.events, stops[i], desk_on_stop, &d);
	signals[2] = evsignal_new(d.events, SIGUSR1, desk_on_toggle, &d);
	for (int i = 0; i < 3; i++)
		if (signals[i] == NULL || event_add(signals[i], NULL) != 0)
			abort();
	int status = 2;
	SSL_CTX *tls = desk_configure(&d, o) ? identity_new(o->identity, o->host, o->ca_out) : NULL;
	if (tls != NULL)
		status = desk_run(&d, o, tls);
	SSL_CTX_free(tls);
	for (int i = 0; i < 3; i++)
		event_free(signals[i]);
	event_base_free(d.events);
	buf_free(&d.line);
	arena_free(&d.arena);
	if (d.log >= 0)
		close(d.log);
	return status;
}
