/* `referd serve`: runs the server. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

/** Runs the server until SIGTERM or SIGINT. Returns the exit status: 0, or 2 if the operator must
 * change something before the server can start. */
int serve_main(int argc, char **argv);

#endif
