/*
 * Owns the test whether a mail domain offers throw-away addresses. Never reads a file: the Makefile
 * turns the list (disposable_domains.txt, from the disposable-email-domains project, CC0) into a
 * table. Called by suspicion.c.
 */
#include <stdlib.h>
#include <string.h>

#include "suspicion.h"

/* Sorted by bytes. */
extern const char *const disposable_domains[];
extern const size_t disposable_domains_n;

static int compare(const void *wanted, const void *item)
{
	const struct text *domain = wanted;
	const char *listed = *(const char *const *)item;
	size_t n = strlen(listed);
	int order = memcmp(domain->p, listed, domain->n < n ? domain->n : n);
	if (order != 0)
		return order;
	return domain->n < n ? -1 : domain->n > n;
}

bool disposable_domain(struct text domain)
{
	struct text rest = domain, label, parent;
	/* No top-level domain is listed. */
	while (text_cut(rest, '.', &label, &parent)) {
		if (bsearch(&rest, disposable_domains, disposable_domains_n,
			    sizeof *disposable_domains, compare) != NULL)
			return true;
		rest = parent;
	}
	return false;
}
