/* Owns the question whether a mail domain is a throw-away one. The list (disposable_domains.txt,
 * from the disposable-email-domains project, CC0) is made into a table by the Makefile. Called by
 * suspicion.c.
 */
#include <stdlib.h>
#include <string.h>

#include "suspicion.h"

/* Sorted as bytes. */
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
	struct text rest = domain, label;
	while (rest.n > 0) {
		if (bsearch(&rest, disposable_domains, disposable_domains_n,
			    sizeof *disposable_domains, compare) != NULL)
			return true;
		text_cut(rest, '.', &label, &rest);
	}
	return false;
}
