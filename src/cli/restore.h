/* `referd restore FILE`: a backup becomes the database of a data directory. */
#ifndef CLI_RESTORE_H
#define CLI_RESTORE_H

/** Verifies FILE and copies it into --data, which holds no database. 0; 1: it was not done, and one
 * line says why; 2: bad options. */
int restore_main(int argc, char **argv);

#endif
