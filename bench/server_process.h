/*
 * A server under load as a process: started, measured, stopped.
 */
#ifndef BENCH_SERVER_PROCESS_H
#define BENCH_SERVER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct server_process {
	pid_t pid;
	char url[128]; /* what it printed: "http://127.0.0.1:40123" */
};

/** Starts argv (NULL-terminated, found by path) with the extra environment `env` ("NAME=value",
 * NULL-terminated, may be NULL), its stderr appended to log_path, and waits up to 30 s for its
 * line "listening on URL". False with a message on stderr (the end of the log in it), and
 * nothing left running. */
bool server_start(const char *const *argv, const char *const *env, const char *log_path,
		  struct server_process *out) WARN_UNUSED;
/** SIGTERM, up to 15 s, then SIGKILL. True if it ended by itself with status 0. */
bool server_stop(struct server_process *s);

/** CPU time the process has used, ns; 0 if it is not there (or pid is 0). */
uint64_t server_cpu_ns(pid_t pid);
/** Resident memory, and the part that is not the database's map. 0 where not known. */
void server_memory_kib(pid_t pid, uint64_t *rss, uint64_t *anon);

/** Makes a private directory below `parent` (NULL: $TMPDIR or /var/tmp, which is a disk more often
 * than /tmp) and writes its path. False with a message. */
bool server_make_directory(const char *parent, char *path, size_t size) WARN_UNUSED;
/** Removes the directory and all in it. */
void server_remove_directory(const char *path);
/** True if the directory is in memory, where a durable write costs nothing. */
bool server_directory_is_memory(const char *path);

#endif
