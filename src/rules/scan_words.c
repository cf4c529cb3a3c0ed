#include "rules/scan_words.h"

#include "base/arena.h"

static void add_time(struct rule_run *run, struct finding *f, const struct scan *s)
{
    bool imputed = run->survey->imputed[s->node->id - 1];
    if (run->metrics->unit == UNIT_TIME)
        finding_figure(run, f, "time", s->weight, "ms",
                       imputed ? arena_printf(run->arena,
                                              "about %s (the plan leaves it out; shared "
                                              "out by cost)",
                                              say_ms(run, s->weight))
                               : NULL);
    else if (run->metrics->unit == UNIT_COST)
        finding_figure(run, f, "cost", s->weight, "cost", NULL);
}

void scan_evidence(struct rule_run *run, struct finding *f, const struct scan *s)
{
    double read = s->rows + s->removed;
    if (s->guessed) {
        f->sure = SURE_LIKELY;
        finding_figure(run, f, "rows read", read, "rows",
                       arena_printf(run->arena, "%s, by its cost", say_about(run, read)));
        finding_figure(run, f, "rows kept", s->rows, "rows",
                       arena_printf(run->arena, "%s expected", say_count(run, s->rows)));
    } else if (s->removed > 0) {
        finding_figure(run, f, "rows read", read, "rows", NULL);
        finding_part(run, f, "rows kept", s->rows, read, "rows");
        finding_figure(run, f, "rows removed", s->removed, "rows", NULL);
    } else {
        finding_figure(run, f, "rows read", read, "rows", NULL);
    }
    if (s->members + s->idle > 1)
        finding_figure(run, f, "partitions read", (double)s->members, "partitions", NULL);
    if (s->pages > 0)
        finding_figure(run, f, "blocks", s->pages, "blocks",
                       arena_printf(run->arena, "%s (%s)", say_count(run, s->pages),
                                    say_bytes(run, s->pages * METRIC_BLOCK_BYTES)));
    add_time(run, f, s);
    finding_fact(run, f, "index condition", node_text(s->node, PROP_INDEX_COND));
    finding_fact(run, f, "filter", node_text(s->node, PROP_FILTER));
}
