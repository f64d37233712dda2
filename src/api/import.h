/*
 * Imports that are running.
 */
#ifndef API_IMPORT_H
#define API_IMPORT_H

struct api;

/** The server is stopping: imports end after the lines that they have read, and report the last
 * line. */
void imports_drain(struct api *api);
/** Frees the imports whose requests are freed already, because the HTTP server was closed first. */
void imports_close(struct api *api);

#endif
