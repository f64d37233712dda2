/* `referd import` and `referd export`: a campaign's users as CSV, through the running server. */
#ifndef CLI_USERS_CSV_H
#define CLI_USERS_CSV_H

/** Sends FILE to the server and prints each refused line and what became of the others. 0: nothing
 * was refused; 1: something was, or it did not go through; 2: bad options. */
int import_main(int argc, char **argv);
/** Writes a campaign's users to FILE, which must not exist, or to stdout. 0; 1: not all of them;
 * 2. */
int export_main(int argc, char **argv);

#endif
