/*
 * The secret key on disk: 32 random bytes in a file only its owner can read.
 */
#ifndef BASE_KEY_FILE_H
#define BASE_KEY_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { KEY_FILE_SIZE = 32 };

/** Reads the key. ERR_NOT_FOUND where there is no such file; ERR_CORRUPT where it is empty or all
 * zeros, as a start leaves it that was cut off; ERR_INVALID (*why, static) where it is not 32 bytes
 * long or others may read it; ERR_IO. */
enum err key_file_read(const char *path, uint8_t key[KEY_FILE_SIZE], const char **why) WARN_UNUSED;
/** Makes the file (mode 0600, durable) with a new random key. ERR_NO_SPACE, ERR_IO with *why. */
enum err key_file_make(const char *path, uint8_t key[KEY_FILE_SIZE], const char **why) WARN_UNUSED;
/** Makes a text file of mode 0600, durably. ERR_REFUSED where the name is taken, also by a link;
 * ERR_NO_SPACE; ERR_IO. */
enum err key_file_write_text(const char *path, const char *text) WARN_UNUSED;
/** Removes the file, or the link, that a first start left behind. A missing one is fine. ERR_IO. */
enum err key_file_remove(const char *path) WARN_UNUSED;

#endif
