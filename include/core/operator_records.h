/*
 * The record of an operator: a person who signs in to the dashboard with a name and a password.
 */
#ifndef CORE_OPERATOR_RECORDS_H
#define CORE_OPERATOR_RECORDS_H

#include "core/records.h"

/* Called a record, because clang-format takes `operator` for the keyword of C++. */
struct operator_record {
	/* key: SHA-256 of the folded name (unicode_fold), so that names are unique */
	struct text key;
	uint64_t id;
	struct text name;
	uint64_t role; /* enum operator_role */
	uint64_t created_ms;
	/* The password: a key that scrypt derived from it with this cost and salt. */
	uint64_t n_log2, r, p;
	struct text salt, password_key;
	uint64_t password_ms;      /* when it was set */
	uint64_t password_version; /* 1, and one more for each further password */
};

/* The numbers are stored. */
enum operator_role { ROLE_VIEWER = 1, ROLE_EDITOR, ROLE_ADMIN, ROLE_END };

enum { OPERATOR_KEY_SIZE = 32, OPERATOR_NAME_MAX = 100 };

#endif
