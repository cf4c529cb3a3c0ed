/* pgsift snapshot [DBNAME]: the catalog and the statistics of a database, as one document. */
#include <stdarg.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "db/catalog.h"
#include "sql/lex.h"

/* One part of a name as SQL has it: folded unless quoted. False: it is none. */
static bool read_part(struct arena *a, const struct lex_token *t, struct str *out)
{
    struct buf b = {0};
    bool quoted = t->kind == LEX_QUOTED && t->text.p[0] == '"' && !t->unterminated;
    if (!quoted && t->kind != LEX_IDENT)
        return false;
    for (size_t i = quoted; i < t->text.len - quoted; i++) {
        char c = t->text.p[i];
        buf_addc(&b, !quoted && c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c);
        i += quoted && c == '"';
    }
    *out = str_dup(a, buf_str(&b));
    buf_free(&b);
    return true;
}

/* "name" or "schema.name". What is no name in SQL is taken as it stands. */
static struct dbcat_name read_name(struct arena *a, const char *text)
{
    struct lex lex = {.s = str_of(text)};
    struct lex_token t[4] = {0};
    size_t n = 0;
    struct dbcat_name name = {0};
    while (n < 4 && lex_next(&lex, &t[n]))
        n++;
    if (n == 1 && read_part(a, &t[0], &name.name))
        return name;
    if (n == 3 && lex_is(&t[1], ".") && read_part(a, &t[0], &name.schema) &&
        read_part(a, &t[2], &name.name))
        return name;
    return (struct dbcat_name){.name = str_of(text)};
}

/* ---- what is asked for ---- */

static struct str read_schema(struct arena *a, const char *text)
{
    struct dbcat_name name = read_name(a, text);
    return name.schema.p ? str_of(text) : name.name;
}

/* A table without a schema is one of the schema that --schema names. */
static bool add_table(struct dbcat_request *r, struct dbcat_name name, struct dbcat_name *out,
                      struct err *err)
{
    if (!name.schema.p && r->schema_count > 1)
        return err_set(err, ERR_USAGE,
                       "with several schemas, table '%.*s' needs its own: schema.%.*s",
                       STR_ARG(name.name), STR_ARG(name.name));
    if (!name.schema.p && r->schema_count)
        name.schema = r->schemas[0];
    out[r->relation_count++] = name;
    r->relations = out;
    return true;
}

static bool read_request(const struct cli *c, struct dbcat_request *out, struct err *err)
{
    const struct opts *o = &c->opts;
    struct str *schemas = arena_calloc(c->arena, o->use_count + 1, sizeof *schemas);
    *out = (struct dbcat_request){.no_values = opts_given(o, OPT_NO_VALUES)};
    for (size_t i = 0; i < o->use_count; i++)
        if (o->uses[i].id == OPT_SCHEMA)
            schemas[out->schema_count++] = read_schema(c->arena, o->uses[i].arg);
    out->schemas = out->schema_count ? schemas : NULL;
    struct dbcat_name *tables = arena_calloc(c->arena, o->use_count + 1, sizeof *tables);
    for (size_t i = 0; i < o->use_count; i++)
        if (o->uses[i].id == OPT_TABLE &&
            !add_table(out, read_name(c->arena, o->uses[i].arg), tables, err))
            return false;
    if (o->file_count > (opts_given(o, OPT_DBNAME) ? 0 : 1))
        return err_set(err, ERR_USAGE, "one database at a time");
    return opts_time(o, OPT_TIMEOUT, &out->timeout_ms, err);
}

/* ---- what could not be seen ---- */

__attribute__((format(printf, 3, 4))) static void warn(const char *name, const char *hint,
                                                       const char *fmt, ...)
{
    struct err e = {0};
    struct buf text = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    err_set(&e, ERR_PARTIAL, "%s", text.data);
    buf_free(&text);
    if (hint)
        err_hint(&e, "%s", hint);
    cli_warning(name, &e);
}

static void report_gaps(const struct dbcat_gaps *g, const char *name)
{
    if (g->unreadable)
        warn(
            name,
            "SELECT on them shows them, and so does membership in pg_read_all_data (14 and later)",
            "role \"%.*s\" may not read %zu of %zu tables (%.*s%s): no statistics of their columns",
            STR_ARG(g->role), g->unreadable, g->relations, STR_ARG(g->example),
            g->unreadable > 1 ? " ..." : "");
    if (g->row_security)
        warn(name, NULL,
             "row security hides the statistics of %zu of %zu tables from role \"%.*s\"",
             g->row_security, g->relations, STR_ARG(g->role));
    if (g->never_analyzed)
        warn(name, "ANALYZE gathers statistics", "%zu of %zu tables were never analyzed",
             g->never_analyzed, g->relations);
    if (g->not_found)
        warn(name, NULL, "%zu of the tables asked for are not there, the first is %.*s",
             g->not_found, STR_ARG(g->missing));
}

/* Whether all that was asked for by name is there. */
static bool check_found(const struct dbcat_request *r, const struct dbcat_gaps *g, struct err *err)
{
    if (r->relations && g->not_found == r->relation_count)
        err_set(err, ERR_CATALOG, "there is no table %.*s", STR_ARG(g->missing));
    else if (!r->relations && r->schemas && g->relations == 0)
        err_set(err, ERR_CATALOG, "there is no table in schema %.*s", STR_ARG(r->schemas[0]));
    return !err->code;
}

/* ---- the command ---- */

static bool write_document(const struct cli *c, struct str document, struct err *err)
{
    struct cli_output o;
    if (!cli_output_open(&o, c, false, err))
        return false;
    buf_addstr(&o.out.buf, document);
    buf_addc(&o.out.buf, '\n');
    return cli_output_close(&o, err);
}

static bool take_snapshot(const struct cli *c, const struct dbcat_request *r,
                          struct dbcat_gaps *gaps, struct err *err)
{
    struct conn *conn = connect_open(c, c->opts.file_count ? c->opts.files[0] : NULL, err);
    struct str document;
    if (!conn)
        return false;
    bool good = dbcat_fetch(conn, c->arena, r, &document, err);
    connect_print_notices(conn, opts_given(&c->opts, OPT_QUIET));
    if (good && dbcat_find_gaps(c->arena, document, gaps, err) && check_found(r, gaps, err)) {
        if (!opts_given(&c->opts, OPT_QUIET))
            report_gaps(gaps, conn_name(conn));
        write_document(c, document, err);
    }
    connect_close(conn);
    return !err->code;
}

int cmd_snapshot(struct cli *c)
{
    struct dbcat_request request;
    struct dbcat_gaps gaps = {0};
    struct err err = {0};
    if (!read_request(c, &request, &err))
        return cli_usage(&err);
    if (!take_snapshot(c, &request, &gaps, &err)) {
        cli_error(NULL, &err);
        return err_exit_status(err.code);
    }
    return gaps.not_found ? EXIT_PARTIAL : 0;
}
