/* Bars in eighths of a cell, and which colour says how bad. */
#include "ui/view.h"

static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

/* Steps of an eighth; what is more than nothing shows at least one. */
static int steps_of(double share, int columns)
{
    int steps = (int)lround(share * columns * 8);
    if (steps > columns * 8)
        steps = columns * 8;
    return share * columns * 8 >= 0.25 && steps == 0 ? 1 : steps;
}

static void draw_solid(struct pen *p, int steps, unsigned style)
{
    bool ascii = p->grid->ascii;
    pen_repeat(p, style, GLYPH_BAR, steps / 8);
    if (steps % 8)
        pen_puts(p, style, ascii ? "=" : eighths[steps % 8]);
}

void bar_draw(struct pen *p, double share, double solid, int columns, unsigned style)
{
    int start = pen_column(p);
    if (share > 0 && columns > 0) {
        int all = steps_of(share, columns), dark = steps_of(solid, columns);
        bool mixed = all / 8 > dark / 8;
        draw_solid(p, mixed ? (dark + 4) / 8 * 8 : all, style);
        int drawn = pen_column(p) - start;
        if (mixed)
            pen_repeat(p, style, GLYPH_BAR_REST, (all + 4) / 8 - drawn);
    }
    pen_to(p, start + columns);
}

enum role role_of_share(double share)
{
    return share >= 0.40 ? ROLE_HIGH : share >= 0.10 ? ROLE_MEDIUM : ROLE_NORMAL;
}

enum role role_of_severity(enum severity s)
{
    return s == SEVERITY_HIGH     ? ROLE_HIGH
           : s == SEVERITY_MEDIUM ? ROLE_MEDIUM
           : s == SEVERITY_CLEARED ? ROLE_STRUCTURE
                                   : ROLE_INFO;
}
