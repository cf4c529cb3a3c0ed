#include "ui/raw.h"

#include <stdlib.h>

#include "base/arena.h"

void raw_release(struct raw *r)
{
    buf_free(&r->own);
    free(r->lines);
    free(r->line_of);
    *r = (struct raw){0};
}

static void split(struct raw *r)
{
    struct str rest = r->text, line;
    r->count = 0;
    while (str_line(&rest, &line)) {
        if (r->count == r->cap) {
            r->cap = r->cap ? r->cap * 2 : 256;
            r->lines = xrealloc(r->lines, (size_t)r->cap * sizeof *r->lines);
        }
        r->lines[r->count] = (struct raw_line){.at = (size_t)(line.p - r->text.p), .len = line.len,
                                               .end = r->count};
        r->count++;
    }
}

static struct str line_text(const struct raw *r, int i)
{
    return str_sub(r->text, r->lines[i].at, r->lines[i].at + r->lines[i].len);
}

/* Lines that are open, innermost last. */
struct open_lines {
    int *line;
    size_t depth, cap;
};

static void push_line(struct open_lines *o, int line)
{
    if (o->depth == o->cap) {
        o->cap = o->cap ? o->cap * 2 : 64;
        o->line = xrealloc(o->line, o->cap * sizeof *o->line);
    }
    o->line[o->depth++] = line;
}

/* Lines whose bracket closes further down can be folded. */
static void fold_brackets(struct raw *r)
{
    struct open_lines open = {0};
    for (int i = 0; i < r->count; i++) {
        struct str s = line_text(r, i);
        bool quoted = false; /* no string of JSON goes over a line end */
        for (size_t k = 0; k < s.len; k++) {
            char c = s.p[k];
            if (quoted && c == '\\')
                k++;
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && (c == '{' || c == '['))
                push_line(&open, i);
            else if (!quoted && (c == '}' || c == ']') && open.depth > 0 &&
                     open.line[--open.depth] < i)
                r->lines[open.line[open.depth]].end = i;
        }
    }
    free(open.line);
}

static size_t indent_of(struct str s)
{
    size_t n = 0;
    while (n < s.len && s.p[n] == ' ')
        n++;
    return n;
}

/* Lines that are followed by deeper ones can be folded. */
static void fold_indents(struct raw *r)
{
    struct open_lines open = {0};
    for (int i = 0; i < r->count; i++) {
        size_t indent = indent_of(line_text(r, i));
        if (indent == r->lines[i].len)
            continue; /* blank */
        while (open.depth > 0 && indent_of(line_text(r, open.line[open.depth - 1])) >= indent)
            r->lines[open.line[--open.depth]].end = i - 1;
        push_line(&open, i);
    }
    while (open.depth > 0)
        r->lines[open.line[--open.depth]].end = r->count - 1;
    free(open.line);
}

/* Which node each line belongs to, given where nodes begin. */
static void spread_nodes(struct raw *r, const struct plan *p)
{
    for (int id = 1; id <= p->node_count; id++)
        if (r->line_of[id] >= 0 && r->line_of[id] < r->count)
            r->lines[r->line_of[id]].node = id;
    for (int i = 1; i < r->count; i++)
        if (!r->lines[i].node)
            r->lines[i].node = r->lines[i - 1].node;
}

static void lines_as_given(struct raw *r, const struct plan *p)
{
    for (int id = 1; id <= p->node_count; id++)
        r->line_of[id] = p->nodes[id - 1]->line - 1;
}

/* In what explain.c writes, nodes begin with a line that says so, in the order of their ids. */
static void lines_as_written(struct raw *r, const struct plan *p, bool json)
{
    int id = 1;
    for (int i = 0; i < r->count && id <= p->node_count; i++) {
        struct str s = str_trim(line_text(r, i));
        bool begins = json ? str_starts(s, "\"Node Type\": ") : id == 1 || str_starts(s, "->  ");
        if (begins)
            r->line_of[id++] = json && i > 0 ? i - 1 : i;
    }
}

static void begin(struct raw *r, const struct plan *p)
{
    raw_release(r);
    r->line_of = xcalloc((size_t)p->node_count + 1, sizeof *r->line_of);
    for (int id = 0; id <= p->node_count; id++)
        r->line_of[id] = -1;
}

/* Whether the input's own lines tell the nodes apart: not when it is all one line. */
static bool has_lines(const struct plan *p, struct str input)
{
    const struct node *last = p->nodes[p->node_count - 1];
    return input.len && p->root->line > 0 &&
           (p->node_count == 1 || last->line - p->root->line >= p->node_count - 1);
}

static void fill(struct raw *r, const struct plan *p, struct str input, bool json)
{
    bool given = has_lines(p, input) && p->format == (json ? FORMAT_JSON : FORMAT_TEXT);
    begin(r, p);
    if (given)
        r->text = input;
    else if (json)
        explain_add_json(&r->own, p);
    else
        explain_add_text(&r->own, p);
    if (!given)
        r->text = buf_str(&r->own);
    split(r);
    if (given)
        lines_as_given(r, p);
    else
        lines_as_written(r, p, json);
    spread_nodes(r, p);
}

void raw_json(struct raw *r, const struct plan *p, struct str input)
{
    fill(r, p, input, true);
    fold_brackets(r);
}

void raw_text(struct raw *r, const struct plan *p, struct str input)
{
    fill(r, p, input, false);
    fold_indents(r);
}

void raw_sql(struct raw *r, struct str sql)
{
    raw_release(r);
    r->text = sql;
    split(r);
}
