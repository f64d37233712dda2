/*
 * Copies a database while a server uses it. A copy is consistent, compacted and complete, or there
 * is no copy.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/data_dir.h"

enum { BACKUP_PATH_MAX = 4096 };

/* A copy in progress. It grows in "FILE.tmp" and is renamed to FILE when all of it is on the disk.
 */
struct backup {
	char path[BACKUP_PATH_MAX], tmp[BACKUP_PATH_MAX];
	int fd; /* of tmp, locked; -1 when not open */
	uint64_t bytes;
};

/** Copies the database in the data directory `dir` to FILE.tmp and syncs the copy. A server may run
 * on the directory. ERR_REFUSED if FILE exists (unless `force`), if another backup writes to it, or
 * if FILE is one of the data directory's own files (even with `force`); ERR_NO_SPACE, ERR_IO, and
 * other errors of the engine. On failure *why (static or thread-local) is a sentence fragment for
 * the operator, and no file is left behind. A server must not call this in its own process, because
 * it opens the database and reads all of it. */
enum err backup_begin(struct backup *backup, const char *dir, const char *file, bool force,
		      const char **why) WARN_UNUSED;
/** The same without a copy: the caller writes to backup->fd, then calls backup_sync. */
enum err backup_open(struct backup *backup, const char *dir, const char *file, bool force,
		     const char **why) WARN_UNUSED;
/** Syncs what was written to backup->fd, and sets backup->bytes. */
enum err backup_sync(struct backup *backup, const char **why) WARN_UNUSED;
/** Restores a backup: copies the database in `file` to a temporary file in the data directory
 * `dir`. The directory is created if it is missing, and must hold no database. The caller may
 * change the copy (backup->tmp) before backup_keep renames it; until then no server can find it.
 * *place holds the directory's lock, and the caller closes it. ERR_REFUSED if the directory holds a
 * database, ERR_BUSY if a server uses the directory; otherwise as backup_begin. */
enum err backup_restore_begin(struct backup *backup, const char *file, const char *dir,
			      struct data_dir *place, const char **why) WARN_UNUSED;
/** Renames the copy to FILE and replaces an earlier FILE. The backup has ended, also on failure. */
enum err backup_keep(struct backup *backup, const char **why) WARN_UNUSED;
/** Removes the copy and ends the backup. */
void backup_drop(struct backup *backup);

#endif
