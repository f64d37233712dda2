/* Pages of the database that cannot be read. LMDB maps the file, so the kernel reports them with a
 * signal. */
#ifndef CLI_BROKEN_PAGES_H
#define CLI_BROKEN_PAGES_H

#include <stdbool.h>

/** From now on, SIGBUS (a page of a mapped file is missing, or its disk fails) ends the process
 * with a message on stderr and this exit status. With `all_signals`, SIGSEGV and SIGABRT do so too:
 * for commands that walk a file whose pages may contain anything. Without it, SIGSEGV prints a
 * message and ends the process as usual. */
void broken_pages_catch(int status, bool all_signals);

#endif
