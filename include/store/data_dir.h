/*
 * The data directory: made, judged and locked before the database in it is opened.
 */
#ifndef STORE_DATA_DIR_H
#define STORE_DATA_DIR_H

#include <stdbool.h>

#include "base/err.h"

enum { DATA_DIR_PATH_MAX = 4096 };

struct data_dir {
	char path[DATA_DIR_PATH_MAX - 256];
	int fd;   /* of the directory; 0 when not open */
	int lock; /* holds an flock on DIR/lock; 0 for a reader */
};

/** Makes dir (0700) unless read_only, refuses network file systems (LMDB's lock and memory map do
 * not work there), takes the lock unless read_only. *why (static) is one clear line on failure. */
enum err data_dir_open(const char *dir, bool read_only, struct data_dir *out,
		       const char **why) WARN_UNUSED;
/** fsyncs the directory itself, so that files made in it survive a power loss. */
enum err data_dir_sync(const struct data_dir *dir, const char **why) WARN_UNUSED;
/** out (DATA_DIR_PATH_MAX) becomes "DIR/name". */
void data_dir_path(const struct data_dir *dir, const char *name, char *out);
void data_dir_close(struct data_dir *dir);

#endif
