/* The catalog of the relations that a live run has to do with. */
#include "base/arena.h"
#include "cli/connect.h"
#include "cli/live.h"
#include "db/catalog.h"
#include "plan/plan.h"
#include "sql/query.h"

static void add_name(struct live_names *n, struct str schema, struct str name)
{
    for (size_t i = 0; i < n->count; i++)
        if (str_eq(n->names[i].name, name) && str_eq(n->names[i].schema, schema))
            return;
    if (n->count == n->cap) {
        n->cap = n->cap * 2 + 16;
        n->names = xrealloc(n->names, n->cap * sizeof *n->names);
    }
    n->names[n->count++] = (struct dbcat_name){schema, name};
}

void live_add_plan(struct live *l, const struct plan *p)
{
    for (int i = 0; i < p->node_count; i++) {
        struct str name = node_text(p->nodes[i], PROP_RELATION_NAME);
        if (name.p)
            add_name(&l->names, node_text(p->nodes[i], PROP_SCHEMA), name);
    }
    for (size_t i = 0; i < p->trigger_count; i++)
        if (p->triggers[i].relation.p)
            add_name(&l->names, (struct str){0}, p->triggers[i].relation);
}

/* What the text names and the plan does not: views. */
static void add_statement(struct live *l, struct str sql)
{
    struct err ignored = {0};
    const struct query *q = query_analyse(l->arena, sql, NULL, &ignored);
    for (size_t b = 0; q && b < q->block_count; b++)
        for (size_t i = 0; i < q->blocks[b]->rte_count; i++) {
            const struct query_rte *rte = q->blocks[b]->rtes[i];
            if (rte->kind == QUERY_RTE_RELATION)
                add_name(&l->names, rte->schema, rte->name);
        }
}

/* Without it there are findings all the same, so it is a warning when it cannot be had. */
void live_read_catalog(struct live *l)
{
    struct err err = {0};
    l->catalog = NULL;
    for (size_t i = 0; i < l->count; i++) {
        for (size_t k = 0; k < l->items[i].read.plan_count; k++)
            live_add_plan(l, l->items[i].read.plans[k]);
        if (l->items[i].read.plan_count || l->items[i].line)
            add_statement(l, l->items[i].statement.params.text);
    }
    if (!l->names.count || !conn_is_alive(l->conn) || connect_is_stopped())
        return;
    struct dbcat_request request = {.relations = l->names.names,
                                    .relation_count = l->names.count,
                                    .timeout_ms = l->explain.timeout_ms};
    l->catalog = dbcat_open(l->conn, &request, &err);
    if (!l->catalog && !l->quiet)
        cli_warning("the catalog could not be read", &err);
}
