/* `referd backup FILE`: a copy of the database, taken while it is in use. */
#ifndef CLI_BACKUP_H
#define CLI_BACKUP_H

/** Copies the database at --data to FILE and verifies the copy before it gets that name. 0: it is
 * there and whole; 1: it is not, and one line says why; 2: bad options. */
int backup_main(int argc, char **argv);

#endif
