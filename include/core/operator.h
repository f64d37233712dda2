/*
 * Operators: people who sign in with a name and a password, see core/operator_records.h. Adding,
 * changing and removing them. Random bytes, derived keys and the time are arguments.
 */
#ifndef CORE_OPERATOR_H
#define CORE_OPERATOR_H

#include "core/operator_records.h"
#include "store/command.h"

/* The API adds at most OPERATORS_MAX operators, because the server keeps all of them in memory. */
enum { OPERATORS_MAX = 200, OPERATOR_PAGE = 256 };

/** The key of the record of the operator with this name, which is valid UTF-8. ERR_NO_MEMORY. */
enum err operator_key(struct text name, struct arena *arena,
		      uint8_t key[OPERATOR_KEY_SIZE]) WARN_UNUSED;
/** The scopes of a role: viewers read, editors write too, admins do everything. 0 for a number that
 * is not a role. */
uint64_t operator_scopes(uint64_t role);

struct operator_add {
	struct command command; /* decide: operator_add_decide */
	/* All members except id and password_version, which the command sets. */
	struct operator_record person;
};
/** ERR_REFUSED if an operator has this name. */
command_decide_fn operator_add_decide;

struct operator_change {
	struct command command;        /* decide: operator_change_decide */
	struct text key;               /* of the operator */
	uint64_t id;                   /* likewise */
	struct operator_record person; /* the new role, and the new password with password_ms */
	bool role, password;           /* which of them change */
	/* A new password ends the operator's sessions, except for the session with this hash.
	 * Empty: all of them. */
	struct text kept_session;
	/* If not 0, the command refuses a new password unless this is the version of the present
	 * password: somebody else may have set one since it was checked. */
	uint64_t expected_version;
};
/** Changes the operator, and in done has all of the record. ERR_NOT_FOUND; ERR_REFUSED: another
 * password was set in the meantime. */
command_decide_fn operator_change_decide;

struct operator_remove {
	struct command command; /* decide: operator_remove_decide */
	struct text key;
	uint64_t id;
};
/** Removes the operator; the operator's sessions work no longer. ERR_NOT_FOUND. */
command_decide_fn operator_remove_decide;

/* All operators by key, a page at a time. The last page has fewer than OPERATOR_PAGE operators. */
struct operator_list {
	struct command command; /* decide: operator_list_decide; a query */
	/* the key of the last operator of the previous page; empty: the first page */
	struct text after;
	struct operator_record operators[OPERATOR_PAGE];
	size_t n;
};
command_decide_fn operator_list_decide;

#endif
