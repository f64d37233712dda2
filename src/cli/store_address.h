/*
 * The address of a database, such as lmdb:/var/lib/referd. Every command that opens a database does
 * so through this header, so a further engine needs a scheme here and nothing in the commands.
 */
#ifndef CLI_STORE_ADDRESS_H
#define CLI_STORE_ADDRESS_H

#include "store/engine.h"

struct store_address {
	/* The DIR of lmdb:DIR, borrowed from the parsed text; "postgresql" for a PostgreSQL
	 * database, whose address may contain a password. */
	const char *dir;
	const char *postgresql; /* the whole address, borrowed, or NULL */
};

/** Parses "SCHEME:REST". NULL if the address is valid, else what is wrong with it (static or in a
 * thread-local buffer). */
const char *store_address_parse(const char *text, struct store_address *out) WARN_UNUSED;

/* How a command opens the database. */
struct store_access {
	bool read_only;   /* works beside a server, and sees one snapshot */
	const char *file; /* a backup, which is opened in place of the address; or NULL */
	bool plain; /* nothing is deferred: for a load, which writes in the order of the keys */
	bool first_start; /* as in struct engine_lmdb_config */
	/* Only PostgreSQL uses these two. Without a name, the command only reads. */
	const char *node_name;
	struct event_base *events; /* of the loop; NULL in a command without a loop */
	uint64_t map_size;
	uint64_t lost_kinds; /* set by store_address_open: see engine_lmdb_lost_kinds */
};

/** Opens the engine at the address. Errors and *why as engine_lmdb_open; ERR_CORRUPT also if the
 * log of the newest e-mail addresses is damaged. */
enum err store_address_open(const struct store_address *address, struct store_access *access,
			    struct engine **out, const char **why) WARN_UNUSED;
/** Says why store_open refused the database at an address. Static. */
const char *store_address_refusal(enum err err);

#endif
