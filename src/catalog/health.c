#include "catalog/health.h"

#include <math.h>

#include "base/arena.h"
#include "base/text.h"
#include "catalog/health_record.h"

/* How many times as large a wider index may be before dropping the narrow one needs a look. */
static const double MUCH_LARGER = 2;

static bool is_btree(const struct cat_index *ix)
{
    return str_is(ix->am, "btree");
}

static bool same_key(const struct cat_key *a, const struct cat_key *b)
{
    return str_eq(a->column, b->column) && str_eq(a->expr, b->expr) &&
           str_eq(a->opclass, b->opclass) && str_eq(a->collation, b->collation);
}

/* 0: the keys are ordered alike, 1: the one is the other's mirror, -1: neither. */
static int direction(const struct cat_key *a, const struct cat_key *b)
{
    if (a->desc == b->desc && a->nulls_first == b->nulls_first)
        return 0;
    return a->desc != b->desc && a->nulls_first != b->nulls_first ? 1 : -1;
}

static bool keys_lead(const struct cat_index *wide, const struct cat_index *narrow)
{
    if (narrow->key_count > wide->key_count ||
        (!is_btree(wide) && narrow->key_count != wide->key_count))
        return false;
    for (size_t i = 0; i < narrow->key_count; i++)
        if (!same_key(&wide->keys[i], &narrow->keys[i]) ||
            direction(&wide->keys[i], &narrow->keys[i]) < 0 ||
            direction(&wide->keys[i], &narrow->keys[i]) !=
                direction(&wide->keys[0], &narrow->keys[0]))
            return false;
    return true;
}

static bool stores(const struct cat_index *ix, struct str column)
{
    for (size_t i = 0; i < ix->total_count; i++)
        if (str_eq(ix->keys[i].column, column))
            return true;
    return false;
}

bool cat_index_covers(const struct cat_index *wide, const struct cat_index *narrow)
{
    if (wide->rel != narrow->rel || !str_eq(wide->am, narrow->am) ||
        !str_eq(wide->predicate, narrow->predicate) || !keys_lead(wide, narrow))
        return false;
    for (size_t i = narrow->key_count; i < narrow->total_count; i++)
        if (!stores(wide, narrow->keys[i].column))
            return false;
    return true;
}

static bool same_definition(const struct cat_index *a, const struct cat_index *b)
{
    return cat_index_covers(a, b) && cat_index_covers(b, a);
}

/* Dropping it would take more away than an access path. */
static bool is_bound(const struct cat_index *ix)
{
    return ix->primary || ix->exclusion || ix->constraint.len || ix->replica_identity;
}

/* Whether `other` enforces and proves all that this unique index does. */
static bool guarantees(const struct cat_index *other, const struct cat_index *ix)
{
    return !ix->unique || (other->unique && other->key_count == ix->key_count &&
                           other->nulls_not_distinct == ix->nulls_not_distinct &&
                           (!other->deferrable || ix->deferrable));
}

/* Which of two equals stays: the higher rank. */
static int rank(const struct cat_index *ix)
{
    return 16 * ix->primary + 8 * (ix->constraint.len > 0) + 4 * ix->replica_identity +
           2 * ix->unique + ix->clustered;
}

static bool comes_before(const struct cat_index *a, const struct cat_index *b)
{
    for (; a; a = a->next)
        if (a->next == b)
            return true;
    return false;
}

/* A total order, so that of two that cover each other exactly one goes. */
static bool stays(const struct cat_index *a, const struct cat_index *b)
{
    if (rank(a) != rank(b))
        return rank(a) > rank(b);
    if (a->scans > b->scans || b->scans > a->scans)
        return a->scans > b->scans;
    return comes_before(a, b);
}

static bool makes_superfluous(const struct cat_index *other, const struct cat_index *ix)
{
    if (other == ix || !other->valid || !ix->valid || !cat_index_covers(other, ix) ||
        !guarantees(other, ix))
        return false;
    return cat_index_covers(ix, other) && guarantees(ix, other) ? stays(other, ix) : true;
}

static bool can_go(const struct cat_index *ix)
{
    return !is_bound(ix) && !ix->parent;
}

static const struct cat_index *any_better(const struct cat_index *ix)
{
    for (const struct cat_index *other = ix->rel->indexes; other; other = other->next)
        if (makes_superfluous(other, ix))
            return other;
    return NULL;
}

/*
 * What does the work of the index: one that stays itself. (There is one, for what covers the
 * coverer covers the index too; the first is taken if the definitions should be odd.)
 */
static const struct cat_index *superfluous_by(const struct cat_index *ix)
{
    for (const struct cat_index *other = ix->rel->indexes; other; other = other->next)
        if (makes_superfluous(other, ix) && !(can_go(other) && any_better(other)))
            return other;
    return any_better(ix);
}

/* The index and its shares on partitions, however deep. */
static bool belongs_to(const struct cat_index *ix, const struct cat_index *top)
{
    for (; ix; ix = ix->parent)
        if (ix == top)
            return true;
    return false;
}

/* Sum over the index and its shares of what `value` says; NAN when it is known for none. */
static double total(const struct catalog *cat, const struct cat_index *top,
                    double (*value)(const struct cat_index *ix))
{
    if (top->rel->kind != 'p')
        return value(top);
    double sum = NAN;
    for (const struct cat_rel *rel = cat->rels; rel; rel = rel->next)
        for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
            if (belongs_to(ix, top) && !isnan(value(ix)))
                sum = isnan(sum) ? value(ix) : sum + value(ix);
    return sum;
}

static double size_of(const struct cat_index *ix)
{
    return ix->size_bytes;
}

static double scans_of(const struct cat_index *ix)
{
    return ix->scans;
}

struct cat_health *cat_health_add(struct health *h, enum cat_health_kind kind,
                                  enum cat_health_strictness strictness, const struct cat_rel *rel)
{
    struct cat_health *r = arena_alloc(h->a, sizeof *r);
    *r = (struct cat_health){.kind = kind, .strictness = strictness, .rel = rel};
    r->size_bytes = NAN;
    *h->tail = r;
    h->tail = &r->next;
    return r;
}

static struct cat_health *add_index(struct health *h, enum cat_health_kind kind,
                                    enum cat_health_strictness strictness,
                                    const struct cat_index *ix)
{
    struct cat_health *r = cat_health_add(h, kind, strictness, ix->rel);
    r->index = ix;
    r->size_bytes = total(h->cat, ix, size_of);
    return r;
}

const char *cat_health_ident(struct health *h, struct str name)
{
    struct buf b = {0};
    cat_add_ident(&b, name);
    const char *s = arena_strndup(h->a, b.data, b.len);
    buf_free(&b);
    return s;
}

static void check_valid(struct health *h, const struct cat_index *ix)
{
    if (ix->valid || ix->parent)
        return;
    bool partitioned = ix->rel->kind == 'p';
    bool leftover = str_find(ix->name, "_ccnew") >= 0 || str_find(ix->name, "_ccold") >= 0;
    struct cat_health *r =
        add_index(h, CAT_HEALTH_INVALID, partitioned ? CAT_HEALTH_REVIEW : CAT_HEALTH_STRICT, ix);
    const char *text =
        partitioned ? "Not every partition has its part of the index attached, so that it does "
                      "not count as valid. Attach the missing ones, or drop it."
        : leftover  ? "The index is left over from a REINDEX CONCURRENTLY that did not come to its "
                      "end: queries do not use it, writes may still pay for it. Drop it, unless "
                      "the REINDEX is running now."
                    : "The index is not valid: a CREATE INDEX CONCURRENTLY failed or was "
                      "cancelled. Queries do not use it, writes may still pay for it. Drop it and "
                      "build it again, unless it is being built now.";
    r->reason = str_of(text);
}

static bool is_foreign_key_target(const struct catalog *cat, const struct cat_index *ix)
{
    for (const struct cat_fk *fk = cat->fks; ix->unique && fk; fk = fk->next) {
        bool all = fk->ref == ix->rel && fk->column_count == ix->key_count;
        for (size_t i = 0; all && i < fk->column_count; i++) {
            bool found = false;
            for (size_t k = 0; k < ix->key_count; k++)
                found |= str_eq(ix->keys[k].column, fk->ref_columns[i]);
            all = found;
        }
        if (all)
            return true;
    }
    return false;
}

static void add_duplicate(struct health *h, const struct cat_index *ix, const struct cat_index *by)
{
    bool target = is_foreign_key_target(h->cat, ix), bound = is_bound(ix);
    struct cat_health *r = add_index(h, CAT_HEALTH_DUPLICATE,
                                     target || bound ? CAT_HEALTH_REVIEW : CAT_HEALTH_STRICT, ix);
    r->by = by;
    const char *caveat =
        bound    ? " It stands for a constraint of its own: drop that one, if nothing refers to it."
        : target ? " A foreign key refers to these columns and may depend on either of them."
                 : "";
    r->reason = str_of(
        arena_printf(h->a, "%s has the same definition.%s", cat_health_ident(h, by->name), caveat));
}

static void add_redundant(struct health *h, const struct cat_index *ix, const struct cat_index *by)
{
    double size = total(h->cat, ix, size_of), wide = total(h->cat, by, size_of);
    bool larger = size > 0 && wide > MUCH_LARGER * size;
    struct cat_health *r =
        add_index(h, CAT_HEALTH_REDUNDANT,
                  larger || ix->clustered ? CAT_HEALTH_REVIEW : CAT_HEALTH_STRICT, ix);
    r->by = by;
    const char *caveat =
        ix->clustered ? " The table is clustered on it: cluster it on the other one first." : "";
    if (larger)
        caveat = arena_printf(h->a,
                              " That one is %.1f times as large, so that scans of the narrow "
                              "one may be worth keeping.",
                              wide / size);
    r->reason =
        str_of(arena_printf(h->a, "%s %s, with the same operator classes, order and predicate.%s",
                            cat_health_ident(h, by->name),
                            by->key_count > ix->key_count ? "starts with the same columns"
                                                          : "has the same columns and stores more",
                            caveat));
}

/* Two constraints with one and the same index definition: the one that is no primary key. */
static const struct cat_index *constraint_twin(const struct cat_index *ix)
{
    if (!ix->constraint.len || ix->primary || ix->exclusion || ix->parent)
        return NULL;
    for (const struct cat_index *other = ix->rel->indexes; other; other = other->next)
        if (other != ix && other->constraint.len && same_definition(other, ix) &&
            guarantees(other, ix) && stays(other, ix))
            return other;
    return NULL;
}

static void check_superfluous(struct health *h, const struct cat_index *ix,
                              enum cat_health_kind kind)
{
    const struct cat_index *by = can_go(ix) ? superfluous_by(ix) : constraint_twin(ix);
    if (!by)
        return;
    bool duplicate = same_definition(ix, by);
    if (duplicate && kind == CAT_HEALTH_DUPLICATE)
        add_duplicate(h, ix, by);
    else if (!duplicate && kind == CAT_HEALTH_REDUNDANT)
        add_redundant(h, ix, by);
}

/* Whether a foreign key would be without index if this one went. */
static bool serves_foreign_key(const struct catalog *cat, const struct cat_index *ix)
{
    for (const struct cat_fk *fk = cat->fks; fk; fk = fk->next)
        if (fk->rel == ix->rel && cat_fk_index(cat, fk) == ix)
            return true;
    return false;
}

/* Nobody has read the table either: its indexes' counters say nothing. */
static bool is_idle(const struct catalog *cat, const struct cat_rel *rel)
{
    double reads = rel->seq_scans;
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next) {
        double scans = total(cat, ix, scans_of);
        if (scans > 0)
            reads = isnan(reads) ? scans : reads + scans;
    }
    if (rel->kind == 'p') /* its partitions are read in its place */
        for (const struct cat_rel *part = cat->rels; part; part = part->next)
            if (part->parent == rel && part->seq_scans > 0)
                return false;
    return !(reads > 0);
}

static void check_used(struct health *h, const struct cat_index *ix)
{
    double scans = total(h->cat, ix, scans_of);
    if (scans != 0 || !ix->valid || ix->unique || !can_go(ix) || superfluous_by(ix) ||
        is_idle(h->cat, ix->rel) || serves_foreign_key(h->cat, ix))
        return;
    struct cat_health *r = add_index(h, CAT_HEALTH_UNUSED, CAT_HEALTH_REVIEW, ix);
    struct str since = h->cat->stats_reset;
    const char *when = "the server's counters started";
    if (since.len)
        when = arena_printf(h->a, "the server's counters started on %.*s",
                            STR_ARG(str_sub(since, 0, 10)));
    r->reason = str_of(arena_printf(h->a,
                                    "Not scanned once since %s. Counters are those of one server: "
                                    "look at its replicas too, and at what runs once a month.",
                                    when));
}

static void check_rel(struct health *h, const struct cat_rel *rel)
{
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        check_valid(h, ix);
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        check_superfluous(h, ix, CAT_HEALTH_DUPLICATE);
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        check_superfluous(h, ix, CAT_HEALTH_REDUNDANT);
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        check_used(h, ix);
    cat_health_foreign_keys(h, rel);
}

struct cat_health *cat_health(struct arena *a, const struct catalog *cat)
{
    struct cat_health *first = NULL;
    struct health h = {.a = a, .cat = cat, .tail = &first};
    for (const struct cat_rel *rel = cat->rels; rel; rel = rel->next)
        check_rel(&h, rel);
    return first;
}

struct cat_health *cat_health_of(struct arena *a, const struct catalog *cat,
                                 const struct cat_rel *rel)
{
    struct cat_health *first = NULL;
    struct health h = {.a = a, .cat = cat, .tail = &first};
    check_rel(&h, rel);
    return first;
}
