/*
 * The state of a database that is another program, such as a PostgreSQL server.
 */
#ifndef STORE_HEALTH_H
#define STORE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

struct store_health {
	unsigned version; /* of the database server, such as 150006; 0: not known yet */
	bool connected;   /* every connection is open */
	bool read_only;   /* the server accepts no writes: it is a standby */
	bool unresolved;  /* it is not known yet whether the last batch was stored */
	bool replaced;    /* another process has this node's name, so this one commits nothing */
	uint64_t away_ms; /* for how long an answer has been missing; 0: no answer is missing */
	bool clock_known; /* clock_ms is measured */
	int64_t clock_ms; /* this machine's clock minus that of the database */
	uint64_t lost[2]; /* COMMITs whose answer was lost: not stored, stored */
};

#endif
