#include "advise/upkeep.h"

#include <math.h>

#include "advise/advise.h"
#include "advise/candidate.h"
#include "advise/ddl.h"
#include "base/arena.h"
#include "base/text.h"
#include "plan/plan.h"

const char *const upkeep_kind_name[] = {
    [CAT_HEALTH_INVALID] = "invalid",
    [CAT_HEALTH_DUPLICATE] = "duplicate",
    [CAT_HEALTH_REDUNDANT] = "redundant",
    [CAT_HEALTH_UNUSED] = "unused",
    [CAT_HEALTH_FOREIGN_KEY] = "foreign_key_without_index",
};

/* ---- what the advice does already ---- */

static bool is_replaced(const struct advice *adv, const struct cat_index *ix)
{
    for (size_t i = 0; adv && i < adv->index_count; i++)
        for (size_t k = 0; k < adv->indexes[i].replace_count; k++)
            if (adv->indexes[i].replaces[k] == ix)
                return true;
    return false;
}

static bool leads_with(const struct advice_index *x, const struct cat_fk *fk)
{
    if (x->key_count < fk->column_count || x->predicate.len || strcmp(x->am, "btree") != 0)
        return false;
    for (size_t k = 0; k < fk->column_count; k++) {
        bool found = false;
        for (size_t c = 0; c < fk->column_count && !found; c++)
            found = str_eq(x->keys[k].column, fk->columns[c]);
        if (!found)
            return false;
    }
    return true;
}

static bool is_served(const struct advice *adv, const struct cat_fk *fk)
{
    for (size_t i = 0; adv && i < adv->index_count; i++)
        if (adv->indexes[i].rel == fk->rel && leads_with(&adv->indexes[i], fk))
            return true;
    return false;
}

/* ---- statements ---- */

static void fill_foreign_key(struct arena *a, const struct catalog *cat, struct upkeep *u)
{
    const struct cat_fk *fk = u->found->fk;
    struct ix *x = candidate_for_fk(a, fk);
    const char *name = ddl_index_name(a, cat, x, NULL, 0);
    u->title = arena_printf(a, "foreign key %.*s of %.*s has no index", STR_ARG(fk->name),
                            STR_ARG(fk->rel->name));
    u->up = ddl_up(a, cat, x, name, NULL, 0);
    u->down = ddl_down(a, x, name, NULL, 0);
}

static void fill_index(struct arena *a, struct upkeep *u)
{
    const struct cat_health *h = u->found;
    struct buf b = {0};
    buf_printf(&b, "%s index %.*s", upkeep_kind_name[h->kind], STR_ARG(h->index->name));
    if (num_known(h->size_bytes)) {
        buf_adds(&b, " (");
        text_add_bytes(&b, h->size_bytes);
        buf_addc(&b, ')');
    }
    u->title = arena_strndup(a, b.data, b.len);
    buf_free(&b);
    u->up = ddl_drop(a, h->index);
    u->down =
        h->kind == CAT_HEALTH_INVALID
            ? arena_printf(a, "%s%s", "-- It served nothing while it was invalid; built anew:\n",
                           ddl_restore(a, h->index))
            : ddl_restore(a, h->index);
}

struct upkeep *upkeep_new(struct arena *a, const struct catalog *cat, const struct advice *adv,
                          size_t *count)
{
    struct cat_health *all = cat ? cat_health(a, cat) : NULL;
    size_t most = 0;
    for (const struct cat_health *h = all; h; h = h->next)
        most++;
    struct upkeep *out = arena_calloc(a, most, sizeof *out);
    *count = 0;
    for (const struct cat_health *h = all; h; h = h->next) {
        struct upkeep *u = &out[*count];
        if (h->kind == CAT_HEALTH_FOREIGN_KEY ? is_served(adv, h->fk) : is_replaced(adv, h->index))
            continue;
        u->found = h;
        if (h->kind == CAT_HEALTH_FOREIGN_KEY)
            fill_foreign_key(a, cat, u);
        else
            fill_index(a, u);
        ++*count;
    }
    return out;
}
