/* Owns the files with secrets: it creates them with mode 0600 and syncs them and their directory.
 * Never knows what the secrets are for. Called by main at the start.
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

static bool no_space(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

static bool write_all(int fd, const void *p, size_t n)
{
	return fchmod(fd, 0600) == 0 && write(fd, p, n) == (ssize_t)n && fsync(fd) == 0;
}

/* Renames the file to its final name, unless this name exists. */
static enum err publish(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return sync_directory(to);
	/* Some file systems lack RENAME_NOREPLACE; link does not replace a file either. */
	if ((errno == EINVAL || errno == ENOSYS) && link(from, to) == 0)
		return unlink(from) == 0 ? sync_directory(to) : ERR_IO;
	return errno == EEXIST ? ERR_REFUSED : ERR_IO;
}

/* A file is completed under another name, so a process that is killed leaves no partial file. */
static enum err make_file(const char *path, const void *p, size_t n)
{
	char tmp[PATH_MAX];
	if (snprintf(tmp, sizeof tmp, "%s.new", path) >= (int)sizeof tmp)
		return ERR_IO;
	if (unlink(tmp) != 0 && errno != ENOENT)
		return ERR_IO;
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return no_space(errno) ? ERR_NO_SPACE : ERR_IO;
	bool ok = write_all(fd, p, n);
	enum err failed = no_space(errno) ? ERR_NO_SPACE : ERR_IO;
	ok = close(fd) == 0 && ok;
	enum err err = ok ? publish(tmp, path) : failed;
	if (err != ERR_OK)
		(void)unlink(tmp);
	return err;
}

static bool all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

enum err key_file_read(const char *path, uint8_t key[KEY_FILE_SIZE], const char **why)
{
	uint8_t bytes[KEY_FILE_SIZE + 1];
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	*why = "cannot be read: check that it is a file, and who owns it";
	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	ssize_t n = regular ? read(fd, bytes, sizeof bytes) : -1;
	close(fd);
	if (n < 0)
		return ERR_IO;
	if (all_zero(bytes, (size_t)n)) {
		*why = "is empty, although the database has data: restore the key of this database";
		return ERR_CORRUPT;
	}
	if (n != KEY_FILE_SIZE) {
		*why = "is not a key of 32 bytes: restore the key of this database";
		return ERR_INVALID;
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		*why = "can be read by other users: run chmod 600 on it";
		return ERR_INVALID;
	}
	memcpy(key, bytes, KEY_FILE_SIZE);
	crypto_wipe(bytes, sizeof bytes);
	return ERR_OK;
}

enum err key_file_make(const char *path, uint8_t key[KEY_FILE_SIZE], const char **why)
{
	crypto_random(key, KEY_FILE_SIZE);
	enum err err = make_file(path, key, KEY_FILE_SIZE);
	if (err == ERR_NO_SPACE)
		*why = "cannot be created: the disk is full; make room, then start again";
	else if (err != ERR_OK)
		*why = "cannot be created: check that its directory exists and is writable";
	return err == ERR_REFUSED ? ERR_IO : err;
}

enum err key_file_write_text(const char *path, const char *text)
{
	return make_file(path, text, strlen(text));
}

enum err key_file_remove(const char *path)
{
	return unlink(path) == 0 || errno == ENOENT ? ERR_OK : ERR_IO;
}
