#include "ui/haystack.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/arena.h"

void haystack_release(struct haystack *h)
{
    buf_free(&h->text);
    buf_free(&h->lower);
    free(h->start);
    *h = (struct haystack){0};
}

void haystack_clear(struct haystack *h)
{
    buf_clear(&h->text);
    buf_clear(&h->lower);
    h->count = 0;
}

/* ASCII only: a byte of a longer UTF-8 sequence is never a letter. */
static char lower_char(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static char flat_char(char c)
{
    return c == '\n' || c == '\0' ? ' ' : c;
}

void haystack_add(struct haystack *h, struct str line)
{
    if (h->count + 2 > h->cap) {
        h->cap = h->cap ? h->cap * 2 : 256;
        h->start = xrealloc(h->start, (size_t)h->cap * sizeof *h->start);
    }
    h->start[h->count++] = (uint32_t)h->text.len;
    buf_reserve(&h->text, line.len + 1);
    buf_reserve(&h->lower, line.len + 1);
    for (size_t i = 0; i < line.len; i++) {
        char c = flat_char(line.p[i]);
        h->text.data[h->text.len + i] = c;
        h->lower.data[h->lower.len + i] = lower_char(c);
    }
    h->text.len += line.len;
    h->lower.len += line.len;
    buf_addc(&h->text, '\n');
    buf_addc(&h->lower, '\n');
    h->start[h->count] = (uint32_t)h->text.len;
}

static bool has_capital(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'Z')
            return true;
    return false;
}

/* The line that holds offset `at`, searched from line `from` on. */
static int line_of(const struct haystack *h, size_t at, int from)
{
    int low = from, high = h->count - 1;
    while (low < high) {
        int mid = low + (high - low + 1) / 2;
        if (h->start[mid] <= at)
            low = mid;
        else
            high = mid - 1;
    }
    return low;
}

int haystack_find(const struct haystack *h, struct str needle, int **out, int *cap)
{
    int n = 0, line = 0;
    if (needle.len == 0 || h->count == 0)
        return 0;
    const struct buf *in = has_capital(needle) ? &h->text : &h->lower;
    size_t at = 0;
    while (at < in->len) {
        const char *hit = memmem(in->data + at, in->len - at, needle.p, needle.len);
        if (!hit)
            break;
        line = line_of(h, (size_t)(hit - in->data), line);
        if (n == *cap) {
            *cap = *cap ? *cap * 2 : 64;
            *out = xrealloc(*out, (size_t)*cap * sizeof **out);
        }
        (*out)[n++] = line;
        at = h->start[line + 1];
    }
    return n;
}

ptrdiff_t smart_find(struct str s, struct str needle)
{
    bool exact = has_capital(needle);
    if (needle.len == 0)
        return -1;
    for (size_t i = 0; i + needle.len <= s.len; i++) {
        size_t k = 0;
        while (k < needle.len &&
               (exact ? s.p[i + k] : lower_char(s.p[i + k])) == needle.p[k])
            k++;
        if (k == needle.len)
            return (ptrdiff_t)i;
    }
    return -1;
}
