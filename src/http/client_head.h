/* The head of an answer, line by line as it arrives. What evhttp and the client need is passed on,
 * the rest is forgotten at once: a receiver may send 24 KiB of headers, and referd holds a few
 * lines. Pure: bytes come in, bytes go out.
 */
#ifndef HTTP_CLIENT_HEAD_H
#define HTTP_CLIENT_HEAD_H

#include "base/bytes.h"

enum {
	HEAD_MAX = 24 * 1024, /* bytes of one answer's head, its interim answers included */
	HEAD_LINE_KEPT = 512, /* of a line; what a longer one has behind it is dropped */
	HEAD_LINES_KEPT =
	    32, /* lines that are passed on; each costs evhttp about 112 bytes of its own */
};

struct head {
	char line[HEAD_LINE_KEPT]; /* the beginning of the line that is arriving */
	size_t line_n;             /* its length so far, also of what is dropped */
	size_t bytes, lines_kept;  /* of all heads of the answer */
	int status;                /* 0: no status line has ended yet */
	bool passes; /* the line before was passed on, so a folded one belongs to it */
	bool ended;  /* everything behind is body */
};

/** Takes n bytes; appends what is to be passed on to out. Answers how many bytes belong to the
 * head: the rest is body. An interim answer (1xx but 101) is passed on whole, and another head
 * follows. */
size_t head_take(struct head *head, const char *p, size_t n, struct buf *out);
/** More than a receiver may send. */
bool head_is_too_long(const struct head *head);

#endif
