/* Owns the walk over a database that a server may be using: it opens the database as a reader and
 * prints the problems. Never contains a rule (core/verify.h has the rules), and never writes.
 * Called by main and by `referd backup`.
 */
#include "verify.h"

#include <stdio.h>
#include <string.h>

#include "broken_pages.h"
#include "config.h"
#include "core/verify.h"
#include "store/engine.h"
#include "store/store.h"

enum { SHOWN_MAX = 100 };

struct walk {
	struct verify verify;
	const char *name; /* of the database, for messages */
	struct store *store;
	bool opened, done;
	uint64_t lost_kinds; /* bits: key spaces that are missing from the file */
	uint64_t lost;       /* how many of them should exist */
	uint64_t n_warnings;
	enum err err;
};

/* ---- opening ---- */

static bool refuse(const char *name, const char *why)
{
	fprintf(stderr, "referd: %s %s\n", name, why);
	return false;
}

static bool open_store(struct walk *w, const struct store_address *address, const char *file,
		       bool unfinished)
{
	struct store_access access = {.file = file, .read_only = true};
	const struct store_config store = {.unfinished = unfinished};
	struct engine *engine;
	const char *why = "";
	enum err err = store_address_open(address, &access, &engine, &why);
	w->opened = err == ERR_OK || err == ERR_CORRUPT;
	if (err != ERR_OK) {
		fprintf(stderr, "referd: %s: %s\n", w->name, why);
		return false;
	}
	w->lost_kinds = access.lost_kinds;
	if ((err = store_open(engine, &store, &w->store)) == ERR_OK)
		return true;
	fprintf(stderr, "referd: %s: %s\n", w->name, store_address_refusal(err));
	return false;
}

/* The settings that the walk needs. */
struct settings_read {
	struct command command;
	struct setting code_key, kinds;
	struct codes *codes;
	uint64_t n_kinds; /* at the last start; 0: version 0.1 does not store it */
	enum err err;
};

static enum err settings_decide(struct command *command, struct tx *tx)
{
	struct settings_read *r = (struct settings_read *)command;
	enum err err = tx_get(tx, &KIND_SETTING, &r->kinds);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	return tx_get(tx, &KIND_SETTING, &r->code_key);
}

static void on_settings(struct command *command, enum err err)
{
	struct settings_read *r = (struct settings_read *)command;
	r->err = err;
	if (err == ERR_OK && r->code_key.value.n == CODE_KEY_SIZE)
		r->codes = codes_new((const uint8_t *)r->code_key.value.p);
	if (err == ERR_OK && !text_to_u64(r->kinds.value, &r->n_kinds))
		r->n_kinds = 0;
}

/* A missing key space takes its rows with it, and for some kinds no other check would notice. */
static void tell_lost_kinds(struct walk *w, uint64_t n_kinds)
{
	for (uint64_t kind = 0; kind < n_kinds && kind < RECORD_KINDS; kind++) {
		if ((w->lost_kinds >> kind & 1) == 0)
			continue;
		w->lost++;
		printf("kind %llu: its key space is missing from the file\n",
		       (unsigned long long)kind);
	}
}

static bool read_settings(struct walk *w)
{
	struct settings_read r = {
	    .command = {.decide = settings_decide, .done = on_settings},
	    .code_key = {.name = TEXT("code_key")},
	    .kinds = {.name = TEXT("kinds")},
	    .err = store_query(w->store, &r.command),
	};
	while (r.err == ERR_OK && !store_idle(w->store))
		store_wait(w->store);
	w->verify.codes = r.codes;
	tell_lost_kinds(w, r.n_kinds);
	if (r.codes != NULL) /* without the key, no address can be looked up */
		return true;
	return refuse(w->name, r.err == ERR_NOT_FOUND
				   ? "has no settings: no server ever used it, or they are lost"
				   : "has no usable code key in its settings");
}

/* ---- walking ---- */

static void on_slice(struct command *command, enum err err)
{
	struct walk *w = (struct walk *)command;
	const struct verify_problem *p =
	    err == ERR_OK || err == ERR_CORRUPT || err == ERR_FORMAT ? w->verify.problems : NULL;
	uint64_t number = w->verify.n_problems;
	for (const struct verify_problem *each = p; each != NULL; each = each->next)
		number -= !each->warning;
	for (; p != NULL; p = p->next) {
		uint64_t before = p->warning ? w->n_warnings++ : number++;
		if (before < SHOWN_MAX)
			printf("%s %.*s: %s%.*s\n", p->kind, TEXT_ARGS(p->key),
			       p->warning ? "warning: " : "", TEXT_ARGS(p->what));
	}
	w->done = true;
	w->err = err;
}

static bool walk_all(struct walk *w)
{
	while (!w->verify.finished) {
		uint64_t slices = w->verify.n_slices;
		w->done = false;
		w->verify.problems = NULL;
		w->verify.command = (struct command){.decide = verify_decide, .done = on_slice};
		if (store_query(w->store, &w->verify.command) != ERR_OK)
			return refuse(w->name, "cannot be read");
		while (!w->done)
			store_wait(w->store);
		if (w->err == ERR_NO_MEMORY)
			return refuse(w->name, "needs more memory to be read");
		if (w->err == ERR_IO || w->verify.n_slices == slices)
			return refuse(w->name, "cannot be read to its end: restore a backup");
	}
	return true;
}

bool verify_database(const struct store_address *address, const char *file, bool unfinished,
		     struct verified *found)
{
	struct walk w = {.name = file != NULL ? file : address->dir};
	broken_pages_catch(1, true);
	setvbuf(stdout, NULL, _IOLBF, 0);
	bool ok = open_store(&w, address, file, unfinished) && read_settings(&w) && walk_all(&w);
	*found = (struct verified){w.opened, w.verify.n_records, w.verify.n_users,
				   w.verify.n_problems + w.lost};
	codes_free(w.verify.codes);
	store_close(w.store);
	return ok;
}

static int run(void *target, const struct options_args *args)
{
	const struct config *config = target;
	struct verified found;
	if (!verify_database(&config->address, args->n > 0 ? args->items[0] : NULL, false, &found))
		return found.opened ? 1 : 2;
	if (found.problems > SHOWN_MAX)
		printf("... and %llu more\n", (unsigned long long)(found.problems - SHOWN_MAX));
	printf("verified %llu records, %llu problems\n", (unsigned long long)found.records,
	       (unsigned long long)found.problems);
	return found.problems == 0 ? 0 : 1;
}

int verify_main(int argc, char **argv)
{
	static const struct config_command command = {
	    .name = "verify",
	    .usage = "referd verify [FILE] [--data DIR | --store ADDRESS]",
	    .about =
		"Checks every record of the database in --data or --store, or of the backup in "
		"FILE. It only reads, and a server may use the database meanwhile. Prints a line "
		"for each problem. Exits with status 0 if there are no problems, 1 if there are, "
		"and 2 if it cannot open the database.",
	    .max_args = 1,
	};
	struct config config = {0};
	return config_run(&command, argc, argv, &config, run);
}
