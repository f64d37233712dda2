/* Owns the choice of the header lines of a response that are passed on to evhttp. Never
 * checks a value, and never touches a connection. Called by client_answer.c for every byte
 * before the body. */
#include "client_head.h"

/* The fields that give the end of the body, the reuse of the connection, and the time to try
 * again. */
static const char *const needed[] = {"connection", "content-length", "transfer-encoding",
				     "retry-after"};

bool head_is_too_long(const struct head *head)
{
	return head->bytes > HEAD_MAX || head->lines_kept > HEAD_LINES_KEPT;
}

/* "HTTP/1.1 204 No Content"; 0 for anything else. */
static int status_of(struct text line)
{
	struct text version, rest, code, reason;
	uint64_t status;
	text_cut(line, ' ', &version, &rest);
	text_cut(rest, ' ', &code, &reason);
	bool ok = text_starts(version, TEXT("HTTP/")) && code.n == 3 && text_to_u64(code, &status);
	return ok ? (int)status : 0;
}

/* A line without a colon is not a header: it is passed on, and evhttp refuses the response. */
static bool is_wanted(const struct head *head, struct text line)
{
	struct text name, value;
	if (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
		return head->passes;
	if (!text_cut(line, ':', &name, &value))
		return true;
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (text_ieq(text_trim(name), text_of(needed[i])))
			return true;
	return false;
}

static void pass_on(struct head *head, struct text line, struct buf *out)
{
	head->passes = true;
	head->lines_kept++;
	buf_text(out, line);
	buf_str(out, "\r\n");
}

static void end_head(struct head *head, struct buf *out)
{
	bool interim = head->status >= 100 && head->status < 200 && head->status != 101;
	buf_str(out, "\r\n");
	head->ended = !interim;
	if (interim)
		head->status = 0;
}

static void end_line(struct head *head, struct buf *out)
{
	size_t n = head->line_n < HEAD_LINE_KEPT ? head->line_n : HEAD_LINE_KEPT;
	if (n > 0 && n == head->line_n && head->line[n - 1] == '\r')
		n--;
	struct text line = {head->line, n};
	head->line_n = 0;
	if (head->status == 0) {
		head->status = status_of(line);
		pass_on(head, line, out);
		head->passes = false;
	} else if (n == 0) {
		end_head(head, out);
	} else if (is_wanted(head, line)) {
		pass_on(head, line, out);
	} else {
		head->passes = false;
	}
}

size_t head_take(struct head *head, const char *p, size_t n, struct buf *out)
{
	size_t i = 0;
	for (; i < n && !head->ended; i++) {
		head->bytes++;
		if (p[i] == '\n') {
			end_line(head, out);
			continue;
		}
		if (head->line_n < HEAD_LINE_KEPT)
			head->line[head->line_n] = p[i];
		head->line_n++;
	}
	return i;
}
