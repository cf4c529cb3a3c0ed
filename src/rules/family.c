#include "rules/family.h"

#include <stdlib.h>

#include "base/arena.h"
#include "rules/stake.h"

struct slot {
    struct scan *scan;
    uint64_t hash;
};

/* Scans met so far, by what makes them one family. */
struct families {
    struct rule_run *run;
    struct slot *slots;
    size_t size; /* a power of two, at least twice the scans */
    struct scan **tail;
};

struct str family_alias(const struct node *n)
{
    struct str alias = node_text(n, PROP_ALIAS), relation = node_text(n, PROP_RELATION_NAME);
    size_t end = alias.len;
    while (end > 0 && alias.p[end - 1] >= '0' && alias.p[end - 1] <= '9')
        end--;
    bool numbered = end > 1 && end < alias.len && alias.p[end - 1] == '_';
    /* Servers up to 12 do not number: a partition's alias is its own name. */
    if (!numbered || str_eq(alias, relation))
        return alias;
    return str_sub(alias, 0, end - 1);
}

static bool is_scan(const struct node *n)
{
    switch (n->type) {
    case NODE_SEQ_SCAN:
    case NODE_INDEX_SCAN:
    case NODE_INDEX_ONLY_SCAN:
    case NODE_BITMAP_HEAP_SCAN:
    case NODE_FOREIGN_SCAN:
        return node_text(n, PROP_RELATION_NAME).len > 0;
    default:
        return false;
    }
}

static uint64_t mix(uint64_t h, const char *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)p[i]) * 1099511628211u;
    return (h ^ 0xff) * 1099511628211u;
}

static bool is_word(char c)
{
    return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Past "alias." where a condition of VERBOSE names the scan's own columns; else i. */
static size_t skip_qualifier(struct str s, size_t i, struct str alias)
{
    bool starts = i == 0 || !is_word(s.p[i - 1]);
    if (starts && alias.len && i + alias.len < s.len && s.p[i + alias.len] == '.' &&
        memcmp(s.p + i, alias.p, alias.len) == 0)
        return i + alias.len + 1;
    return i;
}

static uint64_t mix_condition(uint64_t h, const struct node *n, enum prop_id id)
{
    struct str s = node_text(n, id), alias = node_text(n, PROP_ALIAS);
    for (size_t i = 0; i < s.len;) {
        size_t past = skip_qualifier(s, i, alias);
        if (past > i) {
            i = past;
            continue;
        }
        h = (h ^ (unsigned char)s.p[i++]) * 1099511628211u;
    }
    return (h ^ 0xff) * 1099511628211u;
}

/* Two conditions are the same but for the alias of the scan that each belongs to. */
static bool same_condition(const struct node *x, const struct node *y, enum prop_id id)
{
    struct str a = node_text(x, id), b = node_text(y, id);
    struct str alias_a = node_text(x, PROP_ALIAS), alias_b = node_text(y, PROP_ALIAS);
    size_t i = 0, j = 0;
    while (i < a.len && j < b.len) {
        size_t past_a = skip_qualifier(a, i, alias_a), past_b = skip_qualifier(b, j, alias_b);
        if (past_a > i || past_b > j) {
            i = past_a;
            j = past_b;
        } else if (a.p[i++] != b.p[j++]) {
            return false;
        }
    }
    return i == a.len && j == b.len;
}

static uint64_t family_hash(const struct rule_run *run, const struct node *n)
{
    const struct node *append = run->survey->append[n->id - 1];
    struct str alias = family_alias(n);
    bool own_name = str_eq(alias, node_text(n, PROP_RELATION_NAME));
    int key[2] = {append ? append->id : -n->id, (int)n->type};
    uint64_t h = mix(14695981039346656037u, (const char *)key, sizeof key);
    if (!own_name)
        h = mix(h, alias.p, alias.len);
    return mix_condition(mix_condition(h, n, PROP_FILTER), n, PROP_INDEX_COND);
}

static bool same_family(const struct rule_run *run, const struct node *x, const struct node *y)
{
    const struct survey *s = run->survey;
    if (x->type != y->type || !s->append[x->id - 1] || s->append[x->id - 1] != s->append[y->id - 1])
        return false;
    struct str rel_x = node_text(x, PROP_RELATION_NAME), rel_y = node_text(y, PROP_RELATION_NAME);
    struct str alias_x = family_alias(x), alias_y = family_alias(y);
    bool unnumbered =
        str_eq(alias_x, rel_x) && str_eq(alias_y, rel_y) && node_text(x, PROP_FILTER).len;
    return !str_eq(rel_x, rel_y) && (str_eq(alias_x, alias_y) || unnumbered) &&
           same_condition(x, y, PROP_FILTER) && same_condition(x, y, PROP_INDEX_COND);
}

static double own_blocks(const struct node_metrics *m)
{
    return num_or(m->own_io.hit, 0) + num_or(m->own_io.read, 0);
}

static void add_planned(struct rule_run *run, struct scan *s, const struct node *n)
{
    double read = stake_rows_read(run, n), rows = num_or(n->num[PROP_PLAN_ROWS], 0);
    s->guessed = true;
    s->rows += rows;
    if (node_text(n, PROP_FILTER).len && read > rows)
        s->removed += read - rows;
    s->loops += 1;
}

static void add_actual(struct scan *s, const struct node *n, const struct node_metrics *m,
                       double weight)
{
    s->rows += m->rows;
    s->removed += num_or(m->rows_removed_filter, 0);
    s->rechecked += num_or(m->rows_removed_recheck, 0);
    s->heap_fetches += num_or(n->num[PROP_HEAP_FETCHES], 0);
    s->loops += num_or(n->num[PROP_ACTUAL_LOOPS], 1);
    if (!(m->rows_high > 0)) {
        s->empty++;
        s->empty_weight += weight;
    }
}

static void add_member(struct rule_run *run, struct scan *s, const struct node *n)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    double weight = survey_weight(run, n), passes = survey_passes(run, n);
    if (n->never_executed) {
        s->idle++;
        return;
    }
    if (s->members == 0 || weight > survey_weight(run, s->node))
        s->node = n;
    s->members++;
    s->weight += weight;
    s->planned += num_or(m->rows_planned, 0);
    s->pages += own_blocks(m);
    s->passes = passes > s->passes ? passes : s->passes;
    s->processes = m->one_process ? s->processes : m->processes;
    if (num_known(m->rows))
        add_actual(s, n, m, weight);
    else
        add_planned(run, s, n);
}

static struct scan *new_scan(struct families *f, const struct node *n)
{
    struct scan *s = arena_alloc(f->run->arena, sizeof *s);
    s->node = n;
    s->passes = s->processes = 1;
    *f->tail = s;
    f->tail = &s->next;
    return s;
}

static void place(struct families *f, const struct node *n)
{
    uint64_t hash = family_hash(f->run, n);
    size_t i = (size_t)hash & (f->size - 1);
    while (f->slots[i].scan &&
           !(f->slots[i].hash == hash && same_family(f->run, f->slots[i].scan->node, n)))
        i = (i + 1) & (f->size - 1);
    if (!f->slots[i].scan)
        f->slots[i] = (struct slot){new_scan(f, n), hash};
    struct scan *s = f->slots[i].scan;
    f->run->survey->scan_of[n->id - 1] = s;
    add_member(f->run, s, n);
    if (s->members + s->idle > 1)
        s->append = f->run->survey->append[n->id - 1];
}

/* Keep only what ran and weighs something. */
static void drop_light(struct rule_run *run)
{
    struct scan **link = &run->survey->scans;
    while (*link)
        if ((*link)->members && survey_worth(run, (*link)->weight))
            link = &(*link)->next;
        else
            *link = (*link)->next;
}

void family_find(struct rule_run *run)
{
    struct families f = {.run = run, .size = 16, .tail = &run->survey->scans};
    size_t count = 0;
    for (int i = 0; i < run->plan->node_count; i++)
        count += is_scan(run->plan->nodes[i]);
    while (f.size < count * 2)
        f.size *= 2;
    f.slots = xcalloc(f.size, sizeof *f.slots);
    for (int i = 0; i < run->plan->node_count; i++)
        if (is_scan(run->plan->nodes[i]))
            place(&f, run->plan->nodes[i]);
    free(f.slots);
    drop_light(run);
    for (struct scan *s = run->survey->scans; s; s = s->next)
        if (!run->plan->has_buffers)
            s->pages = NAN;
}
