/* `referd operator add|list|remove`: manages the people who sign in with a name and a password. */
#ifndef CLI_OPERATOR_H
#define CLI_OPERATOR_H

/** Calls the running server's API, or changes the database of a stopped server. Returns 0: done; 1:
 * no server, no token, or refused; 2: wrong options, name or password. */
int operator_main(int argc, char **argv);

#endif
