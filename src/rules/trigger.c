/* Triggers and foreign-key checks. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/survey.h"

/* A look-up for a reference by an index: 0.024 ms a call, measured on a server of version 15; ten
 * times that is no look-up any more. */
static const double LOOKUP_MS = 0.024, SLOW_LOOKUP_MS = 0.24;

static const struct node *changed_table(const struct plan *p, struct str relation)
{
    const struct node *found = NULL;
    for (int i = 0; i < p->node_count; i++) {
        const struct node *n = p->nodes[i];
        if (n->type == NODE_MODIFY_TABLE &&
            (!found || (relation.len && str_eq(node_text(n, PROP_RELATION_NAME), relation))))
            found = n;
    }
    return found;
}

/*
 * A check on the referenced side (a row is deleted or its key changes) looks for references; on the
 * referencing side it looks for the referenced row, which always has its unique index. The server
 * names them RI_ConstraintTrigger_a_... and ..._c_...; without the name the statement tells.
 */
static bool looks_for_references(const struct trigger *t, const struct node *change)
{
    if (str_starts(t->name, "RI_ConstraintTrigger_a"))
        return true;
    if (str_starts(t->name, "RI_ConstraintTrigger_c"))
        return false;
    return change && str_is(node_text(change, PROP_OPERATION), "Delete");
}

static const struct cat_fk *fk_named(const struct catalog *cat, struct str constraint)
{
    for (const struct cat_fk *fk = cat ? cat->fks : NULL; fk; fk = fk->next)
        if (str_eq(fk->name, constraint))
            return fk;
    return NULL;
}

static void say_fk(struct rule_run *run, struct finding *f, const struct cat_fk *fk)
{
    struct buf b = {0};
    cat_add_qualified(&b, fk->rel->schema, fk->rel->name);
    buf_adds(&b, " (");
    for (size_t i = 0; i < fk->column_count; i++) {
        buf_adds(&b, i ? ", " : "");
        cat_add_ident(&b, fk->columns[i]);
    }
    buf_addc(&b, ')');
    finding_fact(run, f, "references from", buf_str(&b));
    finding_remedy(run, f, "An index on %s, so that each check is a look-up.", b.data);
    buf_free(&b);
}

static void say_references(struct rule_run *run, struct finding *f, const struct trigger *t)
{
    const struct cat_fk *fk = fk_named(run->catalog, t->constraint);
    f->wants_index = true;
    finding_why(
        run, f,
        "For each row that is deleted, or whose key changes, the server looks for rows that "
        "refer to it. It took %s a row, which is a scan of the referencing table, not a "
        "look-up.",
        say_ms(run, t->time_ms / t->calls));
    finding_remedy(run, f, "An index on the referencing columns of constraint %.*s.",
                   STR_ARG(t->constraint));
    if (fk)
        say_fk(run, f, fk);
}

static void say_checks(struct rule_run *run, struct finding *f)
{
    draft_of(f)->most = SEVERITY_LOW;
    finding_why(run, f,
                "Each new row is checked against the table that it refers to, one look-up a row.");
    finding_remedy(
        run, f,
        "That is what a foreign key costs. For bulk loads add it after loading (NOT VALID, then "
        "VALIDATE CONSTRAINT).");
}

/* A trigger that somebody wrote. */
static void say_function(struct rule_run *run, struct finding *f, const struct trigger *t)
{
    bool many = t->calls > 1;
    if (many)
        finding_why(run, f, "Its function ran %s, %s each.", say_counted(run, t->calls, "time"),
                    say_ms(run, t->time_ms / t->calls));
    else
        finding_why(run, f, "Its function ran once, for the statement.");
    finding_remedy(run, f,
                   many ? "Look at what the trigger's function does: each query in it runs once a "
                          "row. An AFTER trigger can run once per statement with transition tables."
                        : "Look at what the trigger's function does: its queries need plans of "
                          "their own (auto_explain.log_nested_statements).");
}

/* Constraint triggers that somebody wrote have a name of their own, where it is printed. */
static bool is_foreign_key(const struct trigger *t)
{
    return t->constraint.len && (!t->name.len || str_starts(t->name, "RI_ConstraintTrigger_"));
}

static const char *name_of(struct rule_run *run, const struct trigger *t)
{
    return is_foreign_key(t) ? arena_printf(run->arena, "Foreign key %.*s", STR_ARG(t->constraint))
                             : arena_printf(run->arena, "Trigger %.*s", STR_ARG(t->name));
}

static void judge(struct rule_run *run, const struct trigger *t)
{
    const struct node *change = changed_table(run->plan, t->relation);
    bool constraint = is_foreign_key(t), references = constraint && looks_for_references(t, change);
    double per_call = t->time_ms / t->calls;
    bool slow = references && per_call >= SLOW_LOOKUP_MS;
    double stake = slow ? t->time_ms - t->calls * LOOKUP_MS : t->time_ms;
    if (survey_share(run, stake) * 100 < threshold(run, THRESHOLD_LOW))
        return;
    struct finding *f = finding_add(run, change, 0);
    finding_stake(run, f, stake);
    finding_title(run, f, "%s: %s in %s", name_of(run, t), say_ms(run, t->time_ms),
                  say_counted(run, t->calls, "call"));
    finding_figure(run, f, "time", t->time_ms, "ms", NULL);
    finding_figure(run, f, "calls", t->calls, "calls", NULL);
    finding_figure(run, f, "time per call", per_call, "ms", NULL);
    finding_fact(run, f, "trigger", t->name);
    finding_fact(run, f, "constraint", t->constraint);
    finding_fact(run, f, "table", t->relation);
    if (run->metrics->trigger_when[t - run->plan->triggers] == TRIGGER_UNCLEAR)
        finding_fact(run, f, "runs", STR("before or after the rows change: its time fits both"));
    if (slow)
        say_references(run, f, t);
    else if (constraint)
        say_checks(run, f);
    else
        say_function(run, f, t);
}

void check_trigger_time(struct rule_run *run)
{
    for (size_t i = 0; run->metrics->unit == UNIT_TIME && i < run->plan->trigger_count; i++) {
        const struct trigger *t = &run->plan->triggers[i];
        if (t->time_ms > 0 && t->calls > 0)
            judge(run, t);
    }
}
