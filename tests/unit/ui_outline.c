/* A plan as rows: folds, order, filter, branches; searching; the layout of its screen. */
#include "plans.h"
#include "tap.h"
#include "ui/outline.h"
#include "ui/tree_screen.h"

/* Limit > Join(Scan a, Hash > Scan b): self times 1, 4, 30, 5, 10 of 50. */
static const char json[] =
    "[{\"Plan\":{\"Node Type\":\"Limit\"," TIMED(0, 50, 1, 1) ",\"Plans\":[{\"Node Type\":\"Hash Join\","
    "\"Parent Relationship\":\"Outer\",\"Join Type\":\"Inner\",\"Hash Cond\":\"(a.id = b.id)\"," TIMED(
        0, 49, 7, 1) ",\"Plans\":["
    "{\"Node Type\":\"Seq Scan\",\"Parent Relationship\":\"Outer\",\"Relation Name\":\"a\"," TIMED(
        0, 30, 100, 1) "},"
    "{\"Node Type\":\"Hash\",\"Parent Relationship\":\"Inner\"," TIMED(0, 15, 20, 1) ",\"Plans\":["
    "{\"Node Type\":\"Seq Scan\",\"Parent Relationship\":\"Outer\",\"Relation Name\":\"b\"," TIMED(
        0, 10, 20, 1) "}]}]}]},\"Execution Time\":50}]";

static struct outline o;

static const char *rows(void)
{
    static char text[200];
    text[0] = '\0';
    for (int i = 0; i < o.row_count; i++)
        sprintf(text + strlen(text), "%s%d", i ? " " : "", o.rows[i]);
    return text;
}

static const char *lines(int id)
{
    static const char *const glyphs[] = {"  ", "| ", "|-", "`-"};
    static char text[200];
    enum outline_line out[20];
    int left_out, n = outline_lines(&o, o.plan->nodes[id - 1], out, 20, &left_out);
    text[0] = '\0';
    for (int i = 0; i < n; i++)
        strcat(text, glyphs[out[i]]);
    return text;
}

static void drawing(void)
{
    enum outline_line out[4];
    int left_out;
    is_text(rows(), "1 2 3 4 5", "all nodes in plan order");
    is_text(lines(2), "", "an only child is not indented");
    is_text(lines(3), "|-", "the first of two");
    is_text(lines(4), "`-", "the last");
    is_text(lines(5), "  ", "below the last, straight down");
    o.full_indent = true;
    outline_rebuild(&o);
    is_text(lines(5), "    `-", "with full indentation every edge counts");
    is_int(outline_lines(&o, o.plan->nodes[4], out, 1, &left_out), 1, "only the innermost lines");
    is_int(left_out, 2, "and how many were left out");
    o.full_indent = false;
    outline_rebuild(&o);
}

static void folding(void)
{
    outline_fold(&o, o.plan->nodes[1], true);
    is_text(rows(), "1 2", "a fold hides what is below");
    is_int(outline_hidden(&o, o.plan->nodes[1]), 3, "and says how much");
    is_int(outline_reveal(&o, o.plan->nodes[4]), 4, "revealing opens it");
    outline_fold_all(&o, true);
    is_text(rows(), "1 2 3 4", "everything folded leaves the first branches");
    outline_open_to(&o, 1);
    is_text(rows(), "1 2", "depth 1: the root's stem");
    outline_fold_all(&o, false);
    is_text(rows(), "1 2 3 4 5", "and open again");
}

static void sorting(void)
{
    outline_arrange(&o, METRIC_SELF, false, (struct str){0});
    is_text(rows(), "3 5 4 2 1", "by own time, largest first");
    is_text(lines(3), "", "sorted rows have no branches");
    outline_arrange(&o, METRIC_ROWS, true, (struct str){0});
    is_text(rows(), "1 2 5 4 3", "by rows, reversed");
    outline_arrange(&o, OUTLINE_PLAN_ORDER, false, STR("scan"));
    is_text(rows(), "3 5", "a filter without capitals ignores case");
    outline_arrange(&o, METRIC_SELF, true, STR("Scan"));
    is_text(rows(), "5 3", "sorted and filtered");
    outline_arrange(&o, OUTLINE_PLAN_ORDER, false, STR("SCAN"));
    is_text(rows(), "", "with capitals it does not");
    is_int(outline_reveal(&o, o.plan->nodes[4]), -1, "what is filtered out cannot be revealed");
    outline_arrange(&o, OUTLINE_PLAN_ORDER, false, (struct str){0});
}

static void bars(void)
{
    const struct node *scan = o.plan->nodes[2], *join = o.plan->nodes[1];
    is_near(metric_bar(&o.scale, o.metrics, scan, METRIC_SELF).share, 0.6, 1e-9, "30 of 50 ms");
    struct metric_bar total = metric_bar(&o.scale, o.metrics, join, METRIC_TOTAL);
    is_near(total.share, 0.98, 1e-9, "49 of 50 ms with children");
    is_near(total.solid, 0.08, 1e-9, "of it 4 its own");
    is_near(metric_bar(&o.scale, o.metrics, scan, METRIC_ROWS).share, 1, 1e-9, "most rows");
    is_near(metric_bar(&o.scale, o.metrics, scan, METRIC_BUFFERS).share, 0, 1e-9,
            "no buffers, no bar");
}

static void searching(void)
{
    struct haystack h = {0};
    int *hits = NULL, cap = 0;
    haystack_add(&h, STR("Seq Scan on orders"));
    haystack_add(&h, STR("line\nfeed"));
    haystack_add(&h, STR("orders orders"));
    is_int(haystack_find(&h, STR("orders"), &hits, &cap), 2, "each line counts once");
    is_int(hits[1], 2, "and is numbered");
    is_int(haystack_find(&h, STR("seq"), &hits, &cap), 1, "smart case: no capital, any case");
    is_int(haystack_find(&h, STR("SEQ"), &hits, &cap), 0, "a capital: exactly that");
    is_int(haystack_find(&h, STR("line feed"), &hits, &cap), 1, "a line feed is a blank");
    is_int(haystack_find(&h, (struct str){0}, &hits, &cap), 0, "nothing is found nowhere");
    is_int((int)smart_find(STR("abCd"), STR("cd")), 2, "in one text");
    free(hits);
    haystack_release(&h);
}

static bool inside(struct rect r, int rows_, int columns)
{
    return r.rows >= 0 && r.columns >= 0 && r.row >= 0 && r.column >= 0 &&
           r.row + r.rows <= rows_ && r.column + r.columns <= columns;
}

static bool apart(struct rect a, struct rect b)
{
    return a.rows <= 0 || b.rows <= 0 || a.columns <= 0 || b.columns <= 0 ||
           a.row + a.rows <= b.row || b.row + b.rows <= a.row || a.column + a.columns <= b.column ||
           b.column + b.columns <= a.column;
}

/* At every size: everything on the screen, nothing over each other, a row for the tree. */
static void layouts(void)
{
    int outside = 0, overlapping = 0, without_tree = 0;
    for (int rows_ = 1; rows_ <= 110; rows_++) {
        for (int columns = 1; columns <= 300; columns += columns < 150 ? 1 : 7) {
            for (int zoom = 0; zoom < 6; zoom++) {
                struct tree_wants w = {.nodes = 40, .findings = 7, .branches = 9, .icicle = true,
                                       .zoom = zoom / 2, .in_pane = zoom % 2};
                struct tree_layout l = tree_layout(rows_, columns, &w);
                struct rect all[] = {l.title, l.header, l.rows, l.rule, l.pane, l.divider,
                                     l.icicle_rule, l.icicle, l.findings_rule, l.findings,
                                     l.frame.status, l.frame.footer};
                enum { N = sizeof all / sizeof all[0] };
                for (int i = 0; i < N; i++) {
                    outside += !inside(all[i], rows_, columns);
                    for (int k = i + 1; k < N; k++)
                        overlapping += !apart(all[i], all[k]);
                }
                without_tree += l.rows.rows < 1 && !(w.zoom && w.in_pane);
            }
        }
    }
    is_int(outside, 0, "no part of any layout is off the screen");
    is_int(overlapping, 0, "no two parts overlap");
    is_int(without_tree, 0, "the tree always has a row");
}

int main(void)
{
    struct arena *a = arena_new(0);
    struct plan_metrics *m = metrics_for(a, json);
    outline_init(&o, m->plan, m);
    drawing();
    folding();
    sorting();
    bars();
    searching();
    layouts();
    outline_release(&o);
    arena_free(a);
    return done();
}
