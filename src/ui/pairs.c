#include "ui/pairs.h"

static void draw_lines(const struct pairs *p, struct pen *pen, int pair)
{
    enum glyph lines[64];
    int most = pen_room(pen) / 4 < 64 ? pen_room(pen) / 4 : 64;
    int levels = p->level[pair], n = levels < most ? levels : most, at = pair;
    for (int i = n; i-- > 0;) {
        int branch = p->stem[at];
        bool last = p->diff->pairs[branch].last;
        lines[i] = branch == pair ? (last ? GLYPH_LAST : GLYPH_BRANCH)
                                  : (last ? GLYPH_NOTHING : GLYPH_THROUGH);
        at = p->diff->pairs[branch].parent;
    }
    if (levels > n)
        pen_glyph(pen, ROLE_STRUCTURE, GLYPH_CUT);
    for (int i = 0; i < n; i++)
        pen_glyph(pen, ROLE_STRUCTURE, lines[i]);
}

void pairs_draw_node(const struct pairs *p, struct pen *pen, const struct pair_row *row, bool was)
{
    struct buf b = {0};
    if (!p->only)
        draw_lines(p, pen, row->first);
    pairs_add_label(&b, p, row, was);
    pen_cut(pen, ROLE_NORMAL, buf_str(&b), pen_room(pen));
    buf_free(&b);
}

void pairs_draw_side(const struct pairs *p, struct pen *pen, const struct pair_row *row,
                     const struct node *n)
{
    struct buf b = {0};
    if (!p->only)
        draw_lines(p, pen, row->first);
    report_add_label(&b, n);
    pen_cut(pen, ROLE_NORMAL, buf_str(&b), pen_room(pen));
    buf_free(&b);
}

unsigned pairs_mark_style(char mark)
{
    return mark == '-'   ? ROLE_WORSE
           : mark == '+' ? ROLE_BETTER
           : mark == '~' ? ROLE_TITLE | STYLE_BOLD
                         : ROLE_STRUCTURE;
}

unsigned pairs_delta_style(const struct pairs *p, double delta)
{
    if (fabs(delta) < p->whole / 100)
        return ROLE_STRUCTURE;
    return delta < 0 ? ROLE_BETTER : ROLE_WORSE;
}

void pairs_draw_cost_header(struct grid *g, struct rect r)
{
    struct pen p = pen_at(g, r, 0);
    pen_skip(&p, 4);
    pen_right(&p, ROLE_HEADER, STR("COST"), 9);
    pen_skip(&p, 1);
    pen_right(&p, ROLE_HEADER, STR("WAS"), 9);
    pen_skip(&p, 2);
    pen_puts(&p, ROLE_HEADER, "NODE");
}

void pairs_draw_cost_row(const struct pairs *p, struct grid *g, struct rect line,
                         const struct pair_row *row)
{
    struct pen pen = pen_at(g, line, 0);
    struct buf b = {0};
    char mark[2] = {pairs_mark(p, row), 0};
    double was = pairs_left(p, row), now = pairs_right(p, row);
    pen_skip(&pen, 1);
    pen_puts(&pen, pairs_mark_style(mark[0]), mark);
    pen_skip(&pen, 2);
    pairs_add_amount(&b, p, now);
    pen_right(&pen,
              num_known(was) && num_known(now) ? pairs_delta_style(p, now - was) : ROLE_NORMAL,
              buf_str(&b), 9);
    buf_clear(&b);
    pen_skip(&pen, 1);
    pairs_add_amount(&b, p, was);
    pen_right(&pen, ROLE_STRUCTURE, buf_str(&b), 9);
    pen_skip(&pen, 2);
    pairs_draw_node(p, &pen, row, true);
    buf_free(&b);
}
