/*
 * Owns the measurement of the disk: how long fdatasync takes.
 * Never leaves its file behind.
 * Called by compare.c before the load.
 */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

enum { SYNCS = 200, PAGE = 4096 };

bool disk_measure(const char *directory, struct latencies *out)
{
	static const char page[PAGE];
	char path[320];
	bool ok = true;
	snprintf(path, sizeof path, "%s/disk", directory);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	for (int i = 0; fd >= 0 && ok && i < SYNCS; i++) {
		uint64_t began = client_now_ns();
		ok = write(fd, page, PAGE) == PAGE && fdatasync(fd) == 0;
		latencies_record(out, client_now_ns() - began);
	}
	if (fd < 0 || !ok)
		fprintf(stderr, "referd-bench: %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	unlink(path);
	return fd >= 0 && ok;
}
