/*
 * The addresses on which this server listens. No webhook may be sent to them.
 */
#ifndef HTTP_OWN_ADDRESS_H
#define HTTP_OWN_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { OWN_ADDRESSES_MAX = 8 };

struct own_addresses {
	struct sockaddr_storage items[OWN_ADDRESSES_MAX]; /* with their port */
	int n;
};

/** Adds a listening address with its port. A wildcard address means every address that this machine
 * has when own_addresses_contain is called, with all of 127.0.0.0/8. */
void own_addresses_add(struct own_addresses *own, const struct sockaddr *listening);
/** Returns true if a connection to the address of sa and the port would reach one of them. 0.0.0.0
 * and :: count as the loopback address, as in connect(). */
bool own_addresses_contain(const struct own_addresses *own, const struct sockaddr *sa,
			   uint16_t port);
/** Returns true if a connection to the address of sa and the port would reach one of the n
 * addresses in `listening`. */
bool own_addresses_reach(const struct sockaddr_storage *listening, size_t n,
			 const struct sockaddr *sa, uint16_t port);

#endif
