/* `referd serve`: the composition root's long-running command. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

/** Runs the server until SIGTERM or SIGINT. Answers the exit status: 0, or 2 for what the operator
 * has to mend before it can start. */
int serve_main(int argc, char **argv);

#endif
