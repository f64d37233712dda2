/*
 * Owns the form of addresses in the index of beginnings, and the table of its records. Never
 * decides when a row is written. Called by the job that writes the rows, by commands that change or
 * erase a user, by the list of users and by verify.
 */
#include "core/address.h"

#include <string.h>

#include "base/idna.h"
#include "base/unicode.h"
#include "core/id_list.h"
#include "record_table.h"

static const struct field address_keys[] = {KEY(BYTES, address, key)};
const struct record_kind KIND_ADDRESS = KIND_OF_KEYS(RECORD_INDEX, 44, address, "address_index");

static const struct field address_progress_keys[] = {KEY(U64, address_progress, form)};
static const struct field address_progress_values[] = {VALUE(1, ID, address_progress, user_id)};
const struct record_kind KIND_ADDRESS_PROGRESS =
    KIND_OF_CLASS(RECORD_SERIAL, 45, address_progress, "address_progress");

/* Is folding all that the host needs? Nearly all hosts are of this kind. */
static bool is_plain(struct text host)
{
	unsigned char all = 0;
	for (size_t i = 0; i < host.n; i++)
		all |= (unsigned char)host.p[i];
	for (size_t i = 0; all < 0x80 && i + 4 <= host.n; i++)
		if (host.p[i + 2] == '-' && text_ieq(text_from(host.p + i, 4), TEXT("xn--")))
			return false;
	return all < 0x80;
}

/* The beginning of a host is often no host yet: then it is only folded. A host that ends in a dot
 * would lose the dot. */
static enum err fold_host(struct text host, struct arena *arena, struct text *out)
{
	char ascii[IDNA_MAX + 1], readable[IDNA_UNICODE_MAX + 1];
	size_t n;
	enum err err =
	    host.n == 0 || host.p[host.n - 1] == '.' ? ERR_INVALID : idna_to_ascii(host, ascii, &n);
	if (err == ERR_OK)
		err = idna_to_unicode(ascii, readable, &n);
	if (err == ERR_NO_MEMORY)
		return err;
	if (err != ERR_OK)
		return unicode_fold(host, arena, out);
	*out = arena_copy(arena, text_from(readable, n));
	return out->p == NULL ? ERR_NO_MEMORY : ERR_OK;
}

enum err address_fold(struct text typed, struct arena *arena, struct text *out)
{
	*out = (struct text){0};
	if (typed.n == 0)
		return ERR_OK;
	const char *at = memrchr(typed.p, '@', typed.n);
	size_t n = at == NULL ? typed.n : (size_t)(at - typed.p) + 1;
	struct text local = text_from(typed.p, n), host = text_from(typed.p + n, typed.n - n);
	if (at == NULL || is_plain(host))
		return unicode_fold(typed, arena, out);
	enum err err = unicode_fold(local, arena, &local);
	if (err == ERR_OK)
		err = fold_host(host, arena, &host);
	char *p = err == ERR_OK ? arena_alloc(arena, local.n + host.n) : NULL;
	if (p == NULL)
		return ERR_NO_MEMORY;
	memcpy(p, local.p, local.n);
	memcpy(p + local.n, host.p, host.n);
	*out = text_from(p, local.n + host.n);
	return ERR_OK;
}

struct text address_cut(struct text folded)
{
	return text_from(folded.p, folded.n < ADDRESS_FOLDED_MAX ? folded.n : ADDRESS_FOLDED_MAX);
}

enum err address_key(const struct user *user, struct arena *arena, struct text *out)
{
	struct text folded;
	enum err err = address_fold(user->email, arena, &folded);
	if (err != ERR_OK)
		return err;
	folded = address_cut(folded);
	char *p = arena_alloc(arena, folded.n + ADDRESS_TAIL);
	if (p == NULL)
		return ERR_NO_MEMORY;
	if (folded.n > 0)
		memcpy(p, folded.p, folded.n);
	p[folded.n] = '\0';
	id_list_write(user->id, p + folded.n + 1);
	*out = text_from(p, folded.n + ADDRESS_TAIL);
	return ERR_OK;
}

uint64_t address_user_id(struct text key)
{
	if (key.n < ADDRESS_TAIL || key.p[key.n - ADDRESS_TAIL] != '\0')
		return 0;
	return id_list_at(text_from(key.p + key.n - ID_LIST_ENTRY, ID_LIST_ENTRY), 0);
}
