/*
 * Strings: slices that own nothing, and a growable buffer that owns its bytes.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

/* A view of len bytes at p; not NUL-terminated unless its maker says so. {NULL, 0} is "absent". */
struct str {
    const char *p;
    size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* For printf("%.*s"): STR_ARG(s) */
#define STR_ARG(s) (int)(s).len, (s).p

static inline struct str str_of(const char *s)
{
    return (struct str){s, s ? strlen(s) : 0};
}
static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}
static inline bool str_is(struct str a, const char *b)
{
    return a.p && strlen(b) == a.len && memcmp(a.p, b, a.len) == 0;
}
/* ASCII case is ignored. */
bool str_is_nocase(struct str a, const char *b);
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
/* The slice s[from..to); bounds are clamped. */
struct str str_sub(struct str s, size_t from, size_t to);
/* How many bytes of s from `from` on are spaces; fast, for indentation makes up most of some texts. */
size_t str_spaces(struct str s, size_t from);
/* White space (space, tab, CR, LF, VT, FF) off both ends. */
struct str str_trim(struct str s);
/* Offset of the first occurrence of needle, or -1. */
ptrdiff_t str_find(struct str s, const char *needle);
/* Cut the first line off *rest (without its LF or CRLF); false at the end. */
bool str_line(struct str *rest, struct str *line);
/* A copy in the arena, NUL-terminated. */
struct str str_dup(struct arena *a, struct str s);
/* Order by bytes: <0, 0, >0. */
int str_cmp(struct str a, struct str b);

/*
 * The name that was probably meant by a mistyped word: the nearest by insertions, deletions,
 * replacements and swaps, NULL when none is near (a third of the letters wrong).
 */
const char *str_nearest(struct str word, const char *const *names, size_t count);

/* digits / 10^scale, the double nearest to it: for digits below 10^15 and scales up to 15 both are
 * exact, and one division rounds once. */
double str_scaled(uint64_t digits, int scale);
/* Whole of s is one finite number in JSON's or C's decimal notation; locale plays no part. */
bool str_to_double(struct str s, double *out);
/* Whole of s is a decimal integer that fits. */
bool str_to_int64(struct str s, long long *out);

/* A growable buffer. {0} is a valid empty one. data is NUL-terminated once anything was appended.
 */
struct buf {
    char *data;
    size_t len;
    size_t cap;
};

void buf_free(struct buf *b);
/* Empty it, keep the memory. */
void buf_clear(struct buf *b);
/* Room for n more bytes at data + len. */
void buf_reserve(struct buf *b, size_t n);
void buf_add(struct buf *b, const char *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addstr(struct buf *b, struct str s);
void buf_addc(struct buf *b, char c);
void buf_fill(struct buf *b, char c, size_t n);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap);
struct str buf_str(const struct buf *b);

#endif
