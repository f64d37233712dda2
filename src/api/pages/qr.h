/*
 * QR codes as SVG.
 */
#ifndef API_QR_H
#define API_QR_H

#include "base/bytes.h"

/** Appends a QR code of t (medium error correction) with its quiet zone, black on white, without a
 * size of its own. ERR_TOO_LARGE beyond 2,331 bytes, ERR_INVALID for an empty text,
 * ERR_NO_MEMORY. */
enum err qr_write_svg(struct buf *out, struct text t) WARN_UNUSED;

#endif
