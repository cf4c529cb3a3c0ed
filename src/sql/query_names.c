/* Names in expressions: which range table entry has the column. */
#include "sql/query_build.h"

/* ---- nodes made anew ---- */

static struct json *new_value(struct query_build *b, enum json_kind kind, const char *key)
{
    struct json *v = arena_alloc(b->a, sizeof *v);
    v->kind = kind;
    if (key)
        v->key = str_of(key);
    return v;
}

static struct json *add(struct json *parent, struct json *child)
{
    struct json **tail = &parent->child;
    while (*tail)
        tail = &(*tail)->next;
    *tail = child;
    parent->count++;
    return child;
}

static struct json *new_string(struct query_build *b, const char *key, struct str text)
{
    struct json *v = new_value(b, JSON_STRING, key);
    v->text = text;
    return v;
}

static struct json *new_number(struct query_build *b, const char *key, double number)
{
    struct json *v = new_value(b, JSON_NUMBER, key);
    v->number = number;
    return v;
}

/* {"String": {"sval": text}} */
static struct json *new_name(struct query_build *b, struct str text)
{
    struct json *v = new_value(b, JSON_OBJECT, NULL);
    add(add(v, new_value(b, JSON_OBJECT, "String")), new_string(b, "sval", text));
    return v;
}

struct json *query_lone_copy(struct query_build *b, const struct json *node)
{
    struct json *v = arena_alloc(b->a, sizeof *v);
    *v = *node;
    v->next = NULL;
    v->key = (struct str){0};
    return v;
}

struct json *query_make_column(struct query_build *b, const struct query_rte *rte,
                               struct str column)
{
    struct json *node = new_value(b, JSON_OBJECT, NULL);
    struct json *body = add(node, new_value(b, JSON_OBJECT, "ColumnRef"));
    struct json *fields = add(body, new_value(b, JSON_ARRAY, "fields"));
    struct json *qualifier = add(fields, new_name(b, rte->alias));
    b->refs = query_grow(b->a, b->refs, b->ref_count, sizeof *b->refs);
    b->refs[b->ref_count++] = (struct column_ref){qualifier->child->child, rte};
    if (str_is(column, "*"))
        add(add(fields, new_value(b, JSON_OBJECT, NULL)), new_value(b, JSON_OBJECT, "A_Star"));
    else
        add(fields, new_name(b, column));
    add(body, new_number(b, "rte", (double)rte->number));
    return node;
}

struct json *query_make_name(struct query_build *b, struct str column)
{
    struct json *node = new_value(b, JSON_OBJECT, NULL);
    struct json *body = add(node, new_value(b, JSON_OBJECT, "ColumnRef"));
    add(add(body, new_value(b, JSON_ARRAY, "fields")), new_name(b, column));
    return node;
}

struct json *query_make_equal(struct query_build *b, const struct json *left,
                              const struct json *right)
{
    struct json *node = new_value(b, JSON_OBJECT, NULL);
    struct json *body = add(node, new_value(b, JSON_OBJECT, "A_Expr"));
    add(body, new_string(b, "kind", STR("AEXPR_OP")));
    add(add(body, new_value(b, JSON_ARRAY, "name")), new_name(b, STR("=")));
    struct json *l = add(body, query_lone_copy(b, left));
    l->key = STR("lexpr");
    struct json *r = add(body, query_lone_copy(b, right));
    r->key = STR("rexpr");
    return node;
}

struct query_rte *query_column_rte(const struct query_build *b, const struct json *body)
{
    double n = json_num(body, "rte", 0);
    return n >= 1 && n <= (double)b->rte_count ? b->rtes[(size_t)n - 1] : NULL;
}

/* ---- what an item holds ---- */

struct item *query_find_item(struct scope *s, struct str name)
{
    for (size_t i = 0; i < s->item_count; i++)
        if (s->items[i].name.p && str_eq(s->items[i].name, name))
            return &s->items[i];
    return NULL;
}

const struct target *query_find_target(const struct scope *sub, struct str name)
{
    if (sub->arm_count)
        return query_find_target(sub->arms[0], name);
    for (size_t i = 0; i < sub->target_count; i++)
        if (sub->targets[i].expr && str_eq(sub->targets[i].name, name))
            return &sub->targets[i];
    return NULL;
}

static bool is_system_column(struct str name)
{
    static const char *const names[] = {"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

static enum query_answer relation_has(struct query_build *b, const struct query_rte *rte,
                                      struct str column)
{
    const struct query_names *n = b->names;
    enum query_answer has = QUERY_UNKNOWN;
    if (n && n->has_column)
        has = n->has_column(n->ctx, rte->schema, rte->name, column);
    return has == QUERY_NO && is_system_column(column) ? QUERY_YES : has;
}

/* YES if one says so, else UNKNOWN if one does not know. */
static enum query_answer any_of(enum query_answer a, enum query_answer c)
{
    if (a == QUERY_YES || c == QUERY_YES)
        return QUERY_YES;
    return a == QUERY_UNKNOWN || c == QUERY_UNKNOWN ? QUERY_UNKNOWN : QUERY_NO;
}

/* Whether a star of a subquery's target list covers the column. */
static enum query_answer star_has(struct query_build *b, const struct scope *sub,
                                  const struct target *star, struct str column)
{
    enum query_answer has = QUERY_NO;
    for (size_t i = 0; i < sub->item_count && has != QUERY_YES; i++) {
        const struct item *item = &sub->items[i];
        bool meant = star->star_of.p ? str_eq(item->name, star->star_of) : !item->joined;
        if (meant)
            has = any_of(has, query_item_has(b, sub, item, column));
    }
    return has;
}

static enum query_answer sub_has(struct query_build *b, const struct scope *sub, struct str column)
{
    while (sub->arm_count)
        sub = sub->arms[0];
    if (query_find_target(sub, column))
        return QUERY_YES;
    /* a recursive CTE refers to itself before its target list is known */
    enum query_answer has = sub->target_count ? QUERY_NO : QUERY_UNKNOWN;
    for (size_t i = 0; i < sub->target_count && has != QUERY_YES; i++)
        if (!sub->targets[i].expr)
            has = any_of(has, star_has(b, sub, &sub->targets[i], column));
    return has;
}

static size_t alias_index(const struct item *item, struct str column)
{
    size_t i = 0;
    while (i < item->alias_count && !str_eq(item->aliases[i], column))
        i++;
    return i;
}

static enum query_answer joined_has(struct query_build *b, const struct scope *s,
                                    const struct item *item, struct str column)
{
    enum query_answer has = QUERY_NO;
    for (size_t i = item->from; i < item->to && has != QUERY_YES; i++)
        if (!s->items[i].joined)
            has = any_of(has, query_item_has(b, s, &s->items[i], column));
    return has;
}

enum query_answer query_item_has(struct query_build *b, const struct scope *s,
                                 const struct item *item, struct str column)
{
    if (alias_index(item, column) < item->alias_count)
        return QUERY_YES;
    if (item->joined)
        return joined_has(b, s, item, column);
    if (item->sub)
        return sub_has(b, item->sub, column);
    switch (item->rte->kind) {
    case QUERY_RTE_RELATION:
        return relation_has(b, item->rte, column);
    case QUERY_RTE_FUNCTION:
        if (str_eq(item->name, column))
            return QUERY_YES;
        return item->alias_count ? QUERY_NO : QUERY_UNKNOWN;
    case QUERY_RTE_VALUES:
        return !item->alias_count && str_starts(column, "column") ? QUERY_YES : QUERY_NO;
    case QUERY_RTE_SUBQUERY:
        break;
    }
    return QUERY_UNKNOWN;
}

/* ---- an item's column as an expression ---- */

/* Name of target n of a subquery; absent when a star stands before it. */
static struct str target_name_at(const struct scope *sub, size_t n)
{
    while (sub->arm_count)
        sub = sub->arms[0];
    for (size_t i = 0; i < sub->target_count; i++) {
        if (!sub->targets[i].expr)
            break;
        if (i == n)
            return sub->targets[i].name;
    }
    return (struct str){0};
}

/* The name under a column alias. */
static struct str real_name(struct query_build *b, const struct item *item, struct str column)
{
    const struct query_names *names = b->names;
    size_t n = alias_index(item, column);
    struct str name = {0};
    if (n == item->alias_count)
        return column;
    if (item->sub)
        name = target_name_at(item->sub, n);
    else if (item->rte && item->rte->kind == QUERY_RTE_RELATION && names && names->column_at)
        name = names->column_at(names->ctx, item->rte->schema, item->rte->name, n);
    return name.p ? name : column;
}

/* The item behind a star of a merged subquery that has the column: for sure, or as the only one. */
static const struct item *behind_star(struct query_build *b, const struct scope *sub,
                                      struct str column)
{
    const struct item *perhaps = NULL;
    size_t unknown = 0;
    for (size_t t = 0; t < sub->target_count; t++) {
        const struct target *star = &sub->targets[t];
        for (size_t i = 0; !star->expr && i < sub->item_count; i++) {
            const struct item *item = &sub->items[i];
            bool meant = star->star_of.p ? str_eq(item->name, star->star_of) : !item->joined;
            enum query_answer has = meant ? query_item_has(b, sub, item, column) : QUERY_NO;
            if (has == QUERY_YES)
                return item;
            unknown += has == QUERY_UNKNOWN;
            perhaps = has == QUERY_UNKNOWN ? item : perhaps;
        }
    }
    return unknown == 1 ? perhaps : NULL;
}

const struct item *query_item_with(struct query_build *b, const struct scope *s, size_t from,
                                   size_t to, struct str column)
{
    const struct item *perhaps = NULL;
    size_t unknown = 0;
    for (size_t i = from; i < to; i++) {
        const struct item *item = &s->items[i];
        enum query_answer has = item->joined ? QUERY_NO : query_item_has(b, s, item, column);
        if (has == QUERY_YES)
            return item;
        unknown += has == QUERY_UNKNOWN;
        perhaps = has == QUERY_UNKNOWN ? item : perhaps;
    }
    return unknown == 1 ? perhaps : NULL;
}

static struct json *joined_column(struct query_build *b, struct scope *s, const struct item *item,
                                  struct str column)
{
    const struct item *one = query_item_with(b, s, item->from, item->to, column);
    return one ? query_item_column(b, one, column) : NULL;
}

/* The expression of a merged subquery's target list. */
static struct json *use_target(struct query_build *b, const struct target *t)
{
    b->now.nodes += t->extent.nodes;
    if (b->now.depth < b->depth + t->extent.depth)
        b->now.depth = b->depth + t->extent.depth;
    return query_lone_copy(b, t->expr);
}

struct json *query_item_column(struct query_build *b, const struct item *item, struct str column)
{
    struct str name = real_name(b, item, column);
    if (!item->merged)
        return query_make_column(b, item->rte, name);
    const struct target *t = query_find_target(item->sub, name);
    if (t)
        return use_target(b, t);
    const struct item *inner = behind_star(b, item->sub, name);
    return inner ? query_item_column(b, inner, name) : NULL;
}

/* ---- column references ---- */

void query_note_unresolved(struct query_build *b, struct str qualifier, struct str column)
{
    b->unresolved = query_grow(b->a, b->unresolved, b->unresolved_count, sizeof *b->unresolved);
    b->unresolved[b->unresolved_count++] =
        (struct pred_column){.qualifier = qualifier, .column = column};
}

/* Where an unqualified name leads. */
struct found {
    struct scope *scope;
    const struct item *item;
    bool sure;
};

/* Looks at one level; false: go on outward. */
static bool look_at_level(struct query_build *b, struct scope *s, struct str column,
                          struct found *out, bool *closed)
{
    const struct item *perhaps = NULL;
    size_t unknown = 0;
    for (size_t i = 0; i < s->item_count; i++) {
        const struct item *item = &s->items[i];
        bool hidden = item->joined || item->qualified_only;
        enum query_answer has = hidden ? QUERY_NO : query_item_has(b, s, item, column);
        if (has == QUERY_YES) {
            *out = (struct found){s, item, true};
            return true;
        }
        unknown += has == QUERY_UNKNOWN;
        perhaps = has == QUERY_UNKNOWN ? item : perhaps;
    }
    /* a guess holds unless an outer level knows better */
    if (unknown == 1 && !out->item && !*closed)
        *out = (struct found){s, perhaps, false};
    *closed |= unknown > 0;
    return false;
}

static struct found find_unqualified(struct query_build *b, struct scope *s, struct str column)
{
    struct found f = {0};
    bool closed = false;
    for (struct scope *level = s; level; level = level->outer)
        if (look_at_level(b, level, column, &f, &closed))
            return f;
    return f;
}

static struct item *find_qualified(struct scope *s, struct str name, struct scope **where)
{
    for (struct scope *level = s; level; level = level->outer) {
        struct item *item = query_find_item(level, name);
        if (item) {
            *where = level;
            return item;
        }
    }
    return NULL;
}

static struct json *column_of(struct query_build *b, struct scope *s, const struct item *item,
                              struct str column)
{
    return item->joined ? joined_column(b, s, item, column) : query_item_column(b, item, column);
}

/* ROW(...) of all that an item holds. */
static struct json *whole_row(struct query_build *b, struct scope *s, const struct item *item);

static void add_whole_rows(struct query_build *b, struct scope *s, const struct target *star,
                           struct json *args)
{
    for (size_t i = 0; i < s->item_count; i++) {
        const struct item *item = &s->items[i];
        bool meant = star->star_of.p ? str_eq(item->name, star->star_of) : !item->joined;
        if (meant)
            add(args, whole_row(b, s, item));
    }
}

static struct json *whole_row(struct query_build *b, struct scope *s, const struct item *item)
{
    if (item->rte)
        return query_make_column(b, item->rte, STR("*"));
    struct json *node = new_value(b, JSON_OBJECT, NULL);
    struct json *args =
        add(add(node, new_value(b, JSON_OBJECT, "RowExpr")), new_value(b, JSON_ARRAY, "args"));
    for (size_t i = item->from; item->joined && i < item->to; i++)
        if (!s->items[i].joined)
            add(args, whole_row(b, s, &s->items[i]));
    for (size_t i = 0; item->merged && i < item->sub->target_count; i++) {
        const struct target *t = &item->sub->targets[i];
        if (t->expr)
            add(args, use_target(b, t));
        else
            add_whole_rows(b, item->sub, t, args);
    }
    return node;
}

static struct json *resolve_unqualified(struct query_build *b, struct scope *s, struct str column)
{
    struct found f = find_unqualified(b, s, column);
    struct scope *where;
    const struct item *row = f.sure ? NULL : find_qualified(s, column, &where);
    if (row)
        return whole_row(b, where, row);
    struct json *v = f.item ? column_of(b, f.scope, f.item, column) : NULL;
    if (v)
        return v;
    bool only = s->item_count == 1 && s->items[0].rte;
    query_note_unresolved(b, only ? s->items[0].rte->alias : (struct str){0}, column);
    return only ? query_make_column(b, s->items[0].rte, column) : NULL;
}

static struct json *resolve_qualified(struct query_build *b, struct scope *s, struct str qualifier,
                                      struct str column, bool star)
{
    struct scope *where = NULL;
    const struct item *item = find_qualified(s, qualifier, &where);
    if (!item) {
        if (!star)
            query_note_unresolved(b, qualifier, column);
        return NULL;
    }
    if (star)
        return whole_row(b, where, item);
    struct json *v = column_of(b, where, item, column);
    if (!v || query_item_has(b, where, item, column) == QUERY_NO)
        query_note_unresolved(b, item->rte ? item->rte->alias : item->name, column);
    return v;
}

/* A node for a ColumnRef; NULL when it is not known whose it is. */
static struct json *resolve_column(struct query_build *b, struct scope *s, const struct json *body)
{
    struct str last = {0}, qualifier = {0};
    bool star = false;
    for (const struct json *e = json_first(json_get(body, "fields")); e; e = e->next) {
        qualifier = last;
        star = raw_tag(e) == RAW_A_Star;
        last = raw_string(e);
    }
    if (star && !qualifier.p)
        return NULL;
    if (!qualifier.p)
        return resolve_unqualified(b, s, last);
    return resolve_qualified(b, s, qualifier, last, star);
}

/* ---- copying ---- */

static struct json *copy(struct query_build *b, struct scope *s, const struct json *v);

static struct json *copy_sublink(struct query_build *b, struct scope *s, const struct json *body)
{
    struct json *v = new_value(b, JSON_OBJECT, "SubLink");
    struct str type = json_str(body, "subLinkType");
    const struct json *select = json_path(body, "subselect", "SelectStmt", NULL);
    add(v, new_string(b, "subLinkType", type));
    if (json_get(body, "testexpr"))
        add(v, copy(b, s, json_get(body, "testexpr")));
    if (json_get(body, "operName"))
        add(v, copy(b, s, json_get(body, "operName")));
    if (!select || b->scope_count >= QUERY_BLOCKS_MAX)
        return v;
    struct scope *sub = query_new_scope(b, s, s, QUERY_EXPR);
    sub->targets_unused = str_is(type, "EXISTS_SUBLINK");
    sub->block->link = str_is(type, "EXPR_SUBLINK") ? QUERY_LINK_SCALAR : QUERY_LINK_OTHER;
    query_select(b, sub, select);
    add(v, new_number(b, "block", (double)sub->block->number));
    return v;
}

/* A copy of one member of an object, resolved. */
static struct json *copy_member(struct query_build *b, struct scope *s, const struct json *m)
{
    if (str_is(m->key, "SubLink"))
        return copy_sublink(b, s, m);
    if (str_is(m->key, "ColumnRef")) {
        const struct json *node = resolve_column(b, s, m);
        if (node) {
            struct json *member = query_lone_copy(b, node->child);
            member->key = node->child->key;
            return member;
        }
    }
    struct json *v = copy(b, s, m);
    if (str_is(m->key, "over"))
        query_use(b, &s->windows, &s->window_count, v);
    return v;
}

static struct json *copy(struct query_build *b, struct scope *s, const struct json *v)
{
    struct json *c = arena_alloc(b->a, sizeof *c);
    *c = *v;
    c->child = NULL;
    c->next = NULL;
    b->now.nodes++;
    if (++b->depth > b->now.depth)
        b->now.depth = b->depth;
    struct json **tail = &c->child;
    for (const struct json *e = v->child; e; e = e->next) {
        if (str_is(e->key, "location")) {
            c->count--;
            continue;
        }
        *tail = copy_member(b, s, e);
        tail = &(*tail)->next;
    }
    b->depth--;
    return c;
}

struct json *query_resolve(struct query_build *b, struct scope *s, const struct json *expr)
{
    if (!expr)
        return NULL;
    struct extent outer = b->now;
    size_t depth = b->depth;
    b->now = (struct extent){0};
    b->depth = 0;
    struct json *v = copy(b, s, expr);
    v->key = (struct str){0};
    b->depth = depth;
    if (depth)
        b->now = outer;
    return v;
}
