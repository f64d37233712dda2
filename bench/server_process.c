/*
 * Owns the servers as child processes, and the reading of /proc.
 * Never sends HTTP, and never signals a process that it did not start.
 * Called by session.c and compare.c to start and stop servers, and by load.c to measure them.
 */
#include "server_process.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_LIMIT_MS = 30000, STOP_LIMIT_MS = 15000 };

static uint64_t server_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* In the child: never returns. */
static void server_exec(const char *const *argv, const char *const *env, int out, const char *log)
{
	char *args[32];
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	/* The servers end with the load tool, also if it is killed. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(out, STDOUT_FILENO);
	if (fd >= 0)
		dup2(fd, STDERR_FILENO);
	for (size_t i = 0; env != NULL && env[i] != NULL; i++)
		putenv(strdup(env[i]));
	size_t n = 0;
	for (; n < 31 && argv[n] != NULL; n++)
		args[n] = strdup(argv[n]);
	args[n] = NULL;
	if (args[0] != NULL) {
		execv(args[0], args);
		perror(args[0]);
	}
	_exit(127);
}

/* Reads lines until the line with the address. */
static bool server_read_url(int fd, struct server_process *s)
{
	static const char ready[] = "listening on ";
	char text[4096];
	size_t n = 0;
	uint64_t end = server_now_ms() + START_LIMIT_MS, now;
	while ((now = server_now_ms()) < end && n < sizeof text - 1) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (poll(&p, 1, (int)(end - now)) <= 0)
			continue;
		ssize_t got = read(fd, text + n, sizeof text - 1 - n);
		if (got <= 0)
			return false;
		n += (size_t)got;
		text[n] = '\0';
		const char *at = strstr(text, ready);
		if (at != NULL && strchr(at, '\n') != NULL)
			return sscanf(at + sizeof ready - 1, "%127s", s->url) == 1;
	}
	return false;
}

/* The log is removed with its directory, so its end is shown now. */
static void server_show_log(const char *path)
{
	char text[2001];
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return;
	if (fseek(f, 1 - (long)sizeof text, SEEK_END) != 0)
		rewind(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fprintf(stderr, "%s", text);
	fclose(f);
}

bool server_start(const char *const *argv, const char *const *env, const char *log_path,
		  struct server_process *out)
{
	int pipe_fds[2];
	if (pipe2(pipe_fds, O_CLOEXEC) != 0)
		return false;
	out->pid = fork();
	if (out->pid == 0)
		server_exec(argv, env, pipe_fds[1], log_path);
	close(pipe_fds[1]);
	bool ok = out->pid > 0 && server_read_url(pipe_fds[0], out);
	/* The pipe stays open, because a server that prints later must not get SIGPIPE. */
	if (ok)
		return true;
	close(pipe_fds[0]);
	fprintf(stderr, "referd-bench: %s did not start\n", argv[0]);
	server_show_log(log_path);
	if (out->pid > 0)
		server_stop(out);
	return false;
}

bool server_stop(struct server_process *s)
{
	int status = 0;
	pid_t ended = 0;
	if (s->pid <= 0)
		return false;
	kill(s->pid, SIGTERM);
	uint64_t end = server_now_ms() + STOP_LIMIT_MS;
	while ((ended = waitpid(s->pid, &status, WNOHANG)) == 0 && server_now_ms() < end)
		poll(NULL, 0, 5);
	if (ended == 0) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, &status, 0);
	}
	s->pid = 0;
	return ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

uint64_t server_cpu_ns(pid_t pid)
{
	clockid_t clock;
	struct timespec t;
	if (pid <= 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
		return 0;
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

void server_memory_kib(pid_t pid, uint64_t *rss, uint64_t *anon)
{
	char line[128];
	*rss = *anon = 0;
	if (pid <= 0)
		return;
	snprintf(line, sizeof line, "/proc/%ld/status", (long)pid);
	FILE *f = fopen(line, "re");
	if (f == NULL)
		return;
	unsigned long long v;
	while (fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "VmRSS: %llu", &v) == 1)
			*rss = v;
		else if (sscanf(line, "RssAnon: %llu", &v) == 1)
			*anon = v;
	}
	fclose(f);
}

bool server_make_directory(const char *parent, char *path, size_t size)
{
	if (parent == NULL)
		parent = getenv("TMPDIR");
	if (parent == NULL)
		parent = "/var/tmp";
	int n = snprintf(path, size, "%s/referd-bench-XXXXXX", parent);
	if (n > 0 && (size_t)n < size && mkdtemp(path) != NULL)
		return true;
	fprintf(stderr, "referd-bench: cannot create a directory in %s: %s\n", parent,
		strerror(errno));
	return false;
}

static int server_remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

void server_remove_directory(const char *path)
{
	nftw(path, server_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

bool server_directory_is_memory(const char *path)
{
	struct statfs fs;
	return statfs(path, &fs) == 0 && (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}
