/*
 * Power losses, simulated in the process of a test: the writes of LMDB to one file are recorded,
 * and at each sync point the test may write images of what a disk could hold then. A synced write
 * is in every image. Each write since the last sync is in an image completely, not at all, or in
 * some of its sectors. A write to a file with O_DSYNC is a sync point of its own, and atomic.
 *
 * Only one source file of a program may include this header: it replaces functions of the C
 * library for the whole program.
 */
#ifndef SUPPORT_POWER_H
#define SUPPORT_POWER_H

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "seeded.h"
#include "store/sync_watch.h"

enum { POWER_SECTOR = 512 };
enum power_part { POWER_NONE, POWER_ALL, POWER_SOME };

struct power_write {
	size_t at, n;
	char *bytes;
};

static struct power {
	bool on;
	dev_t dev;
	ino_t ino;
	char *disk; /* the synced content */
	size_t n;
	struct power_write *pending;
	size_t n_pending, cap;
	/* Called for each part at each sync point, before the pending writes are synced. With
	 * `atomic`, they are one write, and POWER_SOME means all or nothing. */
	void (*look)(void *arg, enum power_part part, bool atomic);
	void *arg;
} power;

static inline void *power_real(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);
	if (found == NULL)
		abort();
	return found;
}

static inline bool power_watches(int fd)
{
	struct stat st;
	return power.on && fstat(fd, &st) == 0 && st.st_dev == power.dev && st.st_ino == power.ino;
}

static inline void power_grow(size_t n)
{
	if (n <= power.n)
		return;
	power.disk = realloc(power.disk, n);
	if (power.disk == NULL)
		abort();
	memset(power.disk + power.n, 0, n - power.n);
	power.n = n;
}

static inline void power_note(size_t at, const void *bytes, size_t n)
{
	if (power.n_pending == power.cap) {
		power.cap = power.cap == 0 ? 64 : power.cap * 2;
		power.pending = realloc(power.pending, power.cap * sizeof *power.pending);
	}
	struct power_write w = {at, n, malloc(n)};
	if (power.pending == NULL || w.bytes == NULL)
		abort();
	memcpy(w.bytes, bytes, n);
	power.pending[power.n_pending++] = w;
}

static inline void power_sync(bool atomic)
{
	power.on = false; /* images have inodes of their own */
	for (enum power_part part = POWER_NONE; power.look != NULL && part <= POWER_SOME; part++)
		power.look(power.arg, part, atomic);
	power.on = true;
	for (size_t i = 0; i < power.n_pending; i++) {
		struct power_write *w = &power.pending[i];
		power_grow(w->at + w->n);
		memcpy(power.disk + w->at, w->bytes, w->n);
		free(w->bytes);
	}
	power.n_pending = 0;
}

/* Begins with the file as it is now, which must be synced. */
static inline bool power_begin(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return false;
	power = (struct power){.dev = st.st_dev, .ino = st.st_ino};
	power_grow((size_t)st.st_size);
	bool ok = read(fd, power.disk, power.n) == (ssize_t)power.n;
	close(fd);
	power.on = ok;
	return ok;
}

static inline void power_end(void)
{
	power.on = false;
	for (size_t i = 0; i < power.n_pending; i++)
		free(power.pending[i].bytes);
	free(power.pending);
	free(power.disk);
	power = (struct power){0};
}

static inline bool power_keeps(enum power_part part, struct seeded *seed)
{
	return part == POWER_ALL || (part == POWER_SOME && seeded_below(seed, 2) == 0);
}

/* Writes an image to a new file. */
static inline bool power_image(const char *path, enum power_part part, bool atomic,
			       struct seeded *seed)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, power.disk, power.n) == (ssize_t)power.n;
	for (size_t i = 0; ok && i < power.n_pending; i++) {
		const struct power_write *w = &power.pending[i];
		size_t step = atomic ? w->n : POWER_SECTOR;
		for (size_t at = 0; ok && at < w->n; at += step) {
			size_t n = w->n - at < step ? w->n - at : step;
			if (power_keeps(part, seed))
				ok =
				    pwrite(fd, w->bytes + at, n, (off_t)(w->at + at)) == (ssize_t)n;
		}
	}
	if (fd >= 0)
		close(fd);
	return ok;
}

/* ---- the functions of the C library that LMDB calls ---- */

/* With these two functions, this header takes the place of sync_watch.c, which has a fdatasync of
 * its own. */
void sync_watch_begin(void)
{
}

bool sync_watch_failed(void)
{
	return false;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	static ssize_t (*next)(int, const void *, size_t, off_t);
	if (next == NULL)
		*(void **)&next = power_real("pwrite");
	if (!power_watches(fd))
		return next(fd, bytes, n, at);
	bool synced = (fcntl(fd, F_GETFL) & O_DSYNC) != 0;
	power_note((size_t)at, bytes, n);
	if (synced)
		power_sync(true);
	return next(fd, bytes, n, at);
}

ssize_t writev(int fd, const struct iovec *parts, int n)
{
	static ssize_t (*next)(int, const struct iovec *, int);
	if (next == NULL)
		*(void **)&next = power_real("writev");
	if (power_watches(fd)) {
		size_t at = (size_t)lseek(fd, 0, SEEK_CUR);
		for (int i = 0; i < n; at += parts[i].iov_len, i++)
			power_note(at, parts[i].iov_base, parts[i].iov_len);
	}
	return next(fd, parts, n);
}

int fdatasync(int fd)
{
	static int (*next)(int);
	if (next == NULL)
		*(void **)&next = power_real("fdatasync");
	if (!power_watches(fd))
		return next(fd);
	power_sync(false);
	return 0; /* the images say what the disk holds */
}

#endif
