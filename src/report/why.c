#include "report/why.h"

#include "base/text.h"
#include "catalog/catalog.h"
#include "report/json.h"
#include "report/json_value.h"
#include "report/wrap.h"

enum { SCHEMA = 1, LABEL_INDENT = 3, TEXT_INDENT = 11 };

/* ---- text ---- */

static void put_line(struct buf *b, struct str text, int indent, const struct report_style *style)
{
    wrap_add(b, text, 0, indent, style->width, style->ascii);
    buf_addc(b, '\n');
}

static void put_part(struct buf *b, const char *label, const char *text,
                     const struct report_style *style)
{
    if (!text)
        return;
    buf_printf(b, "%*s%-*s", LABEL_INDENT, "", TEXT_INDENT - LABEL_INDENT, label);
    wrap_add(b, str_of(text), TEXT_INDENT, TEXT_INDENT, style->width, style->ascii);
    buf_addc(b, '\n');
}

static void put_costs(struct buf *b, const struct why_answer *a, const struct report_style *style)
{
    struct buf text = {0};
    if (num_known(a->cost_with) && num_known(a->cost_without)) {
        buf_adds(&text, "about ");
        text_add_grouped(&text, a->cost_with);
        buf_adds(&text, " with it, ");
        text_add_grouped(&text, a->cost_without);
        buf_adds(&text, " without (by the model, in the planner's units)");
        put_part(b, "Cost", text.data, style);
    }
    buf_free(&text);
}

static void put_answer(struct buf *b, const struct why_answer *a, const struct report_style *style)
{
    struct buf head = {0};
    if (a->node) {
        buf_printf(&head, "#%d ", a->node->id);
        report_add_label(&head, a->node);
        buf_adds(&head, ": ");
    }
    buf_adds(&head, why_verdict_name[a->verdict]);
    put_line(b, buf_str(&head), LABEL_INDENT, style);
    put_part(b, "Why", a->text, style);
    for (size_t i = 0; i < a->also_count; i++)
        put_part(b, i ? "" : "Also", a->also[i], style);
    put_costs(b, a, style);
    put_part(b, "Do", a->instead, style);
    buf_free(&head);
}

void why_text(struct buf *b, const struct why_report *r, const struct report_style *style)
{
    struct buf head = {0};
    if (r->number > 1)
        buf_addc(b, '\n');
    buf_printf(&head, "%s  plan %zu: index %.*s on %.*s.%.*s",
               strcmp(r->source, "-") == 0 ? "standard input" : r->source, r->number,
               STR_ARG(r->index->name), STR_ARG(r->index->rel->schema),
               STR_ARG(r->index->rel->name));
    put_line(b, buf_str(&head), LABEL_INDENT, style);
    for (size_t i = 0; i < r->count; i++)
        put_answer(b, &r->answers[i], style);
    buf_free(&head);
}

/* ---- JSON ---- */

void why_json_begin(struct json_writer *w, struct buf *b, const struct cat_index *index)
{
    json_writer_init(w, b, true);
    json_open_object(w);
    json_key(w, "schema");
    json_int(w, SCHEMA);
    json_key(w, "generator");
    json_cstring(w, "pgsift " PGSIFT_VERSION);
    json_key(w, "index");
    json_open_object(w);
    json_value_text(w, "schema_name", index->schema);
    json_value_text(w, "name", index->name);
    json_value_text(w, "table", index->rel->name);
    json_value_text(w, "definition", index->definition);
    json_close_object(w);
    json_key(w, "answers");
    json_open_array(w);
}

static void put_object(struct json_writer *w, const struct why_report *r,
                       const struct why_answer *a)
{
    json_open_object(w);
    json_value_text(w, "source", str_of(r->source));
    json_key(w, "plan");
    json_int(w, (int64_t)r->number);
    if (a->node) {
        json_key(w, "node_id");
        json_int(w, a->node->id);
    }
    json_value_text(w, "verdict", str_of(why_verdict_name[a->verdict]));
    json_value_text(w, "text", str_of(a->text));
    json_value_text(w, "instead", str_of(a->instead));
    json_value_num(w, "cost_with", a->cost_with, 2);
    json_value_num(w, "cost_without", a->cost_without, 2);
    if (a->also_count) {
        json_key(w, "also");
        json_open_array(w);
        for (size_t i = 0; i < a->also_count; i++)
            json_cstring(w, a->also[i]);
        json_close_array(w);
    }
    json_close_object(w);
}

void why_json(struct json_writer *w, const struct why_report *r)
{
    for (size_t i = 0; i < r->count; i++)
        put_object(w, r, &r->answers[i]);
}

void why_json_end(struct json_writer *w, const struct report_run *run)
{
    json_close_array(w);
    json_problems(w, run);
    json_close_object(w);
    buf_addc(w->out, '\n');
}
