/*
 * Expressions of a raw parse tree back into text, the way PostgreSQL's ruleutils.c (and so
 * EXPLAIN) writes them: every operator in parentheses, (column)::text, 'constant'::type.
 * What only a person writes (LIKE, BETWEEN, IN lists) keeps its own words.
 */
#ifndef SQL_DEPARSE_H
#define SQL_DEPARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/str.h"

/* Where in the output a node's text stands (with the parentheses that belong to it). */
struct deparse_mark {
    const struct json *node;
    size_t from, to;
};

struct deparse {
    struct buf out;       /* the text; the caller frees it through deparse_release */
    bool drop_qualifiers; /* "t.a" becomes "a" */
    /*
     * For comparing: also without casts of constants and without text casts of columns, which
     * depend on where the expression was written.
     */
    bool canonical;
    bool want_marks;
    struct deparse_mark *marks; /* of every node, in the order in which they begin */
    size_t mark_count, mark_room;
};

void deparse_expr(struct deparse *d, const struct json *node);
/* Type of a TypeName body as format_type writes it, modifier included. */
void deparse_type(struct buf *b, const struct json *type);
/* ORDER BY item: expression, direction and NULLS where they are not the default. */
void deparse_sort_item(struct deparse *d, const struct json *sort_by);
void deparse_release(struct deparse *d);

#endif
