#include "cli/analysis.h"

#include "advise/advise.h"
#include "base/arena.h"
#include "catalog/catalog.h"
#include "catalog/ddl.h"
#include "catalog/snapshot.h"
#include "plan/metrics.h"

/* An index must save this share of a plan's time, else it is no answer to "why is it slow". */
static const double LEAST_GAIN = 0.02;

bool analysis_init(struct analysis *an, const struct cli *c, struct err *err)
{
    const struct opts *o = &c->opts;
    thresholds_init(&an->thresholds);
    an->disabled = arena_calloc(c->arena, o->use_count, sizeof *an->disabled);
    for (size_t i = 0; i < o->use_count; i++) {
        struct str arg = str_of(o->uses[i].arg);
        if (o->uses[i].id == OPT_THRESHOLD && !thresholds_set(&an->thresholds, arg, err))
            return false;
        if (o->uses[i].id != OPT_DISABLE)
            continue;
        if (!rule_find(arg))
            return err_set(err, ERR_USAGE, "there is no rule '%.*s'", STR_ARG(arg));
        an->disabled[an->disabled_count++] = arg;
    }
    return true;
}

bool analysis_limits(const struct opts *o, struct advice_limits *l, struct err *err)
{
    const char *weight = opts_value(o, OPT_WRITE_WEIGHT);
    int most = 0;
    advice_limits_init(l);
    if (!opts_int(o, OPT_MAX_INDEXES, 1, 10000, &most, err))
        return false;
    l->max_indexes = (size_t)most;
    if (!opts_size(o, OPT_BUDGET, &l->budget_bytes, err))
        return false;
    if (weight && (!str_to_double(str_of(weight), &l->write_weight) || l->write_weight < 0))
        return err_set(err, ERR_USAGE, "option '--write-weight' takes a number from 0, not '%s'",
                       weight);
    return true;
}

/* A file that begins with a brace is a snapshot, any other is SQL. */
static struct catalog *read_catalog(const char *path, struct err *err)
{
    struct catalog *cat = NULL;
    struct buf text = {0};
    if (io_read_all(path, &text, err)) {
        struct str s = str_trim(buf_str(&text));
        bool snapshot = s.len && s.p[0] == '{';
        cat = snapshot ? cat_from_snapshot(buf_str(&text), path, err)
                       : cat_from_ddl(buf_str(&text), path, err);
    }
    buf_free(&text);
    return cat;
}

bool analysis_open_catalog(struct analysis *an, const struct cli *c, bool quiet, struct err *err)
{
    const char *path = opts_value(&c->opts, OPT_CATALOG);
    if (!path)
        return true;
    an->catalog = read_catalog(path, err);
    if (!an->catalog) {
        cli_error(path, err);
        return false;
    }
    const struct cat_problem *problem = an->catalog->problems;
    for (; problem && !quiet; problem = problem->next) {
        struct err warning = {0};
        err_set(&warning, ERR_PARTIAL, "%.*s", STR_ARG(problem->message));
        warning.line = problem->line;
        warning.column = problem->column;
        cli_warning(path, &warning);
    }
    return true;
}

void analysis_release(struct analysis *an)
{
    cat_free(an->catalog);
}

struct report *analysis_report(const struct analysis *an, struct arena *a,
                               const struct catalog *cat, const struct plan *p, const char *source,
                               size_t number, size_t count)
{
    struct plan_metrics *m = metrics_new(a, p);
    struct finding_list found =
        rules_run(a, p, m, cat, &an->thresholds, an->disabled, an->disabled_count);
    struct advice_input input = {.plan = p, .metrics = m};
    struct advice_limits limits;
    advice_limits_init(&limits);
    limits.least_share = LEAST_GAIN;
    const struct advice *advice = advise(a, cat, &input, 1, &limits, cat ? an->planner : NULL);
    return report_new(a, p, m, &found, advice, source, number, count);
}
