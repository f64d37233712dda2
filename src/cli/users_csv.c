/* Owns the files of imports and exports, and the report of the result. Never parses or writes CSV:
 * the server does. Called by main for `referd import` and `referd export`.
 */
#include "users_csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api_call.h"
#include "base/json.h"
#include "core/code_alias.h"

enum { TARGET_SIZE = 160, FILE_NAME_MAX = 4096, SILENCE_S = 300 };

struct users_config {
	struct config config;
	const char *campaign;
	bool force;
};

static const struct option own[] = {
    {"campaign", OPTION_TEXT, offsetof(struct users_config, campaign), "ID", NULL, 0, 0,
     "The campaign: its id or its code"},
    {"force", OPTION_FLAG, offsetof(struct users_config, force), NULL, NULL, 0, 0,
     "Replace FILE if it exists"},
};
enum { IMPORT_OPTIONS = 1, EXPORT_OPTIONS = 2 };

static int refuse_file(const char *file, const char *why)
{
	fprintf(stderr, "referd: %s: %s\n", file, why);
	return 1;
}

/* Prints a message and returns false if --campaign is missing or not valid. */
static bool write_target(const struct users_config *config, const char *call, char out[TARGET_SIZE])
{
	if (config->campaign != NULL && code_is_plausible(text_of(config->campaign))) {
		snprintf(out, TARGET_SIZE, "/api/v2/campaigns/%s/users/%s", config->campaign, call);
		return true;
	}
	fprintf(stderr, config->campaign == NULL
			    ? "referd: --campaign is missing: give a campaign's id or code\n"
			    : "referd: --campaign must be a campaign's id or code\n");
	return false;
}

/* ---- import ---- */

static uint64_t number(const struct json *object, const char *name)
{
	uint64_t n = 0;
	(void)!json_u64(json_get(object, name), false, &n);
	return n;
}

static void print_refused(const struct json *refused)
{
	struct text field, message;
	for (size_t i = 0; i < json_length(refused); i++) {
		const struct json *one = json_at(refused, i);
		bool named = json_string(json_get(one, "field"), &field);
		if (!json_string(json_get(one, "message"), &message))
			message = TEXT("was refused");
		printf("line %llu: %.*s%s%.*s\n", (unsigned long long)number(one, "line"),
		       named ? (int)field.n : 0, named ? field.p : "", named ? " " : "",
		       TEXT_ARGS(message));
	}
}

/* Reports values that the server ignored, and lines that it read in another encoding. */
static void print_hints(const struct json *report)
{
	const struct json *ignored = json_get(report, "ignored");
	uint64_t lines = number(report, "windows_1252_lines");
	struct text field, message;
	for (size_t i = 0; i < json_length(ignored); i++) {
		const struct json *one = json_at(ignored, i);
		if (json_string(json_get(one, "field"), &field) &&
		    json_string(json_get(one, "message"), &message))
			printf("line %llu: %.*s %.*s\n",
			       (unsigned long long)number(one, "first_line"), TEXT_ARGS(field),
			       TEXT_ARGS(message));
	}
	if (lines != 0)
		printf("%llu lines are not UTF-8 and were read as Windows-1252: check their "
		       "accented letters\n",
		       (unsigned long long)lines);
}

static int print_report(struct text answer)
{
	const char *why = "";
	struct json *root = NULL;
	if (json_parse(answer, &root, &why) != ERR_OK) {
		fprintf(stderr, "referd: the server's response cannot be read: %s\n", why);
		return 1;
	}
	const struct json *report = json_get(root, "data");
	uint64_t refused = number(report, "refused_total"),
		 stopped = number(report, "stopped_at_line");
	print_refused(json_get(report, "refused"));
	print_hints(report);
	printf("%llu lines: %llu created, %llu existing, %llu qualified, %llu refused\n",
	       (unsigned long long)number(report, "lines"),
	       (unsigned long long)number(report, "created"),
	       (unsigned long long)number(report, "existing"),
	       (unsigned long long)number(report, "qualified"), (unsigned long long)refused);
	if (stopped != 0)
		printf("stopped at line %llu: the lines before it are stored; send the same file "
		       "again to continue\n",
		       (unsigned long long)stopped);
	json_free(root);
	return refused == 0 && stopped == 0 ? 0 : 1;
}

static int send_file(const struct users_config *config, const char *target, int fd, uint64_t size)
{
	struct buf answer = {0};
	struct http_call call = {
	    .method = "POST",
	    .target = target,
	    .content_type = "text/csv",
	    .body_fd = fd,
	    .body_size = size,
	    .timeout_s = SILENCE_S,
	    .on_body = api_call_gather,
	    .arg = &answer,
	};
	int status = api_call_run(&config->config, &call) ? print_report(buf_view(&answer)) : 1;
	buf_free(&answer);
	return status;
}

static int import_file(void *options, const struct options_args *args)
{
	const struct users_config *config = options;
	const char *file = args->items[0];
	char target[TARGET_SIZE];
	struct stat st;
	if (!write_target(config, "import", target))
		return 2;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refuse_file(file, strerror(errno));
	int status = 1;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		refuse_file(file, "is not a regular file: save the list to a file first");
	else if (st.st_size == 0)
		refuse_file(file, "is empty: the first line must name the columns");
	else
		status = send_file(config, target, fd, (uint64_t)st.st_size);
	close(fd);
	return status;
}

int import_main(int argc, char **argv)
{
	static const struct config_command command = {
	    .name = "import",
	    .usage = "referd import --campaign ID FILE [--listen ADDR:PORT] [--token-file FILE]",
	    .about = "Sends the users in the CSV file FILE to a campaign of the running server. "
		     "Prints each "
		     "refused line of the file. Exits with status 0 if the server refused no line. "
		     "You can "
		     "send the same file again: users that exist stay as they are.",
	    .min_args = 1,
	    .max_args = 1,
	    .options = own,
	    .n_options = IMPORT_OPTIONS,
	};
	struct users_config config = {0};
	return config_run(&command, argc, argv, &config, import_file);
}

/* ---- export ---- */

static bool write_piece(void *arg, int status, struct text piece)
{
	FILE *out = arg;
	(void)status;
	return fwrite(piece.p, 1, piece.n, out) == piece.n;
}

static int receive(const struct users_config *config, const char *target, FILE *out)
{
	struct http_call call = {
	    .method = "GET",
	    .target = target,
	    .timeout_s = SILENCE_S,
	    .on_body = write_piece,
	    .arg = out,
	};
	return api_call_run(&config->config, &call) ? 0 : 1;
}

static int receive_into(const struct users_config *config, const char *target, const char *file,
			int fd)
{
	FILE *out = fdopen(fd, "w");
	if (out == NULL) {
		close(fd);
		return refuse_file(file, strerror(errno));
	}
	int status = receive(config, target, out);
	if (fclose(out) != 0 && status == 0)
		status = refuse_file(file, strerror(errno));
	return status;
}

/* The export is written under another name and renamed at the end. So a file with the final name is
 * complete, and an older file stays until then. */
static int export_to(const struct users_config *config, const char *target, const char *file)
{
	char tmp[FILE_NAME_MAX];
	struct stat st;
	if (snprintf(tmp, sizeof tmp, "%s.tmp", file) >= (int)sizeof tmp)
		return refuse_file(file, "has a name that is too long");
	bool exists = stat(file, &st) == 0;
	if (exists && !S_ISREG(st.st_mode))
		return refuse_file(file,
				   "is not a regular file: choose another name, or give none to "
				   "write to the standard output");
	if (exists && !config->force)
		return refuse_file(
		    file, "exists already: choose another name, or add --force to replace it");
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return refuse_file(tmp, strerror(errno));
	int status = receive_into(config, target, file, fd);
	if (status == 0 && rename(tmp, file) != 0)
		status = refuse_file(file, strerror(errno));
	if (status != 0)
		unlink(tmp);
	return status;
}

static int export_users(void *options, const struct options_args *args)
{
	const struct users_config *config = options;
	const char *file = args->n > 0 ? args->items[0] : NULL;
	char target[TARGET_SIZE];
	if (!write_target(config, "export", target))
		return 2;
	if (file != NULL)
		return export_to(config, target, file);
	int status = receive(config, target, stdout);
	if (fflush(stdout) != 0 && status == 0)
		status = refuse_file("stdout", strerror(errno));
	return status;
}

int export_main(int argc, char **argv)
{
	static const struct config_command command = {
	    .name = "export",
	    .usage = "referd export --campaign ID [FILE] [--force] [--listen ADDR:PORT] "
		     "[--token-file FILE]",
	    .about =
		"Writes the users of a campaign of the running server to FILE as CSV, or to the "
		"standard output.",
	    .max_args = 1,
	    .options = own,
	    .n_options = EXPORT_OPTIONS,
	};
	struct users_config config = {0};
	return config_run(&command, argc, argv, &config, export_users);
}
