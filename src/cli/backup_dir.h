/* A directory of backups with the time in their names: `referd backup --keep N DIR`. */
#ifndef CLI_BACKUP_DIR_H
#define CLI_BACKUP_DIR_H

#include <stdbool.h>
#include <stdint.h>

#include "store/backup.h"

/** Writes "DIR/referd-20261128T151000Z.mdb" with the UTC time into `file`. False if `dir` is not a
 * directory, or if the name is too long. */
bool backup_dir_name(const char *dir, uint64_t now_ms, char file[BACKUP_PATH_MAX]);

/** Removes the oldest backups by their names until `keep` are left, and the .tmp files of
 * interrupted backups. Never removes `newest`, a path from backup_dir_name, and no file with
 * another kind of name. Returns the number of removed backups, or -1 after an error, with errno. */
int backup_dir_trim(const char *dir, const char *newest, uint64_t keep);

#endif
