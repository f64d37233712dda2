/*
 * E-mail addresses: which addresses a join accepts, and when two addresses are the same. Pure.
 */
#ifndef CORE_EMAIL_H
#define CORE_EMAIL_H

#include "base/bytes.h"

enum { EMAIL_MAX = 254 };

/* A valid address. */
struct email {
	struct text address;   /* for storing and sending: trimmed, the host mapped (UTS #46) */
	struct text canonical; /* for comparing: see email_canonical */
};

/** Reads an address that a person typed; the texts live in arena. Accepts dot-atom local parts of
 * at most 64 bytes (RFC 5321; with RFC 6531 in UTF-8, but without invisible characters). Accepts
 * host names whose last label is not a number, even of one label ("test@io" is a real address).
 * Refuses quoted local parts, comments, address literals and white space. Refuses addresses longer
 * than EMAIL_MAX, counted with the host as A-labels too. ERR_INVALID sets *why to a sentence
 * fragment that completes "email ..." ("needs an @ and a domain") and lives as long as arena; for
 * an empty text it is "is required". ERR_NO_MEMORY. */
enum err email_read(struct text typed, struct arena *arena, struct email *out,
		    const char **why) WARN_UNUSED;

/** Makes the canonical form, by which addresses are compared: the local part folded (unicode_fold),
 * the host as IDNA A-labels. `address` is a stored address; *out lives in arena. ERR_INVALID for a
 * text that is not an address, ERR_NO_MEMORY. */
enum err email_canonical(struct text address, struct arena *arena, struct text *out) WARN_UNUSED;

/** Makes the form by which referd 0.1 compared addresses. The e-mail index still has the users of
 * 0.1 under it. Errors of email_canonical. */
enum err email_key_0_1(struct text address, struct arena *arena, struct text *out) WARN_UNUSED;
/** Can email_key_0_1 differ from email_canonical? False for an ASCII local part. */
bool email_key_changed(struct text address) WARN_UNUSED;

/** Do two canonical addresses reach the same mailbox? Tags ("+...") and the dots of Gmail addresses
 * do not count, and googlemail.com is gmail.com. */
bool email_same_mailbox(struct text canonical, struct text other) WARN_UNUSED;

#endif
