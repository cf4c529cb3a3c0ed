#include "work/workload.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/io.h"
#include "plan/metrics.h"
#include "read/log.h"
#include "sql/parse.h"
#include "work/anonymize.h"
#include "work/workload_private.h"

const struct work_count_info work_count_info[WORK_COUNT_COUNT] = {
#define WORK_COUNT(id, name, what) {name, what},
#include "work/count.def"
#undef WORK_COUNT
};

/* Statements longer than this are kept cut in examples; the plan's text has them whole. */
enum { EXAMPLE_SQL_MAX = 64 * 1024 };

struct workload *workload_new(const struct workload_options *options)
{
    struct workload *w = xcalloc(1, sizeof *w);
    if (options)
        w->options = *options;
    w->raw = xcalloc(1, sizeof *w->raw);
    w->read = xcalloc(1, sizeof *w->read);
    w->total.first_us = w->total.last_us = LOG_NO_TIME;
    return w;
}

void workload_free(struct workload *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->query_count; i++)
        query_free(w->queries[i]);
    for (size_t i = 0; i < w->problem_count; i++) {
        free((char *)(uintptr_t)w->problems[i].file.p);
        free((char *)(uintptr_t)w->problems[i].message.p);
    }
    for (size_t i = 0; i < w->file_count; i++)
        free((char *)(uintptr_t)w->files[i].p);
    free(w->files);
    statement_release(&w->statement);
    tally_release(&w->total.stat);
    tally_series_release(&w->total.series);
    tally_hist_release(&w->total.spill.need);
    buf_free(&w->scratch);
    free(w->node_digest);
    free(w->node_below);
    free(w->queries);
    free(w->slots);
    free(w->raw);
    free(w->read);
    free(w);
}

void time_widen(int64_t *first_us, int64_t *last_us, int64_t time_us)
{
    if (time_us == LOG_NO_TIME)
        return;
    if (*first_us == LOG_NO_TIME || time_us < *first_us)
        *first_us = time_us;
    if (*last_us == LOG_NO_TIME || time_us > *last_us)
        *last_us = time_us;
}

/* ---- which query a text is ---- */

/* Two places for a digest; the one that holds it, else the one to use. */
static struct cache_entry *cache_place(struct text_cache *c, struct digest d)
{
    struct cache_entry *a = &c->entry[d.low % CACHE_SLOTS];
    struct cache_entry *b = &c->entry[d.high % CACHE_SLOTS];
    if (a->query && digest_eq(a->digest, d))
        return a;
    if (b->query && digest_eq(b->digest, d))
        return b;
    return !a->query || b->query ? a : b;
}

static struct work_query *cache_get(struct text_cache *c, struct digest d)
{
    struct cache_entry *e = cache_place(c, d);
    return e->query && digest_eq(e->digest, d) ? e->query : NULL;
}

static void cache_put(struct text_cache *c, struct digest d, struct query *q)
{
    *cache_place(c, d) = (struct cache_entry){d, &q->q};
}

/* The query of the statement that was read last. */
static struct query *query_of_statement(struct workload *w)
{
    struct statement *s = &w->statement;
    struct work_query *known = s->plain ? cache_get(w->read, s->digest) : NULL;
    struct err err = {0};
    uint64_t id;
    if (known)
        return query_of(known);
    bool parsed = sql_fingerprint(s->sql, &id, &err);
    struct query *q = query_get(w, parsed ? id : s->fingerprint);
    if (q->q.text.p && s->class < q->q.class)
        q->q.class = s->class;
    else if (!q->q.text.p)
        q->q.class = s->class;
    q->q.own = !parsed;
    query_offer_text(q, buf_str(&s->text), s->text_len);
    if (s->plain)
        cache_put(w->read, s->digest, q);
    return q;
}

/* A text of several statements is not kept in the cache: which of them it is depends on the plan.
 */
static struct query *query_of_text(struct workload *w, struct str sql, const struct plan *plan,
                                   size_t index)
{
    struct digest digest = digest_of(sql);
    struct work_query *known = cache_get(w->raw, digest);
    if (known)
        return query_of(known);
    statement_read(&w->statement, sql, w->options.no_values);
    bool batch = w->statement.batch;
    if (batch && plan)
        statement_read(&w->statement, statement_of_plan(sql, plan, index), w->options.no_values);
    struct query *q = query_of_statement(w);
    query_meet_constants(q, w->statement.constants,
                         w->options.no_values ? 0 : w->statement.constant_count);
    if (!batch) /* the plans of a batch are not of one query */
        cache_put(w->raw, digest, q);
    return q;
}

/* A plan without its statement's text: such plans of one shape are one query. */
static struct query *query_of_shape(struct workload *w, uint64_t shape)
{
    struct query *q = query_get(w, digest_mix(shape, 2));
    q->q.own = true;
    query_offer_text(q, STR("(the log does not have the text)"), 0);
    return q;
}

/* ---- events without a plan ---- */

static struct work_example example_of(const struct workload *w, const struct log_event *e,
                                      uint64_t ns, struct str sql)
{
    bool masked = w->options.no_values;
    return (struct work_example){.duration_ns = ns,
                                 .time_us = e->time_us,
                                 .file = e->file.p ? e->file : STR("-"),
                                 .line = e->line,
                                 .time_text = e->time_text,
                                 .user = e->user,
                                 .database = e->database,
                                 .app = e->app,
                                 .params = masked ? (struct str){0} : e->params,
                                 .context = masked ? (struct str){0} : e->context,
                                 .sql = str_sub(sql, 0, EXAMPLE_SQL_MAX)};
}

static void offer_example(struct work_example *now, struct work_example *candidate)
{
    bool tied = now->file.p && now->duration_ns == candidate->duration_ns;
    if (!tied && !example_is_better(now, candidate))
        return;
    candidate->digest = example_digest(candidate, (struct str){0});
    if (example_is_better(now, candidate))
        example_set(now, candidate);
}

static struct str shown_sql(struct workload *w, const struct query *q, struct str sql)
{
    return w->options.no_values ? q->q.text : sql;
}

static void add_execution(struct workload *w, struct query *q, const struct log_event *e,
                          uint64_t ns, struct str sql)
{
    struct work_example x = example_of(w, e, ns, shown_sql(w, q, sql));
    tally_add(&q->q.stat, ns);
    time_widen(&q->q.first_us, &q->q.last_us, e->time_us);
    if (e->time_us != LOG_NO_TIME)
        tally_series_add(&q->q.series, e->time_us, 1, ns);
    if (e->nested) {
        q->q.nested++;
        q->q.nested_ns = tally_sum(q->q.nested_ns, ns);
        w->total.nested++;
        w->total.nested_ns = tally_sum(w->total.nested_ns, ns);
    } else {
        tally_add(&w->total.stat, ns);
        if (e->time_us != LOG_NO_TIME)
            tally_series_add(&w->total.series, e->time_us, 1, ns);
    }
    offer_example(&q->q.example, &x);
}

static void add_phase(struct workload *w, struct query *q, enum log_kind kind, uint64_t ns)
{
    uint64_t *count = kind == LOG_PARSE  ? &q->q.parses
                      : kind == LOG_BIND ? &q->q.binds
                                         : &q->q.fetches;
    uint64_t *sum = kind == LOG_PARSE  ? &q->q.parse_ns
                    : kind == LOG_BIND ? &q->q.bind_ns
                                       : &q->q.fetch_ns;
    ++*count;
    *sum = tally_sum(*sum, ns);
    w->total.phase_ns = tally_sum(w->total.phase_ns, ns);
}

static void add_unknown(struct workload *w, uint64_t ns)
{
    w->total.unknown++;
    w->total.unknown_ns = tally_sum(w->total.unknown_ns, ns);
}

/* Left out because a person typed EXPLAIN. */
static bool is_left_out(struct workload *w, const struct query *q)
{
    if (q->q.class != WORK_EXPLAIN || w->options.explains)
        return false;
    w->count[WORK_EXPLAINS]++;
    return true;
}

static void add_duration(struct workload *w, const struct log_event *e)
{
    uint64_t ns = tally_ns(e->duration_ms);
    if (!e->sql.len) {
        if (!e->paired)
            add_unknown(w, ns);
        return;
    }
    struct query *q = query_of_text(w, e->sql, NULL, 0);
    if (is_left_out(w, q))
        return;
    if (e->paired) {
        q->q.paired++;
        q->q.whole_ns = tally_sum(q->q.whole_ns, ns);
        if (e->params.len) { /* which the plan's record may not have */
            struct work_example x = example_of(w, e, ns, shown_sql(w, q, e->sql));
            offer_example(&q->q.example, &x);
        }
    } else if (e->kind != LOG_STATEMENT || e->step == LOG_FETCH) {
        add_phase(w, q, e->kind, ns);
    } else {
        add_execution(w, q, e, ns, e->sql);
    }
}

static void temp_add(struct work_temp *t, uint64_t bytes)
{
    t->files++;
    t->bytes = tally_sum(t->bytes, bytes);
    t->largest = bytes > t->largest ? bytes : t->largest;
}

static void add_temp(struct workload *w, const struct log_event *e)
{
    temp_add(&w->total.temp, e->temp_bytes);
    if (e->sql.len)
        temp_add(&query_of_text(w, e->sql, NULL, 0)->q.temp, e->temp_bytes);
}

static const enum work_count count_of_kind[LOG_KIND_COUNT] = {
    [LOG_PLAN] = WORK_PLANS,           [LOG_STATEMENT] = WORK_STATEMENTS,
    [LOG_PARSE] = WORK_PARSES,         [LOG_BIND] = WORK_BINDS,
    [LOG_DURATION] = WORK_DURATIONS,   [LOG_TEXT] = WORK_OTHERS,
    [LOG_TEMP_FILE] = WORK_TEMP_FILES, [LOG_ERROR] = WORK_ERRORS,
    [LOG_OTHER] = WORK_OTHERS};

static void count_event(struct workload *w, const struct log_event *e)
{
    struct str file = e->file.p ? e->file : STR("-");
    if (!str_eq(file, w->last_file))
        file_add(w, file);
    w->count[WORK_RECORDS]++;
    w->count[count_of_kind[e->kind]]++;
    time_widen(&w->total.first_us, &w->total.last_us, e->time_us);
}

void workload_add_event(struct workload *w, const struct log_event *e)
{
    count_event(w, e);
    switch (e->kind) {
    case LOG_PLAN:
        w->count[WORK_BAD_PLANS]++;
        if (!e->paired)
            add_duration(w, e);
        break;
    case LOG_STATEMENT:
    case LOG_PARSE:
    case LOG_BIND:
        add_duration(w, e);
        break;
    case LOG_DURATION:
        if (!e->paired)
            add_unknown(w, tally_ns(e->duration_ms));
        break;
    case LOG_TEMP_FILE:
        add_temp(w, e);
        break;
    case LOG_ERROR:
        if (e->sql.len)
            query_of_text(w, e->sql, NULL, 0)->q.errors++;
        break;
    default:
        break;
    }
}

/* ---- plans ---- */

/* Whole number of a count that is not negative. */
static uint64_t whole(double v)
{
    static const double MOST = 9007199254740992.0;
    return !(v > 0) ? 0 : v >= MOST ? (uint64_t)MOST : (uint64_t)llround(v);
}

static void add_io(struct work_io *out, const struct metric_io *io)
{
    struct work_io one = {.executions = 1,
                          .hit = whole(io->hit),
                          .read = whole(io->read),
                          .dirtied = whole(io->dirtied),
                          .written = whole(io->written),
                          .temp_read = whole(io->temp_read),
                          .temp_written = whole(io->temp_written),
                          .read_ns = tally_ns(io->read_ms),
                          .write_ns = tally_ns(io->write_ms)};
    work_io_merge(out, &one);
}

static void spill_add(struct work_spill *s, uint64_t blocks, double need_bytes)
{
    s->executions++;
    s->blocks = tally_sum(s->blocks, blocks);
    if (need_bytes > 0) {
        s->known++;
        tally_hist_add(&s->need, whole(need_bytes), 1);
    }
}

/* An execution spilled when the plan says so: by temporary blocks, or by a node that does. */
static void add_spill(struct workload *w, struct query *q, const struct plan_metrics *m,
                      const struct finding_list *findings)
{
    double need = 0;
    uint64_t blocks = whole(m->io.temp_written);
    bool told = blocks > 0;
    for (const struct finding *f = findings ? findings->first : NULL; f; f = f->next) {
        need = f->work_mem_bytes > need ? f->work_mem_bytes : need;
        told = told || f->work_mem_bytes > 0;
    }
    if (!told || !m->plan->has_actual)
        return;
    spill_add(&q->q.spill, blocks, need);
    spill_add(&w->total.spill, blocks, need);
}

static uint64_t factor_of(const struct finding *f)
{
    for (const struct evidence *e = f->evidence; e; e = e->next)
        if (e->unit && strcmp(e->unit, "x") == 0)
            return whole(e->value * 100);
    return 0;
}

static void widen_factor(struct work_finding *f, uint64_t least, uint64_t most)
{
    if (most == 0)
        return;
    f->factor_min = f->factor_min == 0 || least < f->factor_min ? least : f->factor_min;
    f->factor_max = most > f->factor_max ? most : f->factor_max;
}

/* Without times: its share of the plan's cost, blocks or rows, of the time that the log has. */
static uint64_t stake_of(const struct finding *f, uint64_t ns)
{
    return num_known(f->stake_ms) ? tally_ns(f->stake_ms) : tally_ns(f->share * (double)ns / 1e6);
}

/* The finding of that place in a list, with its words. */
static const struct finding *told_at(const struct finding_list *findings, size_t at)
{
    const struct finding *f = rules_tell(findings)->first;
    while (at--)
        f = f->next;
    return f;
}

static void add_finding(struct workload *w, struct query *q, const struct finding_list *findings,
                        size_t at, const struct finding *f, const struct log_event *e,
                        uint64_t shape, uint64_t duration_ns)
{
    buf_clear(&w->scratch);
    if (f->node)
        shape_add_subject(&w->scratch, w, f->node);
    struct str subject = w->scratch.len ? buf_str(&w->scratch) : STR("");
    struct work_finding *x = finding_get(q, f->rule, subject);
    uint64_t ns = stake_of(f, duration_ns), ppm = whole(f->share * 1e6), factor = factor_of(f);
    struct str file = e->file.p ? e->file : STR("-");
    x->executions++;
    x->untimed += !num_known(f->stake_ms);
    x->stake_ns = tally_sum(x->stake_ns, ns);
    if (finding_is_worse(x, ns, ppm, file, e->line, STR(""))) { /* whatever its title is */
        const struct finding *told = told_at(findings, at);
        struct str title = str_of(told->title);
        if (finding_is_worse(x, ns, ppm, file, e->line, title))
            finding_tell(x, title, str_of(told->remedy), str_of(told->sql), file, e->line, shape);
    }
    x->stake_max_ns = ns > x->stake_max_ns ? ns : x->stake_max_ns;
    x->share_ppm = ppm > x->share_ppm ? ppm : x->share_ppm;
    x->severity = f->severity > x->severity ? f->severity : x->severity;
    widen_factor(x, factor, factor);
}

static bool is_misestimate(const struct finding *f)
{
    return strcmp(f->rule->id, "misestimate") == 0;
}

static void add_findings(struct workload *w, struct query *q, struct work_shape *s,
                         const struct finding_list *findings, const struct log_event *e,
                         uint64_t ns)
{
    bool misestimated = false;
    size_t at = 0;
    for (const struct finding *f = findings ? findings->first : NULL; f; f = f->next, at++) {
        if (f->severity == SEVERITY_CLEARED)
            continue;
        misestimated = misestimated || is_misestimate(f);
        add_finding(w, q, findings, at, f, e, s->id, ns);
    }
    s->misestimated += misestimated;
}

/* The plan's text: as logged, or of a masked plan, whose text is ours to write. */
static void offer_plan(struct workload *w, struct work_shape *s, const struct log_event *e,
                       uint64_t ns, struct query *q, const struct plan *plan)
{
    struct work_example x = example_of(w, e, ns, (struct str){0});
    bool tied = s->example.file.p && s->example.duration_ns == ns;
    if (!tied && !example_is_better(&s->example, &x))
        return;
    buf_clear(&w->scratch);
    if (w->options.no_values)
        plan_add_json(&w->scratch, plan);
    struct str body = w->options.no_values ? buf_str(&w->scratch) : e->body;
    struct buf packed = {0};
    if (!plan->query_text.len)
        x.sql = shown_sql(w, q, e->sql);
    x.digest = example_digest(&x, body);
    if (example_is_better(&s->example, &x)) {
        io_pack(&packed, body);
        x.packed = packed.data;
        x.packed_len = packed.len;
        x.body_len = body.len;
        example_set(&s->example, &x);
    }
    buf_free(&packed);
}

static void add_shape(struct workload *w, struct query *q, const struct log_event *e,
                      const struct plan *plan, uint64_t id, uint64_t ns,
                      const struct finding_list *findings)
{
    struct work_shape *s = shape_get(q, id);
    tally_add(&s->stat, ns);
    s->nested += e->nested;
    s->unmeasured += !plan->has_actual;
    s->untimed += plan->has_actual && !plan->has_timing;
    time_widen(&s->first_us, &s->last_us, e->time_us);
    if (e->time_us != LOG_NO_TIME)
        tally_series_add(&s->series, e->time_us, 1, ns);
    add_findings(w, q, s, findings, e, ns);
    offer_plan(w, s, e, ns, q, plan);
}

static void add_measures(struct workload *w, struct query *q, const struct log_event *e,
                         const struct plan *plan, const struct plan_metrics *m)
{
    double rows = m->node[plan->root->id - 1].rows;
    if (num_known(rows)) {
        q->q.measured++;
        q->q.rows_x100 = tally_sum(q->q.rows_x100, whole(rows * 100));
    }
    if (!plan->has_buffers)
        return;
    add_io(&q->q.io, &m->io);
    if (!e->nested) /* a statement's blocks hold those of the statements inside it */
        add_io(&w->total.io, &m->io);
}

void workload_add_plan(struct workload *w, const struct log_event *e, const struct plan *plan,
                       const struct plan_metrics *metrics, const struct finding_list *findings)
{
    uint64_t ns = tally_ns(num_known(e->duration_ms) ? e->duration_ms : metrics->execution_ms);
    uint64_t shape = shape_of(w, plan);
    struct str sql = plan->query_text.len ? plan->query_text : e->sql;
    count_event(w, e);
    struct query *q =
        sql.len ? query_of_text(w, sql, plan, e->batch_index) : query_of_shape(w, shape);
    if (is_left_out(w, q))
        return;
    w->count[WORK_INSIDE] += e->inside;
    w->count[WORK_INSIDE_US] += tally_ns(e->inside_ms) / 1000;
    w->total.plans++;
    w->total.unmeasured += !plan->has_actual;
    w->total.untimed += plan->has_actual && !plan->has_timing;
    if (!e->paired) {
        add_execution(w, q, e, ns, sql);
        q->q.planned++;
        q->q.planned_ns = tally_sum(q->q.planned_ns, ns);
    }
    add_measures(w, q, e, plan, metrics);
    add_spill(w, q, metrics, findings);
    add_shape(w, q, e, plan, shape, ns, findings);
}

const struct plan *work_mask_plan(struct arena *a, const struct plan *plan)
{
    return anon_plan(anon_new_for_values(a), a, plan);
}

/* ---- counters and problems ---- */

void workload_count(struct workload *w, enum work_count id, uint64_t n)
{
    if (id != WORK_FILES)
        w->count[id] = tally_sum(w->count[id], n);
}

uint64_t workload_counted(const struct workload *w, enum work_count id)
{
    return id == WORK_FILES ? w->file_count : w->count[id];
}

void file_add(struct workload *w, struct str name)
{
    size_t low = 0, high = w->file_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (str_cmp(w->files[mid], name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == w->file_count || !str_eq(w->files[low], name)) {
        if (w->file_count == w->file_cap) {
            w->file_cap = w->file_cap ? w->file_cap * 2 : 4;
            w->files = xrealloc(w->files, w->file_cap * sizeof *w->files);
        }
        memmove(w->files + low + 1, w->files + low, (w->file_count - low) * sizeof *w->files);
        w->files[low] = heap_str(name);
        w->file_count++;
    }
    w->last_file = w->files[low];
}

void workload_add_name(struct buf *b, const struct workload *w)
{
    if (w->file_count == 1 && !str_is(w->files[0], "-"))
        buf_addstr(b, w->files[0]);
    else if (w->file_count <= 1)
        buf_adds(b, "standard input");
    else
        buf_printf(b, "%zu files", w->file_count);
}

static int compare_problem(const struct work_problem *a, struct str file, size_t line,
                           struct str message)
{
    int order = str_cmp(a->file, file);
    if (order)
        return order;
    return a->line != line ? (a->line < line ? -1 : 1) : str_cmp(a->message, message);
}

/* The first ones by file and line. */
void problem_offer(struct workload *w, struct str file, size_t line, struct str message)
{
    size_t at = 0;
    while (at < w->problem_count && compare_problem(&w->problems[at], file, line, message) <= 0)
        at++;
    if (at == WORK_PROBLEMS_KEPT)
        return;
    if (w->problem_count == WORK_PROBLEMS_KEPT) {
        struct work_problem *last = &w->problems[--w->problem_count];
        free((char *)(uintptr_t)last->file.p);
        free((char *)(uintptr_t)last->message.p);
    }
    memmove(&w->problems[at + 1], &w->problems[at],
            (w->problem_count - at) * sizeof w->problems[0]);
    w->problems[at] = (struct work_problem){heap_str(file), line, heap_str(message)};
    w->problem_count++;
}

void workload_add_problem(struct workload *w, struct str file, size_t line, struct str message)
{
    w->count[WORK_BAD]++;
    problem_offer(w, file, line, message);
}

const struct work_problem *workload_problems(const struct workload *w, size_t *count)
{
    *count = w->problem_count;
    return w->problems;
}

/* ---- looking ---- */

static int compare_query(const void *a, const void *b)
{
    uint64_t x = (*(const struct work_query *const *)a)->id;
    uint64_t y = (*(const struct work_query *const *)b)->id;
    return x < y ? -1 : x > y;
}

const struct work_query **workload_queries(struct arena *a, const struct workload *w, size_t *count)
{
    const struct work_query **out = arena_calloc(a, w->query_count, sizeof *out);
    for (size_t i = 0; i < w->query_count; i++)
        out[i] = &w->queries[i]->q;
    if (w->query_count)
        qsort(out, w->query_count, sizeof *out, compare_query);
    *count = w->query_count;
    return out;
}

const struct work_query *workload_find(const struct workload *w, uint64_t id)
{
    const struct query *q = query_find(w, id);
    return q ? &q->q : NULL;
}

const struct work_total *workload_total(const struct workload *w)
{
    return &w->total;
}

struct str workload_fixed_sql(struct arena *a, const struct work_query *q, struct str sql)
{
    struct buf b = {0};
    statement_add_fixed(&b, sql, q->constants, q->constant_count);
    struct str out = str_dup(a, b.data ? buf_str(&b) : STR(""));
    buf_free(&b);
    return out;
}

void work_add_id(struct buf *b, uint64_t id)
{
    buf_printf(b, "%016llx", (unsigned long long)id);
}
