/*
 * Sharing a link: the campaign's words, and the addresses that share the link on each network.
 */
#ifndef API_SHARING_H
#define API_SHARING_H

#include "base/json.h"
#include "core/records.h"

struct sharing_network {
	const char *social; /* its name in the API */
	const char
	    *label; /* its name for people; NULL: e-mail, whose name depends on the language */
	const char *pattern;
};
extern const struct sharing_network SHARING_NETWORKS[]; /* ends with a NULL social */

/** Appends the address that shares this link on the network, with the campaign's words. */
void sharing_write_url(struct buf *out, const struct sharing_network *network,
		       const struct campaign *campaign, struct text link);

/** Writes a list of {"social", "url"} for this link. */
void sharing_put_socials(struct json_out *o, const char *name, const struct campaign *campaign,
			 struct text link);
/** Writes "sharing": {"socials": [{"social", "url"}], "subject", "text"} for this link. */
void sharing_put(struct json_out *o, const struct campaign *campaign, struct text link);

#endif
