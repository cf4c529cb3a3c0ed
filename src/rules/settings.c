/* Kinds of nodes that were switched off. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/survey.h"

static bool is_off(const struct prop *setting)
{
    return str_starts(setting->key, "enable_") && setting->value.kind == VALUE_STRING &&
           (str_is(setting->value.text, "off") || str_is(setting->value.text, "false"));
}

static size_t list_settings(struct rule_run *run, struct finding *f)
{
    size_t count = 0;
    for (const struct prop *p = run->plan->settings; p; p = p->next) {
        if (!is_off(p))
            continue;
        count++;
        if (f)
            finding_fact(run, f, arena_strndup(run->arena, p->key.p, p->key.len), p->value.text);
    }
    return count;
}

/* "enable_hashjoin, enable_sort" */
static const char *names_of(struct rule_run *run)
{
    const char *names = "";
    for (const struct prop *p = run->plan->settings; p; p = p->next)
        if (is_off(p))
            names =
                arena_printf(run->arena, "%s%s%.*s", names, *names ? ", " : "", STR_ARG(p->key));
    return names;
}

/* The stake is not known: another plan was not made. */
void check_disabled_node(struct rule_run *run)
{
    const struct node *first = NULL;
    size_t nodes = 0, settings = list_settings(run, NULL);
    double cost = run->metrics->removed_cost;
    for (int i = 0; i < run->plan->node_count; i++)
        if (run->plan->nodes[i]->disabled) {
            first = first ? first : run->plan->nodes[i];
            nodes++;
        }
    if (!nodes && !settings && !(cost > 0))
        return;
    struct finding *f = finding_add(run, first, 0);
    if (settings)
        finding_title(run, f, "Planned with %s off", names_of(run));
    else
        finding_title(run, f, "Holds nodes of a kind that was switched off");
    list_settings(run, f);
    finding_figure(run, f, "disabled nodes", nodes ? (double)nodes : NAN, "nodes", NULL);
    finding_figure(run, f, "cost added to disabled nodes", cost > 0 ? cost : NAN, "cost", NULL);
}
