/* Owns the names of the backups in a directory, and which of them are removed. Never reads a
 * backup. Called by backup.c.
 */
#include "backup_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The shape of a name: a 0 stands for any digit. Names sort by time. */
static const char shape[] = "referd-00000000T000000Z.mdb", unfinished[] = ".tmp";
enum { NAME_BYTES = sizeof shape - 1 };

bool backup_dir_name(const char *dir, uint64_t now_ms, char file[BACKUP_PATH_MAX])
{
	struct stat place;
	struct tm utc;
	char name[sizeof shape];
	time_t now = (time_t)(now_ms / 1000);
	if (stat(dir, &place) != 0 || !S_ISDIR(place.st_mode) || gmtime_r(&now, &utc) == NULL ||
	    strftime(name, sizeof name, "referd-%Y%m%dT%H%M%SZ.mdb", &utc) != NAME_BYTES)
		return false;
	int n = snprintf(file, BACKUP_PATH_MAX, "%s/%s", dir, name);
	return n > 0 && n < BACKUP_PATH_MAX;
}

/* Does the name have the shape of a backup's name, followed by `ending`? */
static bool is_named(const char *name, const char *ending)
{
	for (size_t i = 0; i < NAME_BYTES; i++) {
		bool digit = name[i] >= '0' && name[i] <= '9';
		if (shape[i] == '0' ? !digit : name[i] != shape[i])
			return false;
	}
	return strcmp(name + NAME_BYTES, ending) == 0;
}

/* A running backup holds a lock on its .tmp file. */
static void remove_if_unlocked(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(dir, name, 0);
	close(fd);
}

/* Counts the backups, and finds the oldest backup other than `newest`. */
static uint64_t look(DIR *dir, const char *newest, char oldest[sizeof shape])
{
	uint64_t n = 0;
	const struct dirent *entry;
	oldest[0] = '\0';
	rewinddir(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (is_named(entry->d_name, unfinished))
			remove_if_unlocked(dirfd(dir), entry->d_name);
		if (!is_named(entry->d_name, ""))
			continue;
		n++;
		if (strcmp(entry->d_name, newest) != 0 &&
		    (oldest[0] == '\0' || strcmp(entry->d_name, oldest) < 0))
			memcpy(oldest, entry->d_name, sizeof shape);
	}
	return n;
}

int backup_dir_trim(const char *dir, const char *newest, uint64_t keep)
{
	int removed = 0;
	char oldest[sizeof shape];
	const char *slash = strrchr(newest, '/');
	DIR *place = opendir(dir);
	if (place == NULL)
		return -1;
	while (look(place, slash == NULL ? newest : slash + 1, oldest) > keep &&
	       oldest[0] != '\0') {
		if (unlinkat(dirfd(place), oldest, 0) != 0 && errno != ENOENT) {
			int why = errno;
			closedir(place);
			errno = why;
			return -1;
		}
		removed++;
	}
	closedir(place);
	return removed;
}
