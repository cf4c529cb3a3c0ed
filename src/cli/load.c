#include "cli/load.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/wait.h"
#include "read/read.h"

enum {
    CHUNK = 256 * 1024,
    PAUSE_MS = 50,  /* an input that is silent for so long is looked at as it is */
    LEAVE_MS = 300, /* how long a reader may take to notice that nobody waits for it */
    LOOK_SHARE = 3  /* looking again takes that part of the time at most */
};

struct input {
    const char *name;
    struct str text; /* given, or in kept */
    struct buf kept; /* what cannot be read again */
    bool there;      /* the text was given */
    bool read;       /* done with */
    bool again;      /* a regular file */
};

struct load {
    struct input *inputs;
    size_t count;
    struct arena *arena; /* of the reader's thread: plans */
    pthread_t thread;
    bool started;
    double start_s, end_s;
    double total;
    atomic_bool stop;
    pthread_mutex_t lock; /* of everything below, and of the inputs' texts */
    pthread_cond_t done;
    bool finished, stopped;
    size_t current;
    double bytes, bytes_before;
    struct load_event *events;
    size_t event_count, event_cap, taken;
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double size_of(struct input *in)
{
    struct stat st;
    if (in->there)
        return (double)in->text.len;
    if (strcmp(in->name, "-") == 0 || stat(in->name, &st) != 0 || !S_ISREG(st.st_mode))
        return NAN;
    in->again = true;
    return (double)st.st_size;
}

struct load *load_new(const struct load_input *inputs, size_t count)
{
    struct load *l = xcalloc(1, sizeof *l);
    l->inputs = xcalloc(count, sizeof *l->inputs);
    l->count = count;
    l->arena = arena_new(0);
    pthread_mutex_init(&l->lock, NULL);
    wait_init(&l->done);
    for (size_t i = 0; i < count; i++) {
        l->inputs[i] = (struct input){
            .name = inputs[i].name, .text = inputs[i].text, .there = inputs[i].text.p != NULL};
        l->total += size_of(&l->inputs[i]);
    }
    return l;
}

/* ---- what was found ---- */

static void add_event(struct load *l, struct load_event e)
{
    if (l->event_count == l->event_cap) {
        l->event_cap = l->event_cap * 2 + 16;
        l->events = xrealloc(l->events, l->event_cap * sizeof *l->events);
    }
    l->events[l->event_count++] = e;
}

/* Plans from the place `from` on; *from: those handed over. */
static void hand_over(struct load *l, size_t input, const struct read_result *r, size_t *from)
{
    pthread_mutex_lock(&l->lock);
    for (; *from < r->plan_count; ++*from)
        add_event(l, (struct load_event){.input = input, .plan = r->plans[*from]});
    pthread_mutex_unlock(&l->lock);
}

static void hand_over_problem(struct load *l, size_t input, const struct read_problem *p,
                              size_t plan_count)
{
    struct read_problem *kept = xmalloc(sizeof *kept);
    *kept = *p;
    pthread_mutex_lock(&l->lock);
    add_event(l, (struct load_event){.input = input, .problem = kept, .plan_count = plan_count});
    pthread_mutex_unlock(&l->lock);
}

/* ---- reading ---- */

/* One input being read. */
struct reading {
    struct load *load;
    size_t input;
    struct io_in *in;
    struct buf text;
    struct read_stream *stream;
    size_t looked;      /* bytes of text at the last look */
    size_t handed_over; /* plans */
    double next_look_s;
};

static bool is_stopped(struct load *l)
{
    return atomic_load(&l->stop);
}

/* Whole lines, or everything when it ends as a document does. */
static struct str lines_of(struct str text)
{
    if (text.len && strchr("]}>", text.p[text.len - 1]))
        return text;
    const char *end = text.len ? memrchr(text.p, '\n', text.len) : NULL;
    return str_sub(text, 0, end ? (size_t)(end - text.p) + 1 : 0);
}

/* While nothing comes: which plans are whole by now? */
static void look(struct reading *r)
{
    struct read_result found;
    double start = now_s();
    if (r->looked == r->text.len || start < r->next_look_s)
        return;
    r->looked = r->text.len;
    read_stream_go(r->stream, lines_of(buf_str(&r->text)), false, &found);
    hand_over(r->load, r->input, &found, &r->handed_over);
    r->next_look_s = now_s() + LOOK_SHARE * (now_s() - start);
}

static void tell_bytes(struct reading *r)
{
    struct load *l = r->load;
    pthread_mutex_lock(&l->lock);
    l->bytes = l->bytes_before + (double)io_position(r->in);
    pthread_mutex_unlock(&l->lock);
}

/* False at the end of the input, on an error, and when it is stopped. */
static bool read_chunk(struct reading *r, struct err *err)
{
    size_t got = 0;
    while (!io_wait(r->in, PAUSE_MS)) {
        if (is_stopped(r->load))
            return false;
        look(r);
    }
    buf_reserve(&r->text, CHUNK);
    bool good = io_read(r->in, r->text.data + r->text.len, CHUNK, &got, err);
    r->text.len += got;
    tell_bytes(r);
    return good && got && !is_stopped(r->load);
}

static void finish_input(struct reading *r, const struct err *err)
{
    struct load *l = r->load;
    struct read_result found = {0};
    struct read_problem unreadable = {.err = *err};
    if (err->code == ERR_NONE) {
        read_stream_go(r->stream, buf_str(&r->text), true, &found);
        hand_over(l, r->input, &found, &r->handed_over);
    } else {
        hand_over_problem(l, r->input, &unreadable, r->handed_over);
    }
    for (size_t i = 0; i < found.problem_count; i++)
        hand_over_problem(l, r->input, &found.problems[i], found.plan_count);
}

static void read_given(struct load *l, size_t i)
{
    struct reading r = {.load = l, .input = i, .stream = read_stream_new(l->arena)};
    struct err none = {0};
    buf_addstr(&r.text, l->inputs[i].text);
    finish_input(&r, &none);
    buf_free(&r.text);
    read_stream_free(r.stream);
}

/* A text that cannot be read again is kept. */
static void keep_text(struct reading *r)
{
    struct load *l = r->load;
    struct input *in = &l->inputs[r->input];
    pthread_mutex_lock(&l->lock);
    l->bytes_before = l->bytes;
    in->read = true;
    if (!in->again) {
        in->kept = r->text;
        in->text = buf_str(&in->kept);
        r->text = (struct buf){0};
    }
    pthread_mutex_unlock(&l->lock);
    buf_free(&r->text);
}

static void read_input(struct load *l, size_t i)
{
    struct reading r = {.load = l, .input = i, .stream = read_stream_new(l->arena)};
    struct err err = {0};
    r.in = io_open(l->inputs[i].name, &err);
    if (r.in)
        buf_reserve(&r.text, CHUNK);
    while (r.in && read_chunk(&r, &err))
        continue;
    finish_input(&r, &err);
    io_close(r.in);
    keep_text(&r);
    read_stream_free(r.stream);
}

void load_now(struct load *l)
{
    l->start_s = now_s();
    for (size_t i = 0; i < l->count && !is_stopped(l); i++) {
        pthread_mutex_lock(&l->lock);
        l->current = i;
        pthread_mutex_unlock(&l->lock);
        if (l->inputs[i].there)
            read_given(l, i);
        else
            read_input(l, i);
    }
    pthread_mutex_lock(&l->lock);
    l->stopped = is_stopped(l);
    l->end_s = now_s();
    l->finished = true;
    pthread_cond_broadcast(&l->done);
    pthread_mutex_unlock(&l->lock);
}

static void *thread_main(void *arg)
{
    load_now(arg);
    return NULL;
}

/* ---- from outside ---- */

void load_start(struct load *l)
{
    l->start_s = now_s();
    l->started = wait_start(&l->thread, thread_main, l);
    if (!l->started)
        load_now(l);
}

bool load_wait(struct load *l, int timeout_ms)
{
    pthread_mutex_lock(&l->lock);
    bool finished = wait_for(&l->done, &l->lock, &l->finished, timeout_ms);
    pthread_mutex_unlock(&l->lock);
    return finished;
}

bool load_take(struct load *l, struct load_event *out)
{
    pthread_mutex_lock(&l->lock);
    bool more = l->taken < l->event_count;
    if (more)
        *out = l->events[l->taken++];
    pthread_mutex_unlock(&l->lock);
    return more;
}

void load_look(struct load *l, struct load_state *out)
{
    pthread_mutex_lock(&l->lock);
    *out = (struct load_state){.loading = !l->finished || l->taken < l->event_count,
                               .stopped = l->stopped,
                               .bytes = l->bytes,
                               .total = l->total,
                               .seconds = (l->finished ? l->end_s : now_s()) - l->start_s,
                               .name = l->inputs[l->current].name};
    pthread_mutex_unlock(&l->lock);
}

void load_stop(struct load *l)
{
    atomic_store(&l->stop, true);
}

struct str load_text(struct load *l, size_t input)
{
    struct input *in = &l->inputs[input];
    pthread_mutex_lock(&l->lock);
    struct str text = in->there || in->read ? in->text : (struct str){0};
    pthread_mutex_unlock(&l->lock);
    return text;
}

void load_free(struct load *l)
{
    if (!l)
        return;
    load_stop(l);
    if (l->started && !load_wait(l, LEAVE_MS)) {
        pthread_detach(l->thread);
        return;
    }
    if (l->started)
        pthread_join(l->thread, NULL);
    for (size_t i = 0; i < l->event_count; i++)
        free((void *)(uintptr_t)l->events[i].problem);
    for (size_t i = 0; i < l->count; i++)
        buf_free(&l->inputs[i].kept);
    free(l->events);
    free(l->inputs);
    arena_free(l->arena);
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->done);
    free(l);
}
