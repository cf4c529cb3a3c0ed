/*
 * Operands: nodes of a raw parse tree as struct pred_side.
 */
#ifndef SQL_SIDE_H
#define SQL_SIDE_H

#include "sql/deparse.h"
#include "sql/pred.h"
#include "sql/scan.h"

/*
 * One expression at work: its text, once, and where each node's text stands in it, so that the
 * texts of all predicates and sides are slices and deep nesting costs no quadratic time.
 */
struct side_build {
    struct arena *a;
    struct deparse d;
    struct str text;  /* all of it, in the arena */
    size_t cursor;    /* mark found last: nodes are asked for in about the order of the text */
    struct scan scan; /* work space */
};

/* Begin with an expression or (sort_by) an ORDER BY item; ends with side_build_release. */
void side_build_init(struct side_build *b, struct arena *a, const struct json *expr);
void side_build_release(struct side_build *b);

/* Text of a node inside the expression, with the parentheses that belong to it. */
struct str side_node_text(struct side_build *b, const struct json *node);

void side_from_node(struct side_build *b, const struct json *node, struct pred_side *out);
/* The elements of an IN list or row as one side; text is what to show for it. */
void side_from_list(struct side_build *b, const struct json *items, struct pred_side *out);
/* The right side of = ANY (...): an array literal becomes its elements. */
void side_from_array(struct side_build *b, const struct json *node, struct pred_side *out);
/* Left sides of several comparisons as one SIDE_ROW. */
void side_from_row(struct side_build *b, const struct json *items, struct str text,
                   struct pred_side *out);
/* A constant that stands nowhere in the text. */
struct pred_side side_boolean(bool value);

/* Whether the side holds a column reference. */
bool side_has_columns(const struct pred_side *s);

/* Elements of an array literal {1,NULL,"a b"} of one dimension; false for any other. */
bool side_array_elements(struct arena *a, struct str literal, const struct str **out,
                         size_t *count);

#endif
