#include "rules/conditions.h"

#include <stdlib.h>

#include "base/arena.h"
#include "catalog/catalog.h"

struct entry {
    const struct node *node;
    enum prop_id id;
    struct condition_list list;
    struct entry *next;
};

enum { BUCKETS_MOST = 1024 };

struct conditions {
    struct pred_cache *parsed; /* by text */
    size_t bucket_count;       /* a power of two that suits the plan's nodes */
    struct entry **bucket;
};

struct conditions *conditions_new(struct rule_run *run)
{
    struct conditions *c = arena_alloc(run->arena, sizeof *c);
    c->parsed = run->memo ? run->memo->parsed : pred_cache_new(run->arena);
    c->bucket_count = 8;
    while (c->bucket_count < (size_t)run->plan->node_count && c->bucket_count < BUCKETS_MOST)
        c->bucket_count *= 2;
    c->bucket = arena_calloc(run->arena, c->bucket_count, sizeof *c->bucket);
    return c;
}

/* ---- from plan to plan ---- */

enum { MEMO_BYTES = 8 * 1024 * 1024 };

struct rules_memo *rules_memo_new(void)
{
    struct rules_memo *memo = xcalloc(1, sizeof *memo);
    memo->arena = arena_new(0);
    memo->parsed = pred_cache_new(memo->arena);
    return memo;
}

void rules_memo_free(struct rules_memo *memo)
{
    if (!memo)
        return;
    arena_free(memo->arena);
    free(memo);
}

void conditions_trim(struct rules_memo *memo)
{
    if (arena_bytes(memo->arena) < MEMO_BYTES)
        return;
    arena_free(memo->arena);
    memo->arena = arena_new(0);
    memo->parsed = pred_cache_new(memo->arena);
}

/* ---- the catalog ---- */

const struct cat_rel *conditions_rel(const struct rule_run *run, const struct node *n)
{
    struct str name = node_text(n, PROP_RELATION_NAME);
    return run->catalog && name.len ? cat_find_rel(run->catalog, node_text(n, PROP_SCHEMA), name)
                                    : NULL;
}

const struct cat_column *conditions_column(const struct rule_run *run, const struct node *n,
                                           struct str column)
{
    const struct cat_rel *rel = conditions_rel(run, n);
    return rel && column.len ? cat_find_column(rel, column) : NULL;
}

const struct cat_index *conditions_index_on(const struct cat_rel *rel, struct str column)
{
    for (const struct cat_index *ix = rel ? rel->indexes : NULL; ix; ix = ix->next)
        if (ix->valid && !ix->predicate.len && ix->key_count && str_is(ix->am, "btree") &&
            str_eq(ix->keys[0].column, column))
            return ix;
    return NULL;
}

/* ---- casts ---- */

/* Types whose values are the same bytes: a cast between them does not keep an index from use. */
static bool same_storage(struct str from, struct str to)
{
    static const char *const text_like[] = {"text", "character varying", "name"};
    bool from_text = false, to_text = false;
    if (str_eq(from, to) || (str_is(from, "cidr") && str_is(to, "inet")))
        return true;
    for (size_t i = 0; i < sizeof text_like / sizeof text_like[0]; i++) {
        from_text |= str_is(from, text_like[i]);
        to_text |= str_is(to, text_like[i]);
    }
    return from_text && to_text;
}

/* A type without its modifier: "numeric(5,1)" -> "numeric". */
static struct str without_modifier(struct str type)
{
    ptrdiff_t open = str_find(type, "(");
    return open > 0 ? str_trim(str_sub(type, 0, (size_t)open)) : type;
}

/* Without a catalog: a cast to text may be EXPLAIN's way to show a varchar column, unless what it
 * is compared with looks like a number and the column like a key. */
static bool looks_like_number_key(const struct pred_side *column, const struct pred_side *other)
{
    struct str name = column->column;
    double v;
    bool key = str_is(name, "id") || str_ends(name, "_id") || str_ends(name, "Id");
    return key && other->kind == SIDE_CONST && str_to_double(other->value, &v);
}

bool conditions_cast_defeats(const struct rule_run *run, const struct node *n, const struct pred *p,
                             bool left_side, bool *sure)
{
    const struct pred_side *side = left_side ? &p->left : &p->right;
    const struct pred_side *other = left_side ? &p->right : &p->left;
    struct str to = without_modifier(side->cast_type);
    const struct cat_column *col = conditions_column(run, n, side->column);
    *sure = true;
    if (!to.len)
        return false;
    if (col && col->base_type.len)
        return !same_storage(col->base_type, to);
    if (str_is(to, "character varying") || str_is(to, "character") || str_is(to, "bpchar"))
        return false;
    if (!str_is(to, "text"))
        return true;
    *sure = false;
    return looks_like_number_key(side, other);
}

/* ---- what could serve a conjunct ---- */

static bool is_of_scan(const struct node *n, struct str qualifier)
{
    return !qualifier.len || str_eq(qualifier, node_text(n, PROP_ALIAS)) ||
           !node_text(n, PROP_ALIAS).len;
}

/* The right side has a value before the row is read: a constant, a parameter, another relation's
 * column. */
static bool is_known_before(const struct node *n, const struct pred_side *right)
{
    if (right->is_volatile)
        return false;
    for (size_t i = 0; i < right->column_count; i++)
        if (is_of_scan(n, right->columns[i].qualifier))
            return false;
    return true;
}

static enum cond_use use_of_pattern(const struct pred *p)
{
    size_t prefix = 0;
    bool regex = p->op == PRED_REGEX;
    if (p->right.kind != SIDE_CONST || p->right.is_null)
        return COND_PATTERN;
    bool fixed = regex ? pred_regex_prefix(p->right.value, &prefix)
                       : pred_like_prefix(p->right.value, &prefix);
    return fixed ? COND_PREFIX : COND_PATTERN;
}

static enum cond_use use_of_operator(const struct pred *p)
{
    switch (p->op) {
    case PRED_EQ:
    case PRED_IN:
    case PRED_LT:
    case PRED_LE:
    case PRED_GT:
    case PRED_GE:
    case PRED_IS_NULL:
    case PRED_IS_NOT_NULL:
        return COND_PLAIN;
    case PRED_LIKE:
    case PRED_REGEX:
        return use_of_pattern(p);
    case PRED_STARTS_WITH:
        return COND_PREFIX;
    case PRED_ILIKE:
    case PRED_IREGEX:
    case PRED_SIMILAR:
        return COND_PATTERN;
    case PRED_CONTAINS:
    case PRED_CONTAINED:
    case PRED_OVERLAPS:
    case PRED_HAS_KEY:
    case PRED_TEXT_SEARCH:
    case PRED_JSONPATH:
    case PRED_KNN:
    case PRED_ANY_OF_COLUMN:
        return COND_SPECIAL;
    case PRED_NE:
    case PRED_NOT_IN:
    case PRED_NOT_LIKE:
    case PRED_IS_DISTINCT:
        return COND_NEGATIVE;
    case PRED_SUBQUERY:
        return COND_SUBPLAN;
    case PRED_OTHER:
        break;
    }
    return COND_OPAQUE;
}

static enum cond_use use_of_test(const struct rule_run *run, const struct node *n,
                                 const struct pred *p, bool *sure)
{
    enum cond_use use = use_of_operator(p);
    *sure = true;
    if (use == COND_SUBPLAN || use == COND_NEGATIVE || use == COND_OPAQUE)
        return use;
    if (p->left.kind != SIDE_COLUMN && p->left.kind != SIDE_EXPR && p->left.kind != SIDE_ROW)
        return COND_OPAQUE;
    if (p->right.kind == SIDE_SUBPLAN && str_find(p->right.text, "SubPlan") >= 0)
        return COND_SUBPLAN; /* correlated: known only once the row is read */
    if (p->left.is_volatile || !is_known_before(n, &p->right))
        return p->left.is_volatile || p->right.is_volatile ? COND_OPAQUE : COND_SAME_ROW;
    if (use != COND_PLAIN && use != COND_PREFIX)
        return use;
    if (p->left.kind == SIDE_EXPR)
        return COND_WRAPPED;
    if (p->left.kind == SIDE_COLUMN && conditions_cast_defeats(run, n, p, true, sure))
        return COND_CAST;
    return use;
}

static bool leg_is_served(const struct rule_run *run, const struct node *n, const struct pred *leg)
{
    bool sure;
    if (leg->kind == PRED_TEST) {
        enum cond_use use = use_of_test(run, n, leg, &sure);
        return use == COND_PLAIN || use == COND_SPECIAL || use == COND_PREFIX;
    }
    if (leg->kind != PRED_AND)
        return false;
    for (const struct pred *c = leg->child; c; c = c->next)
        if (c->kind == PRED_TEST && use_of_test(run, n, c, &sure) <= COND_SPECIAL)
            return true;
    return false;
}

static enum cond_use use_of(const struct rule_run *run, const struct node *n, const struct pred *p,
                            bool *sure)
{
    *sure = true;
    if (p->kind == PRED_TEST)
        return use_of_test(run, n, p, sure);
    if (p->kind == PRED_NOT)
        return p->child && p->child->kind == PRED_TEST && p->child->op == PRED_SUBQUERY
                   ? COND_SUBPLAN
                   : COND_NEGATIVE;
    if (p->kind != PRED_OR)
        return COND_OPAQUE;
    for (const struct pred *leg = p->child; leg; leg = leg->next)
        if (!leg_is_served(run, n, leg))
            return COND_OR;
    return COND_EITHER;
}

static void fill(struct rule_run *run, struct entry *e)
{
    struct str text = node_text(e->node, e->id);
    size_t count = 0;
    if (!text.len)
        return;
    const struct pred *p = pred_cache_parse(run->conditions->parsed, text);
    const struct pred **parts = pred_conjuncts(run->arena, p, &count);
    struct condition *items = arena_calloc(run->arena, count ? count : 1, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i].pred = parts[i];
        items[i].use = use_of(run, e->node, parts[i], &items[i].sure);
        e->list.uses[items[i].use]++;
    }
    e->list.item = items;
    e->list.count = count;
}

const struct condition_list *conditions_of(struct rule_run *run, const struct node *n,
                                           enum prop_id id)
{
    struct conditions *c = run->conditions;
    struct entry **bucket = &c->bucket[((size_t)n->id * 31 + (size_t)id) & (c->bucket_count - 1)];
    for (struct entry *e = *bucket; e; e = e->next)
        if (e->node == n && e->id == id)
            return &e->list;
    struct entry *e = arena_alloc(run->arena, sizeof *e);
    *e = (struct entry){.node = n, .id = id, .next = *bucket};
    *bucket = e;
    fill(run, e);
    return &e->list;
}

const struct condition *conditions_first(const struct condition_list *list, enum cond_use use)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i].use == use)
            return &list->item[i];
    return NULL;
}

static bool has_name(const struct str *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

size_t conditions_columns(const struct condition_list *list, unsigned uses, struct str *out,
                          size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count && count < room; i++) {
        const struct pred *p = list->item[i].pred;
        if (!(uses & 1u << list->item[i].use) || p->kind != PRED_TEST ||
            p->left.kind != SIDE_COLUMN || has_name(out, count, p->left.column))
            continue;
        out[count++] = p->left.column;
    }
    return count;
}

bool conditions_sort_key(struct rule_run *run, struct str item, const struct sort_key **out)
{
    return pred_cache_sort_key(run->conditions->parsed, item, out);
}
