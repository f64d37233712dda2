/* Owns the numbers of the data directory: size, disk, time of the last backup. Never opens the
 * database. Called by serve and backup.
 */
#include "host.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static bool in_dir(const char *dir, const char *name, char path[PATH_SIZE])
{
	int n = snprintf(path, PATH_SIZE, "%s/%s", dir, name);
	return n > 0 && n < PATH_SIZE;
}

/* The size of the database's file; 0 if it cannot be read. */
static uint64_t database_size(const char *dir)
{
	char path[PATH_SIZE];
	struct stat file;
	return in_dir(dir, "referd.mdb", path) && stat(path, &file) == 0 ? (uint64_t)file.st_size
									 : 0;
}

static void drop_first(struct host_sizes *s)
{
	s->n--;
	memmove(s->bytes, s->bytes + 1, s->n * sizeof *s->bytes);
	memmove(s->at_ms, s->at_ms + 1, s->n * sizeof *s->at_ms);
}

void host_note_size(const char *dir, struct host_sizes *s, uint64_t now_ms)
{
	if (s->n > 0 && now_ms < s->at_ms[s->n - 1])
		s->n = 0;
	if (s->n > 0 && now_ms - s->at_ms[s->n - 1] < HOST_SIZE_EVERY_MS)
		return;
	uint64_t bytes = database_size(dir);
	if (bytes == 0)
		return;
	if (s->n == HOST_SIZES)
		drop_first(s);
	s->bytes[s->n] = bytes;
	s->at_ms[s->n++] = now_ms;
}

void host_read(const char *dir, const struct host_sizes *sizes, struct api_host *out)
{
	char path[PATH_SIZE];
	struct stat file;
	struct statvfs disk;
	*out = (struct api_host){.database_bytes = database_size(dir)};
	if (sizes->n > 0) {
		out->earlier_bytes = sizes->bytes[0];
		out->earlier_ms = sizes->at_ms[0];
	}
	if (in_dir(dir, "last-backup", path) && lstat(path, &file) == 0)
		out->backup_ms = (uint64_t)file.st_mtim.tv_sec * 1000;
	if (statvfs(dir, &disk) != 0)
		return;
	out->disk_bytes = (uint64_t)disk.f_blocks * disk.f_frsize;
	out->disk_free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
}

void host_note_backup(const char *dir)
{
	char path[PATH_SIZE];
	int fd = in_dir(dir, "last-backup", path)
		     ? open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)
		     : -1;
	if (fd < 0)
		return;
	(void)futimens(fd, NULL);
	(void)close(fd);
}
