#include "read/read.h"

#include <strings.h>

#include "base/arena.h"
#include "plan/build.h"
#include "read/dress.h"
#include "read/json.h"
#include "read/text.h"
#include "read/xml.h"
#include "read/yaml.h"

enum { EMBEDDING_MAX = 4 }; /* JSON in a string in JSON ...: nobody means more */

struct reading {
    struct arena *arena;
    struct read_result *out;
    size_t plan_cap, problem_cap;
    int depth; /* of strings inside documents */
    bool utility;
};

/* ---- results ---- */

static void *room(struct arena *a, void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 4;
    void *more = arena_calloc(a, *cap, size);
    if (count)
        memcpy(more, items, count * size);
    return more;
}

static void add_plan(struct reading *r, struct plan *p)
{
    struct read_result *out = r->out;
    out->plans = room(r->arena, out->plans, out->plan_count, &r->plan_cap, sizeof(struct plan *));
    out->plans[out->plan_count++] = p;
}

static void add_problem(struct reading *r, const struct err *err, bool is_warning)
{
    struct read_result *out = r->out;
    out->problems =
        room(r->arena, out->problems, out->problem_count, &r->problem_cap, sizeof *out->problems);
    out->problems[out->problem_count++] = (struct read_problem){*err, is_warning};
}

static void warn(struct reading *r, int line, const char *message)
{
    struct err err = {0};
    err_set(&err, ERR_PARTIAL, "%s", message);
    err.line = (size_t)line;
    err.column = line ? 1 : 0;
    add_problem(r, &err, true);
}

static void read_all(struct reading *r, struct str text);

/* ---- one document of a known format ---- */

typedef bool format_reader(struct build *b, struct str text, int line, size_t *used,
                           struct err *err);

static format_reader *const readers[] = {[FORMAT_JSON] = read_json,
                                         [FORMAT_TEXT] = read_text,
                                         [FORMAT_YAML] = read_yaml,
                                         [FORMAT_XML] = read_xml};

/*
 * Strings of a document that is no plan itself: each may hold one, or together they are the lines
 * of a text plan as a driver returns them.
 */
static void read_embedded(struct reading *r, struct build *b)
{
    const struct str *strings;
    size_t count = build_embedded(b, &strings);
    struct buf lines = {0};
    for (size_t i = 0; i < count && r->depth < EMBEDDING_MAX; i++) {
        r->utility |= str_starts(strings[i], "Utility Statement") ||
                      str_starts(strings[i], "CREATE TABLE AS");
        if (memchr(strings[i].p, '\n', strings[i].len) ||
            str_starts(str_trim(strings[i]), "{\"Plan") || str_starts(str_trim(strings[i]), "[{")) {
            r->depth++;
            read_all(r, strings[i]);
            r->depth--;
        } else {
            buf_addstr(&lines, strings[i]);
            buf_addc(&lines, '\n');
        }
    }
    if (count && lines.len && r->out->plan_count == 0 && r->depth < EMBEDDING_MAX) {
        r->depth++;
        read_all(r, str_dup(r->arena, buf_str(&lines)));
        r->depth--;
    }
    buf_free(&lines);
}

static bool at_end(struct str text, size_t used)
{
    return str_trim(str_sub(text, used, text.len)).len == 0;
}

static void take_plans(struct reading *r, struct build *b, struct str query_text)
{
    size_t count;
    struct plan **plans = build_finish(b, &count);
    for (size_t i = 0; i < count; i++) {
        if (!plans[i]->query_text.len)
            plans[i]->query_text = query_text;
        add_plan(r, plans[i]);
    }
}

/*
 * Read one document. One that ends in the middle of a plan gives what was complete in it, and an
 * error all the same: figures of the nodes that were open cannot be trusted to be whole.
 */
static bool read_one(struct reading *r, enum plan_format format, struct str text, int line,
                     struct str query_text, size_t *used, struct err *err)
{
    size_t before = r->out->plan_count;
    struct build *b = build_new(r->arena, format);
    *used = 0;
    if (readers[format](b, text, line, used, err)) {
        read_embedded(r, b);
        take_plans(r, b, query_text);
        return r->out->plan_count > before;
    }
    bool cut_off =
        str_find(str_of(err->message), "end of the input") >= 0 && build_node_count(b) > 0;
    if (!cut_off) {
        build_abandon(b);
        return false;
    }
    build_truncate(b);
    take_plans(r, b, query_text);
    err_hint(err, "the plan is cut off: what was read before that is shown");
    add_problem(r, err, false);
    err_clear(err);
    *used = text.len;
    return r->out->plan_count > before;
}

/* ---- where a plan can begin ---- */

static bool names_node(struct str s)
{
    static const char *const others[] = {"HashAggregate",  "GroupAggregate", "MixedAggregate",
                                         "Hash Left Join", "Insert on ",     "Update on ",
                                         "Delete on ",     "Merge on ",      "Custom Scan ("};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (str_starts(s, others[i]))
            return true;
    static const char *const before[] = {"Parallel ", "Partial ", "Finalize ", "Async "};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        if (str_starts(s, before[i]))
            return names_node(str_sub(s, strlen(before[i]), s.len));
    for (int t = 1; t < NODE_TYPE_COUNT; t++) {
        size_t n = strlen(node_info[t].name);
        struct str rest = str_sub(s, n, s.len);
        if (str_starts(s, node_info[t].name) &&
            (!rest.len || str_starts(rest, " on ") || str_starts(rest, " using ") ||
             str_starts(rest, " Backward ") || str_starts(rest, "  (")))
            return true;
    }
    return false;
}

static bool begins_text(struct str line)
{
    struct str s = str_trim(line);
    if (str_starts(s, "->"))
        s = str_trim(str_sub(s, 2, s.len));
    return str_find(s, "(cost=") > 0 || str_find(s, "(actual ") > 0 ||
           str_find(s, "(never executed)") > 0 || names_node(s) || str_starts(s, "Query Text: ");
}

static bool begins_yaml(struct str line)
{
    struct str s = str_trim(line);
    if (str_starts(s, "- "))
        s = str_trim(str_sub(s, 2, s.len));
    return str_is(s, "Plan:") || str_starts(s, "Query Text: \"");
}

static bool find_start(struct str line, enum plan_format *format)
{
    struct str s = str_trim(line);
    if (!s.len)
        return false;
    if (s.p[0] == '{' || s.p[0] == '[' || (s.p[0] == '"' && str_find(s, "\\n") >= 0))
        *format = FORMAT_JSON;
    else if (str_starts(s, "<explain") || str_starts(s, "<?xml"))
        *format = FORMAT_XML;
    else if (begins_yaml(line))
        *format = FORMAT_YAML;
    else if (begins_text(line))
        *format = FORMAT_TEXT;
    else
        return false;
    return true;
}

/* ---- the statement that was echoed before its plan ---- */

/* Past "EXPLAIN (...)" or "EXPLAIN ANALYZE VERBOSE", if the line has it; else absent. */
static struct str explained(struct str line)
{
    for (size_t i = 0; i + 7 < line.len; i++) {
        if (strncasecmp(line.p + i, "explain", 7) != 0)
            continue;
        struct str rest = str_trim(str_sub(line, i + 7, line.len));
        const char *close = rest.len && rest.p[0] == '(' ? memchr(rest.p, ')', rest.len) : NULL;
        if (close)
            rest = str_trim(str_sub(rest, (size_t)(close - rest.p) + 1, rest.len));
        static const char *const words[] = {"analyze", "verbose"};
        for (size_t w = 0; w < 2; w++)
            if (rest.len > 7 && strncasecmp(rest.p, words[w], 7) == 0)
                rest = str_trim(str_sub(rest, 7, rest.len));
        return rest.len ? rest : (struct str){0};
    }
    return (struct str){0};
}

struct echo {
    struct buf text;
    bool open;
};

static void echo_line(struct echo *e, struct str line)
{
    struct str statement = explained(line);
    if (statement.len) {
        buf_clear(&e->text);
        e->open = true;
        buf_addstr(&e->text, statement);
    } else if (e->open) {
        struct str s = str_trim(line);
        bool rule = s.len && (s.p[0] == '-' || str_is(s, "QUERY PLAN"));
        if (rule || !s.len) {
            e->open = false;
            return;
        }
        buf_addc(&e->text, '\n');
        buf_addstr(&e->text, line);
    }
    struct str t = str_trim(buf_str(&e->text));
    if (e->open && str_ends(t, ";")) {
        e->text.len = (size_t)(t.p + t.len - 1 - e->text.data);
        e->open = false;
    }
}

static struct str echo_take(struct echo *e, struct arena *a)
{
    struct str s = e->text.len ? str_dup(a, str_trim(buf_str(&e->text))) : (struct str){0};
    buf_clear(&e->text);
    e->open = false;
    return s;
}

/* ---- inputs that begin in the middle of a plan ---- */

/* The first complete <Plan> of an XML text whose beginning is lost. */
static bool read_headless_xml(struct reading *r, const struct dress *d)
{
    for (size_t i = 0; i < d->count; i++) {
        struct err err = {0};
        size_t used, before = r->out->plan_count;
        if (!str_starts(str_trim(d->lines[i].text), "<Plan>"))
            continue;
        struct buf whole = {0};
        buf_adds(&whole, "<explain><Query>");
        buf_addstr(&whole, dress_join(d, i));
        struct build *b = build_new(r->arena, FORMAT_XML);
        read_xml(b, str_dup(r->arena, buf_str(&whole)), d->lines[i].number, &used, &err);
        buf_free(&whole);
        build_truncate(b);
        take_plans(r, b, (struct str){0});
        if (r->out->plan_count > before) {
            r->out->plans[before]->truncated = true;
            warn(r, d->lines[i].number,
                 "the beginning of the plan is missing: only its first complete part is shown");
            return true;
        }
    }
    return false;
}

static size_t indent_of(struct str line)
{
    size_t n = 0;
    while (n < line.len && line.p[n] == ' ')
        n++;
    return n;
}

/* The same for YAML: a list item "- Node Type: ..." and all that is indented below it. */
static bool read_headless_yaml(struct reading *r, const struct dress *d)
{
    for (size_t i = 0; i < d->count; i++) {
        struct err err = {0};
        size_t used, indent = indent_of(d->lines[i].text);
        if (!str_starts(str_sub(d->lines[i].text, indent, SIZE_MAX), "- Node Type:"))
            continue;
        struct buf whole = {0};
        buf_adds(&whole, "- Plan: \n");
        for (size_t k = i; k < d->count; k++) {
            struct str s = d->lines[k].text;
            if (k > i && indent_of(s) <= indent)
                break;
            buf_adds(&whole, "    ");
            buf_addstr(&whole, str_sub(s, indent + 2, s.len));
            buf_addc(&whole, '\n');
        }
        bool good = read_one(r, FORMAT_YAML, str_dup(r->arena, buf_str(&whole)), d->lines[i].number,
                             (struct str){0}, &used, &err);
        buf_free(&whole);
        if (good) {
            r->out->plans[r->out->plan_count - 1]->truncated = true;
            warn(r, d->lines[i].number,
                 "the beginning of the plan is missing: only its first complete part is shown");
            return true;
        }
    }
    return false;
}

/* ---- a stream of lines ---- */

/*
 * A YAML plan ends where something stands that is neither indented below its first line nor a key
 * beside it: a log record, psql's row count, a prompt.
 */
static struct str yaml_extent(struct str text)
{
    struct str rest = text, line;
    size_t indent = indent_of(text), end = 0;
    bool item = str_starts(str_sub(text, indent, text.len), "- ");
    for (bool first = true; str_line(&rest, &line); first = false) {
        size_t n = indent_of(line);
        struct str s = str_sub(line, n, line.len);
        bool key = !item && s.len && s.p[0] >= 'A' && s.p[0] <= 'Z' && str_find(s, ":") > 0 &&
                   !str_starts(s, "Time: ");
        bool goes_on =
            first || !str_trim(line).len || n > indent || key || str_is(str_trim(line), "- Plan:");
        if (!goes_on)
            break;
        end = (size_t)(rest.p - text.p);
    }
    return str_sub(text, 0, end);
}

static size_t lines_used(struct str text, size_t used)
{
    size_t n = 0;
    for (size_t i = 0; i < used; i++)
        n += text.p[i] == '\n';
    bool partial = used && text.p[used - 1] != '\n';
    return n + (partial ? 1 : 0);
}

static void place(struct err *err, const struct dress *d, size_t from)
{
    size_t at = from + (err->line ? err->line - 1 : 0);
    if (d->count)
        err->line = (size_t)d->lines[at < d->count ? at : d->count - 1].number;
}

static void read_lines(struct reading *r, const struct dress *d, struct err *first)
{
    struct echo echo = {0};
    struct str all = dress_join(d, 0);
    size_t offset = 0;
    for (size_t i = 0; i < d->count;) {
        enum plan_format format;
        struct err err = {0};
        size_t used = 0, length = d->lines[i].text.len + 1;
        struct str rest = str_sub(all, offset, all.len);
        bool starts = find_start(d->lines[i].text, &format);
        if (starts && format == FORMAT_YAML)
            rest = yaml_extent(rest);
        if (starts && read_one(r, format, rest, d->lines[i].number, echo_take(&echo, r->arena),
                               &used, &err)) {
            bool headless = format == FORMAT_TEXT && str_starts(str_trim(d->lines[i].text), "->");
            if (headless) {
                r->out->plans[r->out->plan_count - 1]->truncated = true;
                warn(r, d->lines[i].number, "the beginning of the plan is missing");
            }
            size_t n = lines_used(rest, used);
            n = n ? n : 1;
            for (size_t k = 0; k < n && i < d->count; k++)
                offset += d->lines[i++].text.len + 1;
            continue;
        }
        if (starts && err.code &&
            (!first->code || (format == FORMAT_JSON && first->code == ERR_NOT_A_PLAN))) {
            place(&err, d, i);
            *first = err;
        }
        if (starts && !err.code && used) { /* well formed, but no plan in it: past it */
            size_t n = lines_used(rest, used);
            for (size_t k = 0; k < n && i < d->count; k++)
                offset += d->lines[i++].text.len + 1;
            continue;
        }
        echo_line(&echo, d->lines[i].text);
        offset += length;
        i++;
    }
    buf_free(&echo.text);
}

/* The undressed document alone, without a look at its lines: by far the most common case. */
static bool read_plainly(struct reading *r, struct str text)
{
    enum plan_format format;
    struct err err = {0};
    struct str rest = text, line;
    size_t used, before = r->out->plan_count;
    if (!str_line(&rest, &line) || !find_start(line, &format) || line.p[0] == '"')
        return false;
    if (format == FORMAT_TEXT && (line.p[0] == ' ' || line.p[0] == '\t' || line.p[0] == '-'))
        return false;
    struct build *b = build_new(r->arena, format);
    bool good = readers[format](b, text, 1, &used, &err) && at_end(text, used);
    const struct str *strings;
    if (!good || build_embedded(b, &strings) > 0) {
        build_abandon(b);
        return false;
    }
    take_plans(r, b, (struct str){0});
    return r->out->plan_count > before;
}

static void read_all(struct reading *r, struct str text)
{
    struct dress d;
    struct err first = {0};
    size_t before = r->out->plan_count, problems = r->out->problem_count;
    if (read_plainly(r, text))
        return;
    dress_init(&d, r->arena, text);
    dress_take_off(&d);
    read_lines(r, &d, &first);
    bool none = r->out->plan_count == before;
    if (none && !read_headless_xml(r, &d) && !read_headless_yaml(r, &d) && first.code &&
        r->depth == 0)
        add_problem(r, &first, false);
    else if (!none && first.code && first.code != ERR_NOT_A_PLAN && r->depth == 0 &&
             r->out->problem_count == problems)
        add_problem(r, &first, false);
}

static void explain_nothing(struct reading *r, struct str text)
{
    struct err err = {0};
    if (!str_trim(text).len) {
        err_set(&err, ERR_NOT_A_PLAN, "expected EXPLAIN output, found nothing");
        err_hint(&err, "psql -XAt -c \"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ...\" | pgsift");
    } else if (r->utility || str_find(text, "Utility statements have no plan structure") >= 0) {
        err_set(&err, ERR_NOT_A_PLAN, "a utility statement has no plan");
        err_hint(&err, "explain the query inside it (CREATE TABLE AS, REFRESH, EXECUTE) instead");
    } else {
        err_at(&err, ERR_NOT_A_PLAN, text.p, text.len, 0, "expected EXPLAIN output, found no plan");
        err_hint(&err, "a plan begins like \"Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)\" or "
                       "[{\"Plan\": ...");
    }
    add_problem(r, &err, false);
}

bool read_plans(struct arena *a, struct str text, struct read_result *out)
{
    *out = (struct read_result){0};
    struct reading r = {.arena = a, .out = out};
    text = dress_decode(a, text);
    read_all(&r, text);
    if (!out->plan_count && (!out->problem_count || out->problems[0].err.code == ERR_NOT_A_PLAN)) {
        out->problem_count = 0;
        explain_nothing(&r, text);
    }
    return out->plan_count > 0;
}
