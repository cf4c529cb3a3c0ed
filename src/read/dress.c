#include "read/dress.h"

#include "base/arena.h"
#include "base/text.h"
#include "read/dress_private.h"

/* ---- encodings ---- */

static bool begins(struct str s, const char *bytes, size_t n)
{
    return s.len >= n && memcmp(s.p, bytes, n) == 0;
}

static uint32_t unit_at(struct str s, size_t i, bool big)
{
    unsigned char a = (unsigned char)s.p[i], b = (unsigned char)s.p[i + 1];
    return big ? (uint32_t)a << 8 | b : (uint32_t)b << 8 | a;
}

static struct str from_utf16(struct arena *a, struct str s, bool big)
{
    struct buf out = {0};
    for (size_t i = 0; i + 1 < s.len; i += 2) {
        uint32_t cp = unit_at(s, i, big);
        if (cp >= 0xD800 && cp < 0xDC00 && i + 3 < s.len) {
            uint32_t low = unit_at(s, i + 2, big);
            cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
            i += 2;
        }
        text_add_utf8(&out, cp <= 0x10FFFF ? cp : 0xFFFD);
    }
    struct str r = str_dup(a, buf_str(&out));
    buf_free(&out);
    return r;
}

struct str dress_decode(struct arena *a, struct str text)
{
    if (begins(text, "\xEF\xBB\xBF", 3))
        return str_sub(text, 3, text.len);
    if (begins(text, "\xFF\xFE", 2) || begins(text, "\xFE\xFF", 2))
        return from_utf16(a, str_sub(text, 2, text.len), text.p[0] == '\xFE');
    /* Without a mark: every other byte of ASCII in UTF-16 is zero. */
    if (text.len >= 4 && text.p[1] == 0 && text.p[3] == 0)
        return from_utf16(a, text, false);
    if (text.len >= 4 && text.p[0] == 0 && text.p[2] == 0)
        return from_utf16(a, text, true);
    return text;
}

/* ---- lines ---- */

void dress_add(struct dress *d, struct str text, int number)
{
    if (d->count == d->cap) {
        struct dress_line *old = d->lines;
        d->cap = d->cap ? d->cap * 2 : 256;
        d->lines = arena_calloc(d->arena, d->cap, sizeof *d->lines);
        if (old)
            memcpy(d->lines, old, d->count * sizeof *old);
    }
    d->lines[d->count++] = (struct dress_line){text, number};
}

void dress_init(struct dress *d, struct arena *a, struct str text)
{
    struct str line;
    *d = (struct dress){.arena = a};
    for (int number = 1; str_line(&text, &line); number++)
        dress_add(d, line, number);
}

struct str dress_join(const struct dress *d, size_t from)
{
    struct buf b = {0};
    for (size_t i = from; i < d->count; i++) {
        buf_addstr(&b, d->lines[i].text);
        buf_addc(&b, '\n');
    }
    struct str r = str_dup(d->arena, buf_str(&b));
    buf_free(&b);
    return r;
}

void dress_drop(struct dress *d, bool (*unwanted)(struct str line))
{
    size_t kept = 0;
    for (size_t i = 0; i < d->count; i++)
        if (!unwanted(d->lines[i].text))
            d->lines[kept++] = d->lines[i];
    d->count = kept;
}

size_t dress_tally(const struct dress *d, bool (*holds)(struct str line), size_t *filled)
{
    size_t hits = 0;
    *filled = 0;
    for (size_t i = 0; i < d->count; i++)
        if (str_trim(d->lines[i].text).len) {
            ++*filled;
            hits += holds(d->lines[i].text);
        }
    return hits;
}

bool dress_all(const struct dress *d, bool (*holds)(struct str line))
{
    size_t filled, hits = dress_tally(d, holds, &filled);
    return filled && hits == filled;
}

bool dress_has(const struct dress *d, const char *needle)
{
    for (size_t i = 0; i < d->count; i++)
        if (str_find(d->lines[i].text, needle) >= 0)
            return true;
    return false;
}

void dress_replace(struct dress *d, const struct dress_swap *swaps, size_t n)
{
    for (size_t i = 0; i < d->count; i++)
        d->lines[i].text = dress_swap_all(d->arena, d->lines[i].text, swaps, n);
}

struct str dress_swap_all(struct arena *a, struct str s, const struct dress_swap *swaps, size_t n)
{
    struct buf b = {0};
    bool changed = false;
    for (size_t i = 0; i < s.len;) {
        size_t k = 0;
        while (k < n && !str_starts(str_sub(s, i, s.len), swaps[k].from))
            k++;
        if (k < n) {
            buf_adds(&b, swaps[k].to);
            i += strlen(swaps[k].from);
            changed = true;
        } else {
            buf_addc(&b, s.p[i++]);
        }
    }
    struct str r = changed ? str_dup(a, buf_str(&b)) : s;
    buf_free(&b);
    return r;
}

/*
 * The undressers, outermost dress first: what a terminal, a mail program or a log shipper put
 * around it, then what psql or a driver did. Each looks whether its dress is there at all.
 */
static dress_undresser *const undressers[] = {
    undress_characters, undress_ansi,    undress_log_prefix, undress_line_prefix,
    undress_fence,      undress_csv_log, undress_stderr_log, undress_html,
    undress_latex,      undress_record,  undress_frame,      undress_csv,
    undress_quotes,     undress_python,  undress_tabs,       undress_entities,
};

void dress_take_off(struct dress *d)
{
    for (size_t i = 0; i < sizeof undressers / sizeof undressers[0]; i++)
        undressers[i](d);
}
