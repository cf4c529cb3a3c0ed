/* What a log's report says, in words. */
#include <ctype.h>
#include <math.h>
#include <time.h>

#include "base/arena.h"
#include "base/text.h"
#include "plan/metrics.h"
#include "report/cell.h"
#include "report/workload.h"

static double ms_of(uint64_t ns)
{
    return (double)ns / 1e6;
}

static void add_counted(struct buf *b, uint64_t n, const char *one, const char *many)
{
    text_add_grouped(b, (double)n);
    buf_printf(b, " %s", n == 1 ? one : many);
}

/* Plans of its executions; those of portals come after the statement that was counted. */
static uint64_t plans_of(const struct work_query *q)
{
    uint64_t plans = 0;
    for (size_t i = 0; i < q->shape_count; i++)
        plans += q->shapes[i]->stat.calls;
    return plans;
}

static void add_percent(struct buf *b, double share)
{
    double percent = share * 100;
    text_add_decimal(b, percent, percent < 10 ? 1 : 0, true);
    buf_adds(b, " %");
}

/* ---- the log ---- */

void workload_add_total(struct buf *b, const struct workload_view *v)
{
    const struct summary *s = v->summary;
    text_add_ms(b, s->log_ms);
    buf_adds(b, " in ");
    add_counted(b, s->total->stat.calls + s->total->unknown, "execution", "executions");
    buf_adds(b, " of ");
    add_counted(b, s->query_count, "query", "queries");
    buf_adds(b, ", ");
    add_counted(b, s->total->plans, "plan", "plans");
}

void workload_add_time(struct buf *b, int64_t time_us)
{
    time_t second = (time_t)(time_us / 1000000 - (time_us % 1000000 < 0));
    struct tm tm;
    if (!gmtime_r(&second, &tm))
        return;
    buf_printf(b, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
               tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void workload_add_span(struct buf *b, const struct workload_view *v)
{
    const struct work_total *t = v->summary->total;
    if (t->first_us == WORK_NO_TIME)
        return;
    size_t first = b->len;
    workload_add_time(b, t->first_us);
    buf_adds(b, " to ");
    size_t last = b->len;
    workload_add_time(b, t->last_us);
    /* The day is said once: both begin with ten characters of it and a blank. */
    if (b->len - last > 11 && memcmp(b->data + first, b->data + last, 11) == 0) {
        memmove(b->data + last, b->data + last + 11, b->len - last - 11 + 1);
        b->len -= 11;
    }
}

void workload_add_bucket(struct buf *b, const struct summary *s)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{604800, "w"}, {86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (s->bucket_s % units[i].seconds == 0) {
            text_add_int(b, s->bucket_s / units[i].seconds);
            buf_adds(b, units[i].name);
            return;
        }
}

void workload_add_hint(struct buf *b, const struct workload_view *v)
{
    if (v->summary->total->plans)
        return;
    buf_adds(b, "The log has no plans. To have them logged:\n"
                "ALTER SYSTEM SET session_preload_libraries = 'auto_explain';\n"
                "ALTER SYSTEM SET auto_explain.log_min_duration = '250ms';\n"
                "ALTER SYSTEM SET auto_explain.log_analyze = on;\n"
                "ALTER SYSTEM SET auto_explain.log_buffers = on;\n"
                "ALTER SYSTEM SET auto_explain.log_format = 'json';\n"
                "SELECT pg_reload_conf();\n");
}

/* ---- remarks ---- */

static void note_nested(struct buf *b, const struct workload_view *v)
{
    const struct work_total *t = v->summary->total;
    if (!t->nested)
        return;
    add_counted(b, t->nested, "execution", "executions");
    buf_adds(b, " inside other statements: ");
    text_add_ms(b, ms_of(t->nested_ns));
    buf_adds(b, " that their parents' times hold already");
}

/* The log does not say whose parts they are, so they stand beside the others. */
static void note_inside(struct buf *b, const struct workload_view *v)
{
    uint64_t n = workload_counted(v->summary->workload, WORK_INSIDE);
    if (!n || v->summary->total->nested) /* the log says what is inside what */
        return;
    add_counted(b, n, "plan ran", "plans ran");
    buf_adds(b, " while another one of its process did: ");
    text_add_ms(b, (double)workload_counted(v->summary->workload, WORK_INSIDE_US) / 1e3);
    buf_adds(b, " counted twice. Which statement is inside which the log does not say "
                "(log_error_verbosity = terse leaves that out)");
}

static void note_phases(struct buf *b, const struct workload_view *v)
{
    if (!v->summary->total->phase_ns)
        return;
    buf_adds(b, "parse, bind and further fetches, logged apart: ");
    text_add_ms(b, ms_of(v->summary->total->phase_ns));
}

static void note_unknown(struct buf *b, const struct workload_view *v)
{
    const struct work_total *t = v->summary->total;
    if (!t->unknown)
        return;
    add_counted(b, t->unknown, "duration", "durations");
    buf_adds(b, " without a statement: ");
    text_add_ms(b, ms_of(t->unknown_ns));
}

static void note_unmeasured(struct buf *b, const struct workload_view *v)
{
    const struct work_total *t = v->summary->total;
    if (!t->unmeasured)
        return;
    add_counted(b, t->unmeasured, "plan has", "plans have");
    buf_adds(b,
             " estimates only (auto_explain.log_analyze is off): what is wrong in them is judged "
             "by cost");
}

static void note_untimed(struct buf *b, const struct workload_view *v)
{
    const struct work_total *t = v->summary->total;
    if (!t->untimed)
        return;
    add_counted(b, t->untimed, "plan has", "plans have");
    buf_adds(b, " rows but no times (auto_explain.log_timing is off)");
}

/* Queries that have plans, of which some executions have none. */
static void note_sampled(struct buf *b, const struct workload_view *v)
{
    const struct summary *s = v->summary;
    uint64_t calls = 0, without = 0;
    for (size_t i = 0; i < s->query_count; i++) {
        const struct work_query *q = s->queries[i].query;
        uint64_t plans = plans_of(q);
        if (!plans || plans >= q->stat.calls)
            continue;
        calls += q->stat.calls;
        without += q->stat.calls - plans;
    }
    if (!without)
        return;
    text_add_grouped(b, (double)without);
    buf_adds(b, " of ");
    add_counted(b, calls, "execution", "executions");
    buf_adds(b,
             " of queries with plans were logged without one (auto_explain.sample_rate, or below "
             "auto_explain.log_min_duration): what plans say is about the others, a lower "
             "bound");
}

static void note_explains(struct buf *b, const struct workload_view *v)
{
    uint64_t n = workload_counted(v->summary->workload, WORK_EXPLAINS);
    if (!n)
        return;
    add_counted(b, n, "EXPLAIN statement", "EXPLAIN statements");
    buf_adds(b, " left out");
}

static void note_bad(struct buf *b, const struct workload_view *v)
{
    uint64_t bad = workload_counted(v->summary->workload, WORK_BAD);
    if (!bad)
        return;
    add_counted(b, bad, "record", "records");
    buf_adds(b, " could not be read");
}

static void note_bad_plans(struct buf *b, const struct workload_view *v)
{
    uint64_t bad = workload_counted(v->summary->workload, WORK_BAD_PLANS);
    if (!bad)
        return;
    add_counted(b, bad, "plan", "plans");
    buf_adds(b, " could not be read; their time is counted");
}

static void note_repeated(struct buf *b, const struct workload_view *v)
{
    uint64_t n = workload_counted(v->summary->workload, WORK_REPEATED);
    if (!n)
        return;
    add_counted(b, n, "record", "records");
    buf_adds(b, " given twice counted once");
}

static void note_temp(struct buf *b, const struct workload_view *v)
{
    const struct work_temp *t = &v->summary->total->temp;
    if (!t->files)
        return;
    add_counted(b, t->files, "temporary file", "temporary files");
    buf_adds(b, " logged: ");
    text_add_bytes(b, (double)t->bytes);
    buf_adds(b, ", the largest ");
    text_add_bytes(b, (double)t->largest);
}

static void note_failed(struct buf *b, const struct workload_view *v)
{
    if (!v->summary->failed_count)
        return;
    add_counted(b, v->summary->failed_count, "statement", "statements");
    buf_adds(b, " known from errors, temporary files or parts of executions only");
}

static void (*const notes[])(struct buf *b, const struct workload_view *v) = {
    note_nested,    note_inside,  note_phases,   note_unknown,  note_unmeasured,
    note_untimed,   note_sampled, note_explains, note_repeated, note_bad,
    note_bad_plans, note_temp,    note_failed};

bool workload_add_note(struct buf *b, const struct workload_view *v, size_t i)
{
    for (size_t n = 0; n < sizeof notes / sizeof notes[0]; n++) {
        size_t before = b->len;
        notes[n](b, v);
        if (b->len == before)
            continue;
        if (i-- == 0)
            return true;
        b->len = before;
        b->data[before] = 0;
    }
    return false;
}

/* ---- queries ---- */

void workload_add_sql(struct buf *b, struct str sql)
{
    bool gap = false;
    sql = str_trim(sql);
    for (size_t i = 0; i < sql.len; i++) {
        if (isspace((unsigned char)sql.p[i])) {
            gap = true;
            continue;
        }
        if (gap)
            buf_addc(b, ' ');
        gap = false;
        buf_addc(b, sql.p[i]);
    }
}

static void add_named_ms(struct buf *b, const char *name, double ms)
{
    buf_printf(b, ", %s ", name);
    text_add_ms(b, ms);
}

static void figures_calls(struct buf *b, const struct summary_query *q)
{
    const struct tally *t = &q->query->stat;
    add_counted(b, t->calls, "call", "calls");
    if (q->query->nested == t->calls)
        buf_adds(b, " inside other statements");
    else if (q->query->nested)
        buf_printf(b, " (%llu inside other statements)", (unsigned long long)q->query->nested);
    add_named_ms(b, "mean", q->mean_ms);
    if (t->calls < 2)
        return;
    add_named_ms(b, "deviation", q->stddev_ms);
    add_named_ms(b, "min", ms_of(t->min_ns));
    add_named_ms(b, "p50", q->p50_ms);
    add_named_ms(b, "p95", q->p95_ms);
    add_named_ms(b, "p99", q->p99_ms);
    add_named_ms(b, "max", ms_of(t->max_ns));
}

static void figures_sources(struct buf *b, const struct summary_query *q)
{
    const struct work_query *x = q->query;
    uint64_t plans = plans_of(x);
    if (plans && plans < x->stat.calls)
        buf_printf(b, "%llu with a plan, %llu from statement durations alone",
                   (unsigned long long)plans, (unsigned long long)(x->stat.calls - plans));
    if (x->paired && x->whole_ns) {
        buf_adds(b, b->len ? "; " : "");
        add_counted(b, x->paired, "statement", "statements");
        buf_adds(b, " took ");
        text_add_ms(b, ms_of(x->whole_ns));
        buf_adds(b, ", parsing and planning included");
    }
}

static void figures_phases(struct buf *b, const struct summary_query *q)
{
    const struct work_query *x = q->query;
    const struct {
        const char *name;
        uint64_t count, ns;
    } phases[] = {{"parse", x->parses, x->parse_ns},
                  {"bind", x->binds, x->bind_ns},
                  {"further fetches", x->fetches, x->fetch_ns}};
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++)
        if (phases[i].count) {
            buf_printf(b, "%s%s ", b->len ? ", " : "", phases[i].name);
            text_add_ms(b, ms_of(phases[i].ns));
            buf_printf(b, " in %llu", (unsigned long long)phases[i].count);
        }
}

static void add_blocks(struct buf *b, const char *name, uint64_t blocks)
{
    if (!blocks)
        return;
    buf_printf(b, "%s%s ", b->len ? ", " : "", name);
    text_add_count(b, (double)blocks);
}

static void figures_rows(struct buf *b, const struct summary_query *q)
{
    const struct work_io *io = &q->query->io;
    if (num_known(q->rows)) {
        if (q->rows < 10)
            text_add_decimal(b, q->rows, 1, true);
        else
            text_add_grouped(b, q->rows);
        buf_adds(b, q->rows == 1 ? " row each" : " rows each");
    }
    if (!io->executions || !(io->hit + io->read))
        return;
    double each = (double)(io->hit + io->read) / (double)io->executions;
    buf_adds(b, b->len ? ", " : "");
    text_add_count(b, each);
    buf_adds(b, " blocks each");
    add_blocks(b, "hit", io->hit);
    add_blocks(b, "read", io->read);
    add_blocks(b, "dirtied", io->dirtied);
    add_blocks(b, "written", io->written);
    add_blocks(b, "temp read", io->temp_read);
    add_blocks(b, "temp written", io->temp_written);
    if (io->read_ns)
        add_named_ms(b, "reading", ms_of(io->read_ns));
    if (io->write_ns)
        add_named_ms(b, "writing", ms_of(io->write_ns));
}

static void figures_spill(struct buf *b, const struct summary_query *q)
{
    workload_add_spill(b, &q->query->spill);
}

static void figures_temp(struct buf *b, const struct summary_query *q)
{
    const struct work_temp *t = &q->query->temp;
    if (!t->files)
        return;
    add_counted(b, t->files, "temporary file", "temporary files");
    buf_adds(b, " logged, ");
    text_add_bytes(b, (double)t->bytes);
}

static void figures_errors(struct buf *b, const struct summary_query *q)
{
    if (q->query->errors)
        add_counted(b, q->query->errors, "error", "errors");
}

static void figures_kind(struct buf *b, const struct summary_query *q)
{
    uint64_t unmeasured = 0, untimed = 0;
    for (size_t i = 0; i < q->shape_count; i++) {
        unmeasured += q->shapes[i].shape->unmeasured;
        untimed += q->shapes[i].shape->untimed;
    }
    if (q->query->own)
        buf_adds(b, "grouped by its tokens: this syntax is newer than the parser");
    if (unmeasured) {
        buf_adds(b, b->len ? "; estimates only in " : "estimates only in ");
        add_counted(b, unmeasured, "plan", "plans");
    }
    if (untimed) {
        buf_adds(b, b->len ? "; rows without times in " : "rows without times in ");
        add_counted(b, untimed, "plan", "plans");
    }
}

static void (*const figures[])(struct buf *b, const struct summary_query *q) = {
    figures_calls, figures_sources, figures_phases, figures_rows,
    figures_spill, figures_temp,    figures_errors, figures_kind};

bool workload_add_figures(struct buf *b, const struct summary_query *q, size_t i)
{
    for (size_t n = 0; n < sizeof figures / sizeof figures[0]; n++) {
        struct buf line = {0};
        figures[n](&line, q);
        bool said = line.len > 0;
        if (said && i == 0)
            buf_addstr(b, buf_str(&line));
        buf_free(&line);
        if (said && i-- == 0)
            return true;
    }
    return false;
}

void workload_add_shapes(struct buf *b, const struct summary_query *q, size_t limit)
{
    if (q->shape_count < 2)
        return;
    for (size_t i = 0; i < q->shape_count && i < limit; i++) {
        buf_printf(b, "%s%s ", i ? "; " : "", q->shapes[i].name);
        add_percent(b, q->shapes[i].share);
        buf_adds(b, ", mean ");
        text_add_ms(b, q->shapes[i].mean_ms);
    }
    if (q->shape_count > limit)
        buf_printf(b, "; and %zu more", q->shape_count - limit);
}

void workload_add_flip(struct buf *b, const struct summary_query *q, const struct summary_flip *f)
{
    bool worse = f->cost_ms > 0;
    buf_printf(b, "%s %s %s at ", q->shapes[f->to].name, f->replaced ? "replaced" : "came beside",
               q->shapes[f->from].name);
    workload_add_time(b, f->at_us);
    buf_adds(b, ": ");
    text_add_grouped(b, f->calls);
    buf_adds(b, f->calls == 1 ? " call of " : " calls of ");
    text_add_ms(b, f->to_ms);
    buf_adds(b, " instead of ");
    text_add_ms(b, f->from_ms);
    buf_adds(b, worse ? ", it cost " : ", it saved ");
    text_add_ms(b, fabs(f->cost_ms));
}

void workload_add_stake(struct buf *b, const struct summary_query *q, const struct work_finding *f)
{
    uint64_t plans = plans_of(q->query);
    if (f->stake_ns) {
        buf_adds(b, f->untimed ? "about " : "");
        text_add_ms(b, ms_of(f->stake_ns));
        buf_adds(b, " at stake in ");
    } else if (f->share_ppm) {
        add_percent(b, (double)f->share_ppm / 1e6);
        buf_adds(b, " at stake in ");
    } else {
        buf_adds(b, "seen in ");
    }
    text_add_grouped(b, (double)f->executions);
    buf_printf(b, " of %llu %s", (unsigned long long)plans, plans == 1 ? "plan" : "plans");
    if (f->executions > 1 && f->stake_max_ns) {
        buf_adds(b, ", up to ");
        text_add_ms(b, ms_of(f->stake_max_ns));
        buf_adds(b, " in one");
    }
}

void workload_add_misestimate(struct buf *b, const struct summary_query *q,
                              const struct work_finding *f)
{
    buf_adds(b, "off by x");
    text_add_count(b, (double)f->factor_min / 100);
    if (f->factor_max != f->factor_min) {
        buf_adds(b, " to x");
        text_add_count(b, (double)f->factor_max / 100);
    }
    buf_adds(b, " in ");
    text_add_grouped(b, (double)f->executions);
    buf_adds(b, " of ");
    text_add_grouped(b, (double)plans_of(q->query));
    buf_adds(b, " plans");
}

void workload_add_example(struct buf *b, const struct work_example *x)
{
    text_add_ms(b, ms_of(x->duration_ns));
    if (x->time_text.len)
        buf_printf(b, " at %.*s", STR_ARG(x->time_text));
    buf_printf(b, ", %.*s:%zu", STR_ARG(x->file), x->line);
    if (x->user.len || x->database.len)
        buf_printf(b, ", %.*s@%.*s", STR_ARG(x->user), STR_ARG(x->database));
    if (x->app.len)
        buf_printf(b, ", %.*s", STR_ARG(x->app));
}

/* A work_mem setting for at least so many bytes: the next round one. */
static void add_setting(struct buf *b, double bytes)
{
    double mb = ceil(bytes / 1048576);
    double step = mb <= 16 ? 1 : mb <= 64 ? 4 : mb <= 256 ? 16 : mb <= 1024 ? 64 : 256;
    buf_printf(b, "%.0fMB", fmax(1, ceil(mb / step) * step));
}

void workload_add_spill(struct buf *b, const struct work_spill *spill)
{
    if (!spill->executions)
        return;
    add_counted(b, spill->executions, "execution", "executions");
    buf_adds(b, " spilled to disk");
    if (spill->blocks) {
        buf_adds(b, ", ");
        text_add_bytes(b, (double)spill->blocks * METRIC_BLOCK_BYTES);
        buf_adds(b, " written");
    }
    if (!spill->known)
        return;
    buf_adds(b, "; work_mem = '");
    add_setting(b, tally_hist_bound(&spill->need, 0.95));
    buf_adds(b, spill->known == 1 ? "' would have held it" : "' would have held 95 % of them");
}

void workload_add_saving(struct buf *b, const struct summary *s, const struct summary_index *x)
{
    enum { NAMED = 12 };
    buf_adds(b, "saves ");
    text_add_ms(b, x->saved_ms);
    buf_adds(b, ", ");
    add_percent(b, x->share);
    buf_adds(b, " of the log; serves ");
    add_counted(b, x->query_count, "query:", "queries:");
    for (size_t i = 0; i < x->query_count && i < NAMED; i++)
        buf_printf(b, " #%zu", s->queries[x->queries[i]].rank);
    if (x->query_count > NAMED)
        buf_printf(b, " and %zu more", x->query_count - NAMED);
}

void workload_add_spark(struct buf *b, const double *series, size_t count, bool ascii)
{
    static const char *const step[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                       "\u2585", "\u2586", "\u2587", "\u2588"};
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, series[i]);
    for (size_t i = 0; i < count; i++) {
        int height = most > 0 && series[i] > 0 ? (int)fmin(7, series[i] / most * 8) : -1;
        if (height < 0)
            buf_addc(b, ' ');
        else if (ascii)
            buf_addc(b, "_.-=+*%#"[height]);
        else
            buf_adds(b, step[height]);
    }
}

enum severity workload_severity(const struct workload_view *v, double share)
{
    static const enum threshold_id from[] = {THRESHOLD_HIGH, THRESHOLD_MEDIUM, THRESHOLD_LOW};
    for (int i = 0; i < 3; i++)
        if (share * 100 >= v->thresholds->value[from[i]])
            return (enum severity)(SEVERITY_HIGH - i);
    return SEVERITY_INFO;
}

/* ---- example plans ---- */

struct report *workload_plan_report(struct arena *a, const struct workload_view *v, size_t query,
                                    size_t shape, size_t number)
{
    const struct work_shape *s = v->summary->queries[query].shapes[shape].shape;
    const struct summary_plan *advised = NULL;
    const struct advice *advice =
        v->summary->advice ? summary_advice_for(a, v->summary, query, s, &advised) : NULL;
    const struct plan *p = advised ? advised->plan : work_example_plan(a, &s->example);
    if (!p)
        return NULL;
    const struct plan_metrics *m = advised ? advised->metrics : metrics_new(a, p);
    struct finding_list found =
        rules_run(a, p, m, v->catalog, v->thresholds, v->disabled, v->disabled_count);
    const char *source = arena_printf(a, "%.*s:%zu", STR_ARG(s->example.file), s->example.line);
    return report_new(a, p, m, &found, advice, source, number, 0);
}
