/* A node in one line, as the tree shows it. */
#include "report/report.h"

#include "base/text.h"

/* Where the parenthesis that opens at `from` closes; the length of s if it does not. */
static size_t closing(struct str s, size_t from)
{
    int depth = 0;
    char quote = 0;
    for (size_t i = from; i < s.len; i++) {
        char c = s.p[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '\'' || c == '"')
            quote = c;
        else if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            return i;
    }
    return s.len;
}

struct str report_strip_parens(struct str s)
{
    s = str_trim(s);
    while (s.len >= 2 && s.p[0] == '(' && closing(s, 0) == s.len - 1)
        s = str_trim(str_sub(s, 1, s.len - 1));
    return s;
}

/* A string as it is, a list joined with commas; nothing for anything else. */
static void add_value(struct buf *b, const struct value *v)
{
    if (v->kind == VALUE_STRING)
        buf_addstr(b, report_strip_parens(v->text));
    if (v->kind != VALUE_LIST)
        return;
    for (const struct prop *item = v->items; item; item = item->next) {
        if (item != v->items)
            buf_adds(b, ", ");
        if (item->value.kind == VALUE_STRING)
            buf_addstr(b, report_strip_parens(item->value.text));
    }
}

/* What tells most about a node, by type and in this order; all that are there are shown. */
static const struct telling {
    enum node_type type;
    const char *before;
    enum prop_id prop;
} tellings[] = {
    {NODE_HASH_JOIN, "", PROP_HASH_COND},
    {NODE_HASH_JOIN, "filter ", PROP_JOIN_FILTER},
    {NODE_MERGE_JOIN, "", PROP_MERGE_COND},
    {NODE_MERGE_JOIN, "filter ", PROP_JOIN_FILTER},
    {NODE_NESTED_LOOP, "", PROP_JOIN_FILTER},
    {NODE_SORT, "", PROP_SORT_KEY},
    {NODE_INCREMENTAL_SORT, "", PROP_SORT_KEY},
    {NODE_INCREMENTAL_SORT, "presorted ", PROP_PRESORTED_KEY},
    {NODE_AGGREGATE, "by ", PROP_GROUP_KEY},
    {NODE_AGGREGATE, "filter ", PROP_FILTER},
    {NODE_GROUP, "by ", PROP_GROUP_KEY},
    {NODE_MERGE_APPEND, "", PROP_SORT_KEY},
    {NODE_GATHER_MERGE, "", PROP_SORT_KEY},
    {NODE_INDEX_SCAN, "", PROP_INDEX_COND},
    {NODE_INDEX_SCAN, "order ", PROP_ORDER_BY},
    {NODE_INDEX_SCAN, "filter ", PROP_FILTER},
    {NODE_INDEX_ONLY_SCAN, "", PROP_INDEX_COND},
    {NODE_INDEX_ONLY_SCAN, "order ", PROP_ORDER_BY},
    {NODE_INDEX_ONLY_SCAN, "filter ", PROP_FILTER},
    {NODE_BITMAP_INDEX_SCAN, "", PROP_INDEX_COND},
    {NODE_BITMAP_HEAP_SCAN, "", PROP_RECHECK_COND},
    {NODE_BITMAP_HEAP_SCAN, "filter ", PROP_FILTER},
    {NODE_TID_SCAN, "", PROP_TID_COND},
    {NODE_TID_RANGE_SCAN, "", PROP_TID_COND},
    {NODE_MEMOIZE, "by ", PROP_CACHE_KEY},
    {NODE_WINDOW_AGG, "", PROP_WINDOW},
    {NODE_RESULT, "", PROP_ONE_TIME_FILTER},
    {NODE_FOREIGN_SCAN, "", PROP_FILTER},
    {NODE_FOREIGN_SCAN, "", PROP_RELATIONS},
    {NODE_FOREIGN_SCAN, "", PROP_REMOTE_SQL},
};

static void add_separator(struct buf *b, size_t from)
{
    if (b->len > from)
        buf_adds(b, "; ");
}

/* Workers of a Gather: "2/3 workers" launched of those planned. */
static void add_workers(struct buf *b, const struct node *n)
{
    double planned = n->num[PROP_WORKERS_PLANNED], launched = n->num[PROP_WORKERS_LAUNCHED];
    if (!num_known(planned))
        return;
    if (num_known(launched))
        buf_printf(b, "%.0f/", launched);
    buf_printf(b, "%.0f worker%s", planned, planned == 1 ? "" : "s");
}

/* Memory and batches of a Hash, or a sort's space on disk. */
static void add_space(struct buf *b, const struct node *n)
{
    double batches = n->num[PROP_HASH_BATCHES], peak = n->num[PROP_PEAK_MEMORY_USAGE];
    if (n->type == NODE_HASH && num_known(peak)) {
        text_add_bytes(b, peak * 1024);
        if (batches > 1)
            buf_printf(b, ", %.0f batches", batches);
    }
    if (n->type == NODE_SORT && str_is(node_text(n, PROP_SORT_SPACE_TYPE), "Disk")) {
        buf_adds(b, ", disk ");
        text_add_bytes(b, n->num[PROP_SORT_SPACE_USED] * 1024);
    }
}

void report_add_telling(struct buf *b, const struct node *n)
{
    size_t from = b->len;
    bool listed = false;
    if (node_has_trait(n, TRAIT_GATHER))
        add_workers(b, n);
    for (size_t i = 0; i < sizeof tellings / sizeof tellings[0]; i++) {
        const struct telling *t = &tellings[i];
        listed |= t->type == n->type;
        const struct value *v = t->type == n->type ? node_value(n, t->prop) : NULL;
        if (!v || (v->kind != VALUE_STRING && v->kind != VALUE_LIST))
            continue;
        add_separator(b, from);
        buf_adds(b, t->before);
        add_value(b, v);
    }
    const struct value *filter = listed ? NULL : node_value(n, PROP_FILTER);
    if (filter) {
        add_separator(b, from);
        add_value(b, filter);
    }
    add_space(b, n);
}

/* What EXPLAIN says of a plan beside the tree: "InitPlan 1", "CTE regional". */
static void add_subplan_name(struct buf *b, const struct node *n)
{
    struct str name = node_text(n, PROP_SUBPLAN_NAME);
    if (name.len)
        buf_printf(b, "%.*s: ", STR_ARG(name));
}

static void add_object(struct buf *b, const struct node *n)
{
    static const enum prop_id objects[] = {PROP_RELATION_NAME,       PROP_FUNCTION_NAME,
                                           PROP_TABLE_FUNCTION_NAME, PROP_CTE_NAME,
                                           PROP_TUPLESTORE_NAME,     PROP_INDEX_NAME};
    struct str object = {0}, alias = node_text(n, PROP_ALIAS),
               index = node_text(n, PROP_INDEX_NAME);
    for (size_t i = 0; i < sizeof objects / sizeof objects[0] && !object.len; i++)
        object = node_text(n, objects[i]);
    if (object.len)
        buf_printf(b, " %.*s", STR_ARG(object));
    if (alias.len && !str_eq(alias, object))
        buf_printf(b, " %.*s", STR_ARG(alias));
    if (index.len && !str_eq(index, object))
        buf_printf(b, " using %.*s", STR_ARG(index));
}

void report_add_short_label(struct buf *b, const struct node *n)
{
    add_subplan_name(b, n);
    node_add_name(b, n);
    add_object(b, n);
}

void report_add_label(struct buf *b, const struct node *n)
{
    report_add_short_label(b, n);
    size_t end = b->len;
    buf_adds(b, "  ");
    report_add_telling(b, n);
    if (b->len == end + 2) {
        b->len = end;
        b->data[end] = '\0';
    }
}

/* Steps over one character of an expression, or over a whole quoted string or identifier. */
static size_t step(struct str s, size_t i)
{
    char quote = s.p[i];
    if (quote != '\'' && quote != '"')
        return i + 1;
    for (i++; i < s.len; i++) {
        if (s.p[i] != quote)
            continue;
        if (i + 1 >= s.len || s.p[i + 1] != quote)
            return i + 1;
        i++;
    }
    return s.len;
}

size_t report_and_end(struct str expr)
{
    int depth = 0;
    for (size_t i = 0; i < expr.len; i = step(expr, i)) {
        if (expr.p[i] == '(')
            depth++;
        else if (expr.p[i] == ')')
            depth--;
        else if (depth == 0 && str_starts(str_sub(expr, i, expr.len), " AND "))
            return i;
    }
    return expr.len;
}

/* "(a = 1) AND (b > 2)" reads better without the brackets. */
static void add_simple(struct buf *b, struct str expr)
{
    while (expr.len) {
        size_t end = report_and_end(expr);
        buf_addstr(b, report_strip_parens(str_sub(expr, 0, end)));
        if (end < expr.len)
            buf_adds(b, " AND ");
        expr = end < expr.len ? str_sub(expr, end + 5, expr.len) : (struct str){0};
    }
}

void report_add_detail(struct buf *b, const struct node *n)
{
    struct buf telling = {0};
    if (n->never_executed)
        buf_adds(b, "never executed  ");
    if (n->num[PROP_SUBPLANS_REMOVED] > 0)
        buf_printf(b, "%.0f pruned  ", n->num[PROP_SUBPLANS_REMOVED]);
    report_add_telling(&telling, n);
    add_simple(b, buf_str(&telling));
    buf_free(&telling);
}
