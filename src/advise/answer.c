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

static const struct advice_note *telling_note(const struct advice *adv, size_t query)
{
    const struct advice_note *best = NULL;
    for (size_t i = 0; i < adv->note_count; i++) {
        const struct advice_note *n = &adv->notes[i];
        if (n->query == query && (!best || rank_of(n->kind) > rank_of(best->kind)))
            best = n;
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

static bool serves(const struct advice_index *x, size_t query)
{
    for (size_t i = 0; i < x->effect_count; i++)
        if (x->effects[i].query == query)
            return true;
    return false;
}

static const char *serving(struct arena *a, const struct advice *adv, size_t query)
{
    struct buf b = {0};
    for (size_t i = 0; i < adv->index_count; i++)
        if (serves(&adv->indexes[i], query))
            buf_printf(&b, "%s%s on %s", b.len ? "; " : "", adv->indexes[i].id,
                       adv->indexes[i].columns);
    const char *text = b.len ? arena_strndup(a, b.data, b.len) : NULL;
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
    for (size_t q = 0; q < r->out->query_count; q++) {
        struct advice_query *out = &r->out->queries[q];
        const struct advice_note *note = telling_note(r->out, q);
        out->answer = serving(r->arena, r->out, q);
        out->verdict = VERDICT_INDEX;
        if (out->answer)
            continue;
        if (note) {
            out->answer = note->text;
            out->verdict = verdict_of(note->kind);
        } else {
            answer_plainly(r, q, out);
        }
    }
}
