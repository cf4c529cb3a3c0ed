#include "plan/build.h"

#include <limits.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/convert.h"

enum frame_kind {
    FRAME_WRAP,  /* an object that may turn out to be a statement, a node, or a driver's row */
    FRAME_ARRAY, /* a list outside any plan */
    FRAME_QUERY, /* one statement: {"Plan": ..., "Planning Time": ...} */
    FRAME_NODE,
    FRAME_PLANS,
    FRAME_WORKERS,
    FRAME_WORKER,
    FRAME_TRIGGERS,
    FRAME_TRIGGER,
    FRAME_JIT, /* and the groups inside it */
    FRAME_PLANNING,
    FRAME_SERIALIZATION,
    FRAME_SETTINGS,
    FRAME_VALUE /* a list or group that is kept as it is */
};

/* A scalar met before it was known what the object around it is. */
struct pending {
    struct prop prop;
    size_t entry; /* of the record */
    struct pending *next;
};

struct frame {
    enum frame_kind kind;
    bool starts_plan;        /* WRAP, QUERY, NODE: closing it finishes the plan */
    struct pending *pending; /* WRAP */
    struct pending *pending_last;
    struct prop **tail;      /* where the next property of this frame goes; never into a frame */
    struct node *node;       /* NODE */
    struct node *last_child; /* NODE */
    struct value *value;     /* VALUE */
    bool varies;             /* VALUE: what the statement puts out, with its constants */
    struct jit *jit;         /* JIT */
    struct str jit_group;    /* JIT: "" at its top, "Timing", "Generation" ... */
    int line;
};

struct build {
    struct arena *arena;
    enum plan_format format;
    struct frame *frames;
    size_t depth, cap;
    struct plan *plan; /* being built */
    struct node **nodes;
    size_t node_count, node_cap;
    int open_nodes;
    struct worker worker; /* being read */
    struct plan **plans;
    size_t plan_count, plan_cap;
    struct str *embedded;
    size_t embedded_count, embedded_cap;
    struct build_record *record; /* NULL: none is kept */
    struct str raw;              /* of the next scalar */
    size_t entry;                /* of the scalar at hand */
};

struct build *build_new(struct arena *a, enum plan_format format)
{
    struct build *b = xcalloc(1, sizeof *b);
    b->arena = a;
    b->format = format;
    return b;
}

/* Room for one more element in a malloc'ed vector. */
static void *grow(void *data, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return data;
    *cap = *cap ? *cap * 2 : 16;
    return xrealloc(data, *cap * size);
}

static struct frame *top(struct build *b)
{
    return b->depth ? &b->frames[b->depth - 1] : NULL;
}

static struct frame *push(struct build *b, enum frame_kind kind, int line)
{
    b->frames = grow(b->frames, b->depth, &b->cap, sizeof *b->frames);
    struct frame *f = &b->frames[b->depth++];
    *f = (struct frame){.kind = kind, .line = line};
    return f;
}

static struct prop *new_prop(struct build *b, struct str key)
{
    struct prop *p = arena_alloc(b->arena, sizeof *p);
    p->id = prop_find(key);
    p->key = p->id < PROP_COUNT ? str_of(prop_info[p->id].key) : str_dup(b->arena, key);
    return p;
}

static void append(struct frame *f, struct prop *p)
{
    *f->tail = p;
    f->tail = &p->next;
}

static void set_value(struct build *b, struct value *v, enum value_kind kind, struct str text)
{
    v->kind = kind;
    if (kind == VALUE_BOOL)
        v->boolean = str_is(text, "true");
    else if (kind != VALUE_NULL)
        v->text = str_dup(b->arena, text);
    if (kind == VALUE_NUMBER && !str_to_double(text, &v->number))
        v->kind = VALUE_STRING;
}

/* ---- the record ---- */

void build_keep_record(struct build *b, struct build_record *record)
{
    b->record = record;
}

void build_raw(struct build *b, struct str raw)
{
    b->raw = raw;
}

static void record_scalar(struct build *b)
{
    struct build_record *r = b->record;
    if (!r)
        return;
    r->entry = grow(r->entry, r->count, &r->cap, sizeof *r->entry);
    r->entry[r->count] = (struct build_entry){.raw = b->raw};
    b->entry = r->count++;
    b->raw = (struct str){0};
}

static void record_number(struct build *b, double *place)
{
    if (b->record)
        b->record->entry[b->entry].number = place;
}

static void record_text(struct build *b, struct str *place)
{
    if (b->record)
        b->record->entry[b->entry].text = place;
}

/* What stood at `from` stands at `to` now; NULL: in no place that could be told. */
static void record_moved(struct build *b, const void *from, size_t size, void *to)
{
    uintptr_t begin = (uintptr_t)from;
    for (size_t i = 0; b->record && i < b->record->count; i++) {
        struct build_entry *e = &b->record->entry[i];
        uintptr_t at = (uintptr_t)e->number;
        if (e->number && at >= begin && at < begin + size)
            e->number = to ? (double *)((uintptr_t)to + (at - begin)) : NULL;
    }
}

/* ---- statements and nodes ---- */

static void start_plan(struct build *b, int line)
{
    struct plan *p = arena_alloc(b->arena, sizeof *p);
    p->arena = b->arena;
    p->format = b->format;
    p->line = line;
    p->planning_ms = p->execution_ms = NAN;
    b->plan = p;
    b->node_count = 0;
}

static void finish_plan(struct build *b)
{
    struct plan *p = b->plan;
    b->plan = NULL;
    if (!p || !p->root)
        return;
    p->node_count = (int)b->node_count;
    p->nodes = arena_calloc(b->arena, b->node_count, sizeof *p->nodes);
    memcpy(p->nodes, b->nodes, b->node_count * sizeof *p->nodes);
    convert_judge_options(p);
    b->plans = grow(b->plans, b->plan_count, &b->plan_cap, sizeof *b->plans);
    b->plans[b->plan_count++] = p;
}

static struct frame *parent_node_frame(struct build *b)
{
    for (size_t i = b->depth; i-- > 0;)
        if (b->frames[i].kind == FRAME_NODE)
            return &b->frames[i];
    return NULL;
}

static struct node *new_node(struct build *b, int line)
{
    struct node *n = arena_alloc(b->arena, sizeof *n);
    for (int i = 0; i < PROP_NUM_COUNT; i++)
        n->num[i] = NAN;
    n->line = line;
    b->nodes = grow(b->nodes, b->node_count, &b->node_cap, sizeof(struct node *));
    b->nodes[b->node_count++] = n;
    n->id = (int)b->node_count;
    return n;
}

static void link_node(struct build *b, struct node *n)
{
    struct frame *parent = parent_node_frame(b);
    if (!parent) {
        if (!b->plan->root)
            b->plan->root = n;
        return;
    }
    n->parent = parent->node;
    n->depth = parent->node->depth + 1;
    if (parent->last_child)
        parent->last_child->next = n;
    else
        parent->node->child = n;
    parent->last_child = n;
}

static void enter_node(struct build *b, int line)
{
    struct node *n = new_node(b, line);
    link_node(b, n);
    struct frame *f = push(b, FRAME_NODE, line);
    f->node = n;
    f->tail = &n->props;
    b->open_nodes++;
}

static void node_scalar(struct build *b, struct frame *f, struct str key, enum value_kind kind,
                        struct str text)
{
    enum prop_id id = prop_find(key);
    if (id < PROP_NUM_COUNT && str_to_double(text, &f->node->num[id])) {
        if (id == PROP_ACTUAL_ROWS && memchr(text.p, '.', text.len))
            b->plan->fractional_rows = true;
        record_number(b, &f->node->num[id]);
        return;
    }
    struct prop *kept = new_prop(b, key);
    set_value(b, &kept->value, convert_kind(kept->id, kind, text), text);
    append(f, kept);
    if (convert_is_condition(kept->id) && kept->value.kind == VALUE_STRING)
        record_text(b, &kept->value.text);
    convert_node_prop(f->node, kept);
}

/* ---- an object whose meaning shows only in its members ---- */

/* The words that a scalar was given as. */
static struct str scalar_words(const struct value *v)
{
    if (v->kind == VALUE_BOOL)
        return v->boolean ? STR("true") : STR("false");
    return v->kind == VALUE_NULL ? STR("null") : v->text;
}

static void give_scalar(struct build *b, struct str key, enum value_kind kind, struct str text);

static void replay(struct build *b, struct pending *pending)
{
    for (struct pending *p = pending; p; p = p->next) {
        b->entry = p->entry;
        give_scalar(b, p->prop.key, p->prop.value.kind, scalar_words(&p->prop.value));
    }
}

static void wrap_becomes_query(struct build *b, struct frame *f)
{
    struct pending *pending = f->pending;
    start_plan(b, f->line);
    f->kind = FRAME_QUERY;
    f->starts_plan = true;
    f->tail = &b->plan->extra;
    replay(b, pending);
}

static void wrap_becomes_node(struct build *b, struct frame *f)
{
    struct pending *pending = f->pending;
    int line = f->line;
    start_plan(b, line);
    b->depth--;
    enter_node(b, line);
    top(b)->starts_plan = true;
    replay(b, pending);
}

static void embed(struct build *b, struct str text)
{
    b->embedded = grow(b->embedded, b->embedded_count, &b->embedded_cap, sizeof *b->embedded);
    b->embedded[b->embedded_count++] = str_dup(b->arena, text);
}

static void wrap_scalar(struct build *b, struct frame *f, struct str key, enum value_kind kind,
                        struct str text)
{
    if (prop_find(key) == PROP_NODE_TYPE) {
        size_t entry = b->entry;
        wrap_becomes_node(b, f);
        b->entry = entry;
        give_scalar(b, key, kind, text);
        return;
    }
    struct pending *p = arena_alloc(b->arena, sizeof *p);
    p->prop = *new_prop(b, key);
    p->entry = b->entry;
    set_value(b, &p->prop.value, kind, text);
    if (f->pending)
        f->pending_last->next = p;
    else
        f->pending = p;
    f->pending_last = p;
}

static void close_wrap(struct build *b, struct frame *f)
{
    for (struct pending *p = f->pending; p; p = p->next)
        if (p->prop.value.kind == VALUE_STRING)
            embed(b, p->prop.value.text);
}

/* ---- opening groups ---- */

static void open_value(struct build *b, struct frame *parent, struct str key,
                       enum build_group group, int line)
{
    bool item = parent->value && parent->value->kind == VALUE_LIST;
    struct prop *p = new_prop(b, item ? (struct str){0} : key);
    p->value.kind = group == BUILD_LIST ? VALUE_LIST : VALUE_GROUP;
    append(parent, p);
    if (parent->value)
        parent->value->count++;
    struct frame *f = push(b, FRAME_VALUE, line);
    f->value = &p->value;
    f->varies = p->id == PROP_OUTPUT;
    f->tail = &p->value.items;
}

static void open_jit(struct build *b, struct jit **slot, int line)
{
    if (!*slot)
        *slot = convert_new_jit(b->arena);
    struct jit *jit = *slot;
    push(b, FRAME_JIT, line)->jit = jit;
}

static double *new_numbers(struct build *b)
{
    double *num = arena_calloc(b->arena, PROP_NUM_COUNT, sizeof *num);
    for (int i = 0; i < PROP_NUM_COUNT; i++)
        num[i] = NAN;
    return num;
}

/* A second plan in one object: YAML of auto_explain, one statement after the other. */
static void start_next_plan(struct build *b, struct frame *f, int line)
{
    finish_plan(b);
    start_plan(b, line);
    f->tail = &b->plan->extra;
}

static void open_in_query(struct build *b, struct frame *f, struct str key, enum build_group group,
                          int line)
{
    if (str_is(key, "Plan")) {
        if (b->plan->root)
            start_next_plan(b, f, line);
        enter_node(b, line);
    } else if (str_is(key, "Triggers")) {
        b->plan->triggers_printed = true;
        push(b, FRAME_TRIGGERS, line);
    } else if (str_is(key, "JIT")) {
        open_jit(b, &b->plan->jit, line);
    } else if (str_is(key, "Planning")) {
        b->plan->planning = new_numbers(b);
        push(b, FRAME_PLANNING, line);
    } else if (str_is(key, "Serialization")) {
        b->plan->serialization = new_numbers(b);
        push(b, FRAME_SERIALIZATION, line);
    } else if (str_is(key, "Settings")) {
        b->plan->settings_printed = true;
        push(b, FRAME_SETTINGS, line)->tail = &b->plan->settings;
    } else {
        open_value(b, f, key, group, line);
    }
}

static bool names_query_group(struct str key)
{
    static const char *const groups[] = {"Plan",     "Triggers",      "JIT",
                                         "Planning", "Serialization", "Settings"};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (str_is(key, groups[i]))
            return true;
    return false;
}

static void open_outside(struct build *b, enum build_group group, int line)
{
    push(b, group == BUILD_LIST ? FRAME_ARRAY : FRAME_WRAP, line);
}

static void open_in_wrap(struct build *b, struct frame *f, struct str key, enum build_group group,
                         int line)
{
    bool query = names_query_group(key) && (group == BUILD_OBJECT || str_is(key, "Triggers"));
    if (query)
        wrap_becomes_query(b, f);
    else if (str_is(key, "Plans") || str_is(key, "Workers") || prop_find(key) < PROP_COUNT)
        wrap_becomes_node(b, f);
    else {
        open_outside(b, group, line);
        return;
    }
    build_open(b, key, group, line);
}

static void start_worker(struct build *b)
{
    b->worker = (struct worker){.number = -1};
    for (int i = 0; i < PROP_NUM_COUNT; i++)
        b->worker.num[i] = NAN;
}

static void open_in_node(struct build *b, struct frame *f, struct str key, enum build_group group,
                         int line)
{
    if (str_is(key, "Plans"))
        push(b, FRAME_PLANS, line);
    else if (str_is(key, "Workers"))
        push(b, FRAME_WORKERS, line);
    else
        open_value(b, f, key, group, line);
}

static void open_in_jit(struct build *b, struct frame *f, struct str key, int line)
{
    struct jit *jit = f->jit;
    struct frame *inner = push(b, FRAME_JIT, line);
    inner->jit = jit;
    inner->jit_group = str_dup(b->arena, key);
}

/* The statement around the group that is open. */
static struct frame *query_frame(struct build *b)
{
    for (size_t i = b->depth; i-- > 0;)
        if (b->frames[i].kind == FRAME_QUERY)
            return &b->frames[i];
    BUG("a statement's group outside a statement");
}

static void open_worker(struct build *b, int line)
{
    start_worker(b);
    push(b, FRAME_WORKER, line)->tail = &b->worker.props;
}

static void add_trigger(struct build *b)
{
    struct plan *p = b->plan;
    struct trigger *before = p->triggers;
    size_t size = p->trigger_count * sizeof *before;
    convert_add_trigger(p);
    record_moved(b, before, size, p->triggers);
}

void build_open(struct build *b, struct str key, enum build_group group, int line)
{
    struct frame *f = top(b);
    switch (f ? f->kind : FRAME_ARRAY) {
    case FRAME_ARRAY:
        open_outside(b, group, line);
        break;
    case FRAME_WRAP:
        open_in_wrap(b, f, key, group, line);
        break;
    case FRAME_QUERY:
        open_in_query(b, f, key, group, line);
        break;
    case FRAME_NODE:
        open_in_node(b, f, key, group, line);
        break;
    case FRAME_PLANS:
        enter_node(b, line);
        break;
    case FRAME_WORKERS:
        open_worker(b, line);
        break;
    case FRAME_WORKER:
        if (str_is(key, "JIT"))
            open_jit(b, &b->worker.jit, line);
        else
            open_value(b, f, key, group, line);
        break;
    case FRAME_TRIGGERS:
        push(b, FRAME_TRIGGER, line);
        add_trigger(b);
        break;
    case FRAME_JIT:
        open_in_jit(b, f, key, line);
        break;
    case FRAME_VALUE:
        open_value(b, f, key, group, line);
        break;
    case FRAME_TRIGGER:
    case FRAME_PLANNING:
    case FRAME_SERIALIZATION:
    case FRAME_SETTINGS:
        open_value(b, query_frame(b), key, group, line);
        break;
    }
}

/* ---- scalars ---- */

static void query_scalar(struct build *b, struct frame *f, struct str key, enum value_kind kind,
                         struct str text)
{
    if (b->plan->root && b->plan->query_text.p && str_is(key, "Query Text"))
        start_next_plan(b, f, f->line);
    struct convert_place place = {0};
    if (convert_query_prop(b->plan, key, text, &place)) {
        record_number(b, place.number);
        record_text(b, place.text);
        return;
    }
    struct prop *p = new_prop(b, key);
    set_value(b, &p->value, kind, text);
    append(f, p);
}

static void worker_scalar(struct build *b, struct frame *f, struct str key, enum value_kind kind,
                          struct str text)
{
    enum prop_id id = prop_find(key);
    double v;
    if (id < PROP_NUM_COUNT && str_to_double(text, &b->worker.num[id])) {
        record_number(b, &b->worker.num[id]);
        return;
    }
    bool is_number = str_is(key, "Worker Number") || str_is(key, "Worker-Number");
    if (is_number && str_to_double(text, &v) && v >= 0 && v < INT_MAX) {
        b->worker.number = (int)v;
        return;
    }
    struct prop *p = new_prop(b, key);
    set_value(b, &p->value, convert_kind(p->id, kind, text), text);
    append(f, p);
}

static void value_scalar(struct build *b, struct frame *f, struct str key, enum value_kind kind,
                         struct str text)
{
    bool item = f->value->kind == VALUE_LIST;
    struct prop *p = new_prop(b, item ? (struct str){0} : key);
    if (item && kind != VALUE_NULL)
        kind = VALUE_STRING;
    set_value(b, &p->value, convert_kind(p->id, kind, text), text);
    append(f, p);
    f->value->count++;
    if (f->varies && kind == VALUE_STRING)
        record_text(b, &p->value.text);
}

static void number_group_scalar(struct build *b, double *num, struct str key, struct str text)
{
    enum prop_id id = prop_find(key);
    if (id < PROP_NUM_COUNT && str_to_double(text, &num[id]))
        record_number(b, &num[id]);
}

static void setting_scalar(struct build *b, struct frame *f, struct str key, struct str text)
{
    struct prop *p = arena_alloc(b->arena, sizeof *p);
    p->id = PROP_UNKNOWN;
    p->key = str_dup(b->arena, key);
    p->value.kind = VALUE_STRING;
    p->value.text = str_dup(b->arena, text);
    append(f, p);
}

static void give_scalar(struct build *b, struct str key, enum value_kind kind, struct str text)
{
    struct frame *f = top(b);
    switch (f ? f->kind : FRAME_ARRAY) {
    case FRAME_ARRAY:
        if (kind == VALUE_STRING)
            embed(b, text);
        break;
    case FRAME_WRAP:
        wrap_scalar(b, f, key, kind, text);
        break;
    case FRAME_QUERY:
        query_scalar(b, f, key, kind, text);
        break;
    case FRAME_NODE:
        node_scalar(b, f, key, kind, text);
        break;
    case FRAME_WORKER:
        worker_scalar(b, f, key, kind, text);
        break;
    case FRAME_TRIGGER:
        record_number(b, convert_trigger_prop(b->plan, key, text));
        break;
    case FRAME_JIT:
        record_number(b, convert_jit_prop(f->jit, f->jit_group, key, text));
        break;
    case FRAME_PLANNING:
        number_group_scalar(b, b->plan->planning, key, text);
        break;
    case FRAME_SERIALIZATION:
        number_group_scalar(b, b->plan->serialization, key, text);
        if (str_is(key, "Format"))
            b->plan->serialization_format = str_dup(b->arena, text);
        break;
    case FRAME_SETTINGS:
        setting_scalar(b, f, key, text);
        break;
    case FRAME_VALUE:
        value_scalar(b, f, key, kind, text);
        break;
    case FRAME_PLANS:
    case FRAME_WORKERS:
    case FRAME_TRIGGERS:
        break; /* lists of objects: a stray scalar says nothing */
    }
}

void build_scalar(struct build *b, struct str key, enum value_kind kind, struct str text)
{
    record_scalar(b);
    give_scalar(b, key, kind, text);
}

static struct node *current_node(struct build *b)
{
    struct frame *f = top(b);
    if (!f || f->kind != FRAME_NODE)
        BUG("a node's property outside a node");
    return f->node;
}

void build_num(struct build *b, enum prop_id id, double v)
{
    double *place = &current_node(b)->num[id];
    record_scalar(b);
    record_number(b, place);
    *place = v;
}

static struct prop *known_prop(struct build *b, enum prop_id id)
{
    struct prop *p = arena_alloc(b->arena, sizeof *p);
    p->id = id;
    p->key = str_of(prop_info[id].key);
    append(top(b), p);
    return p;
}

void build_text(struct build *b, enum prop_id id, struct str text)
{
    struct node *n = current_node(b);
    struct prop *p = known_prop(b, id);
    record_scalar(b);
    if (convert_is_condition(id))
        record_text(b, &p->value.text);
    set_value(b, &p->value, VALUE_STRING, text);
    convert_node_prop(n, p);
}

void build_flag(struct build *b, enum prop_id id, bool v)
{
    struct node *n = current_node(b);
    struct prop *p = known_prop(b, id);
    p->value = (struct value){.kind = VALUE_BOOL, .boolean = v};
    convert_node_prop(n, p);
}

/* ---- closing ---- */

static void judge_node(struct node *n)
{
    double loops = n->num[PROP_ACTUAL_LOOPS];
    n->never_executed = num_known(loops) && loops == 0;
}

void build_judge_again(struct plan *p)
{
    for (int i = 0; i < p->node_count; i++)
        judge_node(p->nodes[i]);
}

static void close_node(struct build *b, struct frame *f)
{
    struct node *n = f->node;
    size_t size = n->worker_count * sizeof *n->workers;
    if (convert_merge_workers(b->arena, n))
        record_moved(b, n->workers, size, NULL);
    judge_node(n);
    b->open_nodes--;
}

static void add_worker(struct build *b, struct node *n)
{
    struct worker *before = n->workers;
    size_t size = n->worker_count * sizeof *before;
    convert_add_worker(b->arena, n, &b->worker);
    record_moved(b, before, size, n->workers);
    record_moved(b, &b->worker, sizeof b->worker, &n->workers[n->worker_count - 1]);
}

void build_close(struct build *b)
{
    struct frame *f = top(b);
    if (!f)
        BUG("close without open");
    bool ends_plan = f->starts_plan;
    switch (f->kind) {
    case FRAME_WRAP:
        close_wrap(b, f);
        break;
    case FRAME_NODE:
        close_node(b, f);
        break;
    case FRAME_WORKER:
        add_worker(b, parent_node_frame(b)->node);
        break;
    default:
        break;
    }
    b->depth--;
    if (ends_plan)
        finish_plan(b);
}

/* ---- questions and the end ---- */

int build_depth(const struct build *b)
{
    return (int)b->depth;
}

int build_open_nodes(const struct build *b)
{
    return b->open_nodes;
}

int build_node_count(const struct build *b)
{
    return b->plan ? (int)b->node_count : 0;
}

struct plan *build_plan(struct build *b)
{
    return b->plan;
}

size_t build_embedded(const struct build *b, const struct str **out)
{
    *out = b->embedded;
    return b->embedded_count;
}

void build_truncate(struct build *b)
{
    if (b->plan)
        b->plan->truncated = true;
    while (b->depth)
        build_close(b);
}

void build_abandon(struct build *b)
{
    free(b->frames);
    free(b->nodes);
    free(b->plans);
    free(b->embedded);
    free(b);
}

struct plan **build_finish(struct build *b, size_t *count)
{
    struct plan **plans = arena_calloc(b->arena, b->plan_count, sizeof(struct plan *));
    if (b->plan_count)
        memcpy(plans, b->plans, b->plan_count * sizeof(struct plan *));
    *count = b->plan_count;
    build_abandon(b);
    return plans;
}
