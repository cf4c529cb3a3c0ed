#include "report/diff_json.h"

#include "base/io.h"
#include "report/json.h"
#include "report/json_value.h"

enum { SCHEMA = 1 };

static const char *mark_name(char mark)
{
    return mark == '=' ? "same" : mark == '~' ? "changed" : mark == '-' ? "only_a" : "only_b";
}

static void put_side(struct json_writer *w, const char *key, const struct report *r)
{
    const struct plan *p = r->plan;
    json_key(w, key);
    json_open_object(w);
    json_value_text(w, "source", str_of(r->source));
    json_key(w, "number");
    json_int(w, (int64_t)r->number);
    json_value_text(w, "query_text", p->query_text);
    json_value_text(w, "query_identifier", p->query_id);
    json_value_text(w, "unit", str_of(report_unit_name[r->metrics->unit]));
    json_key(w, "node_count");
    json_int(w, p->node_count);
    json_close_object(w);
}

static void put_figures(struct json_writer *w, const struct diff_report *d)
{
    json_key(w, "figures");
    json_open_object(w);
    for (size_t i = 0; i < d->figure_count; i++) {
        const struct diff_figure *f = &d->figures[i];
        json_key(w, f->key);
        bool pretty = json_value_open_row(w);
        json_value_num(w, "a", f->a, 3);
        json_value_num(w, "b", f->b, 3);
        json_value_close_row(w, pretty);
    }
    json_close_object(w);
}

static void put_id(struct json_writer *w, const char *key, const struct node *n)
{
    if (!n)
        return;
    json_key(w, key);
    json_int(w, n->id);
}

static void put_row(struct json_writer *w, const struct diff_report *d, const struct pair_row *row)
{
    const struct pairs *p = &d->pairs;
    const struct diff_pair *first = &d->diff->pairs[row->first];
    struct buf label = {0};
    bool pretty = json_value_open_row(w);
    pairs_add_label(&label, p, row, false);
    json_value_text(w, "mark", str_of(mark_name(pairs_mark(p, row))));
    put_id(w, "a_id", first->a);
    put_id(w, "b_id", first->b);
    if (row->last > row->first) {
        json_key(w, "nodes");
        json_int(w, row->last - row->first + 1);
    }
    json_key(w, "level");
    json_int(w, p->level[row->first]);
    json_value_text(w, "label", buf_str(&label));
    json_value_num(w, "a", pairs_left(p, row), 3);
    json_value_num(w, "b", pairs_right(p, row), 3);
    json_value_flag(w, "moved", first->moved);
    json_value_close_row(w, pretty);
    buf_free(&label);
}

static void put_rows(struct report_stream *s, const struct diff_report *d)
{
    json_key(&s->json, "rows");
    json_open_array(&s->json);
    for (int i = 0; i < d->pairs.count; i++) {
        put_row(&s->json, d, &d->pairs.rows[i]);
        io_out_pass(s->out);
    }
    json_close_array(&s->json);
}

static void put_change(struct json_writer *w, const struct diff_report *d,
                       const struct diff_change *c)
{
    const struct diff_pair *pair = &d->diff->pairs[c->row->first];
    struct buf label = {0};
    pairs_add_label(&label, &d->pairs, c->row, false);
    json_open_object(w);
    put_id(w, "a_id", pair->a);
    put_id(w, "b_id", pair->b);
    json_value_text(w, "label", buf_str(&label));
    json_value_num(w, "delta", c->delta, 3);
    json_value_num(w, "share", c->share, 4);
    json_key(w, "why");
    json_open_array(w);
    for (size_t i = 0; i < c->why_count; i++)
        json_cstring(w, c->why[i]);
    json_close_array(w);
    json_close_object(w);
    buf_free(&label);
}

static void put_changes(struct json_writer *w, const struct diff_report *d)
{
    json_key(w, "changes");
    json_open_array(w);
    for (size_t i = 0; i < d->change_count; i++)
        put_change(w, d, &d->changes[i]);
    json_close_array(w);
}

static void put_settings(struct json_writer *w, const struct diff_report *d)
{
    json_key(w, "settings");
    json_open_array(w);
    for (size_t i = 0; i < d->setting_count; i++) {
        bool pretty = json_value_open_row(w);
        json_value_text(w, "name", d->settings[i].name);
        json_value_text(w, "a", d->settings[i].a);
        json_value_text(w, "b", d->settings[i].b);
        json_value_close_row(w, pretty);
    }
    json_close_array(w);
}

static void put_findings(struct json_writer *w, const char *key, const struct finding **all,
                         size_t count)
{
    json_key(w, key);
    json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        const struct finding *f = all[i];
        json_open_object(w);
        json_value_text(w, "rule", str_of(f->rule->id));
        json_value_text(w, "severity", str_of(severity_name[f->severity]));
        put_id(w, "node_id", f->node);
        json_value_text(w, "title", str_of(f->title));
        json_value_num(w, "stake_ms", f->stake_ms, 3);
        json_value_num(w, "share", f->share, 4);
        json_value_text(w, "remedy", str_of(f->remedy));
        json_close_object(w);
    }
    json_close_array(w);
}

void diff_json_begin(struct report_stream *s)
{
    struct json_writer *w = &s->json;
    json_writer_init(w, &s->out->buf, true);
    json_open_object(w);
    json_key(w, "schema");
    json_int(w, SCHEMA);
    json_key(w, "generator");
    json_cstring(w, "pgsift " PGSIFT_VERSION);
    json_key(w, "diffs");
    json_open_array(w);
}

void diff_json(struct report_stream *s, const struct diff_report *d)
{
    struct json_writer *w = &s->json;
    json_open_object(w);
    put_side(w, "a", d->a);
    put_side(w, "b", d->b);
    json_value_text(w, "compared", str_of(d->compared));
    json_value_num(w, "whole_a", d->whole_a, 3);
    json_value_num(w, "whole_b", d->whole_b, 3);
    json_value_num(w, "change", d->change, 4);
    json_value_flag(w, "nothing_in_common", d->strangers);
    put_figures(w, d);
    put_rows(s, d);
    put_changes(w, d);
    put_settings(w, d);
    put_findings(w, "came", d->came, d->came_count);
    put_findings(w, "went", d->went, d->went_count);
    json_close_object(w);
}

void diff_json_end(struct report_stream *s, const struct report_run *run)
{
    struct json_writer *w = &s->json;
    json_close_array(w);
    json_problems(w, run);
    json_close_object(w);
    buf_addc(w->out, '\n');
}
