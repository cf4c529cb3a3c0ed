/*
 * Taking the dress off: what psql, mail, editors, containers, drivers and logs put around
 * plans, so that the readers of the four formats see clean text, while errors still name
 * the line and column of the input as it was given.
 *
 * There are two steps. dress_decode mends characters everywhere (encodings, line ends,
 * colours, odd blanks and quotes) and keeps the number of lines. dress_strip looks at one
 * place in a text: when a dress begins there, its whole extent is undressed into a new
 * sheet, which may wear another dress below. Each dress is one small function; the table
 * of them is in src/read/dress.c.
 */
#ifndef READ_DRESS_H
#define READ_DRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct err;

/* Where a line comes from: the line of the input (1-based), and how many characters in front
   of it were taken off. */
struct dress_origin {
    unsigned line, column;
};

struct dress_sheet {
    struct str text;
    const struct dress_origin *origins; /* one a line; NULL: the input itself */
    size_t origin_count;
    bool framed;   /* a frame said where the output begins: its first line is no chance */
    size_t budget; /* bytes that looks without result may still go through: time stays linear */
};

/* The input as a sheet of its own. */
struct dress_sheet dress_sheet_of(struct str text);

/* The place in the input of line and column (both 1-based) of a sheet. */
void dress_position(const struct dress_sheet *s, size_t *line, size_t *column);

/*
 * The input as UTF-8 with LF line ends, without escape sequences; in the arena where anything
 * had to change. False with ERR_ENCODING when it is no text.
 */
bool dress_decode(struct arena *a, struct str input, struct str *out, struct err *err);

/*
 * Does a dress begin at byte `pos` (the start of line number `line`, 0-based) of the sheet?
 * Then *out is what is inside, in the arena, and *end where the dress ends (> pos).
 */
bool dress_strip(struct arena *a, struct dress_sheet *s, size_t pos, size_t line,
                 struct dress_sheet *out, size_t *end);

#endif
