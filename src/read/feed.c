#include "read/feed.h"

#include <stdint.h>
#include <stdio.h>

#include "base/text.h"

static const char placeholder[] = "\"\"";
enum { PLACEHOLDER = sizeof placeholder - 1, LONGEST = 8 /* what one character can grow to */ };

struct feed feed_new(struct str text, const struct flow_cuts *cuts, size_t start, size_t end,
                     size_t cut)
{
    return (struct feed){.text = text, .cuts = cuts, .at = start, .end = end, .cut = cut};
}

const struct flow_cut *feed_cut(const struct feed *f)
{
    bool here = f->cut < f->cuts->count && f->cuts->cut[f->cut].start == f->at;
    return here && f->at < f->end ? &f->cuts->cut[f->cut] : NULL;
}

void feed_pass_cut(struct feed *f, int line)
{
    const struct flow_cut *cut = &f->cuts->cut[f->cut];
    f->at = cut->end;
    f->cut = cut->next;
    f->chars += PLACEHOLDER;
    f->line = line;
}

/* Where the text can be handed over as it is at most until. */
static size_t stretch_end(const struct feed *f)
{
    size_t end = f->end;
    if (f->cut < f->cuts->count && f->cuts->cut[f->cut].start < end)
        end = f->cuts->cut[f->cut].start;
    return end;
}

/* An ASCII character that is the same for libyaml. */
static bool is_plain(char c)
{
    return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t' || c == '\r';
}

static bool is_forbidden(uint32_t cp)
{
    return cp < 0xA0 || cp == 0x2028 || cp == 0x2029 || cp == 0xFEFF || cp == 0xFFFE ||
           cp == 0xFFFF;
}

/*
 * One character that is not plain, at f->at: what libyaml gets (its length is returned,
 * *chars counts its characters). Advances past it.
 */
static size_t take_char(struct feed *f, char out[LONGEST], size_t *chars)
{
    struct str rest = {f->text.p + f->at, f->end - f->at};
    size_t n = text_utf8_len(rest);
    uint32_t cp = n ? text_utf8_decode(rest) : 0;
    f->at += n ? n : 1;
    if (cp == 0) {
        *chars = 1;
        memcpy(out, "\xEF\xBF\xBD", 3);
        return 3;
    }
    if (!is_forbidden(cp)) {
        *chars = 1;
        memcpy(out, rest.p, n);
        return n;
    }
    *chars =
        (size_t)snprintf(out, LONGEST, cp < 0x100 ? "\\x%02X" : "\\u%04X", (unsigned)(cp & 0xFFFF));
    return *chars;
}

size_t feed_read(struct feed *f, char *out, size_t size)
{
    size_t n = 0, chars;
    while (n + LONGEST <= size && f->at < f->end) {
        if (feed_cut(f)) {
            memcpy(out + n, placeholder, PLACEHOLDER);
            n += PLACEHOLDER;
            feed_pass_cut(f, f->line);
            continue;
        }
        size_t stop = stretch_end(f);
        while (f->at < stop && n < size && is_plain(f->text.p[f->at]))
            out[n++] = f->text.p[f->at++];
        if (f->at < stop && n + LONGEST <= size)
            n += take_char(f, out + n, &chars);
    }
    return n;
}

/* Past plain characters, at most `most` of them. */
static void seek_plain(struct feed *f, size_t stop, size_t most)
{
    size_t from = f->at;
    if (stop - from > most)
        stop = from + most;
    for (; f->at < stop && is_plain(f->text.p[f->at]); f->at++)
        f->line += f->text.p[f->at] == '\n';
    f->chars += f->at - from;
}

void feed_seek(struct feed *f, size_t chars)
{
    char out[LONGEST];
    while (f->chars < chars && f->at < f->end && !feed_cut(f)) {
        size_t stop = stretch_end(f), taken;
        seek_plain(f, stop, chars - f->chars);
        if (f->chars < chars && f->at < stop) {
            take_char(f, out, &taken);
            f->chars += taken;
        }
    }
}
