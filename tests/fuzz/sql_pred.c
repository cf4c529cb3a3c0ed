/* Conditions, values, sort keys and lists as EXPLAIN prints them, or anything else. */
#include "check.h"

#include "sql/implies.h"
#include "sql/lex.h"
#include "sql/pred.h"

static void check_slice(const struct pred *p)
{
    MUST(p->kind == PRED_OPAQUE || p->text.len > 0);
    MUST(p->kind != PRED_NOT || (p->child && !p->child->next));
    MUST(p->kind != PRED_TEST || !p->child);
    for (size_t i = 0; i < p->left.column_count; i++)
        MUST(p->left.columns[i].column.p);
    for (const struct pred *c = p->child; c; c = c->next) {
        MUST(c->kind != p->kind || p->kind == PRED_NOT);
        check_slice(c);
    }
}

static void check_tokens(struct str s)
{
    struct lex lex = {.s = s, .comments = true};
    size_t at = 0;
    for (struct lex_token t; lex_next(&lex, &t); at = t.at + t.text.len)
        MUST(t.at >= at && t.text.len > 0 && t.text.p == s.p + t.at && lex.at <= s.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size ? size : 1);
    if (size)
        memcpy(copy, data, size);
    struct str s = {copy, size};
    struct arena *a = arena_new(0);
    size_t count;
    struct pred_side side;
    struct sort_key key;
    check_tokens(s);
    const struct pred *p = pred_parse(a, s);
    check_slice(p);
    const struct pred **conds = pred_conjuncts(a, p, &count);
    MUST(p->kind == PRED_AND ? count != 1 : count == 1);
    pred_implies(a, conds, count, p, NULL);
    pred_side_parse(a, s, &side);
    sort_key_parse(a, s, &key);
    pred_canonical(a, s);
    pred_split_list(a, s, &count);
    size_t len;
    MUST(!pred_like_prefix(s, &len) || (len > 0 && len <= size));
    MUST(!pred_regex_prefix(s, &len) || (len > 0 && len <= size));
    MUST(pred_like_longest_run(s) <= size && pred_regex_longest_run(s) <= size);
    free(copy);
    arena_free(a);
    return 0;
}
