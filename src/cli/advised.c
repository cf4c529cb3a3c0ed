#include "cli/advised.h"

#include "advise/advise.h"
#include "catalog/catalog.h"
#include "base/arena.h"
#include "base/text.h"

struct advised {
    struct arena *arena;
    const struct advice *advice; /* NULL: none was worked out */
    struct ui_index *indexes;
    double before, after; /* without any, with all; ms or cost */
    bool in_ms;
    double *rest;
    const char *note;
};

static const char *sure_text(const struct advice *adv, const struct advice_index *x,
                             struct arena *a)
{
    return arena_printf(a, "%s confidence (%s)%s", advice_confidence_name[x->confidence],
                        advice_basis_name[x->basis],
                        adv->unchecked ? "; not checked against a catalog" : "");
}

static const char *join_lines(struct arena *a, const struct advice_index *x)
{
    struct buf b = {0};
    buf_adds(&b, x->rationale ? x->rationale : "");
    for (size_t i = 0; i < x->replace_count; i++)
        buf_printf(&b, "\nreplaces %.*s", STR_ARG(x->replaces[i]->name));
    if (x->before)
        buf_printf(&b, "\nfirst: %s", x->before);
    for (size_t i = 0; i < x->caution_count; i++)
        buf_printf(&b, "\n%s", x->cautions[i]);
    char *text = b.len ? arena_strndup(a, b.data, b.len) : NULL;
    buf_free(&b);
    return text;
}

static void set_nodes(struct arena *a, struct ui_index *out, const struct advice_index *x)
{
    int *nodes = arena_calloc(a, x->effect_count, sizeof *nodes);
    for (size_t i = 0; i < x->effect_count; i++)
        if (x->effects[i].node)
            nodes[out->node_count++] = x->effects[i].node->id;
    out->nodes = nodes;
}

static struct ui_index index_of(const struct advised *s, const struct advice_index *x)
{
    struct ui_index out = {.id = x->id,
                           .target = x->columns,
                           .ddl = x->up,
                           .down = x->down,
                           .why = join_lines(s->arena, x),
                           .sure = sure_text(s->advice, x, s->arena),
                           .size_bytes = x->size_bytes,
                           .alone = -x->gain_share,
                           .before = s->before,
                           .after = s->before * (1 - x->gain_share),
                           .in_ms = s->in_ms,
                           .queries = 1,
                           .on = true};
    set_nodes(s->arena, &out, x);
    return out;
}

/* Why no index helps, one reason per table that was looked at. */
static const char *notes_text(struct arena *a, const struct advice *adv)
{
    struct buf b = {0};
    for (size_t i = 0; i < adv->note_count; i++) {
        const struct advice_note *n = &adv->notes[i];
        buf_adds(&b, b.len ? "\n" : "");
        if (n->node)
            buf_printf(&b, "#%d ", n->node->id);
        if (n->table.len)
            buf_printf(&b, "%.*s: ", STR_ARG(n->table));
        buf_adds(&b, n->text);
        if (n->instead)
            buf_printf(&b, " %s", n->instead);
    }
    char *text = b.len ? arena_strndup(a, b.data, b.len) : NULL;
    buf_free(&b);
    return text;
}

struct advised *advised_new(struct arena *a, const struct report *r)
{
    struct advised *s = arena_alloc(a, sizeof *s);
    const struct advice *adv = r->advice;
    s->arena = a;
    s->advice = adv;
    if (!adv || !adv->query_count)
        return s;
    const struct advice_query *q = &adv->queries[0];
    s->in_ms = num_known(q->ms_before);
    s->before = s->in_ms ? q->ms_before : q->cost_before;
    s->after = s->in_ms ? q->ms_after : q->cost_after;
    s->indexes = arena_calloc(a, adv->index_count, sizeof *s->indexes);
    s->rest = arena_calloc(a, adv->index_count, sizeof *s->rest);
    for (size_t i = 0; i < adv->index_count; i++) {
        s->indexes[i] = index_of(s, &adv->indexes[i]);
        s->rest[i] = -adv->indexes[i].marginal_share;
    }
    s->note = notes_text(a, adv);
    return s;
}

const struct ui_index *advised_indexes(const struct advised *x, size_t *count)
{
    *count = x->advice ? x->advice->index_count : 0;
    return x->indexes;
}

const char *advised_note(const struct advised *x)
{
    return x->note;
}

bool advised_whatif(const struct advised *x, const bool *on, struct ui_whatif *out, struct err *err)
{
    size_t n = x->advice ? x->advice->index_count : 0, ticked = 0, last = 0;
    for (size_t i = 0; i < n; i++) {
        ticked += on[i];
        last = on[i] ? i : last;
    }
    *out = (struct ui_whatif){.before = x->before,
                              .after = x->after,
                              .in_ms = x->in_ms,
                              .took_ms = NAN,
                              .rest = x->rest,
                              .basis = "model, not planner-verified"};
    if (ticked == n)
        return true;
    out->rest = NULL;
    if (ticked == 1)
        out->after = x->indexes[last].after;
    else if (ticked == 0)
        out->after = x->before;
    else
        return err_set(err, ERR_USAGE,
                       "the model knows each index alone and all of them; any other combination "
                       "needs a server with HypoPG");
    return true;
}
