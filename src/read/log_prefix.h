/*
 * log_line_prefix: a template compiled once, matched against the beginning of lines; and a
 * template found out from lines that nobody explained.
 */
#ifndef LOG_PREFIX_H
#define LOG_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "read/log_words.h"

/* What a prefix said; slices of the line. */
struct log_fields {
    struct str time_text, epoch, user, database, app, host, session, tag, severity;
    long pid;
    int64_t line_num, query_id;
};

enum { PREFIX_ITEMS = 64, PREFIX_TEXT = 256, PREFIX_LEARNED = 16, PREFIX_LINE = 4096 };

struct prefix_item {
    char escape;        /* the letter after %; 'A'.. see log_prefix.c; 0: literal */
    int pad;            /* width asked for; negative: blanks on the right */
    unsigned from, len; /* of a literal: its part of the template's text */
};

struct log_prefix {
    char text[PREFIX_TEXT]; /* the template */
    struct prefix_item items[PREFIX_ITEMS];
    size_t count;
    size_t last_free; /* index of the last item that may hold anything; count: none */
    bool strong;      /* has a time or a process: unknown words before the colon count too */
    /* Values of the last free item that look like the beginning of a message. */
    struct buf learned[PREFIX_LEARNED];
    size_t learned_count;
};

/* False when it is too long. */
bool log_prefix_compile(struct log_prefix *p, struct str text);
void log_prefix_release(struct log_prefix *p);

/*
 * Does the line begin with the prefix and a word? *text is where the text behind the word begins.
 */
enum log_word log_prefix_match(struct log_prefix *p, struct str line, struct log_fields *out,
                               size_t *text);

/*
 * The template that explains most of `lines` (beginnings of records; at most `count`), in
 * out; how many lines it explains.
 */
size_t log_prefix_infer(const struct str *lines, size_t count, char out[PREFIX_TEXT]);

#endif
