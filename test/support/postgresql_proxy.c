/* Owns the process that forwards bytes between clients and the server of a test's cluster. Never
 * understands them, except the name in the first packet. Called by the suites that break
 * connections. */
#include "postgresql_proxy.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { PAIRS_MAX = 64, CHUNK = 8192, LOOK_MS = 10 };

struct pair {
	int fds[PROXY_WAYS]; /* from which the bytes of each way come; -1: no connection */
	bool known, watched;
};

struct forwarder {
	struct proxy_wire *wire;
	struct pair pairs[PAIRS_MAX];
	int listener;
	const char *word;
	struct sockaddr_un server;
};

static void fail(const char *what)
{
	fprintf(stderr, "postgresql_proxy: %s\n", what);
	abort();
}

static struct sockaddr_un address_in(const char *dir)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	(void)snprintf(a.sun_path, sizeof a.sun_path, "%s/.s.PGSQL.5432", dir);
	return a;
}

static void close_pair(struct pair *p)
{
	for (size_t i = 0; i < PROXY_WAYS; i++) {
		if (p->fds[i] >= 0)
			(void)close(p->fds[i]);
		p->fds[i] = -1;
	}
}

static void accept_client(struct forwarder *f)
{
	int client = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC);
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t i = 0;
	while (i < PAIRS_MAX && f->pairs[i].fds[0] >= 0)
		i++;
	if (client < 0 || server < 0 || i == PAIRS_MAX ||
	    connect(server, (const struct sockaddr *)&f->server, sizeof f->server) != 0) {
		(void)close(client);
		(void)close(server);
		return;
	}
	f->pairs[i] = (struct pair){.fds = {[TO_SERVER] = client, [TO_CLIENT] = server}};
}

static bool send_all(int fd, const char *bytes, size_t n)
{
	for (ssize_t sent; n > 0; bytes += sent, n -= (size_t)sent)
		if ((sent = send(fd, bytes, n, MSG_NOSIGNAL)) <= 0)
			return false;
	return true;
}

/* The first packet of a client has the name of its connection. */
static void learn(const struct forwarder *f, struct pair *p, const char *bytes, size_t n)
{
	char end[64];
	int size = snprintf(end, sizeof end, "%s", f->word);
	p->watched = memmem(bytes, n, end, (size_t)size + 1) != NULL;
	p->known = true;
}

static bool forward(struct forwarder *f, struct pair *p, enum proxy_way way)
{
	char bytes[CHUNK];
	ssize_t n = recv(p->fds[way], bytes, sizeof bytes, 0);
	if (n <= 0)
		return false;
	if (way == TO_SERVER && !p->known)
		learn(f, p, bytes, (size_t)n);
	size_t size = (size_t)n;
	bool cuts = false;
	if (p->watched) {
		uint64_t at = f->wire->cut_at[way], passed = f->wire->passed[way];
		cuts = at != 0 && passed + size >= at;
		if (cuts)
			size = at > passed ? (size_t)(at - passed) : 0;
		f->wire->passed[way] += size;
	}
	bool sent = send_all(p->fds[way == TO_SERVER ? TO_CLIENT : TO_SERVER], bytes, size);
	if (cuts) {
		f->wire->cut_at[way] = 0;
		f->wire->cuts++;
	}
	return sent && !cuts;
}

static void cut_watched(struct forwarder *f)
{
	if (!f->wire->cut_now)
		return;
	for (size_t i = 0; i < PAIRS_MAX; i++) {
		f->wire->cuts += f->pairs[i].watched;
		if (f->pairs[i].watched)
			close_pair(&f->pairs[i]);
		f->pairs[i].watched = false;
	}
	f->wire->cut_now = false;
}

static void run(struct forwarder *f)
{
	for (;;) {
		struct pollfd fds[1 + PAIRS_MAX * PROXY_WAYS];
		fds[0] = (struct pollfd){.fd = f->listener, .events = POLLIN};
		for (size_t i = 0; i < PAIRS_MAX * PROXY_WAYS; i++)
			fds[1 + i] = (struct pollfd){
			    .fd = f->pairs[i / PROXY_WAYS].fds[i % PROXY_WAYS], .events = POLLIN};
		if (poll(fds, sizeof fds / sizeof *fds, LOOK_MS) < 0)
			_exit(1);
		cut_watched(f);
		for (size_t i = 0; i < PAIRS_MAX * PROXY_WAYS; i++) {
			struct pair *p = &f->pairs[i / PROXY_WAYS];
			enum proxy_way way = (enum proxy_way)(i % PROXY_WAYS);
			if (fds[1 + i].revents != 0 && p->fds[way] == fds[1 + i].fd &&
			    !forward(f, p, way))
				close_pair(p);
		}
		if (fds[0].revents != 0)
			accept_client(f);
	}
}

void postgresql_proxy_start(struct postgresql_proxy *p, const struct postgresql_cluster *c,
			    const char *word)
{
	if (!scratch_make(p->dir) || chmod(p->dir, 0755) != 0)
		fail("there is no directory");
	p->wire =
	    mmap(NULL, sizeof *p->wire, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct forwarder f = {.wire = p->wire, .word = word, .server = address_in(c->dir)};
	struct sockaddr_un own = address_in(p->dir);
	for (size_t i = 0; i < PAIRS_MAX; i++)
		f.pairs[i] = (struct pair){.fds = {-1, -1}};
	f.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->wire == MAP_FAILED || f.listener < 0 ||
	    bind(f.listener, (const struct sockaddr *)&own, sizeof own) != 0 ||
	    listen(f.listener, PAIRS_MAX) != 0)
		fail("there is no socket");
	pid_t parent = getpid();
	p->process = fork();
	if (p->process == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent)
			run(&f);
		_exit(1);
	}
	(void)close(f.listener);
	if (p->process < 0)
		fail("there is no process");
}

void postgresql_proxy_stop(struct postgresql_proxy *p)
{
	char path[SCRATCH_PATH + 32];
	(void)kill(p->process, SIGKILL);
	(void)waitpid(p->process, NULL, 0);
	(void)munmap(p->wire, sizeof *p->wire);
	(void)snprintf(path, sizeof path, "%s/.s.PGSQL.5432", p->dir);
	(void)unlink(path);
	(void)rmdir(p->dir);
}
