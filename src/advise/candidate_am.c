/* Candidates of other access methods: GIN, GiST, BRIN. */
#include <math.h>

#include "advise/candidate_private.h"
#include "plan/plan.h"

/* BRIN pays where the order on disk follows the column and the table is large. */
static const double BRIN_MIN_CORRELATION = 0.95;
static const double BRIN_MIN_PAGES = 12800; /* 100 MB: a hundred ranges of 128 pages */

static bool is_array(struct str type)
{
    return str_ends(type, "[]");
}

static bool is_range(struct str type)
{
    static const char *const ranges[] = {"int4range",      "int8range",      "numrange",
                                         "tsrange",        "tstzrange",      "daterange",
                                         "int4multirange", "int8multirange", "nummultirange",
                                         "tsmultirange",   "tstzmultirange", "datemultirange"};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (str_is(type, ranges[i]))
            return true;
    return false;
}

static bool is_spatial(struct str type)
{
    static const char *const types[] = {"point", "box",      "polygon",   "circle", "inet",
                                        "cidr",  "geometry", "geography", "ltree"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_is(type, types[i]))
            return true;
    return false;
}

/* Type of the column, or, without a catalog, that of the constant it is compared with. */
static struct str type_of(const struct need_cond *c)
{
    if (c->column && !c->is_expr)
        return c->column->base_type;
    if (str_is(c->side->function, "->") || str_is(c->side->function, "#>"))
        return STR("jsonb");
    if (str_is(c->side->function, "string_to_array") ||
        str_is(c->side->function, "regexp_split_to_array"))
        return STR("text[]");
    return c->other && c->other->cast_type.len                           ? c->other->cast_type
           : c->pred->op == PRED_HAS_KEY || c->pred->op == PRED_JSONPATH ? STR("jsonb")
                                                                         : (struct str){0};
}

static void emit_one(const struct maker *m, const struct need_cond *c, enum cost_am am,
                     const char *opclass, const char *extension)
{
    struct draft d = {0};
    struct ix_key key = draft_key(m, c, IX_SEARCH);
    if (opclass)
        key.opclass = str_of(opclass);
    if (extension)
        d.extension = str_of(extension);
    draft_add(&d, key);
    draft_emit(m, &d, am);
}

/* jsonb_path_ops is smaller and faster, but knows nothing of key existence. */
static void emit_jsonb(const struct maker *m, const struct need_cond *c)
{
    bool path = c->pred->op == PRED_CONTAINS || c->pred->op == PRED_JSONPATH;
    if (path)
        emit_one(m, c, COST_GIN, "jsonb_path_ops", NULL);
    else if (c->pred->op == PRED_HAS_KEY)
        emit_one(m, c, COST_GIN, NULL, NULL);
}

/* Equality columns in front of a GIN key, where btree_gin is installed. */
static void emit_combined(const struct maker *m, const struct need_cond *search,
                          const char *opclass)
{
    struct draft d = {.extension = STR("btree_gin")};
    if (!m->cat || !cat_has_extension(m->cat, "btree_gin"))
        return;
    for (size_t i = 0; i < m->need->cond_count && d.count < 2; i++)
        if (m->need->conds[i].use == COND_EQUAL && !m->need->conds[i].is_expr)
            draft_add(&d, draft_key(m, &m->need->conds[i], IX_EQUAL));
    if (!d.count)
        return;
    struct ix_key key = draft_key(m, search, IX_SEARCH);
    if (opclass)
        key.opclass = str_of(opclass);
    draft_add(&d, key);
    draft_emit(m, &d, COST_GIN);
}

static void emit_containment(const struct maker *m, const struct need_cond *c)
{
    struct str type = type_of(c);
    if (str_is(type, "jsonb"))
        emit_jsonb(m, c);
    else if (is_array(type)) {
        emit_one(m, c, COST_GIN, NULL, NULL);
        emit_combined(m, c, NULL);
    } else if (is_range(type) || is_spatial(type))
        emit_one(m, c, COST_GIST, str_is(type, "inet") || str_is(type, "cidr") ? "inet_ops" : NULL,
                 NULL);
}

static void emit_brin(const struct maker *m, const struct need_cond *c)
{
    const struct cat_column *col = c->column;
    bool follows = col && !c->is_expr && col->stats.known &&
                   fabs(num_or(col->stats.correlation, 0)) >= BRIN_MIN_CORRELATION;
    if (follows && num_or(m->need->pages, 0) >= BRIN_MIN_PAGES)
        emit_one(m, c, COST_BRIN, NULL, NULL);
}

/* Values too long for a B-tree can be looked up by their hash. */
static void emit_hash(const struct maker *m, const struct need_cond *c)
{
    bool has_hash = c->column && (str_is(c->column->base_type, "text") ||
                                  str_starts(c->column->base_type, "character") ||
                                  str_is(c->column->base_type, "bytea"));
    if (has_hash && !c->is_expr && !candidate_fits_btree(c))
        emit_one(m, c, COST_HASH, NULL, NULL);
}

/* ORDER BY column <-> value: GiST walks outwards from the value. */
void candidate_knn(const struct maker *m)
{
    const struct need *n = m->need;
    struct draft d = {0};
    if (n->sort_count != 1 || n->sort_missing || !n->sorts[0].knn || !num_known(n->limit))
        return;
    draft_add(&d, (struct ix_key){.name = n->sorts[0].name,
                                  .canonical = n->sorts[0].canonical,
                                  .column = n->sorts[0].column,
                                  .role = IX_SORT});
    draft_emit(m, &d, COST_GIST);
}

void candidate_other_am(const struct maker *m, const struct need_cond *c)
{
    switch (c->use) {
    case COND_SEARCH:
        emit_one(m, c, COST_GIN, NULL, NULL);
        emit_combined(m, c, NULL);
        break;
    case COND_INFIX:
        emit_one(m, c, COST_GIN, "gin_trgm_ops", "pg_trgm");
        break;
    case COND_CONTAINS:
        emit_containment(m, c);
        break;
    case COND_RANGE:
        emit_brin(m, c);
        break;
    case COND_EQUAL:
        emit_hash(m, c);
        break;
    default:
        break;
    }
}
