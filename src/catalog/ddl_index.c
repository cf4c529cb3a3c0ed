/* CREATE INDEX, and the indexes that partitions take over. */
#include <math.h>

#include "base/arena.h"
#include "base/err.h"
#include "catalog/ddl.h"
#include "catalog/ddl_state.h"
#include "sql/parse.h"

static bool is_ordered(const struct cat_index *ix)
{
    return str_is(ix->am, "btree");
}

bool cat_ddl_plain_keys(struct ddl *d, struct cat_index *ix, const struct str *keys,
                        size_t key_count, const struct str *include, size_t include_count)
{
    ix->key_count = key_count;
    ix->total_count = key_count + include_count;
    ix->keys = arena_calloc(d->cat->arena, ix->total_count, sizeof *ix->keys);
    for (size_t i = 0; i < ix->total_count; i++) {
        struct str name = i < key_count ? keys[i] : include[i - key_count];
        if (!cat_find_column(ix->rel, name) && !ix->rel->columns_open) {
            cat_ddl_problem(d, DDL_NOWHERE, "column \"%.*s\" named in key does not exist",
                            STR_ARG(name));
            return false;
        }
        ix->keys[i].column = name;
        cat_unknown_stats(&ix->keys[i].stats);
    }
    return true;
}

/* A column, or an expression that is one in parentheses. */
static struct str plain_column(const struct json *element, const struct json *expr)
{
    struct str name = json_str(element, "name");
    return name.len ? name : cat_ddl_last_name(json_path(expr, "ColumnRef", "fields", NULL));
}

/* COLLATE around the whole expression is the index column's collation, not part of it. */
static const struct json *without_collation(const struct json *element, struct str *collation)
{
    const struct json *expr = json_get(element, "expr");
    *collation = cat_ddl_last_name(json_get(element, "collation"));
    for (const struct json *c; (c = json_get(expr, "CollateClause")); expr = json_get(c, "arg"))
        if (!collation->len)
            *collation = cat_ddl_last_name(json_get(c, "collname"));
    return expr;
}

static bool expression_key(struct ddl *d, struct cat_index *ix, struct cat_key *key,
                           const struct json *expr)
{
    struct ddl_expr e = cat_ddl_deparse(d, ix->rel, expr);
    if (!cat_ddl_expr_is_good(d, ix->rel, &e))
        return false;
    key->expr = e.text;
    key->collation = e.collation;
    return true;
}

static void set_order(struct cat_key *key, const struct json *element)
{
    struct str nulls = json_str(element, "nulls_ordering");
    key->desc = str_is(json_str(element, "ordering"), "SORTBY_DESC");
    key->nulls_first =
        str_is(nulls, "SORTBY_NULLS_FIRST") || (key->desc && !str_is(nulls, "SORTBY_NULLS_LAST"));
}

static bool index_key(struct ddl *d, struct cat_index *ix, struct cat_key *key,
                      const struct json *element)
{
    struct str collation;
    const struct json *expr = without_collation(element, &collation);
    struct str name = plain_column(element, expr);
    struct str opclass = cat_ddl_last_name(json_get(element, "opclass"));
    const struct cat_column *col = cat_find_column(ix->rel, name);
    cat_unknown_stats(&key->stats);
    if (name.len && !col && !ix->rel->columns_open) {
        cat_ddl_problem(d, json_num(json_get(expr, "ColumnRef"), "location", DDL_NOWHERE),
                        "column \"%.*s\" does not exist", STR_ARG(name));
        return false;
    }
    if (name.len)
        key->column = cat_ddl_keep(d, name);
    else if (!expression_key(d, ix, key, expr))
        return false;
    if (opclass.len && !cat_is_default_opclass(ix->am, opclass))
        key->opclass = cat_ddl_keep(d, opclass);
    if (collation.len)
        key->collation = cat_ddl_keep(d, collation);
    struct str own = col && col->collation.len ? col->collation : STR("default");
    if (name.len && str_eq(key->collation, own))
        key->collation = (struct str){0};
    if (is_ordered(ix))
        set_order(key, element);
    return true;
}

bool cat_ddl_index_keys(struct ddl *d, struct cat_index *ix, const struct json *params,
                        const struct json *including)
{
    ix->key_count = params ? params->count : 0;
    ix->total_count = ix->key_count + (including ? including->count : 0);
    ix->keys = arena_calloc(d->cat->arena, ix->total_count, sizeof *ix->keys);
    struct cat_key *key = ix->keys;
    for (const struct json *e = json_first(params); e; e = e->next)
        if (!index_key(d, ix, key++, json_get(e, "IndexElem")))
            return false;
    for (const struct json *e = json_first(including); e; e = e->next)
        if (!index_key(d, ix, key++, json_get(e, "IndexElem")))
            return false;
    return true;
}

bool cat_ddl_index_predicate(struct ddl *d, struct cat_index *ix, const struct json *where)
{
    if (!where)
        return true;
    struct ddl_expr e = cat_ddl_deparse(d, ix->rel, where);
    if (!cat_ddl_expr_is_good(d, ix->rel, &e))
        return false;
    ix->predicate = e.text;
    return true;
}

static void choose_name(struct ddl *d, struct cat_index *ix, const char *label)
{
    struct str *names = arena_calloc(d->scratch, ix->total_count, sizeof *names);
    for (size_t i = 0; i < ix->total_count; i++)
        names[i] = ix->keys[i].column.len ? ix->keys[i].column
                                          : cat_expression_name(d->scratch, ix->keys[i].expr);
    size_t count = ix->primary ? 0 : ix->total_count;
    ix->name = cat_choose_index_name(d->cat, d->cat->arena, ix->rel, names, count, label);
}

static bool same_text(struct str a, struct str b)
{
    return str_eq(a, b);
}

static bool same_key(const struct cat_key *a, const struct cat_key *b)
{
    return same_text(a->column, b->column) && same_text(a->expr, b->expr) &&
           same_text(a->opclass, b->opclass) && same_text(a->collation, b->collation) &&
           a->desc == b->desc && a->nulls_first == b->nulls_first;
}

/* Whether an index of a partition can stand for its parent's (CompareIndexInfo). */
static bool can_stand_for(const struct cat_index *child, const struct cat_index *parent)
{
    if (child->parent || !same_text(child->am, parent->am) || child->unique != parent->unique ||
        child->key_count != parent->key_count || child->total_count != parent->total_count ||
        !same_text(child->predicate, parent->predicate) ||
        (parent->constraint.len && !child->constraint.len))
        return false;
    for (size_t i = 0; i < child->total_count; i++)
        if (!same_key(&child->keys[i], &parent->keys[i]))
            return false;
    return true;
}

static const char *label_of(const struct cat_index *ix)
{
    return ix->primary ? "pkey" : ix->exclusion ? "excl" : ix->constraint.len ? "key" : "idx";
}

/* A copy for another table; column numbers do not matter, all goes by name. */
static struct cat_index *copy_index(struct ddl *d, const struct cat_index *ix, struct cat_rel *rel)
{
    struct cat_index *copy = cat_new_index(d->cat, rel, (struct str){0});
    struct cat_index fresh = *copy;
    *copy = *ix;
    copy->schema = fresh.schema;
    copy->name = fresh.name;
    copy->rel = rel;
    copy->parent = NULL;
    copy->next = NULL;
    copy->replica_identity = copy->clustered = false;
    copy->keys = arena_calloc(d->cat->arena, ix->total_count, sizeof *copy->keys);
    memcpy(copy->keys, ix->keys, ix->total_count * sizeof *copy->keys);
    return copy;
}

static void put_one(struct ddl *d, struct cat_index *ix, const char *label)
{
    if (!ix->name.len)
        choose_name(d, ix, label);
    if (ix->constraint.len)
        ix->constraint = ix->name;
    cat_put_index(d->cat, ix);
}

/* The partition's index for its parent's: one of its own, or a new one. */
static void hand_down(struct ddl *d, struct cat_index *parent, struct cat_rel *child)
{
    if (child->kind == 'f')
        return;
    for (struct cat_index *ix = child->indexes; ix; ix = ix->next)
        if (ix->parent == parent)
            return;
    for (struct cat_index *ix = child->indexes; ix; ix = ix->next)
        if (can_stand_for(ix, parent)) {
            ix->parent = parent;
            return;
        }
    struct cat_index *copy = copy_index(d, parent, child);
    copy->parent = parent;
    put_one(d, copy, label_of(parent));
}

/* Hand the index down level by level: an index of a partition is its own partitions' parent. */
static void hand_down_all(struct ddl *d, struct cat_rel *top)
{
    for (struct cat_index *ix = top->indexes; ix; ix = ix->next)
        for (struct cat_rel *r = d->cat->rels; r; r = r->next)
            if (r->parent == top && r->is_partition)
                hand_down(d, ix, r);
}

static void hand_down_tree(struct ddl *d, struct cat_rel *top)
{
    size_t capacity = d->cat->rel_count + 1, head = 0, tail = 0;
    struct cat_rel **queue = arena_calloc(d->scratch, capacity, sizeof(struct cat_rel *));
    queue[tail++] = top;
    while (head < tail) {
        struct cat_rel *rel = queue[head++];
        hand_down_all(d, rel);
        for (struct cat_rel *r = d->cat->rels; r && tail < capacity; r = r->next)
            if (r->parent == rel && r->kind == 'p')
                queue[tail++] = r;
    }
}

void cat_ddl_put_index(struct ddl *d, struct cat_index *ix, const char *label, bool recurse)
{
    if (ix->name.len && cat_name_taken(d->cat, ix->rel->schema, ix->name)) {
        cat_ddl_problem(d, DDL_NOWHERE, "relation \"%.*s\" is there already; the first one is kept",
                        STR_ARG(ix->name));
        return;
    }
    put_one(d, ix, label);
    if (recurse && ix->rel->kind == 'p')
        hand_down_tree(d, ix->rel);
}

void cat_ddl_inherit_indexes(struct ddl *d, struct cat_rel *child)
{
    for (struct cat_index *ix = child->parent->indexes; ix; ix = ix->next)
        hand_down(d, ix, child);
    if (child->kind == 'p')
        hand_down_tree(d, child);
}

void cat_ddl_copy_indexes(struct ddl *d, const struct cat_rel *from, struct cat_rel *to)
{
    for (const struct cat_index *ix = from->indexes; ix; ix = ix->next)
        put_one(d, copy_index(d, ix, to), label_of(ix));
}

void cat_ddl_create_index(struct ddl *d, const struct json *stmt)
{
    const struct json *var = json_get(stmt, "relation");
    struct cat_rel *rel = cat_ddl_find_rel(d, var);
    struct str name = json_str(stmt, "idxname"), am = json_str(stmt, "accessMethod");
    if (!rel)
        return;
    if (rel->kind == 'v' || rel->kind == 'f') {
        cat_ddl_problem(d, DDL_NOWHERE, "\"%.*s\" is a relation that cannot have indexes",
                        STR_ARG(rel->name));
        return;
    }
    bool skip = cat_ddl_has(stmt, "if_not_exists");
    if (skip && name.len && cat_name_taken(d->cat, rel->schema, name))
        return;
    struct cat_index *ix = cat_new_index(d->cat, rel, cat_ddl_keep(d, name));
    ix->am = am.len ? cat_ddl_keep(d, am) : ix->am;
    ix->unique = cat_ddl_has(stmt, "unique");
    ix->nulls_not_distinct = cat_ddl_has(stmt, "nulls_not_distinct");
    cat_ddl_index_options(d, ix, json_get(stmt, "options"));
    if (cat_ddl_index_keys(d, ix, json_get(stmt, "indexParams"),
                           json_get(stmt, "indexIncludingParams")) &&
        cat_ddl_index_predicate(d, ix, json_get(stmt, "whereClause")))
        cat_ddl_put_index(d, ix, "idx", cat_ddl_has(var, "inh"));
}

static bool has_valid_part(const struct cat_rel *partition, const struct cat_index *parent)
{
    for (const struct cat_index *ix = partition->indexes; ix; ix = ix->next)
        if (ix->parent == parent && ix->valid)
            return true;
    return partition->kind == 'f';
}

static bool is_complete(const struct catalog *cat, const struct cat_index *ix)
{
    for (const struct cat_rel *r = cat->rels; r; r = r->next)
        if (r->parent == ix->rel && r->is_partition && !has_valid_part(r, ix))
            return false;
    return true;
}

void cat_ddl_finish_indexes(struct catalog *cat)
{
    bool changed = true; /* a level of partitions that is not valid makes the one above so */
    while (changed) {
        changed = false;
        for (struct cat_rel *rel = cat->rels; rel; rel = rel->next)
            for (struct cat_index *ix = rel->kind == 'p' ? rel->indexes : NULL; ix; ix = ix->next)
                if (ix->valid && !is_complete(cat, ix)) {
                    ix->valid = false;
                    changed = true;
                }
    }
}

void cat_ddl_attach_index(struct ddl *d, const struct json *parent, const struct json *child)
{
    const struct json *vars[] = {parent, child};
    struct cat_index *found[2];
    for (int i = 0; i < 2; i++) {
        struct str schema = json_str(vars[i], "schemaname"), name = json_str(vars[i], "relname");
        found[i] = cat_find_index(d->cat, schema, name);
        if (!found[i])
            cat_ddl_problem(d, json_num(vars[i], "location", DDL_NOWHERE),
                            "index \"%.*s\" does not exist", STR_ARG(name));
    }
    if (found[0] && found[1])
        found[1]->parent = found[0];
}

static bool is_identifier(struct str token)
{
    char c = token.len ? token.p[0] : '\0';
    return c == '"' || c == '_' || (c >= 'a' && c <= 'z');
}

/* Next column name in a deparsed expression: no function, no type, nothing in single quotes. */
static bool next_column(struct str expr, size_t *at, struct str *token)
{
    while (*at < expr.len) {
        struct str rest = str_sub(expr, *at, expr.len);
        *token = str_sub(rest, 0, cat_ddl_token(rest));
        bool type = *at >= 2 && expr.p[*at - 1] == ':' && expr.p[*at - 2] == ':';
        *at += token->len;
        bool call = *at < expr.len && expr.p[*at] == '(';
        if (is_identifier(*token) && !type && !call)
            return true;
    }
    return false;
}

/* The column as a deparsed expression writes it; to be freed with buf_free. */
static struct buf spelled(struct str column)
{
    struct buf b = {0};
    cat_add_ident(&b, column);
    return b;
}

static bool mentions(struct str expr, struct str column)
{
    struct buf ident = spelled(column);
    struct str token;
    bool found = false;
    for (size_t at = 0; !found && next_column(expr, &at, &token);)
        found = str_eq(token, buf_str(&ident));
    buf_free(&ident);
    return found;
}

bool cat_ddl_index_uses(const struct cat_index *ix, struct str column)
{
    for (size_t i = 0; i < ix->total_count; i++)
        if (str_eq(ix->keys[i].column, column) || mentions(ix->keys[i].expr, column))
            return true;
    return mentions(ix->predicate, column);
}

static void rename_in_text(struct ddl *d, struct str *expr, struct str old_name,
                           struct str new_name)
{
    struct buf b = {0}, ident = spelled(old_name);
    struct str token;
    size_t copied = 0;
    for (size_t at = 0; next_column(*expr, &at, &token);)
        if (str_eq(token, buf_str(&ident))) {
            buf_addstr(&b, str_sub(*expr, copied, at - token.len));
            cat_add_ident(&b, new_name);
            copied = at;
        }
    if (copied) {
        buf_addstr(&b, str_sub(*expr, copied, expr->len));
        *expr = cat_ddl_keep(d, buf_str(&b));
    }
    buf_free(&b);
    buf_free(&ident);
}

void cat_ddl_rename_in_index(struct ddl *d, struct cat_index *ix, struct str old_name,
                             struct str new_name)
{
    for (size_t i = 0; i < ix->total_count; i++) {
        if (str_eq(ix->keys[i].column, old_name))
            ix->keys[i].column = new_name;
        rename_in_text(d, &ix->keys[i].expr, old_name, new_name);
    }
    rename_in_text(d, &ix->predicate, old_name, new_name);
}

/* The expression out of its own text again, with the types that its columns have now. */
static void deparse_again(struct ddl *d, const struct cat_rel *rel, struct str *text)
{
    if (!text->len)
        return;
    struct err ignored = {0};
    struct str sql = str_of(arena_printf(d->scratch, "SELECT %.*s", STR_ARG(*text)));
    const struct json *tree = sql_parse(d->scratch, sql, &ignored);
    const struct json *stmt =
        json_path(json_first(json_get(tree, "stmts")), "stmt", "SelectStmt", NULL);
    const struct json *target = json_get(json_first(json_get(stmt, "targetList")), "ResTarget");
    if (target)
        *text = cat_ddl_deparse(d, rel, json_get(target, "val")).text;
}

void cat_ddl_retype_index(struct ddl *d, struct cat_index *ix, struct str column)
{
    if (!cat_ddl_index_uses(ix, column))
        return;
    for (size_t i = 0; i < ix->total_count; i++)
        deparse_again(d, ix->rel, &ix->keys[i].expr);
    deparse_again(d, ix->rel, &ix->predicate);
}
