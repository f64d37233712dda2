/* `referd backup`: copies the database, even while a server uses it. */
#ifndef CLI_BACKUP_H
#define CLI_BACKUP_H

/** Copies the database in --data to FILE, and verifies the copy before it gets that name. With
 * --keep, FILE is a new file in a directory, from which the oldest files are removed afterwards.
 * Returns 0: FILE is complete; 1: it is not, or the oldest files are still there, and a message
 * says why; 2: wrong options. */
int backup_main(int argc, char **argv);

#endif
