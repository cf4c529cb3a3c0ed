/* The viewer's main loop, and what it asks of the world around it. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/io.h"
#include "ui/clip.h"
#include "ui/config.h"
#include "ui/theme.h"
#include "ui/ui.h"

struct ui {
    struct term *term;
    struct app *app;
    struct grid grid;
    struct clip_env clip;
};

static uint64_t now_ms(void *self)
{
    struct timespec ts;
    (void)self;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void send(void *self, struct str bytes)
{
    term_send(((struct ui *)self)->term, bytes);
}

static void copy(void *self, struct str text, struct buf *how)
{
    struct ui *ui = self;
    clip_copy(&ui->clip, text, send, ui, how);
}

static void suspend(void *self)
{
    term_suspend(((struct ui *)self)->term);
}

static void redraw(void *self)
{
    term_redraw(((struct ui *)self)->term);
}

static void set_mouse(void *self, bool on)
{
    term_set_mouse(((struct ui *)self)->term, on);
}

static void set_theme(void *self, int theme)
{
    term_set_theme(((struct ui *)self)->term, theme);
}

static void wake(void *self)
{
    term_wake(((struct ui *)self)->term);
}

static bool save(void *self, const char *path, struct str text, struct err *err)
{
    struct io_out out;
    (void)self;
    if (access(path, F_OK) == 0)
        return err_set(err, ERR_IO, "%s is there already", path);
    if (!io_out_create(&out, path, err))
        return false;
    buf_addstr(&out.buf, text);
    return io_out_close(&out, err);
}

static bool write_temp(char *path, int suffix, struct str text, struct err *err)
{
    int fd = mkstemps(path, suffix);
    struct io_out out;
    if (fd < 0)
        return err_set(err, ERR_IO, "no temporary file: %s", strerror(errno));
    io_out_fd(&out, fd);
    buf_addstr(&out.buf, text);
    bool good = io_out_close(&out, err);
    close(fd);
    return good;
}

/* The shell reads $VISUAL, so that "code --wait" works; the path is an argument, never a word of
 * the command. */
static int run_editor(const char *editor, const char *path)
{
    struct buf command = {0};
    int status = -1;
    buf_printf(&command, "%s \"$1\"", editor);
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before_int, before_quit;
    sigaction(SIGINT, &ignore, &before_int);
    sigaction(SIGQUIT, &ignore, &before_quit);
    pid_t pid = fork();
    if (pid == 0) {
        struct sigaction ordinary = {.sa_handler = SIG_DFL};
        sigaction(SIGINT, &ordinary, NULL);
        sigaction(SIGQUIT, &ordinary, NULL);
        execl("/bin/sh", "sh", "-c", command.data, "sh", path, (char *)NULL);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    sigaction(SIGINT, &before_int, NULL);
    sigaction(SIGQUIT, &before_quit, NULL);
    buf_free(&command);
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool edit(void *self, struct str text, const char *suffix, struct err *err)
{
    struct ui *ui = self;
    const char *editor = getenv("VISUAL"), *dir = getenv("TMPDIR");
    if (!editor || !*editor)
        editor = getenv("EDITOR");
    if (!editor || !*editor)
        editor = "vi";
    struct buf path = {0};
    buf_printf(&path, "%s/pgsift-XXXXXX%s", dir && dir[0] == '/' ? dir : "/tmp", suffix);
    bool good = write_temp(path.data, (int)strlen(suffix), text, err);
    if (good) {
        term_leave(ui->term);
        int status = run_editor(editor, path.data);
        term_return(ui->term);
        unlink(path.data);
        if (status == 127) {
            good = err_set(err, ERR_IO, "%s could not be run", editor);
            err_hint(err, "set VISUAL or EDITOR");
        }
    }
    buf_free(&path);
    return good;
}

static void draw(struct ui *ui)
{
    int rows, columns;
    term_size(ui->term, &rows, &columns);
    if (rows != ui->grid.rows || columns != ui->grid.columns)
        grid_resize(&ui->grid, rows, columns);
    app_draw(ui->app, &ui->grid);
    term_draw(ui->term, &ui->grid);
}

/* Keys that are waiting already are taken before the next drawing: a held key never lags behind. */
enum { KEYS_PER_DRAWING = 64 };

static bool is_mouse(const struct key *key)
{
    return key->kind == KEY_CLICK || key->kind == KEY_DOUBLE_CLICK || key->kind == KEY_WHEEL_UP ||
           key->kind == KEY_WHEEL_DOWN;
}

/* False when the terminal is gone. */
static bool turn(struct ui *ui)
{
    struct key key;
    int timeout = app_tick_ms(ui->app);
    for (int i = 0; i < KEYS_PER_DRAWING && !app_done(ui->app); i++) {
        enum term_event event = term_wait(ui->term, i ? 0 : timeout, &key);
        if (event == TERM_HANGUP)
            return false;
        if (event == TERM_TIMEOUT && i)
            break;
        if (event != TERM_KEY)
            key = (struct key){.kind = KEY_TICK};
        if (i && is_mouse(&key))
            draw(ui); /* clicks mean what is on the screen now */
        app_key(ui->app, &key);
    }
    return true;
}

/* Curses and the widths of characters depend on the locale, too. */
static bool is_utf8(void)
{
    setlocale(LC_CTYPE, "");
    const char *codeset = nl_langinfo(CODESET);
    return str_is_nocase(str_of(codeset), "UTF-8") || str_is_nocase(str_of(codeset), "utf8");
}

static void print(struct str text)
{
    fwrite(text.p, 1, text.len, stdout);
    fflush(stdout);
}

static struct ui_host host_of(struct ui *ui)
{
    return (struct ui_host){.self = ui,
                            .now_ms = now_ms,
                            .copy = copy,
                            .edit = edit,
                            .save = save,
                            .suspend = suspend,
                            .redraw = redraw,
                            .set_mouse = set_mouse,
                            .set_theme = set_theme,
                            .wake = wake};
}

static int run(struct ui *ui, struct ui_source *source, struct app_settings *settings,
               const struct ui_options *o)
{
    struct ui_host host = host_of(ui);
    bool there = true;
    grid_init(&ui->grid, 1, 1, settings->ascii);
    ui->app = app_new(settings, source, &host, o->start);
    while (there && !app_done(ui->app)) {
        draw(ui);
        there = turn(ui);
    }
    term_close(ui->term);
    if (there)
        print(app_printed(ui->app));
    int status = there ? app_exit_status(ui->app) : 128 + SIGHUP;
    app_free(ui->app);
    grid_release(&ui->grid);
    return status;
}

int ui_run(struct ui_source *source, struct app_settings *settings, const struct ui_options *o,
           struct err *err)
{
    struct ui ui = {0};
    struct app_settings configured = *settings; /* compared with only: it owns nothing */
    settings->ascii |= !is_utf8();
    if (o->keep_state)
        state_load(settings);
    int remembered = settings->theme;
    struct term_options to = {.color = o->color,
                              .theme = o->theme >= 0 ? o->theme : settings->theme,
                              .mouse = settings->mouse};
    ui.term = term_open(&to, err);
    if (!ui.term)
        return -1;
    int theme = settings->theme = term_theme(ui.term);
    clip_env_init(&ui.clip, o->clipboard);
    int status = run(&ui, source, settings, o);
    if (settings->theme == theme)
        settings->theme = remembered;
    if (o->keep_state)
        state_save(&configured, settings);
    return status;
}
