/* Cases of tests/advice (see its README): reading them, and the catalog that each describes. */
#ifndef TESTS_ADVICE_CASE_H
#define TESTS_ADVICE_CASE_H

#include <stdlib.h>

#include "advise/advise.h"
#include "base/arena.h"
#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/ddl.h"
#include "catalog/snapshot.h"
#include "plan/metrics.h"
#include "read/read.h"

enum { CASE_LINES = 64 };

struct case_input {
    struct buf text;
    bool is_plan;
    double weight, rows;
};

struct advice_case {
    struct str name;
    struct buf schema;
    struct str facts[CASE_LINES]; /* #stats, #rel, #invalid, #extension */
    size_t fact_count;
    struct case_input inputs[8];
    size_t input_count;
    struct advice_limits limits;
    struct str wants[CASE_LINES]; /* #index, #none, #says, #replaces */
    size_t want_count;
};

/* "name=value" of a line of such; absent when it is not there. */
static struct str case_value(struct str line, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i + n < line.len; i++)
        if ((i == 0 || line.p[i - 1] == ' ') && strncmp(line.p + i, name, n) == 0 &&
            line.p[i + n] == '=') {
            struct str v = str_sub(line, i + n + 1, line.len);
            size_t end = 0;
            /* a space ends the value, but those of timestamps do not: a name and '=' follow */
            for (size_t k = 0; k <= v.len; k++) {
                size_t w = k + 1;
                if (k < v.len && v.p[k] != ' ')
                    continue;
                while (w < v.len && v.p[w] >= 'a' && v.p[w] <= 'z')
                    w++;
                end = k;
                if (k == v.len || (w > k + 1 && w < v.len && v.p[w] == '='))
                    break;
            }
            return str_sub(v, 0, end);
        }
    return (struct str){0};
}

static double case_number(struct str line, const char *name, double otherwise)
{
    double v;
    return str_to_double(case_value(line, name), &v) ? v : otherwise;
}

static void case_line(struct advice_case *c, struct str line)
{
    if (str_starts(line, "#query") || str_starts(line, "#plan")) {
        c->inputs[c->input_count++] = (struct case_input){.is_plan = str_starts(line, "#plan"),
                                                          .weight = case_number(line, "weight", 1),
                                                          .rows = case_number(line, "rows", 0)};
    } else if (str_starts(line, "#limits")) {
        c->limits.budget_bytes = case_number(line, "budget", 0);
        c->limits.max_indexes = (size_t)case_number(line, "max", 0);
        c->limits.write_weight = case_number(line, "write", 1);
    } else if (str_starts(line, "#index") || str_starts(line, "#none") ||
               str_starts(line, "#says") || str_starts(line, "#replaces")) {
        c->wants[c->want_count++] = line;
    } else if (str_starts(line, "#")) {
        c->facts[c->fact_count++] = line;
    } else {
        struct buf *to = c->input_count ? &c->inputs[c->input_count - 1].text : &c->schema;
        buf_addstr(to, line);
        buf_addc(to, '\n');
    }
}

/* ---- facts ---- */

static size_t case_list(struct arena *a, struct str text, const struct str **out)
{
    struct str *items = arena_calloc(a, 64, sizeof *items);
    size_t count = 0;
    while (text.len) {
        ptrdiff_t comma = str_find(text, ",");
        size_t end = comma < 0 ? text.len : (size_t)comma;
        items[count++] = str_dup(a, str_sub(text, 0, end));
        text = str_sub(text, end + 1, text.len);
    }
    *out = items;
    return count;
}

static void case_mcv(struct arena *a, struct cat_stats *s, struct str text)
{
    const struct str *pairs;
    s->mcv_count = case_list(a, text, &pairs);
    struct str *values = arena_calloc(a, s->mcv_count, sizeof *values);
    double *shares = arena_calloc(a, s->mcv_count, sizeof *shares);
    for (size_t i = 0; i < s->mcv_count; i++) {
        ptrdiff_t colon = str_find(pairs[i], ":");
        values[i] = str_dup(a, str_sub(pairs[i], 0, (size_t)colon));
        str_to_double(str_sub(pairs[i], (size_t)colon + 1, pairs[i].len), &shares[i]);
    }
    s->mcv = values;
    s->mcf = shares;
}

/* The first word behind the directive, and the rest. */
static struct str case_word(struct str *line)
{
    ptrdiff_t at = str_find(*line, " ");
    struct str rest = str_sub(*line, at < 0 ? line->len : (size_t)at + 1, line->len);
    ptrdiff_t end = str_find(rest, " ");
    *line = str_sub(rest, end < 0 ? rest.len : (size_t)end, rest.len);
    return str_sub(rest, 0, end < 0 ? rest.len : (size_t)end);
}

static bool case_stats(struct catalog *cat, struct str line)
{
    struct str word = case_word(&line);
    ptrdiff_t dot = str_find(word, ".");
    struct cat_rel *rel = cat_find_rel(cat, (struct str){0}, str_sub(word, 0, (size_t)dot));
    struct cat_column *col =
        rel ? cat_find_column(rel, str_sub(word, (size_t)dot + 1, word.len)) : NULL;
    if (!col)
        return false;
    struct cat_stats *s = &col->stats;
    *s = (struct cat_stats){.known = true};
    s->null_frac = case_number(line, "null", 0);
    s->n_distinct = case_number(line, "distinct", -1);
    s->avg_width = case_number(line, "width", col->typlen > 0 ? col->typlen : 12);
    s->correlation = case_number(line, "corr", 0.02);
    if (case_value(line, "mcv").len)
        case_mcv(cat->arena, s, case_value(line, "mcv"));
    s->bound_count = case_list(cat->arena, case_value(line, "bounds"), &s->bounds);
    return true;
}

static bool case_rel(struct catalog *cat, struct str line)
{
    struct cat_rel *rel = cat_find_rel(cat, (struct str){0}, case_word(&line));
    double pages, rows;
    if (!rel)
        return false;
    rel->inserts = case_number(line, "inserts", rel->inserts);
    rel->updates = case_number(line, "updates", rel->updates);
    rel->hot_updates = case_number(line, "hot", rel->hot_updates);
    rel->seq_scans = case_number(line, "seq", rel->seq_scans);
    rel->live_tuples = case_number(line, "live", rel->live_tuples);
    if (case_value(line, "visible").len && cat_current_size(cat, rel, &pages, &rows)) {
        rel->pages = pages;
        rel->all_visible_pages = pages * case_number(line, "visible", 1);
    }
    return true;
}

static bool case_fact(struct catalog *cat, struct str line)
{
    if (str_starts(line, "#stats"))
        return case_stats(cat, line);
    if (str_starts(line, "#rel"))
        return case_rel(cat, line);
    struct cat_index *ix = str_starts(line, "#invalid")
                               ? cat_find_index(cat, (struct str){0}, case_word(&line))
                               : NULL;
    if (ix)
        ix->valid = false;
    return ix != NULL;
}

/* The catalog through the DDL door; *bad gets a fact that speaks of nothing, or a problem. */
static struct catalog *case_catalog(const struct advice_case *c, const char **bad)
{
    struct err err = {0};
    struct catalog *cat = cat_from_ddl(buf_str(&c->schema), "schema", &err);
    *bad = !cat ? "the schema cannot be read" : cat->problems ? cat->problems->message.p : NULL;
    for (size_t i = 0; cat && i < c->fact_count; i++)
        if (!case_fact(cat, c->facts[i]))
            *bad = c->facts[i].p;
    return cat;
}

/* planner: NULL, the model judges. */
static const struct advice *case_advise(struct arena *a, const struct advice_case *c,
                                        const struct catalog *cat, struct whatif *planner)
{
    struct advice_input inputs[8] = {0};
    for (size_t i = 0; i < c->input_count; i++) {
        struct read_result read;
        struct str text = str_trim(buf_str(&c->inputs[i].text));
        if (c->inputs[i].is_plan) {
            read_plans(a, text, &read);
            inputs[i].plan = read.plan_count ? read.plans[0] : NULL;
            inputs[i].metrics = inputs[i].plan ? metrics_new(a, inputs[i].plan) : NULL;
        } else {
            inputs[i].sql = str_ends(text, ";") ? str_sub(text, 0, text.len - 1) : text;
        }
        inputs[i].name = c->name;
        inputs[i].weight = c->inputs[i].weight;
        inputs[i].rows = c->inputs[i].rows;
    }
    return advise(a, cat, inputs, c->input_count, &c->limits, planner);
}

static void case_release(struct advice_case *c)
{
    buf_free(&c->schema);
    for (size_t i = 0; i < c->input_count; i++)
        buf_free(&c->inputs[i].text);
}

#endif
