/*
 * QR codes as SVG.
 */
#ifndef API_QR_H
#define API_QR_H

#include "base/bytes.h"

/** Appends a QR code of t with medium error correction and its margin, black on white. The SVG has
 * no size, so it fills the space that it gets. ERR_TOO_LARGE above 2,331 bytes, ERR_INVALID for an
 * empty text, ERR_NO_MEMORY. */
enum err qr_write_svg(struct buf *out, struct text t) WARN_UNUSED;

#endif
