#include "catalog/snapshot.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "catalog/ddl.h"
#include "catalog/snapshot_read.h"
#include "catalog/type.h"

struct str cat_snapshot_keep(struct snapshot *s, struct str text)
{
    return text.p ? str_dup(s->cat->arena, text) : text;
}

struct str cat_snapshot_sql(struct snapshot *s, struct str text)
{
    if (!text.p)
        return text;
    char *out = arena_alloc(s->cat->arena, text.len + 1);
    size_t n = 0;
    char quote = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.p[i];
        if (!quote && (c == '\'' || c == '"'))
            quote = c;
        else if (quote && c == quote)
            quote = 0;
        bool blank = !quote && strchr(" \t\r\n", c) && c;
        if (!blank)
            out[n++] = c;
        else if (n && out[n - 1] != ' ' && out[n - 1] != '(')
            out[n++] = ' ';
    }
    return (struct str){out, n};
}

void cat_snapshot_problem(struct snapshot *s, const char *what, double oid)
{
    struct cat_problem p = {.file = s->file};
    p.message = str_of(
        arena_printf(s->cat->arena, "%s of relation %.0f, which the snapshot lacks", what, oid));
    cat_add_problem(s->cat, p);
}

static int by_oid(const void *a, const void *b)
{
    double x = ((const struct snapshot_oid *)a)->oid, y = ((const struct snapshot_oid *)b)->oid;
    return (x > y) - (x < y);
}

static void *find_oid(const struct snapshot_oid *map, size_t count, double oid)
{
    struct snapshot_oid key = {.oid = oid};
    const struct snapshot_oid *hit = bsearch(&key, map, count, sizeof *map, by_oid);
    return hit ? hit->value : NULL;
}

struct cat_rel *cat_snapshot_rel(const struct snapshot *s, double oid)
{
    return find_oid(s->rels, s->rel_count, oid);
}

struct str cat_snapshot_column(const struct cat_rel *rel, double attnum)
{
    for (size_t i = 0; rel && i < rel->column_count; i++)
        if (rel->columns[i].num == (int)attnum)
            return rel->columns[i].name;
    return (struct str){0};
}

/* The number after "name=" in reloptions. */
double cat_snapshot_option(const struct json *options, const char *name)
{
    size_t n = strlen(name);
    for (const struct json *e = json_first(options); e; e = e->next) {
        double v;
        if (str_starts(e->text, name) && e->text.len > n && e->text.p[n] == '=' &&
            str_to_double(str_sub(e->text, n + 1, e->text.len), &v))
            return v;
    }
    return NAN;
}

static char letter(const struct json *v, const char *key, char otherwise)
{
    struct str s = json_str(v, key);
    return s.len ? s.p[0] : otherwise;
}

static struct str later(struct str a, struct str b)
{
    return !a.len ? b : !b.len ? a : str_cmp(a, b) < 0 ? b : a;
}

static void read_activity(struct snapshot *s, struct cat_rel *rel, const struct json *stat)
{
    rel->seq_scans = json_num(stat, "seq_scan", NAN);
    rel->inserts = json_num(stat, "n_tup_ins", NAN);
    rel->updates = json_num(stat, "n_tup_upd", NAN);
    rel->deletes = json_num(stat, "n_tup_del", NAN);
    rel->hot_updates = json_num(stat, "n_tup_hot_upd", NAN);
    rel->live_tuples = json_num(stat, "n_live_tup", NAN);
    rel->dead_tuples = json_num(stat, "n_dead_tup", NAN);
    rel->modified_since_analyze = json_num(stat, "n_mod_since_analyze", NAN);
    rel->last_analyze = cat_snapshot_keep(
        s, later(json_str(stat, "last_analyze"), json_str(stat, "last_autoanalyze")));
    rel->last_vacuum = cat_snapshot_keep(
        s, later(json_str(stat, "last_vacuum"), json_str(stat, "last_autovacuum")));
}

/* Since 14, -1 says that nothing was counted yet; before, a bare 0 does. */
static void read_counts(struct snapshot *s, struct cat_rel *rel, const struct json *v)
{
    rel->pages = json_num(v, "relpages", NAN);
    rel->tuples = json_num(v, "reltuples", NAN);
    rel->all_visible_pages = json_num(v, "relallvisible", NAN);
    rel->size_bytes = json_num(v, "size_bytes", NAN);
    bool old = s->cat->version_num && s->cat->version_num < 140000;
    if (rel->tuples < 0 || (old && rel->tuples == 0 && rel->pages == 0))
        rel->tuples = rel->pages = rel->all_visible_pages = NAN;
    if (rel->pages < 0) /* a partitioned table after ANALYZE */
        rel->pages = rel->all_visible_pages = NAN;
}

static struct str view_query(struct str def)
{
    def = str_trim(def);
    return str_ends(def, ";") ? str_sub(def, 0, def.len - 1) : def;
}

static void read_relation(struct snapshot *s, const struct json *v)
{
    struct str schema = cat_snapshot_keep(s, json_str(v, "schema"));
    struct str name = cat_snapshot_keep(s, json_str(v, "name"));
    struct cat_rel *rel = cat_new_rel(s->cat, schema, name);
    const struct json *options = json_get(v, "reloptions");
    rel->kind = letter(v, "kind", 'r');
    rel->persistence = letter(v, "persistence", 'p');
    rel->is_partition = json_bool(v, "is_partition", false);
    rel->partition_key = cat_snapshot_keep(s, json_str(v, "partition_key"));
    rel->partition_bound = cat_snapshot_keep(s, json_str(v, "partition_bound"));
    rel->view_sql = cat_snapshot_keep(s, view_query(json_str(v, "view_def")));
    rel->columns_open = json_bool(v, "columns_open", false);
    rel->cannot_select = !json_bool(v, "can_select", true);
    rel->row_security = json_bool(v, "rls_active", json_bool(v, "row_security", false));
    rel->fillfactor = cat_snapshot_option(options, "fillfactor");
    rel->parallel_workers = cat_snapshot_option(options, "parallel_workers");
    read_counts(s, rel, v);
    read_activity(s, rel, json_get(v, "stat"));
    cat_put_rel(s->cat, rel);
    s->rels[s->rel_count++] =
        (struct snapshot_oid){json_num(v, "oid", -(double)s->rel_count - 1), rel};
}

static void link_parents(struct snapshot *s, const struct json *relations)
{
    for (const struct json *v = json_first(relations); v; v = v->next) {
        const struct json *parent = json_first(json_get(v, "parents"));
        struct cat_rel *rel = cat_snapshot_rel(s, json_num(v, "oid", -1));
        if (!parent || !rel)
            continue;
        struct cat_rel *up = cat_snapshot_rel(s, parent->number);
        const struct cat_rel *top = up;
        while (top && top != rel)
            top = top->parent;
        if (!top) /* else its own ancestor: not what any server says */
            rel->parent = up;
    }
}

static void read_relations(struct snapshot *s, const struct json *relations)
{
    s->rels = arena_calloc(s->scratch, relations ? relations->count : 0, sizeof *s->rels);
    for (const struct json *v = json_first(relations); v; v = v->next)
        if (json_str(v, "name").len)
            read_relation(s, v);
    qsort(s->rels, s->rel_count, sizeof *s->rels, by_oid);
    link_parents(s, relations);
}

static void read_setting(struct snapshot *s, const struct json *v)
{
    struct str value = json_str(v, "setting");
    if (v->kind == JSON_STRING)
        value = v->text;
    if (value.p)
        cat_set_setting(s->cat, v->key, value, json_str(v, "unit"));
}

static void read_search_path(struct snapshot *s, const struct json *server)
{
    const struct json *list = json_get(server, "search_path");
    struct str setting = cat_setting_text(s->cat, "search_path");
    struct catalog *cat = s->cat;
    if (list && list->kind == JSON_ARRAY) {
        struct str *path = arena_calloc(cat->arena, list->count, sizeof *path);
        cat->search_path_count = 0;
        for (const struct json *e = json_first(list); e; e = e->next)
            path[cat->search_path_count++] = cat_snapshot_keep(s, e->text);
        cat->search_path = path;
    } else if (setting.p) {
        cat->search_path = cat_parse_search_path(cat->arena, setting, &cat->search_path_count);
    }
}

static void read_server(struct snapshot *s, const struct json *server)
{
    struct catalog *cat = s->cat;
    cat->version_num = (int)json_num(server, "version_num", 0);
    cat->database = cat_snapshot_keep(s, json_str(server, "database"));
    cat->db_collate = cat_snapshot_keep(s, json_str(server, "db_collate"));
    cat->db_provider = letter(server, "db_locprovider", 0);
    cat->db_locale = cat_snapshot_keep(s, json_str(server, "db_locale"));
    cat->block_size = json_num(server, "block_size", 8192);
    if (!(cat->block_size >= 1024))
        cat->block_size = 8192;
    cat->stats_reset = cat_snapshot_keep(s, json_str(server, "stats_reset"));
}

static void read_extensions(struct snapshot *s, const struct json *extensions)
{
    struct catalog *cat = s->cat;
    if (!extensions || extensions->kind != JSON_OBJECT)
        return;
    struct str *names = arena_calloc(cat->arena, extensions->count, sizeof *names);
    for (const struct json *e = json_first(extensions); e; e = e->next)
        names[cat->extension_count++] = cat_snapshot_keep(s, e->key);
    cat->extensions = names;
    cat->extensions_known = true;
}

static void read_document(struct snapshot *s, const struct json *doc)
{
    read_server(s, json_get(doc, "server"));
    for (const struct json *v = json_first(json_get(doc, "settings")); v; v = v->next)
        read_setting(s, v);
    read_search_path(s, json_get(doc, "server"));
    read_extensions(s, json_get(doc, "extensions"));
    read_relations(s, json_get(doc, "relations"));
    cat_snapshot_columns(s, json_get(doc, "columns"));
    cat_snapshot_indexes(s, json_get(doc, "indexes"), json_get(doc, "expr_stats"));
    cat_snapshot_constraints(s, json_get(doc, "constraints"));
    cat_snapshot_ext_stats(s, json_get(doc, "ext_stats"));
    cat_finish(s->cat);
}

static bool is_snapshot(const struct json *doc, struct err *err)
{
    double version = json_num(doc, "pgsift_snapshot", 1);
    if (version > CAT_SNAPSHOT_VERSION) {
        err_set(err, ERR_VERSION, "the snapshot is of version %.0f; this program reads up to %d",
                version, CAT_SNAPSHOT_VERSION);
        err_hint(err, "use a later pgsift, or take the snapshot with this one's script");
        return false;
    }
    const struct json *relations = json_get(doc, "relations"), *columns = json_get(doc, "columns");
    if (!relations || !columns || (relations->kind != JSON_ARRAY && relations->kind != JSON_NULL)) {
        err_set(err, ERR_CATALOG, "the document is no catalog snapshot: it has no relations");
        err_hint(err, "take one with: psql -XAtq -f snapshot.sql > catalog.json");
        return false;
    }
    return true;
}

/* psql may have been left in another mode: a document may come with lines around it. */
static struct str trim_document(struct str text)
{
    if (str_starts(text, "\xEF\xBB\xBF"))
        text = str_sub(text, 3, text.len);
    return str_trim(text);
}

struct catalog *cat_from_snapshot(struct str text, const char *file_name, struct err *err)
{
    struct arena *scratch = arena_new(0);
    const struct json *doc = json_parse(scratch, trim_document(text), err);
    struct catalog *cat = NULL;
    if (!doc)
        err_hint(err, "was the snapshot cut off, or something printed into it?");
    else if (is_snapshot(doc, err)) {
        struct snapshot s = {.cat = cat_new(CAT_DOOR_SNAPSHOT), .scratch = scratch};
        s.file = cat_snapshot_keep(&s, str_of(file_name));
        read_document(&s, doc);
        cat = s.cat;
    }
    arena_free(scratch);
    return cat;
}

struct catalog *cat_open(struct str text, const char *file_name, struct err *err)
{
    struct str rest = trim_document(text);
    if (rest.len && rest.p[0] == '{')
        return cat_from_snapshot(text, file_name, err);
    return cat_from_ddl(text, file_name, err);
}
