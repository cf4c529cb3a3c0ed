/*
 * plandump FILE...: everything that was read of the plans in the files, as canonical text, for
 * shell tests to compare: the same plan in another dress gives the same dump. Places in the
 * file are not shown, problems are. Exit status 1 when a file gave no plan.
 *
 * plandump --same BASE FILE...: one line a file, "ok FILE" when its dump is that of BASE, else
 * "not ok FILE" and the first difference.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "plan/plan.h"
#include "read/read.h"

static void add_text(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '\n')
            buf_adds(b, "\\n");
        else
            buf_addc(b, s.p[i]);
    }
}

static void add_value(struct buf *b, const struct value *v)
{
    const char *separator = "";
    switch (v->kind) {
    case VALUE_NULL:
        buf_adds(b, "null");
        break;
    case VALUE_BOOL:
        buf_adds(b, v->boolean ? "true" : "false");
        break;
    case VALUE_NUMBER:
    case VALUE_STRING:
        add_text(b, v->text);
        break;
    default:
        buf_addc(b, '[');
        for (const struct prop *p = v->items; p; p = p->next, separator = "; ") {
            buf_adds(b, separator);
            add_text(b, p->key);
            add_value(b, &p->value);
        }
        buf_addc(b, ']');
    }
}

static void add_numbers(struct buf *b, const double *num, int indent)
{
    for (int i = 0; num && i < PROP_NUM_COUNT; i++)
        if (num_known(num[i])) {
            buf_fill(b, ' ', (size_t)indent);
            buf_printf(b, "%s = %.10g\n", prop_info[i].key, num[i]);
        }
}

static void add_props(struct buf *b, const struct prop *p, int indent)
{
    for (; p; p = p->next) {
        buf_fill(b, ' ', (size_t)indent);
        add_text(b, p->key);
        buf_adds(b, " = ");
        add_value(b, &p->value);
        buf_addc(b, '\n');
    }
}

static void add_node(struct buf *b, const struct node *n)
{
    int indent = n->depth * 2;
    buf_fill(b, ' ', (size_t)indent);
    buf_printf(b, "node %d below %d\n", n->id, n->parent ? n->parent->id : 0);
    add_numbers(b, n->num, indent + 1);
    add_props(b, n->props, indent + 1);
    for (size_t i = 0; i < n->worker_count; i++) {
        buf_fill(b, ' ', (size_t)indent + 1);
        buf_printf(b, "worker %d\n", n->workers[i].number);
        add_numbers(b, n->workers[i].num, indent + 2);
        add_props(b, n->workers[i].props, indent + 2);
    }
}

static void add_plan(struct buf *b, const struct plan *p)
{
    buf_printf(b, "plan%s%s%s\n", p->truncated ? ", truncated" : "", p->elided ? ", elided" : "",
               p->guessed_tree ? ", guessed" : "");
    buf_adds(b, "query ");
    add_text(b, p->query_text);
    buf_printf(b, "\nplanning %.10g\nexecution %.10g\n", p->planning_ms, p->execution_ms);
    for (int i = 0; i < p->node_count; i++)
        add_node(b, p->nodes[i]);
    add_numbers(b, p->planning, 1);
    add_props(b, p->settings, 1);
    add_props(b, p->extra, 1);
}

static bool dump_file(struct buf *b, const char *path)
{
    struct arena *a = arena_new(0);
    struct buf text = {0};
    struct read_result r;
    char chunk[65536];
    FILE *f = fopen(path, "rb");
    for (size_t n; f && (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&text, chunk, n);
    if (f)
        fclose(f);
    bool good = read_plans(a, buf_str(&text), &r);
    for (size_t i = 0; i < r.plan_count; i++)
        add_plan(b, r.plans[i]);
    for (size_t i = 0; i < r.problem_count; i++)
        buf_printf(b, "%s %zu:%zu: %s\n", r.problems[i].is_warning ? "warning" : "error",
                   r.problems[i].err.line, r.problems[i].err.column, r.problems[i].err.message);
    buf_free(&text);
    arena_free(a);
    return good;
}

/* The first line in which they differ. */
static void print_difference(struct str want, struct str got)
{
    struct str a = {0}, b = {0};
    while (str_line(&want, &a) && str_line(&got, &b) && str_eq(a, b))
        a = b = (struct str){0};
    printf("# want %.*s\n# got  %.*s\n", STR_ARG(a), STR_ARG(b));
}

static int compare(const char *base, char **files, int count)
{
    struct buf want = {0}, got = {0};
    bool good = dump_file(&want, base);
    for (int i = 0; i < count; i++) {
        buf_clear(&got);
        bool read = dump_file(&got, files[i]);
        bool same = read && str_eq(buf_str(&want), buf_str(&got));
        printf("%s %s\n", same ? "ok" : "not ok", files[i]);
        if (!same)
            print_difference(buf_str(&want), buf_str(&got));
        good &= same;
    }
    buf_free(&want);
    buf_free(&got);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct buf b = {0};
    bool good = argc > 1;
    if (argc > 3 && strcmp(argv[1], "--same") == 0)
        return compare(argv[2], argv + 3, argc - 3);
    for (int i = 1; i < argc; i++)
        good &= dump_file(&b, argv[i]);
    fwrite(b.data, 1, b.len, stdout);
    buf_free(&b);
    return good ? 0 : 1;
}
