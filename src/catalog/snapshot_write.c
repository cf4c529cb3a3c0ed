/*
 * A catalog as a snapshot. Object numbers are made up: a relation's is its place in the
 * catalog; the same catalog gives the same text.
 */
#include <math.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"
#include "catalog/build.h"
#include "catalog/snapshot.h"

/* Where the server's own objects end (FirstNormalObjectId). */
enum { FIRST_OID = 16384 };

struct numbered {
    const void *object;
    int64_t oid;
};

struct writer {
    const struct catalog *cat;
    struct json_writer json;
    bool values;
    struct arena *scratch;
    struct numbered *oids; /* open addressing by address */
    size_t capacity;
    int64_t next_oid;
};

static struct numbered *slot_of(const struct writer *w, const void *object)
{
    size_t i = ((uintptr_t)object >> 4) * 2654435761u % w->capacity;
    while (w->oids[i].object && w->oids[i].object != object)
        i = (i + 1) % w->capacity;
    return &w->oids[i];
}

static void number(struct writer *w, const void *object)
{
    *slot_of(w, object) = (struct numbered){object, w->next_oid++};
}

static void number_all(struct writer *w)
{
    size_t count = 0;
    for (const struct cat_rel *rel = w->cat->rels; rel; rel = rel->next) {
        count++;
        for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
            count++;
    }
    w->capacity = 2 * count + 1;
    w->oids = arena_calloc(w->scratch, w->capacity, sizeof *w->oids);
    for (const struct cat_rel *rel = w->cat->rels; rel; rel = rel->next)
        number(w, rel);
    for (const struct cat_rel *rel = w->cat->rels; rel; rel = rel->next)
        for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
            number(w, ix);
}

static int64_t oid_of(const struct writer *w, const void *object)
{
    return slot_of(w, object)->oid;
}

static void put_text(struct writer *w, const char *key, struct str s)
{
    json_key(&w->json, key);
    if (s.p)
        json_string(&w->json, s);
    else
        json_null(&w->json);
}

static void put_char(struct writer *w, const char *key, char c)
{
    put_text(w, key, c ? (struct str){&c, 1} : (struct str){0});
}

static void put_bool(struct writer *w, const char *key, bool v)
{
    json_key(&w->json, key);
    json_boolean(&w->json, v);
}

static void put_int(struct writer *w, const char *key, int64_t v)
{
    json_key(&w->json, key);
    json_int(&w->json, v);
}

/* Not known: null. */
static void put_num(struct writer *w, const char *key, double v)
{
    json_key(&w->json, key);
    json_number(&w->json, v);
}

static void put_names(struct writer *w, const char *key, const struct str *names, size_t count)
{
    json_key(&w->json, key);
    json_open_array(&w->json);
    for (size_t i = 0; i < count; i++)
        json_string(&w->json, names[i]);
    json_close_array(&w->json);
}

/* Texts that are values of the database: null when they are to be left out or there are none. */
static void put_values(struct writer *w, const char *key, const struct str *values, size_t count)
{
    if (w->values && count && values[0].p) {
        put_names(w, key, values, count);
        return;
    }
    json_key(&w->json, key);
    json_null(&w->json);
}

static void put_numbers(struct writer *w, const char *key, const double *numbers, size_t count)
{
    json_key(&w->json, key);
    if (!count) {
        json_null(&w->json);
        return;
    }
    json_open_array(&w->json);
    for (size_t i = 0; i < count; i++)
        json_number(&w->json, numbers[i]);
    json_close_array(&w->json);
}

static void put_stats(struct writer *w, const struct cat_stats *s)
{
    put_num(w, "null_frac", s->null_frac);
    put_num(w, "avg_width", s->avg_width);
    put_num(w, "n_distinct", s->n_distinct);
    put_values(w, "mcv", s->mcv, s->mcv_count);
    put_numbers(w, "mcf", s->mcf, s->mcv_count);
    put_values(w, "hist", s->bounds, s->bound_count);
    put_num(w, "correlation", s->correlation);
    put_values(w, "mce", s->elems, s->elem_count);
    put_numbers(w, "mcef", s->elem_freqs, s->elem_count);
}

static void put_server(struct writer *w)
{
    const struct catalog *cat = w->cat;
    json_key(&w->json, "server");
    json_open_object(&w->json);
    put_int(w, "version_num", cat->version_num);
    put_text(w, "database", cat->database);
    put_num(w, "block_size", cat->block_size);
    put_names(w, "search_path", cat->search_path, cat->search_path_count);
    put_bool(w, "values", w->values);
    put_text(w, "db_collate", cat->db_collate);
    put_char(w, "db_locprovider", cat->db_provider);
    put_text(w, "db_locale", cat->db_locale);
    put_text(w, "stats_reset", cat->stats_reset);
    json_close_object(&w->json);
}

static void put_settings(struct writer *w)
{
    json_key(&w->json, "settings");
    json_open_object(&w->json);
    for (const struct cat_setting *s = w->cat->settings; s; s = s->next) {
        json_key_str(&w->json, s->name);
        json_open_object(&w->json);
        put_text(w, "setting", s->value);
        put_text(w, "unit", s->unit);
        json_close_object(&w->json);
    }
    json_close_object(&w->json);
}

/* Storage parameters as reloptions has them: ["fillfactor=70"]. */
static void put_options(struct writer *w, double fillfactor, double parallel_workers)
{
    json_key(&w->json, "reloptions");
    if (isnan(fillfactor) && isnan(parallel_workers)) {
        json_null(&w->json);
        return;
    }
    struct buf b = {0};
    json_open_array(&w->json);
    if (!isnan(fillfactor)) {
        buf_printf(&b, "fillfactor=%.0f", fillfactor);
        json_string(&w->json, buf_str(&b));
        buf_clear(&b);
    }
    if (!isnan(parallel_workers)) {
        buf_printf(&b, "parallel_workers=%.0f", parallel_workers);
        json_string(&w->json, buf_str(&b));
    }
    json_close_array(&w->json);
    buf_free(&b);
}

static void put_activity(struct writer *w, const struct cat_rel *rel)
{
    json_key(&w->json, "stat");
    json_open_object(&w->json);
    put_num(w, "seq_scan", rel->seq_scans);
    put_num(w, "n_tup_ins", rel->inserts);
    put_num(w, "n_tup_upd", rel->updates);
    put_num(w, "n_tup_del", rel->deletes);
    put_num(w, "n_tup_hot_upd", rel->hot_updates);
    put_num(w, "n_live_tup", rel->live_tuples);
    put_num(w, "n_dead_tup", rel->dead_tuples);
    put_num(w, "n_mod_since_analyze", rel->modified_since_analyze);
    put_text(w, "last_vacuum", rel->last_vacuum);
    put_text(w, "last_analyze", rel->last_analyze);
    json_close_object(&w->json);
}

static void put_parents(struct writer *w, const struct cat_rel *rel)
{
    json_key(&w->json, "parents");
    if (!rel->parent) {
        json_null(&w->json);
        return;
    }
    json_open_array(&w->json);
    json_int(&w->json, oid_of(w, rel->parent));
    json_close_array(&w->json);
}

static void put_relation(struct writer *w, const struct cat_rel *rel)
{
    json_open_object(&w->json);
    put_int(w, "oid", oid_of(w, rel));
    put_text(w, "schema", rel->schema);
    put_text(w, "name", rel->name);
    put_char(w, "kind", rel->kind);
    put_char(w, "persistence", rel->persistence);
    put_bool(w, "is_partition", rel->is_partition);
    put_text(w, "partition_key", rel->partition_key);
    put_text(w, "partition_bound", rel->partition_bound);
    put_parents(w, rel);
    put_text(w, "view_def", rel->view_sql);
    if (rel->columns_open)
        put_bool(w, "columns_open", true);
    put_num(w, "relpages", rel->pages);
    put_num(w, "reltuples", rel->tuples);
    put_num(w, "relallvisible", rel->all_visible_pages);
    put_num(w, "size_bytes", rel->size_bytes);
    put_options(w, rel->fillfactor, rel->parallel_workers);
    put_bool(w, "rls_active", rel->row_security);
    put_bool(w, "can_select", !rel->cannot_select);
    put_activity(w, rel);
    json_close_object(&w->json);
}

static void put_collation(struct writer *w, struct str collation)
{
    if (!collation.len) {
        put_text(w, "collation", collation);
        return;
    }
    struct buf b = {0};
    cat_add_ident(&b, collation);
    put_text(w, "collation", buf_str(&b));
    buf_free(&b);
}

static void put_column(struct writer *w, const struct cat_rel *rel, const struct cat_column *col)
{
    json_open_object(&w->json);
    put_int(w, "rel", oid_of(w, rel));
    put_int(w, "num", col->num);
    put_text(w, "name", col->name);
    put_text(w, "type", col->type);
    put_char(w, "type_category", col->category);
    put_text(w, "base_type_name", col->base_type);
    put_int(w, "typlen", col->typlen);
    put_char(w, "align", col->align);
    put_bool(w, "not_null", col->not_null);
    put_collation(w, col->collation);
    put_text(w, "collate", col->collate);
    put_char(w, "generated", !col->generated ? 0 : col->virtual_column ? 'v' : 's');
    json_key(&w->json, "stats");
    if (col->stats.known) {
        json_open_array(&w->json);
        json_open_object(&w->json);
        put_bool(w, "inherited", rel->kind == 'p');
        put_stats(w, &col->stats);
        json_close_object(&w->json);
        json_close_array(&w->json);
    } else {
        json_null(&w->json);
    }
    json_close_object(&w->json);
}

static int column_number(const struct cat_rel *rel, struct str name)
{
    const struct cat_column *col = cat_find_column(rel, name);
    return col ? col->num : -1;
}

static void put_key(struct writer *w, const struct cat_index *ix, size_t k)
{
    const struct cat_key *key = &ix->keys[k];
    struct buf b = {0};
    bool is_key = k < ix->key_count;
    if (key->column.len)
        cat_add_ident(&b, key->column);
    else
        buf_addstr(&b, key->expr);
    json_open_object(&w->json);
    put_int(w, "pos", (int64_t)k + 1);
    put_int(w, "attnum", key->column.len ? column_number(ix->rel, key->column) : 0);
    put_text(w, "def", buf_str(&b));
    if (key->expr.len) {
        buf_clear(&b);
        buf_printf(&b, "key%zu", k + 1);
        put_text(w, "att", buf_str(&b));
    }
    buf_free(&b);
    put_bool(w, "key", is_key);
    if (is_key) {
        put_bool(w, "desc", key->desc);
        put_bool(w, "nulls_first", key->nulls_first);
        put_text(w, "opclass", key->opclass);
        put_bool(w, "opclass_default", !key->opclass.len);
        put_text(w, "collation", key->collation);
    }
    json_close_object(&w->json);
}

static void put_expressions(struct writer *w, const struct cat_index *ix)
{
    struct buf b = {0};
    for (size_t k = 0; k < ix->total_count; k++)
        if (ix->keys[k].expr.len) {
            buf_adds(&b, b.len ? ", " : "");
            buf_addstr(&b, ix->keys[k].expr);
        }
    put_text(w, "exprs", b.len ? buf_str(&b) : (struct str){0});
    buf_free(&b);
}

static void put_constraint_of(struct writer *w, const struct cat_index *ix)
{
    json_key(&w->json, "constraint");
    if (!ix->constraint.len) {
        json_null(&w->json);
        return;
    }
    json_open_object(&w->json);
    put_text(w, "name", ix->constraint);
    put_char(w, "type", ix->primary ? 'p' : ix->exclusion ? 'x' : 'u');
    json_close_object(&w->json);
}

static void put_index(struct writer *w, const struct cat_index *ix)
{
    json_open_object(&w->json);
    put_int(w, "oid", oid_of(w, ix));
    put_int(w, "rel", oid_of(w, ix->rel));
    put_text(w, "name", ix->name);
    put_text(w, "def", ix->definition);
    put_text(w, "am", ix->am);
    json_key(&w->json, "parent");
    if (ix->parent)
        json_int(&w->json, oid_of(w, ix->parent));
    else
        json_null(&w->json);
    put_bool(w, "unique", ix->unique);
    put_bool(w, "primary", ix->primary);
    put_bool(w, "exclusion", ix->exclusion);
    put_bool(w, "immediate", !ix->deferrable);
    put_bool(w, "valid", ix->valid);
    put_bool(w, "replica_identity", ix->replica_identity);
    put_bool(w, "clustered", ix->clustered);
    put_bool(w, "nulls_not_distinct", ix->nulls_not_distinct);
    put_text(w, "pred", ix->predicate);
    put_expressions(w, ix);
    put_num(w, "relpages", ix->pages);
    put_num(w, "reltuples", ix->tuples);
    put_num(w, "size_bytes", ix->size_bytes);
    put_names(w, "reloptions", ix->options, ix->option_count);
    put_constraint_of(w, ix);
    json_key(&w->json, "stat");
    json_open_object(&w->json);
    put_num(w, "idx_scan", ix->scans);
    json_close_object(&w->json);
    json_key(&w->json, "keys");
    json_open_array(&w->json);
    for (size_t k = 0; k < ix->total_count; k++)
        put_key(w, ix, k);
    json_close_array(&w->json);
    json_close_object(&w->json);
}

static void put_expr_stats(struct writer *w, const struct cat_index *ix)
{
    for (size_t k = 0; k < ix->total_count; k++) {
        if (!ix->keys[k].expr.len || !ix->keys[k].stats.known)
            continue;
        struct buf b = {0};
        buf_printf(&b, "key%zu", k + 1);
        json_open_object(&w->json);
        put_text(w, "index", ix->name);
        put_text(w, "schema", ix->schema);
        put_text(w, "att", buf_str(&b));
        put_stats(w, &ix->keys[k].stats);
        json_close_object(&w->json);
        buf_free(&b);
    }
}

static void put_column_numbers(struct writer *w, const char *key, const struct cat_rel *rel,
                               const struct str *columns, size_t count)
{
    json_key(&w->json, key);
    json_open_array(&w->json);
    for (size_t i = 0; rel && i < count; i++)
        json_int(&w->json, column_number(rel, columns[i]));
    json_close_array(&w->json);
}

static void put_fk(struct writer *w, const struct cat_fk *fk)
{
    static const char codes[] = "arcnd";
    json_open_object(&w->json);
    put_text(w, "name", fk->name);
    put_text(w, "type", STR("f"));
    put_int(w, "rel", oid_of(w, fk->rel));
    put_column_numbers(w, "cols", fk->rel, fk->columns, fk->column_count);
    json_key(&w->json, "ref_rel");
    if (fk->ref)
        json_int(&w->json, oid_of(w, fk->ref));
    else
        json_null(&w->json);
    put_column_numbers(w, "ref_cols", fk->ref, fk->ref_columns, fk->column_count);
    put_text(w, "ref_schema", fk->ref_schema);
    put_text(w, "ref_name", fk->ref_name);
    put_names(w, "ref_col_names", fk->ref_columns, fk->column_count);
    put_char(w, "on_delete", codes[fk->on_delete]);
    put_char(w, "on_update", codes[fk->on_update]);
    put_bool(w, "enforced", !fk->not_enforced);
    json_key(&w->json, "parent_rel");
    if (fk->inherited && fk->rel->parent)
        json_int(&w->json, oid_of(w, fk->rel->parent));
    else
        json_null(&w->json);
    json_close_object(&w->json);
}

static void put_kinds(struct writer *w, const struct cat_ext_stats *x)
{
    json_key(&w->json, "kinds");
    json_open_array(&w->json);
    if (x->ndistinct)
        json_cstring(&w->json, "d");
    if (x->dependencies)
        json_cstring(&w->json, "f");
    if (x->mcv)
        json_cstring(&w->json, "m");
    if (x->has_expressions)
        json_cstring(&w->json, "e");
    json_close_array(&w->json);
}

static void put_ext_stats(struct writer *w, const struct cat_rel *rel,
                          const struct cat_ext_stats *x)
{
    json_open_object(&w->json);
    put_int(w, "rel", oid_of(w, rel));
    put_text(w, "name", x->name);
    put_column_numbers(w, "cols", rel, x->columns, x->column_count);
    put_kinds(w, x);
    json_key(&w->json, "data");
    json_open_object(&w->json);
    struct buf b = {0};
    for (size_t i = 0; i < x->column_count && !isnan(x->ndistinct_value); i++)
        buf_printf(&b, "%s%d", i ? ", " : "{\"", column_number(rel, x->columns[i]));
    if (b.len) {
        buf_adds(&b, "\": ");
        text_add_decimal(&b, x->ndistinct_value, 0, false);
        buf_addc(&b, '}');
    }
    put_text(w, "n_distinct", b.len ? buf_str(&b) : (struct str){0});
    buf_free(&b);
    json_close_object(&w->json);
    json_close_object(&w->json);
}

static void put_extensions(struct writer *w)
{
    json_key(&w->json, "extensions");
    if (!w->cat->extensions_known) {
        json_null(&w->json);
        return;
    }
    json_open_object(&w->json);
    for (size_t i = 0; i < w->cat->extension_count; i++) {
        json_key_str(&w->json, w->cat->extensions[i]);
        json_null(&w->json);
    }
    json_close_object(&w->json);
}

static void put_relations(struct writer *w)
{
    json_key(&w->json, "relations");
    json_open_array(&w->json);
    for (const struct cat_rel *rel = w->cat->rels; rel; rel = rel->next)
        put_relation(w, rel);
    json_close_array(&w->json);
    json_key(&w->json, "columns");
    json_open_array(&w->json);
    for (const struct cat_rel *rel = w->cat->rels; rel; rel = rel->next)
        for (size_t i = 0; i < rel->column_count; i++)
            put_column(w, rel, &rel->columns[i]);
    json_close_array(&w->json);
}

static void put_indexes(struct writer *w)
{
    json_key(&w->json, "indexes");
    json_open_array(&w->json);
    for (const struct cat_rel *rel = w->cat->rels; rel; rel = rel->next)
        for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
            put_index(w, ix);
    json_close_array(&w->json);
    json_key(&w->json, "expr_stats");
    json_open_array(&w->json);
    for (const struct cat_rel *rel = w->cat->rels; rel; rel = rel->next)
        for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
            put_expr_stats(w, ix);
    json_close_array(&w->json);
}

static void put_rest(struct writer *w)
{
    json_key(&w->json, "constraints");
    json_open_array(&w->json);
    for (const struct cat_fk *fk = w->cat->fks; fk; fk = fk->next)
        put_fk(w, fk);
    json_close_array(&w->json);
    json_key(&w->json, "ext_stats");
    json_open_array(&w->json);
    for (const struct cat_rel *rel = w->cat->rels; rel; rel = rel->next)
        for (const struct cat_ext_stats *x = rel->ext_stats; x; x = x->next)
            put_ext_stats(w, rel, x);
    json_close_array(&w->json);
    put_extensions(w);
}

void cat_to_snapshot(const struct catalog *cat, bool values, struct buf *out)
{
    struct writer w = {.cat = cat, .values = values, .next_oid = FIRST_OID};
    w.scratch = arena_new(0);
    json_writer_init(&w.json, out, false);
    number_all(&w);
    json_open_object(&w.json);
    put_int(&w, "pgsift_snapshot", CAT_SNAPSHOT_VERSION);
    put_server(&w);
    put_settings(&w);
    put_relations(&w);
    put_indexes(&w);
    put_rest(&w);
    json_close_object(&w.json);
    buf_addc(out, '\n');
    arena_free(w.scratch);
}
