/* `referd load FILE`: makes a database from a dump. */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

/** Loads the dump in FILE, or on standard input for "-", into --data or --store, which must not
 * have data, and verifies the database. Returns 0: done; 1: not done, and a message says why; 2:
 * wrong options. */
int load_main(int argc, char **argv);

#endif
