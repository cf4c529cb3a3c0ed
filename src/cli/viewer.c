#include "cli/viewer.h"

#include <stdio.h>

#include "base/arena.h"
#include "cli/view.h"
#include "ui/replay.h"
#include "ui/theme.h"

static bool set_options(struct viewer *w, struct err *err)
{
    const struct opts *o = &w->cli->opts;
    struct app_settings *s = &w->settings;
    struct config *config = &w->config;
    struct ui_options *out = &w->options;
    const char *theme = opts_value(o, OPT_THEME), *color = opts_value(o, OPT_COLOR);
    out->theme = -1;
    out->keep_state = !opts_given(o, OPT_NO_STATE);
    out->clipboard = opts_value(o, OPT_CLIPBOARD);
    out->color = !color || strcmp(color, "auto") == 0 ? TERM_COLOR_AUTO
                 : strcmp(color, "always") == 0       ? TERM_COLOR_ALWAYS
                                                      : TERM_COLOR_NEVER;
    s->ascii |= opts_given(o, OPT_ASCII);
    s->plain |= opts_given(o, OPT_PLAIN);
    s->mouse &= !opts_given(o, OPT_NO_MOUSE);
    s->no_animate |= opts_given(o, OPT_NO_ANIMATE);
    if (opts_given(o, OPT_ASCII))
        config_set_origin(config, "ascii", "--ascii");
    if (opts_given(o, OPT_NO_MOUSE))
        config_set_origin(config, "mouse", "--no-mouse");
    if (theme && !theme_find(str_of(theme), &out->theme))
        return err_set(err, ERR_USAGE, "there is no theme '%s'", theme);
    return true;
}

static int print(struct buf *text)
{
    fwrite(text->data, 1, text->len, stdout);
    buf_free(text);
    return fflush(stdout) ? 2 : 0;
}

/* --keys=FILE --size=ROWSxCOLUMNS --dump-screen: no terminal, no state, a clock that stands. */
static int replay(const struct opts *o, struct ui_source *source, struct app_settings *s,
                  enum app_start start)
{
    const char *size = opts_value(o, OPT_SIZE), *keys = opts_value(o, OPT_KEYS);
    int rows = 24, columns = 80;
    struct buf script = {0}, out = {0};
    struct replay r;
    struct err err = {0};
    if (size && !replay_size(str_of(size), &rows, &columns))
        err_set(&err, ERR_USAGE, "--size takes ROWSxCOLUMNS, as in 24x80");
    else if (!keys || io_read_all(keys, &script, &err)) {
        replay_init(&r);
        struct app *app = app_new(s, source, &r.host, start);
        replay_run(&r, app, buf_str(&script), rows, columns, s->ascii, &out, &err);
        app_free(app);
        replay_release(&r);
    }
    buf_free(&script);
    if (!err.code)
        return print(&out);
    buf_free(&out);
    cli_error(keys, &err);
    return err_exit_status(err.code);
}

bool viewer_init(struct viewer *w, const struct cli *c, enum app_start start, struct err *err)
{
    *w = (struct viewer){.cli = c, .options = {.start = start}};
    app_settings_init(&w->settings);
    config_init(&w->config);
    if (!viewer_is_scripted(w))
        config_load(&w->config, &w->settings);
    return set_options(w, err);
}

void viewer_release(struct viewer *w)
{
    config_release(&w->config);
    app_settings_release(&w->settings);
}

bool viewer_is_scripted(const struct viewer *w)
{
    return opts_given(&w->cli->opts, OPT_DUMP_SCREEN);
}

void viewer_warn(const struct viewer *w)
{
    const struct buf *warnings = &w->config.warnings;
    fwrite(warnings->data ? warnings->data : "", 1, warnings->len, stderr);
}

int viewer_print_config(const struct viewer *w)
{
    struct buf out = {0};
    config_print(&out, &w->config, &w->settings);
    viewer_warn(w);
    return print(&out);
}

int viewer_run(struct viewer *w, struct ui_source *source)
{
    struct err err = {0};
    if (viewer_is_scripted(w))
        return replay(&w->cli->opts, source, &w->settings, w->options.start);
    int status = ui_run(source, &w->settings, &w->options, &err);
    if (status >= 0)
        return status;
    cli_error(NULL, &err);
    return err_exit_status(err.code);
}

bool view_is_wanted(const struct cli *c)
{
    const struct opts *o = &c->opts;
    const char *format = opts_value(o, OPT_FORMAT), *why;
    if (opts_given(o, OPT_DUMP_SCREEN) || opts_given(o, OPT_PRINT_CONFIG))
        return true;
    if (format)
        return strcmp(format, "tui") == 0 && term_is_usable(&why);
    bool report = opts_given(o, OPT_JSON) || opts_given(o, OPT_PLAIN) ||
                  opts_given(o, OPT_OUTPUT) || opts_given(o, OPT_QUIET) ||
                  opts_given(o, OPT_VERBOSE) || opts_given(o, OPT_PROOF) ||
                  opts_given(o, OPT_ANONYMIZE) || opts_given(o, OPT_ANONYMIZE_MAP) ||
                  opts_given(o, OPT_FAIL_ON) || opts_given(o, OPT_WIDTH);
    return !report && term_is_usable(&why);
}

int view_source(struct cli *c, struct ui_source *source, enum app_start start)
{
    struct viewer w;
    struct err err = {0};
    int status = viewer_init(&w, c, start, &err) ? viewer_run(&w, source) : cli_usage(&err);
    viewer_release(&w);
    return status;
}
