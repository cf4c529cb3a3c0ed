#include "cli/queries.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/io.h"
#include "catalog/catalog.h"
#include "catalog/query_names.h"
#include "plan/metrics.h"
#include "read/read.h"
#include "sql/lex.h"
#include "sql/parse.h"
#include "sql/script.h"

void queries_init(struct queries *w, struct arena *a, const struct catalog *cat)
{
    *w = (struct queries){.arena = a, .catalog = cat, .names = cat_query_names(cat)};
}

static struct err *add_problem(struct queries *w, const char *source, bool is_warning)
{
    if (w->problem_count == w->problem_cap) {
        size_t cap = w->problem_cap ? w->problem_cap * 2 : 8;
        struct queries_problem *more = arena_calloc(w->arena, cap, sizeof *more);
        if (w->problem_count)
            memcpy(more, w->problems, w->problem_count * sizeof *more);
        w->problems = more;
        w->problem_cap = cap;
    }
    struct queries_problem *p = &w->problems[w->problem_count++];
    *p = (struct queries_problem){.source = source, .is_warning = is_warning};
    return &p->err;
}

static void *grown(struct arena *a, void *old, size_t count, size_t cap, size_t size)
{
    void *more = arena_calloc(a, cap, size);
    if (count)
        memcpy(more, old, count * size);
    return more;
}

static struct advice_input *add_input(struct queries *w, const char *source, size_t line)
{
    if (w->count == w->cap) {
        w->cap = w->cap ? w->cap * 2 : 16;
        w->inputs = grown(w->arena, w->inputs, w->count, w->cap, sizeof *w->inputs);
        w->places = grown(w->arena, w->places, w->count, w->cap, sizeof *w->places);
    }
    w->places[w->count] = (struct queries_place){.source = source, .line = line};
    w->inputs[w->count] = (struct advice_input){.weight = 1};
    return &w->inputs[w->count++];
}

/* ---- scripts ---- */

/* The place of an error in a statement as one in its file. */
static void move_error(struct err *err, struct str text, const struct script_query *q)
{
    if (err->line <= 1 && err->column) {
        size_t begin = q->offset;
        while (begin && text.p[begin - 1] != '\n')
            begin--;
        for (size_t i = begin; i < q->offset; i++)
            err->column += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    }
    err->line = err->line ? err->line + q->line - 1 : q->line;
}

static bool is_system_schema(struct str schema)
{
    return str_starts(schema, "pg_") || str_is(schema, "information_schema");
}

static void name_problem(struct queries *w, const char *source, size_t line, const char *kind,
                         struct str name)
{
    struct err *err = add_problem(w, source, false);
    err_set(err, ERR_CATALOG, "%s \"%.*s\" is not in the catalog", kind, STR_ARG(name));
    err->line = line;
}

/* What the statement speaks of and the catalog lacks; the statement is advised on all the same. */
static void check_names(struct queries *w, const char *source, size_t line, const struct query *q)
{
    for (size_t b = 0; b < q->block_count; b++)
        for (size_t i = 0; i < q->blocks[b]->rte_count && !q->blocks[b]->merged; i++) {
            const struct query_rte *rte = q->blocks[b]->rtes[i];
            bool table = rte->kind == QUERY_RTE_RELATION && !is_system_schema(rte->schema) &&
                         !str_starts(rte->name, "pg_");
            if (table && !cat_find_rel(w->catalog, rte->schema, rte->name))
                name_problem(w, source, line, "relation", rte->name);
        }
    for (size_t i = 0; i < q->unresolved_count; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = str_eq(q->unresolved[k].column, q->unresolved[i].column);
        if (!seen)
            name_problem(w, source, line, "column", q->unresolved[i].column);
    }
}

static void add_statement(struct queries *w, const char *source, struct str text,
                          const struct script_query *s)
{
    struct err err = {0};
    const struct query *q = query_analyse(w->arena, s->text, &w->names, &err);
    if (!q) {
        move_error(&err, text, s);
        *add_problem(w, source, false) = err;
        return;
    }
    if (w->catalog)
        check_names(w, source, s->line, q);
    struct advice_input *in = add_input(w, source, s->line);
    bool said = isfinite(s->weight) || isfinite(s->calls);
    in->sql = s->text;
    in->query = q;
    in->rows = isfinite(s->rows) ? s->rows : 0;
    in->weight = isfinite(s->weight) ? s->weight : isfinite(s->calls) ? s->calls : 1;
    in->name = s->name.len
                   ? s->name
                   : str_of(arena_printf(w->arena, "%s:%zu",
                                         strcmp(source, "-") == 0 ? "stdin" : source, s->line));
    w->places[w->count - 1].calls_known = said;
}

static void add_script(struct queries *w, const char *source, struct str text)
{
    struct script s;
    script_read(w->arena, text, &s);
    for (size_t i = 0; i < s.problem_count; i++) {
        struct err *err = add_problem(w, source, true);
        err_set(err, ERR_SYNTAX, "no number can be read in the comment '%.*s'",
                STR_ARG(s.problems[i].text));
        err->line = s.problems[i].line;
    }
    for (size_t i = 0; i < s.query_count; i++)
        add_statement(w, source, text, &s.queries[i]);
    if (!s.query_count)
        err_set(add_problem(w, source, false), ERR_NOT_A_PLAN, "there is neither a plan nor SQL");
}

/* ---- plans ---- */

static void add_plan(struct queries *w, const char *source, const struct plan *p, size_t number,
                     size_t count)
{
    struct advice_input *in = add_input(w, source, 0);
    in->plan = p;
    in->metrics = metrics_new(w->arena, p);
    in->name =
        count > 1 ? str_of(arena_printf(w->arena, "%s#%zu", source, number)) : str_of(source);
}

/* Whether a text that holds no plan is meant to be SQL: it begins with a word that begins a
 * statement. */
static bool begins_like_sql(struct str text)
{
    static const char *const words[] = {"select", "with",    "insert", "update",   "delete",
                                        "merge",  "values",  "table",  "explain",  "prepare",
                                        "set",    "begin",   "create", "declare",  "copy",
                                        "start",  "analyze", "alter",  "truncate", "drop"};
    struct lex lex = {.s = text};
    struct lex_token t;
    if (!lex_next(&lex, &t))
        return true; /* comments only */
    if (lex_is(&t, "\\") || lex_is(&t, "("))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (lex_is_word(&t, words[i]))
            return true;
    return false;
}

static void add_plans(struct queries *w, const char *source, const struct read_result *read)
{
    for (size_t i = 0; i < read->problem_count; i++)
        *add_problem(w, source, read->problems[i].is_warning) = read->problems[i].err;
    for (size_t i = 0; i < read->plan_count; i++)
        add_plan(w, source, read->plans[i], i + 1, read->plan_count);
}

void queries_read_file(struct arena *a, const char *path, struct queries_file *out)
{
    struct buf content = {0};
    *out = (struct queries_file){.path = path};
    if (io_read_all(path, &content, &out->err)) {
        out->text = str_dup(a, buf_str(&content));
        out->script = str_ends(str_of(path), ".sql");
        if (!out->script && !read_plans(a, out->text, &out->read))
            out->script = begins_like_sql(out->text);
    }
    buf_free(&content);
}

void queries_add_file(struct queries *w, const struct queries_file *f)
{
    if (f->err.code)
        *add_problem(w, f->path, false) = f->err;
    else if (f->script)
        add_script(w, f->path, f->text);
    else
        add_plans(w, f->path, &f->read);
}

/* ---- a server ---- */

/* The statement of a script at that line, still without a plan; NULL: there is none. */
static struct advice_input *find_statement(struct queries *w, const char *source, size_t line)
{
    for (size_t i = 0; i < w->count; i++)
        if (!w->inputs[i].plan && w->places[i].line == line &&
            strcmp(w->places[i].source, source) == 0)
            return &w->inputs[i];
    return NULL;
}

static struct advice_input *add_live_statement(struct queries *w, const struct live_item *item)
{
    struct err ignored = {0};
    struct advice_input *in = add_input(w, item->name, 0);
    in->name = str_of(item->name);
    in->sql = item->statement.text;
    in->query = query_analyse(w->arena, in->sql, &w->names, &ignored);
    if (isfinite(item->calls) && item->calls > 0) {
        in->weight = item->calls;
        w->places[w->count - 1].calls_known = true;
    }
    return in;
}

/* Statements of scripts are there already: they get their plan, and what the server has against
 * them is a remark. */
static void add_live_item(struct queries *w, const struct live_item *item)
{
    if (item->err.code)
        *add_problem(w, item->name, item->line > 0) = item->err;
    if (!item->read.plan_count)
        return;
    struct advice_input *in =
        item->line ? find_statement(w, item->name, item->line) : add_live_statement(w, item);
    if (!in)
        return;
    in->plan = item->read.plans[0];
    in->metrics = metrics_new(w->arena, in->plan);
}

void queries_add_live(struct queries *w, const struct live *l)
{
    for (size_t i = 0; i < l->count; i++)
        add_live_item(w, &l->items[i]);
}

/* ---- the whole ---- */

static struct str text_of(const struct advice_input *in)
{
    return in->sql.len ? in->sql : in->plan ? in->plan->query_text : (struct str){0};
}

struct printed {
    uint64_t fingerprint;
    size_t input;
};

static int by_fingerprint(const void *a, const void *b)
{
    const struct printed *x = a, *y = b;
    if (x->fingerprint != y->fingerprint)
        return x->fingerprint < y->fingerprint ? -1 : 1;
    return x->input < y->input ? -1 : x->input > y->input;
}

/* The statement lends its name, calls and text to the plan, and goes. */
static void merge(struct queries *w, size_t plan, size_t statement, bool *gone)
{
    struct advice_input *p = &w->inputs[plan];
    const struct advice_input *s = &w->inputs[statement];
    p->name = s->name;
    p->weight = s->weight;
    p->sql = s->sql;
    p->query = s->query;
    w->places[plan] = w->places[statement];
    gone[statement] = true;
}

static void merge_alike(struct queries *w, struct printed *all, size_t count, bool *gone)
{
    qsort(all, count, sizeof *all, by_fingerprint);
    for (size_t i = 0, end; i < count; i = end) {
        size_t plan = w->count, statement = w->count;
        for (end = i; end < count && all[end].fingerprint == all[i].fingerprint; end++) {
            bool is_plan = w->inputs[all[end].input].plan != NULL;
            size_t *first = is_plan ? &plan : &statement;
            if (*first == w->count)
                *first = all[end].input;
        }
        if (plan < w->count && statement < w->count)
            merge(w, plan, statement, gone);
    }
}

static void bring_together(struct queries *w)
{
    struct printed *all = xcalloc(w->count, sizeof *all);
    bool *gone = xcalloc(w->count, sizeof *gone);
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < w->count; i++) {
        struct err ignored = {0};
        all[count].input = i;
        if (text_of(&w->inputs[i]).len &&
            sql_fingerprint(text_of(&w->inputs[i]), &all[count].fingerprint, &ignored))
            count++;
    }
    merge_alike(w, all, count, gone);
    for (size_t i = 0; i < w->count; i++) {
        if (gone[i])
            continue;
        w->inputs[kept] = w->inputs[i];
        w->places[kept++] = w->places[i];
    }
    w->count = kept;
    free(all);
    free(gone);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Where some say how often they are called, the others are taken for middling ones. */
static void fill_calls(struct queries *w)
{
    double *said = xcalloc(w->count, sizeof *said);
    size_t count = 0;
    for (size_t i = 0; i < w->count; i++)
        if (w->places[i].calls_known)
            said[count++] = w->inputs[i].weight;
    qsort(said, count, sizeof *said, by_value);
    for (size_t i = 0; i < w->count && count; i++)
        if (!w->places[i].calls_known)
            w->inputs[i].weight = said[count / 2];
    free(said);
}

void queries_finish(struct queries *w)
{
    bool plans = false, statements = false;
    for (size_t i = 0; i < w->count; i++) {
        plans |= w->inputs[i].plan != NULL;
        statements |= w->inputs[i].plan == NULL;
    }
    if (plans && statements)
        bring_together(w);
    fill_calls(w);
}
