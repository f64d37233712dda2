/*
 * Owns the walk over a database that somebody else may be using: opening it as a reader, telling what was
 * found. Never a rule (core/verify.h has them) and never a write. Called by main and by `referd backup`.
 */
#include "verify.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "core/verify.h"
#include "store/engine.h"
#include "store/store.h"

enum { SHOWN_MAX = 100 };

struct walk {
	struct verify verify;
	const char *name; /* of what is walked */
	struct store *store;
	bool opened, done;
	enum err err;
};

/* ---- pages that cannot be read ---- */

/* LMDB maps the file and trusts its pages: a file that was cut short, or whose inner pages were written
 * over, is met as a signal. */
static void on_broken_page(int number)
{
	static const char line[] = "referd: the file's pages are damaged or missing: restore a backup\n";
	(void)number;
	ssize_t ignored = write(STDERR_FILENO, line, sizeof line - 1);
	(void)ignored;
	_exit(1);
}

static void catch_broken_pages(void)
{
	const int numbers[] = {SIGBUS, SIGSEGV, SIGABRT};
	struct sigaction action = {.sa_handler = on_broken_page};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaction(numbers[i], &action, NULL);
}

/* ---- opening ---- */

static bool refuse(const char *name, const char *why)
{
	fprintf(stderr, "referd: %s %s\n", name, why);
	return false;
}

static bool open_store(struct walk *w, const char *dir, const char *file)
{
	const struct engine_lmdb_config lmdb = {.dir = dir, .file = file, .read_only = true};
	const struct store_config store = {0};
	struct engine *engine;
	const char *why = "";
	enum err err = engine_lmdb_open(&lmdb, &engine, &why);
	if (err != ERR_OK) {
		fprintf(stderr, "referd: the database in %s cannot be opened: %s\n", w->name, why);
		return false;
	}
	w->opened = true;
	err = engine_deferred_open(engine, 1u << KIND_EMAIL_INDEX.id, &engine);
	if (err == ERR_OK)
		err = store_open(engine, &store, &w->store);
	if (err == ERR_CORRUPT)
		return refuse(w->name, "has a damaged log of its newest e-mail addresses, or damaged sequences");
	return err == ERR_OK || refuse(w->name, "cannot be read");
}

struct code_key_read {
	struct command command;
	struct setting setting;
	struct codes *codes;
	enum err err;
};

static enum err code_key_decide(struct command *command, struct tx *tx)
{
	struct code_key_read *r = (struct code_key_read *)command;
	return tx_get(tx, &KIND_SETTING, &r->setting);
}

static void on_code_key(struct command *command, enum err err)
{
	struct code_key_read *r = (struct code_key_read *)command;
	r->err = err;
	if (err == ERR_OK && r->setting.value.n == CODE_KEY_SIZE)
		r->codes = codes_new((const uint8_t *)r->setting.value.p);
}

/* Without its key no address can be looked up. */
static bool read_codes(struct walk *w)
{
	struct code_key_read r = {
	    .command = {.decide = code_key_decide, .done = on_code_key},
	    .setting = {.name = TEXT("code_key")},
	    .err = store_query(w->store, &r.command),
	};
	while (r.err == ERR_OK && !store_idle(w->store))
		store_turn(w->store);
	w->verify.codes = r.codes;
	if (r.codes != NULL)
		return true;
	return refuse(w->name, r.err == ERR_NOT_FOUND ? "was never served: it has no settings"
						      : "has no usable code key in its settings");
}

/* ---- walking ---- */

static void on_slice(struct command *command, enum err err)
{
	struct walk *w = (struct walk *)command;
	const struct verify_problem *p = err == ERR_OK || err == ERR_CORRUPT || err == ERR_FORMAT
					     ? w->verify.problems
					     : NULL;
	uint64_t number = w->verify.n_problems;
	for (const struct verify_problem *each = p; each != NULL; each = each->next)
		number--;
	for (; p != NULL && number < SHOWN_MAX; p = p->next, number++)
		printf("%s %.*s: %.*s\n", p->kind, TEXT_ARGS(p->key), TEXT_ARGS(p->what));
	w->done = true;
	w->err = err;
}

static bool walk_all(struct walk *w)
{
	while (!w->verify.finished) {
		w->done = false;
		w->verify.problems = NULL;
		w->verify.command = (struct command){.decide = verify_decide, .done = on_slice};
		if (store_query(w->store, &w->verify.command) != ERR_OK)
			return refuse(w->name, "cannot be read");
		while (!w->done)
			store_turn(w->store);
		if (w->err == ERR_NO_MEMORY || w->err == ERR_IO)
			return refuse(w->name, w->err == ERR_IO ? "cannot be read to its end"
								: "needs more memory to be read");
	}
	return true;
}

bool verify_database(const char *dir, const char *file, struct verified *found)
{
	struct walk w = {.name = file != NULL ? file : dir};
	catch_broken_pages();
	setvbuf(stdout, NULL, _IOLBF, 0);
	bool ok = open_store(&w, dir, file) && read_codes(&w) && walk_all(&w);
	*found = (struct verified){w.opened, w.verify.n_records, w.verify.n_users, w.verify.n_problems};
	codes_free(w.verify.codes);
	store_close(w.store);
	return ok;
}

static int run(void *target, const struct options_args *args)
{
	const struct config *config = target;
	struct verified found;
	if (!verify_database(config->data, args->n > 0 ? args->items[0] : NULL, &found))
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
	    .name = "verify", .usage = "referd verify [FILE] [options]", .max_args = 1};
	struct config config = {0};
	return config_run(&command, argc, argv, &config, run);
}
