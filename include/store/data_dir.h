/*
 * The data directory. data_dir_open creates, checks and locks it before its database is opened.
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

/** Opens dir. Unless read_only, it creates a missing directory (mode 0700) and takes the lock.
 * Network file systems are refused, because LMDB's lock and memory map do not work on them. On
 * failure *why (static) is one line for the operator. */
enum err data_dir_open(const char *dir, bool read_only, struct data_dir *out,
		       const char **why) WARN_UNUSED;
/** Syncs the directory itself, so that new files in it survive a power loss. */
enum err data_dir_sync(const struct data_dir *dir, const char **why) WARN_UNUSED;
/** Writes "DIR/name" to out, which has DATA_DIR_PATH_MAX bytes. */
void data_dir_path(const struct data_dir *dir, const char *name, char *out);
void data_dir_close(struct data_dir *dir);

#endif
