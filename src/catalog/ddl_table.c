/* CREATE TABLE, CREATE FOREIGN TABLE. */
#include <math.h>

#include "base/arena.h"
#include "catalog/ddl_state.h"

struct cat_column *cat_ddl_add_column(struct ddl *d, struct cat_rel *rel, struct str name)
{
    size_t n = rel->column_count;
    if ((n & (n - 1)) == 0) { /* capacity is the next power of two */
        struct cat_column *more = arena_calloc(d->cat->arena, n ? 2 * n : 1, sizeof *more);
        if (n)
            memcpy(more, rel->columns, n * sizeof *more);
        rel->columns = more;
    }
    struct cat_column *col = &rel->columns[rel->column_count++];
    *col = (struct cat_column){.name = cat_ddl_keep(d, name)};
    col->num = n ? rel->columns[n - 1].num + 1 : 1;
    cat_unknown_stats(&col->stats);
    return col;
}

void cat_ddl_set_type(struct cat_column *col, const struct ddl_type *t)
{
    col->type = t->type;
    col->base_type = t->base_type;
    col->category = t->category;
    col->typlen = t->len;
    col->align = t->align;
    col->collation = t->collation;
    col->collate = (struct str){0};
    col->not_null |= t->serial;
}

static struct str collate_of(const struct ddl *d, struct str collation)
{
    for (const struct ddl_collation *c = d->collations; c; c = c->next)
        if (str_eq(c->name, collation))
            return c->collate;
    return (struct str){0};
}

void cat_ddl_define_column(struct ddl *d, struct cat_rel *rel, const struct json *def)
{
    struct ddl_type t;
    cat_ddl_resolve_type(d, json_get(def, "typeName"), &t);
    struct str collation = cat_ddl_last_name(json_path(def, "collClause", "collname", NULL));
    if (collation.len)
        t.collation = str_is(collation, "default") ? (struct str){0} : cat_ddl_keep(d, collation);
    struct cat_column *col = cat_ddl_add_column(d, rel, json_str(def, "colname"));
    cat_ddl_set_type(col, &t);
    col->collate = collate_of(d, col->collation);
}

static bool is_attribute(struct str contype)
{
    return str_starts(contype, "CONSTR_ATTR_");
}

/* Constraints on the column itself; false for those that make an index or a key. */
static bool set_attribute(struct cat_column *col, struct str contype, const struct json *c)
{
    if (str_is(contype, "CONSTR_NOTNULL") || str_is(contype, "CONSTR_IDENTITY")) {
        col->not_null = true;
    } else if (str_is(contype, "CONSTR_NULL")) {
        col->not_null = false;
    } else if (str_is(contype, "CONSTR_GENERATED")) {
        col->generated = true;
        struct str mark = json_str(
            json_path(c, "raw_expr", "CollateClause", "arg", "A_Const", "sval", NULL), "sval");
        col->virtual_column = str_is(mark, "pgsift virtual");
    } else {
        return is_attribute(contype) || str_is(contype, "CONSTR_DEFAULT") ||
               str_is(contype, "CONSTR_CHECK");
    }
    return true;
}

/* DEFERRABLE stands behind the constraint that it is about. */
static bool is_deferrable(const struct json *after)
{
    for (const struct json *e = after; e; e = e->next) {
        struct str contype = json_str(json_get(e, "Constraint"), "contype");
        if (!is_attribute(contype))
            return false;
        if (str_is(contype, "CONSTR_ATTR_DEFERRABLE") || str_is(contype, "CONSTR_ATTR_DEFERRED"))
            return true;
    }
    return false;
}

void cat_ddl_column_constraints(struct ddl *d, struct cat_rel *rel, const struct json *def)
{
    struct str name = json_str(def, "colname");
    for (const struct json *e = json_first(json_get(def, "constraints")); e; e = e->next) {
        const struct json *c = json_get(e, "Constraint");
        struct cat_column *col = cat_find_column(rel, name);
        if (col && !set_attribute(col, json_str(c, "contype"), c))
            cat_ddl_constraint(d, rel, c, col->name, is_deferrable(e->next), true);
    }
}

static void copy_columns(struct ddl *d, const struct cat_rel *from, struct cat_rel *to)
{
    for (size_t i = 0; i < from->column_count; i++) {
        if (cat_find_column(to, from->columns[i].name))
            continue; /* merged with one that is there, as INHERITS does */
        struct cat_column *col = cat_ddl_add_column(d, to, from->columns[i].name);
        int num = col->num;
        *col = from->columns[i];
        col->num = num;
        cat_unknown_stats(&col->stats);
    }
}

/* Bits of TableLikeClause.options (PostgreSQL's parsenodes.h). */
enum { LIKE_GENERATED = 1 << 4, LIKE_INDEXES = 1 << 6, LIKE_STATISTICS = 1 << 7 };

static void like_columns(struct ddl *d, struct cat_rel *rel, const struct json *like)
{
    const struct cat_rel *from = cat_ddl_find_rel(d, json_get(like, "relation"));
    if (!from)
        return;
    size_t first = rel->column_count;
    copy_columns(d, from, rel);
    if (!((unsigned)json_num(like, "options", 0) & LIKE_GENERATED))
        for (size_t i = first; i < rel->column_count; i++)
            rel->columns[i].generated = rel->columns[i].virtual_column = false;
}

static void inherit(struct ddl *d, struct cat_rel *rel, const struct json *stmt)
{
    for (const struct json *e = json_first(json_get(stmt, "inhRelations")); e; e = e->next) {
        struct cat_rel *parent = cat_ddl_find_rel(d, json_get(e, "RangeVar"));
        if (!parent)
            continue;
        if (!rel->parent)
            rel->parent = parent;
        copy_columns(d, parent, rel);
    }
    rel->is_partition = json_get(stmt, "partbound") && rel->parent;
}

static void of_type(struct ddl *d, struct cat_rel *rel, const struct json *type)
{
    const struct json *names = json_get(type, "names");
    const struct ddl_user_type *u =
        cat_ddl_find_type(d, cat_ddl_first_name(names), cat_ddl_last_name(names));
    if (u && u->row)
        copy_columns(d, u->row, rel);
    else if (type)
        cat_ddl_problem(d, DDL_NOWHERE, "type \"%.*s\" does not exist",
                        STR_ARG(cat_ddl_last_name(names)));
}

static void define_columns(struct ddl *d, struct cat_rel *rel, const struct json *elements)
{
    for (const struct json *e = json_first(elements); e; e = e->next) {
        const struct json *def = json_get(e, "ColumnDef");
        struct str name = json_str(def, "colname");
        if (json_get(e, "TableLikeClause"))
            like_columns(d, rel, json_get(e, "TableLikeClause"));
        else if (def && !cat_find_column(rel, name))
            cat_ddl_define_column(d, rel, def);
        else if (def && json_get(def, "typeName") && !rel->parent)
            cat_ddl_problem(d, json_num(def, "location", DDL_NOWHERE),
                            "column \"%.*s\" is given more than once", STR_ARG(name));
    }
}

static bool is_primary(const struct json *constraint)
{
    return str_is(json_str(constraint, "contype"), "CONSTR_PRIMARY");
}

/* The server makes the primary key's index before all others. */
static void add_constraints(struct ddl *d, struct cat_rel *rel, const struct json *elements,
                            bool primary)
{
    for (const struct json *e = json_first(elements); e; e = e->next) {
        const struct json *c = json_get(e, "Constraint");
        if (c && is_primary(c) == primary)
            cat_ddl_constraint(d, rel, c, (struct str){0}, cat_ddl_has(c, "deferrable"), true);
    }
}

static bool has_primary(const struct json *def)
{
    for (const struct json *e = json_first(json_get(def, "constraints")); e; e = e->next)
        if (is_primary(json_get(e, "Constraint")))
            return true;
    return false;
}

static void column_constraints(struct ddl *d, struct cat_rel *rel, const struct json *elements,
                               bool primary)
{
    for (const struct json *e = json_first(elements); e; e = e->next) {
        const struct json *def = json_get(e, "ColumnDef");
        if (def && has_primary(def) == primary)
            cat_ddl_column_constraints(d, rel, def);
    }
}

static void all_constraints(struct ddl *d, struct cat_rel *rel, const struct json *stmt)
{
    const struct json *elements = json_get(stmt, "tableElts");
    column_constraints(d, rel, elements, true);
    add_constraints(d, rel, elements, true);
    column_constraints(d, rel, elements, false);
    add_constraints(d, rel, elements, false);
    for (const struct json *e = json_first(elements); e; e = e->next) {
        const struct json *like = json_get(e, "TableLikeClause");
        struct str schema = json_str(json_get(like, "relation"), "schemaname");
        struct str name = json_str(json_get(like, "relation"), "relname");
        const struct cat_rel *from = like ? cat_find_rel(d->cat, schema, name) : NULL;
        unsigned options = (unsigned)json_num(like, "options", 0);
        if (from && options & LIKE_INDEXES)
            cat_ddl_copy_indexes(d, from, rel);
        if (from && options & LIKE_STATISTICS)
            cat_ddl_copy_statistics(d, from, rel);
    }
}

void cat_ddl_storage(struct cat_rel *rel, const struct json *options)
{
    double fillfactor = cat_ddl_option(options, "fillfactor");
    double workers = cat_ddl_option(options, "parallel_workers");
    if (!isnan(fillfactor))
        rel->fillfactor = fillfactor;
    if (!isnan(workers))
        rel->parallel_workers = workers;
}

static bool is_duplicate(struct ddl *d, const struct json *stmt, struct str schema, struct str name)
{
    if (!cat_name_taken(d->cat, schema, name))
        return false;
    if (!cat_ddl_has(stmt, "if_not_exists"))
        cat_ddl_problem(d, json_num(json_get(stmt, "relation"), "location", DDL_NOWHERE),
                        "relation \"%.*s\" is there already; the first one is kept", STR_ARG(name));
    return true;
}

static void create(struct ddl *d, const struct json *stmt, char kind)
{
    const struct json *var = json_get(stmt, "relation"), *spec = json_get(stmt, "partspec");
    struct str persistence = json_str(var, "relpersistence");
    struct str schema = cat_ddl_new_schema(d, json_str(var, "schemaname"), persistence);
    struct str name = cat_ddl_keep(d, json_str(var, "relname"));
    if (is_duplicate(d, stmt, schema, name))
        return;
    struct cat_rel *rel = cat_new_rel(d->cat, schema, name);
    rel->kind = spec ? 'p' : kind;
    rel->persistence = persistence.len ? persistence.p[0] : 'p';
    cat_ddl_storage(rel, json_get(stmt, "options"));
    inherit(d, rel, stmt);
    if (json_get(stmt, "ofTypename"))
        of_type(d, rel, json_get(stmt, "ofTypename"));
    define_columns(d, rel, json_get(stmt, "tableElts"));
    cat_put_rel(d->cat, rel);
    if (spec)
        rel->partition_key = cat_ddl_partition_key(d, rel, spec);
    all_constraints(d, rel, stmt);
    if (rel->is_partition) {
        rel->partition_bound = cat_ddl_partition_bound(d, json_get(stmt, "partbound"));
        cat_ddl_inherit_indexes(d, rel);
        cat_ddl_inherit_fks(d, rel);
    }
    d->last_table = rel;
}

void cat_ddl_create_table(struct ddl *d, const struct json *stmt)
{
    create(d, stmt, 'r');
}

void cat_ddl_create_foreign_table(struct ddl *d, const struct json *stmt)
{
    create(d, json_get(stmt, "base"), 'f');
}
