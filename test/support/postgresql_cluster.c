/* Owns the clusters of tests. Never keeps one: the directory goes with the server. Called by the
 * suites that need a real PostgreSQL. */
#include "postgresql_cluster.h"

#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static void fail(const char *what)
{
	fprintf(stderr, "postgresql_cluster: %s\n", what);
	abort();
}

/* The newest version that Debian's packages have installed. */
static bool find_program(const char *name, char out[128])
{
	glob_t found = {0};
	char pattern[128];
	(void)snprintf(pattern, sizeof pattern, "/usr/lib/postgresql/*/bin/%s", name);
	bool ok = glob(pattern, 0, NULL, &found) == 0;
	if (ok)
		(void)snprintf(out, 128, "%s", found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
	return ok;
}

static const struct passwd *server_user(void)
{
	return getuid() == 0 ? getpwnam("postgres") : NULL;
}

/* The server refuses to run as root, and must not outlive the test. */
static pid_t run(const char *const argv[], const char *log)
{
	const struct passwd *user = server_user();
	pid_t parent = getpid(), pid = fork();
	if (pid != 0)
		return pid;
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666);
	bool ok = fd >= 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2;
	if (user != NULL)
		ok = ok && setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0;
	ok = ok && prctl(PR_SET_PDEATHSIG, SIGINT) == 0 && getppid() == parent;
	if (ok && chdir("/") == 0)
		execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static void make_cluster(const char *data, const char *log)
{
	char program[128];
	int status;
	if (!find_program("initdb", program))
		fail("there is no initdb");
	const char *const argv[] = {program,
				    "-D",
				    data,
				    "-U",
				    "referd",
				    "-A",
				    "trust",
				    "-E",
				    "UTF8",
				    "--no-sync",
				    "--locale=C.UTF-8",
				    "--locale-provider=icu",
				    "--icu-locale=en",
				    NULL};
	pid_t pid = run(argv, log);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "see %s\n", log);
		fail("initdb failed");
	}
}

/* The server writes "ready" into its lock file when it accepts connections. */
static bool is_ready(const char *data)
{
	char path[256], text[512] = "";
	(void)snprintf(path, sizeof path, "%s/postmaster.pid", data);
	FILE *f = fopen(path, "r");
	size_t n = f == NULL ? 0 : fread(text, 1, sizeof text - 1, f);
	if (f != NULL)
		fclose(f);
	return n > 0 && strstr(text, "ready") != NULL;
}

bool postgresql_cluster_start(struct postgresql_cluster *c)
{
	char program[128], data[128], log[128];
	const struct passwd *user = server_user();
	if (!find_program("postgres", program) || (getuid() == 0 && user == NULL))
		return false;
	if (!scratch_make(c->dir) || (user != NULL && chown(c->dir, user->pw_uid, user->pw_gid)))
		fail("there is no directory");
	(void)snprintf(data, sizeof data, "%s/data", c->dir);
	(void)snprintf(log, sizeof log, "%s/log", c->dir);
	make_cluster(data, log);
	const char *const argv[] = {
	    program, "-D", data, "-k", c->dir, "-c", "listen_addresses=", NULL};
	c->server = run(argv, log);
	const struct timespec pause = {.tv_nsec = 10000000};
	for (int i = 0; !is_ready(data); i++) {
		if (c->server < 0 || i == 6000 || waitpid(c->server, NULL, WNOHANG) != 0)
			fail("the server did not start");
		nanosleep(&pause, NULL);
	}
	(void)snprintf(c->address, sizeof c->address, "host=%s user=referd dbname=postgres",
		       c->dir);
	return true;
}

void postgresql_cluster_stop(struct postgresql_cluster *c)
{
	if (c->server > 0) {
		kill(c->server, SIGINT);
		waitpid(c->server, NULL, 0);
	}
	pid_t pid = c->dir[0] == '\0' ? 0 : fork();
	if (pid == 0 && c->dir[0] != '\0') {
		execl("/bin/rm", "rm", "-rf", c->dir, (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	*c = (struct postgresql_cluster){0};
}

/* ---- SQL ---- */

enum { WORDS = 9, STATEMENTS_MAX = 4 };

/* Its output goes to the descriptor `out`. */
static pid_t start_psql(const struct postgresql_cluster *c, const char *database,
			const char *const statements[], int out)
{
	const char *argv[WORDS + 2 * STATEMENTS_MAX + 1] = {
	    "psql", "-XqtA", "-vON_ERROR_STOP=1", "-h", c->dir, "-U", "referd", "-d", database};
	size_t n = WORDS;
	for (size_t i = 0; statements[i] != NULL && i < STATEMENTS_MAX; i++) {
		argv[n++] = "-c";
		argv[n++] = statements[i];
	}
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	if (dup2(out, STDOUT_FILENO) == STDOUT_FILENO && prctl(PR_SET_PDEATHSIG, SIGTERM) == 0)
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

pid_t postgresql_begin(const struct postgresql_cluster *c, const char *database,
		       const char *const statements[])
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	pid_t pid = start_psql(c, database, statements, nowhere);
	if (nowhere < 0 || pid < 0)
		fail("psql does not start");
	(void)close(nowhere);
	return pid;
}

void postgresql_run(const struct postgresql_cluster *c, const char *database, const char *sql,
		    char *answer, size_t size)
{
	int ends[2], status;
	char line[256], rest[256];
	if (pipe2(ends, O_CLOEXEC) != 0)
		fail("no pipe for psql");
	pid_t pid = start_psql(c, database, (const char *const[]){sql, NULL}, ends[1]);
	(void)close(ends[1]);
	FILE *f = fdopen(ends[0], "r");
	if (pid < 0 || f == NULL)
		fail("psql does not start");
	bool any = fgets(line, sizeof line, f) != NULL;
	while (fgets(rest, sizeof rest, f) != NULL)
		continue;
	(void)fclose(f);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		fail(sql);
	line[any ? strcspn(line, "\n") : 0] = '\0';
	if (answer != NULL)
		(void)snprintf(answer, size, "%s", line);
}
