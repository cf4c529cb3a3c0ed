/*
 * An index, existing or proposed, in the one form that candidates, the model and selection
 * work with.
 */
#ifndef ADVISE_IX_H
#define ADVISE_IX_H

#include <stdbool.h>
#include <stddef.h>

#include "advise/cost.h"
#include "catalog/catalog.h"
#include "sql/pred.h"

struct arena;
struct need;

/* Why a key stands where it does. */
enum ix_role {
    IX_EQUAL,
    IX_LIST,
    IX_RANGE,
    IX_SORT,
    IX_JOIN,
    IX_GROUP,
    IX_SEARCH,
    IX_FILTER,
    IX_COVERED
};

struct ix_key {
    struct str name;      /* column, or expression fit for an index definition */
    struct str canonical; /* an expression in the form that compares; else the name */
    bool is_expr;
    const struct cat_column *column; /* NULL: an expression, or not in the catalog */
    struct str opclass;              /* absent: default */
    struct str collation;            /* absent: the column's */
    bool desc, nulls_first;
    enum ix_role role;             /* of a proposed index */
    const struct cat_stats *stats; /* of an expression; NULL */
};

enum { IX_MAX_KEYS = 32 };

struct ix {
    struct cat_rel *rel;
    enum cost_am am;
    struct ix_key *keys; /* key columns first, then INCLUDE columns */
    size_t key_count, total_count;
    const struct pred **predicate; /* conjuncts of a partial index, without qualifiers */
    struct str *predicate_keys;    /* of each, in the form that compares */
    size_t predicate_count;
    struct str predicate_text; /* SQL; absent: not partial */
    struct str predicate_key;  /* of all of them: equal for predicates that say the same */
    bool unique;
    bool unchecked;                   /* relation not in the catalog */
    const struct cat_index *existing; /* NULL: proposed */
    struct str extension;             /* needed first; absent: none */
    double kept; /* share of the table's rows that a partial index holds; NAN: all */
    double table_rows, table_pages; /* as a plan saw the table; NAN: what the catalog says */
    /* Size: measured, or from advise/size.h. */
    double pages, tuples, size_bytes;
    int height;
};

/* The predicate, from conjuncts without qualifiers. */
void ix_set_predicate(struct arena *a, struct ix *x, const struct pred **conjuncts, size_t count,
                      struct str text);
/* An existing index; the predicate is parsed. In the arena. */
struct ix *ix_from_catalog(struct arena *a, const struct cat_index *index);

/* The same key column: name or expression, opclass, collation; direction and role are not compared.
 */
bool ix_key_same(const struct ix_key *a, const struct ix_key *b);
/* The same index in all that matters (direction of scans can be reversed as a whole). */
bool ix_same(const struct ix *a, const struct ix *b);
/*
 * Everything that `a` can do, `b` can do as well: same access method and predicate, a's keys lead
 * b's, a's INCLUDE columns are in b, and a is not unique.
 */
bool ix_covered_by(const struct ix *a, const struct ix *b);

/* "(project_id, priority DESC) INCLUDE (title) WHERE (status <> 'done'::text)" */
void ix_add_columns(struct buf *b, const struct ix *x);

const char *ix_am_name(enum cost_am am);

#endif
