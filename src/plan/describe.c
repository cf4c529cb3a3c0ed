/* Nodes in the words of EXPLAIN's text format (PostgreSQL's ExplainNode and ExplainScanTarget). */
#include "plan/plan.h"

static const char *const join_words[] = {
    [JOIN_LEFT] = " Left",
    [JOIN_FULL] = " Full",
    [JOIN_RIGHT] = " Right",
    [JOIN_SEMI] = " Semi",
    [JOIN_ANTI] = " Anti",
    [JOIN_RIGHT_ANTI] = " Right Anti",
    [JOIN_RIGHT_SEMI] = " Right Semi",
};
static const char *const partial_words[] = {
    [PARTIAL_PARTIAL] = "Partial ",
    [PARTIAL_FINALIZE] = "Finalize ",
};
static const char *const aggregate_words[] = {
    [AGG_NONE] = "Aggregate",       [AGG_PLAIN] = "Aggregate",      [AGG_SORTED] = "GroupAggregate",
    [AGG_HASHED] = "HashAggregate", [AGG_MIXED] = "MixedAggregate",
};

static void add_join(struct buf *b, const struct node *n)
{
    if (n->type == NODE_NESTED_LOOP) {
        buf_adds(b, "Nested Loop");
        if (n->join > JOIN_INNER)
            buf_printf(b, "%s Join", join_words[n->join]);
        return;
    }
    buf_adds(b, n->type == NODE_HASH_JOIN ? "Hash" : "Merge");
    if (n->join > JOIN_INNER)
        buf_adds(b, join_words[n->join]);
    buf_adds(b, " Join");
}

static void add_set_op(struct buf *b, const struct node *n)
{
    struct str command = node_text(n, PROP_COMMAND);
    buf_adds(b, n->strategy == AGG_HASHED ? "HashSetOp" : "SetOp");
    if (command.len) {
        buf_addc(b, ' ');
        buf_addstr(b, command);
    }
}

void node_add_name(struct buf *b, const struct node *n)
{
    struct str operation = node_text(n, PROP_OPERATION);
    if (n->parallel_aware)
        buf_adds(b, "Parallel ");
    if (n->async_capable)
        buf_adds(b, "Async ");
    if (partial_words[n->partial])
        buf_adds(b, partial_words[n->partial]);
    if (n->type == NODE_AGGREGATE)
        buf_adds(b, aggregate_words[n->strategy]);
    else if (node_has_trait(n, TRAIT_JOIN))
        add_join(b, n);
    else if (n->type == NODE_SET_OP)
        add_set_op(b, n);
    else if (n->type == NODE_MODIFY_TABLE && operation.len)
        buf_addstr(b, operation);
    else if (n->type == NODE_FOREIGN_SCAN && operation.len && !str_is(operation, "Select"))
        buf_printf(b, "Foreign %.*s", STR_ARG(operation));
    else if (n->type == NODE_CUSTOM_SCAN && node_text(n, PROP_CUSTOM_PLAN_PROVIDER).len)
        buf_printf(b, "Custom Scan (%.*s)", STR_ARG(node_text(n, PROP_CUSTOM_PLAN_PROVIDER)));
    else
        buf_addstr(b, n->type_name);
    if (n->backward)
        buf_adds(b, " Backward");
}

static struct str target_object(const struct node *n)
{
    static const enum prop_id objects[] = {PROP_RELATION_NAME, PROP_FUNCTION_NAME,
                                           PROP_TABLE_FUNCTION_NAME, PROP_CTE_NAME};
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        struct str s = node_text(n, objects[i]);
        if (s.len)
            return s;
    }
    return (struct str){0};
}

void node_add_target(struct buf *b, const struct node *n)
{
    struct str index = node_text(n, PROP_INDEX_NAME), object = target_object(n);
    struct str schema = node_text(n, PROP_SCHEMA), alias = node_text(n, PROP_ALIAS);
    size_t start = b->len;
    if (index.len)
        buf_printf(b, "%s %.*s", n->type == NODE_BITMAP_INDEX_SCAN ? "on" : "using",
                   STR_ARG(index));
    if (!object.len && !alias.len)
        return;
    buf_adds(b, b->len > start ? " on" : "on");
    if (object.len) {
        buf_addc(b, ' ');
        if (schema.len)
            buf_printf(b, "%.*s.", STR_ARG(schema));
        buf_addstr(b, object);
    }
    if (alias.len && !str_eq(alias, object))
        buf_printf(b, " %.*s", STR_ARG(alias));
}

void node_add_title(struct buf *b, const struct node *n)
{
    node_add_name(b, n);
    size_t end = b->len;
    buf_addc(b, ' ');
    node_add_target(b, n);
    if (b->len == end + 1) {
        b->len = end;
        b->data[end] = '\0';
    }
}
