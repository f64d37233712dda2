/* `referd token create|list|revoke`: manages the API tokens. */
#ifndef CLI_TOKEN_H
#define CLI_TOKEN_H

/** Calls the running server's API, or creates a token in the database of a stopped server. Returns
 * 0: done; 1: no server, no token, or refused; 2: wrong options. */
int token_main(int argc, char **argv);

#endif
