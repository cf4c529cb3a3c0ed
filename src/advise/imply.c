/* Whether a need's conditions prove a partial index's predicate, as the planner would prove it. */
#include "advise/access_private.h"
#include "base/arena.h"
#include "sql/implies.h"

struct names {
    const struct catalog *cat;
    const struct cat_rel *rel;
};

static bool column_of(void *ctx, struct str column, struct implies_column *out)
{
    const struct names *names = ctx;
    const struct cat_column *c = cat_find_column(names->rel, column);
    if (!c || !c->base_type.len)
        return false;
    *out = (struct implies_column){.type = c->base_type,
                                   .category = c->category,
                                   .sorts_by_bytes =
                                       names->cat && cat_column_is_c_collated(names->cat, c)};
    return true;
}

bool access_implied(const struct access_model *m, const struct need *n,
                    const struct pred *const *conds, size_t count, const struct pred *goal)
{
    struct names names = {m->cat, n->rel};
    struct implies_names known = {.ctx = &names, .column = column_of, .alias = n->alias};
    for (size_t i = 0; i < count; i++)
        if (str_eq(conds[i]->text, goal->text))
            return true;
    struct arena_mark before = arena_mark(m->arena);
    bool proved = pred_implies(m->arena, conds, count, goal, &known);
    arena_reset(m->arena, before);
    return proved;
}
