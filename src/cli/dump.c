/* Owns the steps of a dump: open, write, sync, rename, report. Never knows the form of a dump
 * (store/dump.h). Called by main for `referd dump`.
 */
#include "dump.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "broken_pages.h"
#include "config.h"
#include "core/records.h"
#include "store/backup.h"
#include "store/dump.h"

struct dump_options {
	struct config config;
	bool force;
};

static const struct option own[] = {
    {"force", OPTION_FLAG, offsetof(struct dump_options, force), NULL, NULL, 0, 0,
     "Replace FILE if it exists"},
};

static int refuse(const char *name, const char *why)
{
	fprintf(stderr, "referd: the dump %s: %s\n", name, why);
	return 1;
}

/* Reads the fingerprint of the secret key, which every database has that a server has used. */
static enum err write_dump(struct engine *engine, int fd, uint64_t *records, const char **why)
{
	const struct dump_kinds kinds = {RECORD_KINDS_ALL, RECORD_KINDS_COUNT};
	struct setting setting = {.name = TEXT("key_fingerprint")};
	enum err err = dump_get(engine, &KIND_SETTING, &setting);
	*why = "the settings of the database cannot be read: run referd verify";
	if (err == ERR_NOT_FOUND)
		*why = "the database has no settings: no server ever used it";
	if (err == ERR_REFUSED)
		*why = store_address_refusal(err);
	if (err != ERR_OK)
		return err;
	struct buf fingerprint = {0}; /* the dump's view frees the text in `setting` */
	buf_text(&fingerprint, setting.value);
	*why = "out of memory";
	err = fingerprint.failed
		  ? ERR_NO_MEMORY
		  : dump_write(engine, &kinds, buf_view(&fingerprint), fd, records, why);
	buf_free(&fingerprint);
	return err;
}

static enum err write_file(const struct dump_options *options, struct engine *engine,
			   const char *file, uint64_t *records, uint64_t *bytes, const char **why)
{
	struct backup out;
	enum err err = backup_open(&out, options->config.address.dir, file, options->force, why);
	if (err != ERR_OK)
		return err;
	err = write_dump(engine, out.fd, records, why);
	if (err == ERR_OK)
		err = backup_sync(&out, why);
	if (err != ERR_OK) {
		backup_drop(&out);
		return err;
	}
	*bytes = out.bytes;
	return backup_keep(&out, why);
}

static int run(void *target, const struct options_args *args)
{
	const struct dump_options *options = target;
	const struct store_address *address = &options->config.address;
	const char *file = args->items[0], *why = "";
	struct store_access access = {.read_only = true};
	uint64_t began_ns = clock_system.mono_ns(&clock_system), records = 0, bytes = 0;
	struct engine *engine;
	broken_pages_catch(1, true);
	if (store_address_open(address, &access, &engine, &why) != ERR_OK)
		return refuse(address->dir, why);
	bool is_pipe = strcmp(file, "-") == 0;
	enum err err = is_pipe ? write_dump(engine, STDOUT_FILENO, &records, &why)
			       : write_file(options, engine, file, &records, &bytes, &why);
	engine_close(engine);
	if (err != ERR_OK)
		return refuse(file, why);
	double seconds = (double)(clock_system.mono_ns(&clock_system) - began_ns) / 1e9;
	if (!is_pipe)
		printf("%s: %llu bytes, %llu records, %.1f s\n", file, (unsigned long long)bytes,
		       (unsigned long long)records, seconds);
	return 0;
}

int dump_main(int argc, char **argv)
{
	static const struct config_command command = {
	    .name = "dump",
	    .usage = "referd dump FILE [--force] [--data DIR | --store ADDRESS]",
	    .about = "Writes all records of the database in --data or --store to FILE, in a form "
		     "that does not depend on the engine; - writes to standard output. A server "
		     "may use the database: the dump shows one moment. Secrets stay encrypted with "
		     "the secret key, which the dump does not contain.",
	    .min_args = 1,
	    .max_args = 1,
	    .options = own,
	    .n_options = sizeof own / sizeof *own,
	};
	struct dump_options options = {0};
	return config_run(&command, argc, argv, &options, run);
}
