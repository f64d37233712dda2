/* `referd token create|list|revoke`: the API tokens of a running server. */
#ifndef CLI_TOKEN_H
#define CLI_TOKEN_H

/** Goes through the server's API. 0: done; 1: no server, no token, or refused; 2: bad options. */
int token_main(int argc, char **argv);

#endif
