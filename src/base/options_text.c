/* Owns the texts about options: --help and the table of deploy/README.md.
 * Never reads a value.
 * Called by the commands (--help) and by `referd help markdown`. */
#include <string.h>

#include "base/options.h"

/* The column where the text of an option begins, and the width of the page. */
enum { HELP_COLUMN = 30, HELP_WIDTH = 100 };

static const char trailer[] =
    "Each option can also be set in the environment (--max-body is REFERD_MAX_BODY there) or in "
    "the file of --config (max-body = 64KiB). The command line overrides the environment, and the "
    "environment overrides the file. A TIME is a number with ms, s, m, h or d. A SIZE is a number "
    "of bytes, or a number with KiB, MiB or GiB.";

static const struct option common[] = {
    {.name = "config",
     .type = OPTION_TEXT,
     .placeholder = "FILE",
     .help = "Read options from FILE; each line is \"name = value\""},
    {.name = "help", .type = OPTION_FLAG, .help = "Print this help and exit"},
};

enum { N_COMMON = sizeof(common) / sizeof(common[0]) };

static const struct option *item(const struct options *options, size_t i)
{
	return i < options->n ? &options->items[i] : &common[i - options->n];
}

/* Writes "--name PLACEHOLDER". Returns its length. */
static size_t write_usage(const struct option *option, struct buf *out)
{
	size_t before = out->n;
	buf_str(out, "--");
	buf_str(out, option->name);
	if (option->placeholder != NULL) {
		buf_char(out, ' ');
		buf_str(out, option->placeholder);
	}
	return out->n - before;
}

static void write_spaces(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_char(out, ' ');
}

/* The words of t, in lines of at most HELP_WIDTH that begin at `indent`. *column is that of the
 * cursor. */
static void write_wrapped(struct buf *out, struct text t, size_t indent, size_t *column)
{
	struct text word;
	while (t.n > 0) {
		text_cut(t, ' ', &word, &t);
		if (*column > indent && *column + 1 + word.n > HELP_WIDTH) {
			buf_char(out, '\n');
			write_spaces(out, indent);
			*column = indent;
		} else if (*column > indent) {
			buf_char(out, ' ');
			++*column;
		}
		buf_text(out, word);
		*column += word.n;
	}
}

static void write_option(const struct option *option, struct buf *out)
{
	size_t column = HELP_COLUMN;
	write_spaces(out, 2);
	size_t used = 2 + write_usage(option, out);
	if (used + 1 > HELP_COLUMN) {
		buf_char(out, '\n');
		used = 0;
	}
	write_spaces(out, HELP_COLUMN - used);
	write_wrapped(out, text_of(option->help), HELP_COLUMN, &column);
	if (option->fallback != NULL) {
		write_wrapped(out, TEXT("(default"), HELP_COLUMN, &column);
		struct buf last = {0};
		buf_printf(&last, "%s)", option->fallback);
		write_wrapped(out, buf_view(&last), HELP_COLUMN, &column);
		out->failed |= last.failed;
		buf_free(&last);
	}
	buf_char(out, '\n');
}

static void write_paragraph(struct buf *out, const char *s)
{
	size_t column = 0;
	write_wrapped(out, text_of(s), 0, &column);
	buf_char(out, '\n');
}

void options_write_help(const struct options *options, struct buf *out)
{
	buf_printf(out, "usage: %s\n\n", options->usage);
	for (const char *const *about = options->about; about != NULL && *about != NULL; about++) {
		write_paragraph(out, *about);
		buf_char(out, '\n');
	}
	for (size_t i = 0; i < options->n + N_COMMON; i++)
		write_option(item(options, i), out);
	buf_char(out, '\n');
	write_paragraph(out, trailer);
}

/* Escapes bars, which would end the cell. */
static void write_cell(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '|')
			buf_char(out, '\\');
		buf_char(out, *s);
	}
}

void options_write_markdown(const struct options *options, struct buf *out)
{
	char environment[OPTION_ENVIRONMENT_SIZE];
	buf_str(out, "| option | environment | default | what it does |\n|---|---|---|---|\n");
	for (size_t i = 0; i < options->n + N_COMMON; i++) {
		const struct option *option = item(options, i);
		option_environment(option->name, environment);
		buf_str(out, "| `");
		write_usage(option, out);
		if (strcmp(option->name, "help") == 0)
			buf_str(out, "` |  | ");
		else
			buf_printf(out, "` | `%s` | ", environment);
		if (option->fallback != NULL)
			buf_printf(out, "`%s`", option->fallback);
		buf_str(out, " | ");
		write_cell(out, option->help);
		buf_str(out, " |\n");
	}
}
