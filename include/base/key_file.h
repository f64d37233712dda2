/*
 * The secret key on disk: 32 random bytes in a file that only its owner can read.
 */
#ifndef BASE_KEY_FILE_H
#define BASE_KEY_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { KEY_FILE_SIZE = 32 };

/** Reads the key. ERR_NOT_FOUND: there is no such file. ERR_CORRUPT: the file is empty or all
 * zeros, as an interrupted start leaves it. ERR_INVALID (*why, static): the file does not have 32
 * bytes, or other users can read it. ERR_IO. */
enum err key_file_read(const char *path, uint8_t key[KEY_FILE_SIZE], const char **why) WARN_UNUSED;
/** Creates the file (mode 0600, durable) with a new random key. ERR_NO_SPACE, ERR_IO with *why. */
enum err key_file_make(const char *path, uint8_t key[KEY_FILE_SIZE], const char **why) WARN_UNUSED;
/** Creates a text file of mode 0600, durably. ERR_REFUSED if the name exists, also as a link;
 * ERR_NO_SPACE; ERR_IO. */
enum err key_file_write_text(const char *path, const char *text) WARN_UNUSED;
/** Removes the file or link that a first start left behind, if it exists. ERR_IO. */
enum err key_file_remove(const char *path) WARN_UNUSED;

#endif
