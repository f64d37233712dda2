/* Owns the fdatasync that the whole program calls, LMDB's library included: the C library's own,
 * and a note of its failures. Never retries one. Called by engine_lmdb.c.
 */
#include "store/sync_watch.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/* The next one in the order of the libraries, so that a preloaded library still sees the call. */
static sync_fn *next_fdatasync(void)
{
	sync_fn *fn = NULL;
	void *found = dlsym(RTLD_NEXT, "fdatasync");
	memcpy(&fn, &found, sizeof fn);
	return fn;
}

/* The dynamic linker looks into the program before the libraries, so this is what LMDB calls. */
int fdatasync(int fd)
{
	static sync_fn *next;
	if (next == NULL)
		next = next_fdatasync();
	int rc = next != NULL ? next(fd) : (int)syscall(SYS_fdatasync, fd);
	if (rc != 0)
		failed = true;
	return rc;
}
