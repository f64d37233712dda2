/* Owns the steps of a backup: copy, verify, rename, report. Never copies (store/backup.h). Called
 * by main for `referd backup`, in a process of its own.
 */
#include "backup.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "broken_pages.h"
#include "config.h"
#include "host.h"
#include "store/backup.h"
#include "verify.h"

struct backup_options {
	struct config config;
	bool force;
};

static const struct option own[] = {
    {"force", OPTION_FLAG, offsetof(struct backup_options, force), NULL, NULL, 0, 0,
     "Replace FILE if it exists"},
};

static int refuse(const char *file, const char *why)
{
	fprintf(stderr, "referd: the backup %s: %s\n", file, why);
	return 1;
}

static int run(void *target, const struct options_args *args)
{
	const struct backup_options *options = target;
	const char *file = args->items[0];
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
	if (found.problems == 0)
		host_note_backup(options->config.address.dir);
	else
		fprintf(stderr,
			"referd: the copy was kept, but it has the problems above, and so has the "
			"database\n");
	return found.problems == 0 ? 0 : 1;
}

int backup_main(int argc, char **argv)
{
	static const struct config_command command = {
	    .name = "backup",
	    .usage = "referd backup FILE [--force] [--data DIR | --store ADDRESS]",
	    .about = "Copies the database in --data or --store to FILE, whether a server uses it "
		     "or not, and verifies the copy. Exits with status 0 if the copy is complete "
		     "and has no problems.",
	    .min_args = 1,
	    .max_args = 1,
	    .options = own,
	    .n_options = sizeof own / sizeof *own,
	};
	struct backup_options options = {0};
	return config_run(&command, argc, argv, &options, run);
}
