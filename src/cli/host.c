/* Owns the numbers of the data directory: size, disk, time of the last backup. Never opens the
 * database. Called by serve and backup.
 */
#include "host.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static bool in_dir(const char *dir, const char *name, char path[PATH_SIZE])
{
	int n = snprintf(path, PATH_SIZE, "%s/%s", dir, name);
	return n > 0 && n < PATH_SIZE;
}

void host_read(const char *dir, struct api_host *out)
{
	char path[PATH_SIZE];
	struct stat file;
	struct statvfs disk;
	*out = (struct api_host){0};
	if (in_dir(dir, "referd.mdb", path) && stat(path, &file) == 0)
		out->database_bytes = (uint64_t)file.st_size;
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
