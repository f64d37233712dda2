/* Owns the tests of the process that derives keys: its order, its bound, and its death. This
 * program is the process too, as the server is. Never knows an operator. Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/call/passwords.h"
#include "base/crypto.h"

/* So that a derivation takes no time. */
static const struct password_cost cheap = {.n_log2 = 4, .r = 1, .p = 1};

struct world {
	struct loop *loop;
	struct passwords *passwords;
};

struct job {
	struct password_job job;
	bool done, has_key;
	enum err err;
	uint8_t key[PASSWORD_KEY_SIZE];
	unsigned order;
};
static unsigned done_jobs;

static void on_done(struct password_job *job, enum err err, const uint8_t *key)
{
	struct job *j = (struct job *)job;
	static const struct password_request wiped;
	assert_memory_equal(&job->request, &wiped, sizeof wiped);
	j->done = true;
	j->err = err;
	j->has_key = key != NULL;
	j->order = ++done_jobs;
	if (key != NULL)
		memcpy(j->key, key, sizeof j->key);
}

static enum err start(struct world *w, struct job *j, const char *password)
{
	*j = (struct job){.job = {.request = {.cost = cheap}, .done = on_done}};
	j->job.request.n = strlen(password);
	memcpy(j->job.request.password, password, strlen(password));
	return passwords_start(w->passwords, &j->job);
}

static void wait_for(struct world *w, const struct job *j)
{
	while (!j->done)
		loop_turn(w->loop);
}

static void open_world(struct world *w, const char *mode, unsigned timeout_ms)
{
	static const char *command[3] = {"/proc/self/exe", NULL, NULL};
	command[1] = mode;
	done_jobs = 0;
	w->loop = loop_new(&clock_system);
	assert_non_null(w->loop);
	const struct passwords_config config = {
	    .loop = w->loop, .command = command, .timeout_ms = timeout_ms};
	w->passwords = passwords_open(&config);
	assert_non_null(w->passwords);
}

static void close_world(struct world *w)
{
	passwords_close(w->passwords);
	loop_free(w->loop);
}

static void the_process_derives_what_the_function_derives(void **state)
{
	static const uint8_t salt[PASSWORD_SALT_SIZE];
	uint8_t expected[PASSWORD_KEY_SIZE];
	struct world w;
	struct job first, second;
	(void)state;
	open_world(&w, "password-helper", PASSWORDS_TIMEOUT_MS);
	assert_int_equal(password_derive(TEXT("correct horse"), salt, &cheap, expected), ERR_OK);
	assert_int_equal(start(&w, &first, "correct horse"), ERR_OK);
	assert_int_equal(start(&w, &second, "another horse"), ERR_OK);
	assert_false(first.done);
	wait_for(&w, &first);
	wait_for(&w, &second);
	assert_true(first.order == 1 && second.order == 2);
	assert_int_equal(first.err, ERR_OK);
	assert_memory_equal(first.key, expected, sizeof expected);
	assert_memory_not_equal(second.key, expected, sizeof expected);
	close_world(&w);
}

static void the_queue_has_a_bound(void **state)
{
	struct world w;
	static struct job jobs[PASSWORDS_QUEUE_MAX + 1];
	(void)state;
	open_world(&w, "password-helper", PASSWORDS_TIMEOUT_MS);
	for (size_t i = 0; i < PASSWORDS_QUEUE_MAX; i++)
		assert_int_equal(start(&w, &jobs[i], "correct horse"), ERR_OK);
	assert_int_equal(start(&w, &jobs[PASSWORDS_QUEUE_MAX], "correct horse"), ERR_BUSY);
	for (size_t i = 0; i < PASSWORDS_QUEUE_MAX; i++) {
		wait_for(&w, &jobs[i]);
		assert_int_equal(jobs[i].order, i + 1);
	}
	assert_false(jobs[PASSWORDS_QUEUE_MAX].done);
	assert_int_equal(start(&w, &jobs[0], "correct horse"), ERR_OK);
	wait_for(&w, &jobs[0]);
	close_world(&w);
}

static void a_cost_beyond_the_memory_is_refused(void **state)
{
	struct world w;
	struct job job;
	(void)state;
	open_world(&w, "password-helper", PASSWORDS_TIMEOUT_MS);
	assert_int_equal(start(&w, &job, "correct horse"), ERR_OK);
	job.job.request.cost = (struct password_cost){.n_log2 = 20, .r = 32, .p = 1};
	wait_for(&w, &job);
	assert_int_equal(job.err, ERR_INVALID);
	assert_false(job.has_key);
	close_world(&w);
}

/* The first job of the process "dies" ends it, and so does the time of "hangs". */
static void a_job_whose_process_ends_fails_and_the_next_gets_a_new_process(void **state)
{
	static const struct {
		const char *mode;
		unsigned timeout_ms;
	} cases[] = {
	    {"dies", PASSWORDS_TIMEOUT_MS}, {"hangs", 50}, {"cannot", PASSWORDS_TIMEOUT_MS}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		struct job first, second, third;
		open_world(&w, cases[i].mode, cases[i].timeout_ms);
		assert_int_equal(start(&w, &first, "correct horse"), ERR_OK);
		assert_int_equal(start(&w, &second, "correct horse"), ERR_OK);
		wait_for(&w, &first);
		wait_for(&w, &second);
		assert_int_equal(start(&w, &third, "correct horse"), ERR_OK);
		wait_for(&w, &third);
		assert_true(first.err == ERR_IO && second.err == ERR_IO && third.err == ERR_IO);
		assert_false(first.has_key);
		close_world(&w);
	}
}

static void a_program_that_does_not_exist_is_an_error(void **state)
{
	static const char *const command[] = {"/nonexistent/referd", NULL};
	struct world w;
	struct job job;
	(void)state;
	w.loop = loop_new(&clock_system);
	const struct passwords_config config = {
	    .loop = w.loop, .command = command, .timeout_ms = 1};
	w.passwords = passwords_open(&config);
	assert_int_equal(start(&w, &job, "correct horse"), ERR_OK);
	wait_for(&w, &job);
	assert_int_equal(job.err, ERR_IO);
	close_world(&w);
}

static void a_process_that_waits_for_work_ends_with_the_server(void **state)
{
	struct world w;
	struct job job;
	(void)state;
	open_world(&w, "password-helper", PASSWORDS_TIMEOUT_MS);
	assert_int_equal(start(&w, &job, "correct horse"), ERR_OK);
	close_world(&w);
	assert_false(job.done);
}

static void a_password_has_a_length_and_visible_characters(void **state)
{
	(void)state;
	char longest[PASSWORD_MAX + 1];
	memset(longest, 'x', sizeof longest);
	assert_null(password_refusal(TEXT("twelve chars")));
	assert_non_null(password_refusal(TEXT("eleven char")));
	/* Characters count, not bytes. */
	assert_non_null(password_refusal(TEXT("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9")));
	assert_null(password_refusal(text_from(longest, PASSWORD_MAX)));
	assert_non_null(password_refusal(text_from(longest, PASSWORD_MAX + 1)));
	assert_non_null(password_refusal(TEXT("twelve\tchars and a tab")));
	assert_non_null(password_refusal(TEXT("twelve chars\xff")));
}

/* The beginning of the third vector of RFC 7914, section 12. */
static void scrypt_gives_the_bytes_of_the_rfc(void **state)
{
	static const uint8_t expected[] = {0xfd, 0xba, 0xbe, 0x1c, 0x9d, 0x34, 0x72, 0x00,
					   0x78, 0x56, 0xe7, 0x19, 0x0d, 0x01, 0xe9, 0xfe};
	const struct crypto_scrypt scrypt = {.n = 1024, .r = 8, .p = 16, .memory = 64 << 20};
	uint8_t out[sizeof expected];
	(void)state;
	assert_true(crypto_scrypt(TEXT("password"), TEXT("NaCl"), &scrypt, out, sizeof out));
	assert_memory_equal(out, expected, sizeof out);
}

/* The ways in which the process of a test behaves. */
static int be_process(const char *mode)
{
	struct password_request request;
	if (strcmp(mode, "password-helper") == 0)
		return password_serve(STDIN_FILENO);
	if (strcmp(mode, "dies") == 0)
		return read(STDIN_FILENO, &request, sizeof request) > 0 ? 3 : 0;
	if (strcmp(mode, "hangs") == 0)
		for (;;)
			(void)pause();
	return 1; /* before it has read a job */
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_process_derives_what_the_function_derives),
	    cmocka_unit_test(the_queue_has_a_bound),
	    cmocka_unit_test(a_cost_beyond_the_memory_is_refused),
	    cmocka_unit_test(a_job_whose_process_ends_fails_and_the_next_gets_a_new_process),
	    cmocka_unit_test(a_program_that_does_not_exist_is_an_error),
	    cmocka_unit_test(a_process_that_waits_for_work_ends_with_the_server),
	    cmocka_unit_test(a_password_has_a_length_and_visible_characters),
	    cmocka_unit_test(scrypt_gives_the_bytes_of_the_rfc),
	};
	return argc > 1 ? be_process(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
