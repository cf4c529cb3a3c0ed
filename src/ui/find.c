/* Search and filter, the same in every view that has lines of text. */
#include <stdlib.h>

#include "base/arena.h"
#include "ui/view.h"

static char *copy_of(struct str s)
{
    char *p = xmalloc(s.len + 1);
    if (s.len)
        memcpy(p, s.p, s.len);
    p[s.len] = '\0';
    return p;
}

void search_release(struct search *s)
{
    free(s->needle);
    free(s->hits);
    *s = (struct search){0};
}

static void look(struct app *app, struct view *v)
{
    struct search *s = &v->search;
    const struct haystack *h = v->ops->haystack ? v->ops->haystack(app, v) : NULL;
    s->hit_count = h && s->needle ? haystack_find(h, str_of(s->needle), &s->hits, &s->hit_cap) : 0;
}

void search_set(struct app *app, struct view *v, struct str needle)
{
    char *copy = needle.len ? copy_of(needle) : NULL;
    free(v->search.needle);
    v->search.needle = copy;
    look(app, v);
}

static bool is_hit(const struct search *s, int item)
{
    int low = 0, high = s->hit_count;
    while (low < high) {
        int mid = low + (high - low) / 2;
        if (s->hits[mid] < item)
            low = mid + 1;
        else
            high = mid;
    }
    return low < s->hit_count && s->hits[low] == item;
}

/* How a view orders its items; none given: as they are numbered. */
struct sequence {
    const int *order;
    int count;
};

static struct sequence sequence_of(struct app *app, struct view *v)
{
    struct sequence q = {0};
    if (v->ops->order)
        q.order = v->ops->order(app, v, &q.count);
    else
        q.count = v->ops->haystack(app, v)->count;
    return q;
}

static int item_at(const struct sequence *q, int i)
{
    return q->order ? q->order[i] : i;
}

static int place_of(const struct sequence *q, int item)
{
    for (int i = 0; i < q->count; i++)
        if (item_at(q, i) == item)
            return i;
    return -1;
}

/* The next hit after place `from`, going round; -1 when there is none. */
static int next_hit(const struct search *s, const struct sequence *q, int from, bool back,
                    bool *wrapped)
{
    for (int i = 1; i <= q->count; i++) {
        int at = back ? from - i : from + i;
        bool outside = at < 0 || at >= q->count;
        at = ((at % q->count) + q->count) % q->count;
        if (!is_hit(s, item_at(q, at)))
            continue;
        *wrapped |= outside;
        return at;
    }
    return -1;
}

int search_place(struct app *app, struct view *v)
{
    struct search *s = &v->search;
    if (!s->needle || !s->hit_count || !v->ops->item)
        return 0;
    struct sequence q = sequence_of(app, v);
    int here = place_of(&q, v->ops->item(app, v)), n = 0;
    if (here < 0 || !is_hit(s, item_at(&q, here)))
        return 0;
    for (int i = 0; i <= here; i++)
        n += is_hit(s, item_at(&q, i));
    return n;
}

static bool no_match(struct app *app, const struct search *s)
{
    app_say(app, "no match for \"%s\"", s->needle);
    return true;
}

bool search_next(struct app *app, struct view *v, bool backwards, int times)
{
    struct search *s = &v->search;
    bool wrapped = false;
    if (!v->ops->haystack)
        return false;
    if (!s->needle) {
        app_say(app, "nothing to find yet: / asks");
        return true;
    }
    look(app, v);
    if (!s->hit_count)
        return no_match(app, s);
    struct sequence q = sequence_of(app, v);
    int at = place_of(&q, v->ops->item(app, v));
    for (int i = 0; i < (times < 1 ? 1 : times > 1000 ? 1000 : times); i++) {
        at = next_hit(s, &q, at, backwards != s->backwards, &wrapped);
        if (at < 0)
            return no_match(app, s); /* all of them are filtered out */
    }
    v->ops->go(app, v, item_at(&q, at));
    if (wrapped)
        app_say(app, "%s, went on at the %s", backwards != s->backwards ? "top" : "end",
                backwards != s->backwards ? "end" : "top");
    return true;
}

/* While typing: from where the cursor was, the row itself included. */
void search_key(struct app *app, struct view *v, struct str needle)
{
    struct search *s = &v->search;
    bool wrapped = false;
    search_set(app, v, needle);
    v->ops->go(app, v, s->before);
    if (!s->needle || !s->hit_count)
        return;
    struct sequence q = sequence_of(app, v);
    int before = place_of(&q, s->before);
    int at = next_hit(s, &q, s->backwards ? before + 1 : before - 1, s->backwards, &wrapped);
    if (at >= 0)
        v->ops->go(app, v, item_at(&q, at));
}

void view_set_filter(struct app *app, struct view *v, struct str needle)
{
    char *copy = needle.len ? copy_of(needle) : NULL;
    free(v->filter);
    v->filter = copy;
    v->ops->rearrange(app, v);
}
