/* Distinguishes a failed sync from a failed write. LMDB reports both as the same error, but they
 * differ: after a failed write no page refers to the written pages; after a failed fdatasync the
 * content of the disk is unknown.
 */
#ifndef STORE_SYNC_WATCH_H
#define STORE_SYNC_WATCH_H

#include <stdbool.h>

/** Forgets earlier failures. */
void sync_watch_begin(void);
/** True if an fdatasync of this thread has failed since sync_watch_begin. */
bool sync_watch_failed(void);

#endif
