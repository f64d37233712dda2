/*
 * Owns the drawing of QR codes, the only use of libqrencode. Never keeps a code (qr_cache.c).
 * Called by qr_cache.c.
 */
#include "qr.h"

#include <errno.h>
#include <qrencode.h>

enum {
	QUIET = 4 /* modules of margin (ISO/IEC 18004) */,
	BYTES_MAX = 2331 /* of a version 40-M code */
};

static bool is_dark(const QRcode *code, int x, int y)
{
	return x < code->width && (code->data[y * code->width + x] & 1) != 0;
}

/* Writes the dark modules of a line as runs: fewer shapes, and no seams between two modules. */
static void write_line(struct buf *out, const QRcode *code, int y)
{
	for (int x = 0; x < code->width; x++) {
		int from = x;
		while (is_dark(code, x, y))
			x++;
		if (x > from)
			buf_printf(out, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from,
				   x - from);
	}
}

enum err qr_write_svg(struct buf *out, struct text t)
{
	if (t.n == 0 || t.n > BYTES_MAX)
		return t.n == 0 ? ERR_INVALID : ERR_TOO_LARGE;
	QRcode *code = QRcode_encodeData((int)t.n, (const unsigned char *)t.p, 0, QR_ECLEVEL_M);
	if (code == NULL)
		return errno == ERANGE ? ERR_TOO_LARGE : ERR_NO_MEMORY;
	int side = code->width + 2 * QUIET;
	buf_printf(
	    out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
	    "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
	    side, side, side, side);
	for (int y = 0; y < code->width; y++)
		write_line(out, code, y);
	buf_str(out, "\"/></svg>\n");
	QRcode_free(code);
	return out->failed ? ERR_NO_MEMORY : ERR_OK;
}
