#include "report/table.h"

#include <math.h>

#include "base/arena.h"
#include "base/text.h"
#include "report/cell.h"

enum { TABLES_MAX = 8 };

/* Tables under construction. */
struct maker {
    struct arena *arena;
    const struct report *report;
    size_t limit;
    struct table *tables;
    size_t count;
};

static struct table *add_table(struct maker *k, const char *id, const char *title, size_t rows)
{
    struct table *t = &k->tables[k->count++];
    *t = (struct table){.id = id, .title = title};
    t->rows = arena_calloc(k->arena, rows, sizeof *t->rows);
    return t;
}

static void add_heading(struct table *t, const char *heading, bool right)
{
    t->heading[t->columns] = heading;
    t->right[t->columns++] = right;
}

/* What was appended to the scratch buffer since `from` becomes a cell. */
static struct str take(struct maker *k, struct buf *b)
{
    struct str s = str_dup(k->arena, buf_str(b));
    buf_clear(b);
    return s;
}

static void fill_total(struct maker *k, struct table_row *row, const struct metric_total *m,
                       struct buf *b)
{
    cell_add_amount(b, k->report, m->weight);
    row->cell[0] = take(k, b);
    cell_add_share(b, m->share);
    row->cell[1] = take(k, b);
    buf_printf(b, "%d", m->nodes);
    row->cell[2] = take(k, b);
    if (isfinite(m->rows) && k->report->plan->has_actual)
        text_add_count(b, m->rows);
    row->cell[3] = take(k, b);
    if (m->blocks > 0)
        text_add_count(b, m->blocks);
    row->cell[4] = take(k, b);
    row->cell[5] = m->name;
    row->share = m->share;
}

static void add_totals(struct maker *k, const char *id, const char *title, const char *what,
                       const struct metric_total *totals, size_t count)
{
    struct buf b = {0};
    if (count == 0)
        return;
    size_t shown = k->limit && count > k->limit ? k->limit : count;
    struct table *t = add_table(k, id, title, shown);
    add_heading(t, cell_self_heading(k->report), true);
    add_heading(t, "%", true);
    add_heading(t, "NODES", true);
    add_heading(t, cell_rows_heading(k->report), true);
    add_heading(t, "BUFS", true);
    add_heading(t, what, false);
    for (size_t i = 0; i < shown; i++)
        fill_total(k, &t->rows[t->row_count++], &totals[i], &b);
    t->minor[2] = t->minor[4] = true;
    t->left_out = count - shown;
    buf_free(&b);
}

static void add_trigger(struct maker *k, struct table *t, const struct trigger *g,
                        enum trigger_when when, struct buf *b)
{
    struct table_row *row = &t->rows[t->row_count++];
    double execution = k->report->metrics->execution_ms;
    row->share = g->time_ms / execution;
    if (num_known(g->time_ms))
        text_add_decimal(b, g->time_ms, 3, false);
    row->cell[0] = take(k, b);
    cell_add_share(b, row->share);
    row->cell[1] = take(k, b);
    if (num_known(g->calls))
        text_add_grouped(b, g->calls);
    row->cell[2] = take(k, b);
    buf_addstr(b, g->name.len ? g->name : g->constraint);
    if (g->name.len && g->constraint.len)
        buf_printf(b, " for constraint %.*s", STR_ARG(g->constraint));
    if (g->relation.len)
        buf_printf(b, " on %.*s", STR_ARG(g->relation));
    if (num_known(g->time_ms) && when == TRIGGER_UNCLEAR)
        buf_adds(b, ", BEFORE or AFTER: not told");
    row->cell[3] = take(k, b);
}

static void add_triggers(struct maker *k)
{
    const struct plan *p = k->report->plan;
    struct buf b = {0};
    if (p->trigger_count == 0)
        return;
    struct table *t = add_table(k, "triggers", "Triggers", p->trigger_count);
    add_heading(t, "TIMEms", true);
    add_heading(t, "%", true);
    add_heading(t, "CALLS", true);
    add_heading(t, "TRIGGER", false);
    for (size_t i = 0; i < p->trigger_count; i++)
        add_trigger(k, t, &p->triggers[i], k->report->metrics->trigger_when[i], &b);
    buf_free(&b);
}

/* A row of a list: name, value. An empty value adds nothing. */
static void add_pair(struct maker *k, struct table *t, const char *name, struct buf *value)
{
    if (value->len == 0)
        return;
    struct table_row *row = &t->rows[t->row_count++];
    row->share = NAN;
    row->cell[0] = str_of(name);
    row->cell[1] = take(k, value);
    t->columns = 2;
}

static void add_ms(struct buf *b, double ms)
{
    if (ms > 0)
        text_add_ms(b, ms);
}

static const char *on_off(int flag)
{
    return flag < 0 ? "not said" : flag ? "on" : "off";
}

static void add_jit(struct maker *k)
{
    const struct jit *j = k->report->plan->jit;
    struct buf b = {0};
    if (!j)
        return;
    struct table *t = add_table(k, "jit", "JIT (times summed over processes)", 8);
    if (num_known(j->functions))
        text_add_grouped(&b, j->functions);
    add_pair(k, t, "functions", &b);
    buf_printf(&b, "inlining %s, optimization %s, expressions %s, deforming %s",
               on_off(j->inlining), on_off(j->optimization), on_off(j->expressions),
               on_off(j->deforming));
    add_pair(k, t, "options", &b);
    add_ms(&b, j->generation_ms);
    add_pair(k, t, "generation", &b);
    add_ms(&b, j->deform_ms);
    add_pair(k, t, "of it deforming", &b);
    add_ms(&b, j->inlining_ms);
    add_pair(k, t, "inlining", &b);
    add_ms(&b, j->optimization_ms);
    add_pair(k, t, "optimization", &b);
    add_ms(&b, j->emission_ms);
    add_pair(k, t, "emission", &b);
    add_ms(&b, j->total_ms);
    add_pair(k, t, "total", &b);
    buf_free(&b);
}

static void add_blocks(struct buf *b, const char *what, double blocks)
{
    if (!(blocks > 0))
        return;
    if (b->len)
        buf_adds(b, ", ");
    text_add_grouped(b, blocks);
    buf_printf(b, " %s (", what);
    text_add_bytes(b, blocks * METRIC_BLOCK_BYTES);
    buf_addc(b, ')');
}

static void add_io(struct buf *b, const double *num)
{
    struct metric_io io = metric_io_of(num);
    add_blocks(b, "hit", io.hit);
    add_blocks(b, "read", io.read);
    add_blocks(b, "dirtied", io.dirtied);
    add_blocks(b, "written", io.written);
    add_blocks(b, "temp read", io.temp_read);
    add_blocks(b, "temp written", io.temp_written);
}

static void add_planning(struct maker *k)
{
    const struct plan *p = k->report->plan;
    struct buf b = {0};
    if (!num_known(p->planning_ms) && !p->planning)
        return;
    struct table *t = add_table(k, "planning", "Planning", 5);
    add_ms(&b, p->planning_ms);
    add_pair(k, t, "time", &b);
    if (p->planning) {
        const double *num = p->planning;
        add_io(&b, num);
        add_pair(k, t, "buffers", &b);
        add_ms(&b, metric_io_of(num).read_ms);
        add_pair(k, t, "reading", &b);
        if (num_known(num[PROP_MEMORY_USED])) {
            text_add_bytes(&b, num[PROP_MEMORY_USED] * 1024);
            buf_adds(&b, " used, ");
            text_add_bytes(&b, num_or(num[PROP_MEMORY_ALLOCATED], 0) * 1024);
            buf_adds(&b, " allocated");
        }
        add_pair(k, t, "memory", &b);
    }
    buf_free(&b);
}

static void add_serialization(struct maker *k)
{
    const struct plan *p = k->report->plan;
    struct buf b = {0};
    if (!p->serialization)
        return;
    struct table *t = add_table(k, "serialization", "Serialization of the result", 4);
    add_ms(&b, p->serialization[PROP_TIME]);
    add_pair(k, t, "time", &b);
    if (num_known(p->serialization[PROP_OUTPUT_VOLUME]))
        text_add_bytes(&b, p->serialization[PROP_OUTPUT_VOLUME] * 1024);
    add_pair(k, t, "output", &b);
    buf_addstr(&b, p->serialization_format);
    add_pair(k, t, "format", &b);
    add_io(&b, p->serialization);
    add_pair(k, t, "buffers", &b);
    buf_free(&b);
}

static void add_settings(struct maker *k)
{
    size_t count = 0;
    for (const struct prop *s = k->report->plan->settings; s; s = s->next)
        count++;
    if (count == 0)
        return;
    struct table *t = add_table(k, "settings", "Settings that differ from the defaults", count);
    t->columns = 2;
    for (const struct prop *s = k->report->plan->settings; s; s = s->next)
        t->rows[t->row_count++] = (struct table_row){.cell = {s->key, s->value.text}, .share = NAN};
}

struct table *tables_new(struct arena *a, const struct report *r, size_t limit, size_t *count)
{
    struct metric_totals m = metrics_totals(a, r->metrics);
    struct maker k = {.arena = a, .report = r, .limit = limit};
    k.tables = arena_calloc(a, TABLES_MAX, sizeof *k.tables);
    add_totals(&k, "node_types", "Totals per node type", "NODE TYPE", m.types, m.type_count);
    add_totals(&k, "relations", "Totals per relation", "RELATION", m.relations, m.relation_count);
    add_totals(&k, "indexes", "Totals per index", "INDEX", m.indexes, m.index_count);
    add_triggers(&k);
    add_planning(&k);
    add_jit(&k);
    add_serialization(&k);
    add_settings(&k);
    *count = k.count;
    return k.tables;
}
