/* Figures and names in words, for titles and evidence; nothing in a quiet run. */
#include "base/arena.h"
#include "base/text.h"
#include "rules/finding.h"
#include "sql/ident.h"

static const char *keep(struct rule_run *run, struct buf *b)
{
    const char *s = arena_strndup(run->arena, b->data ? b->data : "", b->len);
    buf_free(b);
    return s;
}

const char *say_count(struct rule_run *run, double v)
{
    if (run->quiet)
        return "";
    struct buf b = {0};
    if (fabs(v) < 10 && v != floor(v))
        text_add_decimal(&b, v, fabs(v) < 0.095 ? 3 : fabs(v) < 0.95 ? 2 : 1, true);
    else
        text_add_grouped(&b, v);
    return keep(run, &b);
}

const char *say_about(struct rule_run *run, double v)
{
    if (run->quiet)
        return "";
    double step = 1;
    while (v / step >= 100)
        step *= 10;
    return arena_printf(run->arena, "about %s", say_count(run, round(v / step) * step));
}

const char *say_counted(struct rule_run *run, double v, const char *noun)
{
    if (run->quiet)
        return "";
    return arena_printf(run->arena, "%s %s%s", say_count(run, v), noun, v == 1 ? "" : "s");
}

const char *say_ms(struct rule_run *run, double ms)
{
    if (run->quiet)
        return "";
    struct buf b = {0};
    text_add_ms(&b, ms);
    return keep(run, &b);
}

const char *say_share(struct rule_run *run, double share)
{
    if (run->quiet)
        return "";
    struct buf b = {0};
    double percent = 100 * share, from_end = fabs(100 - percent);
    bool fine = fabs(percent) < 0.095 || (from_end > 0 && from_end < 0.095);
    text_add_decimal(&b, percent, fine ? 3 : fabs(percent) < 0.95 || from_end < 0.95 ? 2 : 1, true);
    buf_adds(&b, " %");
    return keep(run, &b);
}

const char *say_factor(struct rule_run *run, double factor)
{
    if (run->quiet)
        return "";
    struct buf b = {0};
    if (factor < 9.95)
        text_add_decimal(&b, factor, 1, true);
    else
        text_add_grouped(&b, factor);
    buf_addc(&b, 'x');
    return keep(run, &b);
}

const char *say_bytes(struct rule_run *run, double bytes)
{
    if (run->quiet)
        return "";
    struct buf b = {0};
    text_add_bytes(&b, bytes);
    return keep(run, &b);
}

const char *say_weight(struct rule_run *run, double weight)
{
    if (run->quiet)
        return "";
    switch (run->metrics->unit) {
    case UNIT_TIME:
        return say_ms(run, weight);
    case UNIT_BUFFERS:
        return say_counted(run, weight, "block");
    case UNIT_ROWS:
        return say_counted(run, weight, "row");
    case UNIT_COST:
        return arena_printf(run->arena, "cost %s", say_count(run, weight));
    }
    return "";
}

const char *say_node(struct rule_run *run, const struct node *n)
{
    if (run->quiet)
        return "";
    struct buf b = {0};
    node_add_title(&b, n);
    return keep(run, &b);
}

const char *say_type(struct rule_run *run, const struct node *n)
{
    if (run->quiet)
        return "";
    struct buf b = {0};
    node_add_name(&b, n);
    return keep(run, &b);
}

const char *say_relation(struct rule_run *run, const struct node *n)
{
    if (run->quiet)
        return "";
    struct str schema = node_text(n, PROP_SCHEMA), name = node_text(n, PROP_RELATION_NAME);
    if (!name.len)
        return "its input";
    return arena_printf(run->arena, "%.*s%s%.*s", STR_ARG(schema), schema.len ? "." : "",
                        STR_ARG(name));
}

const char *say_sql_relation(struct rule_run *run, const struct node *n)
{
    if (run->quiet)
        return "";
    struct str schema = node_text(n, PROP_SCHEMA), name = node_text(n, PROP_RELATION_NAME);
    struct buf b = {0};
    if (schema.len) {
        sql_add_ident(&b, schema);
        buf_addc(&b, '.');
    }
    sql_add_ident(&b, name);
    return keep(run, &b);
}

const char *say_ident(struct rule_run *run, struct str name)
{
    if (run->quiet)
        return "";
    struct buf b = {0};
    sql_add_ident(&b, name);
    return keep(run, &b);
}

const char *say_setting(struct rule_run *run, double bytes)
{
    if (run->quiet)
        return "";
    static const double steps[] = {1,  2,  3,  4,   6,   8,   12,  16,  24, 32,
                                   48, 64, 96, 128, 192, 256, 384, 512, 768};
    enum { STEPS = sizeof steps / sizeof steps[0] };
    double mb = bytes / (1024 * 1024);
    for (size_t i = 0; i < STEPS; i++)
        if (mb <= steps[i])
            return arena_printf(run->arena, "%.0fMB", steps[i]);
    return arena_printf(run->arena, "%.0fGB", ceil(mb / 1024));
}
