/* The data directory as an operator sees it: its size, its disk, and its last backup. */
#ifndef CLI_HOST_H
#define CLI_HOST_H

#include "api/api.h"

/** Reads the numbers of the data directory. A number that cannot be read stays 0. */
void host_read(const char *dir, struct api_host *out);
/** Notes that a backup has ended without problems, in the time of the file DIR/last-backup. Fails
 * silently: the directory may be read-only for the user who makes backups. */
void host_note_backup(const char *dir);

#endif
