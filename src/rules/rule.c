/* Local stopgap until the rules land. */
#include "rules/rule.h"
#include "base/arena.h"
#include "advise/advise.h"
#include "base/err.h"
const char *const severity_name[] = {"cleared","info","low","medium","high"};
bool severity_find(struct str name, enum severity *out) { for (int i = 0; i < 5; i++) if (str_is(name, severity_name[i])) { *out = (enum severity)i; return true; } return false; }
const struct threshold_info threshold_info[] = {
#define THRESHOLD(id, name, value, unit, help) {name, value, unit, help},
#include "rules/threshold.def"
};
void thresholds_init(struct thresholds *t) { for (int i = 0; i < THRESHOLD_COUNT; i++) t->value[i] = threshold_info[i].value; }
bool thresholds_set(struct thresholds *t, struct str s, struct err *err) { (void)t; return err_set(err, ERR_USAGE, "there is no threshold '%.*s'", STR_ARG(s)); }
const struct rule rules[] = {{.id = "seq-scan-filter", .title = "Sequential scan throws most of its rows away", .fires = "x", .why = "w", .remedy = "r"}};
const size_t rule_count = 1;
const struct rule *rule_find(struct str id) { return str_is(id, rules[0].id) ? &rules[0] : NULL; }
struct finding_list rules_run(struct arena *a, const struct plan *p, const struct plan_metrics *m, const struct catalog *cat, const struct thresholds *t, const struct str *d, size_t dc)
{
    (void)cat; (void)t; (void)d; (void)dc;
    struct finding_list l = {0};
    struct finding **tail = &l.first;
    for (int i = 0; i < p->node_count; i++) {
        const struct node *n = p->nodes[i];
        const struct node_metrics *nm = metrics_of(m, n);
        if (n->type != NODE_SEQ_SCAN || !(nm->rows_removed > nm->rows)) continue;
        struct finding *f = arena_alloc(a, sizeof *f);
        f->rule = rules; f->node = n; f->stake = f->stake_ms = nm->self_ms; f->share = nm->share;
        f->severity = f->share > .4 ? SEVERITY_HIGH : f->share > .1 ? SEVERITY_MEDIUM : f->share > 0.02 ? SEVERITY_LOW : SEVERITY_INFO;
        f->title = arena_printf(a, "Seq Scan on %s keeps %.0f of %.0f rows", node_text(n, PROP_RELATION_NAME).p, nm->rows, nm->rows + nm->rows_removed);
        f->why = "No index serves the filter, so the whole table is read to keep a small part of it."; f->remedy = "Create an index whose leading columns are those of the filter, equality first.";
        f->evidence = arena_alloc(a, sizeof *f->evidence);
        *f->evidence = (struct evidence){"rows removed", arena_printf(a, "%.0f", nm->rows_removed), nm->rows_removed, "rows", NULL};
        f->wants_index = true;
        *tail = f; tail = &f->next; l.count++; l.by_severity[f->severity]++;
    }
    return l;
}
