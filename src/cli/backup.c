/* Owns the order of the steps of a backup: copy, verify, rename, remove old backups, report. Never
 * copies data itself (store/backup.h). Called by main for `referd backup`, in a process of its own.
 */
#include "backup.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backup_dir.h"
#include "base/clock.h"
#include "broken_pages.h"
#include "config.h"
#include "host.h"
#include "store/backup.h"
#include "verify.h"

struct backup_options {
	struct config config;
	bool force;
	uint64_t keep; /* 0: without --keep */
};

static const struct option own[] = {
    {"force", OPTION_FLAG, offsetof(struct backup_options, force), NULL, NULL, 0, 0,
     "Replace FILE if it exists"},
    {"keep", OPTION_U64, offsetof(struct backup_options, keep), "N", NULL, 1, 100000,
     "The argument is a directory: write referd-TIME.mdb in it, and after the verification remove "
     "the oldest backups of this kind until N are left"},
};

static int refuse(const char *file, const char *why)
{
	fprintf(stderr, "referd: the backup %s: %s\n", file, why);
	return 1;
}

/* Removes old backups after the new backup is verified. An error leaves too many backups, never too
 * few. */
static int trim(const struct backup_options *options, const char *dir, const char *newest)
{
	int removed = options->keep == 0 ? 0 : backup_dir_trim(dir, newest, options->keep);
	if (removed < 0) {
		fprintf(stderr, "referd: old backups in %s cannot be removed: %s\n", dir,
			strerror(errno));
		return 1;
	}
	if (options->keep != 0)
		printf("%s: removed %d of the oldest backups\n", dir, removed);
	return 0;
}

static int back_up(const struct backup_options *options, const char *file, const char *dir)
{
	uint64_t began_ns = clock_system.mono_ns(&clock_system);
	struct backup backup;
	struct verified found;
	const char *why = "";
	broken_pages_catch(1, true);
	if (access(options->config.address.dir, R_OK | X_OK) != 0) {
		fprintf(stderr,
			"referd: the data directory %s cannot be read: check --data and the "
			"permissions\n",
			options->config.address.dir);
		return 1;
	}
	if (backup_begin(&backup, options->config.address.dir, file, options->force, &why) !=
	    ERR_OK)
		return refuse(file, why);
	uint64_t bytes = backup.bytes;
	if (!verify_database(&options->config.address, backup.tmp, false, &found)) {
		backup_drop(&backup);
		return refuse(file, "was not kept, because the copy cannot be read");
	}
	if (backup_keep(&backup, &why) != ERR_OK)
		return refuse(file, why);
	double seconds = (double)(clock_system.mono_ns(&clock_system) - began_ns) / 1e9;
	printf("%s: %llu bytes, %llu users, verified %llu records, %llu problems, %.1f s\n", file,
	       (unsigned long long)bytes, (unsigned long long)found.users,
	       (unsigned long long)found.records, (unsigned long long)found.problems, seconds);
	if (found.problems == 0) {
		host_note_backup(options->config.address.dir);
		return trim(options, dir, file);
	}
	fprintf(stderr, "referd: the copy was kept, but it has the problems above, and so has the "
			"database\n");
	return 1;
}

static int run(void *target, const struct options_args *args)
{
	const struct backup_options *options = target;
	char file[BACKUP_PATH_MAX];
	if (options->keep == 0)
		return back_up(options, args->items[0], NULL);
	if (!backup_dir_name(args->items[0], clock_system.unix_ms(&clock_system), file)) {
		fprintf(stderr,
			"referd: %s is not a directory: with --keep, name the directory of the "
			"backups\n",
			args->items[0]);
		return 1;
	}
	return back_up(options, file, args->items[0]);
}

int backup_main(int argc, char **argv)
{
	static const struct config_command command = {
	    .name = "backup",
	    .usage =
		"referd backup (FILE | --keep N DIR) [--force] [--data DIR | --store lmdb:DIR]",
	    .about = "Copies the database in --data or --store to FILE, whether a server uses it "
		     "or not, and verifies the copy. With --keep, the copy is a new file in DIR. "
		     "Exits with status 0 if the copy is complete and has no problems.",
	    .min_args = 1,
	    .max_args = 1,
	    .options = own,
	    .n_options = sizeof own / sizeof *own,
	    .only_lmdb = "cannot be copied by this command: back up a PostgreSQL database with "
			 "pg_basebackup, pg_dump or `referd dump`",
	};
	struct backup_options options = {0};
	return config_run(&command, argc, argv, &options, run);
}
