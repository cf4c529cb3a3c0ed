#include "rules/finding.h"

#include "base/arena.h"
#include "base/text.h"
#include "rules/survey.h"
#include "sql/ident.h"

double threshold(const struct rule_run *run, enum threshold_id id)
{
    return run->thresholds->value[id];
}

static double clamp_stake(const struct rule_run *run, const struct node *n, double stake)
{
    double most = run->metrics->whole;
    if (n && survey_total(run, n) < most)
        most = survey_total(run, n);
    if (!(stake > 0)) /* NAN too: what cannot be worked out claims nothing */
        return 0;
    return stake < most ? stake : most;
}

/* One rule says no more than this about one plan: a chain of 50,000 nested loops is one sight. */
static bool has_said_enough(struct rule_run *run)
{
    enum { MOST_OF_A_RULE = 200 };
    struct survey *s = run->survey;
    if (s->saying != run->rule) {
        s->saying = run->rule;
        s->said = 0;
    }
    return s->said++ >= MOST_OF_A_RULE;
}

struct finding *finding_add(struct rule_run *run, const struct node *n, double stake)
{
    struct draft *d = arena_alloc(run->arena, sizeof *d);
    d->most = SEVERITY_HIGH;
    d->f.rule = run->rule;
    d->f.node = n;
    d->f.title = run->rule->title;
    d->f.why = run->rule->why;
    d->f.remedy = run->rule->remedy;
    d->f.stake = clamp_stake(run, n, stake);
    if (has_said_enough(run)) /* taken, but not listed */
        return &d->f;
    *run->tail = &d->f;
    run->tail = &d->f.next;
    return &d->f;
}

void finding_stake(struct rule_run *run, struct finding *f, double stake)
{
    f->stake = clamp_stake(run, NULL, stake);
}

void finding_stake_outside(struct finding *f, double stake, double whole)
{
    f->stake = stake > 0 ? stake : 0;
    draft_of(f)->whole = whole;
}

struct finding *finding_clear(struct rule_run *run, const struct node *n, const char *title,
                              const char *why)
{
    struct finding *f = finding_add(run, n, 0);
    draft_of(f)->most = SEVERITY_CLEARED;
    f->title = title;
    f->why = why;
    f->remedy = NULL;
    return f;
}

#define FORMAT_INTO(member)                                                                        \
    do {                                                                                           \
        if (run->quiet)                                                                            \
            break;                                                                                 \
        va_list ap;                                                                                \
        va_start(ap, fmt);                                                                         \
        (member) = arena_vprintf(run->arena, fmt, ap);                                             \
        va_end(ap);                                                                                \
    } while (0)

void finding_title(struct rule_run *run, struct finding *f, const char *fmt, ...)
{
    FORMAT_INTO(f->title);
}

void finding_why(struct rule_run *run, struct finding *f, const char *fmt, ...)
{
    FORMAT_INTO(f->why);
}

void finding_remedy(struct rule_run *run, struct finding *f, const char *fmt, ...)
{
    FORMAT_INTO(f->remedy);
}

void finding_sql(struct rule_run *run, struct finding *f, const char *fmt, ...)
{
    FORMAT_INTO(f->sql);
}

void finding_index(struct finding *f, const struct node *scan)
{
    f->wants_index = true;
    f->index_node = scan;
}

void finding_blame(struct finding *f, const struct node *n)
{
    draft_of(f)->blamed = n;
}

static void add_evidence(struct rule_run *run, struct finding *f, struct evidence line)
{
    struct evidence **tail = &f->evidence;
    while (*tail)
        tail = &(*tail)->next;
    *tail = arena_alloc(run->arena, sizeof line);
    **tail = line;
}

static bool is_noun(const char *unit)
{
    return unit && strcmp(unit, "ms") != 0 && strcmp(unit, "kB") != 0 && strcmp(unit, "x") != 0 &&
           strcmp(unit, "bytes") != 0;
}

static const char *in_words(struct rule_run *run, double value, const char *unit)
{
    if (!unit)
        return say_count(run, value);
    if (strcmp(unit, "ms") == 0)
        return say_ms(run, value);
    if (strcmp(unit, "kB") == 0)
        return say_bytes(run, value * 1024);
    if (strcmp(unit, "bytes") == 0)
        return say_bytes(run, value);
    if (strcmp(unit, "x") == 0)
        return say_factor(run, value);
    return say_count(run, value);
}

void finding_figure(struct rule_run *run, struct finding *f, const char *name, double value,
                    const char *unit, const char *text)
{
    if (!num_known(value))
        return;
    add_evidence(run, f,
                 (struct evidence){.name = name,
                                   .text = text ? text : in_words(run, value, unit),
                                   .value = value,
                                   .unit = unit});
}

void finding_fact(struct rule_run *run, struct finding *f, const char *name, struct str s)
{
    if (s.len && !run->quiet)
        add_evidence(run, f,
                     (struct evidence){.name = name,
                                       .text = arena_strndup(run->arena, s.p, s.len),
                                       .value = NAN});
}

void finding_part(struct rule_run *run, struct finding *f, const char *name, double part, double of,
                  const char *unit)
{
    if (!num_known(part) || !num_known(of) || run->quiet)
        return;
    const char *share = of > 0 ? say_share(run, part / of) : NULL;
    const char *text =
        arena_printf(run->arena, "%s of %s%s%s%s%s%s", say_count(run, part), say_count(run, of),
                     is_noun(unit) ? " " : "", is_noun(unit) ? unit : "", share ? " (" : "",
                     share ? share : "", share ? ")" : "");
    finding_figure(run, f, name, part, unit, text);
}

void finding_consequence(struct rule_run *run, struct finding *f, const char *text)
{
    if (run->quiet)
        return;
    struct draft *d = draft_of(f);
    if (f->consequence_count == d->consequence_room) {
        size_t room = d->consequence_room ? d->consequence_room * 2 : 4;
        const char **more = arena_calloc(run->arena, room, sizeof *more);
        if (f->consequence_count)
            memcpy(more, f->consequences, f->consequence_count * sizeof *more);
        f->consequences = more;
        d->consequence_room = room;
    }
    f->consequences[f->consequence_count++] = text;
}

struct finding *finding_of(const struct rule_run *run, const char *rule_id, const struct node *n)
{
    struct finding *found = NULL;
    for (struct finding *f = run->findings; f; f = f->next)
        if (strcmp(f->rule->id, rule_id) == 0 && (!n || f->node == n))
            found = f;
    return found;
}
