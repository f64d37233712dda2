/* `referd check`: the health check, for HEALTHCHECK and scripts. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

/** Sends GET /readyz to the server at --listen. Returns 0: ready; 1: not ready; 2: wrong options.
 */
int check_main(int argc, char **argv);

#endif
