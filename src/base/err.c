#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int exit_status[] = {
#define ERR(code, status, text) [ERR_##code] = (status),
#include "base/err.def"
#undef ERR
};

int err_exit_status(enum err_code code)
{
    return exit_status[code];
}

void err_clear(struct err *err)
{
    memset(err, 0, sizeof *err);
}

static void set_message(struct err *err, enum err_code code, const char *fmt, va_list ap)
{
    err->code = code;
    vsnprintf(err->message, sizeof err->message, fmt, ap);
}

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    if (err->code != ERR_NONE)
        return false;
    va_list ap;
    va_start(ap, fmt);
    set_message(err, code, fmt, ap);
    va_end(ap);
    return false;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Copy the line around `at` into err->near, at most half a buffer of it on either side. */
static void copy_line(struct err *err, const char *line, const char *at, const char *end)
{
    const size_t half = sizeof err->near / 2 - 1;
    const char *from = (size_t)(at - line) > half ? at - half : line;
    while (from < at && is_continuation(*from))
        from++;
    const char *to = (size_t)(end - at) > half ? at + half : end;
    while (to > at && to < end && is_continuation(*to))
        to--;
    memcpy(err->near, from, (size_t)(to - from));
    err->near[to - from] = '\0';
    err->near_caret = 0;
    for (const char *p = from; p < at; p++)
        err->near_caret += !is_continuation(*p);
}

bool err_at(struct err *err, enum err_code code, const char *text, size_t len, size_t offset,
            const char *fmt, ...)
{
    if (err->code != ERR_NONE)
        return false;
    va_list ap;
    va_start(ap, fmt);
    set_message(err, code, fmt, ap);
    va_end(ap);
    if (offset > len)
        offset = len;
    const char *line = text, *at = text + offset, *end;
    err->line = 1;
    for (const char *p = text; p < at && (p = memchr(p, '\n', (size_t)(at - p))); p++) {
        err->line++;
        line = p + 1;
    }
    err->column = 1;
    for (const char *p = line; p < at; p++)
        err->column += !is_continuation(*p);
    end = memchr(at, '\n', len - offset);
    copy_line(err, line, at, end ? end : text + len);
    return false;
}

void err_hint(struct err *err, const char *fmt, ...)
{
    if (err->hint[0])
        return;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->hint, sizeof err->hint, fmt, ap);
    va_end(ap);
}

void err_bug(const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    fprintf(stderr, "pgsift: internal error at %s:%d: ", file, line);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    abort();
}
