/* Owns the tests of log lines as they arrive at the other end of stderr; each must parse as JSON.
 * Never prints to the test's own stderr while it is redirected.
 * Run by make test. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/log.h"

struct capture {
	int kept, ends[2];
	char line[8192];
};

static int setup(void **state)
{
	struct capture *c = test_calloc(1, sizeof(*c));
	*state = c;
	c->kept = dup(STDERR_FILENO);
	if (pipe2(c->ends, O_CLOEXEC) != 0 || fcntl(c->ends[0], F_SETFL, O_NONBLOCK) != 0)
		return -1;
	log_set_level(LOG_INFO);
	return dup2(c->ends[1], STDERR_FILENO) < 0;
}

static int teardown(void **state)
{
	struct capture *c = *state;
	dup2(c->kept, STDERR_FILENO);
	close(c->kept);
	close(c->ends[0]);
	close(c->ends[1]);
	test_free(c);
	return 0;
}

/* The next line, parsed; NULL if nothing was written. */
static struct json *take(struct capture *c)
{
	struct json *line = NULL;
	const char *why;
	ssize_t n = read(c->ends[0], c->line, sizeof(c->line));
	if (n <= 0)
		return NULL;
	assert_int_equal(c->line[n - 1], '\n');
	assert_true(n <= 4096);
	assert_int_equal(json_parse(text_from(c->line, (size_t)n), &line, &why), ERR_OK);
	return line;
}

static bool has_text(const struct json *line, const char *name, const char *value)
{
	struct text t;
	return json_string(json_get(line, name), &t) && text_eq(t, text_of(value));
}

static void a_line_is_one_object(void **state)
{
	errno = 77;
	log_info("webhook.disabled", LOG_U64("webhook_id", 7), LOG_STR("reason", "a \"quote\"\n"));
	assert_int_equal(errno, 77);
	struct json *line = take(*state);
	uint64_t id = 0;
	struct text time;
	assert_true(has_text(line, "level", "info"));
	assert_true(has_text(line, "event", "webhook.disabled"));
	assert_true(has_text(line, "reason", "a \"quote\"\n"));
	assert_true(json_u64(json_get(line, "webhook_id"), false, &id) && id == 7);
	assert_true(json_string(json_get(line, "time"), &time) && time.n == 24);
	json_free(line);
}

static void levels_hide_lines(void **state)
{
	enum log_level level = LOG_ERROR;
	log_debug("hidden", LOG_U64("a", 1));
	assert_null(take(*state));
	assert_false(log_parse_level(TEXT("Debug"), &level));
	assert_int_equal(level, LOG_ERROR);
	assert_true(log_parse_level(TEXT("debug"), &level));
	log_set_level(level);
	log_debug("shown", LOG_U64("a", 1));
	struct json *line = take(*state);
	assert_true(has_text(line, "level", "debug"));
	json_free(line);
	assert_true(log_parse_level(TEXT("error"), &level));
	log_set_level(level);
	log_warn("hidden", LOG_U64("a", 1));
	assert_null(take(*state));
}

static void a_long_line_is_cut_at_a_field(void **state)
{
	static char big[5000];
	memset(big, 'x', sizeof(big));
	log_error("long", LOG_U64("kept", 1), LOG_TEXT("big", text_from(big, sizeof(big))),
		  LOG_U64("after", 2));
	struct json *line = take(*state);
	bool cut = false;
	assert_non_null(json_get(line, "kept"));
	assert_null(json_get(line, "big"));
	assert_null(json_get(line, "after"));
	assert_true(json_bool(json_get(line, "cut"), &cut) && cut);
	json_free(line);
	/* Every length around the limit gives a complete line that is short enough. */
	for (size_t n = 3800; n < 4100; n++) {
		log_error("edge", LOG_TEXT("big", text_from(big, n)));
		json_free(take(*state));
	}
}

static void invalid_utf_8_does_not_break_a_line(void **state)
{
	log_info("raw", LOG_STR("value", "a\xFF"
					 "b"));
	struct json *line = take(*state);
	assert_true(has_text(line, "value", "a?b"));
	json_free(line);
}

static void lines_lost_to_a_full_pipe_are_counted(void **state)
{
	struct capture *c = *state;
	char filler[4096] = {0};
	uint64_t lost = 0;
	fcntl(c->ends[1], F_SETFL, O_NONBLOCK);
	while (write(c->ends[1], filler, sizeof(filler)) > 0)
		continue;
	fcntl(c->ends[1], F_SETFL, 0); /* a write would block for ever now */
	log_info("lost", LOG_U64("a", 1));
	log_info("lost", LOG_U64("a", 2));
	while (read(c->ends[0], c->line, sizeof(c->line)) > 0)
		continue;
	log_info("written", LOG_U64("a", 3));
	struct json *line = take(c);
	assert_true(json_u64(json_get(line, "lost_lines"), false, &lost) && lost == 2);
	json_free(line);
	log_info("written", LOG_U64("a", 4));
	line = take(c);
	assert_null(json_get(line, "lost_lines"));
	json_free(line);
}

#define case_of(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    case_of(a_line_is_one_object),
	    case_of(levels_hide_lines),
	    case_of(a_long_line_is_cut_at_a_field),
	    case_of(invalid_utf_8_does_not_break_a_line),
	    case_of(lines_lost_to_a_full_pipe_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
