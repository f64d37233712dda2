/* `referd backup FILE`: copies the database, even while a server uses it. */
#ifndef CLI_BACKUP_H
#define CLI_BACKUP_H

/** Copies the database in --data to FILE, and verifies the copy before it gets that name. Returns
 * 0: FILE is complete; 1: it is not, and a message says why; 2: wrong options. */
int backup_main(int argc, char **argv);

#endif
