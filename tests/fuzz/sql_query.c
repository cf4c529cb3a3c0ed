/* Files of queries: split, numbered, analysed. */
#include "check.h"

#include "sql/query.h"
#include "sql/script.h"

/* A catalog in which a view refers to itself. */
static struct str view_sql(void *ctx, struct str schema, struct str relation)
{
    (void)ctx;
    (void)schema;
    return str_is(relation, "v") ? STR("SELECT t.*, v.a || v.a AS b FROM t, v") : (struct str){0};
}

static enum query_answer has_column(void *ctx, struct str schema, struct str relation,
                                    struct str column)
{
    (void)ctx;
    (void)schema;
    return str_is(relation, "t") ? (column.len == 1 ? QUERY_YES : QUERY_NO) : QUERY_UNKNOWN;
}

static void check_query(const struct query *q)
{
    for (size_t i = 0; i < q->block_count; i++) {
        const struct query_block *b = q->blocks[i];
        MUST(b->number == i + 1 && (!b->parent || !b->parent->merged));
        MUST(!b->merged || (b->rte_count == 0 && b->cond_count == 0));
        for (size_t k = 0; k < b->rte_count; k++)
            MUST(query_find_rte(q, b->rtes[k]->alias) == b->rtes[k]);
        for (size_t k = 0; k < b->cond_count; k++)
            MUST(b->conds[k].pred && b->conds[k].ref_count <= b->rte_count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct query_names names = {.has_column = has_column, .view_sql = view_sql};
    char *copy = malloc(size ? size : 1);
    if (size)
        memcpy(copy, data, size);
    struct arena *a = arena_new(0);
    struct script script;
    size_t at = 0;
    script_read(a, (struct str){copy, size}, &script);
    for (size_t i = 0; i < script.query_count; i++) {
        const struct script_query *s = &script.queries[i];
        struct err err = {0};
        MUST(s->offset >= at && s->text.len > 0 && s->text.p == copy + s->offset && s->line > 0);
        at = s->offset + s->text.len;
        MUST(at <= size);
        const struct query *q = query_analyse(a, s->text, &names, &err);
        MUST((q != NULL) == (err.code == ERR_NONE));
        if (q)
            check_query(q);
    }
    free(copy);
    arena_free(a);
    return 0;
}
