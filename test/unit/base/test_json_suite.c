/* Owns the run of JSONTestSuite: y_ files are accepted, n_ files refused, i_ files must not crash.
 * Never skips a file: the test checks their numbers.
 * Run by make test; reads test/conformance/JSONTestSuite. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

static const char folder[] = "test/conformance/JSONTestSuite/test_parsing";

/* The suite calls these files valid. referd refuses two members with one name. */
static const char *const duplicates[] = {"y_object_duplicated_key.json",
					 "y_object_duplicated_key_and_value.json"};

static bool has_duplicate_key(const char *name)
{
	for (size_t i = 0; i < sizeof(duplicates) / sizeof(duplicates[0]); i++)
		if (strcmp(name, duplicates[i]) == 0)
			return true;
	return false;
}

static enum err parse_file(const char *name, const char **why)
{
	char path[512];
	struct buf content = {0};
	struct json *v = NULL;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_true(buf_reserve(&content, 65536));
	content.n = fread(content.p, 1, 65536, file);
	assert_true(content.n < 65536);
	fclose(file);
	enum err err = json_parse(buf_view(&content), &v, why);
	assert_true((err == ERR_OK) == (v != NULL));
	json_free(v);
	buf_free(&content);
	return err;
}

static void judge(const char *name)
{
	const char *why = NULL;
	enum err err = parse_file(name, &why);
	if (has_duplicate_key(name)) {
		assert_int_equal(err, ERR_INVALID);
		assert_string_equal(why, "duplicate key");
	} else if (name[0] == 'y' && err != ERR_OK) {
		fail_msg("%s was refused: %s", name, why);
	} else if (name[0] == 'n' && err != ERR_INVALID) {
		fail_msg("%s was accepted", name);
	}
	assert_true(err == ERR_OK || (err == ERR_INVALID && why != NULL));
}

static void every_file_is_judged_as_the_suite_says(void **state)
{
	(void)state;
	int seen[256] = {0};
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		if (entry->d_name[0] == '.')
			continue;
		judge(entry->d_name);
		seen[(unsigned char)entry->d_name[0]]++;
	}
	closedir(dir);
	assert_int_equal(seen['y'], 95);
	assert_int_equal(seen['n'], 186); /* 188 minus the two below */
	assert_int_equal(seen['i'], 35);
}

/* The test builds n_structure_100000_opening_arrays.json and n_structure_open_array_object.json
 * itself. */
static void the_two_huge_files_are_refused(void **state)
{
	(void)state;
	static const char *const pieces[] = {"[", "[{\"\":"};
	static const int times[] = {100000, 50000};
	for (int i = 0; i < 2; i++) {
		struct buf text = {0};
		struct json *v = NULL;
		const char *why = NULL;
		for (int j = 0; j < times[i]; j++)
			buf_str(&text, pieces[i]);
		assert_int_equal(json_parse(buf_view(&text), &v, &why), ERR_INVALID);
		assert_string_equal(why, "nested too deeply");
		buf_free(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_file_is_judged_as_the_suite_says),
	    cmocka_unit_test(the_two_huge_files_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
