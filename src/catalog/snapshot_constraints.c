/* Foreign keys and statistics objects of a snapshot. */
#include <math.h>

#include "base/arena.h"
#include "base/err.h"
#include "catalog/snapshot_read.h"

static enum cat_fk_action action_of(struct str code)
{
    static const char codes[] = "arcnd";
    const char *hit = code.len ? strchr(codes, code.p[0]) : NULL;
    return hit ? (enum cat_fk_action)(hit - codes) : CAT_FK_NO_ACTION;
}

/* Names of columns by their numbers; NULL if one is not there. */
static const struct str *columns_of(struct snapshot *s, const struct cat_rel *rel,
                                    const struct json *numbers, size_t *count)
{
    *count = numbers && numbers->kind == JSON_ARRAY ? numbers->count : 0;
    struct str *names = arena_calloc(s->cat->arena, *count, sizeof *names);
    size_t i = 0;
    for (const struct json *e = json_first(numbers); e && i < *count; e = e->next) {
        names[i] = cat_snapshot_column(rel, e->number);
        if (!names[i++].len)
            return NULL;
    }
    return *count ? names : NULL;
}

/* Referenced columns: by number where the relation is there, else by name, else absent texts. */
static const struct str *referenced(struct snapshot *s, const struct cat_fk *fk,
                                    const struct json *v)
{
    size_t count;
    const struct str *names = columns_of(s, fk->ref, json_get(v, "ref_cols"), &count);
    if (names && count == fk->column_count)
        return names;
    struct str *out = arena_calloc(s->cat->arena, fk->column_count, sizeof *out);
    size_t i = 0;
    for (const struct json *e = json_first(json_get(v, "ref_col_names")); e && i < fk->column_count;
         e = e->next)
        out[i++] = cat_snapshot_keep(s, e->text);
    return out;
}

/* "schema.name" as regclass prints it: the schema only where it is needed. */
static void read_target(struct snapshot *s, struct cat_fk *fk, const struct json *v)
{
    size_t n, used;
    fk->ref = cat_snapshot_rel(s, json_num(v, "ref_rel", -1));
    if (fk->ref) {
        fk->ref_schema = fk->ref->schema;
        fk->ref_name = fk->ref->name;
        return;
    }
    fk->ref_schema = cat_snapshot_keep(s, json_str(v, "ref_schema"));
    fk->ref_name = cat_snapshot_keep(s, json_str(v, "ref_name"));
    if (fk->ref_name.len)
        return;
    const struct str *parts = cat_split(s->scratch, json_str(v, "ref"), '.', &n);
    for (size_t i = 0; i < n; i++) {
        const struct str *name = cat_parse_search_path(s->cat->arena, parts[i], &used);
        fk->ref_schema = fk->ref_name;
        fk->ref_name = used ? cat_snapshot_keep(s, name[0]) : (struct str){0};
    }
}

/*
 * A foreign key to a partitioned table has a row for each of its partitions as well; they say
 * nothing new. Older documents do not name the parent constraint: there the row refers to a
 * partition by the same columns as one that refers to the partitioned table.
 */
static bool is_echo(const struct snapshot *s, const struct cat_fk *fk, const struct json *v)
{
    const struct json *parent_rel = json_get(v, "parent_rel");
    if (parent_rel)
        return parent_rel->kind == JSON_NUMBER &&
               cat_snapshot_rel(s, parent_rel->number) == fk->rel;
    if (!fk->ref || !fk->ref->is_partition)
        return false;
    for (const struct cat_fk *other = s->cat->fks; other; other = other->next) {
        bool same = other->rel == fk->rel && other->ref == fk->ref->parent &&
                    other->column_count == fk->column_count;
        for (size_t i = 0; same && i < fk->column_count; i++)
            same = str_eq(other->columns[i], fk->columns[i]);
        if (same)
            return true;
    }
    return false;
}

/* A partition's share, in documents that do not say so: its parent has one of the same name. */
static bool is_share(const struct snapshot *s, const struct cat_fk *fk, const struct json *v)
{
    const struct json *parent_rel = json_get(v, "parent_rel");
    if (parent_rel)
        return parent_rel->kind == JSON_NUMBER;
    for (const struct cat_fk *other = s->cat->fks; fk->rel->is_partition && other;
         other = other->next)
        if (other->rel == fk->rel->parent && str_eq(other->name, fk->name))
            return true;
    return false;
}

static void read_fk(struct snapshot *s, const struct json *v)
{
    struct cat_fk *fk = arena_alloc(s->cat->arena, sizeof *fk);
    fk->rel = cat_snapshot_rel(s, json_num(v, "rel", -1));
    if (!fk->rel)
        return; /* a relation outside the snapshot that refers to one inside */
    fk->columns = columns_of(s, fk->rel, json_get(v, "cols"), &fk->column_count);
    if (!fk->columns) {
        cat_snapshot_problem(s, "foreign key on unknown columns", json_num(v, "rel", -1));
        return;
    }
    fk->name = cat_snapshot_keep(s, json_str(v, "name"));
    read_target(s, fk, v);
    fk->ref_columns = referenced(s, fk, v);
    fk->on_delete = action_of(json_str(v, "on_delete"));
    fk->on_update = action_of(json_str(v, "on_update"));
    fk->not_enforced = !json_bool(v, "enforced", true);
    fk->inherited = is_share(s, fk, v);
    if (!is_echo(s, fk, v))
        cat_put_fk(s->cat, fk);
}

static bool names_parents(const struct json *constraints)
{
    for (const struct json *v = json_first(constraints); v; v = v->next)
        if (!json_get(v, "parent_rel"))
            return false;
    return true;
}

/*
 * Where the document does not say which foreign keys are partitions' shares, those of plain and
 * partitioned tables are read first: the shares are told by them.
 */
void cat_snapshot_constraints(struct snapshot *s, const struct json *constraints)
{
    int passes = names_parents(constraints) ? 1 : 2;
    for (int pass = 0; pass < passes; pass++)
        for (const struct json *v = json_first(constraints); v; v = v->next) {
            const struct cat_rel *rel = cat_snapshot_rel(s, json_num(v, "rel", -1));
            bool turn = passes == 1 || (rel && rel->is_partition) == pass;
            if (str_is(json_str(v, "type"), "f") && turn)
                read_fk(s, v);
        }
}

/* The distinct values of all columns together, out of {"2, 3": 39092, "2, 3, 5": 40000}. */
static double ndistinct_of(struct snapshot *s, struct str text, size_t column_count)
{
    double found = NAN;
    struct err ignored = {0};
    const struct json *doc = text.len ? json_parse(s->scratch, text, &ignored) : NULL;
    for (const struct json *e = json_first(doc); e; e = e->next) {
        size_t n;
        cat_split(s->scratch, e->key, ',', &n);
        if (n == column_count)
            found = e->number;
    }
    return found;
}

static bool has_kind(const struct json *kinds, const char *kind)
{
    for (const struct json *e = json_first(kinds); e; e = e->next)
        if (str_is(e->text, kind))
            return true;
    return false;
}

static void read_ext_stats(struct snapshot *s, struct cat_rel *rel, const struct json *v)
{
    struct cat_ext_stats *x = arena_alloc(s->cat->arena, sizeof *x);
    const struct json *kinds = json_get(v, "kinds");
    x->name = cat_snapshot_keep(s, json_str(v, "name"));
    x->columns = columns_of(s, rel, json_get(v, "cols"), &x->column_count);
    if (!x->columns)
        x->column_count = 0;
    x->has_expressions = has_kind(kinds, "e");
    x->ndistinct = has_kind(kinds, "d");
    x->dependencies = has_kind(kinds, "f");
    x->mcv = has_kind(kinds, "m");
    x->ndistinct_value =
        ndistinct_of(s, json_str(json_get(v, "data"), "n_distinct"), x->column_count);
    struct cat_ext_stats **tail = &rel->ext_stats;
    while (*tail)
        tail = &(*tail)->next;
    *tail = x;
}

void cat_snapshot_ext_stats(struct snapshot *s, const struct json *ext_stats)
{
    for (const struct json *v = json_first(ext_stats); v; v = v->next) {
        struct cat_rel *rel = cat_snapshot_rel(s, json_num(v, "rel", -1));
        if (rel)
            read_ext_stats(s, rel, v);
        else
            cat_snapshot_problem(s, "statistics object", json_num(v, "rel", -1));
    }
}
