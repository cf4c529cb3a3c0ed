/* RENAME, SET SCHEMA, DROP. */
#include "base/arena.h"
#include "catalog/ddl_state.h"

/* Names in a list that is shared, so that it is copied when it changes. */
static const struct str *rename_in_list(struct ddl *d, const struct str *list, size_t count,
                                        struct str old_name, struct str new_name)
{
    struct str *names = arena_calloc(d->cat->arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = str_eq(list[i], old_name) ? new_name : list[i];
    return names;
}

static void rename_column(struct ddl *d, struct cat_rel *rel, struct str old_name,
                          struct str new_name)
{
    struct cat_column *col = cat_find_column(rel, old_name);
    if (!col)
        return;
    old_name = cat_ddl_keep(d, old_name);
    col->name = new_name;
    for (struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        cat_ddl_rename_in_index(d, ix, old_name, new_name);
    for (struct cat_fk *fk = d->cat->fks; fk; fk = fk->next) {
        if (fk->rel == rel)
            fk->columns = rename_in_list(d, fk->columns, fk->column_count, old_name, new_name);
        if (fk->ref == rel && fk->ref_columns)
            fk->ref_columns =
                rename_in_list(d, fk->ref_columns, fk->column_count, old_name, new_name);
    }
    for (struct cat_ext_stats *s = rel->ext_stats; s; s = s->next)
        s->columns = rename_in_list(d, s->columns, s->column_count, old_name, new_name);
}

static void rename_constraint(struct ddl *d, struct cat_rel *rel, struct str old_name,
                              struct str new_name)
{
    for (struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        if (str_eq(ix->constraint, old_name)) {
            cat_rename_index(d->cat, ix, ix->schema, new_name);
            return;
        }
    for (struct cat_fk *fk = d->cat->fks; fk; fk = fk->next)
        if (fk->rel == rel && str_eq(fk->name, old_name))
            fk->name = new_name;
}

/* ALTER INDEX ... RENAME, which ALTER TABLE ... RENAME does as well. */
static bool rename_index(struct ddl *d, const struct json *var, struct str new_name)
{
    struct cat_index *ix =
        cat_find_index(d->cat, json_str(var, "schemaname"), json_str(var, "relname"));
    if (ix)
        cat_rename_index(d->cat, ix, ix->schema, new_name);
    return ix;
}

static void rename_schema(struct ddl *d, struct str old_name, struct str new_name)
{
    old_name = cat_ddl_keep(d, old_name);
    for (struct cat_rel *rel = d->cat->rels; rel; rel = rel->next)
        if (str_eq(rel->schema, old_name))
            cat_rename_rel(d->cat, rel, new_name, rel->name);
}

static void rename_relation(struct ddl *d, const struct json *stmt, struct str new_name)
{
    const struct json *var = json_get(stmt, "relation");
    struct cat_rel *rel =
        cat_find_rel(d->cat, json_str(var, "schemaname"), json_str(var, "relname"));
    if (rel)
        cat_rename_rel(d->cat, rel, rel->schema, new_name);
    else if (!rename_index(d, var, new_name) && !cat_ddl_has(stmt, "missing_ok"))
        cat_ddl_find_rel(d, var);
}

void cat_ddl_rename(struct ddl *d, const struct json *stmt)
{
    struct str kind = json_str(stmt, "renameType"), old_name = json_str(stmt, "subname");
    struct str new_name = cat_ddl_keep(d, json_str(stmt, "newname"));
    const struct json *names = json_path(stmt, "object", "List", "items", NULL);
    if (str_is(kind, "OBJECT_TABLE") || str_is(kind, "OBJECT_VIEW") ||
        str_is(kind, "OBJECT_MATVIEW") || str_is(kind, "OBJECT_INDEX") ||
        str_is(kind, "OBJECT_FOREIGN_TABLE")) {
        rename_relation(d, stmt, new_name);
    } else if (str_is(kind, "OBJECT_SCHEMA")) {
        rename_schema(d, old_name, new_name);
    } else if (str_is(kind, "OBJECT_TYPE") || str_is(kind, "OBJECT_DOMAIN")) {
        cat_ddl_rename_type(d, cat_ddl_first_name(names), cat_ddl_last_name(names), (struct str){0},
                            new_name);
    } else if (str_is(kind, "OBJECT_COLUMN") || str_is(kind, "OBJECT_TABCONSTRAINT")) {
        const struct json *var = json_get(stmt, "relation");
        struct cat_rel *rel = cat_ddl_find_rel(d, var);
        if (!rel)
            return;
        if (str_is(kind, "OBJECT_TABCONSTRAINT")) {
            rename_constraint(d, rel, old_name, new_name);
            return;
        }
        rename_column(d, rel, old_name, new_name);
        for (struct cat_rel *r = NULL; (r = cat_ddl_descendant(d->cat, rel, r));)
            rename_column(d, r, old_name, new_name);
    }
}

void cat_ddl_set_schema(struct ddl *d, const struct json *stmt)
{
    struct str schema = cat_ddl_keep(d, json_str(stmt, "newschema"));
    struct str kind = json_str(stmt, "objectType");
    const struct json *names = json_path(stmt, "object", "List", "items", NULL);
    if (json_get(stmt, "relation")) {
        const struct json *var = json_get(stmt, "relation");
        struct cat_rel *rel =
            cat_find_rel(d->cat, json_str(var, "schemaname"), json_str(var, "relname"));
        if (rel)
            cat_rename_rel(d->cat, rel, schema, rel->name);
    } else if (str_is(kind, "OBJECT_TYPE") || str_is(kind, "OBJECT_DOMAIN")) {
        cat_ddl_rename_type(d, cat_ddl_first_name(names), cat_ddl_last_name(names), schema,
                            cat_ddl_last_name(names));
    }
}

static void drop_table(struct ddl *d, struct cat_rel *rel)
{
    for (;;) { /* partitions and heirs go with it, those without heirs of their own first */
        struct cat_rel *heir = cat_ddl_descendant(d->cat, rel, NULL), *leaf = heir;
        while (heir) {
            leaf = heir;
            heir = cat_ddl_descendant(d->cat, leaf, NULL);
        }
        if (!leaf)
            break;
        cat_drop_rel(d->cat, leaf);
    }
    cat_drop_rel(d->cat, rel);
}

static void drop_index(struct ddl *d, struct cat_index *ix)
{
    for (struct cat_rel *r = NULL; (r = cat_ddl_descendant(d->cat, ix->rel, r));)
        for (struct cat_index *child = r->indexes, *next; child; child = next) {
            next = child->next;
            for (const struct cat_index *up = child->parent; up; up = up->parent)
                if (up == ix) {
                    cat_drop_index(d->cat, child);
                    break;
                }
        }
    cat_drop_index(d->cat, ix);
}

static void drop_schema(struct ddl *d, struct str schema)
{
    for (struct cat_rel *rel = d->cat->rels; rel;) {
        if (!str_eq(rel->schema, schema)) {
            rel = rel->next;
            continue;
        }
        drop_table(d, rel);
        rel = d->cat->rels; /* heirs in other places may be gone as well */
    }
}

static void drop_named(struct ddl *d, struct str kind, struct str schema, struct str name,
                       bool missing_ok)
{
    struct cat_rel *rel = cat_find_rel(d->cat, schema, name);
    struct cat_index *ix = cat_find_index(d->cat, schema, name);
    if (str_is(kind, "OBJECT_INDEX") && ix)
        drop_index(d, ix);
    else if (!str_is(kind, "OBJECT_INDEX") && rel)
        drop_table(d, rel);
    else if (!missing_ok)
        cat_ddl_problem(d, DDL_NOWHERE, "\"%.*s\" does not exist", STR_ARG(name));
}

static bool drops_relation(struct str kind)
{
    return str_is(kind, "OBJECT_TABLE") || str_is(kind, "OBJECT_VIEW") ||
           str_is(kind, "OBJECT_MATVIEW") || str_is(kind, "OBJECT_INDEX") ||
           str_is(kind, "OBJECT_FOREIGN_TABLE");
}

static void drop_statistics(struct ddl *d, struct str name)
{
    for (struct cat_rel *rel = d->cat->rels; rel; rel = rel->next)
        for (struct cat_ext_stats **link = &rel->ext_stats; *link;) {
            if (str_eq((*link)->name, name))
                *link = (*link)->next;
            else
                link = &(*link)->next;
        }
}

void cat_ddl_drop(struct ddl *d, const struct json *stmt)
{
    struct str kind = json_str(stmt, "removeType");
    for (const struct json *e = json_first(json_get(stmt, "objects")); e; e = e->next) {
        const struct json *names = json_path(e, "List", "items", NULL);
        const struct json *type_names = json_path(e, "TypeName", "names", NULL);
        struct str schema = cat_ddl_first_name(names), name = cat_ddl_last_name(names);
        if (drops_relation(kind))
            drop_named(d, kind, schema, name, cat_ddl_has(stmt, "missing_ok"));
        else if (str_is(kind, "OBJECT_STATISTIC_EXT"))
            drop_statistics(d, name);
        else if (str_is(kind, "OBJECT_SCHEMA"))
            drop_schema(d, cat_ddl_string(e));
        else if (str_is(kind, "OBJECT_TYPE") || str_is(kind, "OBJECT_DOMAIN"))
            cat_ddl_drop_type(d, cat_ddl_first_name(type_names), cat_ddl_last_name(type_names));
    }
}
