#include "base/digest.h"

/* Odd constants with no pattern: the fractional parts of square roots. */
static const uint64_t K0 = 0x6a09e667f3bcc909u, K1 = 0xbb67ae8584caa73bu, K2 = 0x3c6ef372fe94f82bu,
                      K3 = 0xa54ff53a5f1d36f1u;

/* Both halves of the product: every bit of a and b reaches every bit of the result. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Little-endian, whatever the machine. */
static uint64_t load(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    if (n == 8) {
        memcpy(&v, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        v = __builtin_bswap64(v);
#endif
        return v;
    }
    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

uint64_t digest_mix(uint64_t seed, uint64_t value)
{
    return fold(fold(seed ^ K0, value ^ K1) ^ K2, value + K3);
}

struct digest digest_of(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    uint64_t a = K0 ^ s.len, b = K1 + s.len;
    size_t left = s.len;
    for (; left >= 16; left -= 16, p += 16) {
        uint64_t x = load(p, 8), y = load(p + 8, 8);
        a = fold(a ^ x, y ^ K2) + x;
        b = fold(b ^ y, x ^ K3) + y;
    }
    uint64_t x = left ? load(p, left < 8 ? left : 8) : 0;
    uint64_t y = left > 8 ? load(p + 8, left - 8) : 0;
    a = fold(a ^ x, y ^ K2) + y;
    b = fold(b ^ y, x ^ K3) + x;
    return (struct digest){digest_mix(a, b), digest_mix(b ^ K2, a ^ K3)};
}
