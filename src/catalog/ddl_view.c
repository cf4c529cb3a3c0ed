/* Views, and tables made from queries: names and, where they can be told, types of columns. */
#include "base/arena.h"
#include "catalog/ddl_state.h"
#include "catalog/type.h"

/* What a FROM clause offers: relations by the name that the query knows them by. */
struct source_rel {
    struct str alias;
    const struct cat_rel *rel; /* NULL: a subquery, function or something unknown */
};

struct sources {
    struct source_rel *rels;
    size_t count;
};

static void add_source(struct sources *s, struct str alias, const struct cat_rel *rel)
{
    s->rels[s->count++] = (struct source_rel){alias, rel};
}

static void add_table(struct ddl *d, struct sources *s, const struct json *var)
{
    struct str alias = json_str(json_get(var, "alias"), "aliasname");
    struct str schema = json_str(var, "schemaname"), name = json_str(var, "relname");
    add_source(s, alias.len ? alias : name, cat_find_rel(d->cat, schema, name));
}

/* Relations of the FROM clause in order; joins are taken apart with a stack of our own. */
static struct sources sources_of(struct ddl *d, const struct json *from)
{
    enum { MOST = 256 };
    struct sources s = {.rels = arena_calloc(d->scratch, MOST, sizeof *s.rels)};
    const struct json *stack[MOST];
    size_t depth = 0;
    for (const struct json *item = json_first(from); item; item = item->next) {
        stack[depth++] = item;
        while (depth && s.count < MOST) {
            const struct json *n = stack[--depth], *join = json_get(n, "JoinExpr");
            if (join && depth + 2 <= MOST) {
                stack[depth++] = json_get(join, "rarg");
                stack[depth++] = json_get(join, "larg");
            } else if (json_get(n, "RangeVar")) {
                add_table(d, &s, json_get(n, "RangeVar"));
            } else {
                const struct json *body;
                cat_ddl_node(n, &body);
                add_source(&s, json_str(json_get(body, "alias"), "aliasname"), NULL);
            }
        }
        depth = 0;
    }
    return s;
}

static struct cat_column *append(struct ddl *d, struct cat_rel *rel, struct str name)
{
    return cat_ddl_add_column(d, rel, name.len ? name : STR("?column?"));
}

static void copy_column(struct ddl *d, struct cat_rel *rel, struct str name,
                        const struct cat_column *from)
{
    struct cat_column *col = append(d, rel, name);
    struct cat_column fresh = *col;
    *col = *from;
    col->name = fresh.name;
    col->num = fresh.num;
    col->not_null = col->generated = col->virtual_column = false;
    col->stats = fresh.stats;
}

/* The * of a target list, or alias.* */
static void expand_star(struct ddl *d, struct cat_rel *rel, const struct sources *s,
                        struct str qualifier)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct source_rel *from = &s->rels[i];
        if (qualifier.len && !str_eq(from->alias, qualifier))
            continue;
        if (!from->rel || from->rel->columns_open)
            rel->columns_open = true;
        for (size_t k = 0; from->rel && k < from->rel->column_count; k++)
            copy_column(d, rel, from->rel->columns[k].name, &from->rel->columns[k]);
    }
}

static const struct cat_column *column_of(const struct sources *s, const struct json *fields)
{
    struct str qualifier = cat_ddl_first_name(fields), name = cat_ddl_last_name(fields);
    for (size_t i = 0; i < s->count; i++) {
        const struct source_rel *from = &s->rels[i];
        const struct cat_column *col = cat_find_column(from->rel, name);
        if (col && (!qualifier.len || str_eq(from->alias, qualifier)))
            return col;
    }
    return NULL;
}

static void set_inferred_type(struct ddl *d, struct cat_rel *rel, struct str name,
                              const struct sources *s, const struct json *value)
{
    const struct cat_rel *only = s->count == 1 ? s->rels[0].rel : NULL;
    struct ddl_expr e = cat_ddl_deparse(d, only, value);
    struct cat_column *col = append(d, rel, name);
    const struct cat_type *t = e.type.len ? cat_type_spelled(e.type) : NULL;
    if (!t)
        return;
    col->type = col->base_type = t->sql;
    col->category = t->category;
    col->typlen = t->len;
    col->align = t->align;
}

static bool is_star(const struct json *fields)
{
    const struct json *last = json_first(fields);
    while (last && last->next)
        last = last->next;
    return json_get(last, "A_Star");
}

static void add_target(struct ddl *d, struct cat_rel *rel, const struct sources *s,
                       const struct json *target)
{
    const struct json *value = json_get(target, "val");
    const struct json *fields = json_path(value, "ColumnRef", "fields", NULL);
    struct str name = json_str(target, "name");
    if (is_star(fields)) { /* the name before the star is the last String of the list */
        expand_star(d, rel, s, fields->count > 1 ? cat_ddl_first_name(fields) : (struct str){0});
        return;
    }
    if (!name.len)
        name = cat_ddl_figure_name(value);
    const struct cat_column *col = fields ? column_of(s, fields) : NULL;
    if (col)
        copy_column(d, rel, name, col);
    else
        set_inferred_type(d, rel, name, s, value);
}

/* The query that says what the columns are: of a UNION, its first one. */
static const struct json *leading_select(const struct json *query)
{
    const struct json *select = json_get(query, "SelectStmt");
    while (select && json_get(select, "larg"))
        select = json_get(select, "larg");
    return select;
}

static void infer_columns(struct ddl *d, struct cat_rel *rel, const struct json *select,
                          const struct json *aliases)
{
    const struct json *targets = json_get(select, "targetList");
    struct sources s = sources_of(d, json_get(select, "fromClause"));
    for (const struct json *e = json_first(targets); e; e = e->next)
        add_target(d, rel, &s, json_get(e, "ResTarget"));
    if (!targets)
        rel->columns_open = true;
    size_t i = 0;
    for (const struct json *e = json_first(aliases); e; e = e->next, i++) {
        if (i == rel->column_count)
            append(d, rel, cat_ddl_string(e));
        else
            rel->columns[i].name = cat_ddl_keep(d, cat_ddl_string(e));
    }
}

/* Where the word that `at` is on, and those behind it, read like one of these ends. */
static bool is_tail(struct str rest)
{
    static const char *const tails[] = {"WITH DATA", "WITH NO DATA", "WITH CHECK OPTION",
                                        "WITH LOCAL CHECK OPTION", "WITH CASCADED CHECK OPTION"};
    struct buf words = {0};
    for (struct str s = rest; s.len && words.len < 40;) {
        struct str w = cat_ddl_word(s);
        if (!w.len)
            break;
        buf_printf(&words, "%s%.*s", words.len ? " " : "", STR_ARG(w));
        s = cat_ddl_after_word(s);
    }
    bool tail = false;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        tail |= str_is_nocase(buf_str(&words), tails[i]);
    buf_free(&words);
    return tail;
}

/* The query in CREATE VIEW ... AS query: from the source, for the parse tree has no text. */
static struct str query_text(struct str statement)
{
    size_t from = 0, to = statement.len;
    int depth = 0;
    for (size_t i = 0; i < statement.len;) {
        struct str rest = str_sub(statement, i, statement.len);
        size_t n = cat_ddl_token(rest);
        struct str token = str_sub(rest, 0, n);
        depth += (token.p[0] == '(') - (token.p[0] == ')');
        if (!from && depth == 0 && str_is_nocase(token, "as"))
            from = i + n;
        else if (from && depth == 0 && str_is_nocase(token, "with") && is_tail(rest))
            to = i;
        i += n;
    }
    return str_trim(str_sub(statement, from, to));
}

static struct cat_rel *new_rel(struct ddl *d, const struct json *var, bool replace,
                               bool if_not_exists)
{
    struct str persistence = json_str(var, "relpersistence");
    struct str schema = cat_ddl_new_schema(d, json_str(var, "schemaname"), persistence);
    struct str name = cat_ddl_keep(d, json_str(var, "relname"));
    struct cat_rel *there = cat_find_rel(d->cat, schema, name);
    if (there && replace && there->kind == 'v') {
        cat_drop_rel(d->cat, there);
    } else if (cat_name_taken(d->cat, schema, name)) {
        if (!if_not_exists)
            cat_ddl_problem(d, json_num(var, "location", DDL_NOWHERE),
                            "relation \"%.*s\" is there already; the first one is kept",
                            STR_ARG(name));
        return NULL;
    }
    struct cat_rel *rel = cat_new_rel(d->cat, schema, name);
    rel->persistence = persistence.len ? persistence.p[0] : 'p';
    return rel;
}

void cat_ddl_create_view(struct ddl *d, const struct json *stmt)
{
    struct cat_rel *rel = new_rel(d, json_get(stmt, "view"), cat_ddl_has(stmt, "replace"), false);
    if (!rel)
        return;
    rel->kind = 'v';
    rel->view_sql = cat_ddl_keep(d, query_text(d->statement));
    infer_columns(d, rel, leading_select(json_get(stmt, "query")), json_get(stmt, "aliases"));
    cat_put_rel(d->cat, rel);
}

void cat_ddl_create_table_as(struct ddl *d, const struct json *stmt)
{
    const struct json *into = json_get(stmt, "into"), *select = NULL;
    if (into)
        select = leading_select(json_get(stmt, "query"));
    else { /* SELECT INTO: the statement is the query itself */
        into = json_get(stmt, "intoClause");
        select = stmt;
    }
    struct cat_rel *rel =
        new_rel(d, json_get(into, "rel"), false, cat_ddl_has(stmt, "if_not_exists"));
    if (!rel)
        return;
    bool matview = str_is(json_str(stmt, "objtype"), "OBJECT_MATVIEW");
    rel->kind = matview ? 'm' : 'r';
    if (matview)
        rel->view_sql = cat_ddl_keep(d, query_text(d->statement));
    cat_ddl_storage(rel, json_get(into, "options"));
    infer_columns(d, rel, select, json_get(into, "colNames"));
    cat_put_rel(d->cat, rel);
    d->last_table = rel;
}
