/*
 * The numbers of the texts that core derives from the configuration (store/tx.h).
 */
#ifndef CORE_DERIVED_H
#define CORE_DERIVED_H

#include "store/tx.h"

enum {
	DERIVED_WEBHOOKS, /* outbox/event.c */
	DERIVED_RULES,    /* rewards/reward.c */
};

#endif
