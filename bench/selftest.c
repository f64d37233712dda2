/*
 * Owns the self-test of the tool: histograms, people, parser, addresses, ledger and webhook
 * counters.
 * Never needs a server.
 * Called by main.c.
 */
#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "commands.h"
#include "hooks.h"
#include "memory.h"
#include "response.h"

struct selftest {
	unsigned passed, failed;
};

static void check(struct selftest *t, bool ok, const char *what)
{
	if (ok) {
		t->passed++;
		return;
	}
	t->failed++;
	fprintf(stderr, "selftest: %s\n", what);
}

static int selftest_compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

enum { SAMPLES = 200000 };

/* A percentile is never below the exact value, and at most one step (1/128) above it. */
static void selftest_percentile(struct selftest *t, const struct latencies *h,
				const uint64_t *sorted, double part)
{
	uint64_t rank = (uint64_t)(part * SAMPLES);
	if ((double)rank < part * SAMPLES)
		rank++;
	uint64_t exact = sorted[rank == 0 ? 0 : rank - 1], found = latencies_percentile(h, part);
	check(t, found >= exact && found - exact <= exact / 128,
	      "a percentile is off by more than a step");
}

static void selftest_histogram(struct selftest *t)
{
	static const double parts[] = {0, 0.0001, 0.25, 0.5, 0.9, 0.99, 0.999, 0.99999, 1};
	struct latencies *h = memory_zeroed(2, sizeof *h);
	uint64_t *values = memory_zeroed(SAMPLES, sizeof *values), random = 7;
	check(t, latencies_percentile(h, 0.5) == 0, "an empty histogram has a percentile");
	for (size_t i = 0; i < SAMPLES; i++) {
		/* All magnitudes, from single digits to the largest number. */
		values[i] = random_next(&random) >> random_next(&random) % 64;
		latencies_record(&h[i % 2], values[i]);
	}
	latencies_merge(&h[0], &h[1]);
	qsort(values, SAMPLES, sizeof *values, selftest_compare);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		selftest_percentile(t, h, values, parts[i]);
	check(t, h->count == SAMPLES && h->max == values[SAMPLES - 1],
	      "the count or the maximum is wrong");
	check(t, latencies_percentile(h, 1) == values[SAMPLES - 1],
	      "the last percentile is not the maximum");
	free(values);
	free(h);
}

static void selftest_people(struct selftest *t)
{
	char email[PEOPLE_EMAIL_SIZE], other[PEOPLE_EMAIL_SIZE];
	uint32_t run = 0, seq = 0;
	for (uint32_t i = 0; i < 100000; i += 7) {
		size_t n = people_email(UINT32_MAX - i, i * 40000, email);
		bool back = people_parse_email(text_from(email, n), &run, &seq);
		check(t, back && run == UINT32_MAX - i && seq == i * 40000,
		      "an address belongs to another person");
	}
	people_email(1, 35, email);
	people_email(35, 1, other);
	check(t, strcmp(email, other) != 0, "two people share an address");
	check(t, !people_parse_email(TEXT("jessica@example.com"), &run, &seq),
	      "an unknown address is accepted");
}

/* Rank 0 must come in about one of log2(n) draws, and every rank must be in range. */
static void selftest_rank(struct selftest *t)
{
	unsigned counts[1000] = {0};
	uint64_t random = 11;
	for (int i = 0; i < 100000; i++)
		counts[random_rank(&random, 1000)]++;
	check(t, counts[0] > 8000 && counts[0] < 13000,
	      "the frequency of the first rank is not 1/log2(n)");
	check(t, counts[0] > 4 * counts[10] && counts[10] > counts[500],
	      "a later rank is as frequent as the first");
	check(t, random_rank(&random, 1) == 0, "a single rank is not 0");
}

static void selftest_response(struct selftest *t)
{
	struct response r;
	const struct text whole =
	    TEXT("HTTP/1.1 201 Created\r\nX-A: b\r\ncontent-length: 26\r\n"
		 "Connection: close\r\n\r\n{\"data\":{\"id\":7,\"code\":\"u\"}}");
	struct text cut = text_from(whole.p, whole.n - 2);
	for (size_t n = 0; n < cut.n; n++)
		check(t, response_parse(text_from(whole.p, n), &r) == RESPONSE_PARTIAL,
		      "an incomplete response is complete");
	check(t, response_parse(cut, &r) == RESPONSE_WHOLE, "a complete response is incomplete");
	check(t, r.status == 201 && r.close && r.size == cut.n && r.body.n == 26,
	      "the status or the body is wrong");
	check(t, response_find_number(r.body, TEXT("\"id\":")) == 7,
	      "a number in the body is wrong");
	check(t, response_find_string(whole, TEXT("\"code\":\"")).n == 1,
	      "a string in the body is wrong");
	check(t, response_parse(TEXT("HTTP/1.1 200 OK\r\n\r\n"), &r) == RESPONSE_BAD,
	      "a response without a length is accepted");
	check(t, response_parse(TEXT("SSH-2.0-x\r\n\r\n......"), &r) == RESPONSE_BAD,
	      "text that is not HTTP is accepted");
}

static bool selftest_unsure(int status, struct text body)
{
	return response_is_unsure(&(struct response){.status = status, .body = body});
}

static void selftest_outcomes(struct selftest *t)
{
	check(t, selftest_unsure(0, TEXT("")) && selftest_unsure(502, TEXT("")),
	      "a change without a response counts as not stored");
	check(t, selftest_unsure(503, TEXT("{\"message\":\"it is not known whether\"}")),
	      "a change that may be stored counts as not stored");
	check(t,
	      !selftest_unsure(503, TEXT("{\"message\":\"the disk is full\"}")) &&
		  !selftest_unsure(409, TEXT("")),
	      "a refused change counts as perhaps stored");
}

static void selftest_urls(struct selftest *t)
{
	enum { WORDS = 2 * TARGETS_MAX + 3 };
	char flag[] = "--url", first[] = "http://127.0.0.1:8080", second[] = "http://[::1]:8081";
	char *argv[WORDS];
	struct options o;
	struct targets targets;
	for (int i = 0; i < WORDS; i++)
		argv[i] = i % 2 == 1 ? flag : first;
	argv[4] = second;
	check(t, options_parse(&o, IN_RUN, WORDS - 2, argv) && o.urls.n == TARGETS_MAX,
	      "an address of a node is lost");
	check(t,
	      targets_parse(o.urls.at, 2, false, &targets) && targets.n == 2 &&
		  strcmp(targets.at[1].host, "[::1]:8081") == 0,
	      "the second node has a wrong address");
	check(t, !targets_parse(o.urls.at, 0, false, &targets),
	      "an empty list of addresses is accepted");
}

struct spread {
	struct event_base *events;
	unsigned ready;
};

static void spread_ready(void *arg, unsigned slot)
{
	struct spread *s = arg;
	(void)slot;
	s->ready++;
	event_base_loopbreak(s->events);
}

static void spread_done(void *arg, unsigned slot, const struct response *r)
{
	(void)arg, (void)slot, (void)r;
}

/* Without `accepts`, the port is taken and refuses connections. */
static int selftest_listen(char url[64], bool accepts)
{
	char name[48];
	const struct sockaddr_in any = {.sin_family = AF_INET,
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && bind(fd, (const struct sockaddr *)&any, sizeof any) == 0 &&
		  (!accepts || listen(fd, 16) == 0) && target_name_socket(fd, name, sizeof name);
	snprintf(url, 64, "http://%s", ok ? name : "");
	return fd;
}

/* Three addresses: two listen, and the one between them refuses connections. */
static void selftest_spread(struct selftest *t)
{
	enum { CONNECTIONS = 6 };
	char texts[3][64];
	int fds[3], fd;
	const char *urls[3];
	struct targets targets;
	unsigned accepted[3] = {0};
	for (int i = 0; i < 3; i++) {
		fds[i] = selftest_listen(texts[i], i != 1);
		urls[i] = texts[i];
	}
	struct spread s = {.events = event_base_new()};
	if (s.events == NULL || !targets_parse(urls, 3, false, &targets)) {
		check(t, false, "the addresses of the nodes are refused");
		return;
	}
	struct client *client = client_new(s.events, &targets, CONNECTIONS, 5,
					   (struct client_events){spread_ready, spread_done, &s});
	while (s.ready < CONNECTIONS)
		event_base_dispatch(s.events);
	for (int i = 0; i < 3; i += 2)
		for (; (fd = accept(fds[i], NULL, NULL)) >= 0; close(fd))
			accepted[i]++;
	check(t, accepted[0] == 2 && accepted[2] == 4,
	      "the connections are not spread over the nodes that accept them");
	check(t, client_get_errors(client)->connect == 2, "a refused connection is not counted");
	client_free(client);
	event_base_free(s.events);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
}

static void selftest_fill(struct selftest *t, struct ledger *l)
{
	char code[LEDGER_CODE_SIZE];
	for (unsigned i = 0; i < 5000; i++) {
		uint32_t referrer =
		    i == 0 || i % 3 == 0 ? LEDGER_NONE : l->acks[LEDGER_PLAIN].entries[0];
		uint32_t index = ledger_attempt(l, referrer, 0);
		snprintf(code, sizeof code, "u%07u", i);
		if (i % 10 == 9)
			ledger_lose(l, index);
		else
			check(t, ledger_ack(l, index, text_of(code), i + 1),
			      "a new code is refused");
	}
	for (unsigned i = 0; i < 100; i++)
		ledger_ack_qualified(l, ledger_next_to_qualify(l, LEDGER_PLAIN));
	ledger_lose_qualified(l, ledger_next_to_qualify(l, LEDGER_PLAIN));
}

static bool selftest_same(const struct ledger *a, const struct ledger *b)
{
	char one[PEOPLE_EMAIL_SIZE], two[PEOPLE_EMAIL_SIZE];
	if (a->n != b->n || a->acked != b->acked || a->lost != b->lost ||
	    a->qualified != b->qualified)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct ledger_entry *x = &a->entries[i], *y = &b->entries[i];
		ledger_email(a, x, one);
		ledger_email(b, y, two);
		if (x->code != y->code || x->id != y->id || x->referrer != y->referrer ||
		    x->flags != y->flags || strcmp(one, two) != 0)
			return false;
	}
	return true;
}

static void selftest_ledger(struct selftest *t)
{
	char path[] = "/tmp/referd-bench-selftest-XXXXXX";
	struct ledger l, back;
	int fd = mkstemp(path);
	ledger_init(&l, 0xfeedbeef);
	ledger_init(&back, 0);
	check(t, fd >= 0 && ledger_open(&l, path), "the file of the ledger cannot be opened");
	selftest_fill(t, &l);
	/* A kill can leave an incomplete last line, which does not count. */
	check(t, write(l.fd, "join 77 u00", 11) == 11, "an incomplete line cannot be written");
	check(t, ledger_load(&back, path) && selftest_same(&l, &back),
	      "the ledger of the file differs");
	check(t, ledger_find(&back, TEXT("u0000000")) == 0, "the first code is not found");
	check(t, ledger_find(&back, TEXT("u9999999")) == LEDGER_NONE, "an unknown code is found");
	check(t, !ledger_ack(&l, ledger_attempt(&l, LEDGER_NONE, 0), TEXT("u0000001"), 1),
	      "a shared code is accepted");
	check(t, l.shared_codes == 1, "a shared code is not counted");
	ledger_free(&l);
	ledger_free(&back);
	unlink(path);
	if (fd >= 0)
		close(fd);
}

static void selftest_arrive(struct hooks *h, const char *id, const char *event, struct text body)
{
	char headers[128];
	snprintf(headers, sizeof headers, "Webhook-Id: %s\r\nReferd-Event: %s", id, event);
	struct received r = {.headers = text_of(headers), .body = body};
	hooks_receive(h, &r);
}

static void selftest_hooks(struct selftest *t)
{
	struct ledger l;
	uint64_t owed, missing;
	char email[PEOPLE_EMAIL_SIZE], body[200];
	ledger_init(&l, 99);
	struct hooks *h = hooks_new(&l);
	const struct hooks_stats *s = hooks_get_stats(h);
	uint32_t index = ledger_attempt(&l, LEDGER_NONE, LEDGER_HOOK_JOIN);
	check(t, ledger_ack(&l, index, TEXT("uABCDEFG"), 1), "a new code is refused");
	hooks_note_ack(h, index);
	check(t, !hooks_complete(h), "the webhooks are complete before any arrival");
	ledger_email(&l, &l.entries[index], email);
	snprintf(body, sizeof body, "referrer_code=&code=uABCDEFG&email=%s", email);
	selftest_arrive(h, "msg_1", "user.join", text_of(body));
	check(t, hooks_complete(h) && s->arrived == 1,
	      "the webhooks are incomplete after the arrival");
	selftest_arrive(h, "msg_1", "user.join", text_of(body));
	check(t, s->duplicates == 1 && s->arrived == 1, "a duplicate is not counted");
	selftest_arrive(h, "msg_2", "user.join", text_of(body));
	check(t, s->twice == 1, "a second event is not counted");
	selftest_arrive(h, "msg_3", "user.join", TEXT("code=x&email=a%40example.com"));
	check(t, s->strangers == 1, "an unknown person is not counted");
	snprintf(body, sizeof body, "code=uWRONG&email=%s", email);
	selftest_arrive(h, "msg_4", "user.qualified", text_of(body));
	check(t, s->wrong == 1, "a wrong code is not counted");
	hooks_count(h, &owed, &missing);
	check(t, owed == 1 && missing == 0, "the count of expected or missing webhooks is wrong");
	hooks_free(h);
	ledger_free(&l);
}

int command_selftest(void)
{
	struct selftest t = {0};
	selftest_histogram(&t);
	selftest_people(&t);
	selftest_rank(&t);
	selftest_response(&t);
	selftest_outcomes(&t);
	selftest_urls(&t);
	selftest_spread(&t);
	selftest_ledger(&t);
	selftest_hooks(&t);
	printf("selftest: %u passed, %u failed\n", t.passed, t.failed);
	return t.failed == 0 ? 0 : 1;
}
