#include "catalog/ddl.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "catalog/ddl_state.h"
#include "catalog/names.h"
#include "sql/parse.h"

/* Reading goes on after errors, but not for ever: that many bytes may be read again. */
enum { RETRY_BYTES = 64 * 1024 * 1024 };

static void note(struct ddl *d, size_t offset, const char *message)
{
    struct cat_problem p = {.file = d->file, .line = 0};
    if (d->cat->problem_count < CAT_PROBLEMS_KEPT) {
        struct err place = {0};
        err_at(&place, ERR_SYNTAX, d->source.text.p, d->source.text.len, offset, " ");
        p.line = place.line;
        p.column = place.column;
        p.message = cat_ddl_keep(d, str_of(message));
    }
    cat_add_problem(d->cat, p);
}

void cat_ddl_problem(struct ddl *d, double location, const char *fmt, ...)
{
    struct arena_mark mark = arena_mark(d->scratch);
    va_list ap;
    va_start(ap, fmt);
    const char *message = arena_vprintf(d->scratch, fmt, ap);
    va_end(ap);
    size_t offset = (size_t)(d->statement.p - d->source.text.p);
    if (location > 0 && location <= (double)d->statement.len)
        offset += (size_t)location;
    note(d, offset, message);
    arena_reset(d->scratch, mark);
}

struct str cat_ddl_keep(struct ddl *d, struct str s)
{
    return s.p ? str_dup(d->cat->arena, s) : s;
}

struct str cat_ddl_string(const struct json *node)
{
    return json_str(json_get(node, "String"), "sval");
}

struct str cat_ddl_last_name(const struct json *list)
{
    struct str name = {0};
    for (const struct json *e = json_first(list); e; e = e->next)
        name = cat_ddl_string(e);
    return name;
}

struct str cat_ddl_first_name(const struct json *list)
{
    struct str name = {0}, before = {0};
    for (const struct json *e = json_first(list); e; e = e->next) {
        before = name;
        name = cat_ddl_string(e);
    }
    return before;
}

const struct str *cat_ddl_names(struct ddl *d, const struct json *list, size_t *count)
{
    struct str *names = arena_calloc(d->cat->arena, list ? list->count : 0, sizeof *names);
    *count = 0;
    for (const struct json *e = json_first(list); e; e = e->next)
        names[(*count)++] = cat_ddl_keep(d, cat_ddl_string(e));
    return names;
}

struct str cat_ddl_node(const struct json *node, const struct json **body)
{
    *body = json_first(node);
    return *body ? (*body)->key : (struct str){0};
}

bool cat_ddl_has(const struct json *node, const char *flag)
{
    return json_bool(node, flag, false);
}

struct str cat_ddl_new_schema(struct ddl *d, struct str given, struct str persistence)
{
    if (str_is(persistence, "t"))
        return STR("pg_temp");
    if (given.len)
        return cat_ddl_keep(d, given);
    return d->cat->search_path_count ? d->cat->search_path[0] : STR("public");
}

struct cat_rel *cat_ddl_find_rel(struct ddl *d, const struct json *range_var)
{
    struct str schema = json_str(range_var, "schemaname"), name = json_str(range_var, "relname");
    struct cat_rel *rel = cat_find_rel(d->cat, schema, name);
    if (!rel)
        cat_ddl_problem(d, json_num(range_var, "location", DDL_NOWHERE),
                        "relation \"%.*s%s%.*s\" does not exist", (int)schema.len,
                        schema.len ? schema.p : "", schema.len ? "." : "", STR_ARG(name));
    return rel;
}

struct cat_rel *cat_ddl_descendant(const struct catalog *cat, const struct cat_rel *rel,
                                   const struct cat_rel *after)
{
    for (struct cat_rel *r = after ? after->next : cat->rels; r; r = r->next)
        for (const struct cat_rel *up = r->parent; up; up = up->parent)
            if (up == rel)
                return r;
    return NULL;
}

/* search_path as a statement sets it: used at once, and remembered for those who ask later. */
static void use_path(struct ddl *d, const struct str *path, size_t count, bool is_default)
{
    struct catalog *cat = d->cat;
    if (is_default && !d->path_is_default) {
        d->path_is_default = true;
        d->seen_path_count = 0;
    }
    if (is_default || !d->path_is_default) {
        struct str *seen = arena_calloc(cat->arena, d->seen_path_count + count, sizeof *seen);
        for (size_t i = 0; i < d->seen_path_count; i++)
            seen[i] = d->seen_path[i];
        d->seen_path = seen;
        for (size_t i = 0; i < count; i++) {
            size_t k = 0;
            while (k < d->seen_path_count && !str_eq(seen[k], path[i]))
                k++;
            if (k == d->seen_path_count && !str_is(path[i], "pg_catalog"))
                seen[d->seen_path_count++] = path[i];
        }
    }
    if (is_default)
        return;
    cat->search_path = path;
    cat->search_path_count = count;
}

/* Schemas of SET search_path TO a, b: each argument is one name, not a list. */
static const struct str *path_of_args(struct ddl *d, const struct json *args, size_t *count)
{
    struct str *path = arena_calloc(d->cat->arena, args ? args->count : 0, sizeof *path);
    *count = 0;
    for (const struct json *e = json_first(args); e; e = e->next) {
        struct str name = json_str(json_path(e, "A_Const", "sval", NULL), "sval");
        if (name.len && !str_is(name, "$user"))
            path[(*count)++] = cat_ddl_keep(d, name);
    }
    return path;
}

/* The value of SET name = value as text. */
static struct str setting_text(struct ddl *d, const struct json *args)
{
    const struct json *c = json_get(json_first(args), "A_Const");
    struct str text = json_str(json_get(c, "sval"), "sval");
    if (!text.len)
        text = json_str(json_get(c, "fval"), "fval");
    if (!text.len && json_get(c, "ival"))
        text = str_of(arena_printf(d->scratch, "%.0f", json_num(json_get(c, "ival"), "ival", 0)));
    return text;
}

static void apply_setting(struct ddl *d, const struct json *stmt, bool is_default)
{
    struct str name = json_str(stmt, "name");
    const struct json *args = json_get(stmt, "args");
    if (!str_is(json_str(stmt, "kind"), "VAR_SET_VALUE"))
        return;
    if (str_is(name, "search_path")) {
        size_t count;
        const struct str *path = path_of_args(d, args, &count);
        use_path(d, path, count, is_default);
    } else if (is_default) {
        cat_set_setting_written(d->cat, name, setting_text(d, args));
    }
}

static void do_set(struct ddl *d, const struct json *stmt)
{
    apply_setting(d, stmt, false);
}

/* ALTER DATABASE ... SET, ALTER ROLE ... SET: what sessions start with. */
static void do_set_default(struct ddl *d, const struct json *stmt)
{
    apply_setting(d, json_get(stmt, "setstmt"), true);
}

/* SELECT pg_catalog.set_config('search_path', '', false), as pg_dump begins. */
static void do_select(struct ddl *d, const struct json *stmt)
{
    if (json_get(stmt, "intoClause")) {
        cat_ddl_create_table_as(d, stmt);
        return;
    }
    const struct json *target = json_first(json_get(stmt, "targetList"));
    const struct json *call = json_path(target, "ResTarget", "val", "FuncCall", NULL);
    if (!str_is(cat_ddl_last_name(json_get(call, "funcname")), "set_config"))
        return;
    const struct json *name = json_first(json_get(call, "args")), *value = name ? name->next : NULL;
    if (!value ||
        !str_is(json_str(json_path(name, "A_Const", "sval", NULL), "sval"), "search_path"))
        return;
    size_t count;
    struct str text = cat_ddl_keep(d, json_str(json_path(value, "A_Const", "sval", NULL), "sval"));
    const struct str *path = cat_parse_search_path(d->cat->arena, text, &count);
    use_path(d, path, count, false);
}

static void do_extension(struct ddl *d, const struct json *stmt)
{
    struct catalog *cat = d->cat;
    struct str name = json_str(stmt, "extname");
    char terminated[128];
    snprintf(terminated, sizeof terminated, "%.*s", STR_ARG(name));
    if (cat_has_extension(cat, terminated))
        return;
    struct str *all = arena_calloc(cat->arena, cat->extension_count + 1, sizeof *all);
    for (size_t i = 0; i < cat->extension_count; i++)
        all[i] = cat->extensions[i];
    all[cat->extension_count++] = cat_ddl_keep(d, name);
    cat->extensions = all;
}

/* CREATE DATABASE as pg_dump -C writes it: which collation is the default one. */
static void do_database(struct ddl *d, const struct json *stmt)
{
    d->cat->database = cat_ddl_keep(d, json_str(stmt, "dbname"));
    for (const struct json *e = json_first(json_get(stmt, "options")); e; e = e->next) {
        const struct json *def = json_get(e, "DefElem");
        struct str name = json_str(def, "defname");
        struct str value = cat_ddl_keep(d, cat_ddl_string(json_get(def, "arg")));
        if (str_is(name, "lc_collate") || (str_is(name, "locale") && !d->cat->db_collate.len))
            d->cat->db_collate = value;
        else if (str_is(name, "icu_locale") || str_is(name, "builtin_locale"))
            d->cat->db_locale = value;
        else if (str_is(name, "locale_provider") && value.len)
            d->cat->db_provider = value.p[0];
    }
}

static void run(struct ddl *d, const struct json *node);

/* CREATE SCHEMA s CREATE TABLE ... : its parts are made in the new schema. */
static void do_schema(struct ddl *d, const struct json *stmt)
{
    struct catalog *cat = d->cat;
    const struct str *path = cat->search_path;
    size_t count = cat->search_path_count;
    struct str *inside = arena_calloc(cat->arena, count + 1, sizeof *inside);
    inside[0] = cat_ddl_keep(d, json_str(stmt, "schemaname"));
    for (size_t i = 0; i < count; i++)
        inside[i + 1] = path[i];
    cat->search_path = inside;
    cat->search_path_count = count + 1;
    for (const struct json *e = json_first(json_get(stmt, "schemaElts")); e; e = e->next)
        run(d, e);
    cat->search_path = path;
    cat->search_path_count = count;
}

static const struct {
    const char *node;
    void (*run)(struct ddl *d, const struct json *stmt);
} statements[] = {
    {"CreateStmt", cat_ddl_create_table},
    {"CreateForeignTableStmt", cat_ddl_create_foreign_table},
    {"AlterTableStmt", cat_ddl_alter_table},
    {"IndexStmt", cat_ddl_create_index},
    {"ViewStmt", cat_ddl_create_view},
    {"CreateTableAsStmt", cat_ddl_create_table_as},
    {"CreateEnumStmt", cat_ddl_create_enum},
    {"CompositeTypeStmt", cat_ddl_create_composite},
    {"CreateRangeStmt", cat_ddl_create_range},
    {"CreateDomainStmt", cat_ddl_create_domain},
    {"DefineStmt", cat_ddl_define},
    {"CreateStatsStmt", cat_ddl_create_statistics},
    {"CreateExtensionStmt", do_extension},
    {"CreateSchemaStmt", do_schema},
    {"DropStmt", cat_ddl_drop},
    {"RenameStmt", cat_ddl_rename},
    {"AlterObjectSchemaStmt", cat_ddl_set_schema},
    {"VariableSetStmt", do_set},
    {"AlterDatabaseSetStmt", do_set_default},
    {"AlterRoleSetStmt", do_set_default},
    {"CreatedbStmt", do_database},
    {"SelectStmt", do_select},
};

static void run(struct ddl *d, const struct json *node)
{
    const struct json *body;
    struct str kind = cat_ddl_node(node, &body);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (str_is(kind, statements[i].node))
            statements[i].run(d, body);
}

/* Statements that say nothing about tables, by their first word: not even parsed. */
static bool is_passed_over(struct str statement)
{
    static const char *const words[] = {
        "analyze",   "begin",    "call",       "checkpoint", "close",  "cluster",  "comment",
        "commit",    "copy",     "deallocate", "declare",    "delete", "discard",  "do",
        "end",       "execute",  "explain",    "fetch",      "grant",  "import",   "insert",
        "listen",    "load",     "lock",       "merge",      "move",   "notify",   "prepare",
        "reassign",  "refresh",  "reindex",    "release",    "reset",  "revoke",   "rollback",
        "savepoint", "security", "show",       "start",      "table",  "truncate", "unlisten",
        "update",    "vacuum",   "values",     "with"};
    struct str w = cat_ddl_word(statement);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is_nocase(w, words[i]))
            return true;
    return false;
}

/* CREATE or ALTER of what no catalog holds: routines, roles, rules, publications ... */
static bool is_of_no_interest(struct str statement)
{
    static const char *const things[] = {
        "access",    "aggregate",   "cast",     "conversion", "default",  "event",
        "function",  "group",       "language", "large",      "operator", "policy",
        "procedure", "publication", "routine",  "rule",       "server",   "subscription",
        "system",    "tablespace",  "text",     "transform",  "trigger",  "user"};
    struct str w = cat_ddl_word(statement);
    if (!str_is_nocase(w, "create") && !str_is_nocase(w, "alter"))
        return false;
    struct str rest = cat_ddl_after_word(statement);
    static const char *const fillers[] = {"or", "replace", "trusted", "procedural", "constraint"};
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
        if (str_is_nocase(cat_ddl_word(rest), fillers[i]))
            rest = cat_ddl_after_word(rest);
    w = cat_ddl_word(rest);
    for (size_t i = 0; i < sizeof things / sizeof *things; i++)
        if (str_is_nocase(w, things[i]))
            return true;
    return false;
}

/* Byte offset of an error's place in the statement. */
static size_t place_of(struct str statement, const struct err *err)
{
    size_t i = 0;
    for (size_t line = 1; line < err->line; line++) {
        const char *lf = memchr(statement.p + i, '\n', statement.len - i);
        if (!lf)
            return statement.len;
        i = (size_t)(lf - statement.p) + 1;
    }
    for (size_t column = 1; column < err->column && i < statement.len; column++)
        do
            i++;
        while (i < statement.len && ((unsigned char)statement.p[i] & 0xC0) == 0x80);
    return i;
}

/* Whether a new statement seems to start there: a verb at the start of a line. */
static bool starts_statement(struct str statement, size_t at)
{
    for (size_t i = at; i > 0 && statement.p[i - 1] != '\n'; i--)
        if (statement.p[i - 1] != ' ' && statement.p[i - 1] != '\t')
            return false;
    static const char *const verbs[] = {"create", "alter", "drop", "comment", "insert", "grant"};
    struct str w = cat_ddl_word(str_sub(statement, at, statement.len));
    for (size_t i = 0; at > 0 && i < sizeof verbs / sizeof *verbs; i++)
        if (str_is_nocase(w, verbs[i]))
            return true;
    return false;
}

static void carry_out(struct ddl *d, const struct json *tree)
{
    for (const struct json *s = json_first(json_get(tree, "stmts")); s; s = s->next)
        run(d, json_get(s, "stmt"));
}

static const struct json *parse_newer(struct ddl *d, struct str statement)
{
    struct str rewritten;
    struct err ignored = {0};
    if (!cat_ddl_rewrite_newer(d->scratch, statement, &rewritten, &d->not_enforced))
        return NULL;
    return sql_parse(d->scratch, rewritten, &ignored);
}

/* A statement that does not parse: say where, and find out where the next one starts. */
static void recover(struct ddl *d, const struct err *err)
{
    struct str statement = d->statement;
    size_t base = (size_t)(statement.p - d->source.text.p), at = place_of(statement, err);
    d->failed_bytes += statement.len;
    struct err again = {0};
    if (starts_statement(statement, at)) {
        const struct json *tree = sql_parse(d->scratch, str_sub(statement, 0, at), &again);
        if (tree) {
            note(d, base + at, "expected a semicolon before the next statement");
            carry_out(d, tree);
            cat_ddl_seek(&d->source, base + at);
            return;
        }
    }
    note(d, base + at, err->message);
    cat_ddl_resume(&d->source, statement);
}

static void read_statement(struct ddl *d)
{
    d->last_table = NULL;
    d->not_enforced = false;
    struct err err = {0};
    const struct json *tree = sql_parse(d->scratch, d->statement, &err);
    if (!tree)
        tree = parse_newer(d, d->statement);
    if (tree)
        carry_out(d, tree);
    else
        recover(d, &err);
    arena_clear(d->scratch);
}

static bool has_blank_line(struct str text, size_t from, size_t to)
{
    size_t feeds = 0;
    for (size_t i = from; i < to; i++) {
        if (text.p[i] == '\n')
            feeds++;
        else if (text.p[i] != ' ' && text.p[i] != '\t' && text.p[i] != '\r')
            feeds = 0;
        if (feeds > 1)
            return true;
    }
    return false;
}

/* The hint in the gap before this statement belongs to the table above it or to the one below. */
static void give_hints(struct ddl *d, struct cat_rel *above, size_t above_end,
                       const struct ddl_source *before)
{
    struct str text = d->source.text;
    struct cat_rel *below = d->last_table;
    const struct ddl_hint *gap = &before->gap, *same = &before->same;
    if (!isnan(same->rows) && above)
        above->tuples = same->rows;
    else if (!isnan(same->rows) && below)
        below->tuples = same->rows;
    if (!isnan(gap->rows)) {
        size_t start = d->statement.p ? (size_t)(d->statement.p - text.p) : text.len;
        bool touches_below = below && !has_blank_line(text, gap->end - 1, start);
        bool touches_above = above && !has_blank_line(text, above_end, gap->at);
        struct cat_rel *owner = touches_below ? below : touches_above ? above : below;
        if (owner)
            owner->tuples = gap->rows;
    }
    if (!isnan(before->body.rows) && below)
        below->tuples = before->body.rows;
}

static void read_all(struct ddl *d)
{
    struct cat_rel *above = NULL;
    size_t above_end = 0;
    struct str statement;
    while (cat_ddl_next(&d->source, &statement)) {
        struct ddl_source before = d->source;
        d->statement = statement;
        d->last_table = NULL;
        if (!is_passed_over(statement) && !is_of_no_interest(statement))
            read_statement(d);
        give_hints(d, above, above_end, &before);
        above = d->last_table;
        above_end = d->source.at;
        if (d->failed_bytes > RETRY_BYTES) {
            cat_ddl_problem(d, DDL_NOWHERE, "too many errors: the rest of the file was not read");
            break;
        }
    }
    d->statement = (struct str){0};
    d->last_table = NULL;
    struct ddl_source end = d->source;
    end.body.rows = NAN;
    give_hints(d, above, above_end, &end);
}

static void write_definitions(struct catalog *cat)
{
    struct buf b = {0};
    for (struct cat_rel *rel = cat->rels; rel; rel = rel->next)
        for (struct cat_index *ix = rel->indexes; ix; ix = ix->next) {
            buf_clear(&b);
            cat_add_index_definition(&b, ix, false);
            ix->definition = str_dup(cat->arena, buf_str(&b));
        }
    buf_free(&b);
}

static void finish(struct ddl *d)
{
    struct catalog *cat = d->cat;
    if (d->seen_path_count) {
        cat->search_path = d->seen_path;
        cat->search_path_count = d->seen_path_count;
    } else {
        static const struct str standard[] = {{"public", 6}};
        cat->search_path = standard;
        cat->search_path_count = 1;
    }
    cat->extensions_known = cat->extension_count > 0;
    cat_ddl_finish_fks(d);
    cat_finish(cat);
    cat_ddl_finish_indexes(cat);
    write_definitions(cat);
}

/* Nothing at all: the first problem is the reason, or the file is not what it was taken for. */
static void explain_empty(const struct catalog *cat, struct str text, struct err *err)
{
    const struct cat_problem *p = cat->problems;
    if (!p) {
        err_set(err, ERR_CATALOG, "the file creates no table");
        err_hint(err, "give the output of pg_dump --schema-only, or a snapshot");
        return;
    }
    struct str rest = text, line = {0};
    size_t offset = 0;
    for (size_t n = 1; n <= p->line && str_line(&rest, &line); n++)
        offset = (size_t)(line.p - text.p);
    for (size_t c = 1; c < p->column && offset < text.len; c++)
        do
            offset++;
        while (offset < text.len && ((unsigned char)text.p[offset] & 0xC0) == 0x80);
    err_at(err, ERR_SYNTAX, text.p, text.len, offset, "%.*s", STR_ARG(p->message));
}

struct catalog *cat_from_ddl(struct str text, const char *file_name, struct err *err)
{
    struct ddl d = {.cat = cat_new(CAT_DOOR_DDL), .scratch = arena_new(0)};
    d.types = cat_names_new(d.cat->arena);
    d.file = cat_ddl_keep(&d, str_of(file_name));
    d.source.text = str_starts(text, "\xEF\xBB\xBF") ? str_sub(text, 3, text.len) : text;
    read_all(&d);
    finish(&d);
    arena_free(d.scratch);
    if (d.cat->rel_count)
        return d.cat;
    explain_empty(d.cat, d.source.text, err);
    cat_free(d.cat);
    return NULL;
}
