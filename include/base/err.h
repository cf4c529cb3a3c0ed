/*
 * The error value that every fallible function takes last.
 *
 * On success it is left untouched; the first failure wins and later ones are
 * ignored, so a caller may run several steps and look once. Messages are lower
 * case without a full stop. Nothing below cli prints or ends the process.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

/* Error codes, each with the exit status that cli ends with (see err.def). */
enum err_code {
#define ERR(code, exit_status, text) ERR_##code,
#include "base/err.def"
#undef ERR
};

struct err {
    enum err_code code; /* ERR_NONE: no error */
    size_t line;        /* 1-based; 0: unknown */
    size_t column;      /* 1-based, in characters; 0: unknown */
    char message[512];  /* "expected a value, found ','" */
    char hint[256];     /* what to try; may be empty */
    char near[256];     /* the offending input line, cut to fit; may be empty */
    size_t near_caret;  /* 0-based character in `near` that the caret stands under */
};

/* Record an error unless one is there already. Always returns false. */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Record an error at byte `offset` of text[0..len): works out line, column and the caret line. */
bool err_at(struct err *err, enum err_code code, const char *text, size_t len, size_t offset,
            const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* Add a hint to an error that has none. */
void err_hint(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_clear(struct err *err);
int err_exit_status(enum err_code code);

/* A broken invariant of our own: say where, and abort. */
#define BUG(...) err_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void err_bug(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
