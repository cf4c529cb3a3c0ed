/* Predicates, operands and sort keys out of the text that EXPLAIN prints. */
#include "base/arena.h"
#include "base/err.h"
#include "sql/lex.h"
#include "sql/parse.h"
#include "sql/pred.h"
#include "sql/raw.h"
#include "sql/rewrite.h"
#include "sql/side.h"

/*
 * The select statement around an expression: "SELECT <x>" or "SELECT 1 ORDER BY <x>". NULL when
 * it does not parse, or when the text is more than an expression.
 */
static const struct json *parse_inside(struct arena *scratch, const char *before, struct str text)
{
    struct err err = {0};
    struct str rewritten = sql_rewrite_explain(scratch, text);
    const char *sql = arena_printf(scratch, "%s%.*s", before, STR_ARG(rewritten));
    const struct json *stmts = json_get(sql_parse(scratch, str_of(sql), &err), "stmts");
    const struct json *select = json_path(json_first(stmts), "stmt", "SelectStmt", NULL);
    bool plain = stmts && stmts->count == 1 && !json_get(select, "fromClause") &&
                 !json_get(select, "whereClause") && raw_enum_is(select, "op", "SETOP_NONE");
    return plain ? select : NULL;
}

/* First of the target list; NULL when there is none, or more than one. */
static const struct json *only_target(const struct json *select)
{
    const struct json *targets = json_get(select, "targetList");
    if (!targets || targets->count != 1)
        return NULL;
    return json_get(raw_as(json_first(targets), RAW_ResTarget), "val");
}

static const struct json *parse_expr(struct arena *scratch, struct str text)
{
    const struct json *select = parse_inside(scratch, "SELECT ", text);
    return json_get(select, "sortClause") ? NULL : only_target(select);
}

static struct pred *opaque(struct arena *a, struct str text)
{
    struct pred *p = arena_alloc(a, sizeof *p);
    p->kind = PRED_OPAQUE;
    p->text = str_dup(a, text);
    return p;
}

static struct pred *parse_whole(struct arena *a, struct str text)
{
    struct arena *scratch = arena_new(0);
    const struct json *expr = parse_expr(scratch, text);
    struct pred *p = expr ? pred_from_tree(a, expr) : NULL;
    arena_free(scratch);
    return p;
}

/*
 * Where the next conjunct of "(a AND b AND c)" ends: EXPLAIN puts every operand in parentheses, so
 * an AND at depth 1 joins conjuncts. *from moves past it. False at the end.
 */
static bool next_conjunct(struct lex *lex, size_t *from, struct str *conjunct)
{
    struct str s = lex->s;
    size_t depth = 1;
    if (*from >= s.len)
        return false;
    for (struct lex_token t; lex_next(lex, &t);) {
        if (lex_is(&t, "(") || lex_is(&t, "[") || lex_is_word(&t, "case"))
            depth++;
        else if (lex_is(&t, ")") || lex_is(&t, "]") || lex_is_word(&t, "end"))
            depth--;
        if (depth && !(depth == 1 && lex_is_word(&t, "and")))
            continue;
        *conjunct = str_trim(str_sub(s, *from, t.at));
        *from = depth ? lex->at : s.len;
        return true;
    }
    return false;
}

/* One conjunct that no parser takes (JSON_VALUE of a later version) must not cost the others. */
static struct pred *parse_conjuncts(struct arena *a, struct str text)
{
    if (!str_starts(text, "("))
        return opaque(a, text);
    struct pred *and = arena_alloc(a, sizeof *and);
    struct pred **tail = &and->child;
    struct lex lex = {.s = text, .at = 1};
    size_t from = 1, count = 0;
    and->kind = PRED_AND;
    for (struct str one; next_conjunct(&lex, &from, &one); count++) {
        struct pred *p = parse_whole(a, one);
        *tail = p ? p : opaque(a, one);
        tail = &(*tail)->next;
    }
    if (count < 2 || lex.at < text.len)
        return opaque(a, text);
    and->text = str_dup(a, text);
    return and;
}

struct pred *pred_parse(struct arena *a, struct str condition)
{
    struct str text = str_trim(condition);
    struct pred *p = text.len ? parse_whole(a, text) : NULL;
    return p ? p : parse_conjuncts(a, text);
}

/* ---- operands and sort keys ---- */

void pred_side_from_tree(struct arena *a, const struct json *expr, struct pred_side *out)
{
    struct side_build b;
    side_build_init(&b, a, expr);
    side_from_node(&b, expr, out);
    side_build_release(&b);
}

bool pred_side_parse(struct arena *a, struct str expr, struct pred_side *out)
{
    struct str text = str_trim(expr);
    struct arena *scratch = arena_new(0);
    const struct json *node = text.len ? parse_expr(scratch, text) : NULL;
    *out = (struct pred_side){0};
    if (node)
        pred_side_from_tree(a, node, out);
    else
        out->text = str_dup(a, text);
    arena_free(scratch);
    return node != NULL;
}

static bool is_greater_than(struct str op)
{
    return op.len && memchr(op.p, '>', op.len);
}

void sort_key_from_tree(struct arena *a, const struct json *sort_by, struct sort_key *out)
{
    const struct json *by = raw_as(sort_by, RAW_SortBy);
    struct side_build b;
    *out = (struct sort_key){0};
    side_build_init(&b, a, sort_by);
    side_from_node(&b, json_get(by, "node"), &out->side);
    out->text = b.text;
    side_build_release(&b);
    struct str op = raw_last_name(json_get(by, "useOp"), NULL);
    if (op.len)
        out->using_op = str_dup(a, op);
    out->desc = raw_enum_is(by, "sortby_dir", "SORTBY_DESC") || is_greater_than(op);
    out->nulls_first = out->desc;
    if (raw_enum_is(by, "sortby_nulls", "SORTBY_NULLS_FIRST"))
        out->nulls_first = true;
    if (raw_enum_is(by, "sortby_nulls", "SORTBY_NULLS_LAST"))
        out->nulls_first = false;
    out->collation = out->side.collation;
}

bool sort_key_parse(struct arena *a, struct str item, struct sort_key *out)
{
    struct str text = str_trim(item);
    struct arena *scratch = arena_new(0);
    const struct json *select = text.len ? parse_inside(scratch, "SELECT 1 ORDER BY ", text) : NULL;
    const struct json *items = json_get(select, "sortClause");
    bool good = items && items->count == 1;
    *out = (struct sort_key){0};
    if (good)
        sort_key_from_tree(a, json_first(items), out);
    else
        out->text = str_dup(a, text);
    arena_free(scratch);
    return good;
}

struct str pred_canonical(struct arena *a, struct str expr)
{
    struct arena *scratch = arena_new(0);
    const struct json *node = parse_expr(scratch, expr);
    struct deparse d = {.drop_qualifiers = true, .canonical = true};
    if (node)
        deparse_expr(&d, node);
    struct str s = str_dup(a, node ? buf_str(&d.out) : str_trim(expr));
    deparse_release(&d);
    arena_free(scratch);
    return s;
}

/* ---- lists ---- */

static size_t next_comma(struct lex *lex)
{
    size_t depth = 0;
    for (struct lex_token t; lex_next(lex, &t);) {
        if (lex_is(&t, "(") || lex_is(&t, "["))
            depth++;
        else if (lex_is(&t, ")") || lex_is(&t, "]"))
            depth -= depth > 0;
        else if (!depth && lex_is(&t, ","))
            return t.at;
    }
    return lex->s.len;
}

const struct str *pred_split_list(struct arena *a, struct str s, size_t *count)
{
    *count = 0;
    if (!str_trim(s).len)
        return NULL;
    size_t n = 1;
    for (struct lex lex = {.s = s}; next_comma(&lex) < s.len;)
        n++;
    struct str *out = arena_calloc(a, n, sizeof *out);
    struct lex lex = {.s = s};
    for (size_t from = 0; *count < n; (*count)++) {
        size_t to = next_comma(&lex);
        out[*count] = str_trim(str_sub(s, from, to));
        from = to + 1;
    }
    return out;
}
