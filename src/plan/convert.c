#include "plan/convert.h"

#include "base/arena.h"

struct word {
    const char *word;
    int value;
};

static int find_word(const struct word *words, size_t n, struct str s)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(s, words[i].word))
            return words[i].value;
    return 0;
}
#define FIND_WORD(table, s) find_word((table), sizeof(table) / sizeof(table)[0], (s))

static const struct word relationships[] = {
    {"Outer", REL_OUTER},       {"Inner", REL_INNER},       {"Member", REL_MEMBER},
    {"Subquery", REL_SUBQUERY}, {"InitPlan", REL_INITPLAN}, {"SubPlan", REL_SUBPLAN},
    {"child", REL_CHILD},       {"children", REL_CHILD},
};
static const struct word join_types[] = {
    {"Inner", JOIN_INNER},
    {"Left", JOIN_LEFT},
    {"Full", JOIN_FULL},
    {"Right", JOIN_RIGHT},
    {"Semi", JOIN_SEMI},
    {"Anti", JOIN_ANTI},
    {"Right Anti", JOIN_RIGHT_ANTI},
    {"Right Semi", JOIN_RIGHT_SEMI},
};
static const struct word strategies[] = {
    {"Plain", AGG_PLAIN},
    {"Sorted", AGG_SORTED},
    {"Hashed", AGG_HASHED},
    {"Mixed", AGG_MIXED},
};
static const struct word partial_modes[] = {
    {"Simple", PARTIAL_SIMPLE},
    {"Partial", PARTIAL_PARTIAL},
    {"Finalize", PARTIAL_FINALIZE},
};

static bool is_flag(enum prop_id id)
{
    return id == PROP_PARALLEL_AWARE || id == PROP_ASYNC_CAPABLE || id == PROP_DISABLED ||
           id == PROP_INNER_UNIQUE || id == PROP_SINGLE_COPY;
}

enum value_kind convert_kind(enum prop_id id, enum value_kind kind, struct str text)
{
    if (kind == VALUE_NULL || id >= PROP_COUNT || id < PROP_NUM_COUNT)
        return kind;
    if (is_flag(id))
        return str_is(text, "true") || str_is(text, "false") ? VALUE_BOOL : kind;
    return VALUE_STRING;
}

void convert_node_prop(struct node *n, const struct prop *p)
{
    struct str s = p->value.text;
    switch (p->id) {
    case PROP_NODE_TYPE:
        n->type_name = s;
        n->type = node_type_find(s);
        if (n->type != NODE_UNKNOWN) /* whatever its letters' case was */
            n->type_name = str_of(node_info[n->type].name);
        break;
    case PROP_PARENT_RELATIONSHIP:
        n->rel = (enum relationship)FIND_WORD(relationships, s);
        break;
    case PROP_JOIN_TYPE:
        n->join = (enum join_type)FIND_WORD(join_types, s);
        break;
    case PROP_STRATEGY:
        n->strategy = (enum agg_strategy)FIND_WORD(strategies, s);
        break;
    case PROP_PARTIAL_MODE:
        n->partial = (enum partial_mode)FIND_WORD(partial_modes, s);
        break;
    case PROP_SCAN_DIRECTION:
        n->backward = str_is(s, "Backward");
        break;
    case PROP_PARALLEL_AWARE:
        n->parallel_aware = p->value.boolean;
        break;
    case PROP_ASYNC_CAPABLE:
        n->async_capable = p->value.boolean;
        break;
    case PROP_DISABLED:
        n->disabled = p->value.boolean;
        break;
    default:
        break;
    }
}

/* Keys with blanks are met with dashes in XML. */
static bool key_is(struct str key, const char *name)
{
    if (strlen(name) != key.len)
        return false;
    for (size_t i = 0; i < key.len; i++)
        if (key.p[i] != name[i] && !(name[i] == ' ' && key.p[i] == '-'))
            return false;
    return true;
}

bool convert_query_prop(struct plan *p, struct str key, struct str text,
                        struct convert_place *place)
{
    place->number = key_is(key, "Planning Time") ? &p->planning_ms
                    : key_is(key, "Execution Time") || key_is(key, "Total Runtime")
                        ? &p->execution_ms
                        : NULL;
    if (place->number)
        return str_to_double(text, place->number);
    place->text = key_is(key, "Query Text")         ? &p->query_text
                  : key_is(key, "Query Parameters") ? &p->query_params
                  : key_is(key, "Query Identifier") ? &p->query_id
                                                    : NULL;
    if (place->text)
        *place->text = str_dup(p->arena, text);
    return place->text != NULL;
}

bool convert_is_condition(enum prop_id id)
{
    static const enum prop_id conditions[] = {
        PROP_FILTER,          PROP_INDEX_COND,         PROP_ORDER_BY,      PROP_RECHECK_COND,
        PROP_TID_COND,        PROP_JOIN_FILTER,        PROP_MERGE_COND,    PROP_HASH_COND,
        PROP_ONE_TIME_FILTER, PROP_CONFLICT_FILTER,    PROP_RUN_CONDITION, PROP_REMOTE_SQL,
        PROP_FUNCTION_CALL,   PROP_TABLE_FUNCTION_CALL};
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
        if (conditions[i] == id)
            return true;
    return false;
}

void convert_add_trigger(struct plan *p)
{
    size_t n = p->trigger_count;
    if ((n & (n - 1)) == 0) { /* room for 1, 2, 4, 8 ... */
        struct trigger *more = arena_calloc(p->arena, n ? n * 2 : 1, sizeof *more);
        if (n)
            memcpy(more, p->triggers, n * sizeof *more);
        p->triggers = more;
    }
    p->triggers[n] = (struct trigger){.time_ms = NAN, .calls = NAN};
    p->trigger_count++;
}

/* Where it went; NULL when it is no number. */
static double *set_number(double *slot, struct str text)
{
    return str_to_double(text, slot) ? slot : NULL;
}

double *convert_trigger_prop(struct plan *p, struct str key, struct str text)
{
    struct trigger *t = &p->triggers[p->trigger_count - 1];
    if (key_is(key, "Trigger Name"))
        t->name = str_dup(p->arena, text);
    else if (key_is(key, "Constraint Name"))
        t->constraint = str_dup(p->arena, text);
    else if (key_is(key, "Relation"))
        t->relation = str_dup(p->arena, text);
    else if (key_is(key, "Time"))
        return set_number(&t->time_ms, text);
    else if (key_is(key, "Calls"))
        return set_number(&t->calls, text);
    return NULL;
}

struct jit *convert_new_jit(struct arena *a)
{
    struct jit *jit = arena_alloc(a, sizeof *jit);
    *jit = (struct jit){NAN, -1, -1, -1, -1, NAN, NAN, NAN, NAN, NAN, NAN};
    return jit;
}

static void set_option(int *slot, struct str text)
{
    if (str_is(text, "true") || str_is(text, "false"))
        *slot = str_is(text, "true");
}

static void jit_option(struct jit *jit, struct str key, struct str text)
{
    if (key_is(key, "Inlining"))
        set_option(&jit->inlining, text);
    else if (key_is(key, "Optimization"))
        set_option(&jit->optimization, text);
    else if (key_is(key, "Expressions"))
        set_option(&jit->expressions, text);
    else if (key_is(key, "Deforming"))
        set_option(&jit->deforming, text);
}

static double *jit_time(struct jit *jit, struct str key, struct str text)
{
    double *slot = key_is(key, "Generation") || key_is(key, "Generation Time") ? &jit->generation_ms
                   : key_is(key, "Inlining") || key_is(key, "Inlining Time")   ? &jit->inlining_ms
                   : key_is(key, "Optimization") || key_is(key, "Optimization Time")
                       ? &jit->optimization_ms
                   : key_is(key, "Emission") || key_is(key, "Emission Time") ? &jit->emission_ms
                   : key_is(key, "Total") || key_is(key, "Total Time")       ? &jit->total_ms
                                                                             : NULL;
    return slot ? set_number(slot, text) : NULL;
}

double *convert_jit_prop(struct jit *jit, struct str group, struct str key, struct str text)
{
    if (str_is(group, "Generation"))
        return set_number(key_is(key, "Deform") ? &jit->deform_ms : &jit->generation_ms, text);
    if (str_is(group, "Timing"))
        return jit_time(jit, key, text);
    if (key_is(key, "Functions"))
        return set_number(&jit->functions, text);
    /* "Options", or the flat summary of version 11: booleans and "... Time" side by side */
    jit_option(jit, key, text);
    return group.len == 0 ? jit_time(jit, key, text) : NULL;
}

void convert_add_worker(struct arena *a, struct node *n, const struct worker *w)
{
    size_t count = n->worker_count;
    if ((count & (count - 1)) == 0) { /* room for 1, 2, 4, 8 ... */
        struct worker *more = arena_calloc(a, count ? count * 2 : 1, sizeof *more);
        if (count)
            memcpy(more, n->workers, count * sizeof *more);
        n->workers = more;
    }
    n->workers[count] = *w;
    if (w->number < 0)
        n->workers[count].number = (int)count;
    n->worker_count++;
}

static bool are_ascending(const struct node *n)
{
    for (size_t i = 1; i < n->worker_count; i++)
        if (n->workers[i].number <= n->workers[i - 1].number)
            return false;
    return true;
}

/* Stable: of two entries of one worker, the one printed first stays first. */
static void sort_workers(struct arena *a, struct worker *w, size_t n)
{
    struct worker *from = w, *to = arena_calloc(a, n, sizeof *to);
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            size_t middle = low + width < n ? low + width : n;
            size_t high = middle + width < n ? middle + width : n;
            size_t i = low, j = middle;
            for (size_t k = low; k < high; k++) {
                bool left = i < middle && (j == high || from[i].number <= from[j].number);
                to[k] = from[left ? i++ : j++];
            }
        }
        struct worker *swap = from;
        from = to;
        to = swap;
    }
    if (from != w)
        memcpy(w, from, n * sizeof *w);
}

/* Complete a worker by another entry of the same; tail: where its properties end. */
static struct prop **complete_worker(struct worker *w, struct prop **tail,
                                     const struct worker *more)
{
    for (int i = 0; i < PROP_NUM_COUNT; i++)
        if (num_known(more->num[i]))
            w->num[i] = more->num[i];
    if (more->jit)
        w->jit = more->jit;
    *tail = more->props;
    while (*tail)
        tail = &(*tail)->next;
    return tail;
}

bool convert_merge_workers(struct arena *a, struct node *n)
{
    if (are_ascending(n))
        return false;
    sort_workers(a, n->workers, n->worker_count);
    size_t kept = 0;
    struct prop **tail = NULL;
    for (size_t i = 0; i < n->worker_count; i++) {
        struct worker *last = kept ? &n->workers[kept - 1] : NULL;
        if (last && last->number == n->workers[i].number) {
            tail = complete_worker(last, tail, &n->workers[i]);
            continue;
        }
        n->workers[kept] = n->workers[i];
        tail = &n->workers[kept++].props;
        while (*tail)
            tail = &(*tail)->next;
    }
    n->worker_count = kept;
    return true;
}

void convert_judge_options(struct plan *p)
{
    for (int i = 0; i < p->node_count; i++) {
        const struct node *n = p->nodes[i];
        p->has_actual |=
            num_known(n->num[PROP_ACTUAL_LOOPS]) || num_known(n->num[PROP_ACTUAL_ROWS]);
        p->has_timing |= num_known(n->num[PROP_ACTUAL_TOTAL_TIME]);
        p->has_costs |= num_known(n->num[PROP_TOTAL_COST]);
        p->has_buffers |= num_known(n->num[PROP_SHARED_HIT]) ||
                          num_known(n->num[PROP_SHARED_READ]) ||
                          num_known(n->num[PROP_TEMP_READ]) ||
                          num_known(n->num[PROP_TEMP_WRITTEN]) || num_known(n->num[PROP_LOCAL_HIT]);
        p->has_verbose |= node_value(n, PROP_OUTPUT) || node_value(n, PROP_SCHEMA);
    }
}
