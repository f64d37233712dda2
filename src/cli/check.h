/* `referd check`: is the server healthy? For HEALTHCHECK and scripts. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

/** Asks /readyz of the server at --listen. 0: ready; 1: not; 2: bad options. */
int check_main(int argc, char **argv);

#endif
