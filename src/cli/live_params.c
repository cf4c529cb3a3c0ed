#include "cli/live_params.h"

#include "base/arena.h"
#include "base/err.h"
#include "catalog/catalog.h"
#include "db/catalog.h"
#include "db/params.h"
#include "sql/query.h"
#include "work/sample.h"

enum { MOST_PARAMS = 65535, NOTED_CHARS = 40 };

/* ---- --param ---- */

/* "$3=value": the number, and the value behind it; else it is the next one. */
static struct str read_value(const char *arg, size_t *number)
{
    struct str s = str_of(arg);
    ptrdiff_t equals = s.len && s.p[0] == '$' ? str_find(s, "=") : -1;
    long long n;
    if (equals > 1 && str_to_int64(str_sub(s, 1, (size_t)equals), &n) && n > 0 &&
        n <= MOST_PARAMS) {
        *number = (size_t)n;
        s = str_sub(s, (size_t)equals + 1, s.len);
    }
    return str_is(s, "\\N") ? (struct str){0} : s;
}

bool live_values_read(struct arena *a, const struct opts *o, struct live_values *out,
                      struct err *err)
{
    size_t next = 1, number;
    *out = (struct live_values){0};
    for (size_t i = 0; i < o->use_count; i++) {
        number = next;
        if (o->uses[i].id == OPT_PARAM)
            read_value(o->uses[i].arg, &number);
        if (o->uses[i].id == OPT_PARAM && number > out->count)
            out->count = number;
        next = number + (o->uses[i].id == OPT_PARAM);
    }
    out->values = arena_calloc(a, out->count + 1, sizeof *out->values);
    out->given = arena_calloc(a, out->count + 1, sizeof *out->given);
    next = 1;
    for (size_t i = 0; i < o->use_count; i++) {
        if (o->uses[i].id != OPT_PARAM)
            continue;
        struct str value = read_value(o->uses[i].arg, (number = next, &number));
        if (out->given[number - 1])
            return err_set(err, ERR_USAGE, "parameter $%zu is given twice", number);
        out->values[number - 1] = value;
        out->given[number - 1] = true;
        next = number + 1;
    }
    return true;
}

/* ---- sampling ---- */

/* The catalog of the relations that a statement names; NULL: it could not be read. */
static struct catalog *catalog_of(struct conn *c, struct arena *a, struct str sql)
{
    struct err ignored = {0};
    struct query *q = query_analyse(a, sql, NULL, &ignored);
    size_t count = 0;
    for (size_t b = 0; q && b < q->block_count; b++)
        count += q->blocks[b]->rte_count;
    if (!count)
        return NULL;
    struct dbcat_name *names = arena_calloc(a, count, sizeof *names);
    count = 0;
    for (size_t b = 0; b < q->block_count; b++)
        for (size_t i = 0; i < q->blocks[b]->rte_count; i++) {
            const struct query_rte *rte = q->blocks[b]->rtes[i];
            if (rte->kind == QUERY_RTE_RELATION)
                names[count++] = (struct dbcat_name){rte->schema, rte->name};
        }
    struct dbcat_request request = {.relations = names, .relation_count = count};
    return count ? dbcat_open(c, &request, &ignored) : NULL;
}

static struct sample_type *sample_types(struct arena *a, const struct param_type *types,
                                        size_t count)
{
    struct sample_type *out = arena_calloc(a, count + 1, sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i] = (struct sample_type){.base_name = types[i].base_name,
                                      .category = types[i].category,
                                      .element = types[i].element,
                                      .label = types[i].label};
    return out;
}

/* ---- all of it ---- */

static bool all_given(const struct live_values *v, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (i >= v->count || !v->given[i])
            return false;
    return true;
}

/* "$1 = '37' (of tasks.project_id)". */
static void note_param(struct buf *b, size_t n, struct str value, const char *reason)
{
    buf_printf(b, "%s$%zu = ", n > 1 ? ", " : "", n);
    if (!value.p)
        buf_adds(b, "NULL");
    else if (value.len > NOTED_CHARS)
        buf_printf(b, "'%.*s...'", NOTED_CHARS, value.p);
    else
        buf_printf(b, "'%.*s'", STR_ARG(value));
    if (reason)
        buf_printf(b, " (%s)", reason);
}

static bool sample_missing(struct conn *c, struct arena *a, const struct live_values *v,
                           const struct statement *s, struct live_binding *out, struct buf *note,
                           struct err *err)
{
    struct conn_place place = statement_place(s);
    struct param_type *types;
    size_t count;
    if (!params_read_types(c, a, s->params.text, &place, &types, &count, err))
        return false;
    struct catalog *cat = catalog_of(c, a, s->params.text);
    struct sample *samples = arena_calloc(a, count + 1, sizeof *samples);
    struct str *params = arena_calloc(a, count + 1, sizeof *params);
    sample_params(a, s->params.text, cat, sample_types(a, types, count), count, samples);
    for (size_t i = 0; i < count; i++) {
        bool given = i < v->count && v->given[i];
        struct str value = given ? v->values[i] : samples[i].value;
        params[i] = value.p ? str_dup(a, value) : value;
        note_param(note, i + 1, params[i], given ? "given" : samples[i].reason);
    }
    cat_free(cat);
    out->params = params;
    out->count = count;
    return true;
}

static void take_given(const struct live_values *v, struct live_binding *out, size_t count,
                       struct buf *note)
{
    out->params = v->values;
    out->count = count;
    for (size_t i = 0; i < count; i++)
        note_param(note, i + 1, v->values[i], NULL);
}

bool live_bind(struct conn *c, struct arena *a, const struct live_values *v,
               const struct statement *s, const struct explain_options *o, bool sample,
               struct live_binding *out, struct err *err)
{
    size_t count = s->params.count;
    struct buf note = {0};
    bool good = true;
    *out = (struct live_binding){.generic = o->generic, .count = count};
    if (v->count > count)
        return err_set(err, ERR_USAGE,
                       "there is a value for $%zu, and the statement has %zu parameter%s", v->count,
                       count, count == 1 ? "" : "s");
    if (count == 0)
        return true;
    bool open = !o->analyze && !sample && (v->count == 0 || o->generic);
    out->generic |= open && !all_given(v, count);
    if (out->generic)
        buf_adds(&note, "generic plan, for any values of the parameters");
    if (out->generic && o->analyze)
        buf_adds(&note, "; executed with ");
    if (!out->generic || o->analyze) {
        if (all_given(v, count))
            take_given(v, out, count, &note);
        else
            good = sample_missing(c, a, v, s, out, &note, err);
    }
    if (good)
        out->note = arena_strdup(a, note.data);
    buf_free(&note);
    return good;
}
