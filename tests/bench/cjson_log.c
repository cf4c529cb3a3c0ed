/*
 * The yardstick of log reading: take the plan bodies out of a stderr log and run cJSON_Parse on
 * each, nothing else: cjson_log THREADS FILE. The file is cut at records between the threads.
 */
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_THREADS = 64 };

struct part {
    pthread_t id;
    const char *p, *end;
    size_t plans, bad;
};

/* The body's lines without their TABs, parsed; where it ends. */
static const char *take_body(struct part *part, const char *p, char **text, size_t *cap)
{
    size_t len = 0;
    while (p < part->end && *p == '\t') {
        const char *nl = memchr(p, '\n', (size_t)(part->end - p));
        size_t n = nl ? (size_t)(nl - p) : (size_t)(part->end - p);
        if (len + n + 2 > *cap) {
            *cap = (len + n) * 2 + 1024;
            *text = realloc(*text, *cap);
        }
        memcpy(*text + len, p + 1, n - 1);
        len += n - 1;
        (*text)[len++] = '\n';
        p += n + 1;
    }
    if (len && (*text)[0] == '{') {
        (*text)[len] = '\0';
        cJSON *json = cJSON_Parse(*text);
        part->plans++;
        part->bad += json == NULL;
        cJSON_Delete(json);
    }
    return p;
}

static void *run(void *arg)
{
    static const char head[] = " ms  plan:";
    struct part *part = arg;
    size_t cap = 0, n = sizeof head - 1;
    char *text = NULL;
    for (const char *p = part->p; p < part->end;) {
        const char *nl = memchr(p, '\n', (size_t)(part->end - p));
        if (!nl)
            break;
        if (*p != '\t' && nl - p > (ptrdiff_t)n && memcmp(nl - n, head, n) == 0)
            p = take_body(part, nl + 1, &text, &cap);
        else
            p = nl + 1;
    }
    free(text);
    return NULL;
}

/* The next beginning of a record at or after p. */
static const char *next_record(const char *p, const char *end)
{
    const char *nl;
    while (p < end && (nl = memchr(p, '\n', (size_t)(end - p)))) {
        p = nl + 1;
        if (p < end && *p != '\t')
            return p;
    }
    return end;
}

int main(int argc, char **argv)
{
    struct part parts[MOST_THREADS] = {{.plans = 0}};
    struct stat st;
    int threads = argc == 3 ? atoi(argv[1]) : 0, fd = threads ? open(argv[2], O_RDONLY) : -1;
    if (threads < 1 || threads > MOST_THREADS || fd < 0 || fstat(fd, &st) != 0)
        return 2;
    const char *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    const char *end = p + st.st_size, *from = p;
    size_t plans = 0, bad = 0;
    for (int i = 0; i < threads; i++) {
        const char *to =
            i + 1 == threads ? end : next_record(p + st.st_size / threads * (i + 1), end);
        parts[i] = (struct part){.p = from, .end = to};
        from = to;
        pthread_create(&parts[i].id, NULL, run, &parts[i]);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(parts[i].id, NULL);
        plans += parts[i].plans;
        bad += parts[i].bad;
    }
    fprintf(stderr, "%zu plans, %zu bad\n", plans, bad);
    return bad != 0;
}
