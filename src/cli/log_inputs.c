/* Which files to read, and in which order. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/arena.h"
#include "base/text.h"
#include "cli/logrun.h"

struct list {
    struct arena *arena;
    struct log_input *items;
    size_t count, cap;
};

static void add(struct list *l, const char *path)
{
    if (l->count == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 16;
        struct log_input *items = arena_calloc(l->arena, cap, sizeof *items);
        if (l->count)
            memcpy(items, l->items, l->count * sizeof *items);
        l->items = items;
        l->cap = cap;
    }
    l->items[l->count++] =
        (struct log_input){.path = arena_strdup(l->arena, path), .first_us = LOG_NO_TIME};
}

static bool is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

/* The files of a directory, not of those inside it; names with a dot first are not for us. */
static bool add_directory(struct list *l, const char *path, struct err *err)
{
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);
    if (n < 0)
        return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        const char *file = arena_printf(l->arena, "%s/%s", path, names[i]->d_name);
        struct stat st;
        if (names[i]->d_name[0] != '.' && stat(file, &st) == 0 && S_ISREG(st.st_mode))
            add(l, file);
        free(names[i]);
    }
    free(names);
    return true;
}

/* What a shell would have made of a pattern that reached us in quotes. */
static bool add_pattern(struct list *l, const char *pattern, struct err *err)
{
    glob_t g;
    bool good = true;
    if (glob(pattern, 0, NULL, &g) != 0)
        return err_set(err, ERR_IO, "no file fits the pattern '%s'", pattern);
    for (size_t i = 0; i < g.gl_pathc && good; i++) {
        if (is_directory(g.gl_pathv[i]))
            good = add_directory(l, g.gl_pathv[i], err);
        else
            add(l, g.gl_pathv[i]);
    }
    globfree(&g);
    return good;
}

static bool add_operand(struct list *l, const char *operand, struct err *err)
{
    if (strcmp(operand, "-") == 0 || (exists(operand) && !is_directory(operand))) {
        add(l, operand);
        return true;
    }
    if (is_directory(operand))
        return add_directory(l, operand, err);
    if (strpbrk(operand, "*?["))
        return add_pattern(l, operand, err);
    add(l, operand); /* opening it will say why not */
    return true;
}

/* ---- order ---- */

static bool keep_first(void *ctx, const struct log_event *e)
{
    int64_t *first = ctx;
    if (e->time_us == LOG_NO_TIME)
        return true;
    *first = e->time_us;
    return false;
}

/* What the file system says. */
static void identify(struct log_input *in)
{
    struct stat st;
    struct tm tm;
    if (strcmp(in->path, "-") == 0 || stat(in->path, &st) != 0)
        return;
    in->year = localtime_r(&st.st_mtime, &tm) ? tm.tm_year + 1900 : 0;
    in->regular = S_ISREG(st.st_mode);
    in->device = st.st_dev;
    in->inode = st.st_ino;
    if (in->regular)
        in->size = (unsigned long long)st.st_size;
}

/* When the file begins: its first record. Pipes are not opened twice. */
static void look_into(struct log_input *in)
{
    enum { LOOK = 128 * 1024 };
    struct err err = {0};
    size_t got = 0;
    if (!in->regular)
        return;
    struct io_in *io = io_open(in->path, &err);
    if (!io)
        return;
    struct log_options o = {.year = in->year};
    struct log *log = log_new(&o, keep_first, &in->first_us);
    size_t room;
    log_file(log, str_of(in->path));
    char *p = log_room(log, LOOK, &room);
    for (size_t n = 1; n && got < LOOK; got += n)
        if (!io_read(io, p + got, LOOK - got, &n, &err))
            break;
    log_filled(log, got);
    log_end(log);
    log_free(log);
    io_close(io);
}

/* Under the same name, or under another with the same beginning: the inode of a file that is gone
 * is given to a new one soon. */
static const struct log_input *find_known(struct log_input *in, const struct log_input *known,
                                          size_t count)
{
    bool looked = false;
    for (size_t i = 0; i < count; i++) {
        const struct log_input *k = &known[i];
        if (!in->regular || k->device != in->device || k->inode != in->inode)
            continue;
        if (strcmp(k->path, in->path) == 0 || k->first_us == LOG_NO_TIME)
            return k;
        if (!looked)
            look_into(in);
        looked = true;
        if (k->first_us == in->first_us)
            return k;
    }
    return NULL;
}

static int by_time(const void *a, const void *b)
{
    const struct log_input *x = a, *y = b;
    if (x->first_us != y->first_us)
        return x->first_us < y->first_us ? -1 : 1;
    return strcmp(x->path, y->path);
}

/* ---- one log in several formats ---- */

static const char *const formats[] = {".json", ".csv", ".log"}; /* the best told first */

/* The index in formats of a name's end, -1 none; *stem: the name without it. */
static int format_of(const char *path, struct str *stem)
{
    struct str s = str_of(path);
    for (int i = 0; i < 3; i++)
        if (str_ends(s, formats[i])) {
            *stem = str_sub(s, 0, s.len - strlen(formats[i]));
            return i;
        }
    return -1;
}

static bool has_better(const struct list *l, size_t which)
{
    struct str stem, other;
    const struct log_input *mine = &l->items[which];
    int format = format_of(mine->path, &stem);
    for (size_t i = 0; i < l->count && format > 0; i++) {
        const struct log_input *in = &l->items[i];
        int64_t apart = in->first_us - mine->first_us;
        if (format_of(in->path, &other) >= 0 && format_of(in->path, &other) < format &&
            str_eq(stem, other) && in->first_us != LOG_NO_TIME && mine->first_us != LOG_NO_TIME &&
            apart < 1000000 && apart > -1000000)
            return true;
    }
    return false;
}

/* log_destination may name several: then a directory holds every record in each format. */
static void drop_twins(struct list *l, struct buf *notes)
{
    size_t kept = 0;
    bool *drop = arena_calloc(l->arena, l->count, sizeof *drop);
    for (size_t i = 0; i < l->count; i++)
        drop[i] = has_better(l, i);
    for (size_t i = 0; i < l->count; i++) {
        if (!drop[i]) {
            l->items[kept++] = l->items[i];
            continue;
        }
        buf_adds(notes, "note: ");
        text_add_safe(notes, str_of(l->items[i].path), false);
        buf_adds(notes, " is left out: another file has the same log in a better format\n");
    }
    l->count = kept;
}

static void drop_known(struct list *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++)
        if (!l->items[i].known)
            l->items[kept++] = l->items[i];
    l->count = kept;
}

bool log_inputs(struct arena *a, const char *const *operands, size_t count,
                const struct log_input *known, size_t known_count, struct log_input **out,
                size_t *out_count, struct buf *notes, struct err *err)
{
    struct list l = {.arena = a};
    for (size_t i = 0; i < count; i++)
        if (!add_operand(&l, operands[i], err))
            return false;
    for (size_t i = 0; i < l.count; i++) {
        struct log_input *in = &l.items[i];
        identify(in);
        const struct log_input *k = find_known(in, known, known_count);
        in->known = k != NULL;
        if (k)
            in->first_us = k->first_us;
        else
            look_into(in);
    }
    drop_twins(&l, notes);
    drop_known(&l);
    if (l.count)
        qsort(l.items, l.count, sizeof *l.items, by_time);
    *out = l.items;
    *out_count = l.count;
    return true;
}
