/* Owns the schemes of addresses, and the engine that each scheme opens. Never reads a record.
 * Called by config.c, which parses --store, and by each command that opens a database.
 */
#include "store_address.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/record_kinds.h"

/* The schemes that this version opens, for messages. */
static const char known[] = "this version opens lmdb:DIR and postgresql://...";

/* NOLINTNEXTLINE(*-avoid-non-const-global-variables): the text of a refusal, of one thread */
static _Thread_local char refusal[200];

static const char *parse_lmdb(struct text rest, const char *text, struct store_address *out)
{
	if (rest.n == 0)
		return "has no directory: write lmdb:DIR, such as lmdb:/var/lib/referd";
	/* lmdb://DIR would be an absolute path, and lmdb:///DIR is one. */
	if (text_starts(rest, TEXT("//")) && !text_starts(rest, TEXT("///")))
		return "must have one or three slashes before an absolute path: write lmdb:DIR, "
		       "such as lmdb:/var/lib/referd";
	out->dir = text + (rest.p - text);
	return NULL;
}

const char *store_address_parse(const char *text, struct store_address *out)
{
	struct text scheme, rest;
	if (!text_cut(text_of(text), ':', &scheme, &rest)) {
		(void)snprintf(refusal, sizeof refusal, "is not an address: write SCHEME:PLACE; %s",
			       known);
		return refusal;
	}
	if (text_eq(scheme, TEXT("lmdb")))
		return parse_lmdb(rest, text, out);
	if (text_eq(scheme, TEXT("postgresql")) || text_eq(scheme, TEXT("postgres"))) {
		if (!text_starts(rest, TEXT("//")))
			return "is not a PostgreSQL address: write postgresql://HOST/DATABASE";
		*out = (struct store_address){.dir = "postgresql", .postgresql = text};
		return NULL;
	}
	(void)snprintf(refusal, sizeof refusal, "has the unknown scheme \"%.*s\": %s",
		       (int)(scheme.n < 40 ? scheme.n : 40), scheme.p, known);
	return refusal;
}

static enum err open_postgresql(const struct store_address *address,
				const struct store_access *access, struct engine **out,
				const char **why)
{
	const struct engine_postgresql_config config = {
	    .address = address->postgresql,
	    .node_name = access->read_only ? NULL : access->node_name,
	    .kinds = RECORD_KINDS_ALL,
	    .n_kinds = RECORD_KINDS_COUNT,
	    .events = access->events,
	};
	return engine_postgresql_open(&config, out, why);
}

enum err store_address_open(const struct store_address *address, struct store_access *access,
			    struct engine **out, const char **why)
{
	const struct engine_lmdb_config lmdb = {
	    .dir = access->file == NULL ? address->dir : NULL,
	    .file = access->file,
	    .map_size = access->map_size,
	    .read_only = access->read_only,
	    .first_start = access->first_start,
	};
	struct engine *engine;
	if (access->file == NULL && address->postgresql != NULL)
		return open_postgresql(address, access, out, why);
	enum err err = engine_lmdb_open(&lmdb, &engine, why);
	if (err != ERR_OK)
		return err;
	access->lost_kinds = engine_lmdb_lost_kinds(engine);
	if (!access->plain) {
		err = engine_deferred_open(engine, record_kinds_scattered(), &engine);
		*why = err == ERR_CORRUPT ? "it has a damaged log of its newest writes: "
					    "restore a backup"
					  : "its database cannot be read";
	}
	if (err == ERR_OK)
		*out = engine;
	return err;
}

const char *store_address_refusal(enum err err)
{
	if (err == ERR_CORRUPT)
		return "its sequences are damaged: restore a backup";
	if (err == ERR_REFUSED)
		return "it holds an unfinished load: remove this database, then load the dump "
		       "again";
	return "its database cannot be read";
}
