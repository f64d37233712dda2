/* `referd restore FILE`: makes a backup the database of a data directory. */
#ifndef CLI_RESTORE_H
#define CLI_RESTORE_H

/** Verifies FILE and copies it into --data, which must not have a database. Returns 0: done; 1: not
 * done, and a message says why; 2: wrong options. */
int restore_main(int argc, char **argv);

#endif
