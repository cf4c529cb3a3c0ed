/*
 * Tokens of SQL text, by PostgreSQL's own lexical rules (scan.l with
 * standard_conforming_strings on). For work that must not wait for a parse: rewriting
 * EXPLAIN's notation, parameter styles, splitting lists and scripts. Never fails: an
 * unterminated string, identifier or comment reaches to the end and is marked so.
 */
#ifndef SQL_LEX_H
#define SQL_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum lex_kind {
    LEX_END,
    LEX_IDENT,   /* unquoted word: name or key word */
    LEX_QUOTED,  /* "..." and U&"..." */
    LEX_STRING,  /* '...', E'...', B'...', X'...', N'...', U&'...', $tag$...$tag$ */
    LEX_NUMBER,  /* 1, 1.5, .5, 1e3, 0x1F */
    LEX_PARAM,   /* $1 */
    LEX_OP,      /* operator characters; also "::", ":=", "=>" */
    LEX_PUNCT,   /* one of ( ) [ ] , . ; : and any other single character */
    LEX_COMMENT, /* only when lex.comments is set */
};

struct lex_token {
    enum lex_kind kind;
    struct str text; /* slice of the input */
    size_t at;       /* byte offset in the input */
    bool unterminated;
};

struct lex {
    struct str s;
    size_t at;     /* next byte to look at */
    bool comments; /* hand out comments instead of skipping them */
};

/* The next token; false at the end (t->kind is LEX_END then). */
bool lex_next(struct lex *lex, struct lex_token *t);
/* Whether t is the key word `word` (unquoted, any case). */
bool lex_is_word(const struct lex_token *t, const char *word);
/* Whether t is exactly this punctuation or operator. */
bool lex_is(const struct lex_token *t, const char *text);
/* Whether c may begin, or go on, an unquoted identifier. */
bool lex_is_ident_start(char c);
bool lex_is_ident_char(char c);

#endif
