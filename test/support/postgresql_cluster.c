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

struct paths {
	char data[SCRATCH_PATH + 8], log[SCRATCH_PATH + 8];
};

static struct paths paths_of(const struct postgresql_cluster *c)
{
	struct paths p;
	(void)snprintf(p.data, sizeof p.data, "%s/data", c->dir);
	(void)snprintf(p.log, sizeof p.log, "%s/log", c->dir);
	return p;
}

static void make_directory(struct postgresql_cluster *c)
{
	const struct passwd *user = server_user();
	if (!scratch_make(c->dir) || (user != NULL && chown(c->dir, user->pw_uid, user->pw_gid)))
		fail("there is no directory");
	(void)snprintf(c->address, sizeof c->address, "host=%s user=referd dbname=postgres",
		       c->dir);
}

static void start_server(struct postgresql_cluster *c)
{
	char program[128];
	const struct paths p = paths_of(c);
	if (!find_program("postgres", program))
		fail("there is no postgres");
	const char *const argv[] = {
	    program, "-D", p.data, "-k", c->dir, "-c", "listen_addresses=", NULL};
	c->server = run(argv, p.log);
	const struct timespec pause = {.tv_nsec = 10000000};
	for (int i = 0; !is_ready(p.data); i++) {
		if (c->server < 0 || i == 6000 || waitpid(c->server, NULL, WNOHANG) != 0)
			fail("the server did not start");
		nanosleep(&pause, NULL);
	}
}

bool postgresql_cluster_start(struct postgresql_cluster *c)
{
	char program[128];
	if (!find_program("postgres", program) || (getuid() == 0 && server_user() == NULL))
		return false;
	make_directory(c);
	const struct paths p = paths_of(c);
	make_cluster(p.data, p.log);
	start_server(c);
	return true;
}

/* ---- faults ---- */

static void remove_file(const char *dir, const char *name)
{
	char path[2 * SCRATCH_PATH];
	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	(void)unlink(path);
}

/* The lock file of a server that was killed would say that it is ready. */
static void forget_server(struct postgresql_cluster *c)
{
	(void)waitpid(c->server, NULL, 0);
	c->server = 0;
	remove_file(paths_of(c).data, "postmaster.pid");
	remove_file(c->dir, ".s.PGSQL.5432.lock");
}

void postgresql_cluster_restart(struct postgresql_cluster *c)
{
	(void)kill(c->server, SIGQUIT);
	forget_server(c);
	start_server(c);
}

/* The parent of a process, or 0. */
static pid_t parent_of(const char *process)
{
	char path[64], line[512];
	int parent = 0;
	(void)snprintf(path, sizeof path, "/proc/%.20s/stat", process);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return 0;
	const char *rest = fgets(line, sizeof line, f) != NULL ? strrchr(line, ')') : NULL;
	if (rest != NULL)
		parent = (int)strtol(rest + 4, NULL, 10);
	(void)fclose(f);
	return parent;
}

/* The stopped postmaster starts no process while its children die. */
void postgresql_cluster_kill(struct postgresql_cluster *c)
{
	const struct dirent *entry;
	(void)kill(c->server, SIGSTOP);
	DIR *processes = opendir("/proc");
	while (processes != NULL && (entry = readdir(processes)) != NULL)
		if (parent_of(entry->d_name) == c->server)
			(void)kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
	if (processes != NULL)
		(void)closedir(processes);
	(void)kill(c->server, SIGKILL);
	forget_server(c);
}

/* ---- standbys ---- */

void postgresql_cluster_follow(struct postgresql_cluster *c,
			       const struct postgresql_cluster *primary)
{
	char program[128];
	int status;
	if (c->dir[0] == '\0')
		make_directory(c);
	const struct paths p = paths_of(c);
	if (!find_program("pg_basebackup", program))
		fail("there is no pg_basebackup");
	const char *const clear[] = {"/bin/rm", "-rf", p.data, NULL};
	pid_t pid = run(clear, p.log);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		fail("the old data do not go");
	const char *const argv[] = {program,  "-D", p.data, "-h",   primary->dir, "-U",
				    "referd", "-R", "-c",   "fast", "--no-sync",  NULL};
	pid = run(argv, p.log);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		fail("pg_basebackup failed");
	start_server(c);
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
