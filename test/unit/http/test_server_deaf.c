/* Owns the proof that the server retries sockets that the kernel refused to watch.
 * Never uses a mock, except for the one call that must fail: epoll_ctl, which libevent makes.
 * Run by make test. */
#include "server_world.h"

#include <sys/epoll.h>
#include <sys/syscall.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static int failing; /* how many calls that add a descriptor fail */

/* libevent finds this one before the C library's. */
int epoll_ctl(int epoll, int op, int fd, struct epoll_event *event)
{
	if (op == EPOLL_CTL_ADD && failing > 0) {
		failing--;
		errno = ENOMEM;
		return -1;
	}
	return (int)syscall(SYS_epoll_ctl, epoll, op, fd, event);
}

static void assert_served(struct world *w, struct client *c)
{
	client_send(c, TEXT(GET("/x")));
	await(w, client_has(c, "\r\n\r\nhello") == 1);
	client_close(c);
}

static void the_listener_is_watched_again(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_open(&w, &http_limits_default);
	failing = 1;
	c = client_open(&w);
	assert_served(&w, &c);
	assert_int_equal(failing, 0);
	assert_int_equal(loop_failed_watches(w.loop), 1);
	world_close(&w);
}

/* It fails again before the second is over: the later failure is handled too. */
static void connections_are_watched_again(void **state)
{
	struct world w;
	struct client c[3];

	(void)state;
	world_open(&w, &http_limits_default);
	for (int i = 0; i < 3; i++) {
		c[i] = client_open(&w);
		failing = i < 2;
		await(&w, counters(&w)->accepted == (uint64_t)i + 1 && failing == 0);
	}
	for (int i = 0; i < 3; i++)
		assert_served(&w, &c[i]);
	assert_int_equal(loop_failed_watches(w.loop), 2);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_listener_is_watched_again),
	    cmocka_unit_test(connections_are_watched_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
