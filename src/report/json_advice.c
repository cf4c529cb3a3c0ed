#include "report/json_advice.h"

#include "plan/plan.h"
#include "report/advice.h"
#include "report/json_value.h"
#include "report/outline.h"

enum { SCHEMA = 1 };

static void put_texts(struct json_writer *w, const char *key, const char *const *texts,
                      size_t count)
{
    json_key(w, key);
    json_open_array(w);
    for (size_t i = 0; i < count; i++)
        json_cstring(w, texts[i]);
    json_close_array(w);
}

static void put_effect(struct json_writer *w, const struct advice_effect *e)
{
    json_open_object(w);
    json_key(w, "query");
    json_int(w, (int64_t)e->query);
    if (e->node) {
        json_key(w, "node_id");
        json_int(w, e->node->id);
    }
    json_close_object(w);
}

static void put_replaced(struct json_writer *w, const struct advice_index *x)
{
    json_key(w, "replaces");
    json_open_array(w);
    for (size_t i = 0; i < x->replace_count; i++)
        json_string(w, x->replaces[i]->name);
    json_close_array(w);
}

static void put_effects(struct json_writer *w, const struct advice_index *x)
{
    json_key(w, "effects");
    json_open_array(w);
    for (size_t i = 0; i < x->effect_count; i++)
        put_effect(w, &x->effects[i]);
    json_close_array(w);
}

static void put_keys(struct json_writer *w, const struct advice_index *x)
{
    json_key(w, "keys");
    json_open_array(w);
    for (size_t i = 0; i < x->total_count; i++) {
        const struct advice_key *k = &x->keys[i];
        bool pretty = json_value_open_row(w);
        json_value_text(w, "column", k->column);
        json_value_text(w, "expression", k->expr);
        json_value_text(w, "opclass", k->opclass);
        json_value_flag(w, "desc", k->desc);
        json_value_flag(w, "include", i >= x->key_count);
        json_value_text(w, "role", str_of(k->role));
        json_value_close_row(w, pretty);
    }
    json_close_array(w);
}

static void put_nodes(struct json_writer *w, const struct advice_index *x)
{
    json_key(w, "node_ids");
    json_open_array(w);
    for (size_t i = 0; i < x->effect_count; i++)
        if (x->effects[i].node)
            json_int(w, x->effects[i].node->id);
    json_close_array(w);
}

static void put_workload_part(struct json_writer *w, const struct advice_index *x)
{
    json_value_text(w, "access_method", str_of(x->am));
    put_keys(w, x);
    json_value_text(w, "predicate", x->predicate.len ? x->predicate : (struct str){0});
    put_replaced(w, x);
    json_value_num(w, "build_seconds", x->build_seconds, 1);
    json_value_num(w, "write_us", x->write_us, 2);
    json_value_num(w, "write_wal_bytes", x->write_wal_bytes, 0);
    put_effects(w, x);
}

void json_advice_index(struct json_writer *w, const struct advice_index *x,
                       const struct advice *adv)
{
    json_open_object(w);
    json_value_text(w, "id", str_of(x->id));
    json_value_text(w, "schema_name", x->schema);
    json_value_text(w, "table", x->table);
    json_value_text(w, "name", str_of(x->name));
    json_value_text(w, "columns", str_of(x->columns));
    json_value_text(w, "before", str_of(x->before));
    json_value_text(w, "up", str_of(x->up));
    json_value_text(w, "down", str_of(x->down));
    json_value_text(w, "rationale", str_of(x->rationale));
    json_value_text(w, "basis", str_of(advice_basis_name[x->basis]));
    json_value_text(w, "confidence", str_of(advice_confidence_name[x->confidence]));
    json_value_num(w, "size_bytes", x->size_bytes, 0);
    json_value_num(w, "gain_share", x->gain_share, 5);
    json_value_num(w, "marginal_share", x->marginal_share, 5);
    json_value_flag(w, "loses_hot", x->loses_hot);
    put_texts(w, "cautions", x->cautions, x->caution_count);
    if (adv)
        put_workload_part(w, x);
    else
        put_nodes(w, x);
    json_close_object(w);
}

void json_advice_note(struct json_writer *w, const struct advice_note *n)
{
    static const char *const kind_name[] = {[NOTE_NO_INDEX_HELPS] = "no_index_helps",
                                            [NOTE_CANNOT_SERVE] = "cannot_serve",
                                            [NOTE_EXISTS] = "exists",
                                            [NOTE_REJECTED] = "rejected",
                                            [NOTE_UNKNOWN] = "unknown"};
    json_open_object(w);
    json_value_text(w, "kind", str_of(kind_name[n->kind]));
    if (n->node) {
        json_key(w, "node_id");
        json_int(w, n->node->id);
    }
    json_value_text(w, "schema_name", n->schema);
    json_value_text(w, "table", n->table);
    json_value_text(w, "text", str_of(n->text));
    json_value_text(w, "instead", str_of(n->instead));
    json_close_object(w);
}

void json_problem(struct json_writer *w, const struct report_problem *p)
{
    json_open_object(w);
    json_value_text(w, "source", str_of(p->source));
    if (p->line) {
        json_key(w, "line");
        json_int(w, (int64_t)p->line);
    }
    if (p->column) {
        json_key(w, "column");
        json_int(w, (int64_t)p->column);
    }
    json_value_text(w, "level", str_of(p->is_warning ? "warning" : "error"));
    json_value_text(w, "message", str_of(p->message));
    json_value_text(w, "hint", str_of(p->hint));
    json_close_object(w);
}

/* ---- the document of `pgsift advise` ---- */

static void put_serving(struct json_writer *w, const struct advice_query *q)
{
    json_key(w, "indexes");
    json_open_array(w);
    for (size_t i = 0; i < q->index_count; i++)
        json_cstring(w, q->indexes[i]->id);
    json_close_array(w);
}

static void put_query_notes(struct json_writer *w, const struct advice *adv, size_t query)
{
    json_key(w, "notes");
    json_open_array(w);
    size_t count;
    const struct advice_note *notes = advice_notes_of(adv, query, &count);
    for (size_t i = 0; i < count; i++)
        json_advice_note(w, &notes[i]);
    json_close_array(w);
}

static void put_query(struct json_writer *w, const struct advice_report *r, size_t i)
{
    const struct advice_query *q = &r->advice->queries[i];
    json_open_object(w);
    json_value_text(w, "name", q->name);
    json_value_text(w, "source", str_of(r->places[i].source));
    json_value_num(w, "line", r->places[i].line ? (double)r->places[i].line : NAN, 0);
    json_value_num(w, "weight", q->weight, 3);
    json_value_flag(w, "has_plan", q->plan != NULL);
    json_value_text(w, "sql", q->sql.len ? q->sql : (struct str){0});
    json_value_text(w, "verdict", str_of(advice_verdict_name[q->verdict]));
    json_value_text(w, "answer", str_of(q->answer));
    json_value_num(w, "cost_before", q->cost_before, 2);
    json_value_num(w, "cost_after", q->cost_after, 2);
    json_value_num(w, "ms_before", q->ms_before, 3);
    json_value_num(w, "ms_after", q->ms_after, 3);
    json_value_text(w, "planned_with", str_of(q->planned_with));
    put_serving(w, q);
    put_query_notes(w, r->advice, i);
    if (r->plans && outline_is_known(q))
        outline_json(w, q);
    json_close_object(w);
}

static void put_upkeep(struct json_writer *w, const struct upkeep *u)
{
    const struct cat_health *h = u->found;
    json_open_object(w);
    json_value_text(w, "kind", str_of(upkeep_kind_name[h->kind]));
    json_value_text(w, "schema_name", h->rel->schema);
    json_value_text(w, "table", h->rel->name);
    json_value_text(w, "index", h->index ? h->index->name : (struct str){0});
    json_value_text(w, "foreign_key", h->fk ? h->fk->name : (struct str){0});
    json_value_text(w, "by", h->by ? h->by->name : (struct str){0});
    json_value_flag(w, "review", h->strictness == CAT_HEALTH_REVIEW);
    json_value_num(w, "size_bytes", h->size_bytes, 0);
    json_value_text(w, "reason", h->reason);
    json_value_text(w, "up", str_of(u->up));
    json_value_text(w, "down", str_of(u->down));
    json_close_object(w);
}

static void put_totals(struct json_writer *w, const struct advice *adv)
{
    json_key(w, "unchecked");
    json_boolean(w, adv->unchecked);
    json_value_text(w, "basis", str_of(advice_basis_name[adv->basis]));
    json_value_text(w, "unit", adv->in_ms ? STR("ms") : STR("cost"));
    if (adv->whatif_calls)
        json_value_num(w, "whatif_calls", (double)adv->whatif_calls, 0);
    if (adv->interrupted)
        json_value_flag(w, "interrupted", true);
    json_value_num(w, "total_before", adv->cost_before, 2);
    json_value_num(w, "total_after", adv->cost_after, 2);
    json_value_num(w, "size_bytes", adv->size_bytes, 0);
}

void advice_json(const struct advice_report *r, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out, true);
    json_open_object(&w);
    json_key(&w, "schema");
    json_int(&w, SCHEMA);
    json_value_text(&w, "generator", STR("pgsift " PGSIFT_VERSION));
    put_totals(&w, r->advice);
    json_key(&w, "indexes");
    json_open_array(&w);
    for (size_t i = 0; i < r->advice->index_count; i++)
        json_advice_index(&w, &r->advice->indexes[i], r->advice);
    json_close_array(&w);
    json_key(&w, "queries");
    json_open_array(&w);
    for (size_t i = 0; i < r->advice->query_count; i++)
        put_query(&w, r, i);
    json_close_array(&w);
    json_key(&w, "health");
    json_open_array(&w);
    for (size_t i = 0; i < r->upkeep_count; i++)
        put_upkeep(&w, &r->upkeep[i]);
    json_close_array(&w);
    json_key(&w, "problems");
    json_open_array(&w);
    for (size_t i = 0; i < r->problem_count; i++)
        json_problem(&w, &r->problems[i]);
    json_close_array(&w);
    json_close_object(&w);
    buf_addc(out, '\n');
}
