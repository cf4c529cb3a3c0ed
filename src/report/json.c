#include "report/json.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/io.h"
#include "report/json_advice.h"
#include "report/json_value.h"
#include "report/outline.h"

enum { SCHEMA = 1 };

static const char *const relationship_name[] = {
    [REL_OUTER] = "outer",       [REL_INNER] = "inner",       [REL_MEMBER] = "member",
    [REL_SUBQUERY] = "subquery", [REL_INITPLAN] = "initplan", [REL_SUBPLAN] = "subplan",
    [REL_CHILD] = "child",
};
static const char *const estimate_name[] = {
    [ESTIMATE_GOOD] = "good", [ESTIMATE_TOO_LOW] = "too_low", [ESTIMATE_TOO_HIGH] = "too_high"};
static const char *const sure_name[] = {
    [SURE_PLAN] = "plan", [SURE_LIKELY] = "likely", [SURE_GUESS] = "guess"};

/* Block counters; those that are 0 say nothing and are left out. */
static void put_io(struct json_writer *w, const char *key, const struct metric_io *io)
{
    const struct {
        const char *key;
        double value;
        int decimals;
    } members[] = {
        {"hit_blocks", io->hit, 0},
        {"read_blocks", io->read, 0},
        {"dirtied_blocks", io->dirtied, 0},
        {"written_blocks", io->written, 0},
        {"temp_read_blocks", io->temp_read, 0},
        {"temp_written_blocks", io->temp_written, 0},
        {"read_ms", io->read_ms, 3},
        {"write_ms", io->write_ms, 3},
    };
    bool opened = false;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (!(members[i].value > 0))
            continue;
        if (!opened) {
            json_key(w, key);
            json_open_object(w);
            opened = true;
        }
        json_value_num(w, members[i].key, members[i].value, members[i].decimals);
    }
    if (opened)
        json_close_object(w);
}

static void put_time(struct json_writer *w, const struct node_metrics *m)
{
    json_value_num(w, "self_ms", m->self_ms, 3);
    json_value_num(w, "wall_ms", m->wall_ms, 3);
    json_value_num(w, "slack_ms", m->slack_ms, 3);
    if (m->processes != 1) {
        json_value_num(w, "processes", m->processes, 2);
        json_value_num(w, "process_ms", m->process_ms, 3);
        json_value_num(w, "self_process_ms", m->self_process_ms, 3);
    }
    json_value_flag(w, "one_process", m->one_process);
    if (m->deficit_ms > m->slack_ms)
        json_value_num(w, "deficit_ms", m->deficit_ms, 3);
    if (m->before_trigger_ms > 0)
        json_value_num(w, "before_trigger_ms", m->before_trigger_ms, 3);
    json_value_num(w, "leader_ms", m->leader_ms, 3);
    json_value_num(w, "leader_rows", m->leader_rows, 2);
    json_value_num(w, "skew", m->skew, 3);
}

static void put_rows(struct json_writer *w, const struct node_metrics *m)
{
    json_value_num(w, "rows", m->rows, 2);
    if (m->rows_low != m->rows_high) {
        json_value_num(w, "rows_low", m->rows_low, 2);
        json_value_num(w, "rows_high", m->rows_high, 2);
    }
    if (m->rows_removed > 0)
        json_value_num(w, "rows_removed", m->rows_removed, 2);
    json_value_num(w, "rows_planned", m->rows_planned, 0);
    if (m->estimate != ESTIMATE_UNKNOWN) {
        json_key(w, "estimate");
        json_cstring(w, estimate_name[m->estimate]);
    }
    json_value_num(w, "estimate_factor", m->estimate_factor, 2);
    json_value_flag(w, "early_stop", m->early_stop);
}

static void put_workers(struct json_writer *w, const struct node *n)
{
    if (n->worker_count == 0)
        return;
    json_key(w, "workers");
    json_open_array(w);
    for (size_t i = 0; i < n->worker_count; i++) {
        json_open_object(w);
        json_key(w, "number");
        json_int(w, n->workers[i].number);
        json_value_printed(w, n->workers[i].num, n->workers[i].props);
        json_value_jit(w, n->workers[i].jit);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_reference(struct json_writer *w, const char *key, const struct node *n)
{
    if (!n)
        return;
    json_key(w, key);
    json_int(w, n->id);
}

static void put_node(struct json_writer *w, const struct report *r, const struct node *n,
                     struct buf *scratch)
{
    const struct node_metrics *m = metrics_of(r->metrics, n);
    const struct report_mark *mark = report_mark_of(r, n);
    bool pretty = json_value_open_row(w);
    json_key(w, "id");
    json_int(w, n->id);
    put_reference(w, "parent_id", n->parent);
    json_key(w, "depth");
    json_int(w, n->depth);
    json_key(w, "type");
    json_string(w, n->type_name);
    buf_clear(scratch);
    report_add_short_label(scratch, n);
    json_key(w, "label");
    json_string(w, buf_str(scratch));
    if (n->rel) {
        json_key(w, "relationship");
        json_cstring(w, relationship_name[n->rel]);
    }
    json_value_flag(w, "never_executed", n->never_executed);
    json_value_num(w, "weight", m->weight, 3);
    json_value_num(w, "weight_total", m->weight_total, 3);
    json_value_num(w, "share", m->share, 5);
    json_value_num(w, "share_total", m->share_total, 5);
    put_time(w, m);
    put_rows(w, m);
    json_value_num(w, "self_cost", m->self_cost, 2);
    put_io(w, "own_io", &m->own_io);
    json_value_flag(w, "io_late", m->io_late);
    put_reference(w, "evaluator_id", m->evaluator);
    put_reference(w, "cte_id", m->cte);
    if (mark->finding) {
        json_key(w, "finding");
        json_int(w, (int64_t)mark->rank);
    }
    json_key(w, "explain");
    json_open_object(w);
    json_value_printed(w, n->num, n->props);
    json_close_object(w);
    put_workers(w, n);
    json_value_close_row(w, pretty);
}

/* One node a line, whatever the rest looks like. */
static void put_nodes(struct report_stream *s, const struct report *r)
{
    struct json_writer *w = &s->json;
    struct buf scratch = {0};
    json_key(w, "nodes");
    json_open_array(w);
    for (int i = 0; i < r->plan->node_count; i++) {
        put_node(w, r, r->plan->nodes[i], &scratch);
        io_out_pass(s->out);
    }
    json_close_array(w);
    buf_free(&scratch);
}

static void put_evidence(struct json_writer *w, const struct finding *f)
{
    json_key(w, "evidence");
    json_open_array(w);
    for (const struct evidence *e = f->evidence; e; e = e->next) {
        json_open_object(w);
        json_key(w, "name");
        json_cstring(w, e->name);
        json_key(w, "text");
        json_cstring(w, e->text);
        json_value_num(w, "value", e->value, 6);
        json_value_text(w, "unit", str_of(e->unit));
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_finding(struct json_writer *w, const struct report *r, const struct finding *f,
                        size_t rank)
{
    const struct advice_index *x = f->wants_index ? report_index_of(r, f->index_node) : NULL;
    json_open_object(w);
    if (rank) {
        json_key(w, "rank");
        json_int(w, (int64_t)rank);
    }
    json_value_text(w, "rule", str_of(f->rule->id));
    json_value_text(w, "severity", str_of(severity_name[f->severity]));
    json_value_text(w, "title", str_of(f->title));
    put_reference(w, "node_id", f->node);
    put_reference(w, "related_node_id", f->related);
    json_value_num(w, "stake", f->stake, 3);
    json_value_num(w, "stake_ms", f->stake_ms, 3);
    json_value_num(w, "share", f->share, 5);
    json_value_text(w, "sure", str_of(sure_name[f->sure]));
    put_evidence(w, f);
    json_value_text(w, "why", str_of(f->why));
    json_value_text(w, "remedy", str_of(f->remedy));
    json_value_text(w, "sql", str_of(f->sql));
    json_value_flag(w, "wants_index", f->wants_index);
    json_value_text(w, "index", str_of(x ? x->id : NULL));
    if (f->consequence_count) {
        json_key(w, "consequences");
        json_open_array(w);
        for (size_t i = 0; i < f->consequence_count; i++)
            json_cstring(w, f->consequences[i]);
        json_close_array(w);
    }
    json_close_object(w);
}

static void put_findings(struct json_writer *w, const struct report *r)
{
    json_key(w, "findings");
    json_open_array(w);
    for (size_t i = 0; i < r->finding_count; i++)
        put_finding(w, r, r->findings[i], i + 1);
    json_close_array(w);
    json_key(w, "cleared");
    json_open_array(w);
    for (size_t i = 0; i < r->cleared_count; i++)
        put_finding(w, r, r->cleared[i], 0);
    json_close_array(w);
}

static void put_advice(struct json_writer *w, const struct report *r,
                       const struct report_style *style)
{
    const struct advice *a = r->advice;
    const struct advice_query *replanned = report_replanned(r, style);
    if (!a)
        return;
    json_key(w, "advice");
    json_open_object(w);
    json_key(w, "unchecked");
    json_boolean(w, a->unchecked);
    json_key(w, "indexes");
    json_open_array(w);
    for (size_t i = 0; i < a->index_count; i++)
        json_advice_index(w, &a->indexes[i], NULL);
    json_close_array(w);
    json_key(w, "notes");
    json_open_array(w);
    for (size_t i = 0; i < a->note_count; i++)
        json_advice_note(w, &a->notes[i]);
    json_close_array(w);
    if (replanned)
        outline_json(w, replanned);
    json_close_object(w);
}

static void put_totals(struct json_writer *w, const char *key, const struct metric_total *totals,
                       size_t count)
{
    json_key(w, key);
    json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        bool pretty = json_value_open_row(w);
        json_value_text(w, "name", totals[i].name);
        json_key(w, "nodes");
        json_int(w, totals[i].nodes);
        json_value_num(w, "weight", totals[i].weight, 3);
        json_value_num(w, "self_ms", totals[i].self_ms, 3);
        json_value_num(w, "share", totals[i].share, 5);
        json_value_num(w, "rows", totals[i].rows, 2);
        json_value_num(w, "blocks", totals[i].blocks, 0);
        json_value_close_row(w, pretty);
    }
    json_close_array(w);
}

static void put_all_totals(struct json_writer *w, const struct plan_metrics *m)
{
    struct arena *a = arena_new(0);
    struct metric_totals t = metrics_totals(a, m);
    put_totals(w, "node_types", t.types, t.type_count);
    put_totals(w, "relations", t.relations, t.relation_count);
    put_totals(w, "indexes", t.indexes, t.index_count);
    arena_free(a);
}

static void put_proof(struct json_writer *w, const struct plan_metrics *m)
{
    if (m->unit != UNIT_TIME)
        return;
    json_key(w, "proof");
    json_open_object(w);
    json_value_num(w, "self_sum_ms", m->self_sum_ms, 3);
    json_value_num(w, "self_sum_slack_ms", m->self_sum_slack_ms, 3);
    json_value_num(w, "before_triggers_ms", m->before_triggers_ms, 3);
    json_value_num(w, "after_triggers_ms", m->after_triggers_ms, 3);
    if (m->unclear_triggers_ms > 0)
        json_value_num(w, "unclear_triggers_ms", m->unclear_triggers_ms, 3);
    json_value_num(w, "post_plan_ms", m->post_plan_ms, 3);
    json_value_num(w, "serialization_ms", m->serialization_ms, 3);
    json_value_num(w, "unaccounted_ms", m->unaccounted_ms, 3);
    json_value_num(w, "execution_ms", m->execution_ms, 3);
    json_key(w, "execution_printed");
    json_boolean(w, m->execution_printed);
    json_close_object(w);
}

static void put_triggers(struct json_writer *w, const struct plan *p, const struct plan_metrics *m)
{
    static const char *const when[] = {NULL, "before", "after"}; /* unclear: left out */
    if (p->trigger_count == 0)
        return;
    json_key(w, "triggers");
    json_open_array(w);
    for (size_t i = 0; i < p->trigger_count; i++) {
        const struct trigger *t = &p->triggers[i];
        json_open_object(w);
        json_value_text(w, "name", t->name);
        json_value_text(w, "constraint", t->constraint);
        json_value_text(w, "relation", t->relation);
        json_value_num(w, "time_ms", t->time_ms, 3);
        json_value_num(w, "calls", t->calls, 0);
        json_value_text(w, "when", str_of(when[m->trigger_when[i]]));
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_settings(struct json_writer *w, const struct plan *p)
{
    if (!p->settings)
        return;
    json_key(w, "settings");
    json_open_object(w);
    for (const struct prop *s = p->settings; s; s = s->next) {
        json_key_str(w, s->key);
        json_string(w, s->value.text);
    }
    json_close_object(w);
}

/* A group of figures of the statement: planning, serialization. */
static void put_group(struct json_writer *w, const char *key, const double *num, struct str format)
{
    if (!num)
        return;
    json_key(w, key);
    json_open_object(w);
    json_value_printed(w, num, NULL);
    json_value_text(w, "format", format);
    json_close_object(w);
}

static void put_verdict(struct json_writer *w, const struct report *r, struct buf *scratch)
{
    static void (*const lines[])(struct buf * b, const struct report *r) = {
        report_add_total, report_add_hot, report_add_worst};
    json_key(w, "verdict");
    json_open_array(w);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        buf_clear(scratch);
        lines[i](scratch, r);
        json_string(w, buf_str(scratch));
    }
    json_close_array(w);
}

static void put_statement(struct json_writer *w, const struct report *r)
{
    const struct plan *p = r->plan;
    const struct {
        const char *key;
        bool value;
    } flags[] = {
        {"analyze", p->has_actual},    {"timing", p->has_timing},
        {"costs", p->has_costs},       {"buffers", p->has_buffers},
        {"verbose", p->has_verbose},   {"guessed_tree", p->guessed_tree},
        {"parts_left_out", p->elided}, {"truncated", p->truncated},
    };
    json_value_text(w, "source", str_of(r->source));
    json_value_text(w, "run", str_of(r->run));
    json_value_num(w, "calls", r->calls, 0);
    json_value_num(w, "total_ms", r->total_ms, 3);
    json_key(w, "number");
    json_int(w, (int64_t)r->number);
    json_key(w, "line");
    json_int(w, p->line);
    json_value_text(w, "format", str_of(plan_format_name[p->format]));
    json_value_text(w, "query_text", p->query_text);
    json_value_text(w, "query_parameters", p->query_params);
    json_value_text(w, "query_identifier", p->query_id);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        json_key(w, flags[i].key);
        json_boolean(w, flags[i].value);
    }
}

static void put_figures(struct json_writer *w, const struct report *r)
{
    const struct plan *p = r->plan;
    const struct plan_metrics *m = r->metrics;
    json_value_text(w, "unit", str_of(report_unit_name[m->unit]));
    json_value_num(w, "whole", m->whole, 3);
    json_value_num(w, "planning_ms", p->planning_ms, 3);
    json_value_num(w, "execution_ms", p->execution_ms, 3);
    put_io(w, "io", &m->io);
    if (m->removed_cost > 0)
        json_value_num(w, "removed_cost", m->removed_cost, 0);
    put_proof(w, m);
    put_settings(w, p);
    put_group(w, "planning", p->planning, (struct str){0});
    put_group(w, "serialization", p->serialization, p->serialization_format);
    json_value_jit(w, p->jit);
    put_triggers(w, p, m);
    json_value_extra(w, p->extra);
}

void json_plan(struct report_stream *s, const struct report *r)
{
    struct json_writer *w = &s->json;
    struct buf scratch = {0};
    if (!w->pretty) /* a line of NDJSON stands alone */
        json_writer_init(w, &s->out->buf, false);
    json_open_object(w);
    if (!w->pretty) {
        json_key(w, "schema");
        json_int(w, SCHEMA);
    }
    put_statement(w, r);
    put_verdict(w, r, &scratch);
    put_figures(w, r);
    json_key(w, "node_count");
    json_int(w, r->plan->node_count);
    put_nodes(s, r);
    put_findings(w, r);
    put_advice(w, r, s->style);
    put_all_totals(w, r->metrics);
    json_close_object(w);
    if (!w->pretty)
        buf_addc(w->out, '\n');
    buf_free(&scratch);
    io_out_pass(s->out);
}

void json_problems(struct json_writer *w, const struct report_run *run)
{
    json_key(w, "problems");
    json_open_array(w);
    for (size_t i = 0; i < run->problem_count; i++)
        json_problem(w, &run->problems[i]);
    json_close_array(w);
}

static void put_summary(struct json_writer *w, const struct report_run *run)
{
    json_key(w, "summary");
    json_open_object(w);
    json_key(w, "plans");
    json_int(w, (int64_t)run->plan_count);
    for (int s = SEVERITY_HIGH; s >= SEVERITY_INFO; s--) {
        json_key(w, severity_name[s]);
        json_int(w, (int64_t)run->by_severity[s]);
    }
    json_close_object(w);
}

void json_begin(struct report_stream *s)
{
    struct json_writer *w = &s->json;
    json_writer_init(w, &s->out->buf, true);
    json_open_object(w);
    json_key(w, "schema");
    json_int(w, SCHEMA);
    json_key(w, "generator");
    json_cstring(w, "pgsift " PGSIFT_VERSION);
    json_key(w, "plans");
    json_open_array(w);
}

void json_end(struct report_stream *s, const struct report_run *run)
{
    struct json_writer *w = &s->json;
    json_close_array(w);
    json_problems(w, run);
    put_summary(w, run);
    json_close_object(w);
    buf_addc(w->out, '\n');
}

void ndjson_begin(struct report_stream *s)
{
    json_writer_init(&s->json, &s->out->buf, false);
}

void ndjson_end(struct report_stream *s, const struct report_run *run)
{
    struct json_writer *w = &s->json;
    for (size_t i = 0; i < run->problem_count; i++) {
        json_writer_init(w, &s->out->buf, false);
        json_open_object(w);
        json_key(w, "schema");
        json_int(w, SCHEMA);
        json_key(w, "problem");
        json_problem(w, &run->problems[i]);
        json_close_object(w);
        buf_addc(w->out, '\n');
    }
}
