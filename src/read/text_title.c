/* Node lines of EXPLAIN's text format: PostgreSQL's ExplainNode, read backwards. */
#include "read/text_impl.h"

#include <ctype.h>
#include <pthread.h>

#include "base/arena.h"

#define JOINS(inner, prefix, id)                                                                   \
    {inner, NODE_##id, .join = "Inner"}, {prefix " Left Join", NODE_##id, .join = "Left"},         \
        {prefix " Full Join", NODE_##id, .join = "Full"},                                          \
        {prefix " Right Join", NODE_##id, .join = "Right"},                                        \
        {prefix " Semi Join", NODE_##id, .join = "Semi"},                                          \
        {prefix " Anti Join", NODE_##id, .join = "Anti"},                                          \
        {prefix " Right Anti Join", NODE_##id, .join = "Right Anti"},                              \
    {                                                                                              \
        prefix " Right Semi Join", NODE_##id, .join = "Right Semi"                                 \
    }
#define SET_OPS(prefix, how)                                                                       \
    {prefix, NODE_SET_OP, .strategy = how},                                                        \
        {prefix " Intersect", NODE_SET_OP, .strategy = how, .command = "Intersect"},               \
        {prefix " Intersect All", NODE_SET_OP, .strategy = how, .command = "Intersect All"},       \
        {prefix " Except", NODE_SET_OP, .strategy = how, .command = "Except"},                     \
    {                                                                                              \
        prefix " Except All", NODE_SET_OP, .strategy = how, .command = "Except All"                \
    }

/* The names that differ from JSON's "Node Type"; all others are taken from node.def. */
static const struct text_type special[] = {
    {"Aggregate", NODE_AGGREGATE, .strategy = "Plain"},
    {"GroupAggregate", NODE_AGGREGATE, .strategy = "Sorted"},
    {"HashAggregate", NODE_AGGREGATE, .strategy = "Hashed"},
    {"MixedAggregate", NODE_AGGREGATE, .strategy = "Mixed"},
    SET_OPS("SetOp", "Sorted"),
    SET_OPS("HashSetOp", "Hashed"),
    JOINS("Nested Loop", "Nested Loop", NESTED_LOOP),
    JOINS("Hash Join", "Hash", HASH_JOIN),
    JOINS("Merge Join", "Merge", MERGE_JOIN),
    {"Insert", NODE_MODIFY_TABLE, .operation = "Insert"},
    {"Update", NODE_MODIFY_TABLE, .operation = "Update"},
    {"Delete", NODE_MODIFY_TABLE, .operation = "Delete"},
    {"Merge", NODE_MODIFY_TABLE, .operation = "Merge"},
    {"Foreign Scan", NODE_FOREIGN_SCAN, .operation = "Select"},
    {"Foreign Insert", NODE_FOREIGN_SCAN, .operation = "Insert"},
    {"Foreign Update", NODE_FOREIGN_SCAN, .operation = "Update"},
    {"Foreign Delete", NODE_FOREIGN_SCAN, .operation = "Delete"},
    {"Index Scan Backward", NODE_INDEX_SCAN, .backward = true},
    {"Index Only Scan Backward", NODE_INDEX_ONLY_SCAN, .backward = true},
};

enum { SLOTS = 256, SPECIALS = sizeof special / sizeof special[0] };
static struct text_type plain[NODE_TYPE_COUNT];
static const struct text_type *slots[SLOTS];
static pthread_once_t slots_once = PTHREAD_ONCE_INIT;

static unsigned name_hash(struct str name)
{
    unsigned h = (unsigned)name.len;
    for (size_t i = 0; i < name.len; i++)
        h = h * 31 + (unsigned)tolower((unsigned char)name.p[i]);
    return (h ^ h >> 9) % SLOTS;
}

static void add_type(const struct text_type *t)
{
    unsigned i = name_hash(str_of(t->name));
    for (; slots[i]; i = (i + 1) % SLOTS)
        if (strcmp(slots[i]->name, t->name) == 0)
            return;
    slots[i] = t;
}

static void fill_slots(void)
{
    for (size_t i = 0; i < SPECIALS; i++)
        add_type(&special[i]);
    for (int t = NODE_UNKNOWN + 1; t < NODE_TYPE_COUNT; t++) {
        plain[t].name = node_info[t].name;
        plain[t].type = (enum node_type)t;
        add_type(&plain[t]);
    }
}

static const struct text_type *find_type(struct str name)
{
    pthread_once(&slots_once, fill_slots);
    for (unsigned i = name_hash(name); slots[i]; i = (i + 1) % SLOTS)
        if (str_is_nocase(name, slots[i]->name)) /* some editors make keywords capitals */
            return slots[i];
    return NULL;
}

enum node_type text_node_type(const struct text_node *n)
{
    return n->type ? n->type->type : NODE_UNKNOWN;
}

/* ---- arrows and ellipses: what PostgreSQL prints, and what editors and mail make of it ---- */

size_t text_arrow(struct str s)
{
    static const char *const arrows[] = {"->",  "→",   "-->", "=>",  "–>", "—>", "⇒",  "➔", "➜",
                                         "└─>", "├─>", "└──", "├──", "└─", "├─", "└>", "|_"};
    if (s.len == 0 || (isalnum((unsigned char)s.p[0]) && s.p[0] < 0x7f))
        return 0;
    for (size_t i = 0; i < sizeof arrows / sizeof arrows[0]; i++) {
        size_t n = strlen(arrows[i]);
        if (!str_starts(s, arrows[i]))
            continue;
        size_t end = n;
        while (end < s.len && (s.p[end] == ' ' || s.p[end] == '\t'))
            end++;
        if (end < s.len && isalpha((unsigned char)s.p[end]))
            return end;
    }
    return 0;
}

bool text_is_ellipsis(struct str s)
{
    static const char *const marks[] = {"...",      "…",        "[...]",    "(...)",  "[…]",
                                        "(…)",      "<...>",    "<snip>",   "[snip]", "-- snip --",
                                        "<elided>", "(elided)", "[elided]", "etc.",   "[cut]"};
    s = str_trim(s);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (str_is_nocase(s, marks[i]))
            return true;
    size_t dots = 0;
    while (dots < s.len && (s.p[dots] == '.' || s.p[dots] == ' '))
        dots++;
    return s.len >= 2 && dots == s.len;
}

/* ---- the name ---- */

static bool starts_nocase(struct str s, const char *prefix)
{
    return str_is_nocase(str_sub(s, 0, strlen(prefix)), prefix);
}

static bool opens_figures(struct str s)
{
    return starts_nocase(s, "(cost=") || starts_nocase(s, "(actual time=") ||
           starts_nocase(s, "(actual rows=") || starts_nocase(s, "(never executed") ||
           starts_nocase(s, "(cost...") || starts_nocase(s, "(actual...");
}

/* Offset just past a quoted identifier that begins at s.p[i]. */
static size_t skip_quoted(struct str s, size_t i)
{
    const char *close = memchr(s.p + i + 1, '"', s.len - i - 1);
    return close ? (size_t)(close - s.p) + 1 : s.len;
}

/* Where the parts of a node line begin; s.len for those it lacks. */
struct title_parts {
    size_t using, on, note, figures;
};

static struct title_parts find_parts(struct str s)
{
    struct title_parts at = {s.len, s.len, s.len, s.len};
    for (size_t i = 0; i < s.len; i++) {
        char c = s.p[i];
        if (c == '"') {
            i = skip_quoted(s, i) - 1;
        } else if (c == '(') {
            if (opens_figures(str_sub(s, i, s.len))) {
                at.figures = i;
                return at;
            }
            if (at.note == s.len)
                at.note = i;
        } else if (c == ' ' && at.on == s.len) {
            struct str rest = str_sub(s, i + 1, s.len);
            if (starts_nocase(rest, "on "))
                at.on = i;
            else if (at.using == s.len && starts_nocase(rest, "using "))
                at.using = i;
        }
    }
    return at;
}

static bool take_prefix(struct str *name, const char *prefix)
{
    if (!str_starts(*name, prefix))
        return false;
    *name = str_sub(*name, strlen(prefix), name->len);
    return true;
}

static void read_name(struct text_node *n, struct str name)
{
    n->type = find_type(name);
    if (!n->type) {
        n->parallel = take_prefix(&name, "Parallel ");
        n->async = take_prefix(&name, "Async ");
        if (take_prefix(&name, "Partial "))
            n->partial = PARTIAL_PARTIAL;
        else if (take_prefix(&name, "Finalize "))
            n->partial = PARTIAL_FINALIZE;
        n->type = find_type(name);
    }
    n->name = name;
}

/* "Custom Scan (Name)" has its provider, other types have a remark in parentheses. */
static void read_note(struct text_node *n, struct str note)
{
    note = str_trim(note);
    if (note.len > 2 && note.p[0] == '(' && note.p[note.len - 1] == ')')
        note = str_sub(note, 1, note.len - 1);
    n->note = note;
}

static size_t min_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void read_parts(struct text_node *n, struct str s, struct title_parts at)
{
    size_t name_end = min_of(min_of(at.using, at.on), min_of(at.note, at.figures));
    read_name(n, str_trim(str_sub(s, 0, name_end)));
    if (at.using < at.figures)
        n->index = str_trim(str_sub(s, at.using + 7, min_of(at.on, at.figures)));
    if (at.on < at.figures)
        n->target = str_trim(str_sub(s, at.on + 4, at.figures));
    if (at.note < min_of(min_of(at.using, at.on), at.figures))
        read_note(n, str_sub(s, at.note, min_of(min_of(at.using, at.on), at.figures)));
}

/* ---- figures ---- */

/* "12.5..13.7" or "12.5" into one or two figures. */
static void read_range(struct text_node *n, enum text_figure f, struct str v, bool pair)
{
    ptrdiff_t dots = pair ? str_find(v, "..") : -1;
    n->digits[f] = dots < 0 ? v : str_sub(v, 0, (size_t)dots);
    str_to_double(n->digits[f], &n->fig[f]);
    if (dots < 0)
        return;
    n->digits[f + 1] = str_sub(v, (size_t)dots + 2, v.len);
    str_to_double(n->digits[f + 1], &n->fig[f + 1]);
}

static const struct {
    const char *name;
    enum text_figure estimate, actual;
} figure_names[] = {
    {"cost", FIG_STARTUP_COST, FIG_STARTUP_COST},
    {"time", FIG_STARTUP_TIME, FIG_STARTUP_TIME},
    {"rows", FIG_PLAN_ROWS, FIG_ROWS},
    {"width", FIG_PLAN_WIDTH, FIG_PLAN_WIDTH},
    {"loops", FIG_LOOPS, FIG_LOOPS},
};

static void read_figure(struct text_node *n, struct str word, bool actual)
{
    const char *eq = memchr(word.p, '=', word.len);
    if (!eq)
        return;
    size_t at = (size_t)(eq - word.p);
    struct str name = str_sub(word, 0, at), value = str_sub(word, at + 1, word.len);
    for (size_t i = 0; i < sizeof figure_names / sizeof figure_names[0]; i++)
        if (str_is_nocase(name, figure_names[i].name)) {
            enum text_figure f = actual ? figure_names[i].actual : figure_names[i].estimate;
            read_range(n, f, value, f == FIG_STARTUP_COST || f == FIG_STARTUP_TIME);
            return;
        }
}

/* The inside of one parenthesis: "cost=0.00..1.00 rows=1 width=4", "actual rows=1 loops=1". */
static void read_group(struct text_node *n, struct str s)
{
    bool actual = starts_nocase(s, "actual");
    if (starts_nocase(s, "never executed")) {
        n->never_executed = true;
        return;
    }
    for (size_t i = 0; i < s.len;) {
        size_t end = i;
        while (end < s.len && s.p[end] != ' ')
            end++;
        if (end > i)
            read_figure(n, str_sub(s, i, end), actual);
        i = end + 1;
    }
}

/* All parentheses at the start of s; returns what follows them. */
static struct str read_groups(struct text_node *n, struct str s, bool *cut)
{
    for (;;) {
        s = str_trim(s);
        if (s.len == 0 || !opens_figures(s)) {
            *cut |= s.len && s.p[0] == '(' && !memchr(s.p, ')', s.len);
            return s;
        }
        const char *close = memchr(s.p, ')', s.len);
        size_t end = close ? (size_t)(close - s.p) : s.len;
        read_group(n, str_sub(s, 1, end));
        *cut = !close;
        s = str_sub(s, end + 1, s.len);
    }
}

struct text_node text_title(struct str body, bool *figures, struct str *rest, bool *cut)
{
    struct text_node n = {.label = -1, .parent = -1};
    for (int i = 0; i < FIG_COUNT; i++)
        n.fig[i] = NAN;
    struct title_parts at = find_parts(body);
    *cut = false;
    *figures = at.figures < body.len;
    *rest = read_groups(&n, str_sub(body, at.figures, body.len), cut);
    if (!*figures && str_ends(body, "...")) { /* "Sort ..." */
        body = str_trim(str_sub(body, 0, body.len - 3));
        at = find_parts(body);
        *rest = STR("...");
    }
    read_parts(&n, body, at);
    return n;
}

/* ---- identifiers ---- */

static struct str unquote(struct arena *a, struct str s)
{
    if (!memchr(s.p, '"', s.len))
        return s;
    char *out = arena_strndup(a, s.p, s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        out[n++] = s.p[i];
        i += s.p[i] == '"'; /* the second of a doubled quote */
    }
    return (struct str){out, n};
}

struct str text_identifier(struct arena *a, struct str *rest)
{
    struct str s = *rest, name;
    size_t end = 0;
    if (s.len && s.p[0] == '"') {
        for (end = 1; end < s.len; end++)
            if (s.p[end] == '"' && !(end + 1 < s.len && s.p[end + 1] == '"'))
                break;
            else
                end += s.p[end] == '"';
        name = unquote(a, str_sub(s, 1, end));
        end = min_of(end + 1, s.len);
    } else {
        while (end < s.len && s.p[end] != '.' && s.p[end] != ' ')
            end++;
        name = str_sub(s, 0, end);
    }
    *rest = str_sub(s, end, s.len);
    return name;
}
