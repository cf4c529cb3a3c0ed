#include "advise/selectivity.h"

#include <math.h>

#include "advise/selectivity_private.h"
#include "advise/stable.h"

int sel_version(const struct sel_env *env)
{
    if (env->version_num)
        return env->version_num;
    return env->cat && env->cat->version_num ? env->cat->version_num : 150000;
}

double sel_tuples(const struct sel_env *env, size_t rel)
{
    const struct sel_rel *r = &env->rels[rel];
    if (!isnan(r->tuples))
        return r->tuples;
    double pages, tuples;
    if (!r->rel || !env->cat)
        return NAN;
    return cat_current_size(env->cat, r->rel, &pages, &tuples) ? tuples : NAN;
}

bool sel_cast_is_relabel(struct str from, struct str to)
{
    static const char *const same[][2] = {{"text", "character varying"},
                                          {"citext", "text"},
                                          {"citext", "character varying"},
                                          {"text", "bpchar"},
                                          {"character varying", "bpchar"},
                                          {"integer", "oid"},
                                          {"integer", "regclass"},
                                          {"oid", "regclass"},
                                          {"inet", "cidr"}};
    if (!to.len || str_eq(from, to))
        return true;
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        if ((str_is(from, same[i][0]) && str_is(to, same[i][1])) ||
            (str_is(from, same[i][1]) && str_is(to, same[i][0])))
            return true;
    return false;
}

/* Samples that ascend by bytes were sorted by bytes, or might as well have been. */
static bool sorts_by_bytes(const struct cat_stats *s)
{
    for (size_t i = 1; i < s->bound_count; i++)
        if (str_cmp(s->bounds[i - 1], s->bounds[i]) > 0)
            return false;
    return true;
}

static void finish_type(struct sel_var *v)
{
    const struct cat_stats *s = v->stats;
    if (!s || !s->known)
        return;
    if (v->type.cls == CLASS_TEXT || v->type.cls == CLASS_BPCHAR)
        v->type.linguistic = !sorts_by_bytes(s);
    if (v->type.cls == CLASS_TIMESTAMPTZ) {
        struct str sample = s->bound_count ? s->bounds[0] : s->mcv_count ? s->mcv[0] : STR("");
        value_zone(sample, &v->type.offset_us);
    }
}

static bool is_live(const struct cat_index *ix)
{
    return ix->valid && !ix->predicate.len;
}

/* The planner looks at indexes of a partitioned table from 16 on, and never reads their ends. */
static bool proves_unique(const struct sel_env *env, const struct cat_index *ix)
{
    return ix->unique && ix->key_count == 1 && (ix->rel->kind != 'p' || sel_version(env) >= 160000);
}

static void column_var(const struct sel_env *env, size_t rel, const struct cat_column *col,
                       struct sel_var *out)
{
    *out = (struct sel_var){.tuples = sel_tuples(env, rel)};
    out->stats = col->stats.known ? &col->stats : NULL;
    out->type.cls = value_class_of(col->base_type, col->category);
    out->integer = str_is(col->base_type, "integer") || str_is(col->base_type, "bigint") ||
                   str_is(col->base_type, "smallint");
    for (const struct cat_index *ix = env->rels[rel].rel->indexes; ix; ix = ix->next) {
        if (!ix->key_count || !str_eq(ix->keys[0].column, col->name) || !is_live(ix))
            continue;
        out->unique |= proves_unique(env, ix);
        out->ends_are_read |=
            str_is(ix->am, "btree") && !ix->keys[0].collation.len && ix->rel->kind != 'p';
    }
    finish_type(out);
}

/* Expressions are compared without blanks, parentheses and text casts: EXPLAIN and
 * pg_get_indexdef differ in those only. */
static char next_significant(struct str *s)
{
    static const char *const noise[] = {" ", "(", ")", "::text", "::character varying"};
    for (size_t i = 0; i < sizeof(noise) / sizeof(noise[0]);) {
        if (str_starts(*s, noise[i])) {
            *s = str_sub(*s, strlen(noise[i]), s->len);
            i = 0;
        } else {
            i++;
        }
    }
    if (!s->len)
        return '\0';
    char c = s->p[0];
    *s = str_sub(*s, 1, s->len);
    return c;
}

static bool same_expr(struct str a, struct str b)
{
    for (;;) {
        char x = next_significant(&a), y = next_significant(&b);
        if (x != y)
            return false;
        if (!x)
            return true;
    }
}

/* The class of an expression is told from its samples. */
static enum value_class class_by_look(const struct cat_stats *s)
{
    struct str sample = s->bound_count ? s->bounds[0] : s->mcv_count ? s->mcv[0] : STR("");
    double n, zone;
    struct value_type number = {.cls = CLASS_NUMBER}, time = {.cls = CLASS_TIMESTAMP};
    if (value_number(&number, sample, &n))
        return CLASS_NUMBER;
    if (value_number(&time, sample, &n))
        return value_zone(sample, &zone) ? CLASS_TIMESTAMPTZ : CLASS_TIMESTAMP;
    if (str_is(sample, "t") || str_is(sample, "f"))
        return CLASS_BOOL;
    return CLASS_TEXT;
}

static void expr_var(const struct sel_env *env, size_t rel, struct str expr, struct sel_var *out)
{
    *out = (struct sel_var){.tuples = sel_tuples(env, rel), .type = {.cls = CLASS_TEXT}};
    const struct cat_rel *r = env->rels[rel].rel;
    for (const struct cat_index *ix = r ? r->indexes : NULL; ix; ix = ix->next)
        for (size_t k = 0; k < ix->key_count; k++) {
            const struct cat_key *key = &ix->keys[k];
            if (!key->expr.len || !ix->valid || !same_expr(key->expr, expr))
                continue;
            out->unique |= ix->unique && ix->key_count == 1 && !ix->predicate.len;
            out->ends_are_read |= k == 0 && str_is(ix->am, "btree") && !ix->predicate.len;
            if (key->stats.known && !out->stats) {
                out->stats = &key->stats;
                out->type.cls = class_by_look(&key->stats);
            }
        }
    finish_type(out);
}

static bool has_column(const struct sel_env *env, size_t rel, struct str name)
{
    return env->rels[rel].rel && cat_find_column(env->rels[rel].rel, name);
}

/* Which relation a column reference means; -1 none. */
static int find_rel(const struct sel_env *env, size_t rel, struct str qualifier, struct str name)
{
    if (qualifier.len) {
        for (size_t i = 0; i < env->rel_count; i++) {
            const struct sel_rel *r = &env->rels[i];
            if (str_eq(r->alias, qualifier) ||
                (!r->alias.len && r->rel && str_eq(r->rel->name, qualifier)))
                return (int)i;
        }
        return -1;
    }
    if (has_column(env, rel, name))
        return (int)rel;
    for (size_t i = 0; i < env->rel_count; i++)
        if (has_column(env, i, name))
            return (int)i;
    return env->rel_count == 1 && !env->rels[rel].rel ? (int)rel : -1;
}

bool sel_side_uses(const struct sel_env *env, size_t rel, const struct pred_side *side)
{
    for (size_t i = 0; i < side->column_count; i++)
        if (find_rel(env, rel, side->columns[i].qualifier, side->columns[i].column) == (int)rel)
            return true;
    return side->kind == SIDE_COLUMN &&
           find_rel(env, rel, side->qualifier, side->column) == (int)rel;
}

int sel_resolve(const struct sel_env *env, size_t rel, const struct pred_side *side,
                struct sel_var *out)
{
    *out = (struct sel_var){.tuples = NAN};
    if (side->kind == SIDE_COLUMN) {
        int at = find_rel(env, rel, side->qualifier, side->column);
        if (at < 0)
            return -1;
        const struct cat_rel *r = env->rels[at].rel;
        const struct cat_column *col = r ? cat_find_column(r, side->column) : NULL;
        if (!col)
            out->tuples = sel_tuples(env, (size_t)at);
        else if (sel_cast_is_relabel(col->base_type, side->cast_type))
            column_var(env, (size_t)at, col, out);
        else
            expr_var(env, (size_t)at, side->expr.len ? side->expr : side->text, out);
        return at;
    }
    if (side->kind != SIDE_EXPR || !side->column_count)
        return -1;
    int at = find_rel(env, rel, side->columns[0].qualifier, side->columns[0].column);
    if (at >= 0)
        expr_var(env, (size_t)at, side->expr, out);
    return at;
}

void sel_arg_of(const struct sel_env *env, const struct sel_var *v, const struct pred_side *side,
                struct stable_value *text, struct sel_arg *out)
{
    *out = (struct sel_arg){.kind = SEL_UNKNOWN};
    if (side->kind == SIDE_CONST) {
        out->kind = side->is_null ? SEL_NULL : SEL_CONST;
        out->text = side->value;
        if (side->cast_type.len)
            out->cls = value_class_of(side->cast_type, 0);
        /* 'now', 'today' and their like are not dates that we read. */
        double n;
        struct value_type t = v->type;
        if (out->kind == SEL_CONST && value_is_scalar(t.cls) && !value_number(&t, out->text, &n))
            out->kind = SEL_UNKNOWN;
        return;
    }
    if (side->kind != SIDE_STABLE && side->kind != SIDE_EXPR)
        return;
    if (stable_value(side->text, env->now_us, v->type.offset_us, text)) {
        out->kind = SEL_CONST;
        out->text = str_of(text->text);
        out->cls = text->cls;
    }
}
