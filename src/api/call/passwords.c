/*
 * Owns the process that derives keys from passwords, and the queue of its jobs. Never derives a key
 * itself, because the loop would wait. Called by the calls that check or set a password.
 */
#include "passwords.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/log.h"

enum { REAP_AGAIN_MS = 20 };

struct passwords {
	struct passwords_config config;
	int fd;    /* the socket of the process; -1: it does not run, or is being killed */
	pid_t pid; /* 0: there is no process, and none that must be waited for */
	bool busy; /* the process works on the first job */
	struct password_job *first, **end;
	size_t n;
	struct event *readable; /* while fd is open */
	struct event *timer;    /* the end of a job's time, or the next look at a killed process */
};

const char *const PASSWORDS_COMMAND[] = {"/proc/self/exe", "password-helper", NULL};

static void pump(struct passwords *p);

static void set_timer(struct passwords *p, unsigned ms)
{
	const struct timeval wait = {.tv_sec = (time_t)(ms / 1000),
				     .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
	/* If memory runs out, the job has no time limit; the end of the process still ends it. */
	(void)evtimer_add(p->timer, &wait);
}

static void end_first(struct passwords *p, enum err err, const uint8_t *key)
{
	struct password_job *job = p->first;
	p->first = job->next;
	if (p->first == NULL)
		p->end = &p->first;
	p->n--;
	p->busy = false;
	(void)evtimer_del(p->timer);
	crypto_wipe(&job->request, sizeof job->request);
	job->done(job, err, key);
}

/* ---- the process ---- */

/* Its exit status is collected by a later call of ready, so that the loop does not wait for it. */
static void kill_process(struct passwords *p)
{
	if (p->readable != NULL)
		event_free(p->readable);
	p->readable = NULL;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	if (p->pid > 0)
		(void)kill(p->pid, SIGKILL);
}

static void lose_process(struct passwords *p, const char *why)
{
	log_warn("passwords.process_ended", LOG_STR("why", why));
	kill_process(p);
	if (p->busy)
		end_first(p, ERR_IO, NULL);
	pump(p);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct passwords *p = arg;
	struct password_answer answer;
	(void)what;
	const ssize_t n = recv(fd, &answer, sizeof answer, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != (ssize_t)sizeof answer || !p->busy) {
		lose_process(p, n == 0 ? "it closed its socket" : "its answer cannot be read");
		return;
	}
	end_first(p, (enum err)answer.err, answer.err == ERR_OK ? answer.key : NULL);
	crypto_wipe(&answer, sizeof answer);
	pump(p);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct passwords *p = arg;
	(void)fd;
	(void)what;
	if (p->busy)
		lose_process(p, "it took too long");
	else
		pump(p);
}

/* The process gets no descriptor of the server except the socket. Returns 0, or an errno. */
static int spawn(const char *const *command, int socket, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);
	if (error != 0)
		return error;
	if ((error = posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO)) == 0 &&
	    (error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
						      O_WRONLY, 0)) == 0 &&
	    (error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)) == 0)
		/* The kernel copies the arguments, so they are not changed. */
		error = posix_spawn(pid, command[0], &actions, NULL,
				    (char *const *)(uintptr_t)command, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static bool start_process(struct passwords *p)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		log_warn("passwords.process_not_started", LOG_STR("why", strerror(errno)));
		return false;
	}
	const int error = spawn(p->config.command, ends[1], &p->pid);
	close(ends[1]);
	p->fd = ends[0];
	p->readable =
	    event_new(loop_events(p->config.loop), p->fd, EV_READ | EV_PERSIST, on_readable, p);
	if (error == 0 && p->readable != NULL && event_add(p->readable, NULL) == 0)
		return true;
	if (error != 0)
		p->pid = 0;
	log_warn("passwords.process_not_started",
		 LOG_STR("why", error != 0 ? strerror(error) : "out of memory"));
	kill_process(p);
	return false;
}

/* Has a killed process ended? */
static bool is_reaped(struct passwords *p)
{
	if (p->fd < 0 && p->pid > 0 && waitpid(p->pid, NULL, WNOHANG) != 0)
		p->pid = 0;
	return p->fd >= 0 || p->pid == 0;
}

/* ---- the queue ---- */

static bool send_first(struct passwords *p)
{
	const struct password_request *request = &p->first->request;
	const ssize_t n = send(p->fd, request, sizeof *request, MSG_NOSIGNAL | MSG_DONTWAIT);
	crypto_wipe(&p->first->request, sizeof p->first->request);
	return n == (ssize_t)sizeof *request;
}

static void pump(struct passwords *p)
{
	while (p->first != NULL && !p->busy) {
		if (!is_reaped(p)) {
			set_timer(p, REAP_AGAIN_MS);
			return;
		}
		if (p->fd < 0 && !start_process(p)) {
			end_first(p, ERR_IO, NULL);
		} else if (!send_first(p)) {
			kill_process(p);
			end_first(p, ERR_IO, NULL);
		} else {
			p->busy = true;
			set_timer(p, p->config.timeout_ms);
		}
	}
}

enum err passwords_start(struct passwords *p, struct password_job *job)
{
	if (p->n == PASSWORDS_QUEUE_MAX)
		return ERR_BUSY;
	job->next = NULL;
	*p->end = job;
	p->end = &job->next;
	p->n++;
	/* The timer starts the job in a later dispatch, because `done` must not be called here. */
	if (p->n == 1)
		set_timer(p, 0);
	return ERR_OK;
}

struct passwords *passwords_open(const struct passwords_config *config)
{
	struct passwords *p = calloc(1, sizeof *p);
	if (p == NULL)
		return NULL;
	p->config = *config;
	p->fd = -1;
	p->end = &p->first;
	p->timer = evtimer_new(loop_events(config->loop), on_timer, p);
	if (p->timer != NULL)
		return p;
	free(p);
	return NULL;
}

void passwords_close(struct passwords *p)
{
	if (p == NULL)
		return;
	kill_process(p);
	if (p->pid > 0)
		(void)waitpid(p->pid, NULL, 0);
	event_free(p->timer);
	free(p);
}
