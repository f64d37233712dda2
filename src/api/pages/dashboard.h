/* The dashboard's files, which are part of the program. src/dashboard has their sources; the
 * Makefile turns src/dashboard/dist into DASHBOARD_FILES.
 */
#ifndef API_PAGES_DASHBOARD_H
#define API_PAGES_DASHBOARD_H

#include "api/call/call.h"

enum dashboard_coding { DASHBOARD_PLAIN, DASHBOARD_GZIP, DASHBOARD_BROTLI, DASHBOARD_CODINGS };

struct dashboard_file {
	const char *name; /* "app-FR7NDMUX.js" */
	const unsigned char *bytes[DASHBOARD_CODINGS];
	size_t sizes[DASHBOARD_CODINGS];
};

extern const struct dashboard_file DASHBOARD_FILES[]; /* index.html first; ends with a NULL name */
extern const char DASHBOARD_ETAG[];                   /* of index.html, quoted */

/** Replies with the script or style sheet of that name, in a coding that the client accepts.
 * Returns false, without a reply, if the dashboard has no such file. */
bool dashboard_reply_asset(struct call *call, struct text name) WARN_UNUSED;

#endif
