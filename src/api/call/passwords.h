/*
 * The derivation of keys from passwords, in a process of its own: one at a time, in the order of
 * their arrival. The process starts with the first password. If it dies, its job fails and the next
 * job starts another process.
 */
#ifndef API_PASSWORDS_H
#define API_PASSWORDS_H

#include "base/loop.h"
#include "base/password.h"

enum { PASSWORDS_QUEUE_MAX = 16 /* jobs, with the job in progress */ };

struct passwords;
struct password_job;

/** Called once, during a later dispatch of the loop. key is NULL if err is not ERR_OK: ERR_INVALID
 * (the cost), ERR_NO_MEMORY, ERR_IO (the process does not work). */
typedef void password_done_fn(struct password_job *job, enum err err,
			      const uint8_t key[PASSWORD_KEY_SIZE]);

/* It lives until `done`. */
struct password_job {
	struct password_request request; /* wiped when it is sent or has failed */
	password_done_fn *done;
	void *arg;                 /* for `done` */
	struct password_job *next; /* for passwords.c */
};

struct passwords_config {
	struct loop *loop;
	const char *const *command; /* path, arguments, NULL: runs password_serve on its input */
	unsigned timeout_ms;        /* the process is killed after it */
};

/** The program itself as the process. */
extern const char *const PASSWORDS_COMMAND[];
enum { PASSWORDS_TIMEOUT_MS = 30000 };

/** NULL if memory runs out. */
struct passwords *passwords_open(const struct passwords_config *config);
/** Kills the process. Jobs that wait are dropped. NULL is fine. */
void passwords_close(struct passwords *passwords);
/** Queues the job. ERR_BUSY: the queue is full, and the job is not queued. */
enum err passwords_start(struct passwords *passwords, struct password_job *job) WARN_UNUSED;

#endif
