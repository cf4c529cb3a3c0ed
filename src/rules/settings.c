/* Kinds of nodes that were switched off. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/survey.h"

static bool is_off(const struct prop *setting)
{
    return str_starts(setting->key, "enable_") && setting->value.kind == VALUE_STRING &&
           str_is(setting->value.text, "off");
}

/* Stake: half of the heaviest node that was disabled, or nothing that the plan shows. */
void check_disabled_node(struct rule_run *run)
{
    const struct node *forced = NULL;
    for (int i = 0; i < run->plan->node_count; i++) {
        const struct node *n = run->plan->nodes[i];
        bool dear = n->num[PROP_TOTAL_COST] >= 1e10 && !n->child;
        if ((n->disabled || dear) &&
            (!forced || survey_weight(run, n) > survey_weight(run, forced)))
            forced = n;
    }
    if (forced) {
        struct finding *f = finding_add(run, forced, 0.5 * survey_weight(run, forced));
        finding_title(run, f, "%s was switched off, and is used all the same",
                      say_type(run, forced));
    }
    for (const struct prop *s = run->plan->settings; s; s = s->next) {
        if (!is_off(s))
            continue;
        struct finding *f = finding_add(run, NULL, 0);
        finding_title(run, f, "%.*s is off", STR_ARG(s->key));
        finding_sql(run, f, "RESET %s;", say_ident(run, s->key));
    }
}
