/* `referd dump FILE`: writes the database in a form that does not depend on the engine. */
#ifndef CLI_DUMP_H
#define CLI_DUMP_H

/** Writes the database in --data or --store to FILE, or to standard output for "-". Returns 0: the
 * dump is complete; 1: it is not, and a message says why; 2: wrong options. */
int dump_main(int argc, char **argv);

#endif
