/* Totals per node type, per relation, per index. */
#include <stdlib.h>

#include "base/arena.h"
#include "plan/metrics.h"

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

static void add_node(const struct plan_metrics *metrics, struct metric_total *t,
                     const struct node *n)
{
    const struct node_metrics *m = metrics_of(metrics, n);
    t->nodes++;
    t->self_ms += num_or(m->self_ms, 0);
    t->weight += m->weight;
    t->share += m->share;
    t->rows += num_or(m->rows, 0);
    t->blocks += num_or(m->own_io.hit, 0) + num_or(m->own_io.read, 0);
}

/* One total per distinct name, heaviest first. */
static struct metric_total *group(struct arena *a, const struct plan_metrics *m,
                                  struct entry *entries, size_t n, size_t *count)
{
    qsort(entries, n, sizeof *entries, by_name);
    struct metric_total *totals = arena_calloc(a, n, sizeof *totals);
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        bool same = i && str_eq(entries[i].name, entries[i - 1].name) &&
                    str_eq(entries[i].schema, entries[i - 1].schema);
        if (!same)
            totals[(*count)++] =
                (struct metric_total){.name = entries[i].name, .schema = entries[i].schema};
        add_node(m, &totals[*count - 1], entries[i].node);
    }
    qsort(totals, *count, sizeof *totals, by_weight);
    return totals;
}

/* The node type under its text name ("HashAggregate", "Hash Left Join"). */
static struct str type_label(struct arena *a, const struct node *n, struct buf *scratch)
{
    buf_clear(scratch);
    node_add_name(scratch, n);
    return str_dup(a, buf_str(scratch));
}

struct metric_totals metrics_totals(struct arena *a, const struct plan_metrics *m)
{
    const struct plan *p = m->plan;
    struct metric_totals out = {0};
    size_t count = (size_t)p->node_count, n = 0;
    struct entry *entries = xcalloc(count, sizeof *entries);
    struct buf scratch = {0};
    for (int i = 0; i < p->node_count; i++)
        entries[i] = (struct entry){{0}, type_label(a, p->nodes[i], &scratch), p->nodes[i]};
    out.types = group(a, m, entries, count, &out.type_count);
    for (int i = 0; i < p->node_count; i++) {
        const struct node *node = p->nodes[i];
        struct str name = node_text(node, PROP_RELATION_NAME);
        if (name.len && node->type != NODE_MODIFY_TABLE)
            entries[n++] = (struct entry){node_text(node, PROP_SCHEMA), name, node};
    }
    out.relations = group(a, m, entries, n, &out.relation_count);
    n = 0;
    for (int i = 0; i < p->node_count; i++) {
        struct str name = node_text(p->nodes[i], PROP_INDEX_NAME);
        if (name.len)
            entries[n++] = (struct entry){{0}, name, p->nodes[i]};
    }
    out.indexes = group(a, m, entries, n, &out.index_count);
    free(entries);
    buf_free(&scratch);
    return out;
}
