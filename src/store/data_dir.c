/*
 * Owns the data directory and its lock. Never opens the database in it. Called by engine_lmdb.c.
 */
#include "store/data_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* The f_type of network file systems (linux/magic.h and the sources of CIFS). */
static const struct {
	unsigned magic;
	const char *why;
} network_file_systems[] = {
    {0x6969,
     "is on NFS: use a local disk, because LMDB's lock and memory map do not work over a network"},
    {0x517b,
     "is on SMB: use a local disk, because LMDB's lock and memory map do not work over a network"},
    {0xff534d42,
     "is on CIFS: use a local disk, because LMDB's lock and memory map do not work over a network"},
    {0xfe534d42,
     "is on SMB2: use a local disk, because LMDB's lock and memory map do not work over a network"},
    {0x01021997,
     "is on 9p: use a local disk, because LMDB's lock and memory map do not work over a network"},
};

static const char *network_refusal(int fd)
{
	struct statfs fs;
	if (fstatfs(fd, &fs) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof network_file_systems / sizeof *network_file_systems; i++)
		if ((unsigned)fs.f_type == network_file_systems[i].magic)
			return network_file_systems[i].why;
	return NULL;
}

static enum err take_lock(struct data_dir *d, const char **why)
{
	char path[DATA_DIR_PATH_MAX];
	data_dir_path(d, "lock", path);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		*why = "cannot be written to: check its owner and mode";
		return ERR_IO;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		*why = "is in use by another referd: stop it first, or give each server its own "
		       "directory";
		return ERR_BUSY;
	}
	d->lock = fd;
	return ERR_OK;
}

/* A new directory survives a power loss only after its parent is synced. */
static int sync_parent(const char *dir)
{
	char path[DATA_DIR_PATH_MAX];
	(void)snprintf(path, sizeof path, "%s/..", dir);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int rc = fsync(fd);
	close(fd);
	return rc;
}

static int make_directory(const char *dir)
{
	if (mkdir(dir, 0700) == 0)
		return sync_parent(dir);
	return errno == EEXIST ? 0 : -1;
}

enum err data_dir_open(const char *dir, bool read_only, struct data_dir *out, const char **why)
{
	*out = (struct data_dir){0};
	size_t n = strlen(dir);
	if (n >= sizeof out->path) {
		*why = "has too long a path";
		return ERR_INVALID;
	}
	memcpy(out->path, dir, n + 1);
	if (!read_only && make_directory(dir) != 0) {
		*why = "cannot be created: check that its parent exists and is writable";
		return ERR_IO;
	}
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		*why = "is not a readable directory: check its type, owner and mode";
		return ERR_IO;
	}
	out->fd = fd;
	if ((*why = network_refusal(fd)) != NULL)
		return ERR_FORMAT;
	return read_only ? ERR_OK : take_lock(out, why);
}

enum err data_dir_sync(const struct data_dir *d, const char **why)
{
	if (fsync(d->fd) == 0)
		return ERR_OK;
	*why = "cannot be synced to disk";
	return ERR_IO;
}

void data_dir_path(const struct data_dir *d, const char *name, char *out)
{
	snprintf(out, DATA_DIR_PATH_MAX, "%s/%s", d->path, name);
}

void data_dir_close(struct data_dir *d)
{
	if (d->fd > 0)
		close(d->fd);
	if (d->lock > 0)
		close(d->lock);
	*d = (struct data_dir){0};
}
