#include "report/workload_json.h"

#include <math.h>

#include "base/arena.h"
#include "base/io.h"
#include "report/json_value.h"

enum { SCHEMA = 1 };

/* The report being written. */
struct page {
    struct io_out *out;
    struct json_writer w;
    const struct workload_view *v;
    const struct summary *s;
    struct buf cell;
};

static double ms_of(uint64_t ns)
{
    return (double)ns / 1e6;
}

static void put_count(struct page *p, const char *key, uint64_t n)
{
    json_key(&p->w, key);
    if (n > INT64_MAX)
        json_number(&p->w, (double)n);
    else
        json_int(&p->w, (int64_t)n);
}

/* Left out when there was none. */
static void put_some(struct page *p, const char *key, uint64_t n)
{
    if (n)
        put_count(p, key, n);
}

static void put_ms(struct page *p, const char *key, double ms)
{
    json_value_num(&p->w, key, ms, 6);
}

static void put_time(struct page *p, const char *key, int64_t time_us)
{
    if (time_us == WORK_NO_TIME)
        return;
    buf_clear(&p->cell);
    workload_add_time(&p->cell, time_us);
    if (p->cell.len > 10)
        p->cell.data[10] = 'T';
    json_value_text(&p->w, key, buf_str(&p->cell));
}

static void put_id(struct page *p, const char *key, uint64_t id)
{
    buf_clear(&p->cell);
    work_add_id(&p->cell, id);
    json_value_text(&p->w, key, buf_str(&p->cell));
}

/* ---- parts ---- */

static void put_tally(struct page *p, const struct tally *t)
{
    put_count(p, "calls", t->calls);
    put_ms(p, "total_ms", ms_of(t->total_ns));
    if (t->calls == 0)
        return;
    put_ms(p, "mean_ms", tally_mean_ms(t));
    put_ms(p, "stddev_ms", tally_stddev_ms(t));
    put_ms(p, "min_ms", ms_of(t->min_ns));
    put_ms(p, "p50_ms", tally_quantile_ms(t, 0.50));
    put_ms(p, "p95_ms", tally_quantile_ms(t, 0.95));
    put_ms(p, "p99_ms", tally_quantile_ms(t, 0.99));
    put_ms(p, "max_ms", ms_of(t->max_ns));
}

static void put_io(struct page *p, const struct work_io *io)
{
    if (!io->executions)
        return;
    json_key(&p->w, "io");
    json_open_object(&p->w);
    put_count(p, "executions", io->executions);
    put_some(p, "hit_blocks", io->hit);
    put_some(p, "read_blocks", io->read);
    put_some(p, "dirtied_blocks", io->dirtied);
    put_some(p, "written_blocks", io->written);
    put_some(p, "temp_read_blocks", io->temp_read);
    put_some(p, "temp_written_blocks", io->temp_written);
    if (io->read_ns)
        put_ms(p, "read_ms", ms_of(io->read_ns));
    if (io->write_ns)
        put_ms(p, "write_ms", ms_of(io->write_ns));
    json_close_object(&p->w);
}

static void put_spills(struct page *p, const struct work_spill *s)
{
    if (!s->executions)
        return;
    json_key(&p->w, "spills");
    json_open_object(&p->w);
    put_count(p, "executions", s->executions);
    put_count(p, "written_blocks", s->blocks);
    if (s->known) {
        put_count(p, "sized_executions", s->known);
        json_value_num(&p->w, "work_mem_p95_bytes", tally_hist_bound(&s->need, 0.95), 0);
        json_value_num(&p->w, "work_mem_max_bytes", tally_hist_bound(&s->need, 1), 0);
    }
    json_close_object(&p->w);
}

static void put_temp(struct page *p, const struct work_temp *t)
{
    if (!t->files)
        return;
    json_key(&p->w, "temp_files");
    json_open_object(&p->w);
    put_count(p, "files", t->files);
    put_count(p, "bytes", t->bytes);
    put_count(p, "largest_bytes", t->largest);
    json_close_object(&p->w);
}

static void put_series(struct page *p, const double *series)
{
    if (p->s->bucket_count == 0)
        return;
    json_key(&p->w, "series_ms");
    bool pretty = p->w.pretty;
    json_open_array(&p->w);
    p->w.pretty = false;
    for (size_t i = 0; i < p->s->bucket_count; i++)
        json_decimal(&p->w, series[i], 3);
    json_close_array(&p->w);
    p->w.pretty = pretty;
}

static void put_example(struct page *p, const struct work_example *x, bool plan)
{
    if (!x->file.p)
        return;
    struct arena *a = arena_new(0);
    json_key(&p->w, "example");
    json_open_object(&p->w);
    put_ms(p, "duration_ms", ms_of(x->duration_ns));
    json_value_text(&p->w, "file", x->file);
    put_count(p, "line", x->line);
    json_value_text(&p->w, "time", x->time_text);
    json_value_text(&p->w, "user", x->user);
    json_value_text(&p->w, "database", x->database);
    json_value_text(&p->w, "application", x->app);
    json_value_text(&p->w, "parameters", x->params);
    json_value_text(&p->w, "context", x->context);
    json_value_text(&p->w, "sql", x->sql);
    if (plan)
        json_value_text(&p->w, "plan", work_example_body(a, x));
    json_close_object(&p->w);
    arena_free(a);
}

/* ---- queries ---- */

static void put_source(struct page *p, const char *key, uint64_t count, uint64_t ns)
{
    if (!count)
        return;
    json_key(&p->w, key);
    bool pretty = json_value_open_row(&p->w);
    put_count(p, "count", count);
    put_ms(p, "ms", ms_of(ns));
    json_value_close_row(&p->w, pretty);
}

static void put_sources(struct page *p, const struct work_query *q)
{
    json_key(&p->w, "sources");
    json_open_object(&p->w);
    put_source(p, "plans", q->planned, q->planned_ns);
    put_source(p, "statements", q->stat.calls - q->planned, q->stat.total_ns - q->planned_ns);
    put_source(p, "paired_statements", q->paired, q->whole_ns);
    put_source(p, "parse", q->parses, q->parse_ns);
    put_source(p, "bind", q->binds, q->bind_ns);
    put_source(p, "fetch", q->fetches, q->fetch_ns);
    json_close_object(&p->w);
}

static void put_shapes(struct page *p, const struct summary_query *q)
{
    if (!q->shape_count)
        return;
    json_key(&p->w, "shapes");
    json_open_array(&p->w);
    for (size_t i = 0; i < q->shape_count; i++) {
        const struct work_shape *s = q->shapes[i].shape;
        json_open_object(&p->w);
        json_value_text(&p->w, "name", str_of(q->shapes[i].name));
        put_id(p, "id", s->id);
        json_value_num(&p->w, "share", q->shapes[i].share, 5);
        put_tally(p, &s->stat);
        put_some(p, "nested_calls", s->nested);
        put_some(p, "estimates_only", s->unmeasured);
        put_some(p, "without_times", s->untimed);
        put_some(p, "misestimated", s->misestimated);
        put_time(p, "first_time", s->first_us);
        put_time(p, "last_time", s->last_us);
        put_example(p, &s->example, true);
        json_close_object(&p->w);
        io_out_pass(p->out);
    }
    json_close_array(&p->w);
}

static void put_flips(struct page *p, const struct summary_query *q)
{
    if (!q->flip_count)
        return;
    json_key(&p->w, "flips");
    json_open_array(&p->w);
    for (size_t i = 0; i < q->flip_count; i++) {
        const struct summary_flip *f = &q->flips[i];
        bool pretty = json_value_open_row(&p->w);
        json_value_text(&p->w, "from", str_of(q->shapes[f->from].name));
        json_value_text(&p->w, "to", str_of(q->shapes[f->to].name));
        put_time(p, "time", f->at_us);
        json_key(&p->w, "replaced");
        json_boolean(&p->w, f->replaced);
        json_value_num(&p->w, "calls", f->calls, 0);
        put_ms(p, "from_ms", f->from_ms);
        put_ms(p, "to_ms", f->to_ms);
        put_ms(p, "cost_ms", f->cost_ms);
        json_value_close_row(&p->w, pretty);
    }
    json_close_array(&p->w);
}

static void put_finding(struct page *p, const struct work_finding *f)
{
    json_open_object(&p->w);
    json_value_text(&p->w, "rule", str_of(f->rule->id));
    json_value_text(&p->w, "severity", str_of(severity_name[f->severity]));
    json_value_text(&p->w, "title", f->title);
    json_value_text(&p->w, "subject", f->subject);
    put_count(p, "executions", f->executions);
    put_some(p, "without_times", f->untimed);
    put_ms(p, "stake_ms", ms_of(f->stake_ns));
    put_ms(p, "stake_max_ms", ms_of(f->stake_max_ns));
    json_value_num(&p->w, "share_max", (double)f->share_ppm / 1e6, 6);
    if (f->factor_max) {
        json_value_num(&p->w, "factor_min", (double)f->factor_min / 100, 2);
        json_value_num(&p->w, "factor_max", (double)f->factor_max / 100, 2);
    }
    json_value_text(&p->w, "remedy", f->remedy);
    json_value_text(&p->w, "sql", f->sql);
    put_id(p, "shape", f->shape);
    json_value_text(&p->w, "file", f->file);
    put_count(p, "line", f->line);
    json_close_object(&p->w);
}

static void put_findings(struct page *p, const struct summary_query *q)
{
    json_key(&p->w, "findings");
    json_open_array(&p->w);
    for (size_t i = 0; i < q->finding_count; i++)
        put_finding(p, q->findings[i]);
    json_close_array(&p->w);
}

static void put_served(struct page *p, const struct summary_query *q)
{
    if (!q->index_count)
        return;
    json_key(&p->w, "indexes");
    json_open_array(&p->w);
    for (size_t i = 0; i < q->index_count; i++)
        json_cstring(&p->w, q->indexes[i]);
    json_close_array(&p->w);
    put_ms(p, "saved_ms", q->saved_ms);
}

static void put_query(struct page *p, const struct summary_query *q)
{
    const struct work_query *x = q->query;
    put_count(p, "rank", q->rank);
    put_id(p, "id", x->id);
    json_value_text(&p->w, "class", str_of(work_class_name[x->class]));
    json_value_flag(&p->w, "not_parsed", x->own);
    json_value_text(&p->w, "text", x->text);
    json_value_flag(&p->w, "text_cut", x->text.len < x->text_len);
    put_ms(p, "time_ms", q->time_ms);
    json_value_num(&p->w, "share", q->share, 6);
    put_tally(p, &x->stat);
    if (x->nested) {
        put_count(p, "nested_calls", x->nested);
        put_ms(p, "nested_ms", ms_of(x->nested_ns));
    }
    put_sources(p, x);
    json_value_num(&p->w, "rows_per_call", q->rows, 2);
    put_io(p, &x->io);
    put_spills(p, &x->spill);
    put_temp(p, &x->temp);
    put_some(p, "errors", x->errors);
    put_time(p, "first_time", x->first_us);
    put_time(p, "last_time", x->last_us);
    put_series(p, q->series);
    put_shapes(p, q);
    put_flips(p, q);
    put_findings(p, q);
    put_served(p, q);
    put_example(p, &x->example, false);
}

/* ---- rules, misestimates, indexes, problems ---- */

static void put_case(struct page *p, const struct summary_case *c)
{
    bool pretty = json_value_open_row(&p->w);
    put_id(p, "query", p->s->queries[c->query].query->id);
    json_value_text(&p->w, "subject", c->finding->subject);
    put_count(p, "executions", c->finding->executions);
    put_ms(p, "stake_ms", ms_of(c->finding->stake_ns));
    json_value_close_row(&p->w, pretty);
}

static void put_rule(struct page *p, const struct summary_rule *r)
{
    json_value_text(&p->w, "rule", str_of(r->rule->id));
    json_value_text(&p->w, "title", str_of(r->rule->title));
    put_ms(p, "stake_ms", r->stake_ms);
    json_value_num(&p->w, "share", r->share, 6);
    put_count(p, "executions", r->executions);
    put_some(p, "without_times", r->untimed);
    put_count(p, "query_count", r->query_count);
    json_key(&p->w, "cases");
    json_open_array(&p->w);
    for (size_t i = 0; i < r->case_count; i++)
        put_case(p, &r->cases[i]);
    json_close_array(&p->w);
}

static void put_index(struct page *p, const struct summary_index *i)
{
    const struct advice_index *x = i->index;
    json_value_text(&p->w, "id", str_of(x->id));
    json_value_text(&p->w, "schema_name", x->schema);
    json_value_text(&p->w, "table", x->table);
    json_value_text(&p->w, "name", str_of(x->name));
    json_value_text(&p->w, "columns", str_of(x->columns));
    json_value_text(&p->w, "predicate", x->predicate);
    json_value_text(&p->w, "before", str_of(x->before));
    json_value_text(&p->w, "up", str_of(x->up));
    json_value_text(&p->w, "down", str_of(x->down));
    json_value_text(&p->w, "rationale", str_of(x->rationale));
    json_value_text(&p->w, "basis", str_of(advice_basis_name[x->basis]));
    json_value_text(&p->w, "confidence", str_of(advice_confidence_name[x->confidence]));
    json_value_num(&p->w, "size_bytes", x->size_bytes, 0);
    put_ms(p, "saved_ms", i->saved_ms);
    json_value_num(&p->w, "saved_share", i->share, 6);
    json_value_flag(&p->w, "loses_hot", x->loses_hot);
    json_key(&p->w, "cautions");
    json_open_array(&p->w);
    for (size_t c = 0; c < x->caution_count; c++)
        json_cstring(&p->w, x->cautions[c]);
    json_close_array(&p->w);
    json_key(&p->w, "queries");
    json_open_array(&p->w);
    for (size_t q = 0; q < i->query_count; q++) {
        buf_clear(&p->cell);
        work_add_id(&p->cell, p->s->queries[i->queries[q]].query->id);
        json_string(&p->w, buf_str(&p->cell));
    }
    json_close_array(&p->w);
}

static void put_problem(struct page *p, const struct work_problem *x)
{
    json_value_text(&p->w, "file", x->file);
    put_count(p, "line", x->line);
    json_value_text(&p->w, "message", x->message);
}

/* ---- the log ---- */

static void put_counts(struct page *p)
{
    json_key(&p->w, "counts");
    json_open_object(&p->w);
    for (int i = 0; i < WORK_COUNT_COUNT; i++)
        put_count(p, work_count_info[i].name, workload_counted(p->s->workload, (enum work_count)i));
    json_close_object(&p->w);
}

static void put_log(struct page *p)
{
    const struct work_total *t = p->s->total;
    json_value_text(&p->w, "name", str_of(p->v->name));
    put_time(p, "first_time", t->first_us);
    put_time(p, "last_time", t->last_us);
    put_counts(p);
    put_ms(p, "time_ms", p->s->log_ms);
    put_tally(p, &t->stat);
    put_count(p, "query_count", p->s->query_count);
    put_source(p, "nested", t->nested, t->nested_ns);
    put_source(p, "without_statement", t->unknown, t->unknown_ns);
    if (t->phase_ns)
        put_ms(p, "phases_ms", ms_of(t->phase_ns));
    put_some(p, "estimates_only", t->unmeasured);
    put_some(p, "without_times", t->untimed);
    put_io(p, &t->io);
    put_spills(p, &t->spill);
    put_temp(p, &t->temp);
    json_value_num(&p->w, "quantile_error", 1.0 / 128, 4);
    if (p->s->bucket_count) {
        put_count(p, "bucket_seconds", (uint64_t)p->s->bucket_s);
        put_time(p, "series_time", p->s->first_bucket * p->s->bucket_s * 1000000);
    }
    put_series(p, p->s->series);
    if (p->s->advice) {
        json_key(&p->w, "advice");
        bool pretty = json_value_open_row(&p->w);
        json_key(&p->w, "unchecked");
        json_boolean(&p->w, p->s->advice->unchecked);
        put_count(p, "plans", p->s->plan_count);
        json_value_num(&p->w, "share", p->s->advised_share, 6);
        put_ms(p, "saved_ms", p->s->saved_ms);
        json_value_num(&p->w, "saved_share", p->s->saved_share, 6);
        json_value_close_row(&p->w, pretty);
    }
}

/* ---- documents ---- */

static void open_document(struct page *p, const char *kind)
{
    json_open_object(&p->w);
    json_key(&p->w, "schema");
    json_int(&p->w, SCHEMA);
    json_value_text(&p->w, "kind", str_of(kind));
}

static void open_list(struct page *p, const char *key)
{
    json_key(&p->w, key);
    json_open_array(&p->w);
}

void workload_json(struct io_out *out, const struct workload_view *v)
{
    struct page p = {.out = out, .v = v, .s = v->summary};
    size_t problem_count;
    const struct work_problem *problems = workload_problems(v->summary->workload, &problem_count);
    json_writer_init(&p.w, &out->buf, true);
    open_document(&p, "log");
    json_value_text(&p.w, "generator", str_of("pgsift " PGSIFT_VERSION));
    json_key(&p.w, "log");
    json_open_object(&p.w);
    put_log(&p);
    json_close_object(&p.w);
    open_list(&p, "queries");
    for (size_t i = 0; i < p.s->query_count; i++) {
        json_open_object(&p.w);
        put_query(&p, &p.s->queries[i]);
        json_close_object(&p.w);
        io_out_pass(out);
    }
    json_close_array(&p.w);
    open_list(&p, "rules");
    for (size_t i = 0; i < p.s->rule_count; i++) {
        json_open_object(&p.w);
        put_rule(&p, &p.s->rules[i]);
        json_close_object(&p.w);
        io_out_pass(out);
    }
    json_close_array(&p.w);
    open_list(&p, "indexes");
    for (size_t i = 0; i < p.s->index_count; i++) {
        json_open_object(&p.w);
        put_index(&p, &p.s->indexes[i]);
        json_close_object(&p.w);
    }
    json_close_array(&p.w);
    open_list(&p, "problems");
    for (size_t i = 0; i < problem_count; i++) {
        json_open_object(&p.w);
        put_problem(&p, &problems[i]);
        json_close_object(&p.w);
    }
    json_close_array(&p.w);
    json_close_object(&p.w);
    buf_addc(&out->buf, '\n');
    buf_free(&p.cell);
}

/* A line of its own. */
static void begin_line(struct page *p, const char *kind)
{
    json_writer_init(&p->w, &p->out->buf, false);
    open_document(p, kind);
}

static void end_line(struct page *p)
{
    json_close_object(&p->w);
    buf_addc(&p->out->buf, '\n');
    io_out_pass(p->out);
}

void workload_ndjson(struct io_out *out, const struct workload_view *v)
{
    struct page p = {.out = out, .v = v, .s = v->summary};
    size_t problem_count;
    const struct work_problem *problems = workload_problems(v->summary->workload, &problem_count);
    begin_line(&p, "log");
    put_log(&p);
    end_line(&p);
    for (size_t i = 0; i < p.s->query_count; i++) {
        begin_line(&p, "query");
        put_query(&p, &p.s->queries[i]);
        end_line(&p);
    }
    for (size_t i = 0; i < p.s->rule_count; i++) {
        begin_line(&p, "rule");
        put_rule(&p, &p.s->rules[i]);
        end_line(&p);
    }
    for (size_t i = 0; i < p.s->index_count; i++) {
        begin_line(&p, "index");
        put_index(&p, &p.s->indexes[i]);
        end_line(&p);
    }
    for (size_t i = 0; i < problem_count; i++) {
        begin_line(&p, "problem");
        put_problem(&p, &problems[i]);
        end_line(&p);
    }
    buf_free(&p.cell);
}
