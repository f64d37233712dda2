/*
 * Reading the counters that a frame of the stream shows.
 */
#ifndef API_STREAM_SUMS_H
#define API_STREAM_SUMS_H

#include "store/command.h"
#include "stream_look.h"

struct stream_sums {
	struct command command;         /* decide: stream_sums_decide; a query */
	void *arg;                      /* for done */
	struct stream_changes *changes; /* its campaigns and webhooks get their counters */
	struct stream_look *look;       /* first adds the changes of other nodes; or NULL */
};
/** A campaign or webhook without counters gets zeros. */
command_decide_fn stream_sums_decide;

#endif
