/* Owns the tests of the resolver with the test's own files: a name server, then another one, and a
 * hosts file that appears and changes. Time stands still unless a test moves it, so no test waits
 * for the second between looks at the files or the half minute of the cache. Run by make test. */
#include "client_world.h"
#include "http/resolver.h"

struct files {
	struct clock_manual clock;
	struct loop *loop;
	struct resolver *resolver;
	struct receiver first, second;
	char resolv_conf[64], hosts[64];
	uint64_t queries;
};

struct found {
	int n;       /* callbacks */
	uint32_t v4; /* the first address, or 0 if it is not IPv4 */
	int family;
	char failure[128];
};

/* The address shows which server responded. evdns varies the case of names (0x20). */
static int answer_first(const char *name, int type, uint32_t out[8])
{
	out[0] = 0x0a000001;
	return strcasecmp(name, "changing.test") == 0 && type == 1 ? 1 : 0;
}

static int answer_second(const char *name, int type, uint32_t out[8])
{
	out[0] = 0x0a000002;
	return strcasecmp(name, "changing.test") == 0 && type == 1 ? 1 : 0;
}

static void write_file(const char *path, const char *text)
{
	char made[80];
	snprintf(made, sizeof(made), "%s.new", path);
	FILE *file = fopen(made, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(rename(made, path), 0);
}

static void name_server_is(struct files *f, uint16_t port)
{
	char line[64];
	snprintf(line, sizeof(line), "nameserver 127.0.0.1:%u\n", port);
	write_file(f->resolv_conf, line);
}

static int set_up_files(void **state)
{
	struct files *f = calloc(1, sizeof(*f));
	alarm(TEST_ALARM_S);
	clock_manual_init(&f->clock, 1000000000, 1000000);
	f->loop = loop_new(&f->clock.clock);
	f->first = receiver_start_dns(answer_first);
	f->second = receiver_start_dns(answer_second);
	snprintf(f->resolv_conf, sizeof(f->resolv_conf), "/tmp/referd-resolv.%d", (int)getpid());
	snprintf(f->hosts, sizeof(f->hosts), "/tmp/referd-hosts.%d", (int)getpid());
	*state = f;
	return f->loop == NULL;
}

static int tear_down_files(void **state)
{
	struct files *f = *state;
	resolver_close(f->resolver);
	loop_free(f->loop);
	receiver_stop(&f->first);
	receiver_stop(&f->second);
	unlink(f->resolv_conf);
	unlink(f->hosts);
	free(f);
	alarm(0);
	return 0;
}

static void open_resolver(struct files *f)
{
	const struct name_servers_config config = {.resolv_conf = f->resolv_conf,
						   .hosts = f->hosts};
	const char *why = NULL;
	assert_int_equal(resolver_open(f->loop, &config, 0, &f->queries, &f->resolver, &why),
			 ERR_OK);
}

static void on_answer(void *arg, const struct resolver_answer *answer)
{
	struct found *found = arg;
	found->n++;
	if (answer->failure != NULL) {
		snprintf(found->failure, sizeof(found->failure), "%s", answer->failure);
		return;
	}
	found->family = answer->addresses[0].sa.sa_family;
	if (found->family == AF_INET)
		found->v4 = ntohl(answer->addresses[0].v4.sin_addr.s_addr);
}

static struct found ask(struct files *f, const char *name)
{
	struct found found = {0};
	struct resolver_wait wait = {0};
	const struct resolver_answer *answer =
	    resolver_ask(f->resolver, name, &wait, on_answer, &found);
	if (answer != NULL)
		on_answer(&found, answer);
	while (found.n == 0)
		loop_turn(f->loop);
	return found;
}

/* Outside a turn the loop still has the time of its last turn. */
static void pass(struct files *f, uint64_t ms)
{
	clock_manual_advance(&f->clock, ms);
	loop_again(f->loop);
	loop_turn(f->loop);
	assert_int_equal(loop_mono_ns(f->loop), f->clock.now_mono_ns);
}

static void a_changed_name_server_is_used(void **state)
{
	struct files *f = *state;
	name_server_is(f, f->first.port);
	open_resolver(f);
	assert_int_equal(ask(f, "changing.test").v4, 0x0a000001);
	name_server_is(f, f->second.port);
	assert_int_equal(ask(f, "changing.test").v4,
			 0x0a000001); /* the file is checked once a second */
	pass(f, 1000);
	assert_int_equal(ask(f, "changing.test").v4, 0x0a000002);
	pass(f, 1000);
	assert_int_equal(ask(f, "changing.test").v4, 0x0a000002);
	assert_int_equal(f->queries, 2); /* nothing changed: cached */
	pass(f, 30000);
	assert_int_equal(ask(f, "changing.test").v4, 0x0a000002);
	assert_int_equal(f->queries, 3); /* the cache lasts half a minute */
}

static void a_name_server_may_come_and_go(void **state)
{
	struct files *f = *state;
	open_resolver(f);
	assert_non_null(strstr(ask(f, "changing.test").failure, "no name server"));
	name_server_is(f, f->first.port);
	pass(f, 1000);
	assert_int_equal(ask(f, "changing.test").v4, 0x0a000001);
	unlink(f->resolv_conf);
	pass(f, 1000);
	assert_non_null(strstr(ask(f, "changing.test").failure, "no name server"));
}

static void the_hosts_file_comes_first(void **state)
{
	struct files *f = *state;
	name_server_is(f, f->first.port);
	open_resolver(f);
	assert_int_equal(ask(f, "changing.test").v4, 0x0a000001);
	write_file(f->hosts, "10.0.0.3 other.test changing.test\n");
	pass(f, 1000);
	assert_int_equal(ask(f, "changing.test").v4, 0x0a000003);
	write_file(f->hosts, "2001:db8::3 changing.test\n");
	pass(f, 1000);
	assert_int_equal(ask(f, "changing.test").family, AF_INET6);
	unlink(f->hosts);
	pass(f, 1000);
	assert_int_equal(ask(f, "changing.test").v4, 0x0a000001);
}

static void the_hosts_file_works_without_a_name_server(void **state)
{
	struct files *f = *state;
	write_file(f->hosts, "10.0.0.3 changing.test\n");
	open_resolver(f);
	assert_int_equal(ask(f, "changing.test").v4, 0x0a000003);
	assert_non_null(strstr(ask(f, "else.test").failure, "no name server"));
}

/* AddressSanitizer finds a lookup that nothing frees. */
static void a_lookup_in_flight_is_freed_with_the_loop(void **state)
{
	struct files *f = *state;
	const int deaf = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	assert_int_equal(bind(deaf, (struct sockaddr *)&at, size), 0);
	assert_int_equal(getsockname(deaf, (struct sockaddr *)&at, &size), 0);
	name_server_is(f, ntohs(at.sin_port));
	open_resolver(f);
	struct found found = {0};
	struct resolver_wait wait = {0};
	assert_null(resolver_ask(f->resolver, "silent.test", &wait, on_answer, &found));
	resolver_cancel(&wait);
	close(deaf);
	assert_int_equal(found.n, 0);
}

#define FILES(f) cmocka_unit_test_setup_teardown(f, set_up_files, tear_down_files)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FILES(a_changed_name_server_is_used),
	    FILES(a_name_server_may_come_and_go),
	    FILES(the_hosts_file_comes_first),
	    FILES(the_hosts_file_works_without_a_name_server),
	    FILES(a_lookup_in_flight_is_freed_with_the_loop),
	};
	return cmocka_run_group_tests_name("resolver", tests, NULL, NULL);
}
