/*
 * catdump FILE: a catalog as plain lines, one fact each, for tests to compare. With --rewrite
 * the catalog goes through a snapshot first; --statistics adds what only a server knows;
 * --sizes prints only what the planner would take for widths and sizes.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/snapshot.h"

static void put(const char *label, struct str s)
{
    if (s.len)
        printf(" %s=%.*s", label, STR_ARG(s));
}

static void put_num(const char *label, double v)
{
    if (!isnan(v))
        printf(" %s=%.9g", label, v);
}

static void put_flag(const char *label, bool v)
{
    if (v)
        printf(" %s", label);
}

static void put_stats(const struct cat_stats *s)
{
    if (!s->known)
        return;
    put_num("null_frac", s->null_frac);
    put_num("width", s->avg_width);
    put_num("n_distinct", s->n_distinct);
    put_num("correlation", s->correlation);
    for (size_t i = 0; i < s->mcv_count; i++) {
        put("mcv", s->mcv[i]);
        put_num("mcf", s->mcf[i]);
    }
    for (size_t i = 0; i < s->bound_count; i++)
        put("bound", s->bounds[i]);
    for (size_t i = 0; i < s->elem_count; i++) {
        put("elem", s->elems[i]);
        put_num("freq", s->elem_freqs[i]);
    }
}

static void dump_column(const struct cat_rel *rel, const struct cat_column *c, bool statistics)
{
    printf("column %.*s.%.*s.%.*s type=%.*s base=%.*s category=%c len=%d align=%c",
           STR_ARG(rel->schema), STR_ARG(rel->name), STR_ARG(c->name), STR_ARG(c->type),
           STR_ARG(c->base_type), c->category ? c->category : '?', c->typlen,
           c->align ? c->align : '?');
    put_flag("notnull", c->not_null);
    put_flag("generated", c->generated);
    put_flag("virtual", c->virtual_column);
    put("collation", c->collation);
    if (statistics)
        put_stats(&c->stats);
    putchar('\n');
}

static void dump_index(const struct cat_index *ix, bool statistics)
{
    printf("index %.*s.%.*s on=%.*s am=%.*s", STR_ARG(ix->schema), STR_ARG(ix->name),
           STR_ARG(ix->rel->name), STR_ARG(ix->am));
    for (size_t k = 0; k < ix->total_count; k++) {
        const struct cat_key *key = &ix->keys[k];
        printf(k == ix->key_count ? " include" : " key");
        put("column", key->column);
        put("expr", key->expr);
        put("opclass", key->opclass);
        put("collation", key->collation);
        put_flag("desc", key->desc);
        put_flag("nulls_first", key->nulls_first);
        if (statistics)
            put_stats(&key->stats);
    }
    put("where", ix->predicate);
    put("constraint", ix->constraint);
    put_flag("unique", ix->unique);
    put_flag("primary", ix->primary);
    put_flag("exclusion", ix->exclusion);
    put_flag("invalid", !ix->valid);
    put_flag("replica_identity", ix->replica_identity);
    put_flag("nulls_not_distinct", ix->nulls_not_distinct);
    put_flag("deferrable", ix->deferrable);
    put_flag("clustered", ix->clustered);
    put_num("fillfactor", ix->fillfactor);
    if (ix->parent)
        put("parent", ix->parent->name);
    if (statistics) {
        put_num("pages", ix->pages);
        put_num("tuples", ix->tuples);
        put_num("size", ix->size_bytes);
        put_num("scans", ix->scans);
    }
    printf("\ndefinition %.*s\n", STR_ARG(ix->definition));
}

static void dump_rel_statistics(const struct cat_rel *rel)
{
    put_num("pages", rel->pages);
    put_num("tuples", rel->tuples);
    put_num("visible", rel->all_visible_pages);
    put_num("size", rel->size_bytes);
    put_num("updates", rel->updates);
    put_num("hot", rel->hot_updates);
    put("analyzed", rel->last_analyze);
}

static void dump_rel(const struct cat_rel *rel, bool statistics)
{
    printf("relation %.*s.%.*s kind=%c persistence=%c", STR_ARG(rel->schema), STR_ARG(rel->name),
           rel->kind, rel->persistence);
    if (rel->parent)
        put("parent", rel->parent->name);
    put_flag("partition", rel->is_partition);
    put("key", rel->partition_key);
    put("bound", rel->partition_bound);
    put_num("fillfactor", rel->fillfactor);
    put_num("parallel_workers", rel->parallel_workers);
    put_flag("columns_open", rel->columns_open);
    if (statistics)
        dump_rel_statistics(rel);
    putchar('\n');
    for (size_t i = 0; i < rel->column_count; i++)
        dump_column(rel, &rel->columns[i], statistics);
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        dump_index(ix, statistics);
    for (const struct cat_ext_stats *x = rel->ext_stats; x; x = x->next) {
        printf("statistics %.*s on=%.*s", STR_ARG(x->name), STR_ARG(rel->name));
        for (size_t i = 0; i < x->column_count; i++)
            put("column", x->columns[i]);
        put_flag("expressions", x->has_expressions);
        put_flag("ndistinct", x->ndistinct);
        put_flag("dependencies", x->dependencies);
        put_flag("mcv", x->mcv);
        if (statistics)
            put_num("value", x->ndistinct_value);
        putchar('\n');
    }
}

static void dump_fk(const struct cat_fk *fk)
{
    printf("fk %.*s on=%.*s", STR_ARG(fk->name), STR_ARG(fk->rel->name));
    for (size_t i = 0; i < fk->column_count; i++)
        put("column", fk->columns[i]);
    printf(" to=%.*s.%.*s", STR_ARG(fk->ref_schema), STR_ARG(fk->ref_name));
    for (size_t i = 0; i < fk->column_count; i++)
        put("column", fk->ref_columns[i]);
    put_num("delete", fk->on_delete);
    put_num("update", fk->on_update);
    put_flag("inherited", fk->inherited);
    put_flag("not_enforced", fk->not_enforced);
    put_flag("unresolved", !fk->ref);
    putchar('\n');
}

static void dump(const struct catalog *cat, bool statistics)
{
    printf("path");
    for (size_t i = 0; i < cat->search_path_count; i++)
        printf(" %.*s", STR_ARG(cat->search_path[i]));
    putchar('\n');
    for (const struct cat_rel *rel = cat->rels; rel; rel = rel->next)
        dump_rel(rel, statistics);
    for (const struct cat_fk *fk = cat->fks; fk; fk = fk->next)
        dump_fk(fk);
    for (const struct cat_problem *p = cat->problems; p; p = p->next)
        printf("problem %.*s:%zu:%zu: %.*s\n", STR_ARG(p->file), p->line, p->column,
               STR_ARG(p->message));
}

static void dump_sizes(const struct catalog *cat)
{
    for (const struct cat_rel *rel = cat->rels; rel; rel = rel->next) {
        double pages, tuples;
        for (size_t i = 0; i < rel->column_count; i++)
            printf("width %.*s.%.*s %.0f\n", STR_ARG(rel->name), STR_ARG(rel->columns[i].name),
                   cat_column_width(&rel->columns[i]));
        if (cat_current_size(cat, rel, &pages, &tuples))
            printf("rows %.*s %.0f\n", STR_ARG(rel->name), tuples);
    }
}

static struct catalog *rewritten(struct catalog *cat, struct err *err)
{
    struct buf b = {0};
    cat_to_snapshot(cat, true, &b);
    struct catalog *again = cat_from_snapshot(buf_str(&b), NULL, err);
    buf_free(&b);
    cat_free(cat);
    return again;
}

int main(int argc, char **argv)
{
    bool statistics = false, rewrite = false, sizes = false;
    const char *file = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--statistics") == 0)
            statistics = true;
        else if (strcmp(argv[i], "--rewrite") == 0)
            rewrite = true;
        else if (strcmp(argv[i], "--sizes") == 0)
            sizes = true;
        else
            file = argv[i];
    }
    FILE *in = file ? fopen(file, "r") : NULL;
    if (!in)
        return 2;
    struct buf text = {0};
    char chunk[65536];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, in)) > 0;)
        buf_add(&text, chunk, n);
    fclose(in);
    struct err err = {0};
    struct catalog *cat = cat_open(buf_str(&text), file, &err);
    if (cat && rewrite)
        cat = rewritten(cat, &err);
    if (cat && sizes)
        dump_sizes(cat);
    else if (cat)
        dump(cat, statistics);
    else
        printf("error %d %zu:%zu: %s\n", (int)err.code, err.line, err.column, err.message);
    cat_free(cat);
    buf_free(&text);
    return cat ? 0 : 1;
}
