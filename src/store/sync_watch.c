/* Owns the fdatasync of the whole program, LMDB's library included. It calls the C library's
 * function and notes a failure. Never retries a sync. Called by engine_lmdb.c.
 */
#include "store/sync_watch.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* NOLINTNEXTLINE(*-avoid-non-const-global-variables): fdatasync has no argument for it */
static _Thread_local bool failed;

void sync_watch_begin(void)
{
	failed = false;
}

bool sync_watch_failed(void)
{
	return failed;
}

typedef int sync_fn(int fd);

/* Finds the next fdatasync in the order of the libraries, so that a preloaded library still sees
 * the call. */
static sync_fn *next_fdatasync(void)
{
	sync_fn *fn = NULL;
	void *found = dlsym(RTLD_NEXT, "fdatasync");
	memcpy(&fn, &found, sizeof fn);
	return fn;
}

/* The dynamic linker searches the program before the libraries, so LMDB calls this function. */
int fdatasync(int fd)
{
	/* NOLINTNEXTLINE(*-avoid-non-const-global-variables): looked up once */
	static sync_fn *next;
	if (next == NULL)
		next = next_fdatasync();
	int rc = next != NULL ? next(fd) : (int)syscall(SYS_fdatasync, fd);
	if (rc != 0)
		failed = true;
	return rc;
}
