/*
 * Random keys, clicks, pastes and sizes on every screen. After each: the hardware cursor is on the
 * screen and on the selected row, that row is among those shown, every cell holds one shown
 * character of the width it claims, and (by the sanitizers) nothing was written outside the grid.
 */
#include <assert.h>

#include "../uidata.h"
#include "base/text.h"
#include "ui/replay.h"
#include "ui/view.h"

static const char *const descriptions[] = {
    "fixtures/ui/plan1.ui.json", "fixtures/ui/diff.ui.json", "fixtures/ui/log.ui.json",
    "fixtures/ui/escape.ui.json", "fixtures/ui/shapes.ui.json", "fixtures/ui/loading.ui.json",
    "fixtures/ui/loading_plan.ui.json"};
enum { DESCRIPTIONS = sizeof descriptions / sizeof descriptions[0], KEYS_MOST = 400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *p;
    size_t n;
};

static unsigned next(struct input *in)
{
    if (in->n == 0)
        return 0;
    in->n--;
    return *in->p++;
}

static void check_cells(const struct grid *g)
{
    for (int row = 0; row < g->rows; row++) {
        for (int col = 0; col < g->columns; col++) {
            const struct cell *c = &g->cell[row * g->columns + col];
            if (c->width == 0) {
                assert(col > 0 && c[-1].width == 2);
                continue;
            }
            struct str s = {c->text, c->len};
            assert(c->len > 0 && c->len <= CELL_TEXT && text_is_utf8(s));
            assert(text_width(s) == c->width && (unsigned char)c->text[0] >= 0x20);
            assert(c->width == 1 || col + 1 < g->columns);
            assert(!g->ascii || (unsigned char)c->text[0] < 0x7F);
        }
    }
}

static void check_cursor(const struct app *app, const struct grid *g)
{
    const struct list *l = &app->view->list;
    assert(g->cursor_row >= 0 && g->cursor_row < g->rows);
    assert(g->cursor_column >= 0 && g->cursor_column < g->columns);
    assert(l->top >= 0 && l->cursor >= 0 && (l->count == 0 || l->cursor < l->count));
    if (l->count > 0 && app->view->body.rows > 0)
        assert(l->cursor >= l->top && l->cursor < l->top + l->height);
}

static uint32_t key_of(unsigned byte)
{
    static const uint32_t named[] = {
        KEY_CODE_ENTER, KEY_CODE_ESC,  KEY_CODE_TAB,  KEY_CODE_UP,     KEY_CODE_DOWN,
        KEY_CODE_PGUP,  KEY_CODE_PGDN, KEY_CODE_HOME, KEY_CODE_END,    KEY_CODE_LEFT,
        KEY_CODE_RIGHT, KEY_CODE_F1,   KEY_CODE_F12,  KEY_CODE_DELETE, KEY_CODE_BACKSPACE,
        0x8868,         0x202E,        0x301,         KEY_CODE_OTHER,  KEY_CODE_CTRL('U')};
    if (byte >= 0x20 && byte < 0x7F)
        return byte;
    return named[byte % (sizeof named / sizeof named[0])];
}

/* q and Ctrl-C end the session: then there is nothing more to check. */
static struct key next_key(struct input *in, struct grid *g, struct replay *r)
{
    unsigned byte = next(in);
    if (byte < 0xE0)
        return key_press(key_of(byte));
    switch (byte & 7) {
    case 0: {
        int rows = (int)next(in) % 60 + 1, columns = (int)next(in) + 1;
        grid_resize(g, rows, columns);
        return (struct key){.kind = KEY_RESIZED, .rows = rows, .columns = columns};
    }
    case 1:
        return (struct key){.kind = KEY_PASTED, .text = {(const char *)in->p, in->n < 9 ? in->n : 9}};
    case 2:
        r->now_ms += next(in) * 8;
        return (struct key){.kind = KEY_TICK};
    default: {
        enum key_kind kinds[] = {KEY_CLICK, KEY_DOUBLE_CLICK, KEY_WHEEL_UP, KEY_WHEEL_DOWN};
        unsigned kind = next(in) % 4;
        return (struct key){.kind = kinds[kind], .row = (int)next(in) % 70,
                            .column = (int)next(in)};
    }
    }
}

static void run(struct app *app, struct replay *r, struct input *in, bool ascii)
{
    struct grid g;
    grid_init(&g, 24, 80, ascii);
    app_draw(app, &g);
    for (int i = 0; i < KEYS_MOST && in->n && !app_done(app); i++) {
        struct key key = next_key(in, &g, r);
        app_key(app, &key);
        if (app_done(app))
            break;
        app_draw(app, &g);
        check_cells(&g);
        check_cursor(app, &g);
    }
    grid_release(&g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    struct buf description = {0};
    struct app_settings settings;
    struct replay replay;
    struct uidata source;
    struct err err = {0};
    if (size < 3)
        return 0;
    unsigned which = next(&in), start = next(&in);
    if (!io_read_all(descriptions[which % DESCRIPTIONS], &description, &err) ||
        !uidata_init(&source, buf_str(&description), "fixtures/ui", &err))
        abort();
    bool has_log = source.ops.log != NULL;
    app_settings_init(&settings);
    settings.ascii = start & 64;
    settings.plain = start & 128;
    replay_init(&replay);
    struct app *app = app_new(&settings, &source.source, &replay.host,
                              has_log ? APP_START_LOG : start & 1 ? APP_START_DIFF : APP_START_PLAN);
    run(app, &replay, &in, settings.ascii);
    app_free(app);
    replay_release(&replay);
    app_settings_release(&settings);
    uidata_release(&source);
    buf_free(&description);
    return 0;
}
