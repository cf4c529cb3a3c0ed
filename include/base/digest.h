/*
 * A digest of bytes, for tables and for telling texts apart: 128 bits, so that two different texts
 * of one run do not meet by chance. The same on every machine; no defence against an attacker who
 * picks texts to make them meet.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct digest {
    uint64_t low, high;
};

struct digest digest_of(struct str s);
/* Of 64 bits, with a seed: for chains of parts. */
uint64_t digest_mix(uint64_t seed, uint64_t value);
static inline uint64_t digest_add(uint64_t seed, struct str s)
{
    struct digest d = digest_of(s);
    return digest_mix(digest_mix(seed, d.low), d.high);
}
static inline bool digest_eq(struct digest a, struct digest b)
{
    return a.low == b.low && a.high == b.high;
}

#endif
