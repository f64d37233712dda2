/* Addresses: whatever is accepted has a canonical form, which does not depend on ASCII case.
 * Never asks that a canonical form be an address: folding may bring characters that it may not
 * hold. Run by make fuzz. */
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

static void canonical_holds(struct text address, struct arena *arena)
{
	struct text canonical = email_canonical(address, arena);
	struct text shouted = upper(address, arena);
	check(canonical.n > 0 && utf8_valid(canonical));
	for (size_t i = 0; i < canonical.n; i++)
		check(canonical.p[i] < 'A' || canonical.p[i] > 'Z');
	check(email_refusal(shouted) == NULL);
	check(text_eq(email_canonical(shouted, arena), canonical));
}

/* An A-label form is its own A-label form. */
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
	if (email_refusal(input) == NULL) {
		check(size <= EMAIL_MAX && utf8_printable(input));
		canonical_holds(input, &arena);
	}
	arena_free(&arena);
	return 0;
}
