#include "catalog/catalog.h"

#include <math.h>

#include "base/arena.h"
#include "catalog/build.h"
#include "catalog/names.h"

struct cat_lookup {
    struct cat_names *rels;
    struct cat_names *indexes;
    struct cat_rel **rel_tail;
    struct cat_fk **fk_tail;
    struct cat_problem **problem_tail;
};

static const struct str default_path[] = {{"public", 6}};

struct catalog *cat_new(enum cat_door door)
{
    struct arena *a = arena_new(0);
    struct catalog *cat = arena_alloc(a, sizeof *cat);
    cat->arena = a;
    cat->door = door;
    cat->block_size = 8192;
    cat->search_path = default_path;
    cat->search_path_count = 1;
    cat->lookup = arena_alloc(a, sizeof *cat->lookup);
    cat->lookup->rels = cat_names_new(a);
    cat->lookup->indexes = cat_names_new(a);
    cat->lookup->rel_tail = &cat->rels;
    cat->lookup->fk_tail = &cat->fks;
    cat->lookup->problem_tail = &cat->problems;
    return cat;
}

void cat_free(struct catalog *cat)
{
    if (cat)
        arena_free(cat->arena);
}

void cat_unknown_stats(struct cat_stats *s)
{
    *s = (struct cat_stats){
        .null_frac = NAN, .avg_width = NAN, .n_distinct = NAN, .correlation = NAN};
}

struct cat_rel *cat_new_rel(struct catalog *cat, struct str schema, struct str name)
{
    struct cat_rel *rel = arena_alloc(cat->arena, sizeof *rel);
    *rel = (struct cat_rel){.schema = schema, .name = name, .kind = 'r', .persistence = 'p'};
    rel->pages = rel->tuples = rel->all_visible_pages = rel->size_bytes = NAN;
    rel->fillfactor = rel->parallel_workers = NAN;
    rel->seq_scans = rel->inserts = rel->updates = rel->deletes = rel->hot_updates = NAN;
    rel->live_tuples = rel->dead_tuples = rel->modified_since_analyze = NAN;
    return rel;
}

struct cat_index *cat_new_index(struct catalog *cat, struct cat_rel *rel, struct str name)
{
    struct cat_index *ix = arena_alloc(cat->arena, sizeof *ix);
    *ix = (struct cat_index){.schema = rel->schema, .name = name, .rel = rel, .valid = true};
    ix->am = STR("btree");
    ix->fillfactor = ix->pages = ix->tuples = ix->size_bytes = ix->scans = NAN;
    return ix;
}

void cat_put_rel(struct catalog *cat, struct cat_rel *rel)
{
    *cat->lookup->rel_tail = rel;
    cat->lookup->rel_tail = &rel->next;
    cat->rel_count++;
    cat_names_put(cat->lookup->rels, rel->name, rel);
}

void cat_put_index(struct catalog *cat, struct cat_index *ix)
{
    struct cat_index **tail = &ix->rel->indexes;
    while (*tail)
        tail = &(*tail)->next;
    *tail = ix;
    cat_names_put(cat->lookup->indexes, ix->name, ix);
}

void cat_put_fk(struct catalog *cat, struct cat_fk *fk)
{
    *cat->lookup->fk_tail = fk;
    cat->lookup->fk_tail = &fk->next;
}

void cat_drop_index(struct catalog *cat, struct cat_index *ix)
{
    struct cat_index **link = &ix->rel->indexes;
    while (*link && *link != ix)
        link = &(*link)->next;
    if (*link)
        *link = ix->next;
    cat_names_remove(cat->lookup->indexes, ix->name, ix);
}

void cat_drop_fk(struct catalog *cat, struct cat_fk *fk)
{
    struct cat_fk **link = &cat->fks;
    while (*link && *link != fk)
        link = &(*link)->next;
    if (*link)
        *link = fk->next;
    if (cat->lookup->fk_tail == &fk->next)
        cat->lookup->fk_tail = link;
}

static void drop_fks_of(struct catalog *cat, const struct cat_rel *rel)
{
    struct cat_fk **link = &cat->fks;
    while (*link) {
        const struct cat_fk *fk = *link;
        bool refers = fk->ref
                          ? fk->ref == rel
                          : str_eq(fk->ref_schema, rel->schema) && str_eq(fk->ref_name, rel->name);
        if (fk->rel == rel || refers)
            *link = fk->next;
        else
            link = &(*link)->next;
    }
    cat->lookup->fk_tail = link;
}

void cat_drop_rel(struct catalog *cat, struct cat_rel *rel)
{
    while (rel->indexes)
        cat_drop_index(cat, rel->indexes);
    drop_fks_of(cat, rel);
    struct cat_rel **link = &cat->rels;
    while (*link && *link != rel)
        link = &(*link)->next;
    if (!*link)
        return;
    *link = rel->next;
    if (cat->lookup->rel_tail == &rel->next)
        cat->lookup->rel_tail = link;
    cat->rel_count--;
    cat_names_remove(cat->lookup->rels, rel->name, rel);
}

void cat_rename_rel(struct catalog *cat, struct cat_rel *rel, struct str schema, struct str name)
{
    for (struct cat_fk *fk = cat->fks; fk; fk = fk->next)
        if (str_eq(fk->ref_schema, rel->schema) && str_eq(fk->ref_name, rel->name)) {
            fk->ref_schema = schema;
            fk->ref_name = name;
        }
    cat_names_remove(cat->lookup->rels, rel->name, rel);
    rel->schema = schema;
    rel->name = name;
    cat_names_put(cat->lookup->rels, name, rel);
    for (struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        ix->schema = schema;
}

void cat_rename_index(struct catalog *cat, struct cat_index *ix, struct str schema, struct str name)
{
    cat_names_remove(cat->lookup->indexes, ix->name, ix);
    if (str_eq(ix->constraint, ix->name))
        ix->constraint = name;
    ix->schema = schema;
    ix->name = name;
    cat_names_put(cat->lookup->indexes, name, ix);
}

void cat_set_options(struct cat_index *ix, const struct str *options, size_t count)
{
    static const char name[] = "fillfactor=";
    ix->options = options;
    ix->option_count = count;
    ix->fillfactor = NAN;
    for (size_t i = 0; i < count; i++) {
        double v;
        if (str_starts(options[i], name) &&
            str_to_double(str_sub(options[i], sizeof name - 1, options[i].len), &v))
            ix->fillfactor = v;
    }
}

void cat_add_problem(struct catalog *cat, struct cat_problem p)
{
    if (cat->problem_count++ >= CAT_PROBLEMS_KEPT)
        return;
    struct cat_problem *kept = arena_alloc(cat->arena, sizeof *kept);
    *kept = p;
    kept->next = NULL;
    *cat->lookup->problem_tail = kept;
    cat->lookup->problem_tail = &kept->next;
}

void cat_finish(struct catalog *cat)
{
    for (struct cat_fk *fk = cat->fks; fk; fk = fk->next)
        if (!fk->ref && fk->ref_name.len)
            fk->ref = cat_find_rel(cat, fk->ref_schema, fk->ref_name);
}

static bool is_temp_schema(struct str schema)
{
    return str_is(schema, "pg_temp") || str_starts(schema, "pg_temp_");
}

static struct str rel_schema(const void *rel)
{
    return ((const struct cat_rel *)rel)->schema;
}

static struct str index_schema(const void *ix)
{
    return ((const struct cat_index *)ix)->schema;
}

/* The first entry of a name whose schema is the one asked for. */
static void *in_schema(const struct cat_name_entry *e, struct str schema,
                       struct str (*schema_of)(const void *))
{
    bool temp = is_temp_schema(schema);
    for (; e; e = e->same) {
        struct str s = schema_of(e->value);
        if (temp ? is_temp_schema(s) : str_eq(s, schema))
            return e->value;
    }
    return NULL;
}

static bool path_names_temp(const struct catalog *cat)
{
    for (size_t i = 0; i < cat->search_path_count; i++)
        if (is_temp_schema(cat->search_path[i]))
            return true;
    return false;
}

static void *resolve(const struct catalog *cat, const struct cat_names *names, struct str schema,
                     struct str name, struct str (*schema_of)(const void *))
{
    const struct cat_name_entry *e = cat_names_find(names, name);
    if (!e)
        return NULL;
    if (schema.len)
        return in_schema(e, schema, schema_of);
    void *found = path_names_temp(cat) ? NULL : in_schema(e, STR("pg_temp"), schema_of);
    for (size_t i = 0; !found && i < cat->search_path_count; i++)
        found = in_schema(e, cat->search_path[i], schema_of);
    return found ? found : e->same ? NULL : e->value;
}

struct cat_rel *cat_find_rel(const struct catalog *cat, struct str schema, struct str name)
{
    return resolve(cat, cat->lookup->rels, schema, name, rel_schema);
}

struct cat_index *cat_find_index(const struct catalog *cat, struct str schema, struct str name)
{
    return resolve(cat, cat->lookup->indexes, schema, name, index_schema);
}

size_t cat_count_rels(const struct catalog *cat, struct str name)
{
    size_t n = 0;
    for (const struct cat_name_entry *e = cat_names_find(cat->lookup->rels, name); e; e = e->same)
        n++;
    return n;
}

bool cat_name_taken(const struct catalog *cat, struct str schema, struct str name)
{
    return in_schema(cat_names_find(cat->lookup->rels, name), schema, rel_schema) ||
           in_schema(cat_names_find(cat->lookup->indexes, name), schema, index_schema);
}

struct cat_column *cat_find_column(const struct cat_rel *rel, struct str name)
{
    for (size_t i = 0; rel && i < rel->column_count; i++)
        if (str_eq(rel->columns[i].name, name))
            return &rel->columns[i];
    return NULL;
}

bool cat_has_extension(const struct catalog *cat, const char *name)
{
    for (size_t i = 0; i < cat->extension_count; i++)
        if (str_is(cat->extensions[i], name))
            return true;
    return false;
}

static bool is_c(struct str collate)
{
    return str_is(collate, "C") || str_is(collate, "POSIX");
}

static bool database_is_c(const struct catalog *cat)
{
    if (cat->db_provider == 'i')
        return false;
    return is_c(cat->db_provider == 'b' ? cat->db_locale : cat->db_collate);
}

bool cat_column_is_c_collated(const struct catalog *cat, const struct cat_column *col)
{
    if (str_is(col->base_type, "name") && !col->collation.len)
        return true;
    if (!col->collation.len)
        return database_is_c(cat);
    return is_c(col->collation) || str_is(col->collation, "ucs_basic") || is_c(col->collate);
}
