/*
 * Row estimates against the vectors of selectivity (PostgreSQL 15 and 18, table cm of 400,000
 * rows), and by hand.
 *
 * The vectors give conditions and estimates but not the statistics of cm. These are rebuilt here
 * so that one vector of each kind fixes what it needs (a frequency, the place of a constant in its
 * histogram bin), and the others have to come out by themselves.
 */
#include "advise/selectivity.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/json.h"
#include "fixture.h"
#include "tap.h"

#define ROWS 400000.0
#define BOUNDS 101

struct cm {
    struct arena *a;
    const struct json *vectors;
    struct catalog cat;
    struct cat_rel rel, orders, customers;
    struct cat_column columns[6]; /* id, cat, rnd, seq, nn, sk */
    struct cat_column half, order_columns[2], customer_columns[1];
    struct cat_index id_key, seq_key, rnd_index, customer_key;
    struct cat_fk fk;
};

static double vector_sel(const struct cm *c, const char *name)
{
    for (const struct json *e = json_first(c->vectors); e; e = e->next)
        if (str_is(json_str(e, "name"), name))
            return json_num(e, "selectivity", NAN);
    printf("# no vector %s\n", name);
    return NAN;
}

/* ---- statistics ---- */

static struct str text_of(struct arena *a, double v)
{
    return str_of(arena_printf(a, "%.17g", v));
}

static void set_mcv(struct cm *c, struct cat_stats *s, size_t n, const double *values,
                    const double *freqs)
{
    struct str *mcv = arena_calloc(c->a, n, sizeof(*mcv));
    double *mcf = arena_calloc(c->a, n, sizeof(*mcf));
    for (size_t i = 0; i < n; i++) {
        mcv[i] = text_of(c->a, values[i]);
        mcf[i] = freqs[i];
    }
    s->mcv = mcv;
    s->mcf = mcf;
    s->mcv_count = n;
}

/* Bounds at given places, straight lines between them. */
static void set_bounds(struct cm *c, struct cat_stats *s, size_t n, const int *at, const double *v)
{
    struct str *bounds = arena_calloc(c->a, BOUNDS, sizeof(*bounds));
    for (size_t k = 0; k + 1 < n; k++)
        for (int i = at[k]; i <= at[k + 1]; i++)
            bounds[i] = text_of(c->a, v[k] + (v[k + 1] - v[k]) * (i - at[k]) / (at[k + 1] - at[k]));
    s->bounds = bounds;
    s->bound_count = BOUNDS;
}

static struct cat_column column(const char *name, const char *type, double distinct)
{
    struct cat_column col = {.name = str_of(name), .type = str_of(type), .base_type = str_of(type)};
    col.stats = (struct cat_stats){.known = true, .avg_width = 4, .n_distinct = distinct};
    return col;
}

/* The bounds of the bin in which `value` stands so that the histogram has `below` below it; bins
 * are 1000 wide. */
static int bin_around(double value, double below, double *low)
{
    int bin = (int)(below * (BOUNDS - 1));
    *low = value - (below * (BOUNDS - 1) - bin) * 1000;
    return bin;
}

static void make_rnd(struct cm *c, struct cat_column *col)
{
    double distinct = vector_sel(c, "group by rnd,cat (clamp 0.1*T or max nd)");
    *col = column("rnd", "integer", -distinct);
    double e = 1 / rint(distinct * ROWS), low[3], places[8];
    /* the first bin: below(500) = in_bin / 100 + e * (1 - in_bin) for <= */
    double in_first = (vector_sel(c, "first bin rnd <=") - e) / (0.01 - e);
    double cat3 = vector_sel(c, "eq MCV");
    double under_100k = vector_sel(c, "AND independence") / cat3;
    double under_150k = vector_sel(c, "range pair") + under_100k;
    int b1 = bin_around(100000, under_100k + e, &low[0]);
    int b2 = bin_around(123456, vector_sel(c, "hist rnd <="), &low[1]);
    int b3 = bin_around(150000, under_150k + e, &low[2]);
    int at[] = {0, 1, b1, b1 + 1, b2, b2 + 1, b3, b3 + 1, BOUNDS - 1};
    double first = 500 - in_first * 9000;
    double v[] = {first,         first + 9000, low[0],        low[0] + 1000, low[1],
                  low[1] + 1000, low[2],       low[2] + 1000, 999999};
    (void)places;
    set_bounds(c, &col->stats, 9, at, v);
}

/*
 * cat: 100 common values. 3 has the frequency of its vector; 4 and 5 follow from two equations
 * (IN and OR of three); 37's is the step from < 37 to <= 37; the rest is spread over large values.
 */
static void make_cat(struct cm *c, struct cat_column *col)
{
    double groups = vector_sel(c, "group by cat") * ROWS;
    double rare = vector_sel(c, "eq non-MCV"), total = 1 - rare * (groups - 100);
    double f3 = vector_sel(c, "eq MCV");
    double sum45 = vector_sel(c, "IN") - f3 - rare;
    /* OR of three: 1 - (1 - f3)(1 - f4)(1 - f5); f4 and f5 are multiples of 1/30000 */
    double product = 1 - sum45 - (1 - vector_sel(c, "OR 3")) / (1 - f3);
    product = -product;
    double root = sum45 * sum45 / 4 - product, half = root > 0 ? sqrt(root) : 0;
    double f4 = rint((sum45 / 2 + half) * 30000) / 30000, f5 = sum45 - f4;
    double f37 = vector_sel(c, "hist+mcv cat <=") - vector_sel(c, "hist+mcv cat <") - rare;
    double values[100] = {3, 4, 5, 37}, freqs[100] = {f3, f4, f5, f37};
    for (int i = 4; i < 100; i++) {
        values[i] = 1000 + i;
        freqs[i] = (total - f3 - f4 - f5 - f37) / 96;
    }
    *col = column("cat", "integer", groups);
    set_mcv(c, &col->stats, 100, values, freqs);
    /* below 37: the common values 3, 4, 5, and a share of the others */
    double below = (vector_sel(c, "hist+mcv cat <") - f3 - f4 - f5) / (1 - total);
    double low;
    int b = bin_around(37, below + 1 / (groups - 100), &low);
    int at[] = {0, b, b + 1, BOUNDS - 1};
    double v[] = {low - 5000, low, low + 1000, 9000};
    set_bounds(c, &col->stats, 4, at, v);
}

static void make_nn(struct cm *c, struct cat_column *col)
{
    double nulls = vector_sel(c, "IS NULL"), rare = vector_sel(c, "eq nulls col");
    /* one common value takes what the rare ones leave */
    double distinct = floor((1 - nulls) / rare) - 1, value = 99999;
    double common = 1 - nulls - rare * (distinct - 1);
    *col = column("nn", "integer", distinct);
    col->stats.null_frac = nulls;
    set_mcv(c, &col->stats, 1, &value, &common);
    double rest = 1 - nulls - common, e = 1 / (distinct - 1), low[3];
    double from = 0.1, to = (vector_sel(c, "between nulls") + rest * from) / rest;
    int b1 = bin_around(1000, from + e, &low[0]), b2 = bin_around(1500, to, &low[1]);
    int b3 = bin_around(4321, vector_sel(c, "hist nulls nn <=") / rest, &low[2]);
    /* the two bins of the range have to be narrower than it */
    low[0] = 1000 - (1000 - low[0]) / 10;
    low[1] = 1500 - (1500 - low[1]) / 10;
    int at[] = {0, b1, b1 + 1, b2, b2 + 1, b3, b3 + 1, BOUNDS - 1};
    double v[] = {1, low[0], low[0] + 100, low[1], low[1] + 100, low[2], low[2] + 1000, 99998};
    set_bounds(c, &col->stats, 8, at, v);
}

/* sk: 49 of the 99 inner bounds begin with key_01, 6 contain 77 (as in the vectors). */
static void make_sk(struct cm *c, struct cat_column *col)
{
    size_t ones = (size_t)rint(vector_sel(c, "LIKE prefix, 101 bounds") * 99);
    size_t sevens = (size_t)rint(vector_sel(c, "LIKE %x% ") * 99);
    struct str *bounds = arena_calloc(c->a, BOUNDS, sizeof(*bounds));
    *col = column("sk", "text", -0.4);
    for (size_t i = 0; i < BOUNDS; i++) {
        const char *start = i == 0 ? "key_00" : i <= ones ? "key_01" : "key_02";
        const char *middle = i > 0 && i <= sevens ? "77" : "88";
        bounds[i] = str_of(arena_printf(c->a, "%s%03zu%s", start, i % 70, middle));
    }
    col->stats.bounds = bounds;
    col->stats.bound_count = BOUNDS;
}

static struct cat_index unique_on(struct cat_rel *rel, struct cat_key *key)
{
    return (struct cat_index){.am = STR("btree"),
                              .rel = rel,
                              .keys = key,
                              .key_count = 1,
                              .total_count = 1,
                              .unique = true,
                              .valid = true};
}

static struct cat_key *key_on(struct cm *c, const char *name)
{
    struct cat_key *key = arena_alloc(c->a, sizeof(*key));
    key->column = str_of(name);
    return key;
}

static void make_relations(struct cm *c)
{
    static const struct str customer_id[] = {{"customer_id", 11}}, id[] = {{"id", 2}};
    c->rel = (struct cat_rel){.name = STR("cm"),
                              .kind = 'r',
                              .columns = c->columns,
                              .column_count = 6,
                              .pages = 6434,
                              .tuples = ROWS,
                              .size_bytes = NAN,
                              .fillfactor = NAN};
    c->id_key = unique_on(&c->rel, key_on(c, "id"));
    c->seq_key = unique_on(&c->rel, key_on(c, "seq"));
    c->rnd_index = unique_on(&c->rel, key_on(c, "rnd"));
    c->rnd_index.unique = false;
    c->id_key.next = &c->seq_key;
    c->seq_key.next = &c->rnd_index;
    c->rel.indexes = &c->id_key;
    c->order_columns[0] = column("customer_id", "integer", -0.18465);
    c->customer_columns[0] = column("id", "integer", -1);
    c->orders = (struct cat_rel){.name = STR("orders"),
                                 .kind = 'r',
                                 .columns = c->order_columns,
                                 .column_count = 1,
                                 .pages = 1223,
                                 .tuples = 100000,
                                 .size_bytes = NAN,
                                 .fillfactor = NAN};
    c->customers = (struct cat_rel){.name = STR("customers"),
                                    .kind = 'r',
                                    .columns = c->customer_columns,
                                    .column_count = 1,
                                    .pages = 465,
                                    .tuples = 20000,
                                    .size_bytes = NAN,
                                    .fillfactor = NAN};
    c->customer_key = unique_on(&c->customers, key_on(c, "id"));
    c->customers.indexes = &c->customer_key;
    c->fk = (struct cat_fk){.rel = &c->orders,
                            .columns = customer_id,
                            .column_count = 1,
                            .ref = &c->customers,
                            .ref_columns = id};
    c->cat.fks = &c->fk;
    c->cat.block_size = 8192;
}

static void make(struct cm *c, struct arena *a, int version)
{
    static const double half_values[] = {1, 2}, half_freqs[] = {0.5, 0.5};
    struct err err = {0};
    char path[64];
    *c = (struct cm){.a = a, .cat = {.version_num = version * 10000}};
    snprintf(path, sizeof(path), "fixtures/vectors/selectivity_pg%d.json", version);
    c->vectors = json_parse(a, fixture_read(a, path), &err);
    c->columns[0] = column("id", "integer", -1);
    make_cat(c, &c->columns[1]);
    make_rnd(c, &c->columns[2]);
    c->columns[3] = column("seq", "integer", -1);
    make_nn(c, &c->columns[4]);
    make_sk(c, &c->columns[5]);
    c->half = column("half", "integer", 2);
    set_mcv(c, &c->half.stats, 2, half_values, half_freqs);
    make_relations(c);
}

/* ---- the vectors ---- */

/* What was prepared under the names that the vectors execute. */
static const char *prepared(struct str sql)
{
    static const struct {
        const char *call, *condition;
    } statements[] = {{"EXECUTE a(", "(cat = $1)"},
                      {"EXECUTE b(", "(cat < $1)"},
                      {"EXECUTE d(", "((cat >= $1) AND (cat <= $2))"},
                      {"EXECUTE e(", "(cat = ANY ($1))"},
                      {"EXECUTE f(", "(sk ~~ $1)"}};
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
        if (str_starts(sql, statements[i].call))
            return statements[i].condition;
    return NULL;
}

static double join_vector(const struct cm *c, struct str sql)
{
    bool fk = str_find(sql, "orders") >= 0;
    const struct cat_rel *l = fk ? &c->orders : &c->rel, *r = fk ? &c->customers : &c->rel;
    struct sel_rel rels[] = {{l, fk ? STR("o") : STR("a"), NAN, NAN},
                             {r, fk ? STR("c") : STR("b"), NAN, NAN}};
    struct sel_env env = {.cat = &c->cat, .rels = rels, .rel_count = 2, .now_us = NAN};
    struct str on = str_sub(sql, (size_t)str_find(sql, " ON ") + 4, sql.len);
    const struct pred *p = pred_parse(c->a, on);
    double sel = sel_join(&env, SEL_JOIN_INNER, 0, r->tuples, &p, 1);
    return sel_join_rows(SEL_JOIN_INNER, l->tuples, r->tuples, sel);
}

/* Rows that nn < 100 leaves, by the count of distinct values of rnd that the vector expects. */
static double filtered_rows(const struct cm *c)
{
    double distinct = rint(vector_sel(c, "group by rnd,cat (clamp 0.1*T or max nd)") * ROWS);
    double groups = vector_sel(c, "group by rnd with filter") * ROWS;
    return rint(ROWS * (1 - pow(1 - groups / distinct, distinct / ROWS)));
}

static double group_vector(const struct cm *c, struct str sql)
{
    struct cat_rel wide = c->rel;
    struct cat_column columns[7];
    memcpy(columns, c->columns, sizeof(c->columns));
    columns[6] = c->half;
    wide.columns = columns;
    wide.column_count = 7;
    bool filtered = str_find(sql, " WHERE ") >= 0;
    double rows = filtered ? filtered_rows(c) : ROWS;
    struct sel_rel rel = {&wide, STR("cm"), NAN, rows};
    struct sel_env env = {.cat = &c->cat, .rels = &rel, .rel_count = 1, .now_us = NAN};
    ptrdiff_t by = str_find(sql, "GROUP BY ");
    struct str keys = by >= 0 ? str_sub(sql, (size_t)by + 9, sql.len) : STR("(cat > 5)");
    struct pred_side sides[4];
    size_t n;
    const struct str *parts = pred_split_list(c->a, keys, &n);
    for (size_t i = 0; i < n; i++)
        pred_side_parse(c->a, parts[i], &sides[i]);
    return sel_groups(&env, sides, n, rows);
}

static double scan_vector(const struct cm *c, struct str condition)
{
    struct sel_rel rel = {&c->rel, STR("cm"), NAN, NAN};
    struct sel_env env = {.cat = &c->cat, .rels = &rel, .rel_count = 1, .now_us = NAN};
    return sel_rows(ROWS, sel_pred(&env, 0, pred_parse(c->a, condition)));
}

static void check_vectors(struct arena *a, int version)
{
    struct cm c;
    size_t count = 0;
    make(&c, a, version);
    for (const struct json *e = json_first(c.vectors); e; e = e->next, count++) {
        struct str sql = json_str(e, "sql");
        const char *condition = prepared(sql);
        ptrdiff_t where = str_find(sql, " WHERE ");
        double rows;
        if (str_find(sql, "GROUP BY") >= 0 || str_find(sql, "DISTINCT") >= 0)
            rows = group_vector(&c, sql);
        else if (str_find(sql, " JOIN ") >= 0)
            rows = join_vector(&c, sql);
        else
            rows = scan_vector(&c, condition ? str_of(condition)
                                             : str_sub(sql, (size_t)where + 7, sql.len));
        is_near(rows, json_num(e, "pg_rows", NAN), 0,
                arena_printf(a, "%d: %s", version, json_str(e, "name").p));
    }
    is_int((long long)count, 59, "59 vectors");
}

/* ---- by hand ---- */

struct hand {
    struct arena *a;
    struct catalog cat;
    struct cat_rel rel;
    struct cat_column columns[8];
    struct sel_rel rels[1];
    struct sel_env env;
};

static const struct str flag_values[] = {{"t", 1}, {"f", 1}};
static const double flag_freqs[] = {0.25, 0.5};
static const struct str tag_values[] = {{"blue", 4}, {"green", 5}, {"red", 3}};
static const double tag_freqs[] = {0.1, 0.4, 0.2, 0.1, 0.4};
static const struct str doc_values[] = {{"{\"s\": \"a\", \"n\": 1}", 18},
                                        {"{\"s\": \"b\", \"n\": [1, 2]}", 23}};
static const double doc_freqs[] = {0.75, 0.25};

static void make_hand(struct hand *h, struct arena *a)
{
    *h = (struct hand){.a = a, .cat = {.version_num = 150000, .block_size = 8192}};
    h->columns[0] = column("flag", "boolean", 2);
    h->columns[0].stats.null_frac = 0.25;
    h->columns[0].stats.mcv = flag_values;
    h->columns[0].stats.mcf = flag_freqs;
    h->columns[0].stats.mcv_count = 2;
    h->columns[1] = column("tags", "text[]", -0.1);
    h->columns[1].stats.null_frac = 0.5;
    h->columns[1].stats.elems = tag_values;
    h->columns[1].stats.elem_freqs = tag_freqs;
    h->columns[1].stats.elem_count = 3;
    h->columns[2] = column("doc", "jsonb", 2);
    h->columns[2].stats.mcv = doc_values;
    h->columns[2].stats.mcf = doc_freqs;
    h->columns[2].stats.mcv_count = 2;
    h->columns[3] = column("v", "tsvector", -1);
    h->columns[3].stats.elems = tag_values;
    h->columns[3].stats.elem_freqs = tag_freqs;
    h->columns[3].stats.elem_count = 3;
    h->columns[4] = column("n", "integer", 1000);
    h->columns[4].stats.null_frac = 0.5;
    h->columns[5] = column("box", "box", 0);
    h->columns[6] = column("nothing", "integer", 0);
    h->columns[6].stats.known = false;
    h->columns[7] = column("at", "timestamp with time zone", -1);
    static const struct str days[] = {{"2024-01-01 00:00:00+00", 22},
                                      {"2024-01-11 00:00:00+00", 22},
                                      {"2024-01-21 00:00:00+00", 22}};
    h->columns[7].stats.bounds = days;
    h->columns[7].stats.bound_count = 3;
    h->rel = (struct cat_rel){.name = STR("t"),
                              .kind = 'r',
                              .columns = h->columns,
                              .column_count = 8,
                              .pages = 100,
                              .tuples = 10000,
                              .size_bytes = NAN,
                              .fillfactor = NAN};
    h->rels[0] = (struct sel_rel){&h->rel, STR("t"), NAN, NAN};
    h->env = (struct sel_env){.cat = &h->cat, .rels = h->rels, .rel_count = 1, .now_us = NAN};
}

static void is_sel(const struct hand *h, const char *condition, double want)
{
    double got = sel_pred(&h->env, 0, pred_parse(h->a, str_of(condition)));
    is_near(got, want, 1e-7, condition);
}

static void booleans(struct hand *h)
{
    is_sel(h, "flag", 0.25);
    is_sel(h, "(NOT flag)", 0.75); /* NULLs pass, as the planner sees it */
    is_sel(h, "(flag = false)", 0.75);
    is_sel(h, "(flag <> true)", 0.75);
    is_sel(h, "(flag IS TRUE)", 0.25);
    is_sel(h, "(flag IS NOT TRUE)", 0.75);
    is_sel(h, "(flag IS FALSE)", 0.5);
    is_sel(h, "(flag IS NOT FALSE)", 0.5);
    is_sel(h, "(flag IS UNKNOWN)", 0.25);
    h->env.as_index = true;
    is_sel(h, "(flag = false)", 0.5); /* an index condition is a real equality */
    h->env.as_index = false;
    is_sel(h, "true", 1);
    is_sel(h, "false", 0);
    is_sel(h, "NULL::boolean", 0);
}

static void logic(struct hand *h)
{
    is_sel(h, "((n = 5) AND flag)", 0.5 / 1000 * 0.25);
    is_sel(h, "((n = 5) OR flag)", 0.0005 + 0.25 - 0.0005 * 0.25);
    is_sel(h, "(NOT ((n = 5) OR flag))", (1 - 0.0005 - 0.5) * 0.75);
    is_sel(h, "(NOT (n = 5))", 0.4995);
    is_sel(h, "(n = NULL::integer)", 0);
    is_sel(h, "(n IS DISTINCT FROM 5)", 1 - 0.0005);
    is_sel(h, "(NOT (n IS DISTINCT FROM 5))", 0.0005);
    is_sel(h, "(n = ANY ('{1,NULL}'::integer[]))", 0.0005);
    is_sel(h, "(n <> ALL ('{1,NULL}'::integer[]))", 0);
    is_sel(h, "(n = x.y)", 0.0005); /* a value from the outer side */
    is_sel(h, "(n > x.y)", 1.0 / 3);
    is_sel(h, "((n > x.y) AND (n < x.z))", 0.005);
    is_sel(h, "(nothing = 3)", 1.0 / 200);
    is_sel(h, "(nothing IS NULL)", 0.005);
    is_sel(h, "(abs(n) = 3)", 1.0 / 200);
    is_sel(h, "((n)::numeric = 3.5)", 1.0 / 200);
    is_sel(h, "(n = 3.5)", 1.0 / 200); /* the column is converted, its statistics are lost */
    is_sel(h, "is_fine(n)", 0.3333333);
    is_sel(h, "(hashed SubPlan 1)", 0.5);
    is_sel(h, "(n = $0)", 0.0005);
}

static void containment(struct hand *h)
{
    is_sel(h, "(tags @> '{red,blue}'::text[])", 0.5 * 0.2 * 0.1);
    is_sel(h, "(tags && '{red,blue}'::text[])", 0.5 * (0.2 + 0.1 - 0.02));
    is_sel(h, "(tags @> '{rare}'::text[])", 0.5 * 0.005);
    is_sel(h, "('green'::text = ANY (tags))", 0.5 * 0.4);
    is_sel(h, "(tags @> $1)", 0.005);
    is_sel(h, "(doc @> '{\"s\": \"a\"}'::jsonb)", 0.75);
    is_sel(h, "(doc @> '{\"n\": [2]}'::jsonb)", 0.25);
    is_sel(h, "(doc ? 'n'::text)", 1);
    is_sel(h, "(doc ?| '{x,y}'::text[])", 0);
    is_sel(h, "(doc ?& '{s,n}'::text[])", 1);
    is_sel(h, "(v @@ '''red'''::tsquery)", 0.2);
    is_sel(h, "(v @@ '''red'' & ''green'''::tsquery)", 0.08);
    is_sel(h, "(v @@ '''red'' | !''green'''::tsquery)", 0.2 + 0.6 - 0.12);
    is_sel(h, "(v @@ '(''red'' | ''blue'') & ''green'''::tsquery)", 0.28 * 0.4);
    is_sel(h, "(v @@ to_tsquery('english'::regconfig, 'reds'::text))", 0.2);
    is_sel(h, "(box @> '(1,1),(0,0)'::box)", 0.001);
    is_sel(h, "(box && '(1,1),(0,0)'::box)", 0.005);
}

static void expressions_of_time(struct hand *h)
{
    is_sel(h, "(at > (now() - '10 days'::interval))", 1.0 / 3); /* the time is not known */
    h->env.now_us = (value_days(2024, 1, 16)) * 86400e6;
    /* the middle of the first bin, in which an equal value is not taken to be spread evenly */
    is_sel(h, "(at < (now() - '10 days'::interval))", 0.25 + 0.5 / 10000 - 1.0 / 10000);
    is_sel(h, "((at >= CURRENT_DATE) AND (at < (CURRENT_DATE + 1)))", 0.05);
    h->env.now_us = NAN;
}

static struct sel_var var_of(const struct cat_column *col, double tuples)
{
    return (struct sel_var){.stats = &col->stats, .type.cls = CLASS_NUMBER, .tuples = tuples};
}

/* Two common values on each side, one of them shared; 10 and 20 distinct values. */
static void joins(struct arena *a)
{
    struct cm c = {.a = a};
    static const double v1[] = {1, 2}, f1[] = {0.5, 0.25}, v2[] = {2, 3}, f2[] = {0.5, 0.125};
    struct cat_column l = column("l", "integer", 10), r = column("r", "integer", 20);
    set_mcv(&c, &l.stats, 2, v1, f1);
    set_mcv(&c, &r.stats, 2, v2, f2);
    struct sel_var lv = var_of(&l, 1000), rv = var_of(&r, 1000);
    /* matched 0.25 * 0.5; of the left 0.5 unmatched and 0.25 rare, of the right 0.125 and 0.375 */
    double by_right = 0.125 + 0.5 * 0.375 / 18 + 0.25 * (0.375 + 0.125) / 19;
    double by_left = 0.125 + 0.125 * 0.25 / 8 + 0.375 * (0.25 + 0.5) / 9;
    is_near(sel_join_eq(&lv, &rv), fmin(by_left, by_right), 1e-12, "join over common values");
    /* semi: 0.25 matched; 9 values left of 19 find a partner: all */
    is_near(sel_join_eq_semi(&lv, &rv, 1000), 1, 1e-12, "semi join, enough inner values");
    is_near(sel_join_eq_semi(&rv, &lv, 1000), 0.5 + 9.0 / 19 * 0.5, 1e-12, "and too few");
    is_near(sel_join_rows(SEL_JOIN_LEFT, 100, 10, 0.001), 100, 0, "a left join keeps the left");
    is_near(sel_join_rows(SEL_JOIN_ANTI, 100, 10, 0.25), 75, 0, "an anti join the rest");
    is_near(sel_join_rows(SEL_JOIN_FULL, 100, 500, 0), 500, 0, "a full join both");
}

static void groups(struct hand *h)
{
    static const struct str pair[] = {{"n", 1}, {"flag2", 5}};
    struct cat_ext_stats ext = {
        .columns = pair, .column_count = 2, .ndistinct = true, .ndistinct_value = 1500};
    struct pred_side sides[2];
    h->columns[6] = column("flag2", "integer", 100);
    pred_side_parse(h->a, STR("n"), &sides[0]);
    pred_side_parse(h->a, STR("flag2"), &sides[1]);
    is_near(sel_groups(&h->env, sides, 2, 10000), 1000, 0, "a tenth of the rows at most");
    h->rel.ext_stats = &ext;
    is_near(sel_groups(&h->env, sides, 2, 10000), 1500, 0, "or what CREATE STATISTICS counted");
    is_near(sel_groups(&h->env, sides, 2, 700), 700, 0, "never more than rows");
    h->rel.ext_stats = NULL;
    pred_side_parse(h->a, STR("flag"), &sides[1]);
    is_near(sel_groups(&h->env, sides, 2, 10000), 2000, 0, "a boolean doubles");
    is_near(sel_groups(&h->env, sides, 0, 10000), 1, 0, "no columns, one group");
}

/* Conditions nest as deeply as somebody writes them. */
static void deep(struct hand *h)
{
    struct pred *p = arena_alloc(h->a, sizeof(*p));
    *p = *pred_parse(h->a, STR("flag"));
    for (int i = 0; i < 100000; i++) {
        struct pred *outer = arena_alloc(h->a, sizeof(*outer));
        outer->kind = i % 2 ? PRED_OR : PRED_AND;
        outer->child = p;
        p = outer;
    }
    double sel = sel_pred(&h->env, 0, p);
    ok(sel > 0 && sel <= 1, "a condition of 100,000 levels gives a share");
}

int main(void)
{
    struct arena *a = arena_new(0);
    struct hand h;
    check_vectors(a, 15);
    check_vectors(a, 18);
    make_hand(&h, a);
    booleans(&h);
    logic(&h);
    containment(&h);
    expressions_of_time(&h);
    joins(a);
    groups(&h);
    deep(&h);
    arena_free(a);
    return done();
}
