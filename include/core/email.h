/*
 * E-mail addresses: what a join accepts, and when two are the same. Pure.
 */
#ifndef CORE_EMAIL_H
#define CORE_EMAIL_H

#include "base/bytes.h"

enum { EMAIL_MAX = 254 };

/* An address that may be used. */
struct email {
	struct text address;   /* as it is stored and sent: trimmed, the host mapped (UTS #46) */
	struct text canonical; /* by which addresses are compared: see email_canonical */
};

/** Reads what somebody typed; the texts live in arena. ERR_INVALID with *why, a sentence fragment
 * that completes "email ..." ("needs an @ and a domain") and lives as long as arena; ERR_NO_MEMORY.
 * Accepts RFC 5321 dot-atom local parts of at most 64 bytes (RFC 6531: UTF-8, but no invisible
 * characters) and host names, of one label too ("test@io" is a real address), whose last label is
 * not a number. Refuses quoted local parts, comments, address literals, white space, and what is
 * longer than EMAIL_MAX, also with the host as A-labels. An empty text "is required". */
enum err email_read(struct text typed, struct arena *arena, struct email *out,
		    const char **why) WARN_UNUSED;

/** The form by which addresses are compared: the local part folded (unicode_fold), the host as IDNA
 * A-labels. For an address that is stored; in arena. ERR_INVALID for a text that is not an address,
 * ERR_NO_MEMORY. */
enum err email_canonical(struct text address, struct arena *arena, struct text *out) WARN_UNUSED;

/** The form by which referd 0.1 compared addresses, and under which its users are still filed. The
 * same errors. */
enum err email_key_0_1(struct text address, struct arena *arena, struct text *out) WARN_UNUSED;
/** May email_key_0_1 differ from email_canonical? Never for an ASCII local part. */
bool email_key_changed(struct text address) WARN_UNUSED;

/** Do two canonical addresses reach one mailbox? Tags ("+...") do not count, nor do Gmail's dots,
 * and googlemail.com is gmail.com. */
bool email_same_mailbox(struct text canonical, struct text other) WARN_UNUSED;

#endif
