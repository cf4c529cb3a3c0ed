/* Constraints: primary keys, UNIQUE, EXCLUDE, foreign keys, NOT NULL. */
#include "base/arena.h"
#include "catalog/ddl_state.h"

void cat_ddl_not_null(struct cat_rel *rel, struct str column, bool not_null)
{
    struct cat_column *col = cat_find_column(rel, column);
    if (col)
        col->not_null = not_null;
}

static void keys_not_null(struct cat_index *ix)
{
    for (size_t i = 0; i < ix->key_count; i++)
        cat_ddl_not_null(ix->rel, ix->keys[i].column, true);
}

static bool has_primary_key(const struct cat_rel *rel)
{
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        if (ix->primary)
            return true;
    return false;
}

/* ADD CONSTRAINT ... USING INDEX: the index takes the constraint's name. */
static void use_index(struct ddl *d, struct cat_rel *rel, const struct json *c, bool deferrable)
{
    struct str name = json_str(c, "indexname");
    struct cat_index *ix = cat_find_index(d->cat, rel->schema, name);
    if (!ix || ix->rel != rel) {
        cat_ddl_problem(d, json_num(c, "location", DDL_NOWHERE), "index \"%.*s\" does not exist",
                        STR_ARG(name));
        return;
    }
    struct str constraint = json_str(c, "conname");
    ix->primary = str_is(json_str(c, "contype"), "CONSTR_PRIMARY");
    ix->deferrable = deferrable;
    ix->constraint = ix->name;
    if (constraint.len)
        cat_rename_index(d->cat, ix, ix->schema, cat_ddl_keep(d, constraint));
    if (ix->primary)
        keys_not_null(ix);
}

/* Elements of EXCLUDE are pairs of an index column and an operator. */
static bool exclusion_keys(struct ddl *d, struct cat_index *ix, const struct json *c)
{
    struct json *elements = arena_alloc(d->scratch, sizeof *elements);
    *elements = (struct json){.kind = JSON_ARRAY};
    struct json **tail = &elements->child;
    for (const struct json *e = json_first(json_get(c, "exclusions")); e; e = e->next) {
        const struct json *pair = json_first(json_path(e, "List", "items", NULL));
        if (!pair)
            continue;
        *tail = arena_alloc(d->scratch, sizeof **tail);
        **tail = *pair;
        (*tail)->next = NULL;
        tail = &(*tail)->next;
        elements->count++;
    }
    return cat_ddl_index_keys(d, ix, elements, NULL) &&
           cat_ddl_index_predicate(d, ix, json_get(c, "where_clause"));
}

static bool constraint_keys(struct ddl *d, struct cat_index *ix, const struct json *c,
                            struct str column)
{
    if (ix->exclusion)
        return exclusion_keys(d, ix, c);
    size_t key_count = 1, include_count;
    const struct str *keys = &column;
    if (json_get(c, "keys"))
        keys = cat_ddl_names(d, json_get(c, "keys"), &key_count);
    const struct str *include = cat_ddl_names(d, json_get(c, "including"), &include_count);
    return cat_ddl_plain_keys(d, ix, keys, key_count, include, include_count);
}

static void add_index(struct ddl *d, struct cat_rel *rel, const struct json *c, struct str column,
                      bool deferrable, bool recurse)
{
    struct str contype = json_str(c, "contype"), am = json_str(c, "access_method");
    bool primary = str_is(contype, "CONSTR_PRIMARY");
    struct cat_index *ix = cat_new_index(d->cat, rel, cat_ddl_keep(d, json_str(c, "conname")));
    ix->primary = primary;
    ix->exclusion = str_is(contype, "CONSTR_EXCLUSION");
    ix->unique = !ix->exclusion;
    ix->deferrable = deferrable;
    ix->nulls_not_distinct = cat_ddl_has(c, "nulls_not_distinct");
    cat_ddl_index_options(d, ix, json_get(c, "options"));
    ix->constraint = STR("?"); /* its name is the index's, once that is known */
    if (am.len)
        ix->am = cat_ddl_keep(d, am);
    if (primary && has_primary_key(rel)) {
        cat_ddl_problem(d, json_num(c, "location", DDL_NOWHERE),
                        "table \"%.*s\" has more than one primary key", STR_ARG(rel->name));
        return;
    }
    if (!constraint_keys(d, ix, c, column))
        return;
    if (primary)
        keys_not_null(ix);
    cat_ddl_put_index(d, ix, primary ? "pkey" : ix->exclusion ? "excl" : "key", recurse);
}

static enum cat_fk_action action_of(struct str code)
{
    static const char codes[] = "arcnd";
    const char *hit = code.len ? strchr(codes, code.p[0]) : NULL;
    return hit ? (enum cat_fk_action)(hit - codes) : CAT_FK_NO_ACTION;
}

static bool fk_name_taken(const struct ddl *d, const struct cat_rel *rel, struct str name)
{
    for (const struct cat_fk *fk = d->cat->fks; fk; fk = fk->next)
        if (str_eq(fk->name, name) && str_eq(fk->rel->schema, rel->schema))
            return true;
    return false;
}

/* ChooseConstraintName: table_column_fkey, with a number when that is taken. */
static struct str choose_fk_name(struct ddl *d, const struct cat_fk *fk)
{
    struct buf b = {0};
    for (size_t i = 0; i < fk->column_count; i++) {
        buf_adds(&b, i ? "_" : "");
        buf_addstr(&b, fk->columns[i]);
    }
    struct str label = STR("fkey"), name;
    for (int number = 1;; number++) {
        name = cat_make_name(d->cat->arena, fk->rel->name, buf_str(&b), label);
        if (!fk_name_taken(d, fk->rel, name))
            break;
        label = str_of(arena_printf(d->cat->arena, "fkey%d", number));
    }
    buf_free(&b);
    return name;
}

static bool columns_exist(struct ddl *d, const struct cat_rel *rel, const struct str *columns,
                          size_t count, double location)
{
    for (size_t i = 0; i < count; i++)
        if (!cat_find_column(rel, columns[i])) {
            cat_ddl_problem(d, location, "column \"%.*s\" of table \"%.*s\" does not exist",
                            STR_ARG(columns[i]), STR_ARG(rel->name));
            return false;
        }
    return true;
}

static void share_with_partitions(struct ddl *d, const struct cat_fk *fk)
{
    for (struct cat_rel *r = NULL; (r = cat_ddl_descendant(d->cat, fk->rel, r));) {
        struct cat_fk *share = arena_alloc(d->cat->arena, sizeof *share);
        *share = *fk;
        share->rel = r;
        share->next = NULL;
        share->inherited = true;
        if (r->is_partition)
            cat_put_fk(d->cat, share);
    }
}

static void add_fk(struct ddl *d, struct cat_rel *rel, const struct json *c, struct str column,
                   bool deferrable, bool recurse)
{
    const struct json *target = json_get(c, "pktable");
    struct cat_fk *fk = arena_alloc(d->cat->arena, sizeof *fk);
    fk->rel = rel;
    struct str *one = arena_alloc(d->cat->arena, sizeof *one);
    *one = column;
    fk->columns = one;
    fk->column_count = 1;
    if (json_get(c, "fk_attrs"))
        fk->columns = cat_ddl_names(d, json_get(c, "fk_attrs"), &fk->column_count);
    size_t ref_count;
    fk->ref_columns = cat_ddl_names(d, json_get(c, "pk_attrs"), &ref_count);
    double location = json_num(c, "location", DDL_NOWHERE);
    if (!columns_exist(d, rel, fk->columns, fk->column_count, location))
        return;
    fk->ref_name = cat_ddl_keep(d, json_str(target, "relname"));
    fk->ref_schema = cat_ddl_keep(d, json_str(target, "schemaname"));
    fk->ref = cat_find_rel(d->cat, fk->ref_schema, fk->ref_name);
    if (fk->ref)
        fk->ref_schema = fk->ref->schema;
    if (ref_count == 0) {
        fk->ref_columns = NULL; /* the primary key; see cat_ddl_finish_fks */
    } else if (ref_count != fk->column_count) {
        cat_ddl_problem(d, location, "a foreign key with %zu columns refers to %zu",
                        fk->column_count, ref_count);
        return;
    } else if (fk->ref && !columns_exist(d, fk->ref, fk->ref_columns, ref_count, location)) {
        return;
    }
    fk->on_delete = action_of(json_str(c, "fk_del_action"));
    fk->on_update = action_of(json_str(c, "fk_upd_action"));
    fk->not_enforced = d->not_enforced && deferrable;
    struct str name = json_str(c, "conname");
    fk->name = name.len ? cat_ddl_keep(d, name) : choose_fk_name(d, fk);
    cat_put_fk(d->cat, fk);
    if (recurse && rel->kind == 'p')
        share_with_partitions(d, fk);
}

void cat_ddl_inherit_fks(struct ddl *d, struct cat_rel *child)
{
    struct cat_fk *last = d->cat->fks;
    while (last && last->next)
        last = last->next;
    for (const struct cat_fk *fk = d->cat->fks; fk; fk = fk->next) {
        if (fk->rel == child->parent) {
            struct cat_fk *share = arena_alloc(d->cat->arena, sizeof *share);
            *share = *fk;
            share->rel = child;
            share->next = NULL;
            share->inherited = true;
            cat_put_fk(d->cat, share);
        }
        if (fk == last)
            break;
    }
}

/* CHECK (pgsift_not_null(column)): what cat_ddl_rewrite_newer makes of a NOT NULL constraint. */
static void check_not_null(struct cat_rel *rel, const struct json *c)
{
    const struct json *call = json_path(c, "raw_expr", "FuncCall", NULL);
    if (!str_is(cat_ddl_last_name(json_get(call, "funcname")), "pgsift_not_null"))
        return;
    const struct json *arg = json_first(json_get(call, "args"));
    cat_ddl_not_null(rel, cat_ddl_last_name(json_path(arg, "ColumnRef", "fields", NULL)), true);
}

void cat_ddl_constraint(struct ddl *d, struct cat_rel *rel, const struct json *constraint,
                        struct str column, bool deferrable, bool recurse)
{
    struct str contype = json_str(constraint, "contype");
    if (str_is(contype, "CONSTR_FOREIGN"))
        add_fk(d, rel, constraint, column, deferrable, recurse);
    else if (str_is(contype, "CONSTR_CHECK"))
        check_not_null(rel, constraint);
    else if (json_str(constraint, "indexname").len)
        use_index(d, rel, constraint, deferrable);
    else if (str_is(contype, "CONSTR_PRIMARY") || str_is(contype, "CONSTR_UNIQUE") ||
             str_is(contype, "CONSTR_EXCLUSION"))
        add_index(d, rel, constraint, column, deferrable, recurse);
}

void cat_ddl_drop_constraint(struct ddl *d, struct cat_rel *rel, struct str name)
{
    for (struct cat_index *ix = rel->indexes, *next; ix; ix = next) {
        next = ix->next;
        if (str_eq(ix->constraint, name))
            cat_drop_index(d->cat, ix);
    }
    for (struct cat_fk *fk = d->cat->fks, *next; fk; fk = next) {
        next = fk->next;
        if (fk->rel == rel && str_eq(fk->name, name))
            cat_drop_fk(d->cat, fk);
    }
}

static const struct cat_index *primary_key(const struct cat_rel *rel)
{
    for (const struct cat_index *ix = rel ? rel->indexes : NULL; ix; ix = ix->next)
        if (ix->primary)
            return ix;
    return NULL;
}

void cat_ddl_finish_fks(struct ddl *d)
{
    for (struct cat_fk *fk = d->cat->fks; fk; fk = fk->next) {
        if (!fk->ref)
            fk->ref = cat_find_rel(d->cat, fk->ref_schema, fk->ref_name);
        if (fk->ref)
            fk->ref_schema = fk->ref->schema;
        const struct cat_index *key = primary_key(fk->ref);
        if (fk->ref_columns)
            continue;
        struct str *columns = arena_calloc(d->cat->arena, fk->column_count, sizeof *columns);
        for (size_t i = 0; key && i < fk->column_count && i < key->key_count; i++)
            columns[i] = key->keys[i].column;
        fk->ref_columns = columns;
    }
}
