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

/** Ends the server without a checkpoint, and starts it again. */
void postgresql_cluster_restart(struct postgresql_cluster *c);
/** Kills all processes of the server. Its data stay. */
void postgresql_cluster_kill(struct postgresql_cluster *c);
/** Makes a standby of the primary in the directory of c, which is new if c is all zero, and
 * starts it. The standby's data replace the data of an earlier server, which has ended. */
void postgresql_cluster_follow(struct postgresql_cluster *c,
			       const struct postgresql_cluster *primary);

/** Runs SQL with psql and copies the first line of its output to answer (of `size` bytes; NULL: the
 * output is dropped). A statement that fails ends the process. */
void postgresql_run(const struct postgresql_cluster *c, const char *database, const char *sql,
		    char *answer, size_t size);
/** Begins a psql that runs the statements, a list that ends with NULL, and goes on without it. The
 * caller waits for its end with waitpid. */
pid_t postgresql_begin(const struct postgresql_cluster *c, const char *database,
		       const char *const statements[]);

#endif
