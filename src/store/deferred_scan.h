/* A scan that merges the rows of an engine with the scattered writes in memory. */
#ifndef STORE_DEFERRED_SCAN_H
#define STORE_DEFERRED_SCAN_H

#include "store/engine_ops.h"
#include "store/scatter_table.h"

/** The rows that `inner` would give if the writes in `table` had reached it. Results as for the
 * scan of an engine. */
enum err deferred_scan_merge(struct engine *inner, const struct scatter_table *table,
			     const struct engine_scan *scan, engine_row_fn *take, void *arg);

#endif
