#include "cli/statement.h"

#include "sql/lex.h"

/* A hint in a comment before the statement ("/" "*+ SeqScan(t) *" "/") belongs to it. */
static size_t begin_of(struct str text, size_t offset)
{
    struct lex lex = {.s = str_sub(text, 0, offset), .comments = true};
    size_t begin = offset;
    for (struct lex_token t; lex_next(&lex, &t);)
        if (t.kind == LEX_COMMENT && str_starts(t.text, "/*+") && begin == offset)
            begin = t.at;
    return begin;
}

/* What a statement that our parser does not know looks like. */
static bool looks_like_making(struct str sql)
{
    struct lex lex = {.s = sql};
    bool inserts = false, makes = false, first = true;
    for (struct lex_token t; lex_next(&lex, &t); first = false) {
        makes |= first && lex_is_word(&t, "create");
        inserts |= lex_is_word(&t, "insert") || lex_is_word(&t, "merge");
        makes |= !inserts && lex_is_word(&t, "into");
    }
    return makes;
}

bool statement_makes_table(struct arena *a, struct str sql)
{
    struct err ignored = {0};
    const struct json *tree = sql_parse(a, sql, &ignored);
    if (!tree)
        return looks_like_making(sql);
    const struct json *stmt = json_get(json_first(json_get(tree, "stmts")), "stmt");
    const struct json *select = json_get(stmt, "SelectStmt");
    while (json_get(select, "larg")) /* INTO stands in the first arm of a UNION */
        select = json_get(select, "larg");
    return json_get(stmt, "CreateTableAsStmt") || json_get(select, "intoClause");
}

static bool check_count(const struct script *s, struct err *err)
{
    if (s->query_count == 1)
        return true;
    if (s->query_count == 0)
        return err_set(err, ERR_USAGE, "there is no statement in it");
    err_set(err, ERR_USAGE, "one statement at a time, and here are %zu", s->query_count);
    err_hint(err, "-c and -f may be given several times");
    return false;
}

static void fill(struct arena *a, const char *name, struct str text, const struct script_query *q,
                 struct statement *out)
{
    size_t begin = begin_of(text, q->offset);
    *out = (struct statement){
        .name = name,
        .original = text,
        .text = str_sub(text, begin, q->offset + q->text.len),
        .offset = begin,
    };
    sql_params_number(a, out->text, &out->params);
    out->makes_table = statement_makes_table(a, out->params.text);
}

bool statement_find(struct arena *a, const char *name, struct str text, struct statement *out,
                    struct err *err)
{
    struct script script;
    struct lex_token first;
    script_read(a, text, &script);
    if (!check_count(&script, err))
        return false;
    const struct script_query *q = &script.queries[0];
    struct lex lex = {.s = q->text};
    if (lex_next(&lex, &first) && lex_is_word(&first, "explain")) {
        err_at(err, ERR_USAGE, text.p, text.len, q->offset, "the statement is an EXPLAIN already");
        err_hint(err, "give what stands behind it; --analyze executes it, --explain=LIST sets "
                      "other options");
        return false;
    }
    fill(a, name, text, q, out);
    return true;
}

bool statement_of_script(struct arena *a, const char *name, struct str text,
                         const struct script_query *q, struct statement *out)
{
    static const char *const words[] = {"select", "with",  "insert", "update",
                                        "delete", "merge", "values", "table"};
    struct lex lex = {.s = q->text};
    struct lex_token t = {0};
    while (lex_next(&lex, &t) && lex_is(&t, "("))
        ;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lex_is_word(&t, words[i])) {
            fill(a, name, text, q, out);
            return true;
        }
    return false;
}

static size_t place_back(const void *map, size_t offset)
{
    const struct statement *s = map;
    return s->offset + sql_map_back(&s->params.map, offset);
}

struct conn_place statement_place(const struct statement *s)
{
    return (struct conn_place){.original = s->original, .back = place_back, .map = s};
}
