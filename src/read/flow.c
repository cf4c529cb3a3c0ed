#include "read/flow.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"

struct scan {
    const char *text, *p, *end;
    size_t levels;
    size_t depth;
    bool fresh;   /* a token can begin here: a quote opens a string */
    bool quoted;  /* the token before was a quoted one: a ':' may follow at once */
    size_t *open; /* the cuts that are open, as indexes */
    size_t open_count, open_cap;
    struct flow_cuts *cuts;
};

static size_t count_openers(struct str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += (text.p[i] == '[') + (text.p[i] == '{');
    return n;
}

static void open_cut(struct scan *s)
{
    struct flow_cuts *c = s->cuts;
    if (c->count == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 16;
        c->cut = xrealloc(c->cut, c->cap * sizeof *c->cut);
    }
    if (s->open_count == s->open_cap) {
        s->open_cap = s->open_cap ? s->open_cap * 2 : 16;
        s->open = xrealloc(s->open, s->open_cap * sizeof *s->open);
    }
    s->open[s->open_count++] = c->count;
    c->cut[c->count++] = (struct flow_cut){.start = (size_t)(s->p - s->text)};
}

static void close_cut(struct scan *s, const char *end)
{
    struct flow_cut *cut = &s->cuts->cut[s->open[--s->open_count]];
    cut->end = (size_t)(end - s->text);
    cut->next = s->cuts->count;
}

static void open_bracket(struct scan *s)
{
    if (s->depth && s->depth % s->levels == 0)
        open_cut(s);
    s->depth++;
    s->fresh = true;
}

static void close_bracket(struct scan *s)
{
    s->depth--;
    if (s->depth && s->depth % s->levels == 0)
        close_cut(s, s->p + 1);
    s->fresh = false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool blank_follows(const struct scan *s)
{
    return s->p + 1 == s->end || is_blank(s->p[1]);
}

/* To the closing quote; '' inside '...' reads as two strings in a row, which ends alike. */
static void skip_quoted(struct scan *s)
{
    char quote = *s->p;
    for (s->p++; s->p < s->end && *s->p != quote; s->p++)
        if (quote == '"' && *s->p == '\\' && s->p + 1 < s->end)
            s->p++;
}

static void skip_comment(struct scan *s)
{
    while (s->p + 1 < s->end && s->p[1] != '\n')
        s->p++;
}

static void scan_char(struct scan *s)
{
    char c = *s->p;
    bool was_quoted = s->quoted, starts_line = s->p == s->text || s->p[-1] == '\n';
    s->quoted = false;
    if (starts_line && s->depth == 0)
        s->fresh = true;
    if ((c == '[' || c == '{') && (s->depth || s->fresh)) {
        open_bracket(s);
    } else if ((c == ']' || c == '}') && s->depth) {
        close_bracket(s);
        s->quoted = true; /* as in JSON, ':' may follow a closing bracket */
    } else if ((c == '"' || c == '\'') && (s->fresh || was_quoted)) {
        skip_quoted(s);
        s->fresh = false;
        s->quoted = true;
    } else if (c == '#' && (starts_line || is_blank(s->p[-1]))) {
        skip_comment(s);
    } else if (c == ',') {
        s->fresh = s->depth > 0;
    } else if (c == ':') {
        s->fresh = blank_follows(s) || was_quoted;
    } else if (c == '-' || c == '?') {
        s->fresh = s->fresh && blank_follows(s);
    } else if (is_blank(c)) {
        s->quoted = was_quoted && c != '\n';
    } else {
        s->fresh = false;
    }
}

void flow_find_cuts(struct str text, size_t levels, struct flow_cuts *out)
{
    *out = (struct flow_cuts){0};
    if (count_openers(text) <= levels)
        return;
    struct scan s = {
        .text = text.p, .p = text.p, .end = text.p + text.len, .levels = levels, .cuts = out};
    for (; s.p < s.end; s.p++)
        scan_char(&s);
    while (s.open_count)
        close_cut(&s, s.end);
    free(s.open);
}

void flow_release_cuts(struct flow_cuts *cuts)
{
    free(cuts->cut);
    *cuts = (struct flow_cuts){0};
}
