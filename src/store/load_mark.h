/*
 * The row that marks the database of an unfinished load. It is in the store's own key space, where
 * the keys of the sequences are numbers of kinds, and no kind has the number 0.
 */
#ifndef STORE_LOAD_MARK_H
#define STORE_LOAD_MARK_H

#include "store/batch.h"

#define LOAD_MARK_KEY   TEXT("\0\0\0\0\0\0\0\0")
#define LOAD_MARK_VALUE TEXT("load")

#endif
