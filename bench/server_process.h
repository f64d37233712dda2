/*
 * A server under load as a process: starting, measuring, stopping it.
 */
#ifndef BENCH_SERVER_PROCESS_H
#define BENCH_SERVER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct server_process {
	pid_t pid;
	char url[128]; /* printed by the server: "http://127.0.0.1:40123" */
};

/** Starts argv (NULL-terminated; argv[0] is a path) with the extra environment `env` ("NAME=value",
 * NULL-terminated, may be NULL). Appends its stderr to log_path, and waits up to 30 s for its line
 * "listening on URL". On failure, false and a message on stderr with the end of the log; then no
 * process is left. */
bool server_start(const char *const *argv, const char *const *env, const char *log_path,
		  struct server_process *out) WARN_UNUSED;
/** Sends SIGTERM, waits up to 15 s, then sends SIGKILL. True if the server ended with status 0
 * before the SIGKILL. */
bool server_stop(struct server_process *s);

/** CPU time of the process in ns; 0 if the process does not exist or pid is 0. */
uint64_t server_cpu_ns(pid_t pid);
/** Resident memory, and the part of it without the map of the database. 0 if not known. */
void server_memory_kib(pid_t pid, uint64_t *rss, uint64_t *anon);

/** Makes a private directory below `parent` and writes its path. NULL means $TMPDIR or /var/tmp,
 * which is on a disk more often than /tmp. On failure, false and a message. */
bool server_make_directory(const char *parent, char *path, size_t size) WARN_UNUSED;
/** Removes the directory and its contents. */
void server_remove_directory(const char *path);
/** True if the file system is in memory, where a durable write costs nothing. */
bool server_directory_is_memory(const char *path);

#endif
