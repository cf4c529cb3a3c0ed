/* A plan as EXPLAIN (FORMAT JSON) of auto_explain has it, for plans whose text we had to change. */
#include "base/json.h"
#include "plan/plan.h"
#include "plan/value_json.h"
#include "work/workload_private.h"

static void put_props(struct json_writer *w, const struct prop *props)
{
    for (const struct prop *p = props; p; p = p->next) {
        json_key_str(w, p->id != PROP_UNKNOWN ? str_of(prop_info[p->id].key) : p->key);
        value_put_json(w, &p->value);
    }
}

static void put_number(struct json_writer *w, const char *key, double v)
{
    if (!num_known(v))
        return;
    json_key(w, key);
    json_number(w, v);
}

static void put_figures(struct json_writer *w, const double *num, const struct prop *props)
{
    put_props(w, props);
    for (int id = 0; id < PROP_NUM_COUNT; id++)
        put_number(w, prop_info[id].key, num[id]);
}

static void put_workers(struct json_writer *w, const struct node *n)
{
    if (n->worker_count == 0)
        return;
    json_key(w, "Workers");
    json_open_array(w);
    for (size_t i = 0; i < n->worker_count; i++) {
        json_open_object(w);
        json_key(w, "Worker Number");
        json_int(w, n->workers[i].number);
        put_figures(w, n->workers[i].num, n->workers[i].props);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_tree(struct json_writer *w, const struct node *root)
{
    const struct node *n = root;
    json_key(w, "Plan");
    while (n) {
        json_open_object(w);
        put_figures(w, n->num, n->props);
        put_workers(w, n);
        if (n->child) {
            json_key(w, "Plans");
            json_open_array(w);
            n = n->child;
            continue;
        }
        json_close_object(w);
        while (n != root && !n->next) {
            n = n->parent;
            json_close_array(w);
            json_close_object(w);
        }
        n = n == root ? NULL : n->next;
    }
}

static void put_text(struct json_writer *w, const char *key, struct str s)
{
    if (!s.p)
        return;
    json_key(w, key);
    json_string(w, s);
}

static void put_triggers(struct json_writer *w, const struct plan *p)
{
    json_key(w, "Triggers");
    json_open_array(w);
    for (size_t i = 0; i < p->trigger_count; i++) {
        json_open_object(w);
        put_text(w, "Trigger Name", p->triggers[i].name);
        put_text(w, "Constraint Name", p->triggers[i].constraint);
        put_text(w, "Relation", p->triggers[i].relation);
        put_number(w, "Time", p->triggers[i].time_ms);
        put_number(w, "Calls", p->triggers[i].calls);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_option(struct json_writer *w, const char *key, int flag)
{
    if (flag < 0)
        return;
    json_key(w, key);
    json_boolean(w, flag);
}

static void put_jit(struct json_writer *w, const struct jit *j)
{
    json_key(w, "JIT");
    json_open_object(w);
    put_number(w, "Functions", j->functions);
    json_key(w, "Options");
    json_open_object(w);
    put_option(w, "Inlining", j->inlining);
    put_option(w, "Optimization", j->optimization);
    put_option(w, "Expressions", j->expressions);
    put_option(w, "Deforming", j->deforming);
    json_close_object(w);
    json_key(w, "Timing");
    json_open_object(w);
    put_number(w, "Generation", j->generation_ms);
    put_number(w, "Inlining", j->inlining_ms);
    put_number(w, "Optimization", j->optimization_ms);
    put_number(w, "Emission", j->emission_ms);
    put_number(w, "Total", j->total_ms);
    json_close_object(w);
    json_close_object(w);
}

void plan_add_json(struct buf *b, const struct plan *p)
{
    struct json_writer w;
    json_writer_init(&w, b, false);
    json_open_object(&w);
    put_text(&w, "Query Text", p->query_text);
    put_text(&w, "Query Parameters", p->query_params);
    put_tree(&w, p->root);
    if (p->settings) {
        json_key(&w, "Settings");
        json_open_object(&w);
        for (const struct prop *s = p->settings; s; s = s->next) {
            json_key_str(&w, s->key);
            json_string(&w, s->value.text);
        }
        json_close_object(&w);
    }
    if (p->query_id.p) {
        json_key(&w, "Query Identifier");
        json_digits(&w, p->query_id);
    }
    if (p->trigger_count)
        put_triggers(&w, p);
    if (p->jit)
        put_jit(&w, p->jit);
    put_number(&w, "Planning Time", p->planning_ms);
    put_number(&w, "Execution Time", p->execution_ms);
    json_close_object(&w);
}
