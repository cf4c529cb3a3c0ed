/* A plan written again as EXPLAIN would print it. */
#include "base/json.h"
#include "base/text.h"
#include "ui/raw.h"

enum { INDENT_MAX = 200 };

static void new_line(struct buf *out, int indent)
{
    buf_addc(out, '\n');
    buf_fill(out, ' ', (size_t)(indent < INDENT_MAX ? indent : INDENT_MAX));
}

static void add_string(struct buf *out, struct str s)
{
    struct json_writer w;
    json_writer_init(&w, out, false);
    json_string(&w, s);
}

/* "Key": at the start of a member. */
static void add_key(struct buf *out, struct str key, int indent, bool *first)
{
    if (!*first)
        buf_addc(out, ',');
    *first = false;
    new_line(out, indent);
    add_string(out, key);
    buf_adds(out, ": ");
}

static void add_number(struct buf *out, double v, int decimals)
{
    text_add_decimal(out, v, v == floor(v) && decimals == 0 ? 0 : decimals, decimals == 0);
}

static void add_scalar(struct buf *out, const struct value *v)
{
    if (v->kind == VALUE_NULL)
        buf_adds(out, "null");
    else if (v->kind == VALUE_BOOL)
        buf_adds(out, v->boolean ? "true" : "false");
    else if (v->kind == VALUE_NUMBER)
        buf_addstr(out, v->text);
    else
        add_string(out, v->text);
}

static bool is_open(const struct value *v)
{
    return v->kind == VALUE_LIST || v->kind == VALUE_GROUP;
}

/* One element or member: its key, its value if that is a scalar. */
static void add_item(struct buf *out, const struct prop *item, const struct value *in,
                     const struct prop *first)
{
    buf_adds(out, item == first ? "" : ", ");
    if (in->kind == VALUE_GROUP) {
        add_string(out, item->key);
        buf_adds(out, ": ");
    }
    if (!is_open(&item->value))
        add_scalar(out, &item->value);
}

/* EXPLAIN nests values a few levels deep; what an input nests deeper is left out. */
enum { VALUE_DEPTH = 32 };

static void add_value(struct buf *out, const struct value *v)
{
    struct {
        const struct value *in;
        const struct prop *next;
    } stack[VALUE_DEPTH];
    int depth = 0;
    if (!is_open(v)) {
        add_scalar(out, v);
        return;
    }
    buf_addc(out, v->kind == VALUE_LIST ? '[' : '{');
    stack[depth].in = v;
    stack[depth++].next = v->items;
    while (depth) {
        const struct value *in = stack[depth - 1].in;
        const struct prop *item = stack[depth - 1].next;
        if (!item) {
            buf_addc(out, in->kind == VALUE_LIST ? ']' : '}');
            depth--;
            continue;
        }
        stack[depth - 1].next = item->next;
        add_item(out, item, in, in->items);
        if (!is_open(&item->value))
            continue;
        buf_addc(out, item->value.kind == VALUE_LIST ? '[' : '{');
        if (depth == VALUE_DEPTH) {
            buf_addc(out, item->value.kind == VALUE_LIST ? ']' : '}');
            continue;
        }
        stack[depth].in = &item->value;
        stack[depth++].next = item->value.items;
    }
}

static const char *const rel_name[] = {
    [REL_OUTER] = "Outer",       [REL_INNER] = "Inner",       [REL_MEMBER] = "Member",
    [REL_SUBQUERY] = "Subquery", [REL_INITPLAN] = "InitPlan", [REL_SUBPLAN] = "SubPlan",
    [REL_CHILD] = "child",
};

/* Names and kinds come before the figures, all else after them. */
static bool is_head(enum prop_id id)
{
    return id >= PROP_NODE_TYPE && id <= PROP_DISABLED;
}

static void add_props(struct buf *out, const struct node *n, bool head, int indent, bool *first)
{
    for (const struct prop *p = n->props; p; p = p->next) {
        bool told = p->id == PROP_NODE_TYPE || p->id == PROP_PARENT_RELATIONSHIP;
        if (told || is_head(p->id) != head)
            continue;
        add_key(out, p->key, indent, first);
        add_value(out, &p->value);
    }
}

static void add_figures(struct buf *out, const double *num, int from, int to, int indent,
                        bool *first)
{
    for (int id = from; id < to; id++) {
        if (isnan(num[id]))
            continue;
        add_key(out, str_of(prop_info[id].key), indent, first);
        add_number(out, num[id], prop_info[id].decimals);
    }
}

static void add_flag(struct buf *out, const char *key, bool value, int indent, bool *first)
{
    add_key(out, str_of(key), indent, first);
    buf_adds(out, value ? "true" : "false");
}

static void add_workers(struct buf *out, const struct node *n, int indent, bool *first)
{
    if (!n->worker_count)
        return;
    add_key(out, STR("Workers"), indent, first);
    buf_addc(out, '[');
    for (size_t i = 0; i < n->worker_count; i++) {
        bool none = true;
        buf_adds(out, i ? "," : "");
        new_line(out, indent + 2);
        buf_addc(out, '{');
        add_key(out, STR("Worker Number"), indent + 4, &none);
        text_add_int(out, n->workers[i].number);
        add_figures(out, n->workers[i].num, 0, PROP_NUM_COUNT, indent + 4, &none);
        new_line(out, indent + 2);
        buf_addc(out, '}');
    }
    new_line(out, indent);
    buf_addc(out, ']');
}

static bool has_text(const struct node *n, enum prop_id id)
{
    return node_value(n, id) != NULL;
}

static void open_node(struct buf *out, const struct node *n, int indent)
{
    bool first = true;
    buf_addc(out, '{');
    add_key(out, STR("Node Type"), indent, &first);
    add_string(out, n->type_name);
    if (rel_name[n->rel]) {
        add_key(out, STR("Parent Relationship"), indent, &first);
        add_string(out, str_of(rel_name[n->rel]));
    }
    if (!has_text(n, PROP_PARALLEL_AWARE))
        add_flag(out, "Parallel Aware", n->parallel_aware, indent, &first);
    add_props(out, n, true, indent, &first);
    add_figures(out, n->num, PROP_STARTUP_COST, PROP_ACTUAL_LOOPS + 1, indent, &first);
    add_props(out, n, false, indent, &first);
    add_figures(out, n->num, PROP_ACTUAL_LOOPS + 1, PROP_NUM_COUNT, indent, &first);
    add_workers(out, n, indent, &first);
}

static int json_indent(const struct node *n)
{
    return n->depth < INDENT_MAX ? 6 + 4 * n->depth : INDENT_MAX;
}

/* Close n, and whatever ends with it. Returns the node to go on with, NULL at the end. */
static const struct node *close_node(struct buf *out, const struct node *n)
{
    for (;;) {
        new_line(out, json_indent(n) - 2);
        buf_addc(out, '}');
        if (!n->parent)
            return NULL;
        if (n->next) {
            buf_addc(out, ',');
            new_line(out, json_indent(n->next) - 2);
            return n->next;
        }
        n = n->parent;
        new_line(out, json_indent(n));
        buf_addc(out, ']');
    }
}

static void add_tree(struct buf *out, const struct plan *p)
{
    const struct node *n = p->root;
    while (n) {
        open_node(out, n, json_indent(n));
        if (n->child) {
            bool first = false;
            add_key(out, STR("Plans"), json_indent(n), &first);
            buf_addc(out, '[');
            new_line(out, json_indent(n->child) - 2);
            n = n->child;
        } else {
            n = close_node(out, n);
        }
    }
}

void explain_add_json(struct buf *out, const struct plan *p)
{
    bool first = true;
    buf_adds(out, "[\n  {");
    if (p->query_text.len) {
        add_key(out, STR("Query Text"), 4, &first);
        add_string(out, p->query_text);
    }
    add_key(out, STR("Plan"), 4, &first);
    add_tree(out, p);
    if (p->settings) {
        bool none = true;
        add_key(out, STR("Settings"), 4, &first);
        buf_addc(out, '{');
        for (const struct prop *s = p->settings; s; s = s->next) {
            add_key(out, s->key, 6, &none);
            add_value(out, &s->value);
        }
        new_line(out, 4);
        buf_addc(out, '}');
    }
    if (num_known(p->planning_ms)) {
        add_key(out, STR("Planning Time"), 4, &first);
        add_number(out, p->planning_ms, 3);
    }
    if (num_known(p->execution_ms)) {
        add_key(out, STR("Execution Time"), 4, &first);
        add_number(out, p->execution_ms, 3);
    }
    buf_adds(out, "\n  }\n]\n");
}

/* The text format: "->  Seq Scan on t  (cost=.. rows=.. width=..) (actual time=.. rows=.. loops=..)"
 */
static void add_pair(struct buf *out, const char *name, double from, double to, int decimals)
{
    buf_printf(out, "%s=", name);
    text_add_decimal(out, from, decimals, false);
    buf_adds(out, "..");
    text_add_decimal(out, to, decimals, false);
}

static void add_costs(struct buf *out, const struct node *n)
{
    const double *num = n->num;
    if (num_known(num[PROP_TOTAL_COST])) {
        buf_adds(out, "  (");
        add_pair(out, "cost", num_or(num[PROP_STARTUP_COST], 0), num[PROP_TOTAL_COST], 2);
        buf_printf(out, " rows=%.0f width=%.0f)", num_or(num[PROP_PLAN_ROWS], 0),
                   num_or(num[PROP_PLAN_WIDTH], 0));
    }
    if (n->never_executed) {
        buf_adds(out, " (never executed)");
    } else if (num_known(num[PROP_ACTUAL_ROWS])) {
        buf_adds(out, " (actual ");
        if (num_known(num[PROP_ACTUAL_TOTAL_TIME])) {
            add_pair(out, "time", num[PROP_ACTUAL_STARTUP_TIME], num[PROP_ACTUAL_TOTAL_TIME], 3);
            buf_addc(out, ' ');
        }
        buf_adds(out, "rows=");
        text_add_decimal(out, num[PROP_ACTUAL_ROWS], 2, true);
        buf_printf(out, " loops=%.0f)", num_or(num[PROP_ACTUAL_LOOPS], 1));
    }
}

static int text_indent(const struct node *n)
{
    return n->depth < INDENT_MAX ? 2 + 6 * n->depth : INDENT_MAX;
}

static void add_text_value(struct buf *out, const struct value *v)
{
    for (const struct prop *item = v->kind == VALUE_LIST ? v->items : NULL; item;
         item = item->next) {
        buf_adds(out, item == v->items ? "" : ", ");
        if (item->value.kind == VALUE_STRING)
            buf_addstr(out, item->value.text);
    }
    if (v->kind == VALUE_STRING || v->kind == VALUE_NUMBER)
        buf_addstr(out, v->text);
    else if (v->kind == VALUE_BOOL)
        buf_adds(out, v->boolean ? "true" : "false");
}

static void add_text_props(struct buf *out, const struct node *n)
{
    for (const struct prop *p = n->props; p; p = p->next) {
        if (is_head(p->id) || p->value.kind == VALUE_GROUP || p->value.kind == VALUE_NULL)
            continue;
        new_line(out, text_indent(n));
        buf_printf(out, "%.*s: ", STR_ARG(p->key));
        add_text_value(out, &p->value);
    }
    for (int id = PROP_ACTUAL_LOOPS + 1; id < PROP_NUM_COUNT; id++) {
        double v = n->num[id];
        bool blocks = id >= PROP_SHARED_HIT && id <= PROP_WAL_FPI_BYTES;
        if (isnan(v) || v == 0 || blocks)
            continue;
        new_line(out, text_indent(n));
        buf_printf(out, "%s: ", prop_info[id].key);
        add_number(out, v, prop_info[id].decimals);
    }
    if (n->num[PROP_SHARED_HIT] + num_or(n->num[PROP_SHARED_READ], 0) > 0) {
        new_line(out, text_indent(n));
        buf_printf(out, "Buffers: shared hit=%.0f", n->num[PROP_SHARED_HIT]);
        if (n->num[PROP_SHARED_READ] > 0)
            buf_printf(out, " read=%.0f", n->num[PROP_SHARED_READ]);
    }
}

void explain_add_text(struct buf *out, const struct plan *p)
{
    for (const struct node *n = p->root; n; n = node_walk(n, p->root)) {
        struct str name = node_text(n, PROP_SUBPLAN_NAME);
        int indent = n->depth ? text_indent(n) - 6 : 0;
        if (n->depth)
            new_line(out, indent);
        if (name.len) {
            buf_addstr(out, name);
            new_line(out, indent + 2);
        }
        buf_adds(out, n->depth ? "->  " : "");
        node_add_title(out, n);
        add_costs(out, n);
        add_text_props(out, n);
    }
    if (num_known(p->planning_ms)) {
        buf_adds(out, "\nPlanning Time: ");
        add_number(out, p->planning_ms, 3);
        buf_adds(out, " ms");
    }
    if (num_known(p->execution_ms)) {
        buf_adds(out, "\nExecution Time: ");
        add_number(out, p->execution_ms, 3);
        buf_adds(out, " ms");
    }
    buf_addc(out, '\n');
}
