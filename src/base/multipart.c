/* Owns the grammar of multipart/form-data: boundaries, headers of parts, text fields. Never knows
 * what a field means. Called by the readers of request bodies.
 */
#include "base/multipart.h"

#include <string.h>

#include "base/ascii.h"
#include "charset.h"

static const char truncated[] = "the multipart body does not end with its closing boundary: send "
				"all of it, with CRLF line ends and "
				"the boundary that Content-Type names";

/* ---- parameters: ; name=token, ; name="quoted" ---- */

/* Takes `; name=value` from *rest. The value keeps its quotes. False at the end, or if other text
 * follows, which stays in *rest. */
static bool next_parameter(struct text *rest, struct text *name, struct text *value)
{
	struct text left = text_trim(*rest);
	bool quoted = false;
	size_t i = 1;
	if (!text_starts(left, TEXT(";")))
		return false;
	for (; i < left.n && (quoted || left.p[i] != ';'); i++) {
		if (quoted && left.p[i] == '\\' && i + 1 < left.n)
			i++;
		else if (left.p[i] == '"')
			quoted = !quoted;
	}
	if (quoted)
		return false;
	text_cut(text_from(left.p + 1, i - 1), '=', name, value);
	*name = text_trim(*name);
	*value = text_trim(*value);
	*rest = text_from(left.p + i, left.n - i);
	return true;
}

static bool is_quoted(struct text t)
{
	return t.n > 1 && t.p[0] == '"' && t.p[t.n - 1] == '"';
}

/* ---- the boundary ---- */

/* RFC 2046, section 5.1.1: bchars that do not end with a blank. */
static bool is_boundary(struct text t)
{
	static const char marks[] = "'()+_,-./:=? ";
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		if (!ascii_is_alnum(c) && memchr(marks, c, sizeof marks - 1) == NULL)
			return false;
	}
	return t.n > 0 && t.n <= MULTIPART_BOUNDARY_MAX && t.p[t.n - 1] != ' ';
}

const char *multipart_open(struct multipart *m, struct text content_type, struct text body)
{
	struct text type, rest, name, value, boundary = {0};
	size_t n = 0;
	bool found = text_cut(content_type, ';', &type, &rest);
	*m = (struct multipart){.rest = body};
	if (found)
		rest = text_from(content_type.p + type.n, content_type.n - type.n);
	while (next_parameter(&rest, &name, &value)) {
		if (!text_ieq(name, TEXT("boundary")))
			continue;
		boundary = is_quoted(value) ? text_from(value.p + 1, value.n - 2) : value;
		n++;
	}
	if (n == 0)
		return "Content-Type: multipart/form-data needs a boundary: let your HTTP library "
		       "write "
		       "this header";
	if (n > 1 || text_trim(rest).n > 0 || !is_boundary(boundary))
		return "the boundary in Content-Type must be given once, as 1 to 70 letters, "
		       "digits or "
		       "'()+_,-./:=?";
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary.p, boundary.n);
	m->delimiter_n = 4 + boundary.n;
	return NULL;
}

/* After a delimiter, "--" ends the body and CRLF begins a part; blanks may precede the CRLF. Before
 * any other byte, the delimiter is only content that looks like a delimiter. */
enum after { AFTER_PART, AFTER_END, AFTER_CONTENT, AFTER_CUT };

static enum after after_delimiter(struct text *rest)
{
	bool end = text_starts(*rest, TEXT("--"));
	size_t i = end ? 2 : 0;
	while (i < rest->n && (rest->p[i] == ' ' || rest->p[i] == '\t'))
		i++;
	struct text left = text_from(rest->p + i, rest->n - i);
	if (end) /* the text after this line is ignored, so a bare LF may end the line */
		return left.n == 0 || *left.p == '\r' || *left.p == '\n' ? AFTER_END
									 : AFTER_CONTENT;
	if (left.n == 0 || (left.n == 1 && (*left.p == '\r' || *left.p == '-')))
		return AFTER_CUT;
	if (!text_starts(left, TEXT("\r\n")))
		return AFTER_CONTENT;
	*rest = text_from(left.p + 2, left.n - 2);
	return AFTER_PART;
}

/* Moves m->rest past the next delimiter; *content gets the bytes before it. The first `skip` bytes
 * of the delimiter are not required: no line break precedes the delimiter that opens the body. */
static enum after find_delimiter(struct multipart *m, size_t skip, struct text *content)
{
	if (m->rest.n == 0)
		return AFTER_CUT;
	const char *from = m->rest.p, *end = m->rest.p + m->rest.n;
	while (from != end) {
		size_t n = m->delimiter_n - skip;
		const char *at = memmem(from, (size_t)(end - from), m->delimiter + skip, n);
		if (skip > 0 && at != from)
			return AFTER_CONTENT;
		if (at == NULL)
			break;
		struct text rest = text_from(at + n, (size_t)(end - at) - n);
		enum after after = after_delimiter(&rest);
		if (after != AFTER_CONTENT) {
			*content = text_from(m->rest.p, (size_t)(at - m->rest.p));
			m->rest = rest;
			return after;
		}
		if (skip > 0)
			return after;
		from = at + 1;
	}
	return AFTER_CUT;
}

static enum after begin(struct multipart *m)
{
	struct text preamble;
	m->begun = true;
	enum after after = find_delimiter(m, 2, &preamble);
	return after == AFTER_CONTENT ? find_delimiter(m, 0, &preamble) : after;
}

/* ---- a part ---- */

/* A part, as its headers describe it. */
struct header {
	struct text name;
	bool has_name, is_file, has_file_name, is_text;
	struct text charset;
	struct text encoding; /* Content-Transfer-Encoding */
};

/* Decodes a quoted string of browsers and curl: \" and \\ are escapes, and so are %22, %0D and %0A
 * (the WHATWG's escapes for the three characters that a header cannot have). All other characters
 * stay. */
static enum err unescape(struct text t, struct arena *arena, struct text *out)
{
	static const struct {
		struct text written;
		char meant;
	} escapes[] = {{{"\\\"", 2}, '"'},
		       {{"\\\\", 2}, '\\'},
		       {{"%22", 3}, '"'},
		       {{"%0D", 3}, '\r'},
		       {{"%0A", 3}, '\n'}};
	char *p = arena_alloc(arena, t.n + 1);
	size_t n = 0;
	if (p == NULL)
		return ERR_NO_MEMORY;
	while (t.n > 0) {
		size_t i = 0, count = sizeof escapes / sizeof *escapes;
		while (i < count && !text_starts(t, escapes[i].written))
			i++;
		size_t taken = i < count ? escapes[i].written.n : 1;
		p[n++] = i < count ? escapes[i].meant : *t.p;
		t = text_from(t.p + taken, t.n - taken);
	}
	*out = text_from(p, n);
	return ERR_OK;
}

static enum err read_disposition(struct header *h, struct text rest, struct arena *arena)
{
	struct text name, value;
	enum err err = ERR_OK;
	while (err == ERR_OK && next_parameter(&rest, &name, &value)) {
		bool quoted = is_quoted(value);
		if (!quoted && text_starts(value, TEXT("\"")))
			return ERR_INVALID;
		struct text inner = quoted ? text_from(value.p + 1, value.n - 2) : value;
		if (text_ieq(name, TEXT("filename")) || text_ieq(name, TEXT("filename*"))) {
			h->is_file = true;
			h->has_file_name |= inner.n > 0;
		} else if (text_ieq(name, TEXT("name"))) {
			if (h->has_name)
				return ERR_INVALID;
			h->has_name = true;
			h->name = inner;
			if (quoted)
				err = unescape(inner, arena, &h->name);
		}
	}
	return err != ERR_OK || text_trim(rest).n == 0 ? err : ERR_INVALID;
}

static void read_type(struct header *h, struct text type, struct text rest)
{
	struct text name, value;
	h->is_text = text_ieq(text_from(type.p, type.n < 5 ? type.n : 5), TEXT("text/"));
	while (next_parameter(&rest, &name, &value))
		if (text_ieq(name, TEXT("charset")))
			h->charset = is_quoted(value) ? text_from(value.p + 1, value.n - 2) : value;
}

static enum err read_line(struct header *h, struct text line, struct arena *arena)
{
	struct text name, value, first, rest;
	if (!text_cut(line, ':', &name, &value))
		return ERR_INVALID;
	value = text_trim(value);
	text_cut(value, ';', &first, &rest);
	rest = text_from(value.p + first.n, value.n - first.n);
	first = text_trim(first);
	if (text_ieq(name, TEXT("Content-Disposition")))
		return text_ieq(first, TEXT("form-data")) ? read_disposition(h, rest, arena)
							  : ERR_INVALID;
	if (text_ieq(name, TEXT("Content-Type")))
		read_type(h, first, rest);
	else if (text_ieq(name, TEXT("Content-Transfer-Encoding")))
		h->encoding = value;
	return ERR_OK;
}

/* Takes one line, with the lines that continue it: mail libraries fold long headers (RFC 5322,
 * section 2.2.3). The line breaks inside it stay, as blanks. False if no line break ends it. */
static bool next_line(struct text *content, struct text *line)
{
	const char *end, *begin = content->p;
	do {
		end = content->n < 2 ? NULL : memmem(content->p, content->n, "\r\n", 2);
		if (end == NULL)
			return false;
		*content = text_from(end + 2, content->n - (size_t)(end - content->p) - 2);
	} while (end != begin && content->n > 0 && (*content->p == ' ' || *content->p == '\t'));
	*line = text_from(begin, (size_t)(end - begin));
	return true;
}

/* Reads the lines up to the empty line; *content gets the bytes after it. */
static enum err read_header(struct header *h, struct text *content, struct arena *arena)
{
	for (;;) {
		struct text line;
		if (!next_line(content, &line))
			return ERR_INVALID;
		if (line.n == 0)
			return h->has_name ? ERR_OK : ERR_INVALID;
		enum err err = read_line(h, line, arena);
		if (err != ERR_OK)
			return err;
	}
}

static bool is_one_of(struct text word, const char *const *words)
{
	while (*words != NULL && !text_ieq(word, text_of(*words)))
		words++;
	return *words != NULL;
}

/* Converts the value to UTF-8. */
static const char *convert(struct text charset, struct arena *arena, struct text *value,
			   bool *failed)
{
	static const char *const same[] = {"", "utf-8", "utf8", "us-ascii", "ascii", NULL};
	static const char *const latin[] = {"windows-1252", "cp1252", "iso-8859-1",
					    "iso8859-1",    "latin1", NULL};
	struct buf out = {0};
	if (is_one_of(charset, same))
		return NULL;
	if (!is_one_of(charset, latin))
		return "has a charset that is not supported: send it in UTF-8";
	charset_put_windows_1252(&out, *value);
	*value = arena_copy(arena, buf_view(&out));
	*failed = out.failed || (out.n > 0 && value->p == NULL);
	buf_free(&out);
	return NULL;
}

static enum err read_part(struct multipart *m, const struct header *h, struct arena *arena,
			  struct multipart_part *part)
{
	static const char *const plain[] = {"", "7bit", "8bit", "binary", NULL};
	bool failed = false;
	part->name = h->name;
	part->problem = NULL;
	if (h->is_file)
		part->problem = "is a file: send text fields only";
	else if (!h->is_text)
		part->problem =
		    "is not text: send its part as text/plain, or without a Content-Type";
	else if (!is_one_of(h->encoding, plain))
		part->problem = "is encoded: send its part without Content-Transfer-Encoding";
	else
		part->problem = convert(h->charset.n > 0 ? h->charset : m->charset, arena,
					&part->value, &failed);
	if (text_eq(part->name, TEXT("_charset_")) && part->problem == NULL)
		m->charset = text_trim(part->value);
	return failed ? ERR_NO_MEMORY : ERR_OK;
}

enum err multipart_next(struct multipart *m, struct arena *arena, struct multipart_part *part,
			const char **why)
{
	/* Between two parts, m->rest begins with the header of the next part, because its delimiter
	 * is read together with the content before it. */
	if (!m->begun) {
		enum after after = begin(m);
		m->ended = after == AFTER_END;
		if (after == AFTER_CUT)
			goto cut;
	}
	while (!m->ended) {
		struct header h = {.is_text = true};
		enum after after = find_delimiter(m, 0, &part->value);
		if (after == AFTER_CUT)
			goto cut;
		m->ended = after == AFTER_END;
		enum err err = read_header(&h, &part->value, arena);
		if (err == ERR_INVALID)
			*why = "a part of the multipart body needs a header such as "
			       "Content-Disposition: "
			       "form-data; name=\"email\", and an empty line after it";
		if (err != ERR_OK)
			return err;
		if (!h.is_file || h.has_file_name || part->value.n > 0)
			return read_part(m, &h, arena, part);
	}
	return ERR_NOT_FOUND;
cut:
	*why = truncated;
	return ERR_INVALID;
}

enum err multipart_neutral(struct text content_type, struct text body, struct arena *arena,
			   struct text *out)
{
	struct multipart m;
	const char *from = body.p, *at;
	*out = body;
	if (body.n == 0 || multipart_open(&m, content_type, body) != NULL)
		return ERR_OK;
	const struct text boundary = text_from(m.delimiter + 4, m.delimiter_n - 4);
	char *p = arena_alloc(arena, body.n);
	size_t n = 0, left = body.n;
	if (p == NULL)
		return ERR_NO_MEMORY;
	while ((at = memmem(from, left, boundary.p, boundary.n)) != NULL) {
		memcpy(p + n, from, (size_t)(at - from));
		n += (size_t)(at - from);
		left -= (size_t)(at - from) + boundary.n;
		from = at + boundary.n;
	}
	memcpy(p + n, from, left);
	*out = text_from(p, n + left);
	return ERR_OK;
}
