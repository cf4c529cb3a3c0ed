#include "read/dress.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/arena.h"
#include "read/dress_impl.h"

/* In the order in which they are tried. The outer ones come first: a quoted mail may hold a
   numbered listing of a psql session. */
static bool (*const undressers[])(struct undress *u) = {
    undress_mail,     undress_prefix,   undress_csvlog,   undress_log,
    undress_filename, undress_numbers,  undress_html,     undress_latex,
    undress_troff,    undress_asciidoc, undress_expanded, undress_unaligned_expanded,
    undress_boxed,    undress_aligned,  undress_marked,   undress_cells,
    undress_literal,  undress_escaped,
};

/* ---- lines ---- */

struct dress_cursor dress_lines(struct str text)
{
    return (struct dress_cursor){.text = text};
}

bool dress_next(struct dress_cursor *c)
{
    struct str rest = str_sub(c->text, c->pos, c->text.len);
    if (!str_line(&rest, &c->at))
        return false;
    c->line += c->pos > 0;
    c->at_pos = c->pos;
    c->pos = (size_t)(rest.p - c->text.p);
    return true;
}

struct str dress_peek(const struct dress_cursor *c)
{
    struct str rest = str_sub(c->text, c->pos, c->text.len), line = {0};
    str_line(&rest, &line);
    return line;
}

size_t dress_chars(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

/* ---- the result ---- */

void dress_add_at(struct undress *u, size_t line, unsigned column, struct str s)
{
    if (u->count == u->cap) {
        u->cap = u->cap ? u->cap * 2 : 64;
        u->origins = xrealloc(u->origins, u->cap * sizeof *u->origins);
    }
    u->origins[u->count++] = (struct dress_origin){(unsigned)line, column};
    buf_addstr(&u->out, s);
    buf_addc(&u->out, '\n');
}

void dress_add(struct undress *u, size_t line, struct str source, struct str s)
{
    size_t cut = s.p > source.p ? dress_chars(str_sub(source, 0, (size_t)(s.p - source.p))) : 0;
    dress_add_at(u, line, (unsigned)cut, s);
}

void dress_glue(struct undress *u, struct str s)
{
    if (u->out.len)
        u->out.len--;
    buf_addstr(&u->out, s);
    buf_addc(&u->out, '\n');
}

/* "(1 row)", "(82 Zeilen)", "（82 行）": a number and a word in parentheses, nothing else. */
bool dress_is_footer(struct str line)
{
    struct str s = str_trim(line);
    size_t open = str_starts(s, "(") ? 1 : str_starts(s, "（") ? 3 : 0, i = open;
    if (!open || !(str_ends(s, ")") || str_ends(s, "）")) || s.len > 60)
        return false;
    while (i < s.len && isdigit((unsigned char)s.p[i]))
        i++;
    return i > open && i < s.len && (s.p[i] == ' ' || (unsigned char)s.p[i] >= 0x80);
}

/* ---- sheets ---- */

struct dress_sheet dress_sheet_of(struct str text)
{
    return (struct dress_sheet){.text = text, .budget = text.len * 4 + 4096};
}

static struct dress_origin origin_of(const struct dress_sheet *s, size_t line)
{
    if (!s->origins)
        return (struct dress_origin){(unsigned)line + 1, 0};
    if (s->origin_count == 0)
        return (struct dress_origin){1, 0};
    return s->origins[line < s->origin_count ? line : s->origin_count - 1];
}

void dress_position(const struct dress_sheet *s, size_t *line, size_t *column)
{
    struct dress_origin at = origin_of(s, *line ? *line - 1 : 0);
    *line = at.line;
    *column += *column ? at.column : 0;
}

/* The result as a sheet in the arena, its origins traced back to the input. */
static void make_sheet(struct arena *a, const struct dress_sheet *from, size_t line,
                       const struct undress *u, struct dress_sheet *out)
{
    struct dress_origin *origins = arena_calloc(a, u->count, sizeof *origins);
    for (size_t i = 0; i < u->count; i++) {
        origins[i] = origin_of(from, line + u->origins[i].line);
        origins[i].column += u->origins[i].column;
    }
    *out = dress_sheet_of(str_dup(a, buf_str(&u->out)));
    out->origins = origins;
    out->origin_count = u->count;
    out->framed = u->framed;
}

bool dress_strip(struct arena *a, struct dress_sheet *s, size_t pos, size_t line,
                 struct dress_sheet *out, size_t *end)
{
    struct undress u = {.text = str_sub(s->text, pos, s->text.len), .budget = &s->budget};
    for (size_t i = 0; i < sizeof undressers / sizeof undressers[0]; i++) {
        if (!undressers[i](&u))
            continue;
        make_sheet(a, s, line, &u, out);
        *end = pos + u.end;
        buf_free(&u.out);
        free(u.origins);
        return true;
    }
    return false;
}
