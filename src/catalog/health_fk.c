/* Foreign keys whose referencing side has no index. */
#include <math.h>

#include "base/arena.h"
#include "catalog/build.h"
#include "catalog/health_record.h"

/* Below that many pages a sequential scan is as good. */
enum { FEW_PAGES = 10 };

static bool is_fk_column(const struct cat_fk *fk, struct str column)
{
    for (size_t i = 0; column.len && i < fk->column_count; i++)
        if (str_eq(fk->columns[i], column))
            return true;
    return false;
}

static size_t different_columns(const struct cat_fk *fk)
{
    size_t n = 0;
    for (size_t i = 0; i < fk->column_count; i++) {
        size_t k = 0;
        while (k < i && !str_eq(fk->columns[k], fk->columns[i]))
            k++;
        n += k == i;
    }
    return n;
}

/* "(column IS NOT NULL)" of a column of the key, which every look-up implies. */
static bool is_not_null_test(const struct cat_fk *fk, struct str clause)
{
    for (size_t i = 0; i < fk->column_count; i++) {
        struct buf b = {0};
        buf_addc(&b, '(');
        cat_add_ident(&b, fk->columns[i]);
        buf_adds(&b, " IS NOT NULL)");
        bool same = str_eq(buf_str(&b), clause);
        buf_free(&b);
        if (same)
            return true;
    }
    return false;
}

/* No predicate, or one that asks for nothing but columns of the key that are not null. */
static bool predicate_holds(const struct cat_fk *fk, struct str predicate)
{
    static const char and[] = " AND ";
    if (!predicate.len || is_not_null_test(fk, predicate))
        return true;
    if (predicate.p[0] != '(' || predicate.p[predicate.len - 1] != ')')
        return false;
    struct str rest = str_sub(predicate, 1, predicate.len - 1);
    for (;;) {
        ptrdiff_t at = str_find(rest, and);
        struct str clause = at < 0 ? rest : str_sub(rest, 0, (size_t)at);
        if (!is_not_null_test(fk, clause))
            return false;
        if (at < 0)
            return true;
        rest = str_sub(rest, (size_t)at + sizeof and-1, rest.len);
    }
}

/* Leading columns of the index that belong to the foreign key. */
static size_t leading(const struct cat_index *ix, const struct cat_fk *fk)
{
    bool btree = str_is(ix->am, "btree"), hash = str_is(ix->am, "hash");
    size_t n = 0;
    if (!ix->valid || (!btree && !hash) || !predicate_holds(fk, ix->predicate))
        return 0;
    while (n < ix->key_count && is_fk_column(fk, ix->keys[n].column) && !ix->keys[n].collation.len)
        n++;
    return n;
}

static const struct cat_index *best_index(const struct cat_rel *rel, const struct cat_fk *fk,
                                          size_t *columns)
{
    const struct cat_index *best = NULL;
    *columns = 0;
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        if (leading(ix, fk) > *columns) {
            *columns = leading(ix, fk);
            best = ix;
        }
    return best;
}

/* Partitions below the table have the index each, though the table itself has none. */
static const struct cat_index *index_of_partitions(const struct catalog *cat,
                                                   const struct cat_fk *fk)
{
    const struct cat_index *found = NULL;
    size_t wanted = different_columns(fk), columns;
    for (const struct cat_rel *rel = cat->rels; rel; rel = rel->next) {
        const struct cat_rel *up = rel->parent;
        while (up && up != fk->rel)
            up = up->parent;
        if (!up || rel->kind == 'p')
            continue;
        const struct cat_index *ix = best_index(rel, fk, &columns);
        if (columns < wanted)
            return NULL;
        found = found ? found : ix;
    }
    return found;
}

const struct cat_index *cat_fk_index(const struct catalog *cat, const struct cat_fk *fk)
{
    size_t columns;
    const struct cat_index *ix = best_index(fk->rel, fk, &columns);
    if (columns >= different_columns(fk))
        return ix;
    return fk->rel->kind == 'p' ? index_of_partitions(cat, fk) : NULL;
}

static bool same_columns(const struct cat_fk *a, const struct cat_fk *b)
{
    if (a->column_count != b->column_count)
        return false;
    for (size_t i = 0; i < a->column_count; i++)
        if (!is_fk_column(b, a->columns[i]))
            return false;
    return true;
}

/* One index serves all foreign keys on the same columns: the first of them speaks for all. */
static bool is_said_before(const struct catalog *cat, const struct cat_fk *fk)
{
    for (const struct cat_fk *other = cat->fks; other && other != fk; other = other->next)
        if (other->rel == fk->rel && !other->not_enforced && !other->inherited &&
            same_columns(other, fk))
            return true;
    return false;
}

static struct str column_list(struct health *h, const struct cat_fk *fk)
{
    struct buf b = {0};
    for (size_t i = 0; i < fk->column_count; i++) {
        buf_adds(&b, i ? ", " : "");
        cat_add_ident(&b, fk->columns[i]);
    }
    struct str s = str_dup(h->a, buf_str(&b));
    buf_free(&b);
    return s;
}

static const char *what_happens(enum cat_fk_action action)
{
    static const char *const words[] = {
        [CAT_FK_NO_ACTION] = "looks for rows that refer to it",
        [CAT_FK_RESTRICT] = "looks for rows that refer to it",
        [CAT_FK_CASCADE] = "deletes the rows that refer to it",
        [CAT_FK_SET_NULL] = "sets the rows that refer to it to null",
        [CAT_FK_SET_DEFAULT] = "sets the rows that refer to it to their default"};
    return words[action];
}

static bool is_small(const struct catalog *cat, const struct cat_rel *rel)
{
    double pages, tuples;
    bool counted = !isnan(rel->pages) || !isnan(rel->tuples) || !isnan(rel->size_bytes);
    return rel->kind != 'p' && counted && cat_current_size(cat, rel, &pages, &tuples) &&
           pages < FEW_PAGES && rel->pages > 0;
}

/* Nothing was deleted or changed in the referenced table, as far as the counters go back. */
static bool is_never_asked(const struct cat_fk *fk)
{
    return fk->ref && fk->ref->deletes == 0 && fk->ref->updates == 0;
}

static void add_record(struct health *h, const struct cat_fk *fk, const struct cat_index *partly)
{
    bool small = is_small(h->cat, fk->rel), idle = is_never_asked(fk);
    struct cat_health *r =
        cat_health_add(h, CAT_HEALTH_FOREIGN_KEY,
                       small || idle || partly ? CAT_HEALTH_REVIEW : CAT_HEALTH_STRICT, fk->rel);
    r->fk = fk;
    const char *more = "";
    if (partly)
        more = arena_printf(h->a, " %s covers a part of its columns, which may do.",
                            cat_health_ident(h, partly->name));
    else if (small)
        more = " The table is small, so that it hardly matters now.";
    else if (idle)
        more = arena_printf(h->a, " No row of %s was deleted or updated so far.",
                            cat_health_ident(h, fk->ref_name));
    r->reason = str_of(arena_printf(
        h->a,
        "No index starts with (%.*s): a DELETE or a change of the key in %s %s by reading "
        "all of %s.%s",
        STR_ARG(column_list(h, fk)), cat_health_ident(h, fk->ref_name), what_happens(fk->on_delete),
        cat_health_ident(h, fk->rel->name), more));
}

void cat_health_foreign_keys(struct health *h, const struct cat_rel *rel)
{
    for (const struct cat_fk *fk = h->cat->fks; fk; fk = fk->next) {
        if (fk->rel != rel || fk->inherited || fk->not_enforced || cat_fk_index(h->cat, fk) ||
            is_said_before(h->cat, fk))
            continue;
        size_t columns;
        add_record(h, fk, best_index(rel, fk, &columns));
    }
}
