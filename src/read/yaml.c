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

/* So many flow collections inside each other are one parser's work (see flow.h). */
enum { FLOW_LEVELS = 256 };

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
    struct buf key; /* of the value to come */
    bool has_key;
    bool saw_node;   /* a plan has begun */
    size_t good_end; /* behind the last group that closed right below the root; 0: none did */
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

static void enter_cut(struct reader *r)
{
    const struct feed *here = &r->source->here;
    const struct flow_cut *cut = feed_cut(here);
    push_source(r, cut->start, cut->end, here->cut + 1);
}

/* ---- errors ---- */

/* libyaml's problems in terms of what the reader expects. */
static const char *expectation(const char *problem)
{
    static const struct {
        const char *problem, *expected;
    } known[] = {
        {"did not find expected key", "a key at this indentation"},
        {"did not find expected '-' indicator", "'-' at this indentation"},
        {"did not find expected ',' or ']'", "',' or ']'"},
        {"did not find expected ',' or '}'", "',' or '}'"},
        {"did not find expected node content", "a value"},
        {"could not find expected ':'", "a key with ':' behind it"},
        {"mapping values are not allowed in this context", "the end of the line"},
        {"mapping keys are not allowed in this context", "the end of the line"},
        {"block sequence entries are not allowed in this context", "the end of the line"},
        {"found unexpected end of stream", "the closing quote of a string"},
        {"found unknown escape character", "an escape sequence"},
        {"did not find expected hexdecimal number", "hexadecimal digits"},
        {"found unexpected document indicator", "the closing quote of a string"},
        {"found character that cannot start any token", "a key or a value"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (problem && strcmp(problem, known[i].problem) == 0)
            return known[i].expected;
    return NULL;
}

static bool expected(struct reader *r, const char *what)
{
    return syntax_expected(r->err, r->text, r->source->here.at, what);
}

/* A key without ':' is noticed lines later: the place to show is where it begins. */
static size_t problem_chars(const yaml_parser_t *p)
{
    bool late = p->problem && strcmp(p->problem, "could not find expected ':'") == 0;
    return late ? p->context_mark.index : p->problem_mark.index;
}

static bool parse_failed(struct reader *r)
{
    const yaml_parser_t *p = &r->source->parser;
    if (p->error == YAML_MEMORY_ERROR)
        BUG("libyaml: out of memory");
    feed_seek(&r->source->here, problem_chars(p));
    const char *what = expectation(p->problem);
    size_t at = r->source->here.at;
    if (what)
        expected(r, what);
    else
        err_at(r->err, ERR_SYNTAX, r->text.p, r->text.len, at,
               "expected YAML as EXPLAIN prints it: %s", p->problem ? p->problem : "unreadable");
    if (at < r->text.len && r->text.p[at] == '\t')
        err_hint(r->err, "YAML is indented with blanks; tabs have no width in it");
    return false;
}

/*
 * The text may go on with something that is no YAML (another plan, a log line). When the
 * trouble comes right below the root and after whole groups, the document ends before it.
 */
static bool ends_early(struct reader *r)
{
    return r->depth == 1 && r->good_end > 0 && r->saw_node;
}

static void end_early(struct reader *r)
{
    r->source->here.at = r->good_end;
    r->depth--;
    build_close(r->b);
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

static enum step open_group(struct reader *r, char kind)
{
    if (wants_key(r)) {
        expected(r, "a key");
        return STEP_FAILED;
    }
    if (r->depth == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 64;
        r->groups = xrealloc(r->groups, r->cap);
    }
    struct str key = take_key(r);
    r->groups[r->depth++] = kind;
    build_open(r->b, key, kind == '[' ? BUILD_LIST : BUILD_OBJECT, r->line + r->source->here.line);
    return STEP_ON;
}

static enum step close_group(struct reader *r)
{
    r->depth--;
    build_close(r->b);
    if (r->depth == 1)
        r->good_end = r->source->here.at;
    return STEP_ON;
}

/* "Triggers: " with nothing behind it: EXPLAIN writes empty lists and objects alike so. */
static void empty_value(struct reader *r, struct str key)
{
    enum untyped_group group = untyped_group(key);
    if (group == UNTYPED_SCALAR) {
        build_scalar(r->b, key, VALUE_NULL, STR("null"));
        return;
    }
    build_open(r->b, key, group == UNTYPED_LIST ? BUILD_LIST : BUILD_OBJECT,
               r->line + r->source->here.line);
    build_close(r->b);
}

static void plain_value(struct reader *r, struct str key, struct str text)
{
    if (text.len == 0)
        empty_value(r, key);
    else if (str_is(text, "null") || str_is(text, "~"))
        build_scalar(r->b, key, VALUE_NULL, text);
    else
        build_scalar(r->b, key, untyped_kind(text), text);
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
        build_scalar(r->b, key, VALUE_STRING, text);
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
    switch (e->type) {
    case YAML_MAPPING_START_EVENT:
        return open_group(r, '{');
    case YAML_SEQUENCE_START_EVENT:
        return open_group(r, '[');
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
            end_early(r);
            return true;
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
    flow_find_cuts(text, FLOW_LEVELS, &r.cuts);
    push_source(&r, str_starts(text, "\xEF\xBB\xBF") ? 3 : 0, text.len, 0);
    bool good = read_document(&r);
    *used = r.source->here.at;
    while (r.source)
        pop_source(&r);
    flow_release_cuts(&r.cuts);
    free(r.groups);
    buf_free(&r.key);
    return good;
}
