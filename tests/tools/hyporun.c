/*
 * hyporun [-s] [-v] [CREATE INDEX ...]... -- SQL...: explain statements with hypothetical indexes
 * on the server of the environment, and tell what is left of them afterwards. -s  the user
 * interrupts before the first statement -v  the statements may read views
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/conn.h"
#include "db/hypo.h"

static atomic_bool stop;

static void left_over(struct conn *c, struct arena *a)
{
    struct conn_request r = {.sql = STR("SELECT count(*) FROM hypopg()"), .always = true};
    struct conn_result out;
    struct err err = {0};
    if (conn_run(c, a, &r, &out, &err))
        printf("left %.*s\n", STR_ARG(conn_cell(&out, 0, 0)));
    else
        printf("left ? %s\n", err.message);
}

/* Those that the server takes; the number of them. */
static int try_all(struct hypo *h, struct arena *a, const struct hypo_index *x, int count,
                   const struct hypo_index **list)
{
    int taken = 0;
    for (int i = 0; i < count; i++) {
        struct err err = {0};
        const char *why;
        double bytes;
        if (!hypo_try(h, a, &x[i], &bytes, &why, &err))
            printf("failed: %s\n", err.message);
        else if (why)
            printf("refused: %s\n", why);
        else {
            printf("taken %s\n", bytes > 0 ? "with a size" : "without one");
            list[taken++] = &x[i];
        }
    }
    return taken;
}

static void explain(struct hypo *h, struct arena *a, const struct hypo_index *const *list,
                    int count, const char *sql, bool plain)
{
    struct explain_options o;
    struct hypo_answer answer;
    struct err err = {0};
    explain_options_init(&o);
    struct hypo_request r = {.explain = &o,
                             .statement = {.sql = str_of(sql)},
                             .plain_tables = plain,
                             .indexes = list,
                             .index_count = (size_t)count};
    if (!hypo_explain(h, a, &r, &answer, &err)) {
        printf("error: %s\n", err.message);
        return;
    }
    for (int i = 0; i < count; i++)
        for (size_t k = answer.first[i]; k < answer.first[i + 1]; k++) {
            const char *json = arena_strndup(a, answer.json.p, answer.json.len);
            const char *name = arena_strndup(a, answer.names[k].p, answer.names[k].len);
            printf("%s index %d\n", strstr(json, name) ? "uses" : "leaves", i + 1);
        }
    printf("planned, %zu so far\n", hypo_calls(h));
}

int main(int argc, char **argv)
{
    struct conn_options o = {.never_ask = true, .stop = &stop};
    struct err err = {0};
    struct arena *a = arena_new(0);
    bool plain = true, interrupt = false;
    struct hypo_index indexes[16] = {{0}};
    const struct hypo_index *list[16];
    struct str statements[16];
    int at = 1, count = 0;
    for (; at < argc && argv[at][0] == '-' && argv[at][2] == '\0' && argv[at][1] != '-'; at++) {
        interrupt |= argv[at][1] == 's';
        plain &= argv[at][1] != 'v';
    }
    for (; at < argc && strcmp(argv[at], "--") != 0 && count < 16; at++, count++) {
        statements[count] = str_of(argv[at]);
        indexes[count] = (struct hypo_index){.statements = &statements[count],
                                             .count = 1,
                                             .partial = strstr(argv[at], "WHERE") != NULL,
                                             .compares = strstr(argv[at], " > ") != NULL};
    }
    struct conn *c = conn_open(&o, &err);
    struct hypo *h = c ? hypo_open(c, &err) : NULL;
    if (!h || !hypo_begin(h, 30000, &err)) {
        printf("%s\nhint: %s\n", err.message, err.hint);
        conn_close(c);
        arena_free(a);
        return 1;
    }
    count = try_all(h, a, indexes, count, list);
    atomic_store(&stop, interrupt);
    for (at++; at < argc; at++)
        explain(h, a, list, count, argv[at], plain);
    hypo_end(h);
    left_over(c, a);
    hypo_close(h);
    conn_close(c);
    arena_free(a);
    return 0;
}
