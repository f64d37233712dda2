/* Owns the files of a backup: the copy under its temporary name, its syncing, and its renaming.
 * Never reads the database (engine_lmdb.c copies it). Called by `referd backup` and `referd
 * restore`.
 */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/data_dir.h"
#include "store/engine.h"

static enum err system_error(const char **why)
{
	int error = errno;
	*why = strerror(error);
	return error == ENOSPC || error == EDQUOT ? ERR_NO_SPACE : ERR_IO;
}

static enum err name_files(struct backup *b, const char *file, const char **why)
{
	size_t n = strlen(file);
	*why = "cannot be used as a file name: choose another name";
	if (n == 0 || n + sizeof ".tmp" > sizeof b->tmp || file[n - 1] == '/')
		return ERR_INVALID;
	snprintf(b->path, sizeof b->path, "%s", file);
	snprintf(b->tmp, sizeof b->tmp, "%s.tmp", file);
	return ERR_OK;
}

/* A backup overwrites the file that a killed backup left behind, but not the file of a running
 * backup. A file with a second name is refused too, because that name could be the live database's,
 * which would be truncated. */
static bool may_write_over(const struct backup *b, const char **why)
{
	struct stat opened, named;
	*why = "has a .tmp file beside it that no backup has made: remove that file, or choose "
	       "another name";
	if (fstat(b->fd, &opened) != 0 || !S_ISREG(opened.st_mode) || opened.st_nlink > 1)
		return false;
	/* The lock is on the file, so the name must still lead to this file. */
	*why = "is being written by another backup: wait for it, or choose another name";
	return flock(b->fd, LOCK_EX | LOCK_NB) == 0 && stat(b->tmp, &named) == 0 &&
	       opened.st_ino == named.st_ino;
}

static enum err open_tmp(struct backup *b, const char **why)
{
	b->fd = open(b->tmp, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (b->fd < 0)
		return system_error(why);
	if (!may_write_over(b, why)) {
		close(b->fd);
		b->fd = -1;
		return ERR_REFUSED;
	}
	return ftruncate(b->fd, 0) == 0 ? ERR_OK : system_error(why);
}

enum err backup_sync(struct backup *b, const char **why)
{
	struct stat written;
	if (fsync(b->fd) != 0 || fstat(b->fd, &written) != 0)
		return system_error(why);
	b->bytes = (uint64_t)written.st_size;
	return ERR_OK;
}

static enum err copy(struct backup *b, const struct engine_lmdb_config *source, const char **why)
{
	struct engine *engine;
	enum err err = engine_lmdb_open(source, &engine, why);
	if (err != ERR_OK)
		return err;
	err = engine_lmdb_copy(engine, b->fd, why);
	engine_close(engine);
	return err == ERR_OK ? backup_sync(b, why) : err;
}

/* A device or a directory is never replaced. */
static enum err judge_target(const char *file, bool force, const char **why)
{
	struct stat st;
	if (stat(file, &st) != 0)
		return ERR_OK;
	if (S_ISREG(st.st_mode) && force)
		return ERR_OK;
	*why = S_ISREG(st.st_mode)
		   ? "exists already: choose another name, or add --force to replace it"
		   : "is not a regular file: choose another name";
	return ERR_REFUSED;
}

static enum err open_file(struct backup *b, const char *file, bool force, const char **why)
{
	*b = (struct backup){.fd = -1};
	enum err err = name_files(b, file, why);
	if (err == ERR_OK)
		err = judge_target(file, force, why);
	return err == ERR_OK ? open_tmp(b, why) : err;
}

static enum err begin(struct backup *b, const struct engine_lmdb_config *source, const char *file,
		      bool force, const char **why)
{
	enum err err = open_file(b, file, force, why);
	if (err == ERR_OK)
		err = copy(b, source, why);
	if (err != ERR_OK)
		backup_drop(b);
	return err;
}

/* Is `file` one of the files that referd keeps in `dir`? */
static bool is_own_file(const char *dir, const char *file)
{
	static const char *const own[] = {"referd.mdb", "referd.mdb-lock", "lock", "secret.key",
					  "first-start.txt"};
	struct stat target, each;
	char path[DATA_DIR_PATH_MAX];
	if (stat(file, &target) != 0)
		return false;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, own[i]);
		if (stat(path, &each) == 0 && each.st_dev == target.st_dev &&
		    each.st_ino == target.st_ino)
			return true;
	}
	return false;
}

static enum err refuse_own_file(const char *dir, const char *file, const char **why)
{
	*why = "is a file of the data directory itself: choose another name";
	return is_own_file(dir, file) ? ERR_REFUSED : ERR_OK;
}

enum err backup_begin(struct backup *b, const char *dir, const char *file, bool force,
		      const char **why)
{
	const struct engine_lmdb_config source = {.dir = dir, .read_only = true};
	*b = (struct backup){.fd = -1};
	enum err err = refuse_own_file(dir, file, why);
	return err == ERR_OK ? begin(b, &source, file, force, why) : err;
}

enum err backup_open(struct backup *b, const char *dir, const char *file, bool force,
		     const char **why)
{
	*b = (struct backup){.fd = -1};
	enum err err = refuse_own_file(dir, file, why);
	if (err == ERR_OK)
		err = open_file(b, file, force, why);
	if (err != ERR_OK)
		backup_drop(b);
	return err;
}

/* A new name survives a power loss only after its directory is synced. */
static enum err sync_directory(const char *path, const char **why)
{
	char room[BACKUP_PATH_MAX];
	snprintf(room, sizeof room, "%s", path);
	int fd = open(dirname(room), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return system_error(why);
	enum err err = fsync(fd) == 0 ? ERR_OK : system_error(why);
	close(fd);
	return err;
}

enum err backup_keep(struct backup *b, const char **why)
{
	if (rename(b->tmp, b->path) != 0) {
		enum err err = system_error(why);
		backup_drop(b);
		return err;
	}
	close(b->fd);
	b->fd = -1;
	return sync_directory(b->path, why);
}

void backup_drop(struct backup *b)
{
	if (b->fd < 0)
		return;
	unlink(b->tmp);
	close(b->fd);
	b->fd = -1;
}

enum err backup_restore_begin(struct backup *b, const char *file, const char *dir,
			      struct data_dir *place, const char **why)
{
	const struct engine_lmdb_config source = {.file = file, .read_only = true};
	char path[DATA_DIR_PATH_MAX];
	*b = (struct backup){.fd = -1};
	enum err err = data_dir_open(dir, false, place, why);
	if (err != ERR_OK)
		return err;
	data_dir_path(place, "referd.mdb", path);
	*why = "holds a database already: move it away first, or choose another directory";
	if (access(path, F_OK) == 0)
		return ERR_REFUSED;
	return begin(b, &source, path, false, why);
}
