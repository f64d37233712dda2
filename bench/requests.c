/*
 * Owns the bytes of the requests.
 * Never allocates memory: it copies prepared pieces into the call.
 * Called by the scenarios and verify.c, and once for each target by session.c, run.c and compare.c.
 */
#include "requests.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "load.h"
#include "people.h"

static bool piece_format(struct piece *piece, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool piece_format(struct piece *piece, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	int n = vsnprintf(piece->p, sizeof piece->p, format, ap);
	va_end(ap);
	piece->n = n > 0 ? (size_t)n : 0;
	return n > 0 && piece->n < sizeof piece->p;
}

bool requests_prepare(struct bench *b)
{
	static const char form[] =
	    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ";
	struct requests *r = &b->requests;
	/* Nodes behind a load balancer get one Host too. */
	const char *host = b->targets.at[0].host;
	const char *token = b->token == NULL ? "" : b->token;
	const char *inbound = b->inbound_token == NULL ? "" : b->inbound_token;
	bool ok =
	    piece_format(&r->join_tail, "/join HTTP/1.1\r\nHost: %s\r\n%s", host, form) &&
	    piece_format(&r->qualify_head, "POST /webhook/%s/qualify HTTP/1.1\r\nHost: %s\r\n%s",
			 inbound, host, form) &&
	    piece_format(&r->read_tail, " HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n",
			 host, token) &&
	    piece_format(
		&r->verify_tail,
		"?with=user.analytics HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n",
		host, token);
	if (!ok)
		fprintf(stderr, "referd-bench: the host or a token is too long\n");
	return ok;
}

static void call_put(struct call *call, const char *p, size_t n)
{
	memcpy(call->bytes + call->n, p, n);
	call->n += n;
}

static void call_put_piece(struct call *call, const struct piece *piece)
{
	call_put(call, piece->p, piece->n);
}

/* Bodies here are 14 to 200 bytes. */
static void call_put_length(struct call *call, size_t n)
{
	char digits[3] = {(char)('0' + n / 100), (char)('0' + n / 10 % 10), (char)('0' + n % 10)};
	size_t skip = n < 100 ? 1 : 0;
	call_put(call, digits + skip, sizeof digits - skip);
	call_put(call, "\r\n\r\n", 4);
}

/* first_name=...&email=...: the "@" is the only byte of an address that must be encoded. */
static size_t requests_person(const struct bench *b, uint32_t seq, char *out)
{
	char email[PEOPLE_EMAIL_SIZE];
	char *at = out;
	memcpy(at, "first_name=", 11);
	at += 11;
	at += people_name_encoded(b->run, seq, at);
	memcpy(at, "&email=", 7);
	at += 7;
	size_t n = people_email(b->run, seq, email);
	size_t local = (size_t)((const char *)memchr(email, '@', n) - email);
	memcpy(at, email, local);
	memcpy(at + local, "%40", 3);
	memcpy(at + local + 3, email + local + 1, n - local - 1);
	return (size_t)(at + n + 2 - out);
}

void requests_join(const struct bench *b, struct call *call, const char *code, uint32_t seq)
{
	char body[PEOPLE_NAME_SIZE + PEOPLE_EMAIL_SIZE + 24];
	size_t n = requests_person(b, seq, body);
	call->n = 0;
	call_put(call, "POST /", 6);
	call_put(call, code, strlen(code));
	call_put_piece(call, &b->requests.join_tail);
	call_put_length(call, n);
	call_put(call, body, n);
}

void requests_qualify(const struct bench *b, struct call *call, const char *code)
{
	size_t n = strlen(code);
	call->n = 0;
	call_put_piece(call, &b->requests.qualify_head);
	call_put_length(call, n + 5);
	call_put(call, "code=", 5);
	call_put(call, code, n);
}

static void requests_get(struct call *call, const char *code, const struct piece *tail)
{
	call->n = 0;
	call_put(call, "GET /api/v2/users/", 18);
	call_put(call, code, strlen(code));
	call_put_piece(call, tail);
}

void requests_read(const struct bench *b, struct call *call, const char *code)
{
	requests_get(call, code, &b->requests.read_tail);
}

void requests_list(const struct bench *b, struct call *call, uint64_t id)
{
	char path[64];
	int n =
	    snprintf(path, sizeof path, "GET /api/v2/users?cursor=%llu", (unsigned long long)id);
	call->n = 0;
	call_put(call, path, (size_t)n);
	call_put(call, b->requests.read_tail.p, b->requests.read_tail.n);
}

void requests_read_analytics(const struct bench *b, struct call *call, const char *code)
{
	requests_get(call, code, &b->requests.verify_tail);
}
