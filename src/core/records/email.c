/*
 * Owns the rules of e-mail addresses: which a join accepts, how they are stored, and when two are
 * the same. Never asks the DNS, and never checks that the mailbox exists. Called by joining, the
 * API's user calls and the import.
 */
#include "core/email.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/idna.h"
#include "base/typed.h"
#include "base/unicode.h"
#include "base/utf8.h"

enum { LOCAL_MAX = 64 /* RFC 5321, section 4.5.3.1.1 */, WHY_MAX = 96 };

static const char too_long[] = "is longer than 254 bytes";

/* RFC 5322, section 3.2.3: atext without letters and digits. */
static const char atext_marks[] = "!#$%&'*+-/=?^_`{|}~";

/* Characters without a common meaning: private use, specials, non-characters. */
static bool is_unassigned(uint32_t c)
{
	return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xFFF0 && c <= 0xFFFF) || c >= 0xE0000;
}

static bool is_atext(uint32_t c)
{
	if (c >= 0x80) /* RFC 6531, section 3.3 */
		return !unicode_is_invisible(c) && !is_unassigned(c);
	if (ascii_is_alnum((char)c))
		return true;
	return c != 0 && strchr(atext_marks, (int)c) != NULL;
}

static bool is_ascii(struct text t)
{
	unsigned char all = 0;
	for (size_t i = 0; i < t.n; i++)
		all |= (unsigned char)t.p[i];
	return all < 0x80;
}

/* The last "@" separates local part and host: a local part contains no "@", because quoted local
 * parts are refused. */
static bool split(struct text address, struct text *local, struct text *host)
{
	const char *at = address.n == 0 ? NULL : memrchr(address.p, '@', address.n);
	if (at == NULL)
		return false;
	*local = text_from(address.p, (size_t)(at - address.p));
	*host = text_from(at + 1, address.n - local->n - 1);
	return true;
}

/* Writes a message that names a character which cannot be on that side ("before") of the @. NULL if
 * memory runs out. */
static const char *name_character(uint32_t c, const char *side, struct arena *arena)
{
	char *why = arena_alloc(arena, WHY_MAX);
	if (why == NULL)
		return NULL;
	if (c == ' ')
		snprintf(why, WHY_MAX, "has a blank %s the @", side);
	else if (c == '@')
		snprintf(why, WHY_MAX, "has more than one @");
	else if (unicode_is_invisible(c))
		snprintf(why, WHY_MAX, "has an invisible character (U+%04X) %s the @", (unsigned)c,
			 side);
	else if (c < 0x80)
		snprintf(why, WHY_MAX, "has the character %c %s the @, which is not allowed there",
			 (int)c, side);
	else
		snprintf(why, WHY_MAX, "has an unusable character (U+%04X) %s the @", (unsigned)c,
			 side);
	return why;
}

/* ERR_INVALID with *why, ERR_NO_MEMORY. */
static enum err check_local(struct text local, struct arena *arena, const char **why)
{
	/* no dot may follow the beginning, just as no dot may follow a dot */
	bool after_dot = true;
	*why = NULL;
	if (local.n == 0)
		*why = "needs a name before the @";
	if (local.n > LOCAL_MAX)
		*why = "has more than 64 bytes before the @";
	for (size_t i = 0, n; i < local.n && *why == NULL; i += n) {
		uint32_t c = unicode_next(text_from(local.p + i, local.n - i), &n);
		if (c == '.' && after_dot)
			*why = "has a dot in the wrong place";
		else if (c != '.' && !is_atext(c) &&
			 (*why = name_character(c, "before", arena)) == NULL)
			return ERR_NO_MEMORY;
		after_dot = c == '.';
	}
	if (*why == NULL && after_dot)
		*why = "has a dot in the wrong place";
	return *why == NULL ? ERR_OK : ERR_INVALID;
}

/* A top-level domain is never all digits (RFC 3696, section 2), so 127.0.0.1 is not a domain. */
static bool last_label_numeric(struct text host)
{
	size_t i = host.n;
	while (i > 0 && host.p[i - 1] >= '0' && host.p[i - 1] <= '9')
		i--;
	return i < host.n && (i == 0 || host.p[i - 1] == '.');
}

/* Does IDNA drop or map the character, for example a zero width space or a full-width dot? */
static bool is_mapped(struct text character)
{
	char label[8] = "a", ascii[IDNA_MAX + 1];
	size_t n = character.n;
	memcpy(label + 1, character.p, n);
	label[n + 1] = 'a';
	return idna_to_ascii(text_from(label, n + 2), ascii, &n) == ERR_OK;
}

/* True if no host name can contain the character, in any neighbourhood. */
static bool is_foreign_to_hosts(uint32_t c, struct text character)
{
	if (c >= 0x80)
		return (unicode_is_invisible(c) || is_unassigned(c)) && !is_mapped(character);
	return !ascii_is_alnum((char)c) && c != '.' && c != '-';
}

/* Finds a character that makes the host invalid, if there is one. */
static enum err refuse_host(struct text host, struct arena *arena, const char **why)
{
	*why = "has a domain that is not a valid host name";
	for (size_t i = 0, n; i < host.n; i += n) {
		struct text rest = text_from(host.p + i, host.n - i);
		uint32_t c = unicode_next(rest, &n);
		if (!is_foreign_to_hosts(c, text_from(rest.p, n)))
			continue;
		*why = name_character(c, "after", arena);
		return *why == NULL ? ERR_NO_MEMORY : ERR_INVALID;
	}
	return ERR_INVALID;
}

/* Writes the host as A-labels to `ascii`. */
static enum err check_host(struct text host, size_t local_n, struct arena *arena,
			   char ascii[IDNA_MAX + 1], size_t *n, const char **why)
{
	enum err err = host.n == 0 ? ERR_INVALID : idna_to_ascii(host, ascii, n);
	if (err == ERR_NO_MEMORY)
		return err;
	if (host.n == 0)
		*why = "needs a domain after the @";
	else if (err != ERR_OK)
		return refuse_host(host, arena, why);
	else if (last_label_numeric(text_from(ascii, *n)))
		*why = "has a domain that ends in a number";
	else if (local_n + 1 + *n > EMAIL_MAX)
		*why = too_long;
	else
		return ERR_OK;
	return ERR_INVALID;
}

static enum err join_parts(struct text local, struct text host, struct arena *arena,
			   struct text *out)
{
	char *p = arena_alloc(arena, local.n + 1 + host.n);
	if (p == NULL)
		return ERR_NO_MEMORY;
	memcpy(p, local.p, local.n);
	p[local.n] = '@';
	memcpy(p + local.n + 1, host.p, host.n);
	*out = text_from(p, local.n + 1 + host.n);
	return ERR_OK;
}

/* Makes the address with the host as people read it: in lower case, every character in its usual
 * form. */
static enum err map_host(struct text local, struct text host, struct text ascii,
			 struct arena *arena, struct text *out)
{
	char mapped[IDNA_UNICODE_MAX + 1];
	size_t n;
	if (is_ascii(host))
		return join_parts(local, ascii, arena, out);
	enum err err = idna_to_unicode(ascii.p, mapped, &n);
	return err == ERR_OK ? join_parts(local, text_from(mapped, n), arena, out) : err;
}

static enum err fold_local(struct text local, struct text ascii, struct arena *arena,
			   struct text *out)
{
	struct text folded;
	enum err err = unicode_fold(local, arena, &folded);
	return err == ERR_OK ? join_parts(folded, ascii, arena, out) : err;
}

static enum err read_trimmed(struct text typed, struct arena *arena, struct email *out,
			     const char **why)
{
	struct text local, host;
	char ascii[IDNA_MAX + 1];
	size_t n;
	*why = NULL;
	if (typed.n == 0)
		*why = "is required";
	else if (typed.n > EMAIL_MAX) /* RFC 5321, section 4.5.3.1.3, without the angle brackets */
		*why = too_long;
	else if (!utf8_valid(typed))
		*why = "must be UTF-8 text";
	else if (!split(typed, &local, &host))
		*why = "needs an @ and a domain";
	if (*why != NULL)
		return ERR_INVALID;
	enum err err = check_local(local, arena, why);
	if (err == ERR_OK)
		err = check_host(host, local.n, arena, ascii, &n, why);
	if (err == ERR_OK)
		err = map_host(local, host, text_from(ascii, n), arena, &out->address);
	return err == ERR_OK ? fold_local(local, text_from(ascii, n), arena, &out->canonical) : err;
}

enum err email_read(struct text typed, struct arena *arena, struct email *out, const char **why)
{
	*out = (struct email){0};
	enum err err = read_trimmed(typed_trim(typed), arena, out, why);
	if (err != ERR_OK || out->address.n <= EMAIL_MAX)
		return err;
	*why = too_long;
	return ERR_INVALID;
}

enum err email_canonical(struct text address, struct arena *arena, struct text *out)
{
	struct text local, host;
	char ascii[IDNA_MAX + 1];
	size_t n;
	*out = (struct text){0};
	if (!split(address, &local, &host))
		return ERR_INVALID;
	enum err err = idna_to_ascii(host, ascii, &n);
	return err == ERR_OK ? fold_local(local, text_from(ascii, n), arena, out) : err;
}

/* ---- the comparison of 0.1 ---- */

enum err email_key_0_1(struct text address, struct arena *arena, struct text *out)
{
	struct text local, host, folded;
	char ascii[IDNA_MAX + 1];
	size_t n;
	*out = (struct text){0};
	if (!split(address, &local, &host))
		return ERR_INVALID;
	enum err err = idna_to_ascii(host, ascii, &n);
	if (err == ERR_OK)
		err = idna_fold(local, arena, &folded);
	return err == ERR_OK ? join_parts(folded, text_from(ascii, n), arena, out) : err;
}

bool email_key_changed(struct text address)
{
	struct text local, host;
	return split(address, &local, &host) && !is_ascii(local);
}

/* ---- mailboxes ---- */

/* Providers that ignore dots, and their other names. A "+" begins a tag at every provider. */
static const struct {
	const char *host, *same_as;
} dotless[] = {{"gmail.com", "gmail.com"}, {"googlemail.com", "gmail.com"}};

static struct text dotless_host(struct text host)
{
	for (size_t i = 0; i < sizeof dotless / sizeof *dotless; i++)
		if (text_eq(host, text_of(dotless[i].host)))
			return text_of(dotless[i].same_as);
	return (struct text){0};
}

/* Returns the next byte of the local part that counts, from *at on; 0 at the end. */
static char next_that_counts(struct text local, bool skips_dots, size_t *at)
{
	while (skips_dots && *at < local.n && local.p[*at] == '.')
		++*at;
	return *at < local.n ? local.p[(*at)++] : '\0';
}

/* Returns the local part without its tag. A local part that begins with "+" has no tag. */
static struct text without_tag(struct text local)
{
	const char *plus = local.n < 2 ? NULL : memchr(local.p + 1, '+', local.n - 1);
	return plus == NULL ? local : text_from(local.p, (size_t)(plus - local.p));
}

bool email_same_mailbox(struct text canonical, struct text other)
{
	struct text locals[2], hosts[2];
	if (!split(canonical, &locals[0], &hosts[0]) || !split(other, &locals[1], &hosts[1]))
		return false;
	struct text gmail[2] = {dotless_host(hosts[0]), dotless_host(hosts[1])};
	bool skips_dots = gmail[0].n > 0;
	if (!text_eq(gmail[0], gmail[1]) || (!skips_dots && !text_eq(hosts[0], hosts[1])))
		return false;
	size_t at[2] = {0, 0};
	char a, b;
	do {
		a = next_that_counts(without_tag(locals[0]), skips_dots, &at[0]);
		b = next_that_counts(without_tag(locals[1]), skips_dots, &at[1]);
	} while (a == b && a != '\0');
	return a == b;
}
