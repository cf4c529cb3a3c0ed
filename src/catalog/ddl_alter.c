/* ALTER TABLE, ALTER INDEX. */
#include <math.h>

#include "base/arena.h"
#include "catalog/ddl_state.h"

static void drop_uses(struct ddl *d, struct cat_rel *rel, struct str column)
{
    for (struct cat_index *ix = rel->indexes, *next; ix; ix = next) {
        next = ix->next;
        if (cat_ddl_index_uses(ix, column))
            cat_drop_index(d->cat, ix);
    }
    for (struct cat_fk *fk = d->cat->fks, *next; fk; fk = next) {
        next = fk->next;
        bool uses = false;
        for (size_t i = 0; fk->rel == rel && i < fk->column_count; i++)
            uses |= str_eq(fk->columns[i], column);
        if (uses)
            cat_drop_fk(d->cat, fk);
    }
    for (struct cat_ext_stats **link = &rel->ext_stats; *link;) {
        bool uses = false;
        for (size_t i = 0; i < (*link)->column_count; i++)
            uses |= str_eq((*link)->columns[i], column);
        if (uses)
            *link = (*link)->next;
        else
            link = &(*link)->next;
    }
}

static void drop_column(struct ddl *d, struct cat_rel *rel, struct str name)
{
    struct cat_column *col = cat_find_column(rel, name);
    if (!col)
        return;
    drop_uses(d, rel, name);
    size_t i = (size_t)(col - rel->columns);
    struct cat_column *kept = arena_calloc(d->cat->arena, rel->column_count * 2, sizeof *kept);
    memcpy(kept, rel->columns, i * sizeof *kept);
    memcpy(kept + i, rel->columns + i + 1, (rel->column_count - i - 1) * sizeof *kept);
    rel->columns = kept;
    rel->column_count--;
}

/* One action of ALTER TABLE on one relation. */
struct action {
    struct ddl *d;
    struct cat_rel *rel;
    const struct json *cmd, *def;
    struct str name;
    bool recurse;
};

static bool has_column(const struct action *a)
{
    if (cat_find_column(a->rel, a->name))
        return true;
    if (!cat_ddl_has(a->cmd, "missing_ok") && !a->rel->columns_open)
        cat_ddl_problem(a->d, DDL_NOWHERE, "column \"%.*s\" of relation \"%.*s\" does not exist",
                        STR_ARG(a->name), STR_ARG(a->rel->name));
    return false;
}

static void on_add_column(const struct action *a)
{
    const struct json *def = json_get(a->def, "ColumnDef");
    struct str name = json_str(def, "colname");
    if (cat_find_column(a->rel, name)) {
        if (!cat_ddl_has(a->cmd, "missing_ok"))
            cat_ddl_problem(a->d, json_num(def, "location", DDL_NOWHERE),
                            "column \"%.*s\" of relation \"%.*s\" is there already", STR_ARG(name),
                            STR_ARG(a->rel->name));
        return;
    }
    cat_ddl_define_column(a->d, a->rel, def);
    for (struct cat_rel *r = NULL; a->recurse && (r = cat_ddl_descendant(a->d->cat, a->rel, r));)
        if (!cat_find_column(r, name))
            cat_ddl_define_column(a->d, r, def);
    cat_ddl_column_constraints(a->d, a->rel, def);
}

static void on_drop_column(const struct action *a)
{
    if (!has_column(a))
        return;
    struct str name = cat_ddl_keep(a->d, a->name);
    drop_column(a->d, a->rel, name);
    for (struct cat_rel *r = NULL; a->recurse && (r = cat_ddl_descendant(a->d->cat, a->rel, r));)
        drop_column(a->d, r, name);
}

static void set_type(const struct action *a, struct cat_rel *rel, const struct ddl_type *t,
                     struct str collation)
{
    struct cat_column *col = cat_find_column(rel, a->name);
    if (!col)
        return;
    cat_ddl_set_type(col, t);
    if (collation.len)
        col->collation = cat_ddl_keep(a->d, collation);
    for (struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        cat_ddl_retype_index(a->d, ix, col->name);
}

static void on_type(const struct action *a)
{
    if (!has_column(a))
        return;
    const struct json *def = json_get(a->def, "ColumnDef");
    struct ddl_type t;
    cat_ddl_resolve_type(a->d, json_get(def, "typeName"), &t);
    struct str collation = cat_ddl_last_name(json_path(def, "collClause", "collname", NULL));
    set_type(a, a->rel, &t, collation);
    for (struct cat_rel *r = NULL; a->recurse && (r = cat_ddl_descendant(a->d->cat, a->rel, r));)
        set_type(a, r, &t, collation);
}

static void set_not_null(const struct action *a, bool not_null)
{
    if (!has_column(a))
        return;
    cat_ddl_not_null(a->rel, a->name, not_null);
    for (struct cat_rel *r = NULL; a->recurse && (r = cat_ddl_descendant(a->d->cat, a->rel, r));)
        cat_ddl_not_null(r, a->name, not_null);
}

static void on_set_not_null(const struct action *a)
{
    set_not_null(a, true);
}

static void on_drop_not_null(const struct action *a)
{
    set_not_null(a, false);
}

static void on_drop_expression(const struct action *a)
{
    if (has_column(a))
        cat_find_column(a->rel, a->name)->generated = false;
}

static void on_add_constraint(const struct action *a)
{
    const struct json *c = json_get(a->def, "Constraint");
    cat_ddl_constraint(a->d, a->rel, c, (struct str){0}, cat_ddl_has(c, "deferrable"), a->recurse);
}

static void on_drop_constraint(const struct action *a)
{
    struct str name = cat_ddl_keep(a->d, a->name);
    cat_ddl_drop_constraint(a->d, a->rel, name);
    for (struct cat_rel *r = NULL; a->recurse && (r = cat_ddl_descendant(a->d->cat, a->rel, r));)
        cat_ddl_drop_constraint(a->d, r, name);
}

static struct cat_rel *partition_of(const struct action *a, const struct json **bound)
{
    const struct json *cmd = json_get(a->def, "PartitionCmd");
    *bound = json_get(cmd, "bound");
    return cat_ddl_find_rel(a->d, json_get(cmd, "name"));
}

static bool is_own_ancestor(const struct cat_rel *rel, const struct cat_rel *candidate)
{
    for (; rel; rel = rel->parent)
        if (rel == candidate)
            return true;
    return false;
}

static void attach(struct ddl *d, struct cat_rel *parent, struct cat_rel *child,
                   const struct json *bound)
{
    if (is_own_ancestor(parent, child)) {
        cat_ddl_problem(d, DDL_NOWHERE, "circular inheritance of \"%.*s\"", STR_ARG(child->name));
        return;
    }
    child->parent = parent;
    child->is_partition = true;
    child->partition_bound = cat_ddl_partition_bound(d, bound);
    cat_ddl_inherit_indexes(d, child);
    cat_ddl_inherit_fks(d, child);
}

static void on_attach(const struct action *a)
{
    const struct json *bound;
    struct cat_rel *child = partition_of(a, &bound);
    if (child)
        attach(a->d, a->rel, child, bound);
}

static void on_detach(const struct action *a)
{
    const struct json *bound;
    struct cat_rel *child = partition_of(a, &bound);
    if (!child || child->parent != a->rel)
        return;
    child->parent = NULL;
    child->is_partition = false;
    child->partition_bound = (struct str){0};
    for (struct cat_index *ix = child->indexes; ix; ix = ix->next)
        ix->parent = NULL;
    for (struct cat_fk *fk = a->d->cat->fks; fk; fk = fk->next)
        if (fk->rel == child)
            fk->inherited = false;
}

static void on_inherit(const struct action *a)
{
    struct cat_rel *parent = cat_ddl_find_rel(a->d, json_get(a->def, "RangeVar"));
    if (parent && !is_own_ancestor(parent, a->rel) && !a->rel->parent)
        a->rel->parent = parent;
}

static void on_no_inherit(const struct action *a)
{
    const struct cat_rel *parent = cat_ddl_find_rel(a->d, json_get(a->def, "RangeVar"));
    if (parent && a->rel->parent == parent)
        a->rel->parent = NULL;
}

static const struct json *options_of(const struct action *a)
{
    return json_path(a->def, "List", "items", NULL);
}

static void on_options(const struct action *a)
{
    cat_ddl_storage(a->rel, options_of(a));
}

static void on_reset_options(const struct action *a)
{
    for (const struct json *e = json_first(options_of(a)); e; e = e->next) {
        struct str name = json_str(json_get(e, "DefElem"), "defname");
        if (str_is(name, "fillfactor"))
            a->rel->fillfactor = NAN;
        else if (str_is(name, "parallel_workers"))
            a->rel->parallel_workers = NAN;
    }
}

static void on_replica_identity(const struct action *a)
{
    const struct json *stmt = json_get(a->def, "ReplicaIdentityStmt");
    struct str name = json_str(stmt, "name");
    for (struct cat_index *ix = a->rel->indexes; ix; ix = ix->next)
        ix->replica_identity =
            str_is(json_str(stmt, "identity_type"), "i") && str_eq(ix->name, name);
}

static void on_cluster(const struct action *a)
{
    for (struct cat_index *ix = a->rel->indexes; ix; ix = ix->next)
        ix->clustered = str_eq(ix->name, a->name);
}

static void on_drop_cluster(const struct action *a)
{
    for (struct cat_index *ix = a->rel->indexes; ix; ix = ix->next)
        ix->clustered = false;
}

static void on_row_security(const struct action *a)
{
    a->rel->row_security = true;
}

static void on_no_row_security(const struct action *a)
{
    a->rel->row_security = false;
}

static void on_logged(const struct action *a)
{
    a->rel->persistence = 'p';
}

static void on_unlogged(const struct action *a)
{
    a->rel->persistence = 'u';
}

static const struct {
    const char *subtype;
    void (*run)(const struct action *a);
} actions[] = {
    {"AT_AddColumn", on_add_column},
    {"AT_DropColumn", on_drop_column},
    {"AT_AlterColumnType", on_type},
    {"AT_SetNotNull", on_set_not_null},
    {"AT_AddIdentity", on_set_not_null},
    {"AT_DropNotNull", on_drop_not_null},
    {"AT_DropExpression", on_drop_expression},
    {"AT_AddConstraint", on_add_constraint},
    {"AT_DropConstraint", on_drop_constraint},
    {"AT_AttachPartition", on_attach},
    {"AT_DetachPartition", on_detach},
    {"AT_AddInherit", on_inherit},
    {"AT_DropInherit", on_no_inherit},
    {"AT_SetRelOptions", on_options},
    {"AT_ReplaceRelOptions", on_options},
    {"AT_ResetRelOptions", on_reset_options},
    {"AT_ReplicaIdentity", on_replica_identity},
    {"AT_ClusterOn", on_cluster},
    {"AT_DropCluster", on_drop_cluster},
    {"AT_EnableRowSecurity", on_row_security},
    {"AT_DisableRowSecurity", on_no_row_security},
    {"AT_SetLogged", on_logged},
    {"AT_SetUnLogged", on_unlogged},
};

static bool has_action(const struct json *stmt)
{
    for (const struct json *e = json_first(json_get(stmt, "cmds")); e; e = e->next)
        for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
            if (str_is(json_str(json_get(e, "AlterTableCmd"), "subtype"), actions[i].subtype))
                return true;
    return false;
}

static void run_action(const struct action *a)
{
    struct str subtype = json_str(a->cmd, "subtype");
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (str_is(subtype, actions[i].subtype))
            actions[i].run(a);
}

/* ALTER INDEX: attaching a partition's index, storage parameters. */
static void alter_index(struct ddl *d, const struct json *stmt, struct cat_index *ix)
{
    for (const struct json *e = json_first(json_get(stmt, "cmds")); e; e = e->next) {
        const struct json *cmd = json_get(e, "AlterTableCmd"), *def = json_get(cmd, "def");
        struct str subtype = json_str(cmd, "subtype");
        const struct json *items = json_path(def, "List", "items", NULL);
        if (str_is(subtype, "AT_AttachPartition"))
            cat_ddl_attach_index(d, json_get(stmt, "relation"),
                                 json_path(def, "PartitionCmd", "name", NULL));
        else if (str_is(subtype, "AT_SetRelOptions") && ix)
            cat_ddl_index_options(d, ix, items);
        else if (str_is(subtype, "AT_ResetRelOptions") && ix)
            cat_ddl_reset_index_options(d, ix, items);
    }
}

void cat_ddl_alter_table(struct ddl *d, const struct json *stmt)
{
    const struct json *var = json_get(stmt, "relation");
    struct str kind = json_str(stmt, "objtype");
    struct str schema = json_str(var, "schemaname"), name = json_str(var, "relname");
    if (str_is(kind, "OBJECT_INDEX")) {
        alter_index(d, stmt, cat_find_index(d->cat, schema, name));
        return;
    }
    if (str_is(kind, "OBJECT_SEQUENCE") || str_is(kind, "OBJECT_TYPE"))
        return;
    struct cat_rel *rel = cat_find_rel(d->cat, schema, name);
    if (!rel) {
        if (cat_find_index(d->cat, schema, name)) /* ALTER TABLE takes an index too */
            alter_index(d, stmt, cat_find_index(d->cat, schema, name));
        else if (!cat_ddl_has(stmt, "missing_ok") && has_action(stmt))
            cat_ddl_find_rel(d, var); /* OWNER TO and the like may be about a sequence */
        return;
    }
    for (const struct json *e = json_first(json_get(stmt, "cmds")); e; e = e->next) {
        const struct json *cmd = json_get(e, "AlterTableCmd");
        struct action a = {.d = d,
                           .rel = rel,
                           .cmd = cmd,
                           .def = json_get(cmd, "def"),
                           .name = json_str(cmd, "name"),
                           .recurse = cat_ddl_has(var, "inh")};
        run_action(&a);
    }
}
