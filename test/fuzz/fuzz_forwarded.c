/* Owns the fuzzer of X-Forwarded-For and Forwarded: any bytes give some client, and a client's text
 * does not change what the trusted proxy after it says. Never reads files: libFuzzer reads the
 * corpus. Run by make fuzz. An input is up to eight header values, one on each line; the first byte
 * of each selects the header. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "api/call/client_address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct text for_header = {.p = "X-Forwarded-For", .n = 15};
static const struct text forwarded = {.p = "Forwarded", .n = 9};

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void read_headers(struct text input, struct http_request *req)
{
	struct text line;
	memset(req, 0, sizeof *req);
	while (input.n > 0 && req->n_headers < 8) {
		text_cut(input, '\n', &line, &input);
		if (line.n == 0)
			continue;
		req->headers[req->n_headers].name = *line.p & 1 ? for_header : forwarded;
		req->headers[req->n_headers++].value = text_trim(text_from(line.p + 1, line.n - 1));
	}
}

static struct sockaddr_storage ipv4(uint32_t address)
{
	struct sockaddr_storage out = {0};
	out.ss_family = AF_INET;
	((struct sockaddr_in *)&out)->sin_addr.s_addr = htonl(address);
	return out;
}

static bool is_ipv4(const struct sockaddr_storage *sa, uint32_t address)
{
	struct sockaddr_storage wanted = ipv4(address);
	return text_eq(client_address_bytes(sa), client_address_bytes(&wanted));
}

/* The proxy appends `value` to the last header of that name, or adds a header of its own. */
static void append(struct http_request *req, struct text name, const char *value, bool own_line,
		   struct buf *room)
{
	struct http_header *last = NULL;
	for (size_t i = 0; i < req->n_headers && !own_line; i++)
		if (text_eq(req->headers[i].name, name))
			last = &req->headers[i];
	if (last == NULL) {
		last = &req->headers[req->n_headers++];
		*last = (struct http_header){name, {0}};
	}
	buf_text(room, last->value);
	buf_printf(room, "%s%s", last->value.n > 0 ? ", " : "", value);
	last->value = buf_view(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint32_t proxy = 0x0A000001, client = 0xC0000201; /* 10.0.0.1, 192.0.2.1 */
	struct http_request req;
	struct cidr_list trusted = {0}, none = {0};
	struct sockaddr_storage found;
	struct text input = text_from(data, size);
	check(cidr_list_parse(TEXT("10.0.0.0/8,fd00::/8"), &trusted) == ERR_OK);

	read_headers(input, &req);
	req.peer = ipv4(proxy);
	client_address(&trusted, &req, &found);
	check(found.ss_family == AF_INET || found.ss_family == AF_INET6);
	client_address(&none, &req, &found);
	check(is_ipv4(&found, proxy));
	check(client_address_ignored(&none, &req) == (req.n_headers > 0));

	for (unsigned way = 0; way < 2; way++) {
		struct buf room = {0};
		read_headers(input, &req);
		req.peer = ipv4(proxy);
		append(&req, for_header, "192.0.2.1:80", way == 1, &room);
		client_address(&trusted, &req, &found);
		check(is_ipv4(&found, client));
		buf_free(&room);
	}
	return 0;
}
