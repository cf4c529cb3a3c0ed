#include "ui/rows.h"

#include <stdlib.h>

#include "base/arena.h"

struct sort_key {
    double value;
    int item;
};

static int compare(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    if (x->value != y->value && !(isnan(x->value) && isnan(y->value)))
        return isnan(x->value) ? 1 : isnan(y->value) ? -1 : x->value > y->value ? -1 : 1;
    return x->item - y->item;
}

static void sort(struct app *app, struct view *v, struct rows *r, const struct rows_source *s)
{
    struct sort_key *keys = xcalloc((size_t)r->count, sizeof *keys);
    for (int i = 0; i < r->count; i++)
        keys[i] = (struct sort_key){s->key(app, v, r->item[i]), r->item[i]};
    qsort(keys, (size_t)r->count, sizeof *keys, compare);
    for (int i = 0; i < r->count; i++)
        r->item[i] = keys[i].item;
    free(keys);
}

static void reverse(struct rows *r)
{
    for (int i = 0, k = r->count - 1; i < k; i++, k--) {
        int item = r->item[i];
        r->item[i] = r->item[k];
        r->item[k] = item;
    }
}

static void fill_text(struct app *app, struct view *v, struct rows *r, const struct rows_source *s)
{
    struct buf b = {0};
    haystack_clear(&r->text);
    for (int i = 0; i < s->count; i++) {
        buf_clear(&b);
        s->text(app, v, i, &b);
        haystack_add(&r->text, buf_str(&b));
    }
    buf_free(&b);
}

void rows_arrange(struct app *app, struct view *v, const struct rows_source *s)
{
    struct rows *r = v->state;
    int current = rows_current(v);
    fill_text(app, v, r, s);
    r->item = xrealloc(r->item, ((size_t)s->count + 1) * sizeof *r->item);
    if (v->filter) {
        int cap = s->count + 1;
        r->count = haystack_find(&r->text, str_of(v->filter), &r->item, &cap);
    } else {
        for (int i = 0; i < s->count; i++)
            r->item[i] = i;
        r->count = s->count;
    }
    if (s->key)
        sort(app, v, r, s);
    if (v->reverse)
        reverse(r);
    list_set_count(&v->list, r->count);
    if (current >= 0)
        rows_go(app, v, current);
}

void rows_forget(struct view *v)
{
    ((struct rows *)v->state)->count = 0;
}

void rows_release(struct rows *r)
{
    free(r->item);
    haystack_release(&r->text);
    *r = (struct rows){0};
}

int rows_at(const struct view *v, int row)
{
    const struct rows *r = v->state;
    return row >= 0 && row < r->count ? r->item[row] : -1;
}

int rows_current(const struct view *v)
{
    return rows_at(v, v->list.cursor);
}

const struct haystack *rows_haystack(struct app *app, struct view *v)
{
    (void)app;
    return &((struct rows *)v->state)->text;
}

const int *rows_order(struct app *app, struct view *v, int *count)
{
    const struct rows *r = v->state;
    (void)app;
    *count = r->count;
    return r->item;
}

int rows_item(struct app *app, struct view *v)
{
    (void)app;
    return rows_current(v);
}

void rows_go(struct app *app, struct view *v, int item)
{
    const struct rows *r = v->state;
    (void)app;
    for (int i = 0; i < r->count; i++)
        if (r->item[i] == item)
            list_go(&v->list, i);
}

void rows_row_text(struct app *app, struct view *v, struct buf *b)
{
    const struct rows *r = v->state;
    int item = rows_current(v);
    (void)app;
    if (item < 0)
        return;
    uint32_t from = r->text.start[item], to = r->text.start[item + 1];
    buf_add(b, r->text.text.data + from, to - from - 1);
}

void rows_close(struct view *v)
{
    rows_release(v->state);
    free(v->state);
}
