/* Pages of the database that cannot be read: LMDB maps the file, so that the kernel tells us by a
 * signal. */
#ifndef CLI_BROKEN_PAGES_H
#define CLI_BROKEN_PAGES_H

#include <stdbool.h>

/** From now on SIGBUS (a page of a mapped file that is gone, or whose disk fails) ends the process
 * with one clear line on stderr and this exit status. With `all_signals` SIGSEGV and SIGABRT too:
 * for commands that walk a file whose pages may hold anything. Without, SIGSEGV writes a line and
 * takes its course. */
void broken_pages_catch(int status, bool all_signals);

#endif
