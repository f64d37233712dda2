/* The data directory as an operator sees it: its size, its disk, and its last backup. */
#ifndef CLI_HOST_H
#define CLI_HOST_H

#include "api/api.h"

enum { HOST_SIZES = 25, HOST_SIZE_EVERY_MS = 3600 * 1000 };
/* Sizes of the database since the start, an hour apart, oldest first: they cover a day. */
struct host_sizes {
	uint64_t bytes[HOST_SIZES], at_ms[HOST_SIZES];
	size_t n;
};
/** Keeps the size of the database if an hour has passed since the last one. A wall clock that went
 * back makes the list begin again. */
void host_note_size(const char *dir, struct host_sizes *sizes, uint64_t now_ms);

/** Reads the numbers of the data directory. A number that cannot be read stays 0. */
void host_read(const char *dir, const struct host_sizes *sizes, struct api_host *out);
/** Notes that a backup has ended without problems, in the time of the file DIR/last-backup. Fails
 * silently: the directory may be read-only for the user who makes backups. */
void host_note_backup(const char *dir);

#endif
