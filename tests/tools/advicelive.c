/*
 * advicelive: the triples of tests/advice through the server of the environment, with HypoPG in its
 * schema "hypo". Each case's schema is made there, empty, with the statistics that the case
 * describes and with files as long as the tables would be; so it must be a server of the test's
 * own, whose files it may touch. Prints TAP.
 *
 * Three answers to each: the model's from the catalog that the connection reads, the model's from a
 * snapshot of the whole database, and the planner's. The first two are the ones wanted, as through
 * the other doors. Where the planner differs, its answer must say why.
 */
#include <sys/types.h>
#include <unistd.h>

#include "../advice_check.h"
#include "advise/access.h"
#include "cli/live.h"
#include "cli/planner.h"
#include "db/conn.h"
#include "sql/script.h"
#include "sql/ident.h"

static struct conn *conn;
static char *data_directory;
static size_t cases, alike;

/* ---- the server ---- */

static bool run_sql(struct arena *a, struct str sql, struct conn_result *out, struct buf *faults)
{
    struct err err = {0};
    struct conn_request r = {.sql = sql, .simple = false};
    if (conn_run(conn, a, &r, out, &err))
        return true;
    buf_printf(faults, "# %s: %.*s\n", err.message, STR_ARG(sql));
    return false;
}

__attribute__((format(printf, 3, 4))) static bool run(struct arena *a, struct buf *faults,
                                                      const char *fmt, ...)
{
    struct buf b = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    bool good = run_sql(a, buf_str(&b), NULL, faults);
    buf_free(&b);
    return good;
}

/* Schemas, extensions and all. */
static void clear_database(struct arena *a, struct buf *faults)
{
    struct conn_result out;
    static const char sql[] =
        "SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace WHERE nspname !~ '^pg_'"
        " AND nspname NOT IN ('information_schema', 'hypo')";
    if (run_sql(a, STR("SET client_min_messages = error"), NULL, faults) &&
        run_sql(a, str_of(sql), &out, faults))
        for (size_t i = 0; i < out.row_count; i++)
            run_sql(a, conn_cell(&out, i, 0), NULL, faults);
    run(a, faults, "CREATE SCHEMA public");
}

/* ---- its files and statistics ---- */

enum { SEGMENT_PAGES = 131072, PAGE_BYTES = 8192 };

/* A relation's file grows to so many pages, all of them empty: what the planner takes for its size
 * is the length of the file. */
static void grow(struct arena *a, const char *name, double pages, struct buf *faults)
{
    struct conn_result out;
    struct buf b = {0};
    buf_printf(&b, "SELECT pg_relation_filepath(");
    sql_add_literal(&b, str_of(name));
    buf_adds(&b, ")");
    bool good = run_sql(a, buf_str(&b), &out, faults);
    buf_free(&b);
    for (int segment = 0; good && pages > 0; segment++, pages -= SEGMENT_PAGES) {
        const char *path =
            arena_printf(a, "%s/%.*s", data_directory, STR_ARG(conn_cell(&out, 0, 0)));
        if (segment)
            path = arena_printf(a, "%s.%d", path, segment);
        FILE *f = fopen(path, segment ? "w" : "r+");
        if (!f || ftruncate(fileno(f), (off_t)(fmin(pages, SEGMENT_PAGES) * PAGE_BYTES)) != 0)
            buf_printf(faults, "# %s cannot be made longer\n", path);
        if (f)
            fclose(f);
    }
}

static void set_size(struct arena *a, const char *name, double pages, double tuples,
                     double all_visible, struct buf *faults)
{
    grow(a, name, pages, faults);
    run(a, faults,
        "UPDATE pg_class SET relpages = %.0f, reltuples = %.0f, relallvisible = %.0f"
        " WHERE oid = $pgsift$%s$pgsift$::regclass",
        pages, tuples, all_visible, name);
}

static void add_array(struct buf *b, const struct str *values, size_t count)
{
    buf_adds(b, "ARRAY[");
    for (size_t i = 0; i < count; i++) {
        buf_adds(b, i ? ", " : "");
        sql_add_literal(b, values[i]);
    }
    buf_adds(b, "]::text[]::text");
}

/* One column's row of pg_statistic: kinds 1 most common values, 2 histogram, 3 correlation. */
static void set_stats(struct arena *a, const char *table, const struct cat_column *col,
                      struct buf *faults)
{
    const struct cat_stats *s = &col->stats;
    struct buf b = {0};
    buf_printf(&b,
               "INSERT INTO pg_statistic SELECT a.attrelid, a.attnum, c.relkind = 'p', %.9g, %.0f, "
               "%.9g, %d, %d, 3, 0, 0, eq.oid, lt.oid, lt.oid, 0, 0, "
               "%s, %s, a.attcollation, 0, 0, ",
               s->null_frac, s->avg_width, s->n_distinct, s->mcv_count ? 1 : 0,
               s->bound_count ? 2 : 0, s->mcv_count ? "a.attcollation" : "0",
               s->bound_count ? "a.attcollation" : "0");
    buf_adds(&b, s->mcv_count ? "ARRAY[" : "NULL");
    for (size_t i = 0; i < s->mcv_count; i++)
        buf_printf(&b, "%s%.9g", i ? ", " : "", s->mcf[i]);
    buf_printf(&b, "%s::real[], NULL, ARRAY[%.9g]::real[], NULL, NULL, ", s->mcv_count ? "]" : "",
               isnan(s->correlation) ? 0 : s->correlation);
    const struct str *const lists[] = {s->mcv, s->bounds};
    const size_t counts[] = {s->mcv_count, s->bound_count};
    for (int k = 0; k < 2; k++) {
        if (!counts[k]) {
            buf_adds(&b, "NULL, ");
            continue;
        }
        buf_adds(&b, "array_in((");
        add_array(&b, lists[k], counts[k]);
        buf_adds(&b, ")::cstring, t.oid, -1), ");
    }
    buf_adds(&b,
             "NULL, NULL, NULL FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN "
             "pg_type ty ON ty.oid = a.atttypid JOIN pg_type t ON t.oid = CASE WHEN ty.typtype = "
             "'d' THEN ty.typbasetype WHEN a.atttypid = 'varchar'::regtype THEN 'text'::regtype "
             "ELSE a.atttypid END LEFT JOIN pg_operator eq ON eq.oprname = '=' AND eq.oprleft = "
             "t.oid AND eq.oprright = t.oid LEFT JOIN pg_operator lt ON lt.oprname = '<' AND "
             "lt.oprleft = t.oid AND lt.oprright = t.oid WHERE a.attrelid = ");
    sql_add_literal(&b, str_of(table));
    buf_adds(&b, "::regclass AND a.attname = ");
    sql_add_literal(&b, col->name);
    run_sql(a, buf_str(&b), NULL, faults);
    buf_free(&b);
}

static const char *sql_name(struct arena *a, struct str schema, struct str name)
{
    struct buf b = {0};
    cat_add_qualified(&b, schema, name);
    char *text = arena_strdup(a, b.data);
    buf_free(&b);
    return text;
}

static void set_indexes(struct arena *a, const struct catalog *cat, const struct cat_rel *rel,
                        struct buf *faults)
{
    struct access_model model;
    access_model_init(&model, a, cat);
    for (const struct cat_index *i = rel->indexes; i; i = i->next) {
        struct ix *x = ix_from_catalog(a, i);
        const char *name = sql_name(a, i->schema, i->name);
        access_size(&model, x);
        if (rel->kind != 'p')
            set_size(a, name, ceil(x->pages), x->tuples, 0, faults);
        if (!i->valid)
            run(a, faults,
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = "
                "$pgsift$%s$pgsift$::regclass",
                name);
    }
}

/* The server comes to think of its tables what the catalog does. */
static void set_facts(struct arena *a, const struct catalog *cat, struct buf *faults)
{
    for (const struct cat_rel *rel = cat->rels; rel; rel = rel->next) {
        double pages, tuples;
        const char *name = sql_name(a, rel->schema, rel->name);
        if (!strchr("rmp", rel->kind))
            continue;
        for (size_t i = 0; i < rel->column_count; i++)
            if (rel->columns[i].stats.known)
                set_stats(a, name, &rel->columns[i], faults);
        if (rel->kind == 'p' || !cat_current_size(cat, rel, &pages, &tuples))
            continue;
        set_size(a, name, ceil(pages), tuples, num_or(rel->all_visible_pages, ceil(pages)), faults);
        set_indexes(a, cat, rel, faults);
    }
}

/* One statement of the schema at a time. */
static void make_schema(struct arena *a, struct str schema, struct buf *faults)
{
    struct script script;
    script_read(a, schema, &script);
    for (size_t i = 0; i < script.query_count; i++)
        run_sql(a, script.queries[i].text, NULL, faults);
}

/* ---- the doors ---- */

/* What the connection reads for the case's statements and plans. */
static struct catalog *read_catalog(struct arena *a, const struct advice_case *c)
{
    struct live l = {.arena = a, .conn = conn};
    for (size_t i = 0; i < c->input_count; i++) {
        struct str text = buf_str(&c->inputs[i].text);
        struct read_result read;
        if (!c->inputs[i].is_plan)
            live_add_script(&l, "query", text);
        else if (read_plans(a, text, &read))
            live_add_plan(&l, read.plans[0]);
    }
    live_read_catalog(&l);
    free(l.names.names);
    return l.catalog;
}

static struct catalog *read_snapshot(struct arena *a, struct buf *faults)
{
    struct dbcat_request request = {0};
    struct err err = {0};
    struct str document;
    struct catalog *cat = dbcat_fetch(conn, a, &request, &document, &err)
                              ? cat_from_snapshot(document, "snapshot", &err)
                              : NULL;
    if (!cat)
        buf_printf(faults, "# %s\n", err.message);
    return cat;
}

/* Counters are the server's own business: those of the case are told to the catalog. */
static void set_counters(struct catalog *cat, const struct advice_case *c)
{
    for (size_t i = 0; cat && i < c->fact_count; i++)
        if (str_starts(c->facts[i], "#rel"))
            case_fact(cat, c->facts[i]);
}

static const struct advice *ask(struct arena *a, const struct advice_case *c,
                                const struct catalog *cat, bool planner, struct buf *faults)
{
    struct live l = {.arena = a, .conn = conn};
    struct planner p;
    struct err err = {0};
    if (!planner)
        return case_advise(a, c, cat, NULL);
    if (!planner_open(&p, &l, true, &err)) {
        buf_printf(faults, "# %s\n", err.message);
        return NULL;
    }
    const struct advice *adv = case_advise(a, c, cat, &p.whatif);
    planner_close(&p);
    return adv;
}

/* ---- where the planner differs ---- */

/* An index as it is compared: the server writes 'x'::text where a query has 'x', and more
 * parentheses. */
static void squeeze(struct buf *b, struct str shown)
{
    static const char cast[] = "'::text";
    for (size_t i = 0; i < shown.len; i++) {
        struct str rest = str_sub(shown, i, shown.len);
        if (str_starts(rest, cast)) {
            buf_addc(b, '\'');
            i += strlen(cast) - 1;
        } else if (!strchr("() ", shown.p[i])) {
            buf_addc(b, shown.p[i]);
        }
    }
}

enum likeness { LIKE_NOT, LIKE_LESS, LIKE_MORE, LIKE_SAME };

/* Does it end where further columns of the one wanted stand: "t (a)" of "t (a, h)"? */
static bool is_shorter(struct str want, struct str shown)
{
    ptrdiff_t end = str_find(shown, ")");
    struct str head = str_sub(shown, 0, end < 0 ? 0 : (size_t)end);
    return head.len && want.len > head.len && memcmp(want.p, head.p, head.len) == 0 &&
           want.p[head.len] == ',';
}

/* The same, with more columns behind those wanted, or with fewer of them. */
static enum likeness compare(struct str want, const char *got)
{
    struct buf w = {0}, g = {0}, shown = {0};
    add_shown(&shown, got);
    if (is_shorter(want, buf_str(&shown))) {
        buf_free(&shown);
        return LIKE_LESS;
    }
    squeeze(&w, want);
    squeeze(&g, buf_str(&shown));
    struct str rest = str_sub(buf_str(&g), w.len, g.len);
    bool begins = str_starts(buf_str(&g), w.data);
    enum likeness like = !begins                                                ? LIKE_NOT
                         : !rest.len                                            ? LIKE_SAME
                         : str_starts(rest, ",") || str_starts(rest, "INCLUDE") ? LIKE_MORE
                                                                                : LIKE_NOT;
    buf_free(&w);
    buf_free(&g);
    buf_free(&shown);
    return like;
}

static enum likeness find(const struct advice *adv, struct str forms, bool *is_wanted)
{
    enum likeness best = LIKE_NOT;
    while (forms.len) {
        ptrdiff_t bar = str_find(forms, " | ");
        size_t end = bar < 0 ? forms.len : (size_t)bar;
        for (size_t i = 0; i < adv->index_count; i++) {
            enum likeness like = compare(str_trim(str_sub(forms, 0, end)), adv->indexes[i].columns);
            is_wanted[i] |= like > LIKE_LESS;
            best = like > best ? like : best;
        }
        forms = str_sub(forms, bar < 0 ? forms.len : end + 3, forms.len);
    }
    return best;
}

/* Something not wanted: the planner's own costs fall by it, each with its reason. */
static void check_surplus(const struct advice *adv, const bool *is_wanted, bool none,
                          struct buf *faults)
{
    for (size_t i = 0; i < adv->index_count; i++) {
        const struct advice_index *x = &adv->indexes[i];
        bool cheaper = false, warned = false;
        for (size_t e = 0; e < x->effect_count; e++)
            cheaper |= x->effects[e].cost_after < x->effects[e].cost_before;
        for (size_t k = 0; k < x->caution_count; k++)
            warned |= contains(x->cautions[k], "the model sees no gain") ||
                      contains(x->cautions[k], "were said");
        if (is_wanted[i])
            continue;
        printf("# planner only: %s, saves %.3f\n", x->columns, x->marginal_share);
        if (!cheaper || !x->rationale || (none && !warned))
            buf_printf(faults, "# no reason is given for %s\n", x->columns);
    }
}

static bool has_note(const struct advice *adv)
{
    bool found = false;
    for (size_t i = 0; i < adv->note_count; i++)
        found |= adv->notes[i].kind == NOTE_REJECTED || adv->notes[i].kind == NOTE_NO_INDEX_HELPS;
    return found;
}

/*
 * The planner's answer against the one wanted: the same indexes, or with more columns (which the
 * rationale explains); what is missing is explained by a note, what is new, or shorter (to the
 * planner the rest made no difference), by the costs.
 */
static bool check_planned(struct arena *a, const struct advice_case *c, const struct advice *adv,
                          struct buf *faults)
{
    bool *is_wanted = arena_calloc(a, adv->index_count + 1, sizeof *is_wanted);
    bool none = false, same = true, counted = false;
    size_t wanted = 0;
    for (size_t i = 0; i < c->want_count; i++) {
        struct str want = c->wants[i], what;
        ptrdiff_t space = str_find(want, " ");
        what = str_dup(a, str_trim(str_sub(want, (size_t)space, want.len)));
        none |= str_starts(want, "#none");
        counted |= none || str_starts(want, "#index");
        if (str_starts(want, "#says") && !says(adv, what.p, true))
            add_fault(faults, want);
        if (!str_starts(want, "#index"))
            continue;
        enum likeness like = find(adv, what, is_wanted);
        wanted++;
        same &= like == LIKE_SAME;
        if (like == LIKE_NOT) {
            printf("# not by the planner: %.*s\n", STR_ARG(what));
            if (!has_note(adv))
                buf_printf(faults, "# no reason is given why there is no %.*s\n", STR_ARG(what));
        }
    }
    if (counted)
        check_surplus(adv, is_wanted, none, faults);
    for (size_t q = 0; q < adv->query_count; q++)
        if (!adv->queries[q].answer || !*adv->queries[q].answer)
            buf_printf(faults, "# query %zu has no answer\n", q);
    return same && (!counted || adv->index_count == wanted);
}

static void tell(const char *file, const struct advice_case *c, const char *door,
                 const struct advice *adv, struct buf *faults)
{
    if (!ok(!faults->len, "%s: %.*s (%s)", file, STR_ARG(c->name), door)) {
        fputs(faults->data, stdout);
        if (adv)
            print_got(adv);
    }
    buf_clear(faults);
}

static void run_case(const char *file, const struct advice_case *c)
{
    struct arena *a = arena_new(0);
    struct buf faults = {0};
    const char *bad;
    struct catalog *ddl = case_catalog(c, &bad);
    clear_database(a, &faults);
    make_schema(a, buf_str(&c->schema), &faults);
    set_facts(a, ddl, &faults);
    tell(file, c, "made", NULL, &faults);
    struct catalog *live = read_catalog(a, c), *whole = read_snapshot(a, &faults);
    set_counters(live, c);
    set_counters(whole, c);
    const struct advice *adv;
    const struct catalog *cats[] = {live, whole, live};
    static const char *const doors[] = {"connection", "snapshot of the server", "planner"};
    for (int i = 0; i < 3; i++) {
        adv = ask(a, c, cats[i], i == 2, &faults);
        if (adv && i == 2)
            alike += check_planned(a, c, adv, &faults);
        else if (adv)
            check(a, c, adv, &faults);
        tell(file, c, doors[i], adv, &faults);
    }
    cases++;
    buf_free(&faults);
    cat_free(whole);
    cat_free(live);
    cat_free(ddl);
    arena_free(a);
}

int main(void)
{
    struct conn_options o = {.never_ask = true};
    struct err err = {0};
    struct arena *a = arena_new(0);
    struct buf faults = {0};
    struct conn_result out;
    conn = conn_open(&o, &err);
    if (!conn) {
        printf("Bail out! %s\n", err.message);
        return 1;
    }
    if (run_sql(a, STR("SHOW data_directory"), &out, &faults))
        data_directory = arena_strndup(a, conn_cell(&out, 0, 0).p, conn_cell(&out, 0, 0).len);
    run_files(run_case);
    ok(cases >= 240 && alike >= cases * 9 / 10, "the planner's answer is the same to %zu of %zu",
       alike, cases);
    conn_close(conn);
    arena_free(a);
    return done();
}
