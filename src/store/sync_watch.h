/* Tells a failed sync from a failed write. LMDB hands on both as the same error, yet they differ:
 * after a failed write nothing refers to the pages, after a failed fdatasync nobody knows what is
 * on the disk.
 */
#ifndef STORE_SYNC_WATCH_H
#define STORE_SYNC_WATCH_H

#include <stdbool.h>

/** Forgets earlier failures. */
void sync_watch_begin(void);
/** Has an fdatasync of this thread failed since sync_watch_begin? */
bool sync_watch_failed(void);

#endif
