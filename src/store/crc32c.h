/* CRC-32C (Castagnoli, RFC 3720, appendix B.4). It uses the processor's instruction if there is
 * such an instruction. */
#ifndef STORE_CRC32C_H
#define STORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/** The checksum of [p, p + n) continued from crc (0 to begin). "123456789" gives 0xe3069283. */
uint32_t crc32c(uint32_t crc, const void *p, size_t n);

#endif
