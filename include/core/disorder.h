/*
 * How far ids are from the order of time. A search by time includes this slack on both sides.
 */
#ifndef CORE_DISORDER_H
#define CORE_DISORDER_H

/* A row with a smaller id than another row is at most this much younger, in milliseconds. */
enum {
	/* One store: a result of a delivery waits before it is recorded. */
	ID_DISORDER_OWN_MS = 500,
	/* Several nodes, which take ids in blocks: a node throws a block away after one second, the
	 * clocks of two nodes differ by at most one second, and a command waits for its commit. */
	ID_DISORDER_MS = 5000,
};

#endif
