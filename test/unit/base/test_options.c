/* Owns the tests of options from all four sources, their errors, and the help text and Markdown
 * table made from the option table.
 * Never reads the process's own environment.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/options.h"

struct target {
	const char *listen, *public_url;
	uint64_t connections, max_body, drain;
	bool allow_http;
};

/* execve takes writable strings, but a literal is constant. */
#define VARIABLE(s) ((char[]){s})

#define FIELD(field) offsetof(struct target, field)

static const struct option table[] = {
    {.name = "listen",
     .type = OPTION_TEXT,
     .offset = FIELD(listen),
     .placeholder = "ADDR:PORT",
     .fallback = "127.0.0.1:8080",
     .help = "where to listen; port 0 picks one"},
    {.name = "public-url",
     .type = OPTION_TEXT,
     .offset = FIELD(public_url),
     .placeholder = "URL",
     .help = "what links begin with | as others see it"},
    {.name = "connections",
     .type = OPTION_U64,
     .offset = FIELD(connections),
     .placeholder = "N",
     .fallback = "10000",
     .min = 1,
     .max = 100000,
     .help = "open connections at most"},
    {.name = "max-body",
     .type = OPTION_SIZE,
     .offset = FIELD(max_body),
     .placeholder = "SIZE",
     .fallback = "64KiB",
     .min = 1024,
     .help = "largest request body"},
    {.name = "drain",
     .type = OPTION_DURATION,
     .offset = FIELD(drain),
     .placeholder = "TIME",
     .fallback = "8s",
     .help = "how long to finish requests after a signal to stop, before connections are "
	     "closed"},
    {.name = "allow-http-targets",
     .type = OPTION_FLAG,
     .offset = FIELD(allow_http),
     .help = "let webhooks call http:// URLs"},
};

static const char *const extra[] = {"REFERD_API_TOKEN", NULL};

static const char *const about[] = {"Shows a sentence that is so long that it does not fit into "
				    "one line of a terminal, which is 100 columns wide.",
				    "Shows another paragraph.", NULL};

static const struct options options = {.items = table,
				       .n = sizeof(table) / sizeof(table[0]),
				       .extra_environment = extra,
				       .usage = "referd serve [options]",
				       .about = about};

struct run {
	struct target target;
	struct options_args args;
	struct arena arena;
	struct buf message;
	char file[64];
};

static int setup(void **state)
{
	struct run *r = test_calloc(1, sizeof(*r));
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct run *r = *state;
	if (r->file[0] != '\0')
		unlink(r->file);
	arena_free(&r->arena);
	buf_free(&r->message);
	test_free(r);
	return 0;
}

static const char *file_with(struct run *r, const char *content)
{
	if (r->file[0] == '\0') {
		strcpy(r->file, "/tmp/referd-options-XXXXXX");
		int fd = mkstemp(r->file);
		assert_true(fd >= 0);
		close(fd);
	}
	FILE *file = fopen(r->file, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(content, 1, strlen(content), file), strlen(content));
	fclose(file);
	return r->file;
}

/* Single blanks separate the words of the line. */
static enum options_outcome run_with(struct run *r, const char *line, char *const *envp)
{
	static char words[512];
	char *argv[32];
	int argc = 0;
	snprintf(words, sizeof(words), "%s", line);
	for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
		argv[argc++] = word;
	r->target = (struct target){0};
	return options_read(&options, argc, argv, envp, &r->target, &r->args, &r->arena,
			    &r->message);
}

static void assert_output(struct run *r, const char *expected)
{
	struct text got = buf_view(&r->message);
	if (!text_eq(got, text_of(expected)))
		fail_msg("\"%.*s\", not \"%s\"", TEXT_ARGS(got), expected);
}

static void wrong(struct run *r, const char *line, const char *message)
{
	assert_int_equal(run_with(r, line, NULL), OPTIONS_WRONG);
	assert_output(r, message);
	assert_null(r->target.listen); /* the target is unchanged */
	assert_int_equal(r->target.connections, 0);
}

static void defaults_apply(void **state)
{
	struct run *r = *state;
	assert_int_equal(run_with(r, "", NULL), OPTIONS_OK);
	assert_string_equal(r->target.listen, "127.0.0.1:8080");
	assert_null(r->target.public_url);
	assert_int_equal(r->target.connections, 10000);
	assert_int_equal(r->target.max_body, 65536);
	assert_int_equal(r->target.drain, 8000);
	assert_false(r->target.allow_http);
	assert_int_equal(r->message.n, 0);
}

static void flags_are_read(void **state)
{
	struct run *r = *state;
	assert_int_equal(run_with(r,
				  "backup --listen :0 --connections=5 --allow-http-targets FILE "
				  "--drain 2m --public-url= --connections 6 -- --listen",
				  NULL),
			 OPTIONS_OK);
	assert_string_equal(r->target.listen, ":0");
	assert_string_equal(r->target.public_url, "");
	assert_int_equal(r->target.connections, 6); /* the last one counts */
	assert_int_equal(r->target.drain, 120000);
	assert_true(r->target.allow_http);
	assert_int_equal(r->args.n, 3);
	assert_string_equal(r->args.items[0], "backup");
	assert_string_equal(r->args.items[1], "FILE");
	assert_string_equal(r->args.items[2], "--listen");
	assert_int_equal(run_with(r, "--allow-http-targets=off", NULL), OPTIONS_OK);
	assert_false(r->target.allow_http);
}

static void the_stronger_source_wins(void **state)
{
	struct run *r = *state;
	char config[128], *envp[] = {VARIABLE("REFERD_CONNECTIONS=2"),
				     VARIABLE("REFERD_DRAIN=2s"),
				     config,
				     VARIABLE("REFERD_API_TOKEN=secret"),
				     VARIABLE("REFERD_LISTEN="),
				     VARIABLE("PATH=/bin"),
				     NULL};
	file_with(r, "# a comment\n\nconnections = 3\ndrain=3s # why\n\tmax-body\t=  2K\r\n"
		     "public-url = http://x.example/#f\nallow-http-targets = yes\nlisten = :3");
	snprintf(config, sizeof(config), "REFERD_CONFIG=%s", r->file);
	assert_int_equal(run_with(r, "--connections 1", envp), OPTIONS_OK);
	assert_int_equal(r->target.connections, 1); /* flag */
	assert_int_equal(r->target.drain, 2000);    /* environment */
	assert_int_equal(r->target.max_body, 2048); /* file */
	assert_string_equal(r->target.public_url, "http://x.example/#f");
	assert_true(r->target.allow_http);
	assert_string_equal(r->target.listen, ":3"); /* an empty variable counts as unset */
	assert_output(r, "");
}

static void a_flag_names_the_configuration_file(void **state)
{
	struct run *r = *state;
	char line[128], *envp[] = {VARIABLE("REFERD_CONFIG=/nonexistent"), NULL};
	snprintf(line, sizeof(line), "--config %s", file_with(r, "connections = 9\n"));
	assert_int_equal(run_with(r, line, envp), OPTIONS_OK);
	assert_int_equal(r->target.connections, 9);
	assert_int_equal(run_with(r, "", envp), OPTIONS_WRONG);
	assert_output(
	    r, "cannot read the configuration file /nonexistent: No such file or directory\n");
}

static void errors_are_one_clear_line(void **state)
{
	struct run *r = *state;
	wrong(r, "--conections 5", "unknown option --conections; did you mean --connections?\n");
	wrong(r, "--frobnicate", "unknown option --frobnicate (--help lists them)\n");
	wrong(r, "--listen", "--listen needs a value\n");
	wrong(r, "-x", "unknown option -x: options begin with -- (--help lists them)\n");
	wrong(r, "a b c d e f g h i", "too many arguments: i is not expected\n");
	wrong(r, "--connections many",
	      "--connections: \"many\" is not a whole number: write digits, such as 60\n");
	wrong(r, "--connections -1",
	      "--connections: \"-1\" is not a whole number: write digits, such as 60\n");
	wrong(r, "--connections 0",
	      "--connections: \"0\" is out of range (at least 1, at most 100000)\n");
	wrong(r, "--max-body 1K5",
	      "--max-body: \"1K5\" is not a size: write 65536, 64KiB or 1MiB\n");
	wrong(r, "--max-body 1000", "--max-body: \"1000\" is out of range (at least 1024 bytes)\n");
	wrong(r, "--drain 8", "--drain: \"8\" is not a duration: write 500ms, 10s, 5m, 2h or 1d\n");
	wrong(r, "--allow-http-targets=maybe",
	      "--allow-http-targets: \"maybe\" is not a switch: write true or false\n");
}

static void wrong_in_file(struct run *r, const char *content, const char *message)
{
	char line[128], expected[256];
	snprintf(line, sizeof(line), "--config %s", file_with(r, content));
	snprintf(expected, sizeof(expected), "%s:%s\n", r->file, message);
	wrong(r, line, expected);
}

static void errors_name_their_source(void **state)
{
	struct run *r = *state;
	char *envp[] = {VARIABLE("REFERD_CONNECTIONS=x"), NULL};
	assert_int_equal(run_with(r, "", envp), OPTIONS_WRONG);
	assert_output(
	    r, "REFERD_CONNECTIONS: \"x\" is not a whole number: write digits, such as 60\n");
	wrong_in_file(r, "\nlisten :0\n", "2: this line is not a setting: write \"name = value\"");
	wrong_in_file(r, "lisen = x", "1: unknown option lisen; did you mean listen?");
	wrong_in_file(r, "config = x", "1: unknown option config");
	wrong_in_file(r, "drain=1s\n#\ndrain=2s",
		      "3: drain is set twice: it is already set in line 1");
	wrong_in_file(r, "\n\ndrain=x",
		      "3: drain: \"x\" is not a duration: write 500ms, 10s, 5m, 2h or 1d");
}

static void unknown_variables_cause_a_warning(void **state)
{
	struct run *r = *state;
	char *envp[] = {VARIABLE("REFERD_CONECTIONS=5"), VARIABLE("REFERD_QQQQQQ=1"),
			VARIABLE("REFERD_API_TOKEN=t"), VARIABLE("REFER=1"), NULL};
	assert_int_equal(run_with(r, "", envp), OPTIONS_OK);
	assert_output(
	    r, "unknown environment variable REFERD_CONECTIONS is ignored; did you mean "
	       "REFERD_CONNECTIONS?\nunknown environment variable REFERD_QQQQQQ is ignored\n");
	assert_int_equal(r->target.connections, 10000);
	/* An error is still a single line. */
	assert_int_equal(run_with(r, "--drain x", envp), OPTIONS_WRONG);
	assert_output(r, "--drain: \"x\" is not a duration: write 500ms, 10s, 5m, 2h or 1d\n");
}

static void sizes_and_durations_have_units(void **state)
{
	struct run *r = *state;
	static const struct {
		const char *size;
		uint64_t bytes;
	} sizes[] = {{"4096", 4096},           {"4096B", 4096}, {"2k", 2048},
		     {"2KiB", 2048},           {"3M", 3145728}, {"1GiB", UINT64_C(1) << 30},
		     {"1T", UINT64_C(1) << 40}};
	static const struct {
		const char *duration;
		uint64_t ms;
	} durations[] = {{"0", 0},       {"500ms", 500},  {"10s", 10000},
			 {"5m", 300000}, {"2h", 7200000}, {"1d", 86400000}};
	static const char *const bad[] = {"--max-body 2KB",
					  "--max-body 99999999999T",
					  "--max-body K",
					  "--drain 1.5s",
					  "--drain ms",
					  "--drain 1w",
					  "--drain 999999999999999999d"};
	char line[64];
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(line, sizeof(line), "--max-body %s", sizes[i].size);
		assert_int_equal(run_with(r, line, NULL), OPTIONS_OK);
		assert_true(r->target.max_body == sizes[i].bytes);
	}
	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
		snprintf(line, sizeof(line), "--drain %s", durations[i].duration);
		assert_int_equal(run_with(r, line, NULL), OPTIONS_OK);
		assert_true(r->target.drain == durations[i].ms);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(run_with(r, bad[i], NULL), OPTIONS_WRONG);
}

static void help_shows_every_option(void **state)
{
	struct run *r = *state;
	struct buf out = {0};
	struct text line, rest;
	assert_int_equal(run_with(r, "--listen :0 --help --nonsense", NULL), OPTIONS_HELP);
	assert_int_equal(run_with(r, "-h", NULL), OPTIONS_HELP);
	options_write_help(&options, &out);
	assert_true(text_starts(buf_view(&out), TEXT("usage: referd serve [options]\n")));
	assert_non_null(memmem(out.p, out.n, "\n\nShows a sentence that", 23));
	assert_non_null(memmem(out.p, out.n, "\n\nShows another paragraph.\n\n", 28));
	for (size_t i = 0; i < options.n; i++)
		assert_non_null(memmem(out.p, out.n, table[i].name, strlen(table[i].name)));
	assert_non_null(memmem(out.p, out.n,
			       "  --max-body SIZE             largest request body "
			       "(default 64KiB)\n",
			       66));
	assert_non_null(memmem(out.p, out.n, "--config FILE", 13));
	for (rest = buf_view(&out); rest.n > 0;) {
		text_cut(rest, '\n', &line, &rest);
		assert_true(line.n <= 100);
	}
	buf_free(&out);
}

static void the_markdown_table_lists_every_option(void **state)
{
	(void)state;
	struct buf out = {0};
	options_write_markdown(&options, &out);
	struct text all = buf_view(&out);
	assert_true(text_starts(all, TEXT("| option | environment | default | what it does |\n"
					  "|---|---|---|---|\n"
					  "| `--listen ADDR:PORT` | `REFERD_LISTEN` | "
					  "`127.0.0.1:8080` | where to listen; port 0 picks one |\n"
					  "| `--public-url URL` | `REFERD_PUBLIC_URL` |  | what "
					  "links begin with \\| as others see it |\n")));
	assert_true(text_ends(all, TEXT("| `--help` |  |  | Print this help and exit |\n")));
	buf_free(&out);
}

#define case_of(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    case_of(defaults_apply),
	    case_of(flags_are_read),
	    case_of(the_stronger_source_wins),
	    case_of(a_flag_names_the_configuration_file),
	    case_of(errors_are_one_clear_line),
	    case_of(errors_name_their_source),
	    case_of(unknown_variables_cause_a_warning),
	    case_of(sizes_and_durations_have_units),
	    case_of(help_shows_every_option),
	    case_of(the_markdown_table_lists_every_option),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
