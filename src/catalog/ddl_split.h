/*
 * A .sql file as psql would read it: one statement after the other, with psql's own
 * commands, COPY data and comments taken out.
 *
 * It never fails: what is not closed ends with the file. Quotes, dollar quotes, nested
 * comments, BEGIN ATOMIC bodies and rules with several actions keep their semicolons.
 */
#ifndef CATALOG_DDL_SPLIT_H
#define CATALOG_DDL_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* A comment that says how many rows a table has: "-- rows: 500000". */
struct ddl_hint {
    double rows; /* NAN: no hint */
    size_t at;   /* byte offset of the comment */
    size_t end;
};

struct ddl_source {
    struct str text;
    size_t at;            /* where the next statement is looked for */
    struct ddl_hint gap;  /* hint between the last statement and this one: the last one seen */
    struct ddl_hint same; /* hint on the line on which the last statement ended */
    struct ddl_hint body; /* hint inside this statement */
};

/*
 * The next statement, from its first to its last token, without the semicolon; its offset is
 * text.p - source->text.p. False at the end.
 */
bool cat_ddl_next(struct ddl_source *s, struct str *statement);
/* First word of a text that starts with one, upper or lower case; empty if it starts otherwise. */
struct str cat_ddl_word(struct str text);
/* The text behind its first word and the blanks and comments after that. */
struct str cat_ddl_after_word(struct str text);
/*
 * After a statement that did not parse: where reading goes on. That is behind the first
 * semicolon that ends a line of it, when that lies before its own end: a bracket or quote left
 * open must not swallow the statements that follow.
 */
void cat_ddl_resume(struct ddl_source *s, struct str bad);
/* Go back so that reading goes on at this byte. */
void cat_ddl_seek(struct ddl_source *s, size_t offset);
/* Length of the token at the start of s: a comment, quoted text, word, run of blanks, or one byte.
 */
size_t cat_ddl_token(struct str s);

#endif
