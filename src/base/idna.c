/* Owns the A-label form and the readable form of host names, and the folding of 0.1. The only file
 * that uses libidn2.
 * Never resolves a name.
 * Called by URLs (http) and by the reading of e-mail addresses (core). */
#include "base/idna.h"

#include <idn2.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"

enum { LABEL_MAX = 63 }; /* RFC 1035, section 2.3.4 */

static bool is_ascii(struct text t)
{
	unsigned char all = 0;
	for (size_t i = 0; i < t.n; i++)
		all |= (unsigned char)t.p[i];
	return all < 0x80;
}

/* ---- host names ---- */

/* Letters, digits and hyphens, but no hyphen at an end (RFC 1123, section 2.1). */
static bool label_ok(struct text label)
{
	if (label.n == 0 || label.n > LABEL_MAX || label.p[0] == '-' || label.p[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return true;
}

/* *has_a_label: a label begins with "xn--", so it must decode. */
static bool labels_ok(struct text host, bool *has_a_label)
{
	struct text label, rest = host;
	bool more;
	*has_a_label = false;
	do {
		more = text_cut(rest, '.', &label, &rest);
		if (!label_ok(label))
			return false;
		*has_a_label |= text_starts(label, TEXT("xn--"));
	} while (more);
	return true;
}

/* UTS #46. A-labels must survive a round trip. labels_ok checks the rules of STD3, because libidn2
 * would drop the forbidden characters ("goo goo.com" would become "googoo.com") instead of refusing
 * them. */
static enum err look_up(const char *host, char out[IDNA_MAX + 1], size_t *n)
{
	const int flags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL;
	uint8_t *found = NULL;
	int result = idn2_lookup_u8((const uint8_t *)host, &found, flags);
	if (result != IDN2_OK)
		return result == IDN2_MALLOC ? ERR_NO_MEMORY : ERR_INVALID;
	struct text name = text_of((const char *)found);
	bool has_a_label;
	bool ok = name.n <= IDNA_MAX && labels_ok(name, &has_a_label);
	if (ok) {
		memcpy(out, name.p, name.n + 1);
		*n = name.n;
	}
	idn2_free(found);
	return ok ? ERR_OK : ERR_INVALID;
}

enum err idna_to_ascii(struct text host, char out[IDNA_MAX + 1], size_t *n)
{
	/* A U-label may be longer than its A-label, but has at most four bytes for each character.
	 */
	char name[4 * IDNA_MAX + 1];
	bool has_a_label = false;
	if (host.n == 0 || host.n >= sizeof(name) || memchr(host.p, '\0', host.n) != NULL)
		return ERR_INVALID;
	for (size_t i = 0; i < host.n; i++)
		name[i] = ascii_lower(host.p[i]);
	name[host.n] = '\0';
	if (!is_ascii(host))
		return utf8_valid(host) ? look_up(name, out, n) : ERR_INVALID;
	if (host.n > IDNA_MAX || !labels_ok(text_from(name, host.n), &has_a_label))
		return ERR_INVALID;
	if (has_a_label)
		return look_up(name, out, n);
	memcpy(out, name, host.n + 1);
	*n = host.n;
	return ERR_OK;
}

enum err idna_to_unicode(const char *ascii, char out[IDNA_UNICODE_MAX + 1], size_t *n)
{
	char *found = NULL;
	int result = idn2_to_unicode_8z8z(ascii, &found, 0);
	if (result != IDN2_OK)
		return result == IDN2_MALLOC ? ERR_NO_MEMORY : ERR_INVALID;
	size_t length = strlen(found);
	if (length <= IDNA_UNICODE_MAX) {
		memcpy(out, found, length + 1);
		*n = length;
	}
	idn2_free(found);
	return length <= IDNA_UNICODE_MAX ? ERR_OK : ERR_INVALID;
}

/* ---- the folding of 0.1 ---- */

/* libidn2 has no case folding, but the transitional mapping of UTS #46 is NFKC_Casefold for the
 * characters of a label. So this function folds a piece of text as if it were a label. Returns
 * false and leaves `out` untouched if a label cannot have this text (a symbol, or too long). */
static bool fold_as_label(struct text piece, struct buf *out)
{
	char source[4 * LABEL_MAX + 1];
	uint8_t *ascii = NULL;
	char *folded = NULL;
	if (piece.n >= sizeof(source))
		return false;
	memcpy(source, piece.p, piece.n);
	source[piece.n] = '\0';
	int result =
	    idn2_lookup_u8((const uint8_t *)source, &ascii, IDN2_NFC_INPUT | IDN2_TRANSITIONAL);
	if (result == IDN2_OK)
		result = idn2_to_unicode_8z8z((const char *)ascii, &folded, 0);
	if (result == IDN2_OK)
		buf_str(out, folded);
	else if (result ==
		 IDN2_MALLOC) /* a half-folded address could be the address of another person */
		out->failed = true;
	idn2_free(ascii);
	idn2_free(folded);
	return result == IDN2_OK;
}

static size_t character_length(struct text t)
{
	size_t n = 1;
	while (n < t.n && ((unsigned char)t.p[n] & 0xC0) == 0x80)
		n++;
	return n;
}

/* Folds a run as a whole, so that accents compose. If libidn2 refuses one of its characters, folds
 * each character alone, and the refused characters stay as they are. */
static void fold_run(struct text run, struct buf *out)
{
	if (fold_as_label(run, out))
		return;
	while (run.n > 0) {
		size_t n = character_length(run);
		if (!fold_as_label(text_from(run.p, n), out))
			buf_add(out, run.p, n);
		run = text_from(run.p + n, run.n - n);
	}
}

static enum err fold_ascii(struct text t, struct arena *arena, struct text *out)
{
	char *p = arena_alloc(arena, t.n);
	if (p == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < t.n; i++)
		p[i] = ascii_lower(t.p[i]);
	*out = text_from(p, t.n);
	return ERR_OK;
}

/* The length of the run at the beginning of t: characters that are not ASCII, and the letter before
 * them, to which a combining accent (U+0301) belongs. 0 if no run begins here. */
static size_t run_length(struct text t)
{
	bool letter = t.n > 1 && ascii_lower(t.p[0]) >= 'a' && ascii_lower(t.p[0]) <= 'z';
	size_t start = letter ? 1 : 0, n = start;
	while (n < t.n && (unsigned char)t.p[n] >= 0x80)
		n++;
	return n > start ? n : 0;
}

enum err idna_fold(struct text t, struct arena *arena, struct text *out)
{
	struct buf folded = {0};
	*out = (struct text){0};
	if (is_ascii(t))
		return fold_ascii(t, arena, out);
	for (size_t i = 0, n; i < t.n; i += n) {
		n = run_length(text_from(t.p + i, t.n - i));
		if (n > 0) {
			fold_run(text_from(t.p + i, n), &folded);
		} else {
			buf_char(&folded, ascii_lower(t.p[i]));
			n = 1;
		}
	}
	*out = arena_copy(arena, buf_view(&folded));
	bool failed = folded.failed || out->n != folded.n;
	buf_free(&folded);
	return failed ? ERR_NO_MEMORY : ERR_OK;
}
