/*
 * A private directory of a test, which is removed with its files when the test ends.
 */
#ifndef SUPPORT_SCRATCH_H
#define SUPPORT_SCRATCH_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCRATCH_PATH = 64 };

/* Makes /tmp/referd-test-XXXXXX; false on failure. */
static inline bool scratch_make(char path[SCRATCH_PATH])
{
	snprintf(path, SCRATCH_PATH, "/tmp/referd-test-XXXXXX");
	return mkdtemp(path) != NULL;
}

/* Removes the directory and the plain files in it. */
static inline void scratch_remove(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

#endif
