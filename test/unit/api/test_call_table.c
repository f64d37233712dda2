/* Owns the comparison of the call tables in src/api/README.md with the route table: each must have
 * every call of the other.
 * Never tests what a call does.
 * Run by make test, at the top of the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/routes.h"

#define MANUAL "src/api/README.md"

enum { ROWS_MAX = 512, LINE_SIZE = 4096, PATH_SIZE = 128 };

struct row {
	unsigned method;
	char path[PATH_SIZE]; /* without the names in braces */
};

static struct row rows[ROWS_MAX];
static size_t n_rows;

/* "/{@code}/join" and "/{code}/join?a=b" are both "/{}/join". */
static void write_path(const char *from, const char *end, char path[PATH_SIZE])
{
	size_t n = 0;
	bool in_braces = false;
	for (const char *p = from; p != end && *p != '?'; p++) {
		in_braces = in_braces && *p != '}';
		assert_true(n < PATH_SIZE - 1);
		if (!in_braces)
			path[n++] = *p;
		in_braces = in_braces || *p == '{';
	}
	path[n] = '\0';
}

/* Reads "GET" and the separator after it. 0 if no method follows. */
static unsigned take_method(const char **p)
{
	for (const struct method *m = ROUTE_METHODS; m->word != NULL; m++) {
		size_t n = strlen(m->word);
		if (strncmp(*p, m->word, n) != 0 || ((*p)[n] != ' ' && (*p)[n] != ','))
			continue;
		*p += n + strspn(*p + n, ", ");
		return m->method;
	}
	return 0;
}

/* "GET, POST /api/v2/users" */
static void read_code(const char *from, const char *end)
{
	unsigned method, methods[16];
	size_t n = 0;
	const char *p = from;
	while ((method = take_method(&p)) != 0 && n < 16)
		methods[n++] = method;
	if (n == 0)
		fail_msg("%s: `%.*s` names no method", MANUAL, (int)(end - from), from);
	if (*p != '/')
		fail_msg("%s: `%.*s` has no path of its own", MANUAL, (int)(end - from), from);
	for (size_t i = 0; i < n; i++) {
		assert_true(n_rows < ROWS_MAX);
		rows[n_rows].method = methods[i];
		write_path(p, end, rows[n_rows++].path);
	}
}

/* Reads the first cell of a row that begins with a method. */
static void read_line(const char *line)
{
	const char *p = line + 3, *end;
	const char *cell_end = strstr(line + 1, " | ");
	if (strncmp(line, "| `", 3) != 0 || cell_end == NULL || take_method(&p) == 0)
		return;
	for (p = line + 2; (p = strchr(p, '`')) != NULL && p < cell_end; p = end + 1) {
		end = strchr(p + 1, '`');
		assert_non_null(end);
		read_code(p + 1, end);
	}
}

static int read_manual(void **state)
{
	static char line[LINE_SIZE];
	FILE *f = fopen(MANUAL, "r");
	(void)state;
	if (f == NULL)
		fail_msg("cannot open %s: run this test at the top of the tree", MANUAL);
	while (fgets(line, sizeof line, f) != NULL)
		read_line(line);
	fclose(f);
	return 0;
}

static bool is_route(const struct row *row)
{
	char path[PATH_SIZE];
	for (const struct route *r = ROUTES; r->pattern != NULL; r++) {
		write_path(r->pattern, strchr(r->pattern, '\0'), path);
		if (r->method == row->method && strcmp(path, row->path) == 0)
			return true;
	}
	return false;
}

static void every_route_is_in_the_manual(void **state)
{
	size_t missing = 0;
	char path[PATH_SIZE];
	(void)state;
	for (const struct route *r = ROUTES; r->pattern != NULL; r++) {
		size_t i = 0;
		write_path(r->pattern, strchr(r->pattern, '\0'), path);
		while (i < n_rows &&
		       (rows[i].method != r->method || strcmp(rows[i].path, path) != 0))
			i++;
		if (i < n_rows)
			continue;
		print_error("%s has no row for %s %s\n", MANUAL, route_method_word(r->method),
			    r->pattern);
		missing++;
	}
	assert_int_equal(missing, 0);
}

static void every_row_of_the_manual_is_a_route(void **state)
{
	size_t unknown = 0;
	(void)state;
	for (size_t i = 0; i < n_rows; i++) {
		if (is_route(&rows[i]))
			continue;
		print_error("%s has a row for %s %s, which is not in ROUTES (src/api/routes.c)\n",
			    MANUAL, route_method_word(rows[i].method), rows[i].path);
		unknown++;
	}
	assert_int_equal(unknown, 0);
}

static void no_route_is_in_the_manual_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_rows; i++)
		for (size_t k = i + 1; k < n_rows; k++)
			if (rows[i].method == rows[k].method &&
			    strcmp(rows[i].path, rows[k].path) == 0)
				fail_msg("%s has two rows for %s %s", MANUAL,
					 route_method_word(rows[i].method), rows[i].path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_route_is_in_the_manual),
	    cmocka_unit_test(every_row_of_the_manual_is_a_route),
	    cmocka_unit_test(no_route_is_in_the_manual_twice),
	};
	return cmocka_run_group_tests(tests, read_manual, NULL);
}
