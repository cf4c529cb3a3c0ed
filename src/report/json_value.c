#include "report/json_value.h"

#include <math.h>

#include "plan/value_json.h"

void json_value_num(struct json_writer *w, const char *key, double v, int decimals)
{
    if (!isfinite(v))
        return;
    json_key(w, key);
    json_decimal(w, v, decimals);
}

void json_value_text(struct json_writer *w, const char *key, struct str s)
{
    if (!s.p)
        return;
    json_key(w, key);
    json_string(w, s);
}

void json_value_flag(struct json_writer *w, const char *key, bool v)
{
    if (!v)
        return;
    json_key(w, key);
    json_boolean(w, true);
}

/* Said by the node's own members already. */
static bool is_said(enum prop_id id)
{
    return id == PROP_NODE_TYPE;
}

static void put_others(struct json_writer *w, const struct prop *props)
{
    bool opened = false;
    for (const struct prop *p = props; p; p = p->next) {
        if (p->id != PROP_UNKNOWN)
            continue;
        if (!opened) {
            json_key(w, "other");
            json_open_object(w);
            opened = true;
        }
        json_key_str(w, p->key);
        value_put_json(w, &p->value);
    }
    if (opened)
        json_close_object(w);
}

void json_value_printed(struct json_writer *w, const double *num, const struct prop *props)
{
    for (int id = 0; id < PROP_NUM_COUNT; id++)
        if (num_known(num[id]))
            json_value_num(w, prop_info[id].name, num[id], prop_info[id].decimals);
    for (const struct prop *p = props; p; p = p->next)
        if (p->id != PROP_UNKNOWN && !is_said(p->id)) {
            json_key(w, prop_info[p->id].name);
            value_put_json(w, &p->value);
        }
    put_others(w, props);
}

void json_value_extra(struct json_writer *w, const struct prop *props)
{
    put_others(w, props);
}

static void put_option(struct json_writer *w, const char *key, int flag)
{
    if (flag < 0)
        return;
    json_key(w, key);
    json_boolean(w, flag);
}

void json_value_jit(struct json_writer *w, const struct jit *j)
{
    if (!j)
        return;
    json_key(w, "jit");
    json_open_object(w);
    json_value_num(w, "functions", j->functions, 0);
    put_option(w, "inlining", j->inlining);
    put_option(w, "optimization", j->optimization);
    put_option(w, "expressions", j->expressions);
    put_option(w, "deforming", j->deforming);
    json_value_num(w, "generation_ms", j->generation_ms, 3);
    json_value_num(w, "deform_ms", j->deform_ms, 3);
    json_value_num(w, "inlining_ms", j->inlining_ms, 3);
    json_value_num(w, "optimization_ms", j->optimization_ms, 3);
    json_value_num(w, "emission_ms", j->emission_ms, 3);
    json_value_num(w, "total_ms", j->total_ms, 3);
    json_close_object(w);
}

bool json_value_open_row(struct json_writer *w)
{
    bool pretty = w->pretty;
    json_open_object(w);
    w->pretty = false;
    return pretty;
}

void json_value_close_row(struct json_writer *w, bool pretty)
{
    json_close_object(w);
    w->pretty = pretty;
}
