/* Types of columns, and the statements that make types. */
#include "base/arena.h"
#include "catalog/ddl_state.h"
#include "catalog/names.h"
#include "catalog/type.h"

/* Visible without its schema, for those who read the catalog later. */
static bool is_visible(const struct ddl *d, struct str schema)
{
    if (str_is(schema, "public") || !schema.len)
        return true;
    for (size_t i = 0; i < d->seen_path_count; i++)
        if (str_eq(d->seen_path[i], schema))
            return true;
    return false;
}

static struct str spell(struct ddl *d, struct str schema, struct str name)
{
    struct buf b = {0};
    cat_add_qualified(&b, is_visible(d, schema) ? (struct str){0} : schema, name);
    struct str s = cat_ddl_keep(d, buf_str(&b));
    buf_free(&b);
    return s;
}

struct ddl_user_type *cat_ddl_find_type(struct ddl *d, struct str schema, struct str name)
{
    const struct cat_name_entry *first = cat_names_find(d->types, name);
    for (const struct cat_name_entry *e = first; schema.len && e; e = e->same)
        if (str_eq(((struct ddl_user_type *)e->value)->schema, schema))
            return e->value;
    for (size_t i = 0; !schema.len && i < d->cat->search_path_count; i++)
        for (const struct cat_name_entry *e = first; e; e = e->same)
            if (str_eq(((struct ddl_user_type *)e->value)->schema, d->cat->search_path[i]))
                return e->value;
    return !schema.len && first ? first->value : NULL;
}

static const struct {
    const char *name, *type;
} serials[] = {{"serial", "int4"},  {"serial4", "int4"},     {"bigserial", "int8"},
               {"serial8", "int8"}, {"smallserial", "int2"}, {"serial2", "int2"}};

static const struct cat_type *builtin(struct str name, bool *serial)
{
    for (size_t i = 0; i < sizeof serials / sizeof *serials; i++)
        if (str_is(name, serials[i].name)) {
            *serial = true;
            return cat_type_named(str_of(serials[i].type));
        }
    return cat_type_named(name);
}

static void set_known(struct ddl_type *out, const struct cat_type *t)
{
    *out = (struct ddl_type){.type = t->sql,
                             .base_type = t->sql,
                             .category = t->category,
                             .len = t->len,
                             .align = t->align,
                             .collatable = t->collatable};
}

/* Fields of an interval's modifier (INTERVAL_MASK of PostgreSQL's timestamp.h). */
static const char *interval_fields(int mask)
{
    enum {
        MONTH = 1 << 1,
        YEAR = 1 << 2,
        DAY = 1 << 3,
        HOUR = 1 << 10,
        MIN = 1 << 11,
        SEC = 1 << 12
    };
    static const struct {
        int mask;
        const char *words;
    } fields[] = {{YEAR, " year"},
                  {MONTH, " month"},
                  {DAY, " day"},
                  {HOUR, " hour"},
                  {MIN, " minute"},
                  {SEC, " second"},
                  {YEAR | MONTH, " year to month"},
                  {DAY | HOUR, " day to hour"},
                  {DAY | HOUR | MIN, " day to minute"},
                  {DAY | HOUR | MIN | SEC, " day to second"},
                  {HOUR | MIN, " hour to minute"},
                  {HOUR | MIN | SEC, " hour to second"},
                  {MIN | SEC, " minute to second"}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].mask == mask)
            return fields[i].words;
    return "";
}

/* Modifiers as written: "10,2", "Point,4326". */
static struct str modifiers(struct ddl *d, const struct json *list)
{
    struct buf b = {0};
    for (const struct json *e = json_first(list); e; e = e->next) {
        const struct json *c = json_get(e, "A_Const");
        if (b.len)
            buf_addc(&b, ',');
        if (json_get(c, "ival"))
            buf_printf(&b, "%.0f", json_num(json_get(c, "ival"), "ival", 0));
        else if (json_get(c, "sval"))
            buf_addstr(&b, json_str(json_get(c, "sval"), "sval"));
        else
            buf_addstr(&b, cat_ddl_last_name(json_path(e, "ColumnRef", "fields", NULL)));
    }
    struct str s = str_dup(d->scratch, buf_str(&b));
    buf_free(&b);
    return s;
}

/* "interval day to second(3)" out of the mask and the precision. */
static void add_interval(struct buf *b, const struct json *list)
{
    const struct json *mask = json_first(list), *precision = mask ? mask->next : NULL;
    buf_adds(b,
             interval_fields((int)json_num(json_path(mask, "A_Const", "ival", NULL), "ival", 0)));
    if (precision)
        buf_printf(b, "(%.0f)", json_num(json_path(precision, "A_Const", "ival", NULL), "ival", 0));
}

/* The type's spelling with its modifier where format_type has it. */
static struct str with_modifier(struct ddl *d, struct str spelling, const struct json *list)
{
    struct buf b = {0};
    struct str mods = modifiers(d, list);
    bool is_time = str_starts(spelling, "time");
    ptrdiff_t space = is_time ? str_find(spelling, " ") : -1;
    size_t cut = space < 0 ? spelling.len : (size_t)space;
    buf_addstr(&b, str_sub(spelling, 0, cut));
    if (str_is(spelling, "interval"))
        add_interval(&b, list);
    else if (str_is(spelling, "numeric") && list->count == 1)
        buf_printf(&b, "(%.*s,0)", STR_ARG(mods));
    else
        buf_printf(&b, "(%.*s)", STR_ARG(mods));
    buf_addstr(&b, str_sub(spelling, cut, spelling.len));
    struct str s = cat_ddl_keep(d, buf_str(&b));
    buf_free(&b);
    return s;
}

static void make_array(struct ddl *d, struct ddl_type *t, struct str element_base)
{
    t->type = str_of(arena_printf(d->cat->arena, "%.*s[]", STR_ARG(t->type)));
    t->base_type = str_of(arena_printf(d->cat->arena, "%.*s[]", STR_ARG(element_base)));
    t->category = t->category ? 'A' : 0;
    t->len = -1;
    t->align = t->align == 'd' ? 'd' : 'i';
}

/* What the name alone means; false if nothing does. */
static bool resolve_name(struct ddl *d, struct str schema, struct str name, struct ddl_type *out)
{
    bool serial = false, system = str_is(schema, "pg_catalog");
    const struct cat_type *known = schema.len && !system ? NULL : builtin(name, &serial);
    const struct ddl_user_type *user = known || system ? NULL : cat_ddl_find_type(d, schema, name);
    if (!known && !user && !system)
        known = cat_extension_type(name);
    if (known) {
        set_known(out, known);
        out->serial = serial;
        return true;
    }
    if (user) {
        *out = user->t;
        return true;
    }
    const struct cat_rel *row = system ? NULL : cat_find_rel(d->cat, schema, name);
    if (!row)
        return false;
    *out = (struct ddl_type){.category = 'C', .len = -1, .align = 'd'};
    out->type = out->base_type = spell(d, row->schema, row->name);
    return true;
}

void cat_ddl_resolve_type(struct ddl *d, const struct json *type_name, struct ddl_type *out)
{
    const struct json *names = json_get(type_name, "names"), *mods = json_get(type_name, "typmods");
    struct str schema = cat_ddl_first_name(names), name = cat_ddl_last_name(names);
    *out = (struct ddl_type){0};
    if (!resolve_name(d, schema, name, out)) {
        cat_ddl_problem(d, json_num(type_name, "location", DDL_NOWHERE),
                        "type \"%.*s\" does not exist", STR_ARG(name));
        out->type = out->base_type = spell(d, schema, name);
    }
    struct str element = out->type; /* of an array: a domain stays a domain in there */
    if (mods && mods->count)
        out->type = with_modifier(d, out->type, mods);
    else if (str_is(out->type, "character"))
        out->type = STR("bpchar");
    if (json_get(type_name, "arrayBounds"))
        make_array(d, out, element);
}

static struct ddl_user_type *new_type(struct ddl *d, const struct json *names, struct ddl_type t)
{
    struct ddl_user_type *u = arena_alloc(d->cat->arena, sizeof *u);
    u->schema = cat_ddl_new_schema(d, cat_ddl_first_name(names), (struct str){0});
    u->name = cat_ddl_keep(d, cat_ddl_last_name(names));
    u->t = t;
    u->t.type = spell(d, u->schema, u->name);
    if (!u->t.base_type.len)
        u->t.base_type = u->t.type;
    cat_names_put(d->types, u->name, u);
    return u;
}

void cat_ddl_create_enum(struct ddl *d, const struct json *stmt)
{
    new_type(d, json_get(stmt, "typeName"),
             (struct ddl_type){.category = 'E', .len = 4, .align = 'i'});
}

void cat_ddl_create_composite(struct ddl *d, const struct json *stmt)
{
    const struct json *var = json_get(stmt, "typevar");
    struct ddl_user_type *u = arena_alloc(d->cat->arena, sizeof *u);
    u->schema = cat_ddl_new_schema(d, json_str(var, "schemaname"), (struct str){0});
    u->name = cat_ddl_keep(d, json_str(var, "relname"));
    u->t = (struct ddl_type){.category = 'C', .len = -1, .align = 'd'};
    u->t.type = u->t.base_type = spell(d, u->schema, u->name);
    u->row = cat_new_rel(d->cat, u->schema, u->name);
    for (const struct json *e = json_first(json_get(stmt, "coldeflist")); e; e = e->next)
        cat_ddl_define_column(d, u->row, json_get(e, "ColumnDef"));
    cat_names_put(d->types, u->name, u);
}

/* The argument of an option that names a type. */
static const struct json *type_option(const struct json *params, const char *name)
{
    for (const struct json *e = json_first(params); e; e = e->next)
        if (str_is(json_str(json_get(e, "DefElem"), "defname"), name))
            return json_path(e, "DefElem", "arg", "TypeName", NULL);
    return NULL;
}

void cat_ddl_create_range(struct ddl *d, const struct json *stmt)
{
    struct ddl_type subtype = {0};
    const struct json *type = type_option(json_get(stmt, "params"), "subtype");
    if (type)
        cat_ddl_resolve_type(d, type, &subtype);
    char align = subtype.align == 'd' ? 'd' : 'i';
    new_type(d, json_get(stmt, "typeName"),
             (struct ddl_type){.category = 'R', .len = -1, .align = align});
}

void cat_ddl_create_domain(struct ddl *d, const struct json *stmt)
{
    struct ddl_type t;
    cat_ddl_resolve_type(d, json_get(stmt, "typeName"), &t);
    struct str collation = cat_ddl_last_name(json_path(stmt, "collClause", "collname", NULL));
    if (collation.len)
        t.collation = cat_ddl_keep(d, collation);
    new_type(d, json_get(stmt, "domainname"), t);
}

/* Text of an option, whichever node it is in. */
static struct str option_word(const struct json *params, const char *name)
{
    for (const struct json *e = json_first(params); e; e = e->next) {
        const struct json *def = json_get(e, "DefElem"), *arg = json_get(def, "arg");
        if (!str_is_nocase(json_str(def, "defname"), name))
            continue;
        struct str word = cat_ddl_string(arg);
        return word.len ? word : cat_ddl_last_name(json_path(arg, "TypeName", "names", NULL));
    }
    return (struct str){0};
}

static char align_of(struct str word)
{
    static const struct {
        const char *word;
        char align;
    } aligns[] = {{"char", 'c'}, {"int2", 's'}, {"int4", 'i'}, {"double", 'd'}, {"float8", 'd'}};
    for (size_t i = 0; i < sizeof aligns / sizeof *aligns; i++)
        if (str_is_nocase(word, aligns[i].word))
            return aligns[i].align;
    return 'i';
}

static void define_type(struct ddl *d, const struct json *stmt)
{
    const struct json *params = json_get(stmt, "definition");
    struct str category = option_word(params, "category");
    double len = cat_ddl_option(params, "internallength");
    bool variable = !(len > 0 && len < 1 << 20);
    new_type(d, json_get(stmt, "defnames"),
             (struct ddl_type){.category = category.len ? category.p[0] : 'U',
                               .len = variable ? -1 : (int)len,
                               .align = align_of(option_word(params, "alignment"))});
}

static void define_collation(struct ddl *d, const struct json *stmt)
{
    const struct json *params = json_get(stmt, "definition");
    struct str provider = option_word(params, "provider");
    struct str collate = option_word(params, "lc_collate");
    if (!collate.len)
        collate = option_word(params, "locale");
    struct ddl_collation *c = arena_alloc(d->cat->arena, sizeof *c);
    c->name = cat_ddl_keep(d, cat_ddl_last_name(json_get(stmt, "defnames")));
    c->collate = str_is_nocase(provider, "icu") ? STR("icu") : cat_ddl_keep(d, collate);
    c->next = d->collations;
    d->collations = c;
}

void cat_ddl_define(struct ddl *d, const struct json *stmt)
{
    struct str kind = json_str(stmt, "kind");
    if (str_is(kind, "OBJECT_TYPE"))
        define_type(d, stmt);
    else if (str_is(kind, "OBJECT_COLLATION"))
        define_collation(d, stmt);
}

void cat_ddl_drop_type(struct ddl *d, struct str schema, struct str name)
{
    struct ddl_user_type *u = cat_ddl_find_type(d, schema, name);
    if (u)
        cat_names_remove(d->types, u->name, u);
}

/* Columns that have the type, or arrays of it, are spelled anew. */
static void respell(struct catalog *cat, struct str *spelling, struct str old_name,
                    struct str new_name)
{
    struct str rest = str_sub(*spelling, old_name.len, spelling->len);
    if (str_eq(str_sub(*spelling, 0, old_name.len), old_name) && (!rest.len || str_is(rest, "[]")))
        *spelling = str_of(arena_printf(cat->arena, "%.*s%.*s", STR_ARG(new_name), STR_ARG(rest)));
}

void cat_ddl_rename_type(struct ddl *d, struct str schema, struct str name, struct str new_schema,
                         struct str new_name)
{
    struct ddl_user_type *u = cat_ddl_find_type(d, schema, name);
    if (!u)
        return;
    struct str old = u->t.type;
    cat_names_remove(d->types, u->name, u);
    if (new_schema.len)
        u->schema = cat_ddl_keep(d, new_schema);
    u->name = cat_ddl_keep(d, new_name);
    u->t.type = spell(d, u->schema, u->name);
    respell(d->cat, &u->t.base_type, old, u->t.type);
    cat_names_put(d->types, u->name, u);
    for (struct cat_rel *rel = d->cat->rels; rel; rel = rel->next)
        for (size_t i = 0; i < rel->column_count; i++) {
            respell(d->cat, &rel->columns[i].type, old, u->t.type);
            respell(d->cat, &rel->columns[i].base_type, old, u->t.type);
        }
}
