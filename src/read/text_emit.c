/*
 * The lines of a text plan as the builder's events.
 *
 * Text leaves out what is zero, false or the default; JSON prints it. What is certain is
 * filled in here, so that the same plan in both formats gives the same tree:
 *
 *   - Parallel Aware, Scan Direction, Join Type, Strategy, Partial Mode, Operation,
 *     Single Copy, Command; an alias that equals the name
 *   - Inner Unique false, where Output lists show that VERBOSE was on
 *   - buffers, WAL and I/O times of zero, where any line shows that the option was on
 *   - rows removed of zero, where the condition is there and the plan was executed
 *   - heap blocks, original buckets and batches, planned partitions, disk usage of zero
 *   - all figures of a node that was never executed
 *
 * What text does not say at all is listed in tests/plan_equal.h. Nothing is filled in
 * where a person elided part of the plan.
 */
#include "read/text_impl.h"

#include <stdlib.h>

#include "base/arena.h"
#include "plan/build.h"

/* ---- properties ---- */

static void mark_seen(struct text_emit *e, enum prop_id id)
{
    e->seen[id / 64] |= (uint64_t)1 << id % 64;
}

bool text_seen(const struct text_emit *e, enum prop_id id)
{
    return (e->seen[id / 64] >> id % 64 & 1) != 0;
}

void text_put_num(struct text_emit *e, enum prop_id id, struct str digits)
{
    double v;
    if (!str_to_double(digits, &v))
        return;
    mark_seen(e, id);
    build_raw(e->b, digits);
    if (e->in_group)
        build_scalar(e->b, str_of(prop_info[id].key), VALUE_NUMBER, digits);
    else
        build_num(e->b, id, v);
}

static void put_value(struct text_emit *e, enum prop_id id, double v, struct str digits)
{
    if (num_known(v)) {
        mark_seen(e, id);
        build_raw(e->b, digits);
        build_num(e->b, id, v);
    }
}

static bool is_flag(enum prop_id id)
{
    return id == PROP_INNER_UNIQUE || id == PROP_SINGLE_COPY || id == PROP_DISABLED;
}

void text_put_text(struct text_emit *e, enum prop_id id, struct str text)
{
    mark_seen(e, id);
    build_raw(e->b, text);
    if (is_flag(id) && !e->in_group)
        build_flag(e->b, id, str_is(text, "true"));
    else if (e->in_group)
        build_scalar(e->b, str_of(prop_info[id].key), VALUE_STRING, text);
    else
        build_text(e->b, id, text);
}

void text_put_list(struct text_emit *e, enum prop_id id, struct str items)
{
    struct str item;
    mark_seen(e, id);
    build_open(e->b, str_of(prop_info[id].key), BUILD_LIST, 0);
    while (text_next_item(&items, &item))
        build_scalar(e->b, (struct str){0}, VALUE_STRING, item);
    build_close(e->b);
}

static void put_word(struct text_emit *e, enum prop_id id, const char *word)
{
    text_put_text(e, id, str_of(word));
}

void text_put_zero(struct text_emit *e, enum prop_id id)
{
    if (!text_seen(e, id))
        text_put_num(e, id, STR("0"));
}

/* ---- what a node is ---- */

static enum prop_id object_prop(enum node_type type)
{
    switch (type) {
    case NODE_FUNCTION_SCAN:
        return PROP_FUNCTION_NAME;
    case NODE_TABLE_FUNCTION_SCAN:
        return PROP_TABLE_FUNCTION_NAME;
    case NODE_CTE_SCAN:
    case NODE_WORKTABLE_SCAN:
        return PROP_CTE_NAME;
    case NODE_NAMED_TUPLESTORE_SCAN:
        return PROP_TUPLESTORE_NAME;
    case NODE_SUBQUERY_SCAN:
    case NODE_VALUES_SCAN:
        return PROP_ALIAS;
    default:
        return PROP_RELATION_NAME;
    }
}

static void put_name(struct text_emit *e, enum prop_id id, struct str name)
{
    if (name.len)
        text_put_text(e, id, name);
}

static void put_index(struct text_emit *e, struct str index)
{
    text_put_text(e, PROP_INDEX_NAME, text_identifier(e->p->arena, &index));
}

void text_put_target(struct text_emit *e, const struct text_node *n)
{
    enum node_type type = text_node_type(n);
    struct str rest = n->target, schema = {0}, object, alias = {0};
    if (n->index.len)
        put_index(e, n->index);
    if (!rest.len)
        return;
    if (type == NODE_BITMAP_INDEX_SCAN) {
        put_index(e, rest);
        return;
    }
    object = text_identifier(e->p->arena, &rest);
    if (rest.len && rest.p[0] == '.') {
        rest = str_sub(rest, 1, rest.len);
        schema = object;
        object = text_identifier(e->p->arena, &rest);
    }
    rest = str_trim(rest);
    if (rest.len)
        alias = text_identifier(e->p->arena, &rest);
    enum prop_id id = object_prop(type);
    put_name(e, id, object);
    put_name(e, PROP_SCHEMA, schema);
    if (id != PROP_ALIAS)
        put_name(e, PROP_ALIAS, alias.len ? alias : object);
}

/* "InitPlan", "SubPlan", or the place among the parent's inputs. */
static const char *relationship(const struct text_plan *p, const struct text_node *n, int place)
{
    if (n->label >= 0)
        return str_starts(p->lines[n->label].body, "SubPlan ") ? "SubPlan" : "InitPlan";
    const struct text_node *parent = &p->nodes[n->parent];
    switch (text_node_type(parent)) {
    case NODE_APPEND:
    case NODE_MERGE_APPEND:
    case NODE_BITMAP_AND:
    case NODE_BITMAP_OR:
        return "Member";
    case NODE_MODIFY_TABLE:
        return parent->children > 1 ? "Member" : "Outer";
    case NODE_SUBQUERY_SCAN:
        return "Subquery";
    case NODE_CUSTOM_SCAN:
        return parent->children > 1 ? "children" : "child";
    default:
        return place == 0 ? "Outer" : "Inner";
    }
}

static void put_partial_mode(struct text_emit *e, const struct text_node *n)
{
    static const char *const words[] = {
        [PARTIAL_NONE] = "Simple", [PARTIAL_PARTIAL] = "Partial", [PARTIAL_FINALIZE] = "Finalize"};
    if (text_node_type(n) == NODE_AGGREGATE || n->partial != PARTIAL_NONE)
        put_word(e, PROP_PARTIAL_MODE, words[n->partial]);
}

static void put_type(struct text_emit *e, const struct text_node *n)
{
    enum node_type type = text_node_type(n);
    const struct text_type *t = n->type;
    if (t)
        put_word(e, PROP_NODE_TYPE, node_info[type].name);
    else
        text_put_text(e, PROP_NODE_TYPE, n->name);
    if (t && t->strategy)
        put_word(e, PROP_STRATEGY, t->strategy);
    put_partial_mode(e, n);
    if (t && t->operation)
        put_word(e, PROP_OPERATION, t->operation);
    if (type == NODE_CUSTOM_SCAN)
        put_name(e, PROP_CUSTOM_PLAN_PROVIDER, n->note);
    else if (n->note.len)
        build_scalar(e->b, STR("Note"), VALUE_STRING, n->note);
    if (t && t->join)
        put_word(e, PROP_JOIN_TYPE, t->join);
    if (t && t->command)
        put_word(e, PROP_COMMAND, t->command);
    if (type == NODE_INDEX_SCAN || type == NODE_INDEX_ONLY_SCAN)
        put_word(e, PROP_SCAN_DIRECTION, t->backward ? "Backward" : "Forward");
    build_flag(e->b, PROP_PARALLEL_AWARE, n->parallel);
    if (n->async)
        build_flag(e->b, PROP_ASYNC_CAPABLE, true);
}

static void put_figures(struct text_emit *e, const struct text_node *n)
{
    static const enum prop_id ids[FIG_COUNT] = {
        [FIG_STARTUP_COST] = PROP_STARTUP_COST,
        [FIG_TOTAL_COST] = PROP_TOTAL_COST,
        [FIG_PLAN_ROWS] = PROP_PLAN_ROWS,
        [FIG_PLAN_WIDTH] = PROP_PLAN_WIDTH,
        [FIG_STARTUP_TIME] = PROP_ACTUAL_STARTUP_TIME,
        [FIG_TOTAL_TIME] = PROP_ACTUAL_TOTAL_TIME,
        [FIG_ROWS] = PROP_ACTUAL_ROWS,
        [FIG_LOOPS] = PROP_ACTUAL_LOOPS,
    };
    const struct str none = {0};
    for (int f = 0; f < FIG_COUNT; f++)
        put_value(e, ids[f], n->fig[f], n->digits[f]);
    if (memchr(n->digits[FIG_ROWS].p ? n->digits[FIG_ROWS].p : "", '.', n->digits[FIG_ROWS].len))
        build_plan(e->b)->fractional_rows = true;
    if (!n->never_executed)
        return;
    put_value(e, PROP_ACTUAL_ROWS, 0, none);
    put_value(e, PROP_ACTUAL_LOOPS, 0, none);
    if (e->p->has_time) {
        put_value(e, PROP_ACTUAL_STARTUP_TIME, 0, none);
        put_value(e, PROP_ACTUAL_TOTAL_TIME, 0, none);
    }
}

/* ---- what text leaves out ---- */

static void fill_executed(struct text_emit *e, enum node_type type)
{
    const struct text_node *n = e->node;
    static const enum prop_id removed[][2] = {
        {PROP_FILTER, PROP_ROWS_REMOVED_FILTER},
        {PROP_JOIN_FILTER, PROP_ROWS_REMOVED_JOIN_FILTER},
        {PROP_RECHECK_COND, PROP_ROWS_REMOVED_RECHECK},
        {PROP_CONFLICT_FILTER, PROP_ROWS_REMOVED_CONFLICT},
    };
    for (size_t i = 0; i < sizeof removed / sizeof removed[0]; i++)
        if (text_seen(e, removed[i][0]))
            text_put_zero(e, removed[i][1]);
    if (n->type && n->type->operation && strcmp(n->type->operation, "Merge") == 0)
        for (int id = PROP_TUPLES_INSERTED; id <= PROP_TUPLES_SKIPPED; id++)
            text_put_zero(e, (enum prop_id)id);
    bool index = type == NODE_INDEX_SCAN || type == NODE_INDEX_ONLY_SCAN;
    if (index && text_seen(e, PROP_INDEX_COND))
        text_put_zero(e, PROP_ROWS_REMOVED_RECHECK);
    if (type == NODE_BITMAP_HEAP_SCAN) {
        text_put_zero(e, PROP_EXACT_HEAP_BLOCKS);
        text_put_zero(e, PROP_LOSSY_HEAP_BLOCKS);
    }
    if (text_seen(e, PROP_HASHAGG_BATCHES)) {
        text_put_zero(e, PROP_DISK_USAGE);
        if (e->p->has_costs)
            text_put_zero(e, PROP_PLANNED_PARTITIONS);
    }
}

static void fill_io_times(struct text_emit *e)
{
    text_put_zero(e, e->p->shared_io_timing ? PROP_SHARED_IO_READ_TIME : PROP_IO_READ_TIME);
    text_put_zero(e, e->p->shared_io_timing ? PROP_SHARED_IO_WRITE_TIME : PROP_IO_WRITE_TIME);
    if (e->p->shared_io_timing) {
        text_put_zero(e, PROP_TEMP_IO_READ_TIME);
        text_put_zero(e, PROP_TEMP_IO_WRITE_TIME);
    }
}

static void fill_node(struct text_emit *e)
{
    enum node_type type = text_node_type(e->node);
    if (type == NODE_GATHER && !text_seen(e, PROP_SINGLE_COPY))
        build_flag(e->b, PROP_SINGLE_COPY, false);
    if (e->p->elided)
        return;
    if (e->p->has_actual)
        fill_executed(e, type);
    if ((node_info[type].traits & TRAIT_JOIN) && text_seen(e, PROP_OUTPUT) &&
        !text_seen(e, PROP_INNER_UNIQUE))
        build_flag(e->b, PROP_INNER_UNIQUE, false);
    if (e->p->has_buffers)
        text_fill_buffers(e);
    if (e->p->has_io_timing)
        fill_io_times(e);
    if (e->p->has_wal) {
        text_put_zero(e, PROP_WAL_RECORDS);
        text_put_zero(e, PROP_WAL_FPI);
        text_put_zero(e, PROP_WAL_BYTES);
    }
}

/* ---- the tree ---- */

/* The path of open nodes; places: how many inputs of each were printed. */
struct path {
    size_t *nodes;
    int *places;
    bool *lists; /* its "Plans" is open */
    size_t depth;
};

static void close_nodes(struct text_emit *e, struct path *path, size_t depth)
{
    for (; path->depth > depth; path->depth--) {
        if (path->lists[path->depth - 1])
            build_close(e->b);
        build_close(e->b);
    }
}

/* Close what does not lead to the parent of node i, open its "Plans". */
static int enter_parent(struct text_emit *e, struct path *path, size_t i)
{
    ptrdiff_t parent = e->p->nodes[i].parent;
    size_t depth = path->depth;
    while (depth > 0 && (ptrdiff_t)path->nodes[depth - 1] != parent)
        depth--;
    close_nodes(e, path, depth);
    if (depth == 0)
        return 0;
    if (!path->lists[depth - 1]) {
        build_open(e->b, STR("Plans"), BUILD_LIST, 0);
        path->lists[depth - 1] = true;
    }
    return e->p->nodes[i].label < 0 ? path->places[depth - 1]++ : 0;
}

static void open_node(struct text_emit *e, struct path *path, size_t i, int line)
{
    const struct text_node *n = &e->p->nodes[i];
    int place = enter_parent(e, path, i);
    build_open(e->b, i == 0 ? STR("Plan") : (struct str){0}, BUILD_OBJECT,
               line - 1 + (int)e->p->lines[n->at].line);
    path->nodes[path->depth] = i;
    path->places[path->depth] = 0;
    path->lists[path->depth++] = false;
    e->node = n;
    e->in_group = false;
    memset(e->seen, 0, sizeof e->seen);
    put_type(e, n);
    if (n->parent >= 0)
        put_word(e, PROP_PARENT_RELATIONSHIP, relationship(e->p, n, place));
    if (n->label >= 0)
        text_put_text(e, PROP_SUBPLAN_NAME, e->p->lines[n->label].body);
    text_put_target(e, n);
    put_figures(e, n);
}

static void finish_node(struct text_emit *e)
{
    if (e->node)
        fill_node(e);
    e->node = NULL;
}

static void emit_lines(struct text_emit *e, struct path *path, int line)
{
    size_t next = 0;
    for (size_t at = 0; at < e->p->line_count;) {
        switch (e->p->lines[at].kind) {
        case TEXT_NODE:
            finish_node(e);
            open_node(e, path, next++, line);
            at++;
            break;
        case TEXT_LABEL: /* read with its node */
            at++;
            break;
        case TEXT_DETAIL:
            at += e->node ? text_detail(e, at) : 1;
            break;
        case TEXT_TOP:
            finish_node(e);
            close_nodes(e, path, 0);
            at += text_top(e, at);
            break;
        }
    }
    finish_node(e);
    close_nodes(e, path, 0);
}

void text_emit(struct build *b, const struct text_plan *p, int line)
{
    struct text_emit e = {.b = b, .p = p};
    size_t n = p->node_count;
    struct path path = {.nodes = xcalloc(n, sizeof *path.nodes),
                        .places = xcalloc(n, sizeof *path.places),
                        .lists = xcalloc(n, sizeof *path.lists)};
    build_open(b, (struct str){0}, BUILD_OBJECT, line - 1 + (int)p->lines[0].line);
    emit_lines(&e, &path, line);
    struct plan *plan = build_plan(b);
    if (plan) {
        plan->guessed_tree = p->guessed_tree;
        plan->elided = p->elided;
        plan->truncated = p->head_cut || p->tail_cut;
    }
    build_close(b);
    free(path.nodes);
    free(path.places);
    free(path.lists);
}
