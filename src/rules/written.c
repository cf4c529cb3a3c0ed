#include "rules/written.h"

#include "base/arena.h"
#include "rules/scan_words.h"
#include "rules/stake.h"

static double stake_of(struct rule_run *run, const struct scan *s)
{
    if (!(s->removed > s->rows))
        return 0;
    if (s->node->type == NODE_SEQ_SCAN && s->passes < 2)
        return stake_index_saves(run, s, s->rows) * s->weight;
    return s->weight * s->removed / (s->rows + s->removed);
}

bool written_badly(struct rule_run *run, const struct scan *s, struct written *out)
{
    if (s->node->type == NODE_FOREIGN_SCAN || !node_text(s->node, PROP_FILTER).len)
        return false;
    double stake = stake_of(run, s);
    if (!survey_worth(run, stake))
        return false;
    const struct condition_list *list = conditions_of(run, s->node, PROP_FILTER);
    *out = (struct written){.scan = s, .list = list, .stake = stake};
    return !list->uses[COND_PLAIN] && !list->uses[COND_SPECIAL] && !list->uses[COND_EITHER];
}

struct finding *written_add(struct rule_run *run, const struct written *w,
                            const struct condition *at_fault)
{
    struct finding *f = finding_add(run, w->scan->node, 0);
    finding_stake(run, f, w->stake);
    if (w->list->count > 1)
        finding_fact(run, f, "condition", at_fault->pred->text);
    scan_evidence(run, f, w->scan);
    return f;
}

const char *written_left(struct rule_run *run, const struct pred *p)
{
    struct str s = p->left.kind == SIDE_COLUMN ? p->left.column
                   : p->left.expr.len          ? p->left.expr
                                               : p->left.text;
    if (s.len > 2 && s.p[0] == '(' && s.p[s.len - 1] == ')')
        s = str_sub(s, 1, s.len - 1);
    return arena_strndup(run->arena, s.p, s.len);
}

void written_show(struct rule_run *run, struct finding *f, const char *condition)
{
    finding_sql(run, f, "... WHERE %s", condition);
}
