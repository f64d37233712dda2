/* Owns the steps of a load: compare the keys, load, skip ids, verify, and only then remove the mark
 * of an unfinished load. Never knows the form of a dump (store/dump.h). Called by main for `referd
 * load`.
 */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "broken_pages.h"
#include "config.h"
#include "core/records.h"
#include "first_start.h"
#include "restore.h"
#include "store/dump.h"
#include "verify.h"

struct load_options {
	struct config config;
	bool skip_ids;
};

static const struct option own[] = {
    {"skip-ids", OPTION_FLAG, offsetof(struct load_options, skip_ids), NULL, NULL, 0, 0,
     "Skip ids as restore does, because the dumped server went on after the dump"},
};

static bool refuse(const char *name, const char *why)
{
	fprintf(stderr, "referd: %s: %s\n", name, why);
	return false;
}

static bool is_same_key(const struct config *config, struct text stored)
{
	uint8_t own_key[FINGERPRINT_SIZE];
	if (!first_start_has_key(config))
		return refuse(
		    config->data,
		    "its secret key is missing: put the secret.key of the dumped database "
		    "there, or give --secret-key-file, then load the dump");
	if (!first_start_fingerprint(config, own_key))
		return false;
	return text_eq(text_from(own_key, sizeof own_key), stored) ||
	       refuse(config->data,
		      "the secrets in the dump were encrypted with another key: give the right "
		      "--secret-key-file");
}

static bool open_engine(const struct config *config, struct engine **engine)
{
	/* The secret key is there before the database, so an empty file is left over. */
	struct store_access access = {
	    .plain = true, .first_start = true, .map_size = config->map_size, .node_name = "load"};
	const char *why = "";
	return store_address_open(&config->address, &access, engine, &why) == ERR_OK ||
	       refuse(config->address.dir, why);
}

static bool fill(const struct config *config, struct load *load, const char *file)
{
	struct engine *engine;
	uint64_t records;
	const char *why = "";
	if (!open_engine(config, &engine))
		return false;
	enum err err = load_into(load, engine, &records, &why);
	engine_close(engine);
	if (err == ERR_REFUSED)
		return refuse(config->address.dir, why);
	if (err != ERR_OK) {
		fprintf(stderr,
			"referd: %s: %s. %s holds an unfinished load, which no server opens: "
			"remove this database before you load again\n",
			file, why, config->address.dir);
		return false;
	}
	return true;
}

static bool read_dump(const struct config *config, int fd, const char *file)
{
	const struct dump_kinds kinds = {RECORD_KINDS_ALL, RECORD_KINDS_COUNT};
	struct load *load;
	struct text stored;
	const char *why = "";
	if (load_open(&kinds, fd, &load, &stored, &why) != ERR_OK)
		return refuse(file, why);
	bool ok = is_same_key(config, stored) && fill(config, load, file);
	load_close(load);
	return ok;
}

/* The records are durable. */
static bool finish(const struct load_options *options, struct verified *found)
{
	const struct store_address *address = &options->config.address;
	const char *why = "its ids cannot be skipped: check the disk";
	struct engine *engine;
	if (options->skip_ids && !restore_skip_ids(address, NULL, &why))
		return refuse(address->dir, why);
	if (!verify_database(address, NULL, true, found))
		return false;
	if (found->problems > 0)
		return refuse(address->dir,
			      "has the problems above, which are in the dump too. No server opens "
			      "it: repair the dumped database, or load an earlier dump");
	if (!open_engine(&options->config, &engine))
		return false;
	enum err err = load_finish(engine);
	engine_close(engine);
	return err == ERR_OK || refuse(address->dir, "cannot be written: check the disk");
}

static int run(void *target, const struct options_args *args)
{
	const struct load_options *options = target;
	const char *file = args->items[0];
	uint64_t began_ns = clock_system.mono_ns(&clock_system);
	struct verified found = {0};
	broken_pages_catch(1, true);
	bool is_pipe = strcmp(file, "-") == 0;
	int fd = is_pipe ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refuse(file, strerror(errno)) ? 0 : 1;
	bool ok = read_dump(&options->config, fd, file) && finish(options, &found);
	if (!is_pipe)
		close(fd);
	if (!ok)
		return 1;
	double seconds = (double)(clock_system.mono_ns(&clock_system) - began_ns) / 1e9;
	printf("%s: loaded %llu users, verified %llu records, 0 problems, %.1f s\n",
	       options->config.address.dir, (unsigned long long)found.users,
	       (unsigned long long)found.records, seconds);
	return 0;
}

int load_main(int argc, char **argv)
{
	static const struct config_command command = {
	    .name = "load",
	    .usage = "referd load FILE [--skip-ids] [--data DIR | --store ADDRESS]",
	    .about = "Loads the dump in FILE into the database in --data or --store, which must "
		     "not have data, and verifies it; - reads from standard input. The secret key "
		     "must be that of the dumped database. No server opens the database before the "
		     "load has ended.",
	    .min_args = 1,
	    .max_args = 1,
	    .options = own,
	    .n_options = sizeof own / sizeof *own,
	};
	struct load_options options = {0};
	return config_run(&command, argc, argv, &options, run);
}
