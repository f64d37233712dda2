/*
 * Leases: the right to do some work, which one node has at a time. These are the rules about the
 * records. The lease room asks for leases and renews them (lease/leases.h).
 *
 * A lease ends in two ways. It expires: after expires_ms any node may take it. Or its owner
 * releases it. Each new owner raises the fence, and each command of an owner checks the fence in
 * its own transaction. So a commit of an owner that has lost its lease stores nothing, however late
 * it comes.
 */
#ifndef CORE_LEASE_H
#define CORE_LEASE_H

#include <stdbool.h>

#include "core/lease_records.h"
#include "store/command.h"
#include "store/tx.h"

enum {
	LEASE_MS = 10000,       /* how long a lease lasts, without the work that its owner begins */
	LEASE_RENEW_MS = 1000,  /* how often its owner renews it */
	LEASE_MARGIN_MS = 1000, /* its owner stops so long before its end: clocks differ */
};

/* The proof that a command belongs to an owner. Zeros: the store has one writer, and no lease. */
struct lease_fence {
	uint64_t what, number, fence;
};

/** For the beginning of an owner's command. ERR_REFUSED: another node has taken the lease over. The
 * read makes the commit conflict if that happens before the commit. Without a fence it reads
 * nothing. */
enum err lease_check(struct tx *tx, const struct lease_fence *fence) WARN_UNUSED;

/** May any node take it? */
bool lease_is_free(const struct lease *lease, uint64_t now_ms);

/** The most lanes that the node `self` should have: as many as a fair division of all `lanes` among
 * n nodes gives it. held[i]: the lanes that node i has now. A lane moves only if two nodes differ
 * by more than one lane. All nodes that know the same numbers get shares that add up. */
size_t lease_share(size_t lanes, const size_t *held, size_t n, size_t self);

enum lease_wish {
	LEASE_TAKE,    /* if it is free */
	LEASE_RENEW,   /* if it still has the fence */
	LEASE_RELEASE, /* the same: another node may take it at once */
	LEASE_END,     /* the same: its work has ended for ever, and its record is removed */
};

/* One lease that a command changes. */
struct lease_item {
	enum lease_wish wish;
	uint64_t what, number;
	uint64_t fence;   /* with which the node has it; with LEASE_TAKE: 0 */
	uint64_t last_ms; /* with LEASE_TAKE and LEASE_RENEW: how long it lasts from now on */
	uint64_t got;     /* valid in done: the fence with which the node has it now; 0: not */
};

struct lease_change {
	struct command command; /* decide: lease_change_decide */
	struct lease_item *items;
	size_t n;
	/* The time on the database's clock at which the owner asked. The command may be decided
	 * later, and the lease then lasts as much shorter. */
	uint64_t now_ms;
};
/** Changes each lease for itself. If the node cannot have one lease, it still gets the others. */
command_decide_fn lease_change_decide;

enum { LEASE_PAGE = 128 };
/* A query that reads the next page of leases. */
struct lease_read {
	struct command command; /* decide: lease_read_decide */
	struct lease after;     /* zeros: from the first */
	struct lease rows[LEASE_PAGE];
	size_t n; /* if it is LEASE_PAGE, there may be more */
};
command_decide_fn lease_read_decide;

#endif
