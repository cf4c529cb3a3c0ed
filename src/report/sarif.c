#include "report/sarif.h"

#include "base/io.h"
#include "report/json_value.h"

static void put_message(struct json_writer *w, const char *key, const char *text)
{
    json_key(w, key);
    json_open_object(w);
    json_key(w, "text");
    json_cstring(w, text ? text : "");
    json_close_object(w);
}

/* The level that a severity becomes. */
static const char *level_of(enum severity s)
{
    return s == SEVERITY_HIGH ? "error" : s == SEVERITY_MEDIUM ? "warning" : "note";
}

static void put_rules(struct json_writer *w)
{
    json_key(w, "rules");
    json_open_array(w);
    for (size_t i = 0; i < rule_count; i++) {
        json_open_object(w);
        json_value_text(w, "id", str_of(rules[i].id));
        put_message(w, "shortDescription", rules[i].title);
        put_message(w, "fullDescription", rules[i].why);
        put_message(w, "help", rules[i].remedy);
        json_close_object(w);
    }
    json_close_array(w);
}

void sarif_begin(struct report_stream *s)
{
    struct json_writer *w = &s->json;
    json_writer_init(w, &s->out->buf, true);
    json_open_object(w);
    json_value_text(w, "$schema", STR("https://json.schemastore.org/sarif-2.1.0.json"));
    json_value_text(w, "version", STR("2.1.0"));
    json_key(w, "runs");
    json_open_array(w);
    json_open_object(w);
    json_key(w, "tool");
    json_open_object(w);
    json_key(w, "driver");
    json_open_object(w);
    json_value_text(w, "name", STR("pgsift"));
    json_value_text(w, "version", STR(PGSIFT_VERSION));
    put_rules(w);
    json_close_object(w);
    json_close_object(w);
    json_key(w, "results");
    json_open_array(w);
}

/* A file's name as a URI reference: what is not allowed there is percent-encoded. */
static void add_uri(struct buf *b, const char *path)
{
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain || strchr("/._-~", c))
            buf_addc(b, (char)c);
        else
            buf_printf(b, "%%%02X", c);
    }
}

/* Where: the file and the line at which the node begins; the node itself as a logical place. */
static void put_location(struct json_writer *w, const struct report *r, const struct node *n)
{
    int line = n && n->line ? n->line : r->plan->line;
    struct buf text = {0};
    json_key(w, "locations");
    json_open_array(w);
    json_open_object(w);
    json_key(w, "physicalLocation");
    json_open_object(w);
    json_key(w, "artifactLocation");
    json_open_object(w);
    add_uri(&text, strcmp(r->source, "-") == 0 ? "stdin" : r->source);
    json_value_text(w, "uri", buf_str(&text));
    json_close_object(w);
    json_key(w, "region");
    json_open_object(w);
    json_key(w, "startLine");
    json_int(w, line > 0 ? line : 1);
    json_close_object(w);
    json_close_object(w);
    if (n) {
        buf_clear(&text);
        buf_printf(&text, "#%d ", n->id);
        report_add_short_label(&text, n);
        json_key(w, "logicalLocations");
        json_open_array(w);
        json_open_object(w);
        json_value_text(w, "fullyQualifiedName", buf_str(&text));
        json_close_object(w);
        json_close_array(w);
    }
    json_close_object(w);
    json_close_array(w);
    buf_free(&text);
}

static void put_result(struct json_writer *w, const struct report *r, const struct finding *f)
{
    struct buf text = {0};
    const struct advice_index *x = f->wants_index ? report_index_of(r, f->node) : NULL;
    buf_adds(&text, f->title);
    buf_adds(&text, ".");
    if (f->why)
        buf_printf(&text, " %s", f->why);
    if (f->remedy)
        buf_printf(&text, " %s", f->remedy);
    if (x)
        buf_printf(&text, " %s", x->up);
    json_open_object(w);
    json_value_text(w, "ruleId", str_of(f->rule->id));
    json_value_text(w, "level", str_of(level_of(f->severity)));
    put_message(w, "message", text.data);
    put_location(w, r, f->node);
    json_key(w, "properties");
    json_open_object(w);
    json_value_text(w, "severity", str_of(severity_name[f->severity]));
    json_value_num(w, "stake_ms", f->stake_ms, 3);
    json_value_num(w, "share", f->share, 5);
    json_close_object(w);
    json_close_object(w);
    buf_free(&text);
}

void sarif_plan(struct report_stream *s, const struct report *r)
{
    for (size_t i = 0; i < r->finding_count; i++) {
        put_result(&s->json, r, r->findings[i]);
        io_out_pass(s->out);
    }
}

void sarif_end(struct report_stream *s, const struct report_run *run)
{
    struct json_writer *w = &s->json;
    (void)run;
    json_close_array(w);
    json_close_object(w);
    json_close_array(w);
    json_close_object(w);
    buf_addc(w->out, '\n');
}
