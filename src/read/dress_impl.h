/*
 * The undressers; private to read. Each looks whether its dress begins at the first line of
 * what it is given. If so it adds the lines inside, sets `end` and answers true; if not, it
 * answers false and adds nothing. None looks further than its dress reaches, so a text is
 * gone through once however many dresses it wears one after the other.
 */
#ifndef READ_DRESS_IMPL_H
#define READ_DRESS_IMPL_H

#include "read/dress.h"

struct undress {
    struct str text;              /* the sheet from the place on */
    struct buf out;               /* the lines inside, each with its LF */
    struct dress_origin *origins; /* line: index of the source line in `text`, 0-based */
    size_t count, cap;
    size_t end; /* bytes of text that the dress takes */
    bool framed;
    size_t *budget; /* of the sheet: bytes that looks without result may still go through */
};

/* Going through text line by line. */
struct dress_cursor {
    struct str text;
    size_t pos;    /* where the next line begins */
    size_t line;   /* its index */
    struct str at; /* the line read last */
    size_t at_pos; /* where it begins */
};

struct dress_cursor dress_lines(struct str text);
bool dress_next(struct dress_cursor *c);
/* The line after the current one without moving on; {NULL, 0} at the end. */
struct str dress_peek(const struct dress_cursor *c);

/* A line of the result: s, a part of source line `line`. */
void dress_add(struct undress *u, size_t line, struct str source, struct str s);
/* The same, for text that is not a slice of its source line: `column` characters were cut. */
void dress_add_at(struct undress *u, size_t line, unsigned column, struct str s);
/* Continue the last line of the result. */
void dress_glue(struct undress *u, struct str s);

/* "(82 rows)" in any language. */
bool dress_is_footer(struct str line);
/* Characters in UTF-8 text. */
size_t dress_chars(struct str s);
/* Append s with HTML's entities decoded. */
void dress_add_entities(struct buf *b, struct str s);

/*
 * YAML whose indentation an editor turned into tabs, with blanks again, in the arena: how wide
 * they were shows where the keys of a list's item stand below its "- ".
 */
struct str dress_expand_tabs(struct arena *a, struct str text);

bool undress_mail(struct undress *u);
bool undress_prefix(struct undress *u);
bool undress_filename(struct undress *u);
bool undress_numbers(struct undress *u);
bool undress_log(struct undress *u);
bool undress_csvlog(struct undress *u);
bool undress_aligned(struct undress *u);
bool undress_boxed(struct undress *u);
bool undress_marked(struct undress *u);
bool undress_expanded(struct undress *u);
bool undress_unaligned_expanded(struct undress *u);
bool undress_asciidoc(struct undress *u);
bool undress_latex(struct undress *u);
bool undress_troff(struct undress *u);
bool undress_html(struct undress *u);
bool undress_cells(struct undress *u);
bool undress_literal(struct undress *u);
bool undress_escaped(struct undress *u);

#endif
