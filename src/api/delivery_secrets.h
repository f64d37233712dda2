/*
 * What a receiver was told that not everybody who sees its answer may know.
 */
#ifndef API_DELIVERY_SECRETS_H
#define API_DELIVERY_SECRETS_H

#include "call.h"
#include "core/delivery_list.h"
#include "core/webhook.h"

enum { DELIVERY_SECRETS_MAX = 4 + WEBHOOK_LIST_MAX };

struct delivery_secrets {
	struct text items[DELIVERY_SECRETS_MAX];
	size_t n;
	bool unreadable; /* some cannot be opened: nothing of the answer may be shown */
	char made[3][CODE_SECRET_SIZE];
	struct buf opened; /* header values */
};

/** Those of this delivery that the call's token may not see: coupon and the secrets of the user's
 * own links without the scope write, header values without admin. To be wiped. */
void delivery_secrets_read(struct call *call, const struct delivery_read *read,
			   struct delivery_secrets *out);
void delivery_secrets_wipe(struct delivery_secrets *secrets);

#endif
