#include "advise/note.h"

#include <math.h>

#include "base/arena.h"
#include "base/text.h"
#include "plan/plan.h"

/* A table of so few pages is read whole faster than an index is descended. */
static const double SMALL_PAGES = 8;

struct noter {
    const struct note_input *in;
    struct advice_note *out;
};

static bool say(struct noter *k, enum advice_note_kind kind, const struct cat_index *index,
                const char *text, const char *instead)
{
    k->out->kind = kind;
    k->out->index = index;
    k->out->text = text;
    k->out->instead = instead;
    return true;
}

static const char *percent(struct arena *a, double share)
{
    struct buf b = {0};
    text_add_decimal(&b, share * 100, share < 0.001 ? 3 : share < 0.1 ? 1 : 0, true);
    const char *s = arena_printf(a, "%s %%", b.data);
    buf_free(&b);
    return s;
}

const char *note_grouped(struct arena *a, double v)
{
    struct buf b = {0};
    text_add_grouped(&b, v);
    const char *s = arena_strndup(a, b.data, b.len);
    buf_free(&b);
    return s;
}

/* ---- existing indexes that could serve, but for one thing ---- */

static bool begins_with(const struct cat_index *i, struct str column)
{
    return i->key_count && str_eq(i->keys[0].column, column);
}

static bool reads_column(const struct need_cond *c, struct str column)
{
    for (size_t i = 0; i < c->side->column_count; i++)
        if (str_eq(c->side->columns[i].column, column))
            return true;
    return false;
}

static bool invalid_index(struct noter *k)
{
    const struct need *n = k->in->need;
    for (size_t e = 0; e < k->in->existing_count; e++) {
        const struct cat_index *i = k->in->existing[e]->existing;
        for (size_t c = 0; c < n->cond_count && !i->valid; c++)
            if (begins_with(i, n->conds[c].name))
                return say(
                    k, NOTE_CANNOT_SERVE, i,
                    arena_printf(k->in->arena,
                                 "index %.*s is there but invalid: a concurrent build failed",
                                 STR_ARG(i->name)),
                    "drop it and build it again; until then it costs writes and serves nothing");
    }
    return false;
}

/* A function, a cast or arithmetic stands between the index and its column. */
static bool wrapped_column(struct noter *k)
{
    const struct need *n = k->in->need;
    for (size_t c = 0; c < n->cond_count; c++) {
        const struct need_cond *cond = &n->conds[c];
        bool bare =
            cond->side->kind == SIDE_COLUMN && !cond->is_expr && cond->use != COND_FILTER_ONLY;
        for (size_t e = 0; e < k->in->existing_count && !bare; e++) {
            const struct cat_index *i = k->in->existing[e]->existing;
            if (!i->key_count || !i->keys[0].column.len || !reads_column(cond, i->keys[0].column) ||
                cond->side->kind == SIDE_COLUMN)
                continue;
            return say(
                k, NOTE_CANNOT_SERVE, i,
                arena_printf(k->in->arena, "index %.*s holds %.*s, but the condition asks for %.*s",
                             STR_ARG(i->name), STR_ARG(i->keys[0].column),
                             STR_ARG(cond->side->text)),
                "compare the bare column (a range instead of a function), or index the expression");
        }
    }
    return false;
}

static bool cast_column(struct noter *k)
{
    const struct need *n = k->in->need;
    for (size_t c = 0; c < n->cond_count; c++) {
        const struct need_cond *cond = &n->conds[c];
        struct str to = cond->converted.len ? cond->converted : cond->side->cast_type;
        if (cond->side->kind != SIDE_COLUMN || !to.len)
            continue;
        if (!cond->is_expr && cond->use != COND_FILTER_ONLY)
            continue;
        for (size_t e = 0; e < k->in->existing_count; e++) {
            const struct cat_index *i = k->in->existing[e]->existing;
            if (!begins_with(i, cond->side->column))
                continue;
            return say(
                k, NOTE_CANNOT_SERVE, i,
                arena_printf(k->in->arena,
                             "index %.*s holds %.*s, but the condition converts it to %.*s first",
                             STR_ARG(i->name), STR_ARG(cond->side->column), STR_ARG(to)),
                "give the constant or parameter the column's type");
        }
    }
    return false;
}

static bool like_without_bytes(struct noter *k)
{
    const struct need *n = k->in->need;
    for (size_t c = 0; c < n->cond_count; c++)
        for (size_t e = 0; e < k->in->existing_count; e++) {
            const struct cat_index *i = k->in->existing[e]->existing;
            bool btree = k->in->existing[e]->am == COST_BTREE;
            bool pattern = n->conds[c].use == COND_PREFIX || n->conds[c].use == COND_INFIX;
            if (!btree || !pattern || !begins_with(i, n->conds[c].name) || i->keys[0].opclass.len)
                continue;
            bool infix = n->conds[c].use == COND_INFIX;
            return say(
                k, NOTE_CANNOT_SERVE, i,
                arena_printf(k->in->arena, "index %.*s cannot find %s", STR_ARG(i->name),
                             infix ? "text inside a value: it is ordered by how values begin"
                                   : "a prefix: its order follows the language, not the bytes"),
                infix ? "a trigram index (pg_trgm) can" : "an index with text_pattern_ops can");
        }
    return false;
}

static bool predicate_not_proven(struct noter *k)
{
    const struct need *n = k->in->need;
    for (size_t e = 0; e < k->in->existing_count; e++) {
        const struct cat_index *i = k->in->existing[e]->existing;
        if (!i->predicate.len || access_predicate_holds(k->in->model, n, k->in->existing[e]))
            continue;
        for (size_t c = 0; c < n->cond_count; c++)
            if (begins_with(i, n->conds[c].name) && n->conds[c].use < COND_NOT_NULL)
                return say(
                    k, NOTE_CANNOT_SERVE, i,
                    arena_printf(k->in->arena,
                                 "index %.*s holds only rows WHERE %.*s, and the query does not "
                                 "say that it wants just those",
                                 STR_ARG(i->name), STR_ARG(i->predicate)),
                    "repeat the predicate in the query, with literals (a parameter proves "
                    "nothing)");
    }
    return false;
}

/* The column is in an index, but behind others that no condition fixes. */
static bool not_leading(struct noter *k)
{
    const struct need *n = k->in->need;
    for (size_t c = 0; c < n->cond_count; c++) {
        if (n->conds[c].use >= COND_NOT_NULL)
            continue;
        for (size_t e = 0; e < k->in->existing_count; e++) {
            const struct ix *x = k->in->existing[e];
            for (size_t i = 1; x->am == COST_BTREE && i < x->key_count; i++)
                if (str_eq(x->keys[i].canonical, n->conds[c].canonical) && k->in->before.ix != x)
                    return say(k, NOTE_CANNOT_SERVE, x->existing,
                               arena_printf(
                                   k->in->arena,
                                   "index %.*s has %.*s, but behind %.*s, which no condition fixes",
                                   STR_ARG(x->existing->name), STR_ARG(n->conds[c].name),
                                   STR_ARG(x->keys[0].name)),
                               NULL);
        }
    }
    return false;
}

/* ---- nothing to gain ---- */

static bool small_table(struct noter *k)
{
    const struct need *n = k->in->need;
    if (n->pages > SMALL_PAGES || num_or(n->loops, 1) > 100)
        return false;
    return say(k, NOTE_NO_INDEX_HELPS, NULL,
               arena_printf(k->in->arena,
                            "%.*s has only %s pages: reading it whole is as cheap as it gets",
                            STR_ARG(n->rel->name), note_grouped(k->in->arena, n->pages)),
               NULL);
}

/* The index that the need's plan reads today. */
static const struct ix *read_by_plan(const struct noter *k)
{
    const struct node *n = k->in->need->node;
    struct str name = n ? node_text(n, PROP_INDEX_NAME) : (struct str){0};
    for (size_t e = 0; e < k->in->existing_count && name.len; e++)
        if (str_eq(k->in->existing[e]->existing->name, name))
            return k->in->existing[e];
    return NULL;
}

static bool used_already(struct noter *k)
{
    const struct ix *x =
        k->in->before.ix && k->in->before.way != WAY_SEQ ? k->in->before.ix : read_by_plan(k);
    if (!x)
        return false;
    return say(k, NOTE_EXISTS, x->existing,
               arena_printf(k->in->arena, "index %.*s serves this already; no better one was found",
                            STR_ARG(x->existing->name)),
               NULL);
}

static bool no_condition(struct noter *k)
{
    const struct need *n = k->in->need;
    for (size_t i = 0; i < n->cond_count; i++)
        if (n->conds[i].use != COND_JOIN)
            return false;
    if (n->or_count || n->order != ORDER_NONE)
        return false;
    bool joined = n->cond_count > 0;
    return say(k, NOTE_NO_INDEX_HELPS, NULL,
               joined
                   ? "the join needs so many of the rows that reading all of them once is cheaper "
                     "than looking each up"
                   : "every row is wanted, so every row is read",
               NULL);
}

static bool sorted_whole(struct noter *k)
{
    const struct need *n = k->in->need;
    if (n->cond_count || n->or_count || n->order == ORDER_NONE || num_known(n->limit))
        return false;
    return say(
        k, NOTE_NO_INDEX_HELPS, NULL,
        "all rows are wanted, in order: an index would spare the sort, but fetch the rows one by "
        "one",
        NULL);
}

static bool keeps_most(struct noter *k)
{
    const struct need *n = k->in->need;
    double share = n->rows_out / n->table_rows;
    if (!(share > 0.1))
        return false;
    return say(k, NOTE_NO_INDEX_HELPS, NULL,
               arena_printf(
                   k->in->arena,
                   "the conditions keep %s of the rows: fetching those one by one costs more than "
                   "reading the table through",
                   percent(k->in->arena, share)),
               NULL);
}

/* Why no index finds rows by an operator, and what would. NULL reason: nothing special. */
struct reason {
    enum pred_op op;
    const char *why, *instead;
};
static const struct reason op_reasons[] = {
    {PRED_NE, "an index finds what is equal or in a range, not what differs", NULL},
    {PRED_NOT_IN, "an index finds what is equal or in a range, not what differs", NULL},
    {PRED_NOT_LIKE, "an index finds what matches a pattern, not what does not", NULL},
    {PRED_ANY_OF_COLUMN, "constant = ANY (array column) is no index condition",
     "write column @> ARRAY[constant] and index it with GIN"},
    {PRED_SUBQUERY, "a subquery is tested row by row", NULL},
    {PRED_IS_DISTINCT, "IS DISTINCT FROM is no index condition",
     "write column = value OR column IS NULL as it is meant; both can use an index"},
    {PRED_TEXT_SEARCH, "a text is searched word by word only through to_tsvector",
     "write to_tsvector('english', column) @@ query, and index that expression with GIN"},
};

static bool is_pattern(enum pred_op op)
{
    return op == PRED_LIKE || op == PRED_ILIKE || op == PRED_REGEX || op == PRED_IREGEX;
}

static bool reads_own_columns(const struct need *n, const struct pred_side *side)
{
    for (size_t i = 0; side && i < side->column_count; i++)
        if (!side->columns[i].qualifier.len || str_eq(side->columns[i].qualifier, n->alias))
            return true;
    return false;
}

static bool depends_on_zone(const struct need_cond *c)
{
    for (size_t i = 0; i < c->side->column_count; i++)
        if (c->side->columns[i].zoned)
            return true;
    return c->side->kind == SIDE_COLUMN && c->side->cast_type.len;
}

static struct reason why_unindexable(struct arena *a, const struct need *n,
                                     const struct need_cond *c)
{
    struct reason r = {.why = "no index operator class has it"};
    for (size_t i = 0; i < sizeof op_reasons / sizeof op_reasons[0]; i++)
        if (op_reasons[i].op == c->pred->op)
            r = op_reasons[i];
    if (is_pattern(c->pred->op))
        r.why = c->other->kind == SIDE_CONST
                    ? "the pattern has no three literal characters in a row"
                    : "the pattern is not known when the query is planned";
    else if (c->converted.len)
        r = (struct reason){
            .why = arena_printf(a, "the column is converted to %.*s first", STR_ARG(c->converted)),
            .instead = "give the constant or parameter the column's type"};
    else if (str_is(c->side->function, "to_tsvector") ||
             str_find(c->side->text, "to_tsvector(") >= 0)
        r = (struct reason){
            .why =
                "without a configuration the words depend on a setting, so no index can hold them",
            .instead = "name the configuration: to_tsvector('english', column)"};
    else if (reads_own_columns(n, c->other))
        r.why = "both sides are columns of the same row, and an index is searched for a value";
    else if (c->other->is_volatile)
        r.why = "the value changes from row to row, so an index cannot be searched for it";
    else if (depends_on_zone(c))
        r = (struct reason){
            .why = "the expression depends on the session's time zone, so no index can hold it",
            .instead = "compare the bare column with a range: column >= begin AND column < end"};
    else if (c->side->is_stable || c->side->is_volatile || c->side->has_param)
        r.why = "the expression's value changes between executions, so no index can hold it";
    return r;
}

static bool only_unindexable(struct noter *k)
{
    const struct need *n = k->in->need;
    const struct need_cond *worst = NULL;
    for (size_t i = 0; i < n->cond_count; i++) {
        enum cond_use use = n->conds[i].use;
        if (use == COND_FILTER_ONLY)
            worst = &n->conds[i];
        else if (use != COND_NOT_NULL && use != COND_JOIN)
            return false;
    }
    if (!worst)
        return false;
    struct reason r = why_unindexable(k->in->arena, n, worst);
    return say(k, NOTE_NO_INDEX_HELPS, NULL,
               arena_printf(k->in->arena, "no index can serve %.*s: %s", STR_ARG(worst->pred->text),
                            r.why),
               r.instead);
}

static bool not_in_subquery(struct noter *k)
{
    if (!k->in->need->not_in)
        return false;
    return say(
        k, NOTE_CANNOT_SERVE, NULL,
        "NOT IN (SELECT ...) can be no join: each row is tested against the whole list, and one "
        "NULL in it makes the answer empty",
        "write NOT EXISTS (SELECT 1 FROM ... WHERE column = ...): an anti join, which an index "
        "can serve");
}

/* An OR with a side that no index of this table can find rows by. */
static bool open_or(struct noter *k)
{
    const struct need *n = k->in->need;
    for (size_t i = 0; i < n->or_count; i++)
        if (!n->ors[i].indexable)
            return say(
                k, NOTE_NO_INDEX_HELPS, NULL,
                arena_printf(k->in->arena,
                             "no index can serve %.*s: one of its sides is no index condition "
                             "on this table, and the server needs an index for each of them",
                             STR_ARG(n->ors[i].pred->text)),
                "write it as a UNION of two queries, one for each side");
    return false;
}

/* Why the best candidate was not chosen. */
static const char *why_rejected(const struct note_input *in)
{
    const char *share = percent(in->arena, in->saves);
    if (in->paid > in->saved)
        return "what it saves is less than what writing to it costs";
    if (in->limited && in->saves >= 0.1)
        return arena_printf(in->arena,
                            "it would save %s of the query, but there is no room for it under "
                            "--budget or --max-indexes",
                            share);
    return arena_printf(in->arena, "it would save only %s of the query", share);
}

static bool not_worth_it(struct noter *k)
{
    struct buf b = {0};
    if (!k->in->best)
        return false;
    ix_add_columns(&b, k->in->best);
    const char *text = arena_printf(k->in->arena, "an index on %.*s %s was considered: %s",
                                    STR_ARG(k->in->need->rel->name), b.data, why_rejected(k->in));
    buf_free(&b);
    return say(k, NOTE_REJECTED, NULL, text, NULL);
}

static bool unknown_relation(struct noter *k)
{
    const struct need *n = k->in->need;
    if (!n->unchecked || !k->in->model->cat)
        return false;
    return say(k, NOTE_UNKNOWN, NULL,
               arena_printf(k->in->arena,
                            "%.*s is not in the catalog: what indexes it has is not known",
                            STR_ARG(n->rel->name)),
               NULL);
}

typedef bool note_check(struct noter *k);

/* What hinders an index that exists is told even where a new one was chosen. */
static note_check *const hindrances[] = {invalid_index,      cast_column,          wrapped_column,
                                         like_without_bytes, predicate_not_proven, not_leading};
static note_check *const reasons[] = {small_table,      used_already, no_condition, open_or,
                                      only_unindexable, sorted_whole, keeps_most,   not_worth_it};

static bool first_of(struct noter *k, note_check *const *checks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (checks[i](k))
            return true;
    return false;
}

bool note_hindrance(const struct note_input *in, struct advice_note *out)
{
    struct noter k = {in, out};
    *out = (struct advice_note){.query = in->need->query, .node = in->need->node};
    return first_of(&k, hindrances, sizeof hindrances / sizeof hindrances[0]);
}

bool note_for(const struct note_input *in, struct advice_note *out)
{
    struct noter k = {in, out};
    *out = (struct advice_note){.query = in->need->query,
                                .node = in->need->node,
                                .schema = in->need->rel->schema,
                                .table = in->need->rel->name};
    if (unknown_relation(&k))
        return true;
    if (not_in_subquery(&k))
        return true;
    bool used = in->before.ix && in->before.way != WAY_SEQ;
    if (!used && first_of(&k, hindrances, sizeof hindrances / sizeof hindrances[0]))
        return true;
    return !in->chosen && first_of(&k, reasons, sizeof reasons / sizeof reasons[0]);
}
