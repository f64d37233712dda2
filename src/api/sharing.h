/*
 * What a user sends to friends: the campaign's words and the addresses of networks to share a link on.
 */
#ifndef API_SHARING_H
#define API_SHARING_H

#include "base/json.h"
#include "core/records.h"

/** Writes "sharing": {"socials": [{"social", "url"}], "subject", "text"} for this link. */
void sharing_put(struct json_out *o, const struct campaign *campaign, struct text link);

#endif
