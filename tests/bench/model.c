/*
 * How near the model comes to the planner, on the vectors and on plans of a real server: ratio of
 * the two numbers, the larger over the smaller. Run in the project's root.
 */
#include "../cost_vectors.h"
#include "../model_check.h"
#include "../size_check.h"

#define MAX_RATIOS 20000

struct ratios {
    double value[MAX_RATIOS];
    size_t count;
    double signed_sum; /* of model / real - 1 */
    const char *only;  /* which figures to take */
};

static void add(struct ratios *r, double model, double planner)
{
    /* Figures below one cent are all rounding. */
    if (r->count == MAX_RATIOS || !(model > 0.01) || !(planner > 0.01))
        return;
    r->value[r->count++] = model > planner ? model / planner : planner / model;
    r->signed_sum += model / planner - 1;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const struct ratios *r, double q)
{
    return r->value[(size_t)(q * (double)(r->count - 1) + 0.5)];
}

static void print(const char *what, struct ratios *r)
{
    double sum = 0;
    if (!r->count)
        return;
    qsort(r->value, r->count, sizeof(*r->value), by_value);
    for (size_t i = 0; i < r->count; i++)
        sum += r->value[i] - 1;
    printf("%-44s %6zu %8.4f %8.4f %8.4f %8.2f %%\n", what, r->count, quantile(r, 0.5),
           quantile(r, 0.95), quantile(r, 1), 100 * sum / (double)r->count);
    *r = (struct ratios){.only = NULL};
}

static void take_vector(void *ctx, const struct cv_result *v)
{
    add(ctx, v->model.total, v->total);
}

static void take_figure(void *ctx, const struct mk_result *v)
{
    struct ratios *r = ctx;
    if (!strcmp(v->what, r->only))
        add(r, v->model, v->planner);
}

static void take_size(void *ctx, const struct sk_result *v)
{
    struct ratios *r = ctx;
    bool btree = !strcmp(v->am, "btree");
    if (btree == !strcmp(r->only, "btree"))
        add(r, v->model, v->real);
}

static struct buf read_or_end(const char *path)
{
    struct buf text = {0};
    if (!mk_read_file(path, &text)) {
        fprintf(stderr, "%s cannot be read; run me in the project's root\n", path);
        exit(1);
    }
    return text;
}

static void costs_of_vectors(struct ratios *r)
{
    static const char *const files[] = {"fixtures/vectors/cost_pg15.json",
                                        "fixtures/vectors/cost_pg18.json"};
    for (size_t i = 0; i < 2; i++) {
        struct buf text = read_or_end(files[i]);
        cv_run(buf_str(&text), take_vector, r);
        buf_free(&text);
    }
    print("cost, vectors of 15 and 18", r);
}

static void plans(struct ratios *r, const char *path, const char *what, const char *label)
{
    struct buf text = read_or_end(path);
    r->only = what;
    mk_run(buf_str(&text), take_figure, r);
    buf_free(&text);
    print(label, r);
}

static void sizes(struct ratios *r, const char *path, const char *am, const char *label)
{
    struct buf text = read_or_end(path);
    r->only = am;
    sk_run(buf_str(&text), take_size, r);
    buf_free(&text);
    print(label, r);
}

int main(void)
{
    static struct ratios r;
    const char *chosen = "fixtures/vectors/model_pg15.json";
    const char *chance = "fixtures/vectors/model_random_pg15.json";
    const char *own = "fixtures/vectors/size_pg15.json";
    const char *tasks = "fixtures/vectors/size_tasks_pg15.json";
    printf("Model against planner and real size (larger / smaller)\n");
    printf("%-44s %6s %8s %8s %8s %8s\n", "", "n", "median", "95 %", "worst", "mean off");
    costs_of_vectors(&r);
    plans(&r, chosen, "total", "cost, plans of chosen conditions");
    plans(&r, chosen, "rows", "rows, plans of chosen conditions");
    plans(&r, chance, "total", "cost, plans of random tables and queries");
    plans(&r, chance, "rows", "rows, plans of random tables and queries");
    sizes(&r, own, "btree", "size, B-trees");
    sizes(&r, tasks, "btree", "size, B-trees of a task-management database");
    sizes(&r, own, "other", "size, GIN, GiST, hash, BRIN");
    sizes(&r, tasks, "other", "size, the same of the task-management one");
    return 0;
}
