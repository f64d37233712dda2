/* `referd import` and `referd export`: send and fetch a campaign's users as CSV, through the
 * running server. */
#ifndef CLI_USERS_CSV_H
#define CLI_USERS_CSV_H

/** Sends FILE to the server, prints each refused line and counts the others. Returns 0: no line was
 * refused; 1: a line was refused, or the import failed; 2: wrong options. */
int import_main(int argc, char **argv);
/** Writes a campaign's users to FILE, or to stdout. FILE must not exist unless --force is given.
 * Returns 0: complete; 1: failed; 2: wrong options. */
int export_main(int argc, char **argv);

#endif
