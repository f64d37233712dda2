/*
 * Imports that are running.
 */
#ifndef API_IMPORT_H
#define API_IMPORT_H

struct api;

/** The server stops: they end after what they have read, and say where. */
void imports_drain(struct api *api);
/** Frees those whose requests are gone: when the server was closed under them. */
void imports_close(struct api *api);

#endif
