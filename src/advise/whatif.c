#include "advise/whatif.h"

#include <string.h>

#include "advise/judge_private.h"
#include "base/arena.h"
#include "base/err.h"
#include "catalog/catalog.h"
#include "sql/lex.h"
#include "sql/script.h"

/* ---- statements ---- */

/* A function in FROM may be one that is inlined, with a view inside. */
static bool is_plain(const struct catalog *cat, const struct query_rte *rte)
{
    const struct cat_rel *rel;
    switch (rte->kind) {
    case QUERY_RTE_RELATION:
        rel = cat ? cat_find_rel(cat, rte->schema, rte->name) : NULL;
        return !rte->view.len && rel && !rel->row_security && strchr("rpm", rel->kind);
    case QUERY_RTE_FUNCTION:
        return false;
    case QUERY_RTE_SUBQUERY:
        return !rte->view.len;
    case QUERY_RTE_VALUES:
        return true;
    }
    return false;
}

bool whatif_reads_plain_tables(const struct catalog *cat, const struct query *q)
{
    if (!q || q->kind == QUERY_UTILITY)
        return false;
    for (size_t b = 0; b < q->block_count; b++)
        for (size_t i = 0; i < q->blocks[b]->rte_count; i++)
            if (!is_plain(cat, q->blocks[b]->rtes[i]))
                return false;
    return true;
}

/* ---- indexes ---- */

bool judge_compares(const struct pred *const *conjuncts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct pred *p = conjuncts[i];
        if (p->kind != PRED_TEST || p->op > PRED_IS_NOT_NULL ||
            (p->op >= PRED_LT && p->op <= PRED_GE))
            return true;
    }
    return false;
}

/* CREATE INDEX at its beginning; *only: ON ONLY; *where: the predicate. */
static bool is_create_index(struct str sql, bool *only, struct str *where)
{
    struct lex lex = {.s = sql};
    struct lex_token t;
    int depth = 0;
    bool index = false;
    *only = false;
    *where = (struct str){0};
    if (!lex_next(&lex, &t) || !lex_is_word(&t, "create"))
        return false;
    for (size_t n = 1; lex_next(&lex, &t); n++) {
        depth += lex_is(&t, "(") - lex_is(&t, ")");
        if (n <= 2 && lex_is_word(&t, "index"))
            index = true;
        if (n > 2 && !index)
            return false;
        *only |= depth == 0 && lex_is_word(&t, "only");
        if (depth == 0 && lex_is_word(&t, "where")) {
            *where = str_trim(str_sub(sql, t.at + t.text.len, sql.len));
            break;
        }
    }
    return index;
}

struct whatif_index *whatif_index_of_ddl(struct arena *a, struct str ddl, struct err *err)
{
    struct script script;
    script_read(a, ddl, &script);
    struct whatif_index *x = arena_alloc(a, sizeof *x);
    struct str *statements = arena_calloc(a, script.query_count, sizeof *statements);
    for (size_t i = 0; i < script.query_count; i++) {
        struct str where;
        bool only;
        if (!is_create_index(script.queries[i].text, &only, &where) || only)
            continue;
        statements[x->count++] = str_dup(a, script.queries[i].text);
        if (!where.len)
            continue;
        size_t count;
        const struct pred **all = pred_conjuncts(a, pred_parse(a, where), &count);
        x->partial = true;
        x->compares |= judge_compares(all, count);
    }
    x->statements = statements;
    if (x->count)
        return x;
    err_set(err, ERR_USAGE, "there is no CREATE INDEX in it");
    err_hint(err, "as in CREATE INDEX ON orders (customer_id)");
    return NULL;
}
