#include "read/yaml.h"

#include <stdlib.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/build.h"
#include "read/feed.h"
#include "read/flow.h"
#include "read/syntax.h"
#include "read/untyped.h"
#include "read/yaml_problem.h"

/* So many flow collections inside each other are one parser's work (see flow.h). */
#ifndef READ_YAML_FLOW_LEVELS
#define READ_YAML_FLOW_LEVELS 256
#endif

/* One libyaml parser and the part of the text it reads; inner ones read what was cut out. */
struct source {
    yaml_parser_t parser;
    struct feed given; /* up to where libyaml was given the text */
    struct feed here;  /* where the last event stands */
    struct source *outer;
};

struct reader {
    struct build *b;
    struct str text;
    int line;
    struct err *err;
    struct flow_cuts cuts;
    struct source *source; /* the innermost */
    char *groups;          /* the open groups, '{' or '[' each */
    size_t depth, cap;
    size_t flow_depth; /* of the open groups, those in flow style */
    struct buf key;    /* of the value to come */
    bool has_key;
    size_t root_column; /* 0-based */
    bool saw_node;      /* a plan has begun */
    bool again;         /* the text is read a second time, up to where it ends early */
    size_t emitted;     /* events that the builder has got */
    size_t met;         /* of them, those met again */
    int last_line;      /* of the last value or group that the builder has got */
    /* A value right below the root, until the next event shows that its line is sound. */
    bool holds;
    struct buf held_key, held;
    enum value_kind held_kind;
    int held_line;
};

enum step { STEP_ON, STEP_DONE, STEP_FAILED };

/* ---- sources ---- */

static int give_text(void *data, unsigned char *buffer, size_t size, size_t *size_read)
{
    struct source *s = data;
    *size_read = feed_read(&s->given, (char *)buffer, size);
    return 1;
}

static void push_source(struct reader *r, size_t start, size_t end, size_t cut)
{
    struct source *s = xcalloc(1, sizeof *s);
    s->given = s->here = feed_new(r->text, &r->cuts, start, end, cut);
    s->here.line = r->source ? r->source->here.line : 0;
    s->outer = r->source;
    r->source = s;
    if (!yaml_parser_initialize(&s->parser))
        BUG("libyaml: out of memory");
    yaml_parser_set_encoding(&s->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input(&s->parser, give_text, s);
}

static void pop_source(struct reader *r)
{
    struct source *s = r->source;
    r->source = s->outer;
    if (s->outer && feed_cut(&s->outer->here))
        feed_pass_cut(&s->outer->here, s->here.line);
    yaml_parser_delete(&s->parser);
    free(s);
}

static void start(struct reader *r)
{
    flow_find_cuts(r->text, READ_YAML_FLOW_LEVELS, &r->cuts);
    push_source(r, str_starts(r->text, "\xEF\xBB\xBF") ? 3 : 0, r->text.len, 0);
}

static void enter_cut(struct reader *r)
{
    const struct feed *here = &r->source->here;
    const struct flow_cut *cut = feed_cut(here);
    push_source(r, cut->start, cut->end, here->cut + 1);
}

/* ---- errors ---- */

static bool expected(struct reader *r, const char *what)
{
    return syntax_expected(r->err, r->text, r->source->here.at, what);
}

static int count_lines(struct str s)
{
    int n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += s.p[i] == '\n';
    return n;
}

/* To where libyaml's problem is to be shown, past cuts whose turn has not come. */
static void seek_problem(struct reader *r, const struct yaml_problem *known)
{
    const yaml_parser_t *p = &r->source->parser;
    struct feed *here = &r->source->here;
    const struct flow_cut *cut;
    size_t chars = known && known->late ? p->context_mark.index : p->problem_mark.index;
    for (feed_seek(here, chars); here->chars < chars && (cut = feed_cut(here));
         feed_seek(here, chars))
        feed_pass_cut(here, here->line + count_lines(str_sub(r->text, cut->start, cut->end)));
}

static bool parse_failed(struct reader *r)
{
    const yaml_parser_t *p = &r->source->parser;
    if (p->error == YAML_MEMORY_ERROR)
        BUG("libyaml: out of memory");
    const struct yaml_problem *known = yaml_problem_find(p->problem);
    seek_problem(r, known);
    size_t at = r->source->here.at;
    if (known)
        expected(r, known->expected);
    else
        err_at(r->err, ERR_SYNTAX, r->text.p, r->text.len, at,
               "expected YAML as EXPLAIN prints it: %s", p->problem ? p->problem : "unreadable");
    if (at < r->text.len && r->text.p[at] == '\t')
        err_hint(r->err, "YAML is indented with blanks; tabs have no width in it");
    return false;
}

/* Read the same text again, as if it ended at `end`: the builder gets only what is new. */
static void read_again(struct reader *r, size_t end)
{
    while (r->source)
        pop_source(r);
    flow_release_cuts(&r->cuts);
    r->text.len = end;
    r->again = true;
    r->depth = r->flow_depth = r->met = 0;
    r->has_key = r->holds = false;
    start(r);
}

/* After libyaml failed: if the document ends before the trouble, begin to read up to there. */
static bool ends_early(struct reader *r)
{
    const struct yaml_problem *known = yaml_problem_find(r->source->parser.problem);
    if (r->again || r->flow_depth || !r->saw_node || !known || !known->of_line)
        return false;
    seek_problem(r, known);
    if (r->last_line >= r->source->here.line)
        return false; /* part of that line was taken for the plan's */
    size_t end = yaml_problem_early_end(r->text, r->root_column, r->source->here.at);
    if (end)
        read_again(r, end);
    return end > 0;
}

/* ---- events ---- */

/* The key of the value at hand (absent in lists), used up. */
static struct str take_key(struct reader *r)
{
    bool in_list = r->depth == 0 || r->groups[r->depth - 1] == '[';
    r->has_key = false;
    return in_list ? (struct str){0} : buf_str(&r->key);
}

static bool wants_key(const struct reader *r)
{
    return r->depth && r->groups[r->depth - 1] == '{' && !r->has_key;
}

/* Whether the builder has this event from the first reading. */
static bool is_known(struct reader *r)
{
    if (r->met++ < r->emitted)
        return true;
    r->emitted++;
    return false;
}

static void emit_open(struct reader *r, struct str key, enum build_group group)
{
    if (is_known(r))
        return;
    r->last_line = r->source->here.line;
    build_open(r->b, key, group, r->line + r->last_line);
    r->saw_node |= build_open_nodes(r->b) > 0;
}

static void emit_close(struct reader *r)
{
    if (!is_known(r))
        build_close(r->b);
}

static void emit_scalar(struct reader *r, struct str key, enum value_kind kind, struct str text)
{
    if (r->depth == 1) {
        r->holds = true;
        buf_clear(&r->held_key);
        buf_addstr(&r->held_key, key);
        buf_clear(&r->held);
        buf_addstr(&r->held, text);
        r->held_kind = kind;
        r->held_line = r->source->here.line;
    } else if (!is_known(r)) {
        r->last_line = r->source->here.line;
        build_scalar(r->b, key, kind, text);
    }
}

static void emit_held(struct reader *r)
{
    if (!r->holds)
        return;
    r->holds = false;
    if (is_known(r))
        return;
    r->last_line = r->held_line;
    bool in_list = r->groups[0] == '[';
    build_scalar(r->b, in_list ? (struct str){0} : buf_str(&r->held_key), r->held_kind,
                 buf_str(&r->held));
}

static enum step open_group(struct reader *r, char kind, bool flow, size_t column)
{
    if (wants_key(r)) {
        expected(r, "a key");
        return STEP_FAILED;
    }
    if (r->depth == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 64;
        r->groups = xrealloc(r->groups, r->cap);
    }
    if (r->depth == 0)
        r->root_column = column;
    struct str key = take_key(r);
    r->groups[r->depth++] = kind;
    r->flow_depth += flow || r->flow_depth;
    emit_open(r, key, kind == '[' ? BUILD_LIST : BUILD_OBJECT);
    return STEP_ON;
}

static enum step close_group(struct reader *r)
{
    r->depth--;
    r->flow_depth -= r->flow_depth > 0;
    emit_close(r);
    return STEP_ON;
}

/* "Triggers: " with nothing behind it: EXPLAIN writes empty lists and objects alike so. */
static void empty_value(struct reader *r, struct str key)
{
    enum untyped_group group = untyped_group(key);
    if (group == UNTYPED_SCALAR) {
        emit_scalar(r, key, VALUE_NULL, STR("null"));
        return;
    }
    emit_open(r, key, group == UNTYPED_LIST ? BUILD_LIST : BUILD_OBJECT);
    emit_close(r);
}

static void plain_value(struct reader *r, struct str key, struct str text)
{
    if (text.len == 0)
        empty_value(r, key);
    else if (str_is(text, "null") || str_is(text, "~"))
        emit_scalar(r, key, VALUE_NULL, text);
    else
        emit_scalar(r, key, untyped_kind(text), text);
}

static enum step scalar(struct reader *r, const yaml_event_t *e)
{
    struct str text = {(const char *)e->data.scalar.value, e->data.scalar.length};
    if (r->depth == 0) {
        expected(r, "a list of plans or the keys of one");
        return STEP_FAILED;
    }
    if (wants_key(r)) {
        buf_clear(&r->key);
        buf_addstr(&r->key, text);
        r->has_key = true;
        return STEP_ON;
    }
    struct str key = take_key(r);
    if (e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !e->data.scalar.tag)
        plain_value(r, key, text);
    else
        emit_scalar(r, key, VALUE_STRING, text);
    return STEP_ON;
}

static enum step end_document(struct reader *r, const yaml_event_t *e)
{
    if (!r->source->outer) {
        feed_seek(&r->source->here, e->end_mark.index);
        return STEP_DONE;
    }
    pop_source(r);
    return STEP_ON;
}

static enum step take_event(struct reader *r, const yaml_event_t *e)
{
    emit_held(r);
    switch (e->type) {
    case YAML_MAPPING_START_EVENT:
        return open_group(r, '{', e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE,
                          e->start_mark.column);
    case YAML_SEQUENCE_START_EVENT:
        return open_group(r, '[', e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE,
                          e->start_mark.column);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        return close_group(r);
    case YAML_SCALAR_EVENT:
        if (feed_cut(&r->source->here)) {
            enter_cut(r);
            return STEP_ON;
        }
        return scalar(r, e);
    case YAML_ALIAS_EVENT:
        expected(r, "a value (EXPLAIN prints no aliases)");
        return STEP_FAILED;
    case YAML_DOCUMENT_END_EVENT:
        return end_document(r, e);
    case YAML_STREAM_END_EVENT:
        return STEP_DONE;
    default:
        return STEP_ON;
    }
}

static bool read_document(struct reader *r)
{
    for (enum step step = STEP_ON; step != STEP_DONE;) {
        yaml_event_t e;
        if (!yaml_parser_parse(&r->source->parser, &e)) {
            if (!ends_early(r))
                return parse_failed(r);
            continue;
        }
        feed_seek(&r->source->here, e.start_mark.index);
        step = take_event(r, &e);
        yaml_event_delete(&e);
        if (step == STEP_FAILED)
            return false;
    }
    return true;
}

bool read_yaml(struct build *b, struct str text, int line, size_t *used, struct err *err)
{
    struct reader r = {.b = b, .text = text, .line = line, .err = err};
    start(&r);
    bool good = read_document(&r);
    *used = r.source->here.at;
    while (r.source)
        pop_source(&r);
    flow_release_cuts(&r.cuts);
    free(r.groups);
    buf_free(&r.key);
    buf_free(&r.held_key);
    buf_free(&r.held);
    return good;
}
