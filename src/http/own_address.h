/*
 * The sockets this server itself listens on: no webhook may be sent back to them.
 */
#ifndef HTTP_OWN_ADDRESS_H
#define HTTP_OWN_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { OWN_ADDRESSES_MAX = 8 };

struct own_addresses {
	struct sockaddr_storage items[OWN_ADDRESSES_MAX]; /* with their port */
	int n;
};

/** Adds a listening address with its port. One that listens on all addresses stands for each that
 * this machine has at the time of the question, all of 127.0.0.0/8 included. */
void own_addresses_add(struct own_addresses *own, const struct sockaddr *listening);
/** Would a connection to (address of sa, port) reach one of them? 0.0.0.0 and :: lead to the
 * loopback address, as connect() takes them. */
bool own_addresses_contain(const struct own_addresses *own, const struct sockaddr *sa,
			   uint16_t port);

#endif
