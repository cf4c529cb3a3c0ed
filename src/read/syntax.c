#include "read/syntax.h"

#include <stdio.h>

#include "base/err.h"
#include "base/text.h"

static void describe_found(struct str rest, char *out, size_t size)
{
    size_t n = text_utf8_len(rest);
    if (rest.len == 0)
        snprintf(out, size, "the end of the input");
    else if (*rest.p == '\n' || *rest.p == '\r')
        snprintf(out, size, "the end of the line");
    else if (*rest.p == '\t')
        snprintf(out, size, "a tab");
    else if (str_starts(rest, "\xC2\xA0"))
        snprintf(out, size, "a non-breaking space");
    else if (str_starts(rest, "\xEF\xBB\xBF"))
        snprintf(out, size, "a byte order mark");
    else if (n == 0 || (unsigned char)*rest.p < 0x20 || *rest.p == 0x7F)
        snprintf(out, size, "byte 0x%02X", (unsigned char)*rest.p);
    else
        snprintf(out, size, "'%.*s'", (int)n, rest.p);
}

bool syntax_expected(struct err *err, struct str text, size_t offset, const char *what)
{
    char found[32];
    describe_found(str_sub(text, offset, text.len), found, sizeof found);
    return err_at(err, ERR_SYNTAX, text.p, text.len, offset, "expected %s, found %s", what, found);
}
