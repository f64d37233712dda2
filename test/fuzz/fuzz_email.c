/* Owns the fuzzer of e-mail addresses: an accepted address is read the same way again, and its
 * canonical form depends neither on ASCII case nor on repetition. Never requires a canonical form
 * to be an address: folding may produce characters that an address must not have. Run by make
 * fuzz. */
#include <stdlib.h>
#include <string.h>

#include "base/idna.h"
#include "base/utf8.h"
#include "core/email.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static struct text upper(struct text t, struct arena *arena)
{
	char *p = arena_alloc(arena, t.n);
	for (size_t i = 0; i < t.n; i++)
		p[i] = t.p[i] >= 'a' && t.p[i] <= 'z' ? (char)(t.p[i] & ~0x20) : t.p[i];
	return text_from(p, t.n);
}

static struct email read_again(struct text address, struct arena *arena)
{
	struct email email = {0};
	const char *why;
	check(email_read(address, arena, &email, &why) == ERR_OK);
	return email;
}

static void address_holds(struct email email, struct arena *arena)
{
	struct text key, changed;
	check(email.address.n <= EMAIL_MAX && utf8_printable(email.address));
	check(email.canonical.n > 0 && utf8_valid(email.canonical));
	for (size_t i = 0; i < email.canonical.n; i++)
		check(email.canonical.p[i] < 'A' || email.canonical.p[i] > 'Z');
	struct email again = read_again(email.address, arena);
	check(text_eq(again.address, email.address) && text_eq(again.canonical, email.canonical));
	check(text_eq(read_again(upper(email.address, arena), arena).canonical, email.canonical));
	check(email_key_0_1(email.address, arena, &key) == ERR_OK);
	check(email_key_changed(email.address) || text_eq(key, email.canonical));
	check(email_canonical(email.canonical, arena, &changed) == ERR_OK);
	check(text_eq(changed, email.canonical));
	check(email_same_mailbox(email.canonical, email.canonical));
}

/* The A-label form of an A-label form is the same. */
static void host_holds(struct text host)
{
	char once[IDNA_MAX + 1], twice[IDNA_MAX + 1];
	size_t n = 0, again = 0;
	if (idna_to_ascii(host, once, &n) != ERR_OK)
		return;
	check(n > 0 && n <= IDNA_MAX && once[n] == '\0' && strlen(once) == n);
	check(idna_to_ascii(text_from(once, n), twice, &again) == ERR_OK);
	check(again == n && memcmp(once, twice, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct text input = text_from(data, size);
	host_holds(input);
	struct email email;
	const char *why = NULL;
	enum err err = email_read(input, &arena, &email, &why);
	check(err == ERR_OK || (err == ERR_INVALID && why != NULL));
	if (err == ERR_OK)
		address_holds(email, &arena);
	arena_free(&arena);
	return 0;
}
