/* A cursor in a list, and the part of it on the screen. */
#include "ui/view.h"

static int clamp(int v, int low, int high)
{
    return v > high ? high < low ? low : high : v < low ? low : v;
}

void list_set_count(struct list *l, int count)
{
    l->count = count;
    l->cursor = clamp(l->cursor, 0, count - 1);
    l->top = clamp(l->top, 0, count - 1);
}

void list_go(struct list *l, int row)
{
    l->cursor = clamp(row, 0, l->count - 1);
}

/* No overflow, however large the count that was typed. */
void list_move(struct list *l, int by)
{
    long long to = (long long)l->cursor + by;
    list_go(l, to < 0 ? 0 : to > l->count ? l->count : (int)to);
}

static int last_top(const struct list *l)
{
    return l->count > l->height ? l->count - l->height : 0;
}

void list_scroll(struct list *l, int by)
{
    int height = l->height > 0 ? l->height : 1;
    long long to = (long long)l->top + by;
    l->top = clamp(to < 0 ? 0 : to > l->count ? l->count : (int)to, 0, last_top(l));
    l->cursor = clamp(l->cursor, l->top, l->top + height - 1);
    l->cursor = clamp(l->cursor, 0, l->count - 1);
}

/*
 * After a new size the cursor stays on its screen row where it can: top moves with the cursor's
 * distance kept, and only then is it made to fit.
 */
void list_fit(struct list *l, int height)
{
    int on_screen = l->cursor - l->top;
    if (height < 1)
        height = 1;
    if (l->height == 0) /* drawn for the first time: the cursor in the middle */
        on_screen = height / 2;
    if (l->height && height != l->height && on_screen >= height)
        on_screen = height - 1;
    if (on_screen >= 0 && on_screen < height)
        l->top = l->cursor - on_screen;
    else
        l->top = on_screen < 0 ? l->cursor : l->cursor - height + 1;
    l->height = height;
    l->top = clamp(l->top, 0, last_top(l));
    l->cursor = clamp(l->cursor, 0, l->count - 1);
}

static int times(const struct request *rq)
{
    return rq->count > 0 ? rq->count : 1;
}

static long long pages(const struct list *l, const struct request *rq, bool half)
{
    int page = l->height > 1 ? l->height - 1 : 1;
    if (half)
        page = l->height > 2 ? l->height / 2 : 1;
    long long by = (long long)page * times(rq);
    return by > INT32_MAX / 2 ? INT32_MAX / 2 : by;
}

/* The cursor and the picture move together, so that the cursor keeps its place on the screen. */
static void turn(struct list *l, long long by, bool scrolls)
{
    int on_screen = l->cursor - l->top;
    if (scrolls) {
        list_scroll(l, (int)by);
        return;
    }
    list_move(l, (int)by);
    l->top = clamp(l->cursor - on_screen, 0, last_top(l));
}

bool list_act(struct list *l, const struct request *rq, bool scrolls)
{
    switch (rq->action) {
    case ACTION_DOWN:
        scrolls ? list_scroll(l, times(rq)) : list_move(l, times(rq));
        return true;
    case ACTION_UP:
        scrolls ? list_scroll(l, -times(rq)) : list_move(l, -times(rq));
        return true;
    case ACTION_PGDOWN:
        turn(l, pages(l, rq, false), scrolls);
        return true;
    case ACTION_PGUP:
        turn(l, -pages(l, rq, false), scrolls);
        return true;
    case ACTION_HALFDOWN:
        turn(l, pages(l, rq, true), scrolls);
        return true;
    case ACTION_HALFUP:
        turn(l, -pages(l, rq, true), scrolls);
        return true;
    case ACTION_TOP:
    case ACTION_BOTTOM:
        if (rq->count > 0)
            list_go(l, rq->count - 1);
        else
            list_go(l, rq->action == ACTION_TOP ? 0 : l->count - 1);
        if (scrolls)
            l->top = clamp(l->cursor, 0, last_top(l));
        return true;
    default:
        return false;
    }
}
