/* Totals per node type, per relation, per index. */
#include <stdlib.h>

#include "base/arena.h"
#include "plan/measure.h"

struct entry {
    struct str schema, name;
    const struct node *node;
};

static int by_name(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int c = str_cmp(x->schema, y->schema);
    if (!c)
        c = str_cmp(x->name, y->name);
    return c ? c : x->node->id - y->node->id;
}

static int by_weight(const void *a, const void *b)
{
    const struct metric_total *x = a, *y = b;
    return x->weight != y->weight ? (x->weight < y->weight ? 1 : -1) : str_cmp(x->name, y->name);
}

static void add_node(const struct measure *s, struct metric_total *t, const struct node *n)
{
    const struct node_metrics *m = measure_of(s, n);
    t->nodes++;
    t->self_ms += num_or(m->self_ms, 0);
    t->weight += m->weight;
    t->share += m->share;
    t->rows += num_or(m->rows, 0);
    t->blocks += num_or(m->own_io.hit, 0) + num_or(m->own_io.read, 0);
}

/* One total per distinct name, heaviest first. */
static struct metric_total *group(const struct measure *s, struct entry *entries, size_t n,
                                  size_t *count)
{
    qsort(entries, n, sizeof *entries, by_name);
    struct metric_total *totals = arena_calloc(s->arena, n, sizeof *totals);
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        bool same = i && str_eq(entries[i].name, entries[i - 1].name) &&
                    str_eq(entries[i].schema, entries[i - 1].schema);
        if (!same)
            totals[(*count)++] =
                (struct metric_total){.name = entries[i].name, .schema = entries[i].schema};
        add_node(s, &totals[*count - 1], entries[i].node);
    }
    qsort(totals, *count, sizeof *totals, by_weight);
    return totals;
}

/* The node type under its text name ("HashAggregate", "Hash Left Join"). */
static struct str type_label(const struct measure *s, const struct node *n, struct buf *scratch)
{
    buf_clear(scratch);
    node_add_name(scratch, n);
    return str_dup(s->arena, buf_str(scratch));
}

void measure_totals(struct measure *s)
{
    size_t count = (size_t)s->plan->node_count, n = 0;
    struct entry *entries = xcalloc(count, sizeof *entries);
    struct buf scratch = {0};
    for (int i = 0; i < s->plan->node_count; i++)
        entries[i] =
            (struct entry){{0}, type_label(s, s->plan->nodes[i], &scratch), s->plan->nodes[i]};
    s->m->types = group(s, entries, count, &s->m->type_count);
    for (int i = 0; i < s->plan->node_count; i++) {
        const struct node *node = s->plan->nodes[i];
        struct str name = node_text(node, PROP_RELATION_NAME);
        if (name.len && node->type != NODE_MODIFY_TABLE)
            entries[n++] = (struct entry){node_text(node, PROP_SCHEMA), name, node};
    }
    s->m->relations = group(s, entries, n, &s->m->relation_count);
    n = 0;
    for (int i = 0; i < s->plan->node_count; i++) {
        struct str name = node_text(s->plan->nodes[i], PROP_INDEX_NAME);
        if (name.len)
            entries[n++] = (struct entry){{0}, name, s->plan->nodes[i]};
    }
    s->m->indexes = group(s, entries, n, &s->m->index_count);
    free(entries);
    buf_free(&scratch);
}
