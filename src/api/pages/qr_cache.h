/*
 * A cache of QR codes: drawing one costs as much as several joins.
 */
#ifndef API_QR_CACHE_H
#define API_QR_CACHE_H

#include "base/bytes.h"

enum {
	QR_CACHE_SLOTS = 128,
	QR_CACHE_BYTES_MAX = 16384 /* of an image in a slot, so 2 MiB for all slots */
};

struct qr_cache {
	struct qr_slot {
		struct buf text, svg;
	} slots[QR_CACHE_SLOTS];
	struct buf large; /* the last image that was too large for a slot */
};

/** An empty cache. NULL if memory runs out. */
struct qr_cache *qr_cache_new(void);
/** The QR code of t (qr_write_svg), which is drawn only if the cache does not have it. *svg is
 * borrowed until the next call. The errors of qr_write_svg. */
enum err qr_cache_find(struct qr_cache *cache, struct text t, struct text *svg) WARN_UNUSED;
/** NULL is fine. */
void qr_cache_free(struct qr_cache *cache);

#endif
