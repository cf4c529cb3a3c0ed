#include "read/read.h"

#include <stdlib.h>
#include <strings.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "plan/build.h"
#include "read/dress.h"
#include "read/dress_impl.h"
#include "read/echo.h"
#include "read/json.h"
#include "read/start.h"
#include "read/text.h"
#include "read/xml.h"
#include "read/yaml.h"

/* Strings in documents in strings, dress in dress: nobody means more. */
enum { DEEPEST = 12 };
/* A file of a million broken plans gets its first complaints only. */
enum { MOST_PROBLEMS = 1000, MOST_CARETS = 20 };

/* How far the reading is certain while more of the input may come: plans that are whole, and
 * nothing pending behind them. */
struct certain {
    size_t pos, line;
    size_t plan_count, problem_count;
    bool utility, pieces, headless;
    struct arena_mark mark;
    uint32_t crc; /* of the decoded text up to pos */
};

struct reading {
    struct arena *arena;
    struct str input; /* decoded */
    struct plan **plans;
    size_t plan_count, plan_cap;
    struct read_problem *problems;
    size_t problem_count, problem_cap;
    int depth;
    bool utility;  /* a statement without a plan was met */
    bool pieces;   /* lines out of the middle of a plan were met */
    bool headless; /* it was said that a beginning is missing */
    bool ended;    /* the input is all there */
    bool closed;   /* the document read last says itself where it ends */
    struct certain certain;
    struct echo echo; /* the statement printed before its plan */
    struct buf rows;  /* strings of documents that are no plans: the rows of a text plan */
    unsigned rows_line;
};

/* A place in a sheet: the start of line number `line` (0-based), or a place in it. */
struct place {
    struct dress_sheet *sheet;
    size_t pos, line;
};

static void read_sheet(struct reading *r, struct dress_sheet *s);

/* ---- results ---- */

static void *grow(void *data, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return data;
    *cap = *cap ? *cap * 2 : 16;
    return xrealloc(data, *cap * size);
}

/* The caret line as it stands in the input. */
static void show_input_line(const struct reading *r, struct err *err)
{
    struct str rest = r->input, line = {0};
    for (size_t n = 0; n < err->line && str_line(&rest, &line);)
        n++;
    size_t n = line.len < sizeof err->near - 1 ? line.len : sizeof err->near - 1;
    if (err->column == 0 || err->column > n + 1)
        return; /* a long line: the part that the reader cut out fits better */
    memcpy(err->near, line.p, n);
    err->near[n] = '\0';
    err->near_caret = err->column - 1;
}

static void add_problem(struct reading *r, const struct err *err, bool is_warning)
{
    if (r->problem_count == MOST_PROBLEMS)
        return;
    r->problems = grow(r->problems, r->problem_count, &r->problem_cap, sizeof *r->problems);
    r->problems[r->problem_count++] = (struct read_problem){*err, is_warning};
}

/* An error that a reader found in the text from `at` on: where that is in the input. */
static void place_error(const struct reading *r, struct err *err, const struct place *at)
{
    const struct dress_sheet *s = at->sheet;
    if (err->line == 1) { /* the reader's first line may begin in mid-line */
        size_t from = at->pos;
        while (from > 0 && s->text.p[from - 1] != '\n')
            err->column += ((unsigned char)s->text.p[--from] & 0xC0) != 0x80;
    }
    err->line += at->line;
    if (!s->origins)
        return;
    dress_position(s, &err->line, &err->column);
    if (r->problem_count < MOST_CARETS)
        show_input_line(r, err);
}

static size_t origin_line(const struct dress_sheet *s, size_t line)
{
    size_t column = 0;
    dress_position(s, &line, &column);
    return line;
}

static void complain(struct reading *r, const struct place *at, bool is_warning,
                     const char *message, const char *hint)
{
    struct err err = {0};
    err_set(&err, ERR_PARTIAL, "%s", message);
    err_hint(&err, "%s", hint);
    err.line = origin_line(at->sheet, at->line + 1);
    err.column = 1;
    add_problem(r, &err, is_warning);
}

/* A plan that was read: lines as in the input, what was said beside it. */
static void take_plan(struct reading *r, struct plan *p, const struct place *at)
{
    p->line = (int)origin_line(at->sheet, (size_t)p->line);
    for (int i = 0; i < p->node_count; i++)
        p->nodes[i]->line = (int)origin_line(at->sheet, (size_t)p->nodes[i]->line);
    if (!p->query_text.len)
        p->query_text = echo_statement(&r->echo, r->arena);
    if (!num_known(p->execution_ms))
        p->execution_ms = r->echo.duration_ms;
    echo_clear(&r->echo);
    r->plans = grow(r->plans, r->plan_count, &r->plan_cap, sizeof(struct plan *));
    r->plans[r->plan_count++] = p;
}

/* ---- strings inside documents ---- */

static bool names_utility(struct str s)
{
    static const char *const names[] = {"Utility Statement", "CREATE TABLE AS",
                                        "CREATE MATERIALIZED VIEW"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is(s, names[i]))
            return true;
    return false;
}

static void read_inner(struct reading *r, struct str text, size_t line)
{
    if (r->depth >= DEEPEST)
        return;
    struct dress_origin origin = {(unsigned)line, 0};
    struct dress_sheet s = dress_sheet_of(text);
    s.origins = &origin; /* where the string stands; its own lines are not in the input */
    s.origin_count = 1;
    read_sheet(r, &s);
}

/* The rows collected so far are one text. */
static void flush_rows(struct reading *r)
{
    if (r->rows.len == 0)
        return;
    struct str text = str_dup(r->arena, buf_str(&r->rows));
    unsigned line = r->rows_line;
    buf_clear(&r->rows);
    read_inner(r, text, line);
}

/* A string that spans lines, or holds a document, stands alone. One of a single line is a row. */
static void take_string(struct reading *r, struct str s, size_t line)
{
    struct str t = str_trim(s);
    bool document = t.len && strchr("[{<\"", t.p[0]) && t.len > 20;
    r->utility |= names_utility(t);
    if (document || memchr(s.p, '\n', s.len)) {
        flush_rows(r);
        read_inner(r, s, line);
        return;
    }
    if (r->rows.len == 0)
        r->rows_line = (unsigned)line;
    buf_addstr(&r->rows, s);
    buf_addc(&r->rows, '\n');
}

/* ---- one document ---- */

typedef bool format_reader(struct build *b, struct str text, int line, size_t *used,
                           struct err *err);
static format_reader *const readers[] = {[FORMAT_JSON] = read_json,
                                         [FORMAT_TEXT] = read_text,
                                         [FORMAT_YAML] = read_yaml,
                                         [FORMAT_XML] = read_xml};

static void advance(struct place *at, size_t n)
{
    const char *p = at->sheet->text.p + at->pos, *end = p + n;
    for (; (p = memchr(p, '\n', (size_t)(end - p))); p++)
        at->line++;
    at->pos += n;
}

static void advance_line(struct place *at)
{
    struct str rest = str_sub(at->sheet->text, at->pos, at->sheet->text.len), line;
    str_line(&rest, &line);
    at->line++;
    at->pos = (size_t)(rest.p - at->sheet->text.p);
}

/* A node that the input ended in before it said what it is; it is the last one. */
static void drop_nameless(struct plan *p)
{
    struct node *n = p->nodes[p->node_count - 1];
    if (n->type_name.len || n == p->root)
        return;
    struct node **link = &n->parent->child;
    while (*link != n)
        link = &(*link)->next;
    *link = NULL;
    p->node_count--;
}

/* Finished plans into the result; how many there were. broken: the document was. */
static size_t take_plans(struct reading *r, struct build *b, const struct place *at, bool broken)
{
    size_t count, taken = 0;
    struct plan **plans = build_finish(b, &count);
    for (size_t i = 0; i < count; i++) {
        if (broken)
            drop_nameless(plans[i]);
        if (broken && !plans[i]->root->type_name.len)
            continue;
        if (taken++ == 0)
            flush_rows(r);
        take_plan(r, plans[i], at);
    }
    return taken;
}

/* Plans out of the middle of one whose beginning is lost. */
static void behead(struct reading *r, size_t from, const struct place *at)
{
    for (size_t i = from; i < r->plan_count; i++)
        r->plans[i]->truncated = true;
    if (r->headless || from == r->plan_count)
        return;
    r->headless = true;
    complain(r, at, true, "the beginning of the plan is missing",
             "what was complete is shown, each part as a plan of its own");
}

/* What a text plan tells only by its marks. */
static void judge_text(struct reading *r, const struct place *at, struct str text)
{
    struct plan *p = r->plans[r->plan_count - 1];
    if (!p->truncated)
        return;
    if (text_begins_below_root(text))
        behead(r, r->plan_count - 1, at);
    else
        complain(r, at, false, "expected more of the plan, found the end of the input",
                 "the plan is cut off: what was there is shown");
}

static void take_strings(struct reading *r, const struct str *strings, size_t count, size_t line)
{
    for (size_t i = 0; i < count; i++)
        take_string(r, strings[i], line);
}

/* A well-formed document. */
static void take_document(struct reading *r, struct build *b, const struct start *start,
                          const struct place *at, struct str text)
{
    const struct str *strings;
    size_t before = r->plan_count, line = origin_line(at->sheet, at->line + 1);
    size_t count = build_embedded(b, &strings);
    struct str *copy = arena_calloc(r->arena, count, sizeof *copy);
    if (count)
        memcpy(copy, strings, count * sizeof *copy);
    take_plans(r, b, at, false);
    take_strings(r, copy, count, line);
    if (start->format == FORMAT_TEXT && r->plan_count > before)
        judge_text(r, at, text);
    else if (start->bare && r->pieces)
        behead(r, before, at);
    r->closed = r->depth == 1 && (start->format == FORMAT_JSON || start->format == FORMAT_XML);
}

/*
 * A document that is broken, or cut off. What was complete is shown; but figures of nodes
 * that were open may be missing, so this is an error all the same. False: nothing there
 * looks like a plan.
 */
static bool salvage(struct reading *r, struct build *b, struct err *err, const struct place *at,
                    struct str text)
{
    bool cut_off = str_find(str_of(err->message), "found the end of the input") >= 0;
    build_truncate(b);
    size_t taken = take_plans(r, b, at, true);
    if (taken)
        err_hint(err, cut_off ? "the plan is cut off: what was there is shown"
                              : "what stands before that is shown");
    else if (!start_looks_meant(text))
        return false;
    place_error(r, err, at);
    add_problem(r, err, false);
    return true;
}

/* The first `lines` lines of the place. */
static void advance_lines(struct place *at, size_t lines)
{
    while (lines-- && at->pos < at->sheet->text.len)
        advance_line(at);
}

static size_t count_lines(struct str s)
{
    size_t n = 0;
    for (const char *p = s.p, *end = s.p + s.len; (p = memchr(p, '\n', (size_t)(end - p))); p++)
        n++;
    return n;
}

static bool read_document(struct reading *r, struct place *at, const struct start *start)
{
    struct err err = {0};
    struct place from = *at;
    from.pos += start->skip;
    struct str text = str_sub(at->sheet->text, from.pos, at->sheet->text.len);
    text = str_sub(text, 0, start_extent(start->format, text));
    bool tabs = start->format == FORMAT_YAML && memchr(text.p, '\t', text.len);
    if (tabs)
        text = dress_expand_tabs(r->arena, text);
    size_t used = 0;
    struct build *b = build_new(r->arena, start->format);
    if (readers[start->format](b, text, (int)from.line + 1, &used, &err)) {
        take_document(r, b, start, &from, text);
        if (tabs)
            advance_lines(&from, count_lines(str_sub(text, 0, used)));
        else
            advance(&from, used);
        if (from.pos == at->pos)
            advance_line(&from);
        *at = from;
        return true;
    }
    bool meant = salvage(r, b, &err, &from, text);
    if (!meant && used == 0)
        return false;
    if (tabs)
        advance_lines(&from, count_lines(str_sub(text, 0, used)));
    else
        advance(&from, used);
    bool line_start = from.pos > at->pos && at->sheet->text.p[from.pos - 1] == '\n';
    *at = from;
    if (!line_start) /* else the trouble is what stands there: perhaps another document */
        advance_line(at);
    return true;
}

/* ---- a sheet ---- */

static bool read_dressed(struct reading *r, struct place *at)
{
    struct dress_sheet inside;
    size_t end;
    if (r->depth >= DEEPEST || !dress_strip(r->arena, at->sheet, at->pos, at->line, &inside, &end))
        return false;
    echo_end(&r->echo);
    if (inside.text.len)
        read_sheet(r, &inside);
    echo_end(&r->echo);
    advance(at, end - at->pos);
    return true;
}

static bool is_utility_line(struct str line)
{
    struct str s = str_trim(line);
    return str_is(s, "Utility statements have no plan structure") ||
           str_is(s, "Query rewrites to nothing");
}

/* Is a node's name without figures enough here? */
static bool is_sure(const struct reading *r, const struct place *at)
{
    struct str before = str_sub(at->sheet->text, 0, at->pos);
    struct str all = str_trim(at->sheet->text);
    bool alone = all.len <= 200 && r->depth == 1 && !memchr(all.p, '\n', all.len);
    return str_trim(before).len == 0 && (at->sheet->framed || alone);
}

/* A document, a dress with what is inside it, or a line that is neither. */
static void read_item(struct reading *r, struct place *at)
{
    const struct dress_sheet *s = at->sheet;
    struct str rest = str_sub(s->text, at->pos, s->text.len), line;
    struct start start;
    str_line(&rest, &line);
    bool line_start = at->pos == 0 || s->text.p[at->pos - 1] == '\n';
    r->closed = false;
    if (str_trim(line).len == 0) {
        echo_blank(&r->echo);
        advance_line(at);
        return;
    }
    if (line_start && read_dressed(r, at))
        return;
    rest = str_sub(s->text, at->pos, s->text.len);
    if (start_find(rest, is_sure(r, at), &start) && read_document(r, at, &start))
        return;
    r->utility |= is_utility_line(line);
    r->pieces |= start_is_piece(line);
    echo_line(&r->echo, line);
    advance_line(at);
}

/* Is there a line behind the place that the document before it did not want? */
static bool line_follows(const struct place *at)
{
    struct str rest = str_sub(at->sheet->text, at->pos, at->sheet->text.len);
    const char *end = rest.len ? memrchr(rest.p, '\n', rest.len) : NULL;
    return end && str_trim(str_sub(rest, 0, (size_t)(end - rest.p))).len > 0;
}

static bool is_whole(const struct reading *r, const struct place *at)
{
    size_t from = r->certain.problem_count;
    for (size_t i = from; i < r->problem_count; i++)
        if (!r->problems[i].is_warning)
            return false;
    return r->plan_count > r->certain.plan_count && !r->plans[r->plan_count - 1]->truncated &&
           r->rows.len == 0 && r->echo.text.len == 0 && (r->closed || line_follows(at));
}

static void keep_certain(struct reading *r, const struct place *at)
{
    struct certain *c = &r->certain;
    if (!is_whole(r, at))
        return;
    c->crc = io_crc(c->crc, str_sub(at->sheet->text, c->pos, at->pos));
    c->pos = at->pos;
    c->line = at->line;
    c->plan_count = r->plan_count;
    c->problem_count = r->problem_count;
    c->utility = r->utility;
    c->pieces = r->pieces;
    c->headless = r->headless;
    c->mark = arena_mark(r->arena);
}

static void read_from(struct reading *r, struct place *at)
{
    r->depth++;
    while (at->pos < at->sheet->text.len) {
        read_item(r, at);
        if (r->depth == 1 && !r->ended)
            keep_certain(r, at);
    }
    if (r->depth == 1 && r->ended)
        flush_rows(r);
    r->depth--;
}

static void read_sheet(struct reading *r, struct dress_sheet *s)
{
    struct place at = {.sheet = s};
    read_from(r, &at);
}

/* ---- the whole input ---- */

static bool looks_like_sql(struct str s)
{
    static const char *const words[] = {"select", "with", "insert", "update", "delete", "explain"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]);
        if (s.len > n && strncasecmp(s.p, words[i], n) == 0 && strchr(" \t\n(", s.p[n]))
            return true;
    }
    return false;
}

/* No plan, and no reader had anything to say: why not? */
static void explain_nothing(struct reading *r)
{
    struct err err = {0};
    struct str s = str_trim(r->input);
    if (!s.len) {
        err_set(&err, ERR_NOT_A_PLAN, "expected EXPLAIN output, found nothing");
        err_hint(&err, "psql -XAt -c \"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ...\" | pgsift");
    } else if (r->utility) {
        err_set(&err, ERR_NOT_A_PLAN, "a utility statement has no plan");
        err_hint(&err, "explain the query inside it (CREATE TABLE AS, REFRESH, EXECUTE) instead");
    } else if (str_is(s, "[]") || (s.len < 40 && s.p[0] == '[' && s.p[s.len - 1] == ']' &&
                                   str_trim(str_sub(s, 1, s.len - 1)).len == 0)) {
        err_set(&err, ERR_NOT_A_PLAN, "expected EXPLAIN output, found an empty list");
        err_hint(&err, "a rule rewrote the statement to nothing");
    } else {
        err_at(&err, ERR_NOT_A_PLAN, r->input.p, r->input.len, (size_t)(s.p - r->input.p),
               "expected EXPLAIN output, found no plan");
        if (looks_like_sql(s))
            err_hint(&err, "this is a statement: give the output of EXPLAIN (ANALYZE, BUFFERS) "
                           "for it");
        else
            err_hint(&err, "a plan begins like \"Seq Scan on t  (cost=0.00..1.00 rows=1 "
                           "width=4)\" or [{\"Plan\": ...");
    }
    add_problem(r, &err, false);
}

/* ---- an input that grows ---- */

struct read_stream {
    struct reading r;
};

struct read_stream *read_stream_new(struct arena *a)
{
    struct read_stream *s = xcalloc(1, sizeof *s);
    s->r.arena = a;
    echo_clear(&s->r.echo);
    s->r.certain.mark = arena_mark(a);
    return s;
}

void read_stream_free(struct read_stream *s)
{
    if (!s)
        return;
    free(s->r.plans);
    free(s->r.problems);
    buf_free(&s->r.rows);
    echo_release(&s->r.echo);
    free(s);
}

/* As if nothing behind what is certain had been looked at. */
static void go_back(struct reading *r)
{
    const struct certain *c = &r->certain;
    r->plan_count = c->plan_count;
    r->problem_count = c->problem_count;
    r->utility = c->utility;
    r->pieces = c->pieces;
    r->headless = c->headless;
    buf_clear(&r->rows);
    echo_clear(&r->echo);
    arena_reset(r->arena, c->mark);
}

/* What came later can make earlier bytes mean something else (an encoding that shows late): then
 * all is read anew, beside what was handed out. */
static void check_beginning(struct reading *r)
{
    struct certain *c = &r->certain;
    if (c->pos <= r->input.len && io_crc(0, str_sub(r->input, 0, c->pos)) == c->crc)
        return;
    *c = (struct certain){.mark = arena_mark(r->arena)};
    go_back(r);
}

static void read_on(struct reading *r)
{
    struct dress_sheet sheet = dress_sheet_of(r->input);
    check_beginning(r);
    struct place at = {.sheet = &sheet, .pos = r->certain.pos, .line = r->certain.line};
    read_from(r, &at);
    if (!r->ended)
        go_back(r);
    else if (r->plan_count == 0 && r->problem_count == 0)
        explain_nothing(r);
}

void read_stream_go(struct read_stream *s, struct str text, bool ended, struct read_result *out)
{
    struct reading *r = &s->r;
    struct err err = {0};
    struct arena *decoded = arena_new(0);
    r->ended = ended;
    if (dress_decode(decoded, text, &r->input, &err))
        read_on(r);
    else if (ended)
        add_problem(r, &err, false);
    arena_free(decoded);
    *out = (struct read_result){r->plans, r->plan_count, r->problems, r->problem_count};
}

/* ---- the whole of one ---- */

static void hand_over(struct reading *r, struct read_result *out)
{
    out->plan_count = r->plan_count;
    out->problem_count = r->problem_count;
    out->plans = arena_calloc(r->arena, r->plan_count, sizeof(struct plan *));
    out->problems = arena_calloc(r->arena, r->problem_count, sizeof *out->problems);
    if (r->plan_count)
        memcpy(out->plans, r->plans, r->plan_count * sizeof(struct plan *));
    if (r->problem_count)
        memcpy(out->problems, r->problems, r->problem_count * sizeof *out->problems);
}

bool read_plans(struct arena *a, struct str text, struct read_result *out)
{
    struct read_stream *s = read_stream_new(a);
    read_stream_go(s, text, true, out);
    hand_over(&s->r, out);
    read_stream_free(s);
    return out->plan_count > 0;
}
