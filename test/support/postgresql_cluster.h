/*
 * A PostgreSQL cluster of a test: a directory below /tmp, a socket in it, and a server that ends
 * with the test. It syncs as a real one does.
 */
#ifndef SUPPORT_POSTGRESQL_CLUSTER_H
#define SUPPORT_POSTGRESQL_CLUSTER_H

#include <stdbool.h>
#include <sys/types.h>

#include "scratch.h"

struct postgresql_cluster {
	char dir[SCRATCH_PATH];
	char address[SCRATCH_PATH + 64]; /* for PQconnectdb; also "host=... user=..." for people */
	pid_t server;
};

/** Makes and starts a cluster with the database `postgres` and the superuser `referd`. As root, the
 * server runs as the user postgres. The default collation is not "C". False if PostgreSQL is not
 * installed; any other failure ends the process. */
bool postgresql_cluster_start(struct postgresql_cluster *c);
void postgresql_cluster_stop(struct postgresql_cluster *c);

/** Runs SQL with psql and copies the first line of its output to answer (of `size` bytes; NULL: the
 * output is dropped). A statement that fails ends the process. */
void postgresql_run(const struct postgresql_cluster *c, const char *database, const char *sql,
		    char *answer, size_t size);
/** Begins a psql that runs the statements, a list that ends with NULL, and goes on without it. The
 * caller waits for its end with waitpid. */
pid_t postgresql_begin(const struct postgresql_cluster *c, const char *database,
		       const char *const statements[]);

#endif
