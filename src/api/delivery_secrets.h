/*
 * The secrets in a delivery's request, which a receiver may repeat in its response.
 */
#ifndef API_DELIVERY_SECRETS_H
#define API_DELIVERY_SECRETS_H

#include "api/call/call.h"
#include "core/delivery_list.h"
#include "core/webhook.h"

enum { DELIVERY_SECRETS_MAX = 5 + WEBHOOK_LIST_MAX };

struct delivery_secrets {
	struct text items[DELIVERY_SECRETS_MAX];
	size_t n;
	bool unreadable; /* a header value cannot be opened: show no part of the response */
	bool read_only;  /* the token of the call lacks the scope write */
	char made[3][CODE_SECRET_SIZE];
	char once[CODE_SECRET_SIZE];
	struct buf opened; /* header values */
};

/** Collects the secrets that the call's token must not see. Without the scope write: the coupon,
 * and the secrets in the user's own links. Without admin: header values. The caller wipes *out. */
void delivery_secrets_read(struct call *call, const struct delivery_read *read,
			   struct delivery_secrets *out);
void delivery_secrets_wipe(struct delivery_secrets *secrets);

#endif
