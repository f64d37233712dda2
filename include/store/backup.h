/*
 * A copy of a database while it is in use: consistent, compacted, complete or not there at all.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/data_dir.h"

enum { BACKUP_PATH_MAX = 4096 };

/* A copy under way: it grows in "FILE.tmp" and is named FILE when it is whole and on the disk. */
struct backup {
	char path[BACKUP_PATH_MAX], tmp[BACKUP_PATH_MAX];
	int fd; /* of tmp, locked; -1 when not open */
	uint64_t bytes;
};

/** Copies the database in the data directory `dir`, beside a running server or not, to FILE.tmp and
 * syncs it. ERR_REFUSED where FILE exists (unless `force`), where another backup writes to it, or
 * where FILE is one of the data directory's own files (also with `force`); ERR_NO_SPACE, ERR_IO,
 * .... *why (static or thread-local) is one clause on failure, and nothing is left behind. Never to
 * be called in the process of a server: it opens the database and reads all of it. */
enum err backup_begin(struct backup *backup, const char *dir, const char *file, bool force,
		      const char **why) WARN_UNUSED;
/** The way back: copies the database in `file` to a temporary file in the data directory `dir`,
 * which is created if needed and must hold no database. The copy (backup->tmp) may be
 * changed before backup_keep gives it its name; until then no server can find it. *place holds the
 * lock of the directory meanwhile; the caller closes it. ERR_REFUSED if it has a database,
 * ERR_BUSY if a server uses it; else as backup_begin. */
enum err backup_restore_begin(struct backup *backup, const char *file, const char *dir,
			      struct data_dir *place, const char **why) WARN_UNUSED;
/** The copy becomes FILE, in place of what was there. Ends the backup, whatever it answers. */
enum err backup_keep(struct backup *backup, const char **why) WARN_UNUSED;
/** Removes the copy and ends the backup. */
void backup_drop(struct backup *backup);

#endif
