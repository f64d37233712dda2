/* Owns the file system faults for tests, in front of the C library's calls. Never decides when a
 * fault happens: the environment does.
 *
 *   FAULT_EXIT_AT=N     the process ends, as by kill -9, before its Nth call that changes a file
 *   FAULT_EXIT_AFTER=S  ... after the first rename to a name that ends with S
 *   FAULT_NO_SYNC=FILE  while FILE exists, fdatasync fails with ENOSPC
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define NEXT(fn, type)                                                                             \
	static type next;                                                                          \
	if (next == NULL) {                                                                        \
		void *found = dlsym(RTLD_NEXT, fn);                                                \
		memcpy(&next, &found, sizeof next);                                                \
	}

static void count(void)
{
	static long calls;
	const char *at = getenv("FAULT_EXIT_AT");
	if (at != NULL && ++calls == atol(at))
		_exit(137);
}

static void renamed(const char *to, int rc)
{
	const char *end = getenv("FAULT_EXIT_AFTER");
	const size_t n = strlen(to);
	if (end != NULL && rc == 0 && n >= strlen(end) && strcmp(to + n - strlen(end), end) == 0)
		_exit(137);
}

ssize_t write(int fd, const void *p, size_t n)
{
	typedef ssize_t fn(int, const void *, size_t);
	NEXT("write", fn *)
	struct stat st;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fd > 2)
		count();
	return next(fd, p, n);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	typedef ssize_t fn(int, const void *, size_t, off_t);
	NEXT("pwrite", fn *)
	count();
	return next(fd, p, n, at);
}

int fsync(int fd)
{
	typedef int fn(int);
	NEXT("fsync", fn *)
	count();
	return next(fd);
}

int fdatasync(int fd)
{
	typedef int fn(int);
	NEXT("fdatasync", fn *)
	const char *file = getenv("FAULT_NO_SYNC");
	count();
	if (file != NULL && access(file, F_OK) == 0) {
		errno = ENOSPC;
		return -1;
	}
	return next(fd);
}

int rename(const char *from, const char *to)
{
	typedef int fn(const char *, const char *);
	NEXT("rename", fn *)
	count();
	int rc = next(from, to);
	renamed(to, rc);
	return rc;
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	typedef int fn(int, const char *, int, const char *, unsigned);
	NEXT("renameat2", fn *)
	count();
	int rc = next(from_dir, from, to_dir, to, flags);
	renamed(to, rc);
	return rc;
}

int unlink(const char *path)
{
	typedef int fn(const char *);
	NEXT("unlink", fn *)
	count();
	return next(path);
}

int mkdir(const char *path, mode_t mode)
{
	typedef int fn(const char *, mode_t);
	NEXT("mkdir", fn *)
	count();
	return next(path, mode);
}
