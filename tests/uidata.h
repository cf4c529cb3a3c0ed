/*
 * A source for the screens out of a description in JSON: plans, findings, indexes, what-if
 * answers, a log. So the screens are tested against figures that stay the same whatever rules and
 * advisor come to say.
 */
#ifndef TESTS_UIDATA_H
#define TESTS_UIDATA_H

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/json.h"
#include "read/read.h"
#include "ui/source.h"

struct uidata_plan {
    struct ui_plan plan;
    const struct json *spec;
    struct str text;
};

struct uidata {
    struct arena *arena;
    const char *dir;
    const struct json *spec;
    struct uidata_plan *plans;
    struct ui_log log;
    struct ui_load load;
    struct ui_source_ops ops;
    struct ui_source source;
    int executed;
};

static const char *uidata_path(struct uidata *u, struct str file)
{
    return file.p[0] == '/' ? file.p : arena_printf(u->arena, "%s/%s", u->dir, file.p);
}

static const char *uidata_text(const struct json *v, const char *key)
{
    struct str s = json_str(v, key);
    return s.p;
}

static struct str uidata_file(struct uidata *u, struct str file)
{
    struct buf text = {0};
    struct err err = {0};
    if (!io_read_all(uidata_path(u, file), &text, &err)) {
        fprintf(stderr, "%s: %s\n", file.p, err.message);
        exit(2);
    }
    struct str copy = str_dup(u->arena, buf_str(&text));
    buf_free(&text);
    return copy;
}

static const struct node *uidata_node(const struct plan *p, double id)
{
    return id >= 1 && id <= p->node_count ? p->nodes[(int)id - 1] : NULL;
}

static struct evidence *uidata_evidence(struct uidata *u, const struct json *list)
{
    struct evidence *first = NULL, **tail = &first;
    for (const struct json *e = json_first(list); e; e = e->next) {
        struct evidence *x = arena_alloc(u->arena, sizeof *x);
        x->name = uidata_text(e, "name");
        x->text = uidata_text(e, "text");
        x->value = NAN;
        *tail = x;
        tail = &x->next;
    }
    return first;
}

static struct finding_list uidata_findings(struct uidata *u, const struct json *spec,
                                           const struct plan *p, const struct plan_metrics *m)
{
    struct finding_list list = {0};
    struct finding **tail = &list.first;
    for (const struct json *f = json_first(json_get(spec, "findings")); f; f = f->next) {
        struct finding *x = arena_alloc(u->arena, sizeof *x);
        struct rule *rule = arena_alloc(u->arena, sizeof *rule);
        rule->id = uidata_text(f, "rule");
        rule->title = uidata_text(f, "rule_title");
        x->rule = rule;
        x->node = uidata_node(p, json_num(f, "node", 0));
        severity_find(json_str(f, "severity"), &x->severity);
        x->share = json_num(f, "share", 0);
        x->stake = x->stake_ms = x->share * m->whole;
        x->title = uidata_text(f, "title");
        x->why = uidata_text(f, "why");
        x->remedy = uidata_text(f, "remedy");
        x->sql = uidata_text(f, "sql");
        x->wants_index = json_bool(f, "wants_index", false);
        x->evidence = uidata_evidence(u, json_get(f, "evidence"));
        *tail = x;
        tail = &x->next;
        list.count++;
        list.by_severity[x->severity]++;
    }
    return list;
}

static void uidata_indexes(struct uidata *u, const struct json *spec, struct ui_plan *plan)
{
    const struct json *list = json_get(spec, "indexes");
    struct ui_index *out = arena_calloc(u->arena, list ? list->count : 0, sizeof *out);
    size_t n = 0;
    for (const struct json *i = json_first(list); i; i = i->next, n++) {
        const struct json *nodes = json_get(i, "nodes");
        int *ids = arena_calloc(u->arena, nodes ? nodes->count : 0, sizeof *ids);
        size_t count = 0;
        for (const struct json *id = json_first(nodes); id; id = id->next)
            ids[count++] = (int)id->number;
        out[n] = (struct ui_index){.id = uidata_text(i, "id"),
                                   .target = uidata_text(i, "target"),
                                   .ddl = uidata_text(i, "ddl"),
                                   .down = uidata_text(i, "down"),
                                   .why = uidata_text(i, "why"),
                                   .remark = uidata_text(i, "remark"),
                                   .sure = uidata_text(i, "sure"),
                                   .size_bytes = json_num(i, "size", NAN),
                                   .size_is_bound = json_bool(i, "bound", true),
                                   .alone = json_num(i, "alone", NAN),
                                   .before = json_num(i, "before", NAN),
                                   .after = json_num(i, "after", NAN),
                                   .queries = json_num(i, "queries", 1),
                                   .nodes = ids,
                                   .node_count = count,
                                   .on = json_bool(i, "on", false)};
    }
    plan->indexes = out;
    plan->index_count = n;
    plan->advice_note = uidata_text(spec, "advice_note");
}

static struct report *uidata_report(struct uidata *u, const struct json *spec, struct str text,
                                    const char *name, size_t number, size_t count)
{
    struct read_result read = {0};
    if (!read_plans(u->arena, text, &read))
        return NULL;
    const struct plan *p = read.plans[0];
    struct plan_metrics *m = metrics_new(u->arena, p);
    struct finding_list found = uidata_findings(u, spec, p, m);
    return report_new(u->arena, p, m, &found, NULL, name, number, count);
}

static const struct ui_plan *uidata_plan(void *self, size_t i)
{
    struct uidata *u = self;
    struct uidata_plan *p = &u->plans[i];
    if (p->plan.name)
        return &p->plan;
    struct str file = json_str(p->spec, "file"), sql = json_str(p->spec, "sql");
    p->plan.name = file.p;
    p->text = json_get(p->spec, "text") ? json_str(p->spec, "text") : uidata_file(u, file);
    p->plan.sql = sql;
    p->plan.runs = uidata_text(p->spec, "runs");
    p->plan.report =
        uidata_report(u, p->spec, p->text, file.p, i + 1, u->source.plan_count);
    if (p->plan.report) {
        uidata_indexes(u, p->spec, &p->plan);
    } else {
        static struct err err;
        err_set(&err, ERR_SYNTAX, "no plan in it");
        p->plan.error = &err;
    }
    return &p->plan;
}

static struct str uidata_input(void *self, size_t i)
{
    struct uidata *u = self;
    return u->plans[i].text;
}

/* "I1+I2" of what is ticked. */
static void uidata_combination(const struct ui_plan *p, const bool *on, struct buf *b)
{
    for (size_t i = 0; i < p->index_count; i++)
        if (on[i])
            buf_printf(b, "%s%s", b->len ? "+" : "", p->indexes[i].id);
}

static bool uidata_whatif(void *self, size_t plan, const bool *on, struct ui_whatif *out,
                          struct err *err)
{
    struct uidata *u = self;
    const struct ui_plan *p = &u->plans[plan].plan;
    struct buf b = {0};
    uidata_combination(p, on, &b);
    const struct json *answer = json_get(json_get(u->plans[plan].spec, "whatif"), b.data);
    if (!answer) {
        err_set(err, ERR_SQL, "nothing is known about %s", b.data);
        buf_free(&b);
        return false;
    }
    buf_free(&b);
    double *rest = arena_calloc(u->arena, p->index_count, sizeof *rest);
    for (size_t i = 0; i < p->index_count; i++)
        rest[i] = json_num(json_get(answer, "rest"), p->indexes[i].id, NAN);
    *out = (struct ui_whatif){.before = p->report->plan->root->num[PROP_TOTAL_COST],
                              .after = json_num(answer, "cost", NAN),
                              .took_ms = json_num(answer, "took_ms", NAN),
                              .rest = rest,
                              .basis = uidata_text(answer, "basis")};
    struct str file = json_str(answer, "plan");
    if (file.len)
        out->report = uidata_report(u, NULL, uidata_file(u, file), file.p, 1, 1);
    return true;
}

static bool uidata_edit(void *self, size_t plan, size_t index, struct str ddl, struct err *err)
{
    struct uidata *u = self;
    struct ui_plan *p = &u->plans[plan].plan;
    if (!str_starts(ddl, "CREATE INDEX")) {
        err_at(err, ERR_SYNTAX, ddl.p, ddl.len, 0, "expected CREATE INDEX");
        return false;
    }
    size_t n = p->index_count + (index == p->index_count);
    struct ui_index *list = arena_calloc(u->arena, n, sizeof *list);
    memcpy(list, p->indexes, p->index_count * sizeof *list);
    if (index == p->index_count)
        list[index] = (struct ui_index){.id = arena_printf(u->arena, "I%zu", n), .alone = NAN,
                                        .size_bytes = NAN, .before = NAN, .after = NAN};
    list[index].ddl = str_dup(u->arena, ddl).p;
    list[index].target = "edited by hand";
    p->indexes = list;
    p->index_count = n;
    return true;
}

static bool uidata_execute(void *self, size_t plan, bool analyze, struct err *err)
{
    struct uidata *u = self;
    if (++u->executed >= 3)
        return err_set(err, ERR_TIMEOUT, "canceling statement due to statement timeout");
    u->plans[plan].plan.runs =
        arena_printf(u->arena, "%s run %d", analyze ? "executed," : "planned,", u->executed);
    return true;
}

static const char *uidata_unavailable(void *self, enum ui_can can)
{
    (void)self;
    return can == UI_CAN_WHATIF
               ? "HypoPG is not there: install hypopg, then CREATE EXTENSION hypopg; the advice "
                 "here is from the plan, not planner-verified"
               : "not connected";
}

static void uidata_connection(void *self, struct buf *out)
{
    (void)self;
    buf_adds(out, "host: localhost\ndatabase: shop\nserver: PostgreSQL 15.4\nhypopg: 1.3.1\n"
                  "transaction: read-only, always rolled back\n");
}

static void uidata_log(void *self, struct ui_log *out)
{
    struct uidata *u = self;
    *out = u->log;
}

static void uidata_load(void *self, struct ui_load *out)
{
    struct uidata *u = self;
    *out = u->load;
}

static void uidata_load_stop(void *self)
{
    struct uidata *u = self;
    u->load.loading = false;
    u->load.partial = true;
    u->log.version++;
}

static bool uidata_log_open(void *self, size_t query, struct err *err)
{
    struct uidata *u = self;
    return u->log.queries[query].plans > 0 ||
           err_set(err, ERR_NOT_A_PLAN, "no plan of this query is in the log");
}

static void uidata_fill_log(struct uidata *u, const struct json *spec)
{
    const struct json *list = json_get(spec, "queries");
    struct ui_query *out = arena_calloc(u->arena, list ? list->count : 0, sizeof *out);
    size_t n = 0;
    for (const struct json *q = json_first(list); q; q = q->next, n++) {
        const struct json *series = json_get(q, "series");
        double *values = arena_calloc(u->arena, series ? series->count : 0, sizeof *values);
        size_t count = 0;
        for (const struct json *v = json_first(series); v; v = v->next)
            values[count++] = v->number;
        out[n] = (struct ui_query){.id = json_str(q, "id"),
                                   .sql = json_str(q, "sql"),
                                   .calls = json_num(q, "calls", NAN),
                                   .total_ms = json_num(q, "total_ms", NAN),
                                   .share = json_num(q, "share", NAN),
                                   .mean_ms = json_num(q, "mean_ms", NAN),
                                   .p95_ms = json_num(q, "p95_ms", NAN),
                                   .max_ms = json_num(q, "max_ms", NAN),
                                   .rows = json_num(q, "rows", NAN),
                                   .findings = (int)json_num(q, "findings", 0),
                                   .indexes = (int)json_num(q, "indexes", 0),
                                   .plans = (size_t)json_num(q, "plans", 0),
                                   .shapes = uidata_text(q, "shapes"),
                                   .series = values,
                                   .series_count = count,
                                   .bucket = uidata_text(q, "bucket"),
                                   .advice = uidata_text(q, "advice")};
        severity_find(json_str(q, "severity"), &out[n].severity);
    }
    u->log = (struct ui_log){.name = json_str(spec, "name"),
                             .entries = json_num(spec, "entries", 0),
                             .errors = json_num(spec, "errors", 0),
                             .queries = out,
                             .query_count = n,
                             .span = uidata_text(spec, "span"),
                             .version = 1};
}

static void uidata_fill_load(struct uidata *u, const struct json *spec)
{
    u->load = (struct ui_load){.loading = json_bool(spec, "loading", false),
                               .name = uidata_text(spec, "name"),
                               .bytes_done = json_num(spec, "bytes_done", 0),
                               .bytes_total = json_num(spec, "bytes_total", NAN),
                               .seconds = json_num(spec, "seconds", 0)};
    u->ops.load = uidata_load;
    u->ops.load_stop = uidata_load_stop;
}

/* From a description; file names in it are relative to dir. False with *err. */
static bool uidata_init(struct uidata *u, struct str description, const char *dir, struct err *err)
{
    *u = (struct uidata){.arena = arena_new(0), .dir = dir};
    u->spec = json_parse(u->arena, str_dup(u->arena, description), err);
    if (!u->spec)
        return false;
    const struct json *plans = json_get(u->spec, "plans");
    size_t n = plans ? plans->count : 0, i = 0;
    u->plans = arena_calloc(u->arena, n, sizeof *u->plans);
    for (const struct json *p = json_first(plans); p; p = p->next)
        u->plans[i++].spec = p;
    u->ops = (struct ui_source_ops){.plan = uidata_plan, .text = uidata_input, .unavailable = uidata_unavailable};
    if (!json_bool(u->spec, "no_whatif", false))
        u->ops.whatif = uidata_whatif;
    u->ops.edit = uidata_edit;
    u->source = (struct ui_source){.self = u, .ops = &u->ops, .plan_count = n,
                                   .server = uidata_text(u->spec, "server"), .read_only = true};
    if (u->source.server) {
        u->ops.execute = uidata_execute;
        u->ops.connection = uidata_connection;
    }
    if (json_get(u->spec, "log")) {
        uidata_fill_log(u, json_get(u->spec, "log"));
        u->ops.log = uidata_log;
        u->ops.log_open = uidata_log_open;
    }
    if (json_get(u->spec, "load"))
        uidata_fill_load(u, json_get(u->spec, "load"));
    return true;
}

static void uidata_release(struct uidata *u)
{
    arena_free(u->arena);
}

#endif
