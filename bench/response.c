/*
 * Owns the parsing of responses, with one pass over the head and no allocation.
 * Never judges a status: the scenarios do.
 * Called by client.c and target.c for each response, and by the scenarios to read bodies.
 */
#include "response.h"

#include <string.h>

struct header_scan {
	bool has_length, close, bad;
	uint64_t length;
};

static void response_header(struct text line, struct header_scan *scan)
{
	struct text name, value;
	/* Only two names matter. The position of the colon excludes most others without a
	 * comparison. */
	bool maybe_length = line.n > 14 && line.p[14] == ':';
	bool maybe_connection = line.n > 10 && line.p[10] == ':';
	if ((!maybe_length && !maybe_connection) || !text_cut(line, ':', &name, &value))
		return;
	if (text_ieq(name, TEXT("content-length"))) {
		scan->bad |= scan->has_length || !text_to_u64(text_trim(value), &scan->length);
		scan->has_length = true;
	} else if (text_ieq(name, TEXT("connection"))) {
		scan->close = text_ieq(text_trim(value), TEXT("close"));
	}
}

/* Reads the head without its final empty line. *scan gets the results. */
static void response_headers(struct text head, struct header_scan *scan)
{
	struct text line;
	bool more = true;
	text_cut(head, '\n', &line, &head); /* the status line */
	while (more && head.n > 0) {
		more = text_cut(head, '\n', &line, &head);
		response_header(line, scan);
	}
}

static int response_status(struct text in)
{
	if (in.n < 13 || memcmp(in.p, "HTTP/1.", 7) != 0 || in.p[8] != ' ')
		return 0;
	int status = 0;
	for (int i = 9; i < 12; i++) {
		if (in.p[i] < '0' || in.p[i] > '9')
			return 0;
		status = status * 10 + (in.p[i] - '0');
	}
	return status;
}

enum response_state response_parse(struct text in, struct response *r)
{
	struct header_scan scan = {0};
	const char *end = in.n == 0 ? NULL : memmem(in.p, in.n, "\r\n\r\n", 4);
	if (end == NULL)
		return RESPONSE_PARTIAL;
	int status = response_status(in);
	struct text head = text_from(in.p, (size_t)(end - in.p));
	response_headers(head, &scan);
	bool bare = status < 200 || status == 204 || status == 304;
	if (status == 0 || scan.bad || (!scan.has_length && !bare))
		return RESPONSE_BAD;
	size_t body = bare ? 0 : (size_t)scan.length;
	if (in.n - head.n - 4 < body)
		return RESPONSE_PARTIAL;
	*r = (struct response){
	    .status = status,
	    .close = scan.close,
	    .head = head,
	    .body = text_from(end + 4, body),
	    .size = head.n + 4 + body,
	};
	return RESPONSE_WHOLE;
}

static struct text response_after(struct text body, struct text key)
{
	const char *at = body.n == 0 ? NULL : memmem(body.p, body.n, key.p, key.n);
	if (at == NULL)
		return (struct text){0};
	return text_from(at + key.n, body.n - (size_t)(at - body.p) - key.n);
}

struct text response_find_string(struct text body, struct text key)
{
	struct text value, rest;
	if (!text_cut(response_after(body, key), '"', &value, &rest))
		return (struct text){0};
	return value;
}

uint64_t response_find_number(struct text body, struct text key)
{
	uint64_t value = 0;
	struct text t = response_after(body, key);
	size_t n = 0;
	while (n < t.n && t.p[n] >= '0' && t.p[n] <= '9')
		n++;
	return text_to_u64(text_from(t.p, n), &value) ? value : 0;
}

bool response_is_unsure(const struct response *r)
{
	if (r->status == 503)
		return r->body.n > 0 && memmem(r->body.p, r->body.n, "not known", 9) != NULL;
	return r->status == 0 || r->status >= 500;
}
