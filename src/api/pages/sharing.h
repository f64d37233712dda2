/*
 * Sharing a link: the campaign's words, and the addresses that share the link on each network.
 */
#ifndef API_SHARING_H
#define API_SHARING_H

#include "api/call/call.h"
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

/* The lists that sharing_put_socials has made lately: the links of the users of a campaign differ
 * only in the code. */
struct sharing_lists;
/** Returns an empty cache, which the caller frees; NULL if memory runs out. */
struct sharing_lists *sharing_lists_new(void);
/** NULL is fine. */
void sharing_lists_free(struct sharing_lists *lists);

/** Writes a list of {"social", "url"} for the join link of this code. */
void sharing_put_socials(const struct call *call, struct json_out *o, const char *name,
			 const struct campaign *campaign, struct text code);
/** Writes "sharing": {"socials": [{"social", "url"}], "subject", "text"} for this link. */
void sharing_put(const struct call *call, struct json_out *o, const struct campaign *campaign,
		 struct text code);

#endif
