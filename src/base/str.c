#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_is_nocase(struct str a, const char *b)
{
    size_t i = 0;
    for (; i < a.len && b[i]; i++)
        if (lower(a.p[i]) != lower(b[i]))
            return false;
    return i == a.len && !b[i];
}

bool str_starts(struct str s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.len >= n && memcmp(s.p, prefix, n) == 0;
}

bool str_ends(struct str s, const char *suffix)
{
    size_t n = strlen(suffix);
    return s.len >= n && memcmp(s.p + s.len - n, suffix, n) == 0;
}

struct str str_sub(struct str s, size_t from, size_t to)
{
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return (struct str){s.p ? s.p + from : NULL, to - from};
}

size_t str_spaces(struct str s, size_t from)
{
    static const char eight[8] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
    size_t i = from;
    while (i + sizeof eight <= s.len && memcmp(s.p + i, eight, sizeof eight) == 0)
        i += sizeof eight;
    while (i < s.len && s.p[i] == ' ')
        i++;
    return i - from;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.len && is_space(s.p[0]))
        s.p++, s.len--;
    while (s.len && is_space(s.p[s.len - 1]))
        s.len--;
    return s;
}

ptrdiff_t str_find(struct str s, const char *needle)
{
    const char *hit = s.len ? memmem(s.p, s.len, needle, strlen(needle)) : NULL;
    return hit ? hit - s.p : -1;
}

bool str_line(struct str *rest, struct str *line)
{
    if (rest->len == 0)
        return false;
    const char *nl = memchr(rest->p, '\n', rest->len);
    size_t len = nl ? (size_t)(nl - rest->p) : rest->len;
    size_t used = nl ? len + 1 : len;
    *line = (struct str){rest->p, len && rest->p[len - 1] == '\r' ? len - 1 : len};
    rest->p += used;
    rest->len -= used;
    return true;
}

struct str str_dup(struct arena *a, struct str s)
{
    return (struct str){arena_strndup(a, s.p, s.len), s.len};
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Optimal string alignment distance; words longer than the table are as far apart as can be. */
static size_t edit_distance(struct str a, struct str b)
{
    enum { LONGEST = 40 };
    size_t d[LONGEST + 1][LONGEST + 1];
    if (a.len > LONGEST || b.len > LONGEST)
        return (size_t)-1;
    for (size_t i = 0; i <= a.len; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= b.len; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= a.len; i++)
        for (size_t j = 1; j <= b.len; j++) {
            size_t wrong = lower(a.p[i - 1]) != lower(b.p[j - 1]);
            d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + wrong);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
                d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    return d[a.len][b.len];
}

const char *str_nearest(struct str word, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t least = word.len / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        size_t d = edit_distance(word, str_of(names[i]));
        if (d <= least && (!best || d < least)) {
            best = names[i];
            least = d;
        }
    }
    return best;
}

double str_scaled(uint64_t digits, int scale)
{
    static const double pow10[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    return (double)digits / pow10[scale];
}

/*
 * Plans are mostly short plain decimals. Up to 15 digits and a power of ten up to 1e22
 * are exact in a double, so one division gives the correctly rounded value; anything
 * else goes to strtod, which reads the same in every locale that keeps LC_NUMERIC "C".
 */
static bool short_decimal(struct str s, double *out)
{
    const char *p = s.p, *end = s.p + s.len;
    bool negative = p < end && *p == '-';
    p += negative;
    uint64_t digits = 0;
    int count = 0, scale = 0;
    bool point = false;
    for (; p < end; p++) {
        if (*p >= '0' && *p <= '9') {
            digits = digits * 10 + (uint64_t)(*p - '0');
            scale += point;
            if (++count > 15)
                return false;
        } else if (*p == '.' && !point) {
            point = true;
        } else {
            return false;
        }
    }
    if (count == 0)
        return false;
    double v = str_scaled(digits, scale);
    *out = negative ? -v : v;
    return true;
}

bool str_to_double(struct str s, double *out)
{
    char tmp[400];
    if (s.len == 0)
        return false;
    if (short_decimal(s, out))
        return true;
    if (s.len >= sizeof tmp)
        return false;
    memcpy(tmp, s.p, s.len);
    tmp[s.len] = '\0';
    if (strspn(tmp, "+-.0123456789eE") < s.len)
        return false;
    char *end;
    double v = strtod(tmp, &end);
    if (end != tmp + s.len || isinf(v))
        return false;
    *out = v;
    return true;
}

bool str_to_int64(struct str s, long long *out)
{
    char tmp[32];
    if (s.len == 0 || s.len >= sizeof tmp)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(i == 0 && (s.p[i] == '-' || s.p[i] == '+')))
            return false;
    memcpy(tmp, s.p, s.len);
    tmp[s.len] = '\0';
    char *end;
    errno = 0;
    long long v = strtoll(tmp, &end, 10);
    if (errno || *end || end == tmp)
        return false;
    *out = v;
    return true;
}

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    if (b->data)
        b->data[0] = '\0';
}

void buf_reserve(struct buf *b, size_t n)
{
    size_t need = b->len + n + 1;
    if (need <= b->cap)
        return;
    size_t cap = b->cap ? b->cap : need > 64 ? need : 64; /* what is known in advance is enough */
    while (cap < need)
        cap += cap / 2 + 64;
    b->data = xrealloc(b->data, cap);
    b->cap = cap;
}

void buf_add(struct buf *b, const char *p, size_t n)
{
    buf_reserve(b, n);
    if (n)
        memcpy(b->data + b->len, p, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_addstr(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.len);
}

void buf_addc(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_fill(struct buf *b, char c, size_t n)
{
    buf_reserve(b, n);
    memset(b->data + b->len, c, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    buf_reserve(b, (size_t)n);
    vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
    b->len += (size_t)n;
    va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}

struct str buf_str(const struct buf *b)
{
    return (struct str){b->data ? b->data : "", b->len};
}
