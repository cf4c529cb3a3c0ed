/* One answer for each query: the indexes that serve it, or the reason why there are none. */
#include "advise/advise_private.h"
#include "base/arena.h"

const char *const advice_verdict_name[] = {"index", "exists", "cannot_serve", "no_index",
                                           "unknown"};

/* Which note speaks for the query where no index was chosen: what hinders comes first. */
static int rank_of(enum advice_note_kind kind)
{
    static const int ranks[] = {[NOTE_CANNOT_SERVE] = 5,
                                [NOTE_NO_INDEX_HELPS] = 4,
                                [NOTE_REJECTED] = 3,
                                [NOTE_EXISTS] = 2,
                                [NOTE_UNKNOWN] = 1};
    return ranks[kind];
}

/* Per query the note that speaks for it; NULL: none. */
static const struct advice_note **telling_notes(const struct advise_run *r)
{
    const struct advice *adv = r->out;
    const struct advice_note **best = arena_calloc(r->arena, adv->query_count, sizeof *best);
    for (size_t i = 0; i < adv->note_count; i++) {
        const struct advice_note *n = &adv->notes[i], **b = &best[n->query];
        if (!*b || rank_of(n->kind) > rank_of((*b)->kind))
            *b = n;
    }
    return best;
}

static enum advice_verdict verdict_of(enum advice_note_kind kind)
{
    static const enum advice_verdict verdicts[] = {[NOTE_CANNOT_SERVE] = VERDICT_CANNOT_SERVE,
                                                   [NOTE_NO_INDEX_HELPS] = VERDICT_NO_INDEX,
                                                   [NOTE_REJECTED] = VERDICT_NO_INDEX,
                                                   [NOTE_EXISTS] = VERDICT_EXISTS,
                                                   [NOTE_UNKNOWN] = VERDICT_UNKNOWN};
    return verdicts[kind];
}

/* Room is doubled at every power of two. */
static void add_serving(struct arena *a, struct advice_query *q, const struct advice_index *x)
{
    size_t n = q->index_count;
    if (n && q->indexes[n - 1] == x)
        return;
    if ((n & (n - 1)) == 0) {
        const struct advice_index **more = arena_calloc(a, n ? 2 * n : 1, sizeof *more);
        if (n)
            memcpy(more, q->indexes, n * sizeof *more);
        q->indexes = more;
    }
    q->indexes[q->index_count++] = x;
}

static void find_serving(struct advise_run *r)
{
    for (size_t i = 0; i < r->out->index_count; i++) {
        const struct advice_index *x = &r->out->indexes[i];
        for (size_t e = 0; e < x->effect_count; e++)
            add_serving(r->arena, &r->out->queries[x->effects[e].query], x);
    }
}

/* "I1 on t (a); I2 on t (b)" */
static const char *name_serving(struct arena *a, const struct advice_query *q)
{
    struct buf b = {0};
    for (size_t i = 0; i < q->index_count; i++)
        buf_printf(&b, "%s%s on %s", i ? "; " : "", q->indexes[i]->id, q->indexes[i]->columns);
    const char *text = arena_strndup(a, b.data, b.len);
    buf_free(&b);
    return text;
}

/* Nothing was noted: no scan of the query takes a share worth a word, or it has none. */
static void answer_plainly(const struct advise_run *r, size_t q, struct advice_query *out)
{
    const struct query *text = r->analysed[q];
    out->verdict = VERDICT_NO_INDEX;
    if (!out->plan && !text) {
        out->verdict = VERDICT_UNKNOWN;
        out->answer = "the statement could not be understood";
    } else if (!out->plan && text->kind == QUERY_UTILITY) {
        out->answer = "it is no query: no index has a part in it";
    } else if (r->need_from[q] < r->need_from[q + 1]) {
        out->answer = "what it reads of its tables is next to nothing of what it takes";
    } else if (!out->plan && text->kind == QUERY_INSERT) {
        out->answer = "it reads no table; each index of its target makes it slower";
    } else {
        out->answer = "it reads no table";
    }
}

void run_answer(struct advise_run *r)
{
    const struct advice_note **notes = telling_notes(r);
    find_serving(r);
    for (size_t q = 0; q < r->out->query_count; q++) {
        struct advice_query *out = &r->out->queries[q];
        if (out->index_count) {
            out->verdict = VERDICT_INDEX;
            out->answer = name_serving(r->arena, out);
        } else if (notes[q]) {
            out->answer = notes[q]->text;
            out->verdict = verdict_of(notes[q]->kind);
        } else {
            answer_plainly(r, q, out);
        }
    }
}
