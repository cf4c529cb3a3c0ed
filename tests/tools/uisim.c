/*
 * Replays a key script on the screens: uisim DESCRIPTION SCRIPT [options]
 *     --size=RxC --ascii --plain --start=diff|log --styles
 * Prints what the script dumps, and the last screen.
 */
#include <locale.h>

#include "../uidata.h"
#include "ui/replay.h"

static bool read_file(const char *path, struct buf *out)
{
    struct err err = {0};
    if (io_read_all(path, out, &err))
        return true;
    fprintf(stderr, "uisim: %s: %s\n", path, err.message);
    return false;
}

struct options {
    int rows, columns;
    bool ascii;
    enum app_start start;
};

static bool option(const char *arg, struct options *o, struct app_settings *s)
{
    struct str a = str_of(arg);
    if (str_is(a, "--ascii"))
        o->ascii = s->ascii = true;
    else if (str_is(a, "--plain"))
        s->plain = true;
    else if (str_is(a, "--start=diff"))
        o->start = APP_START_DIFF;
    else if (str_is(a, "--start=log"))
        o->start = APP_START_LOG;
    else
        return str_starts(a, "--size=") &&
               replay_size(str_sub(a, 7, a.len), &o->rows, &o->columns);
    return true;
}

int main(int argc, char **argv)
{
    struct buf description = {0}, script = {0}, out = {0};
    struct options o = {.rows = 24, .columns = 80};
    struct app_settings settings;
    struct replay replay;
    struct uidata data;
    struct err err = {0};
    setlocale(LC_CTYPE, "C.UTF-8");
    app_settings_init(&settings);
    if (argc < 3 || !read_file(argv[1], &description) || !read_file(argv[2], &script))
        return 2;
    for (int i = 3; i < argc; i++)
        if (!option(argv[i], &o, &settings))
            return fprintf(stderr, "uisim: %s?\n", argv[i]), 2;
    if (!uidata_init(&data, buf_str(&description), "fixtures/ui", &err))
        return fprintf(stderr, "uisim: %s:%zu: %s\n", argv[1], err.line, err.message), 2;
    replay_init(&replay);
    struct app *app = app_new(&settings, &data.source, &replay.host, o.start);
    if (!replay_run(&replay, app, buf_str(&script), o.rows, o.columns, o.ascii, &out, &err))
        fprintf(stderr, "uisim: %s:%zu:%zu: %s\n", argv[2], err.line, err.column, err.message);
    fwrite(out.data, 1, out.len, stdout);
    app_free(app);
    replay_release(&replay);
    uidata_release(&data);
    app_settings_release(&settings);
    buf_free(&description);
    buf_free(&script);
    buf_free(&out);
    return err.code ? 2 : 0;
}
