#include "work/anonymize.h"

#include <stdlib.h>

#include "base/arena.h"
#include "plan/plan.h"
#include "work/anon_constant.h"
#include "work/anon_text.h"

/* What the text of a property is. */
enum treatment {
    KEEP,       /* one of a fixed set of words, or figures */
    EXPRESSION, /* the rule for all that is not listed, extensions' keys too */
    SQL,
    NAME,
    PLAN_NAME, /* "CTE x", "InitPlan 1 (returns $0)" */
    CONSTANT
};

static const struct {
    enum prop_id prop;
    enum treatment treatment;
    enum anon_kind kind; /* of NAME */
} treatments[] = {
    {PROP_NODE_TYPE, KEEP, 0},
    {PROP_STRATEGY, KEEP, 0},
    {PROP_PARTIAL_MODE, KEEP, 0},
    {PROP_OPERATION, KEEP, 0},
    {PROP_PARENT_RELATIONSHIP, KEEP, 0},
    {PROP_CUSTOM_PLAN_PROVIDER, KEEP, 0},
    {PROP_SCAN_DIRECTION, KEEP, 0},
    {PROP_JOIN_TYPE, KEEP, 0},
    {PROP_COMMAND, KEEP, 0},
    {PROP_SORT_METHOD, KEEP, 0},
    {PROP_SORT_SPACE_TYPE, KEEP, 0},
    {PROP_FULL_SORT_GROUPS, KEEP, 0},
    {PROP_PRE_SORTED_GROUPS, KEEP, 0},
    {PROP_STORAGE, KEEP, 0},
    {PROP_CACHE_MODE, KEEP, 0},
    {PROP_CONFLICT_RESOLUTION, KEEP, 0},
    {PROP_FORMAT, KEEP, 0},
    {PROP_SUBPLAN_NAME, PLAN_NAME, 0},
    {PROP_INDEX_NAME, NAME, ANON_INDEX},
    {PROP_RELATION_NAME, NAME, ANON_TABLE},
    {PROP_FUNCTION_NAME, NAME, ANON_FUNCTION},
    {PROP_TABLE_FUNCTION_NAME, NAME, ANON_FUNCTION},
    {PROP_CTE_NAME, NAME, ANON_CTE},
    {PROP_TUPLESTORE_NAME, NAME, ANON_NAME},
    {PROP_SCHEMA, NAME, ANON_SCHEMA},
    {PROP_ALIAS, NAME, ANON_ALIAS},
    {PROP_CONFLICT_ARBITER_INDEXES, NAME, ANON_INDEX},
    {PROP_SAMPLING_METHOD, NAME, ANON_FUNCTION},
    {PROP_REMOTE_SQL, SQL, 0},
    {PROP_FOREIGN_FILE, CONSTANT, 0},
};

/* A copy being made. */
struct copy {
    struct anon *anon;
    struct arena *arena;
    struct buf scratch;
};

/* A list or group whose items are being copied. */
struct pending {
    const struct prop *next; /* to copy */
    struct prop **tail;      /* where the copy goes */
    enum prop_id id;
};

static struct str take(struct copy *c)
{
    struct str s = str_dup(c->arena, buf_str(&c->scratch));
    buf_clear(&c->scratch);
    return s;
}

static void treatment_of(enum prop_id id, enum treatment *treatment, enum anon_kind *kind)
{
    *treatment = EXPRESSION;
    *kind = ANON_NAME;
    for (size_t i = 0; i < sizeof treatments / sizeof treatments[0]; i++)
        if (treatments[i].prop == id) {
            *treatment = treatments[i].treatment;
            *kind = treatments[i].kind;
        }
}

static void add_plan_name(struct copy *c, struct str s)
{
    if (str_starts(s, "CTE ")) {
        buf_adds(&c->scratch, "CTE ");
        anon_add_name(c->anon, &c->scratch, ANON_CTE, str_sub(s, 4, s.len));
    } else if (str_starts(s, "InitPlan") || str_starts(s, "SubPlan")) {
        buf_addstr(&c->scratch, s);
    } else {
        anon_add_expression(c->anon, &c->scratch, s);
    }
}

static struct str copy_text(struct copy *c, enum prop_id id, struct str s)
{
    enum treatment treatment;
    enum anon_kind kind;
    treatment_of(id, &treatment, &kind);
    if (treatment == KEEP)
        buf_addstr(&c->scratch, s);
    else if (treatment == NAME)
        anon_add_name(c->anon, &c->scratch, kind, s);
    else if (treatment == PLAN_NAME)
        add_plan_name(c, s);
    else if (treatment == SQL)
        anon_add_sql(c->anon, &c->scratch, s);
    else if (treatment == CONSTANT)
        buf_addstr(&c->scratch, anon_replace(c->anon, ANON_TEXT, s));
    else
        anon_add_expression(c->anon, &c->scratch, s);
    return take(c);
}

static struct prop *copy_prop(struct copy *c, const struct prop *from, enum prop_id id)
{
    struct prop *p = arena_alloc(c->arena, sizeof *p);
    *p = *from;
    p->next = NULL;
    if (from->value.kind == VALUE_STRING)
        p->value.text = copy_text(c, id, from->value.text);
    p->value.items = NULL;
    return p;
}

/*
 * Properties with all that is in them; the nesting is the input's choice, so no recursion.
 * An element of a list is treated as the list.
 */
static struct prop *copy_props(struct copy *c, const struct prop *from)
{
    struct prop *first = NULL;
    struct pending *stack = xmalloc(8 * sizeof *stack);
    size_t depth = 1, cap = 8;
    stack[0] = (struct pending){from, &first, PROP_UNKNOWN};
    while (depth) {
        struct pending *top = &stack[depth - 1];
        const struct prop *next = top->next;
        if (!next) {
            depth--;
            continue;
        }
        enum prop_id id = next->key.len ? prop_find(next->key) : top->id;
        struct prop *p = copy_prop(c, next, id);
        top->next = next->next;
        *top->tail = p;
        top->tail = &p->next;
        if (depth == cap)
            stack = xrealloc(stack, (cap *= 2) * sizeof *stack);
        stack[depth++] = (struct pending){next->value.items, &p->value.items, id};
    }
    free(stack);
    return first;
}

/* Names that say themselves what they are come first, so that expressions find them known. */
static void learn_names(struct copy *c, const struct plan *p)
{
    for (int i = 0; i < p->node_count; i++)
        for (const struct prop *s = p->nodes[i]->props; s; s = s->next) {
            enum treatment treatment;
            enum anon_kind kind;
            treatment_of(s->id, &treatment, &kind);
            if (treatment == NAME && s->value.kind == VALUE_STRING)
                anon_add_name(c->anon, &c->scratch, kind, s->value.text);
            buf_clear(&c->scratch);
        }
}

static void copy_workers(struct copy *c, struct node *n)
{
    struct worker *workers = arena_calloc(c->arena, n->worker_count, sizeof *workers);
    for (size_t i = 0; i < n->worker_count; i++) {
        workers[i] = n->workers[i];
        workers[i].props = copy_props(c, n->workers[i].props);
    }
    n->workers = workers;
}

static struct node *node_at(const struct plan *p, const struct node *original)
{
    return original ? p->nodes[original->id - 1] : NULL;
}

static void copy_nodes(struct copy *c, struct plan *p, const struct plan *from)
{
    struct node *nodes = arena_calloc(c->arena, (size_t)p->node_count, sizeof *nodes);
    p->nodes = arena_calloc(c->arena, (size_t)p->node_count, sizeof *p->nodes);
    for (int i = 0; i < p->node_count; i++)
        p->nodes[i] = &nodes[i];
    for (int i = 0; i < p->node_count; i++) {
        struct node *n = p->nodes[i];
        *n = *from->nodes[i];
        n->parent = node_at(p, n->parent);
        n->child = node_at(p, n->child);
        n->next = node_at(p, n->next);
        n->props = copy_props(c, n->props);
        copy_workers(c, n);
    }
    p->root = p->nodes[0];
}

static struct str copy_name(struct copy *c, enum anon_kind kind, struct str s)
{
    if (!s.p)
        return s;
    anon_add_name(c->anon, &c->scratch, kind, s);
    return take(c);
}

static void copy_triggers(struct copy *c, struct plan *p)
{
    struct trigger *triggers = arena_calloc(c->arena, p->trigger_count, sizeof *triggers);
    for (size_t i = 0; i < p->trigger_count; i++) {
        triggers[i] = p->triggers[i];
        triggers[i].name = copy_name(c, ANON_TRIGGER, triggers[i].name);
        triggers[i].constraint = copy_name(c, ANON_CONSTRAINT, triggers[i].constraint);
        triggers[i].relation = copy_name(c, ANON_TABLE, triggers[i].relation);
    }
    p->triggers = triggers;
}

/* PostgreSQL's own settings tell of the planner only, but for search_path; those of extensions and
 * applications have a dot in their name. */
static void copy_settings(struct copy *c, struct plan *p)
{
    struct prop *first = NULL, **tail = &first;
    for (const struct prop *s = p->settings; s; s = s->next) {
        struct prop *copy = arena_alloc(c->arena, sizeof *copy);
        *copy = *s;
        copy->next = NULL;
        if (str_find(s->key, ".") >= 0) {
            copy->key = copy_name(c, ANON_NAME, s->key);
            copy->value.text = anon_replace(c->anon, ANON_TEXT, s->value.text);
        } else if (str_is(s->key, "search_path")) {
            anon_add_name_list(c->anon, &c->scratch, ANON_SCHEMA, s->value.text);
            copy->value.text = take(c);
        }
        *tail = copy;
        tail = &copy->next;
    }
    p->settings = first;
}

/* Last of all: names that the plan held are known by then. */
static void copy_query(struct copy *c, struct plan *p)
{
    if (p->query_text.p) {
        anon_add_sql(c->anon, &c->scratch, p->query_text);
        p->query_text = take(c);
    }
    if (p->query_params.p) {
        anon_add_expression(c->anon, &c->scratch, p->query_params);
        p->query_params = take(c);
    }
}

struct plan *anon_plan(struct anon *n, struct arena *a, const struct plan *from)
{
    struct copy c = {.anon = n, .arena = a};
    struct plan *p = arena_alloc(a, sizeof *p);
    *p = *from;
    p->arena = a;
    learn_names(&c, from);
    copy_nodes(&c, p, from);
    copy_triggers(&c, p);
    copy_settings(&c, p);
    p->extra = copy_props(&c, from->extra);
    copy_query(&c, p);
    buf_free(&c.scratch);
    return p;
}
