#include "ui/words.h"

#include "base/text.h"

struct str words_label(const struct node *n)
{
    if (n->rel != REL_INITPLAN && n->rel != REL_SUBPLAN)
        return (struct str){0};
    struct str name = node_text(n, PROP_SUBPLAN_NAME);
    return name.len ? name : n->rel == REL_INITPLAN ? STR("InitPlan") : STR("SubPlan");
}

static struct str object_of(const struct node *n)
{
    static const enum prop_id objects[] = {PROP_RELATION_NAME, PROP_FUNCTION_NAME,
                                           PROP_TABLE_FUNCTION_NAME, PROP_CTE_NAME,
                                           PROP_TUPLESTORE_NAME};
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        struct str s = node_text(n, objects[i]);
        if (s.len)
            return s;
    }
    return (struct str){0};
}

static void add_word(struct buf *b, struct str word)
{
    if (word.len == 0)
        return;
    buf_addc(b, ' ');
    buf_addstr(b, word);
}

static void add_target(struct buf *b, const struct node *n)
{
    struct str object = object_of(n), alias = node_text(n, PROP_ALIAS);
    struct str index = node_text(n, PROP_INDEX_NAME);
    add_word(b, object);
    if (!str_eq(alias, object))
        add_word(b, alias);
    if (index.len) {
        buf_adds(b, object.len || alias.len ? " using" : "");
        add_word(b, index);
    }
}

void words_add_node(struct buf *b, const struct node *n)
{
    node_add_name(b, n);
    add_target(b, n);
}

void words_add_short(struct buf *b, const struct node *n, bool ascii)
{
    struct buf name = {0};
    node_add_name(&name, n);
    struct str s = buf_str(&name);
    if (str_starts(s, "Parallel ")) {
        buf_adds(b, ascii ? "/" : "∥");
        s = str_sub(s, 9, s.len);
    }
    buf_addstr(b, s);
    add_target(b, n);
    buf_free(&name);
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

/* The offset of the bracket that closes the one at s.p[0]; s.len when none does. */
static size_t closing(struct str s)
{
    int depth = 0;
    for (size_t i = 0; i < s.len; i = step(s, i)) {
        if (s.p[i] == '(')
            depth++;
        else if (s.p[i] == ')' && --depth == 0)
            return i;
    }
    return s.len;
}

static size_t count_at_end(struct str s)
{
    size_t n = 0;
    while (n < s.len && s.p[s.len - 1 - n] == ')')
        n++;
    return n;
}

static size_t count_at_start(struct str s)
{
    size_t n = 0;
    while (n < s.len && s.p[n] == '(')
        n++;
    return n;
}

/* One pass: as many pairs go as are never closed in between. */
struct str words_unwrap(struct str expr)
{
    expr = str_trim(expr);
    size_t open = count_at_start(expr), shut = count_at_end(expr);
    size_t pairs = open < shut ? open : shut, depth = open;
    for (size_t i = open; i + shut < expr.len; i = step(expr, i)) {
        if (expr.p[i] == '(')
            depth++;
        else if (expr.p[i] == ')' && depth > 0 && --depth < pairs)
            pairs = depth;
    }
    if (open + shut > expr.len)
        pairs = 0;
    return str_trim(str_sub(expr, pairs, expr.len - pairs));
}

size_t words_and_end(struct str expr)
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

static void add_condition(struct buf *b, struct str expr)
{
    expr = words_unwrap(expr);
    while (expr.len) {
        size_t end = words_and_end(expr);
        buf_addstr(b, words_unwrap(str_sub(expr, 0, end)));
        expr = str_sub(expr, end, expr.len);
        if (expr.len) {
            buf_adds(b, " AND ");
            expr = str_sub(expr, 5, expr.len);
        }
    }
}

/* "(sum(x)) DESC": the brackets around the key go, what follows stays. */
static void add_key(struct buf *b, struct str key)
{
    size_t end = key.len && key.p[0] == '(' ? closing(key) : key.len;
    if (end >= key.len) {
        buf_addstr(b, key);
        return;
    }
    buf_addstr(b, words_unwrap(str_sub(key, 0, end + 1)));
    buf_addstr(b, str_sub(key, end + 1, key.len));
}

static void add_keys(struct buf *b, const struct value *v)
{
    if (v->kind != VALUE_LIST) {
        add_key(b, v->text);
        return;
    }
    for (size_t i = 0; i < v->count; i++) {
        if (i)
            buf_adds(b, ", ");
        add_key(b, v->items[i].value.text);
    }
}

/* What to show of a node's conditions and keys, the first two that it has. */
static const struct {
    enum prop_id prop;
    const char *before;
    bool keys;
} shown[] = {
    {PROP_HASH_COND, "", false},      {PROP_MERGE_COND, "", false},
    {PROP_INDEX_COND, "", false},     {PROP_RECHECK_COND, "", false},
    {PROP_TID_COND, "", false},       {PROP_ORDER_BY, "order by ", false},
    {PROP_SORT_KEY, "", true},        {PROP_GROUP_KEY, "by ", true},
    {PROP_CACHE_KEY, "key ", true},   {PROP_ONE_TIME_FILTER, "if ", false},
    {PROP_JOIN_FILTER, "", false},    {PROP_FILTER, "", false},
    {PROP_REMOTE_SQL, "", false},     {PROP_CONFLICT_RESOLUTION, "on conflict ", false},
};

static void add_conditions(struct buf *b, const struct node *n)
{
    int done = 0;
    for (size_t i = 0; i < sizeof shown / sizeof shown[0] && done < 2; i++) {
        const struct value *v = node_value(n, shown[i].prop);
        if (!v || (v->kind != VALUE_STRING && v->kind != VALUE_LIST))
            continue;
        bool filter_too = done && (shown[i].prop == PROP_FILTER || shown[i].prop == PROP_JOIN_FILTER);
        buf_adds(b, "  ");
        buf_adds(b, filter_too ? "filter " : shown[i].before);
        if (shown[i].keys)
            add_keys(b, v);
        else
            add_condition(b, v->text);
        done++;
    }
}

static void add_kb(struct buf *b, double kb, const char *after)
{
    if (!num_known(kb) || kb <= 0)
        return;
    buf_adds(b, "  ");
    text_add_bytes(b, kb * 1024);
    buf_adds(b, after);
}

static void add_workers(struct buf *b, const struct node *n)
{
    double planned = n->num[PROP_WORKERS_PLANNED], launched = n->num[PROP_WORKERS_LAUNCHED];
    if (!num_known(planned))
        return;
    buf_adds(b, "  ");
    if (num_known(launched))
        buf_printf(b, "%.0f/", launched);
    buf_printf(b, "%.0f workers", planned);
}

static void add_batches(struct buf *b, double batches)
{
    if (batches > 1)
        buf_printf(b, "  %.0f batches", batches);
}

static void add_memoize(struct buf *b, const struct node *n)
{
    double hits = n->num[PROP_CACHE_HITS], all = hits + n->num[PROP_CACHE_MISSES];
    if (all > 0)
        buf_printf(b, "  %.0f%% hits", 100 * hits / all);
}

static void add_figures(struct buf *b, const struct node *n)
{
    bool on_disk = str_is(node_text(n, PROP_SORT_SPACE_TYPE), "Disk");
    switch (n->type) {
    case NODE_GATHER:
    case NODE_GATHER_MERGE:
        add_workers(b, n);
        break;
    case NODE_HASH:
        add_kb(b, n->num[PROP_PEAK_MEMORY_USAGE], "");
        add_batches(b, n->num[PROP_HASH_BATCHES]);
        break;
    case NODE_AGGREGATE:
        add_batches(b, n->num[PROP_HASHAGG_BATCHES]);
        add_kb(b, n->num[PROP_DISK_USAGE], " on disk");
        break;
    case NODE_SORT:
        add_kb(b, on_disk ? n->num[PROP_SORT_SPACE_USED] : NAN, " on disk");
        break;
    case NODE_MEMOIZE:
        add_memoize(b, n);
        break;
    default:
        break;
    }
    if (n->num[PROP_SUBPLANS_REMOVED] > 0)
        buf_printf(b, "  %.0f pruned", n->num[PROP_SUBPLANS_REMOVED]);
}

void words_add_detail(struct buf *b, const struct node *n)
{
    size_t start = b->len;
    if (n->never_executed)
        buf_adds(b, "  never executed");
    add_figures(b, n);
    add_conditions(b, n);
    if (b->len > start) { /* the two blanks that separate the first part from nothing */
        memmove(b->data + start, b->data + start + 2, b->len - start - 1);
        b->len -= 2;
    }
}

void words_add_all(struct buf *b, const struct node *n)
{
    struct str label = words_label(n);
    if (label.len)
        buf_printf(b, "%.*s: ", STR_ARG(label));
    words_add_node(b, n);
    buf_adds(b, "  ");
    words_add_detail(b, n);
}

void words_add_estimate(struct buf *b, const struct node_metrics *m)
{
    if (m->estimate != ESTIMATE_TOO_LOW && m->estimate != ESTIMATE_TOO_HIGH)
        return;
    buf_addc(b, 'x');
    if (m->estimate_factor < 9.95)
        text_add_decimal(b, m->estimate_factor, 1, true);
    else if (m->estimate_factor < 999.5)
        text_add_decimal(b, m->estimate_factor, 0, true);
    else
        text_add_count(b, m->estimate_factor);
    buf_adds(b, m->estimate == ESTIMATE_TOO_LOW ? " lo" : " hi");
}

void words_add_change(struct buf *b, double change)
{
    double percent = change * 100;
    if (isnan(change)) {
        buf_addc(b, '?');
        return;
    }
    if (percent > 0)
        buf_addc(b, '+');
    if (fabs(percent) >= 9999.5)
        text_add_count(b, percent);
    else
        text_add_decimal(b, percent, fabs(percent) < 0.95 ? 1 : 0, true);
    buf_addc(b, '%');
}

void words_add_share(struct buf *b, double share)
{
    if (isnan(share))
        return;
    text_add_decimal(b, share * 100, 0, false);
    buf_addc(b, '%');
}

char severity_mark(enum severity s)
{
    return s == SEVERITY_CLEARED ? ' ' : s == SEVERITY_HIGH ? '!' : s == SEVERITY_MEDIUM ? '~' : '.';
}
