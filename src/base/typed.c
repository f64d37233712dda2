/* Owns the removal of invisible characters from text that people typed.
 * Never knows what the text means.
 * Called by the code that reads names, addresses, codes and other typed values. */
#include "base/typed.h"

#include <stdio.h>
#include <string.h>

#include "base/unicode.h"
#include "base/utf8.h"

enum {
	JOINER = 0x200D,
	TEXT_STYLE = 0xFE0E,
	EMOJI_STYLE = 0xFE0F,
	TAGS = 0xE0020,
	TAGS_END = 0xE007F
};

static struct text behind(struct text t, size_t n)
{
	return text_from(t.p + n, t.n - n);
}

/* The number of bytes at the beginning of t that belong to the emoji before t: one variation
 * selector, tags and one joiner, all optional (UTS #51, section 1.4.9). */
static size_t emoji_tail(struct text t)
{
	size_t at = 0, n;
	uint32_t c = t.n == 0 ? 0 : unicode_next(t, &n);
	if (c == TEXT_STYLE || c == EMOJI_STYLE) {
		at += n;
		c = at == t.n ? 0 : unicode_next(behind(t, at), &n);
	}
	while (c >= TAGS && c <= TAGS_END) {
		at += n;
		c = at == t.n ? 0 : unicode_next(behind(t, at), &n);
	}
	return c == JOINER ? at + n : at;
}

static struct text trim_start(struct text t)
{
	size_t n;
	while (t.n > 0 && unicode_is_invisible(unicode_next(t, &n)))
		t = behind(t, n);
	return t;
}

struct text typed_trim(struct text t)
{
	t = trim_start(t);
	size_t end = t.n, n;
	uint32_t c = 0;
	while (end > 0 && unicode_is_invisible(c = unicode_last(text_from(t.p, end), &n)))
		end -= n;
	if (end < t.n && end > 0 && unicode_is_emoji(c))
		end += emoji_tail(behind(t, end));
	t.n = end;
	return t;
}

static bool has_invisible(struct text t)
{
	for (size_t i = 0, n; i < t.n; i += n)
		if (unicode_is_invisible(unicode_next(behind(t, i), &n)))
			return true;
	return false;
}

enum err typed_strip(struct text t, struct arena *arena, struct text *out)
{
	*out = t;
	if (!has_invisible(t) ||
	    !utf8_valid(t)) /* removing bytes could join pieces of broken characters */
		return ERR_OK;
	char *p = arena_alloc(arena, t.n);
	if (p == NULL)
		return ERR_NO_MEMORY;
	*out = text_from(p, 0);
	for (size_t i = 0, n; i < t.n; i += n) {
		if (unicode_is_invisible(unicode_next(behind(t, i), &n)))
			continue;
		memcpy(p + out->n, t.p + i, n);
		out->n += n;
	}
	return ERR_OK;
}

static const char *name_character(uint32_t c, const char *kind, const char *does,
				  struct arena *arena)
{
	enum { WHY_MAX = 96 };
	char *why = arena_alloc(arena, WHY_MAX);
	if (why == NULL)
		return "has a character that is not allowed here";
	snprintf(why, WHY_MAX, "has %s character (U+%04X)%s: leave it out", kind, (unsigned)c,
		 does);
	return why;
}

const char *typed_text_refusal(struct text t, struct arena *arena)
{
	if (utf8_printable(t))
		return NULL;
	if (!utf8_valid(t))
		return "must be UTF-8 text";
	size_t i = 0, n;
	uint32_t c = unicode_next(t, &n);
	for (; utf8_printable(text_from(t.p + i, n)); c = unicode_next(behind(t, i), &n))
		i += n;
	return name_character(c, "a control", "", arena);
}

const char *typed_name_refusal(struct text t, struct arena *arena)
{
	const char *why = typed_text_refusal(t, arena);
	for (size_t i = 0, n; why == NULL && i < t.n; i += n) {
		uint32_t c = unicode_next(behind(t, i), &n);
		if (unicode_is_bidi_control(c))
			why = name_character(c, "an invisible",
					     " that reverses the order of the text", arena);
	}
	return why;
}
