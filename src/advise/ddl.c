#include "advise/ddl.h"

#include <stdio.h>

#include "base/arena.h"

enum { NAME_MAX_BYTES = 63 }; /* NAMEDATALEN - 1 */

/* ---- names ---- */

/* What an expression contributes to the name: the function of a call, else "expr". */
static struct str expr_label(struct str expr)
{
    size_t n = 0;
    while (n < expr.len && ((expr.p[n] >= 'a' && expr.p[n] <= 'z') || expr.p[n] == '_' ||
                            (n && expr.p[n] >= '0' && expr.p[n] <= '9')))
        n++;
    return n && n < expr.len && expr.p[n] == '(' ? str_sub(expr, 0, n) : STR("expr");
}

static void add_label(struct buf *b, struct str label)
{
    buf_addc(b, '_');
    buf_addstr(b, label);
}

/* Cut to `max` bytes at a character's edge. */
static void cut(struct buf *b, size_t max)
{
    while (b->len > max) {
        b->len--;
        while (b->len && ((unsigned char)b->data[b->len] & 0xC0) == 0x80)
            b->len--;
    }
    b->data[b->len] = '\0';
}

static bool in_catalog(const struct catalog *cat, struct str schema, const char *name)
{
    for (const struct cat_rel *r = cat ? cat->rels : NULL; r; r = r->next) {
        if (!str_eq(r->schema, schema))
            continue;
        if (str_is(r->name, name))
            return true;
        for (const struct cat_index *i = r->indexes; i; i = i->next)
            if (str_is(i->name, name))
                return true;
    }
    return false;
}

static bool is_taken(const struct catalog *cat, const struct ix *x, const char *name,
                     const char *const *taken, size_t taken_count)
{
    for (size_t i = 0; i < taken_count; i++)
        if (strcmp(taken[i], name) == 0)
            return true;
    return in_catalog(cat, x->rel->schema, name);
}

const char *ddl_index_name(struct arena *a, const struct catalog *cat, const struct ix *x,
                           const char *const *taken, size_t taken_count)
{
    struct buf b = {0};
    for (int number = 0;; number++) {
        char suffix[16];
        buf_clear(&b);
        buf_addstr(&b, x->rel->name);
        for (size_t i = 0; i < x->key_count; i++)
            add_label(&b, x->keys[i].is_expr ? expr_label(x->keys[i].name) : x->keys[i].name);
        snprintf(suffix, sizeof suffix, number ? "_idx%d" : "_idx", number);
        cut(&b, NAME_MAX_BYTES - strlen(suffix));
        buf_adds(&b, suffix);
        if (!is_taken(cat, x, b.data, taken, taken_count))
            break;
    }
    char *name = arena_strdup(a, b.data);
    buf_free(&b);
    return name;
}

/* ---- statements ---- */

static void add_create(struct buf *b, const struct ix *x, const struct cat_rel *rel,
                       const char *name, const char *how, const char *only)
{
    buf_printf(b, "CREATE INDEX %s", how);
    cat_add_ident(b, str_of(name));
    buf_printf(b, "\n    ON %s", only);
    cat_add_qualified(b, rel->schema, rel->name);
    if (x->am != COST_BTREE)
        buf_printf(b, " USING %s", ix_am_name(x->am));
    buf_addc(b, ' ');
    ix_add_columns(b, x);
    buf_adds(b, ";\n");
}

static const char *finish(struct arena *a, struct buf *b)
{
    const char *s = arena_strndup(a, b->data ? b->data : "", b->len);
    buf_free(b);
    return s;
}

const char *ddl_plain(struct arena *a, const struct ix *x, const char *name)
{
    struct buf b = {0};
    add_create(&b, x, x->rel, name, "", "");
    return finish(a, &b);
}

static bool is_leaf_of(const struct cat_rel *r, const struct cat_rel *top)
{
    if (r->kind == 'p')
        return false;
    for (; r; r = r->parent)
        if (r == top)
            return true;
    return false;
}

static struct str imagined(struct arena *a, const struct ix *x, const struct cat_rel *rel)
{
    struct buf b = {0};
    buf_adds(&b, "CREATE INDEX ON ");
    cat_add_qualified(&b, rel->schema, rel->name);
    if (x->am != COST_BTREE)
        buf_printf(&b, " USING %s", ix_am_name(x->am));
    buf_addc(&b, ' ');
    ix_add_columns(&b, x);
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

const struct str *ddl_hypothetical(struct arena *a, const struct catalog *cat, const struct ix *x,
                                   size_t *count)
{
    size_t n = 0;
    struct str *all = arena_calloc(a, 1 + (cat ? cat->rel_count : 0), sizeof *all);
    if (x->rel->kind != 'p')
        all[n++] = imagined(a, x, x->rel);
    for (struct cat_rel *r = cat && x->rel->kind == 'p' ? cat->rels : NULL; r; r = r->next)
        if (is_leaf_of(r, x->rel))
            all[n++] = imagined(a, x, r);
    *count = n;
    return all;
}

static void add_attach(struct buf *b, const struct cat_rel *parent, const char *parent_name,
                       const struct cat_rel *child, const char *name)
{
    buf_adds(b, "ALTER INDEX ");
    cat_add_qualified(b, parent->schema, str_of(parent_name));
    buf_adds(b, "\n    ATTACH PARTITION ");
    cat_add_qualified(b, child->schema, str_of(name));
    buf_adds(b, ";\n");
}

/*
 * CREATE INDEX CONCURRENTLY does not take a partitioned table. The parent's index is made invalid
 * at once (ON ONLY), the leaves' are built concurrently and attached; with the last one the
 * parent's becomes valid. Levels of partitioning are few, so recursion is bounded by the schema.
 */
static void add_partitioned(struct arena *a, struct buf *b, const struct catalog *cat,
                            const struct ix *x, const struct cat_rel *parent, const char *name)
{
    add_create(b, x, parent, name, "", "ONLY ");
    for (struct cat_rel *r = cat ? cat->rels : NULL; r; r = r->next) {
        if (r->parent != parent)
            continue;
        struct ix child = *x;
        child.rel = r;
        const char *of_child = ddl_index_name(a, cat, &child, NULL, 0);
        if (r->kind == 'p')
            add_partitioned(a, b, cat, x, r, of_child);
        else
            add_create(b, x, r, of_child, "CONCURRENTLY ", "");
        add_attach(b, parent, name, r, of_child);
    }
}

static void add_drop(struct buf *b, struct str schema, struct str name, bool concurrently)
{
    buf_printf(b, "DROP INDEX %s", concurrently ? "CONCURRENTLY " : "");
    cat_add_qualified(b, schema, name);
    buf_adds(b, ";\n");
}

/* Temporary tables have one user, and partitioned ones refuse it. */
static bool can_be_concurrent(const struct cat_rel *rel)
{
    return rel->persistence != 't' && rel->kind != 'p';
}

static bool has_expression(const struct ix *x)
{
    for (size_t i = 0; i < x->key_count; i++)
        if (x->keys[i].is_expr)
            return true;
    return false;
}

const char *ddl_up(struct arena *a, const struct catalog *cat, const struct ix *x, const char *name,
                   const struct cat_index *const *replaces, size_t replace_count)
{
    struct buf b = {0};
    if (x->extension.len && !(cat && cat_has_extension(cat, x->extension.p))) {
        buf_adds(&b, "CREATE EXTENSION IF NOT EXISTS ");
        cat_add_ident(&b, x->extension);
        buf_adds(&b, ";\n");
    }
    if (x->rel->kind == 'p')
        add_partitioned(a, &b, cat, x, x->rel, name);
    else
        add_create(&b, x, x->rel, name, can_be_concurrent(x->rel) ? "CONCURRENTLY " : "", "");
    if (has_expression(x)) {
        buf_adds(&b, "ANALYZE ");
        cat_add_qualified(&b, x->rel->schema, x->rel->name);
        buf_adds(&b, ";\n");
    }
    for (size_t i = 0; i < replace_count; i++)
        add_drop(&b, replaces[i]->schema, replaces[i]->name, can_be_concurrent(replaces[i]->rel));
    return finish(a, &b);
}

/* An existing index as it was; on a partitioned table its parts come with it. */
static void add_definition(struct buf *b, const struct cat_index *index)
{
    cat_add_index_definition(b, index, can_be_concurrent(index->rel));
    buf_adds(b, ";\n");
}

const char *ddl_down(struct arena *a, const struct ix *x, const char *name,
                     const struct cat_index *const *replaces, size_t replace_count)
{
    struct buf b = {0};
    for (size_t i = 0; i < replace_count; i++)
        add_definition(&b, replaces[i]);
    add_drop(&b, x->rel->schema, str_of(name), can_be_concurrent(x->rel));
    return finish(a, &b);
}

static void add_alter_table(struct buf *b, const struct cat_index *index)
{
    buf_adds(b, "ALTER TABLE ");
    cat_add_qualified(b, index->rel->schema, index->rel->name);
}

const char *ddl_drop(struct arena *a, const struct cat_index *index)
{
    struct buf b = {0};
    if (index->constraint.len) {
        add_alter_table(&b, index);
        buf_adds(&b, "\n    DROP CONSTRAINT ");
        cat_add_ident(&b, index->constraint);
        buf_adds(&b, ";\n");
    } else {
        add_drop(&b, index->schema, index->name, can_be_concurrent(index->rel));
    }
    return finish(a, &b);
}

const char *ddl_restore(struct arena *a, const struct cat_index *index)
{
    struct buf b = {0};
    add_definition(&b, index);
    if (index->constraint.len) {
        add_alter_table(&b, index);
        buf_adds(&b, "\n    ADD CONSTRAINT ");
        cat_add_ident(&b, index->constraint);
        buf_adds(&b, " UNIQUE USING INDEX ");
        cat_add_ident(&b, index->name);
        buf_adds(&b, ";\n");
    }
    return finish(a, &b);
}
