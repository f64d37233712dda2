/*
 * Owns the set-up and the end of a load.
 * Never measures.
 * Called by run.c, compare.c and main.c.
 */
#include "session.h"

#include <event2/event.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/json.h"
#include "hooks.h"
#include "identity.h"
#include "memory.h"

enum { PREPARE_LIMIT_S = 60 };

/* A precise timer costs a system call in each turn, and only an open loop needs it. */
struct event_base *session_new_loop(bool precise)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;
	if (config != NULL && precise)
		event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	if (config != NULL)
		base = event_base_new_with_config(config);
	if (base == NULL)
		abort();
	event_config_free(config);
	return base;
}

static void session_random_token(char out[65])
{
	unsigned char bytes[32];
	if (RAND_bytes(bytes, sizeof bytes) != 1)
		abort();
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static bool session_start_receiver(struct session *s)
{
	const struct options *o = s->options;
	struct target listen;
	char ca[300];
	snprintf(ca, sizeof ca, "%s/ca.pem", s->directory);
	const char *ca_out = o->server != NULL ? ca : o->ca_out;
	if (o->server == NULL && o->identity == NULL)
		fprintf(stderr,
			"referd-bench: note: the server must trust the receiver: give this tool\n"
			"--identity FILE --ca-out CA.pem, and start the server with --ca-file "
			"CA.pem\n");
	s->tls = identity_new(o->identity, NULL, ca_out);
	if (s->tls == NULL || !target_parse_listen("127.0.0.1:0", &listen))
		return false;
	s->bench.hooks = hooks_new(&s->ledger);
	s->receiver = receiver_new(s->bench.events, &listen, s->tls, hooks_receive, s->bench.hooks);
	return s->receiver != NULL;
}

static bool session_start_server(struct session *s)
{
	char data[300], ca[300], log[300], api[100], inbound[100];
	snprintf(data, sizeof data, "%s/data", s->directory);
	snprintf(ca, sizeof ca, "%s/ca.pem", s->directory);
	snprintf(log, sizeof log, "%s/server.log", s->directory);
	session_random_token(s->token);
	session_random_token(s->inbound_token);
	snprintf(api, sizeof api, "REFERD_API_TOKEN=%s", s->token);
	snprintf(inbound, sizeof inbound, "REFERD_INBOUND_TOKEN=%s", s->inbound_token);
	const char *const env[] = {api, inbound, NULL};
	const char *const argv[] = {s->options->server, "serve", "--data", data, "--listen",
				    "127.0.0.1:0", "--public-url", "http://localhost",
				    /* without a receiver, the list ends here */
				    s->receiver == NULL ? NULL : "--ca-file", ca, "--allow-targets",
				    "127.0.0.0/8", NULL};
	if (mkdir(data, 0700) != 0 || !server_start(argv, env, log, &s->server))
		return false;
	s->bench.server_pid = s->server.pid;
	s->bench.token = s->token;
	s->bench.inbound_token = s->inbound_token;
	if (server_directory_is_memory(data))
		fprintf(stderr,
			"referd-bench: note: %s is in memory, where durable writes cost nothing\n",
			s->directory);
	const char *url = s->server.url;
	return targets_parse(&url, 1, false, &s->bench.targets);
}

static bool session_find_server(struct session *s, enum scenario_needs needs)
{
	const struct options *o = s->options;
	if (o->server != NULL)
		return session_start_server(s);
	s->bench.token = o->token;
	s->bench.inbound_token = o->inbound_token;
	s->bench.server_pid = (pid_t)o->pid;
	if (o->urls.n == 0)
		fprintf(stderr, "referd-bench: give --url http://HOST:PORT or --server PATH\n");
	else if (o->token == NULL)
		fprintf(stderr, "referd-bench: give --token or set REFERD_API_TOKEN\n");
	else if ((needs & NEEDS_INBOUND) != 0 && o->inbound_token == NULL)
		fprintf(stderr, "referd-bench: give --inbound-token or set REFERD_INBOUND_TOKEN\n");
	else
		return targets_parse(o->urls.at, o->urls.n, o->any_host, &s->bench.targets);
	return false;
}

/* Makes one call, which must be answered with the status `expected`. *root gets the body. */
static bool session_call(struct session *s, const char *method, const char *path, const char *json,
			 int expected, struct json **root)
{
	const char *why = "";
	const struct target *first = &s->bench.targets.at[0];
	int status = target_call(first, method, path, s->bench.token, json, &s->scratch);
	if (status == expected && json_parse(buf_view(&s->scratch), root, &why) == ERR_OK)
		return true;
	fprintf(stderr, "referd-bench: %s %s on %s: status %d %s\n%.*s\n", method, path,
		first->host, status, why, (int)(s->scratch.n > 500 ? 500 : s->scratch.n),
		s->scratch.p == NULL ? "" : s->scratch.p);
	return false;
}

static bool session_read_campaign(struct load_campaign *campaign, const struct json *root)
{
	const struct json *data = json_get(root, "data");
	struct text code;
	if (!json_string(json_get(data, "code"), &code) || code.n >= LEDGER_CODE_SIZE ||
	    !json_u64(json_get(data, "id"), true, &campaign->id)) {
		fprintf(stderr,
			"referd-bench: the response to the campaign has no valid id and code\n");
		return false;
	}
	snprintf(campaign->code, sizeof campaign->code, "%.*s", TEXT_ARGS(code));
	return true;
}

static bool session_make_campaign(struct session *s, enum ledger_group group)
{
	struct load_campaign *campaign = &s->bench.campaigns[group];
	const char *given = s->options->campaign;
	struct json *root = NULL;
	char text[128];
	bool ok;
	if (given != NULL) {
		snprintf(text, sizeof text, "/api/v2/campaigns/%.60s", given);
		ok = session_call(s, "GET", text, NULL, 200, &root);
	} else {
		snprintf(text, sizeof text, "{\"name\":\"Load %08x %s\"}", s->bench.run,
			 group == LEDGER_HOOKED ? "with webhook" : "plain");
		ok = session_call(s, "POST", "/api/v2/campaigns", text, 201, &root);
	}
	ok = ok && session_read_campaign(campaign, root);
	json_free(root);
	return ok;
}

static bool session_post(struct session *s, const char *path, const char *json)
{
	struct json *root = NULL;
	bool ok = session_call(s, "POST", path, json, 201, &root);
	json_free(root);
	return ok;
}

static bool session_make_webhook(struct session *s)
{
	char text[400];
	snprintf(text, sizeof text,
		 "{\"name\":\"Load %08x\",\"campaign_id\":%llu,\"concurrency\":64,"
		 "\"events\":[\"user.join\",\"user.qualified\"],"
		 "\"types\":[\"person_referring\",\"person_invited\"],"
		 "\"url\":\"https://%s/hook\",\"method\":\"POST\",\"format\":\"query\"}",
		 s->bench.run, (unsigned long long)s->bench.campaigns[LEDGER_HOOKED].id,
		 receiver_address(s->receiver));
	return session_post(s, "/api/v2/webhooks", text);
}

static bool session_set_texts(struct session *s, const char *path)
{
	static const struct {
		const char *name, *start;
		int length; /* 11 KB in all */
	} texts[] = {
	    {"body", "", 2000},        {"invited_body", "", 2000},
	    {"thanks_body", "", 2000}, {"closed_body", "", 2000},
	    {"share_text", "", 1000},  {"terms_url", "https://crm.example/", 2000},
	};
	struct buf json = {0};
	struct json *root = NULL;
	buf_str(&json, "{\"pages\":{");
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		buf_printf(&json, "%s\"%s\":\"%s", i > 0 ? "," : "", texts[i].name, texts[i].start);
		for (int n = (int)strlen(texts[i].start); n < texts[i].length; n++)
			buf_char(&json, 'x');
		buf_char(&json, '"');
	}
	buf_str(&json, "}}");
	buf_add(&json, "", 1);
	if (json.failed)
		abort();
	bool ok = session_call(s, "PUT", path, json.p, 200, &root);
	json_free(root);
	buf_free(&json);
	return ok;
}

/* Makes what a campaign in use has, although no join concerns it: webhooks for another event, rules
 * with another trigger, and long texts. */
static bool session_configure(struct session *s, const struct load_campaign *campaign)
{
	enum { WEBHOOKS = 10, RULES = 20 };
	const unsigned long long id = campaign->id;
	char text[300];
	snprintf(text, sizeof text, "/api/v2/campaigns/%llu", id);
	bool ok = session_set_texts(s, text);
	for (int i = 0; ok && i < WEBHOOKS; i++) {
		snprintf(
		    text, sizeof text,
		    "{\"name\":\"Load %08x %d\",\"campaign_id\":%llu,\"event\":\"user.qualified\","
		    "\"url\":\"https://crm.example/hook\"}",
		    s->bench.run, i, id);
		ok = session_post(s, "/api/v2/webhooks", text);
	}
	for (int i = 0; ok && i < RULES; i++) {
		snprintf(text, sizeof text,
			 "{\"name\":\"Load %d\",\"campaign_id\":%llu,\"metric\":\"custom\","
			 "\"trigger\":\"qualify\"}",
			 i, id);
		ok = session_post(s, "/api/v2/reward-rules", text);
	}
	return ok;
}

static bool session_make_campaigns(struct session *s, enum scenario_needs needs)
{
	bool hooked = (needs & NEEDS_HOOKS) != 0;
	s->bench.group = hooked ? LEDGER_HOOKED : LEDGER_PLAIN;
	/* A comparison runs scenarios with webhooks and without. */
	bool both = hooked && (needs & NEEDS_INVITED) != 0;
	if ((!hooked || both) && !session_make_campaign(s, LEDGER_PLAIN))
		return false;
	if ((needs & NEEDS_CONFIGURATION) != 0 &&
	    !session_configure(s, &s->bench.campaigns[LEDGER_PLAIN]))
		return false;
	return !hooked || (session_make_campaign(s, LEDGER_HOOKED) && session_make_webhook(s));
}

/* The entries of earlier runs come first; new entries belong to this run. */
static bool session_load_ledger(struct session *s)
{
	return ledger_load(&s->ledger, s->options->from) &&
	       ledger_add_run(&s->ledger, s->bench.run);
}

bool session_open(struct session *s, const struct options *o, enum scenario_needs needs)
{
	memset(s, 0, sizeof *s);
	s->options = o;
	struct bench *b = &s->bench;
	b->events = session_new_loop(o->rate > 0);
	b->run = (uint32_t)o->seed;
	if (o->seed == 0 && RAND_bytes((unsigned char *)&b->run, sizeof b->run) != 1)
		return false;
	b->random = b->run;
	b->ledger = &s->ledger;
	ledger_init(&s->ledger, b->run);
	if (o->server != NULL &&
	    !server_make_directory(o->work_dir, s->directory, sizeof s->directory))
		return false;
	if ((needs & NEEDS_HOOKS) != 0 && !session_start_receiver(s))
		return false;
	if (!session_find_server(s, needs) || !requests_prepare(b))
		return false;
	if (o->from != NULL && !session_load_ledger(s))
		return false;
	if (o->ledger != NULL && !ledger_open(&s->ledger, o->ledger))
		return false;
	return session_make_campaigns(s, needs);
}

static void session_join_some(struct session *s, const struct scenario *scenario, uint64_t requests,
			      double seconds)
{
	struct load_result *result = memory_zeroed(1, sizeof *result);
	const struct load_plan plan = {.scenario = scenario,
				       .connections = (unsigned)s->options->connections,
				       .seconds = seconds,
				       .requests = requests};
	load_run(&s->bench, &plan, result);
	free(result);
}

void session_prepare(struct session *s, enum scenario_needs needs)
{
	const struct options *o = s->options;
	const struct ledger_acks *acks = &s->ledger.acks[s->bench.group];
	bool referrers = (needs & (NEEDS_REFERRERS | NEEDS_INVITED)) != 0;
	if (referrers && acks->n < o->referrers)
		session_join_some(s, &scenario_join, o->referrers - acks->n, PREPARE_LIMIT_S);
	/* As many seconds or requests as the qualifying takes: a join costs less than a qualify. */
	if ((needs & NEEDS_INVITED) != 0)
		session_join_some(s, &scenario_refer, o->requests,
				  o->requests > 0 ? PREPARE_LIMIT_S : o->seconds);
}

static void session_on_drain(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	event_base_loopbreak(arg);
}

void session_drain(struct session *s)
{
	struct event_base *events = s->bench.events;
	uint64_t end = client_now_ns() + (uint64_t)(s->options->drain * 1e9);
	if (s->bench.hooks == NULL)
		return;
	struct event *tick = event_new(events, -1, EV_PERSIST, session_on_drain, events);
	if (tick == NULL)
		abort();
	event_add(tick, &(struct timeval){.tv_usec = 10000});
	while (!hooks_complete(s->bench.hooks) && client_now_ns() < end)
		event_base_dispatch(events);
	event_free(tick);
}

bool session_close(struct session *s)
{
	bool ok = s->server.pid == 0 || server_stop(&s->server);
	if (!ok)
		fprintf(stderr, "referd-bench: the server did not stop cleanly within its time\n");
	receiver_free(s->receiver);
	SSL_CTX_free(s->tls);
	hooks_free(s->bench.hooks);
	ledger_free(&s->ledger);
	buf_free(&s->scratch);
	event_base_free(s->bench.events);
	if (s->directory[0] != '\0')
		server_remove_directory(s->directory);
	return ok;
}
