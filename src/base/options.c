/* Owns the sources of options and their precedence.
 * Never prints and never exits: its caller does, by the outcome.
 * Called by the commands of referd. */
#include "base/options.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/near.h"
#include "options_value.h"

static const char prefix[] = "REFERD_";

enum { FILE_MAX_BYTES = 64 * 1024 };

enum origin { FROM_NOWHERE, FROM_FLAG, FROM_ENVIRONMENT, FROM_FILE, FROM_DEFAULT };

struct setting {
	const char *value;
	enum origin origin;
	unsigned line; /* in the file */
};

/* Sources are read from the strongest to the weakest. A setting that exists is not replaced. */
struct reading {
	const struct options *options;
	struct setting settings[OPTIONS_MAX];
	struct setting config;
	struct arena *arena;
	struct buf *message;
	bool help;
};

static bool wrong(struct reading *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes the one line of OPTIONS_WRONG. Earlier warnings are dropped. */
static bool wrong(struct reading *r, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	buf_reset(r->message);
	buf_vprintf(r->message, format, ap);
	buf_char(r->message, '\n');
	va_end(ap);
	return false;
}

void option_environment(const char *name, char out[OPTION_ENVIRONMENT_SIZE])
{
	size_t n = strlen(name), at = sizeof(prefix) - 1;
	assert(n <= OPTION_NAME_MAX);
	memcpy(out, prefix, at);
	for (size_t i = 0; i < n; i++, at++)
		out[at] = name[i] == '-' ? '_' : ascii_upper(name[i]);
	out[at] = '\0';
}

/* ---- names ---- */

static struct setting *find_setting(struct reading *r, struct text name, bool *is_flag)
{
	*is_flag = false;
	if (text_eq(name, TEXT("config")))
		return &r->config;
	for (size_t i = 0; i < r->options->n; i++) {
		if (!text_eq(name, text_of(r->options->items[i].name)))
			continue;
		*is_flag = r->options->items[i].type == OPTION_FLAG;
		return &r->settings[i];
	}
	return NULL;
}

/* The name of the option that was probably meant, or NULL. */
static const char *nearest(const struct reading *r, struct text name)
{
	struct near near = near_of(name);
	for (size_t i = 0; i < r->options->n; i++)
		near_offer(&near, text_of(r->options->items[i].name));
	return near.best.p;
}

/* ---- command line ---- */

/* Reads "--name", "--name=value" or "--name value". *i stays on the last word that it used. */
static bool read_flag(struct reading *r, int argc, char *const *argv, int *i)
{
	struct text name, value;
	bool is_flag;
	bool has_value = text_cut(text_of(argv[*i] + 2), '=', &name, &value);
	if (text_eq(name, TEXT("help"))) {
		r->help = true;
		return true;
	}
	struct setting *setting = find_setting(r, name, &is_flag);
	if (setting == NULL) {
		const char *near = nearest(r, name);
		return wrong(r, "unknown option --%.*s%s%s%s", TEXT_ARGS(name),
			     near != NULL ? "; did you mean --" : "", near != NULL ? near : "",
			     near != NULL ? "?" : " (--help lists them)");
	}
	setting->origin = FROM_FLAG;
	if (has_value)
		setting->value = value.p; /* its end is the end of the word */
	else if (is_flag)
		setting->value = "true";
	else if (*i + 1 < argc)
		setting->value = argv[++*i];
	else
		return wrong(r, "--%.*s needs a value", TEXT_ARGS(name));
	return true;
}

static bool read_arguments(struct reading *r, int argc, char *const *argv,
			   struct options_args *args)
{
	bool ended = false;
	for (int i = 0; i < argc && !r->help; i++) {
		const char *word = argv[i];
		if (!ended && strcmp(word, "--") == 0) {
			ended = true;
		} else if (!ended && strcmp(word, "-h") == 0) {
			r->help = true;
		} else if (!ended && strncmp(word, "--", 2) == 0) {
			if (!read_flag(r, argc, argv, &i))
				return false;
		} else if (!ended && word[0] == '-' && word[1] != '\0') {
			return wrong(r,
				     "unknown option %s: options begin with -- (--help lists them)",
				     word);
		} else if (args->n == OPTIONS_MAX_ARGS) {
			return wrong(r, "too many arguments: %s is not expected", word);
		} else {
			args->items[args->n++] = word;
		}
	}
	return true;
}

/* ---- environment ---- */

static struct setting *find_environment(struct reading *r, struct text name)
{
	char known[OPTION_ENVIRONMENT_SIZE];
	if (text_eq(name, TEXT("REFERD_CONFIG")))
		return &r->config;
	for (size_t i = 0; i < r->options->n; i++) {
		option_environment(r->options->items[i].name, known);
		if (text_eq(name, text_of(known)))
			return &r->settings[i];
	}
	return NULL;
}

static bool is_extra(const struct options *options, struct text name)
{
	const char *const *extra = options->extra_environment;
	for (; extra != NULL && *extra != NULL; extra++)
		if (text_eq(name, text_of(*extra)))
			return true;
	return false;
}

static void warn_unknown(struct reading *r, struct text name)
{
	const size_t start = sizeof(prefix) - 1;
	const char *near = nearest(r, text_from(name.p + start, name.n - start));
	char known[OPTION_ENVIRONMENT_SIZE];
	buf_printf(r->message, "unknown environment variable %.*s is ignored", TEXT_ARGS(name));
	if (near != NULL) {
		option_environment(near, known);
		buf_printf(r->message, "; did you mean %s?", known);
	}
	buf_char(r->message, '\n');
}

static void read_environment(struct reading *r, char *const *envp)
{
	for (; envp != NULL && *envp != NULL; envp++) {
		struct text name, value;
		text_cut(text_of(*envp), '=', &name, &value);
		if (!text_starts(name, TEXT("REFERD_")))
			continue;
		struct setting *setting = find_environment(r, name);
		if (setting == NULL) {
			if (!is_extra(r->options, name))
				warn_unknown(r, name);
		} else if (setting->origin == FROM_NOWHERE && value.n > 0) {
			setting->value = value.p;
			setting->origin = FROM_ENVIRONMENT;
		}
	}
}

/* ---- file ---- */

static struct text without_comment(struct text line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
			return text_from(line.p, i);
	return line;
}

static bool read_line(struct reading *r, struct text line, unsigned number)
{
	struct text name, value;
	bool is_flag;
	const char *path = r->config.value;
	line = text_trim(without_comment(line));
	if (line.n == 0)
		return true;
	if (!text_cut(line, '=', &name, &value))
		return wrong(r, "%s:%u: this line is not a setting: write \"name = value\"", path,
			     number);
	name = text_trim(name);
	value = text_trim(value);
	struct setting *setting = find_setting(r, name, &is_flag);
	if (setting == &r->config || setting == NULL) {
		const char *near = nearest(r, name);
		return wrong(r, "%s:%u: unknown option %.*s%s%s%s", path, number, TEXT_ARGS(name),
			     near != NULL ? "; did you mean " : "", near != NULL ? near : "",
			     near != NULL ? "?" : "");
	}
	if (setting->origin == FROM_FILE)
		return wrong(r, "%s:%u: %.*s is set twice: it is already set in line %u", path,
			     number, TEXT_ARGS(name), setting->line);
	if (setting->origin != FROM_NOWHERE)
		return true;
	char *copy = arena_zalloc(r->arena, value.n + 1);
	if (copy == NULL)
		return wrong(r, "out of memory");
	memcpy(copy, value.p, value.n);
	*setting = (struct setting){.value = copy, .origin = FROM_FILE, .line = number};
	return true;
}

/* Reads the whole file, or writes why it cannot be read. */
static bool load_file(struct reading *r, struct buf *content)
{
	const char *path = r->config.value;
	FILE *file = fopen(path, "re");
	bool ok = file != NULL && buf_reserve(content, FILE_MAX_BYTES + 1);
	if (ok) {
		content->n = fread(content->p, 1, FILE_MAX_BYTES + 1, file);
		ok = ferror(file) == 0;
	}
	if (!ok)
		wrong(r, "cannot read the configuration file %s: %s", path, strerror(errno));
	if (file != NULL)
		fclose(file);
	if (ok && content->n > FILE_MAX_BYTES)
		return wrong(r, "the configuration file %s is larger than 64 KiB", path);
	if (ok && memchr(content->p, '\0', content->n) != NULL)
		return wrong(r, "the configuration file %s contains a NUL byte: it must be text",
			     path);
	return ok;
}

static bool read_file(struct reading *r)
{
	struct buf content = {0};
	struct text line, rest;
	unsigned number = 1;
	if (r->config.origin == FROM_NOWHERE)
		return true;
	bool ok = load_file(r, &content);
	rest = buf_view(&content);
	for (; ok && rest.n > 0; number++) {
		text_cut(rest, '\n', &line, &rest);
		ok = read_line(r, line, number);
	}
	buf_free(&content);
	return ok;
}

/* ---- values ---- */

/* Writes the beginning of a message: "--name", "REFERD_NAME" or "FILE:LINE: name". */
static void name_origin(const struct reading *r, size_t i, struct buf *out)
{
	char known[OPTION_ENVIRONMENT_SIZE];
	const struct setting *setting = &r->settings[i];
	const char *name = r->options->items[i].name;
	if (setting->origin == FROM_ENVIRONMENT) {
		option_environment(name, known);
		buf_str(out, known);
	} else if (setting->origin == FROM_FILE) {
		buf_printf(out, "%s:%u: %s", r->config.value, setting->line, name);
	} else {
		buf_printf(out, "--%s", name);
	}
}

static bool wrong_value(struct reading *r, size_t i, const char *why)
{
	const struct option *option = &r->options->items[i];
	buf_reset(r->message);
	name_origin(r, i, r->message);
	buf_printf(r->message, ": \"%s\" %s", r->settings[i].value, why);
	if (why == OPTION_OUT_OF_RANGE) {
		buf_printf(r->message, " (at least %llu", (unsigned long long)option->min);
		if (option->max != 0)
			buf_printf(r->message, ", at most %llu", (unsigned long long)option->max);
		if (option->type != OPTION_U64)
			buf_str(r->message, option->type == OPTION_SIZE ? " bytes" : " ms");
		buf_char(r->message, ')');
	}
	buf_char(r->message, '\n');
	return false;
}

/* Runs twice, first with scratch = true, so that the owner's struct is written only if all values
 * are valid. */
static bool store_all(struct reading *r, void *target, bool scratch)
{
	for (size_t i = 0; i < r->options->n; i++) {
		struct option option = r->options->items[i];
		struct setting *setting = &r->settings[i];
		uint64_t dropped;
		_Static_assert(sizeof(dropped) >= sizeof(const char *), "any field fits");
		if (setting->origin == FROM_NOWHERE) {
			setting->value = option.fallback;
			setting->origin = FROM_DEFAULT;
		}
		if (setting->value == NULL)
			continue;
		if (scratch)
			option.offset = 0;
		const char *why =
		    option_store(&option, setting->value, scratch ? &dropped : target);
		if (why != NULL)
			return wrong_value(r, i, why);
	}
	return true;
}

enum options_outcome options_read(const struct options *options, int argc, char *const *argv,
				  char *const *envp, void *target, struct options_args *args,
				  struct arena *arena, struct buf *message)
{
	struct reading reading = {.options = options, .arena = arena, .message = message};
	assert(options->n <= OPTIONS_MAX);
	buf_reset(message);
	*args = (struct options_args){0};
	if (!read_arguments(&reading, argc, argv, args))
		return OPTIONS_WRONG;
	if (reading.help)
		return OPTIONS_HELP;
	read_environment(&reading, envp);
	if (!read_file(&reading) || !store_all(&reading, target, true))
		return OPTIONS_WRONG;
	for (size_t i = 0; i < options->n; i++) {
		args->flags |= (uint64_t)(reading.settings[i].origin == FROM_FLAG) << i;
		args->defaults |= (uint64_t)(reading.settings[i].origin == FROM_DEFAULT) << i;
	}
	return store_all(&reading, target, false) ? OPTIONS_OK : OPTIONS_WRONG;
}
