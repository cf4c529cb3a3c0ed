#include "ui/replay.h"

#include "base/err.h"
#include "base/text.h"

static uint64_t now_ms(void *self)
{
    return ((struct replay *)self)->now_ms;
}

static void copy(void *self, struct str text, struct buf *how)
{
    struct replay *r = self;
    buf_clear(&r->copied);
    buf_addstr(&r->copied, text);
    buf_printf(how, "copied %zu bytes", text.len);
}

static bool edit(void *self, struct str text, const char *suffix, struct err *err)
{
    (void)self;
    return err_set(err, ERR_USAGE, "would edit %zu bytes of %s", text.len, suffix);
}

static bool save(void *self, const char *path, struct str text, struct err *err)
{
    (void)self;
    return err_set(err, ERR_USAGE, "would write %zu bytes to %s", text.len, path);
}

static void nothing(void *self)
{
    (void)self;
}

static void set_mouse(void *self, bool on)
{
    (void)self;
    (void)on;
}

static void set_theme(void *self, int theme)
{
    (void)self;
    (void)theme;
}

void replay_init(struct replay *r)
{
    *r = (struct replay){.now_ms = 1000};
    r->host = (struct ui_host){.self = r,
                               .now_ms = now_ms,
                               .copy = copy,
                               .edit = edit,
                               .save = save,
                               .suspend = nothing,
                               .redraw = nothing,
                               .set_mouse = set_mouse,
                               .set_theme = set_theme};
}

void replay_release(struct replay *r)
{
    buf_free(&r->copied);
}

/* One run of a script. */
struct run {
    struct replay *replay;
    struct app *app;
    struct grid grid;
    struct buf *out;
};

static bool number(struct str *s, int least, int *out)
{
    long long v = 0;
    size_t n = 0;
    *s = str_trim(*s);
    while (n < s->len && s->p[n] >= '0' && s->p[n] <= '9' && v < 1000000)
        v = v * 10 + (s->p[n++] - '0');
    *s = str_sub(*s, n, s->len);
    *out = (int)v;
    return n > 0 && v >= least && v < 1000000;
}

bool replay_size(struct str text, int *rows, int *columns)
{
    bool good = number(&text, 1, rows) && text.len && (text.p[0] == 'x' || text.p[0] == 'X');
    if (!good)
        return false;
    text = str_sub(text, 1, text.len);
    return number(&text, 1, columns) && str_trim(text).len == 0 && *rows <= 1000 &&
           *columns <= 1000;
}

static void send(struct run *r, struct key key)
{
    if (app_done(r->app))
        return;
    app_key(r->app, &key);
    if (!app_done(r->app))
        app_draw(r->app, &r->grid);
}

static void dump(struct run *r)
{
    grid_dump(&r->grid, r->out);
}

static bool mouse_step(struct run *r, struct str word, struct str rest)
{
    static const struct {
        const char *name;
        enum key_kind kind;
    } kinds[] = {{"click", KEY_CLICK},
                 {"double", KEY_DOUBLE_CLICK},
                 {"wheel-up", KEY_WHEEL_UP},
                 {"wheel-down", KEY_WHEEL_DOWN}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        int row, column;
        if (!str_is(word, kinds[i].name))
            continue;
        if (!number(&rest, 1, &row) || !number(&rest, 1, &column))
            return false;
        send(r, (struct key){.kind = kinds[i].kind, .row = row - 1, .column = column - 1});
        return true;
    }
    return false;
}

static bool resize_step(struct run *r, struct str rest)
{
    int rows, columns;
    if (!replay_size(rest, &rows, &columns))
        return false;
    grid_resize(&r->grid, rows, columns);
    send(r, (struct key){.kind = KEY_RESIZED, .rows = rows, .columns = columns});
    return true;
}

/* What stands in angle brackets. */
static bool named_step(struct run *r, struct str name)
{
    size_t n = 0;
    int ms;
    while (n < name.len && name.p[n] != ' ')
        n++;
    struct str word = str_sub(name, 0, n), rest = str_trim(str_sub(name, n, name.len));
    if (str_is(word, "resize"))
        return resize_step(r, rest);
    if (str_is(word, "wait") && number(&rest, 0, &ms)) {
        r->replay->now_ms += (uint64_t)ms;
        send(r, (struct key){.kind = KEY_TICK});
        return true;
    }
    if (str_is(word, "paste")) {
        send(r, (struct key){.kind = KEY_PASTED, .text = rest});
        return true;
    }
    if (str_is(word, "dump")) {
        dump(r);
        buf_adds(r->out, "----\n");
        return true;
    }
    if (str_is(word, "clipboard")) {
        buf_printf(r->out, "clipboard: %.*s\n----\n", STR_ARG(buf_str(&r->replay->copied)));
        return true;
    }
    if (mouse_step(r, word, rest))
        return true;
    uint32_t code = str_is(name, "lt") ? '<' : key_code_of(name);
    if (code)
        send(r, key_press(code));
    return code != 0;
}

static bool step(struct run *r, struct str script, size_t *at, struct err *err)
{
    struct str rest = str_sub(script, *at, script.len);
    size_t n = text_utf8_len(rest);
    if (rest.p[0] == '\n' || rest.p[0] == '\r') {
        *at += 1;
        return true;
    }
    bool line_start = *at == 0 || script.p[*at - 1] == '\n';
    if (line_start && rest.p[0] == '#') {
        const char *end = memchr(rest.p, '\n', rest.len);
        *at += end ? (size_t)(end - rest.p) : rest.len;
        return true;
    }
    const char *close = rest.p[0] == '<' ? memchr(rest.p, '>', rest.len) : NULL;
    if (close) {
        struct str name = {rest.p + 1, (size_t)(close - rest.p) - 1};
        if (!named_step(r, name))
            return err_at(err, ERR_SYNTAX, script.p, script.len, *at, "no such key or step");
        *at += name.len + 2;
        return true;
    }
    send(r, key_press(n ? text_utf8_decode(rest) : 0xFFFD));
    *at += n ? n : 1;
    return true;
}

bool replay_run(struct replay *r, struct app *app, struct str script, int rows, int columns,
                bool ascii, struct buf *out, struct err *err)
{
    struct run run = {.replay = r, .app = app, .out = out};
    bool good = true;
    grid_init(&run.grid, rows, columns, ascii);
    app_draw(app, &run.grid);
    for (size_t at = 0; good && at < script.len;)
        good = step(&run, script, &at, err);
    if (good)
        dump(&run);
    if (good && app_printed(app).len)
        buf_printf(out, "printed: %.*s", STR_ARG(app_printed(app)));
    grid_release(&run.grid);
    return good;
}
