#include "read/xml_text.h"

#include <stdint.h>

#include "base/text.h"

/* What the character at the start of rest (len bytes) is replaced by; 0: it stays. */
static uint32_t replacement(struct str rest, size_t *len)
{
    unsigned char c = (unsigned char)*rest.p;
    *len = 1;
    if (c < 0x80)
        return c >= 0x20 || c == '\t' || c == '\n' || c == '\r' ? 0 : 0x2400 + c;
    size_t n = text_utf8_len(rest);
    if (n == 0)
        return 0xFFFD;
    *len = n;
    uint32_t cp = n == 3 ? text_utf8_decode(rest) : 0;
    return cp == 0xFFFE || cp == 0xFFFF ? 0xFFFD : 0;
}

/* Offset of the first character from `at` on that needs replacing; text.len when none does. */
static size_t next_forbidden(struct str text, size_t at)
{
    size_t len;
    while (at < text.len && !replacement((struct str){text.p + at, text.len - at}, &len))
        at += len;
    return at;
}

struct str xml_text_repair(struct str text, struct buf *copy)
{
    size_t from = 0, len;
    for (size_t at; (at = next_forbidden(text, from)) < text.len; from = at + len) {
        buf_add(copy, text.p + from, at - from);
        text_add_utf8(copy, replacement((struct str){text.p + at, text.len - at}, &len));
    }
    if (copy->len == 0)
        return text;
    buf_add(copy, text.p + from, text.len - from);
    return buf_str(copy);
}

size_t xml_text_offset(struct str text, size_t repaired)
{
    size_t at = 0, len;
    for (size_t fed = 0; fed < repaired && at < text.len; at += len) {
        bool replaced = replacement((struct str){text.p + at, text.len - at}, &len) != 0;
        fed += replaced ? 3 : len;
    }
    return at;
}
