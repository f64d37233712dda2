/* Owns the names of enum err.
 * Never decides what an error means to a client or to the process.
 * Called by every room that logs a failure. */
#include "base/err.h"

static const char *const names[] = {
    [ERR_OK] = "ok",
    [ERR_NOT_FOUND] = "not_found",
    [ERR_PENDING] = "pending",
    [ERR_REFUSED] = "refused",
    [ERR_INVALID] = "invalid",
    [ERR_TOO_LARGE] = "too_large",
    [ERR_NO_MEMORY] = "no_memory",
    [ERR_NO_SPACE] = "no_space",
    [ERR_BUSY] = "busy",
    [ERR_CORRUPT] = "corrupt",
    [ERR_FORMAT] = "format",
    [ERR_IO] = "io",
    [ERR_CONFLICT] = "conflict",
};

const char *err_name(enum err err)
{
	if ((unsigned)err >= sizeof(names) / sizeof(names[0]))
		return "unknown";
	return names[err];
}
