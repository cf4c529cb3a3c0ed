/* Two plans matched node by node. */
#include "plans.h"
#include "tap.h"
#include "work/diff.h"

#define SCAN(type, rel, more) "{\"Node Type\":\"" type "\",\"Relation Name\":\"" rel "\",\"Alias\":\"" rel "\"" more "}"
#define UNDER(type, more, plans) "{\"Node Type\":\"" type "\"" more ",\"Plans\":[" plans "]}"
#define PLAN(p) "[{\"Plan\":" p "}]"

static struct arena *arena;

static struct plan_diff *diff_of(const char *a, const char *b)
{
    return plan_diff_new(arena, metrics_for(arena, a), metrics_for(arena, b));
}

/* "=1:1 ~2:3 -4: +:5" in the order of the rows, with a '^' where a node moved. */
static const char *picture(const struct plan_diff *d)
{
    static const char marks[] = "=~-+";
    static char text[2000];
    text[0] = '\0';
    for (size_t i = 0; i < d->count; i++) {
        const struct diff_pair *p = &d->pairs[i];
        sprintf(text + strlen(text), "%s%c", i ? " " : "", marks[p->kind]);
        if (p->a)
            sprintf(text + strlen(text), "%d", p->a->id);
        strcat(text, ":");
        if (p->b)
            sprintf(text + strlen(text), "%d", p->b->id);
        strcat(text, p->moved ? "^" : "");
    }
    return text;
}

/* Parents before children, ends nested, every node in exactly one pair. */
static bool is_sound(const struct plan_diff *d)
{
    int a = 0, b = 0;
    for (size_t i = 0; i < d->count; i++) {
        const struct diff_pair *p = &d->pairs[i];
        a += p->a != NULL;
        b += p->b != NULL;
        if (p->parent >= (int)i || p->end < (int)i || (size_t)p->end >= d->count)
            return false;
        if (p->parent >= 0 && d->pairs[p->parent].end < p->end)
            return false;
        if ((p->a && d->pair_of_a[p->a->id - 1] != (int)i) ||
            (p->b && d->pair_of_b[p->b->id - 1] != (int)i))
            return false;
    }
    return a == d->a->plan->node_count && b == d->b->plan->node_count;
}

static void check(const char *a, const char *b, const char *want, const char *what)
{
    struct plan_diff *d = diff_of(a, b);
    is_text(picture(d), want, what);
    ok(is_sound(d), "%s: every node once, as a tree", what);
}

static void deep(void)
{
    enum { LEVELS = 20000 };
    struct buf b = {0};
    buf_adds(&b, "[{\"Plan\":");
    for (int i = 0; i < LEVELS; i++)
        buf_adds(&b, "{\"Node Type\":\"Materialize\",\"Plans\":[");
    buf_adds(&b, SCAN("Seq Scan", "t", ""));
    for (int i = 0; i < LEVELS; i++)
        buf_adds(&b, "]}");
    buf_adds(&b, "}]");
    struct plan_diff *d = diff_of(b.data, b.data);
    is_int((int)d->same, LEVELS + 1, "a chain of 20,000 levels matches itself");
    ok(is_sound(d), "and is sound");
    buf_free(&b);
}

int main(void)
{
    arena = arena_new(0);
    const char *join = PLAN(UNDER("Hash Join", ",\"Hash Cond\":\"(a.x = b.x)\"",
                                  SCAN("Seq Scan", "a", "") "," UNDER("Hash", "", SCAN("Seq Scan", "b", ""))));
    check(join, join, "=1:1 =2:2 =3:3 =4:4", "a plan against itself");
    check(join,
          PLAN(UNDER("Hash Join", ",\"Hash Cond\":\"(b.x = a.x)\"",
                     SCAN("Seq Scan", "b", "") "," UNDER("Hash", "", SCAN("Seq Scan", "a", "")))),
          "~1:1 =4:2^ =3:3 =2:4^", "sides swapped: scans find their relation");
    check(join,
          PLAN(UNDER("Nested Loop", "",
                     SCAN("Seq Scan", "a", "") "," SCAN("Index Scan", "b", ",\"Index Name\":\"b_x\""))),
          "~1:1 =2:2 ~4:3^ -3:", "another method, the Hash gone");
    check(join,
          PLAN(UNDER("Limit", "", UNDER("Sort", "", UNDER("Hash Join", ",\"Hash Cond\":\"(a.x = b.x)\"",
                     SCAN("Seq Scan", "a", "") "," UNDER("Hash", "", SCAN("Seq Scan", "b", "")))))),
          "+:1 +:2 =1:3^ =2:4 =3:5 =4:6", "nodes put on top");
    check(PLAN(UNDER("Aggregate", ",\"Strategy\":\"Sorted\"", UNDER("Sort", "", SCAN("Seq Scan", "a", "")))),
          PLAN(UNDER("Aggregate", ",\"Strategy\":\"Hashed\"", SCAN("Seq Scan", "a", ""))),
          "~1:1 =3:2^ -2:", "a Sort taken out");
    check(PLAN(UNDER("Append", "", SCAN("Seq Scan", "p1", "") "," SCAN("Seq Scan", "p2", ""))),
          PLAN(UNDER("Append", "", SCAN("Seq Scan", "p2", "") "," SCAN("Seq Scan", "p3", ""))),
          "=1:1 =3:2 +:3 -2:", "partitions that came and went");
    deep();
    arena_free(arena);
    return done();
}
