/* Which columns a query needs of its entries. */
#include "sql/query_build.h"

static void need(struct query_build *b, struct query_rte *rte, struct str column)
{
    for (size_t i = 0; i < rte->column_count; i++)
        if (str_eq(rte->columns[i], column))
            return;
    rte->columns = query_grow(b->a, rte->columns, rte->column_count, sizeof *rte->columns);
    rte->columns[rte->column_count++] = column;
}

static void mark(struct query_build *b, const struct json *v)
{
    for (const struct json *e = json_first(v); e; e = e->next) {
        if (!str_is(e->key, "ColumnRef")) {
            mark(b, e);
            continue;
        }
        struct query_rte *rte = query_column_rte(b, e);
        struct str column = raw_last_name(json_get(e, "fields"), NULL);
        if (rte && column.p)
            need(b, rte, column);
        else if (rte)
            rte->whole_row = true;
    }
}

static void mark_list(struct query_build *b, const struct json **list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mark(b, list[i]);
}

static void mark_target(struct query_build *b, const struct scope *s, const struct target *t)
{
    if (t->expr) {
        mark(b, t->expr);
        return;
    }
    for (size_t i = 0; i < s->item_count; i++) {
        const struct item *item = &s->items[i];
        if (item->joined || (t->star_of.p && !str_eq(item->name, t->star_of)))
            continue;
        if (item->rte)
            item->rte->whole_row = true;
        for (size_t k = 0; item->merged && k < item->sub->target_count; k++)
            mark_target(b, item->sub, &item->sub->targets[k]);
    }
}

static void mark_targets(struct query_build *b, const struct scope *s)
{
    for (size_t i = 0; i < s->target_count; i++)
        mark_target(b, s, &s->targets[i]);
}

/* The entry that stands for a subquery in FROM; NULL: none. */
static const struct query_rte *entry_for(const struct query_build *b, const struct scope *s)
{
    for (size_t i = 0; i < b->rte_count; i++)
        if (b->rtes[i]->block == s->block)
            return b->rtes[i];
    return NULL;
}

/* Of a subquery's target list only what the outer block asks for is computed. */
static void mark_asked_for(struct query_build *b, struct scope *s, const struct query_rte *entry)
{
    const struct item all = {.sub = s, .merged = true};
    for (size_t i = 0; i < entry->column_count; i++) {
        const struct json *expr = query_item_column(b, &all, entry->columns[i]);
        if (expr)
            mark(b, expr);
    }
}

/* The entry whose mentions say what is needed of the block's target list; NULL: all of it is. */
static const struct query_rte *asking_entry(const struct query_build *b, const struct scope *s)
{
    enum query_role role = s->block->role;
    if ((role != QUERY_FROM && role != QUERY_CTE) || s->materialized || s->block->distinct)
        return NULL;
    const struct query_rte *entry = entry_for(b, s);
    return entry && !entry->whole_row ? entry : NULL;
}

void query_mark_columns(struct query_build *b, struct scope *s)
{
    if (!s->targets_unused && !asking_entry(b, s))
        mark_targets(b, s);
    for (size_t i = 0; i < s->cond_count; i++)
        mark(b, s->conds[i].expr);
    mark_list(b, s->used, s->used_count);
    mark_list(b, s->group, s->group_count);
    mark_list(b, s->sorts, s->sort_count);
    mark_list(b, s->distinct_on, s->distinct_count);
    mark_list(b, s->windows, s->window_count);
    mark_list(b, s->conflict, s->conflict_count);
}

void query_mark_targets(struct query_build *b, struct scope *s)
{
    const struct query_rte *entry = asking_entry(b, s);
    if (entry)
        mark_asked_for(b, s, entry);
}
