/* The head of a response, line by line as it arrives. The lines that evhttp and the client need
 * are passed on; the others are dropped at once. So a receiver may send 24 KiB of headers, and
 * referd holds only a few lines. Pure: it works on bytes alone. */
#ifndef HTTP_CLIENT_HEAD_H
#define HTTP_CLIENT_HEAD_H

#include "base/bytes.h"

enum {
	HEAD_MAX = 24 * 1024, /* bytes of the heads of one response, interim responses included */
	HEAD_LINE_KEPT = 512, /* bytes kept of a line; the rest of a longer line is dropped */
	HEAD_LINES_KEPT = 32, /* lines passed on; each costs evhttp about 112 bytes of its own */
};

struct head {
	char line[HEAD_LINE_KEPT]; /* the beginning of the line that is arriving */
	size_t line_n;             /* its length so far, with the dropped bytes */
	size_t bytes, lines_kept;  /* of all heads of the response */
	int status;                /* 0: no status line has ended yet */
	bool passes; /* the previous line was passed on, and so is a line folded onto it */
	bool ended;  /* all further bytes are the body */
};

/** Takes n bytes and appends the lines that are passed on to out. Returns how many of the bytes
 * belong to the head; the rest is body. An interim response (1xx except 101) is passed on whole,
 * and another head follows. */
size_t head_take(struct head *head, const char *p, size_t n, struct buf *out);
/** Returns true if the head has more bytes or lines than a receiver may send. */
bool head_is_too_long(const struct head *head);

#endif
