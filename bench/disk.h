/*
 * The speed of the disk below the server's directory, which bounds the latency of a durable write.
 */
#ifndef BENCH_DISK_H
#define BENCH_DISK_H

#include <stdbool.h>

#include "base/err.h"
#include "latencies.h"

/** Appends 4 KiB to a new file in the directory and waits for the disk, 200 times. False and a
 * message on stderr if the file cannot be written. */
bool disk_measure(const char *directory, struct latencies *out) WARN_UNUSED;

#endif
