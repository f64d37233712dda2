/*
 * Owns the files that hold secrets: made with mode 0600, synced with their directory. Never what the
 * secrets are for. Called by main at the start.
 */
#include "base/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"

static enum err sync_directory(const char *path)
{
	char copy[PATH_MAX];
	size_t n = strlen(path);
	if (n >= sizeof copy)
		return ERR_IO;
	memcpy(copy, path, n + 1);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	int rc = fsync(fd);
	close(fd);
	return rc == 0 ? ERR_OK : ERR_IO;
}

static enum err write_file(const char *path, int flags, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	if (fd < 0)
		return ERR_IO;
	bool ok = fchmod(fd, 0600) == 0 && write(fd, p, n) == (ssize_t)n && fsync(fd) == 0;
	ok = close(fd) == 0 && ok;
	return ok ? sync_directory(path) : ERR_IO;
}

enum err key_file_read(const char *path, uint8_t key[KEY_FILE_SIZE], const char **why)
{
	uint8_t bytes[KEY_FILE_SIZE + 1];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	*why = "cannot be read";
	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	ssize_t n = read(fd, bytes, sizeof bytes);
	int rc = fstat(fd, &st);
	close(fd);
	if (n < 0 || rc != 0)
		return ERR_IO;
	if (n != KEY_FILE_SIZE) {
		*why = "is not a key of 32 bytes";
		return ERR_INVALID;
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		*why = "may be read by others: chmod 600 it";
		return ERR_INVALID;
	}
	memcpy(key, bytes, KEY_FILE_SIZE);
	crypto_wipe(bytes, sizeof bytes);
	return ERR_OK;
}

enum err key_file_make(const char *path, uint8_t key[KEY_FILE_SIZE], const char **why)
{
	crypto_random(key, KEY_FILE_SIZE);
	enum err err = write_file(path, O_EXCL, key, KEY_FILE_SIZE);
	if (err != ERR_OK)
		*why = "cannot be made: check that its directory exists and may be written to";
	return err;
}

enum err key_file_write_text(const char *path, const char *text)
{
	return write_file(path, O_TRUNC, text, strlen(text));
}
