#include "ui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "ui/background.h"
#include "ui/theme.h"

/* After ours: its macros take everyday words. */
#define NCURSES_WIDECHAR 1
#include <curses.h>

/* Codes for sequences that we teach curses, beyond its own. */
enum { CODE_SGR_MOUSE = KEY_MAX + 1, CODE_X10_MOUSE, CODE_PASTE, CODE_PASTE_END, CODE_OSC };
enum { PASTE_MAX = 16 * 1024 * 1024, DOUBLE_CLICK_MS = 400 };

struct term {
    SCREEN *screen;
    FILE *in, *out;
    int fd;
    struct termios saved;
    bool xterm; /* understands xterm's private modes */
    bool mouse; /* wanted, and the terminal can */
    bool can_mouse;
    int colors;
    int theme;
    struct grid shown; /* what the terminal shows */
    bool all;          /* draw everything at the next turn */
    struct buf pasted;
    uint64_t clicked_ms; /* last click, for double ones */
    int click_row, click_column;
};

/* What signal handlers touch. */
static struct {
    volatile sig_atomic_t open;
    int fd;
    int wake[2]; /* pipe: one byte per event */
    struct termios saved;
    char restore[256];
    size_t restore_len;
    struct sigaction before[NSIG];
} global = {.wake = {-1, -1}};

static const int fatal_signals[] = {SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV,
                                    SIGBUS,  SIGFPE, SIGILL};
static const int other_signals[] = {SIGWINCH, SIGINT, SIGTSTP, SIGCONT};
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void put(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno != EINTR && errno != EAGAIN)
            return;
        if (done > 0) {
            p += done;
            n -= (size_t)done;
        }
    }
}

/* Async-signal-safe. */
static void restore_terminal(void)
{
    if (!global.open)
        return;
    global.open = 0;
    put(global.fd, global.restore, global.restore_len);
    tcsetattr(global.fd, TCSANOW, &global.saved);
}

static void on_fatal(int sig)
{
    int saved = errno;
    restore_terminal();
    sigaction(sig, &global.before[sig], NULL);
    raise(sig);
    errno = saved; /* who handles it may have come back */
}

static void on_other(int sig)
{
    int saved = errno;
    char byte = sig == SIGWINCH ? 'w' : sig == SIGINT ? 'c' : sig == SIGTSTP ? 'z' : 'r';
    if (write(global.wake[1], &byte, 1) < 0) {
        /* full: there is news already */
    }
    errno = saved;
}

static void handle(int sig, void (*handler)(int), struct sigaction *before)
{
    struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&sa.sa_mask);
    sigaction(sig, &sa, before);
}

static void install_handlers(void)
{
    for (size_t i = 0; i < COUNT(fatal_signals); i++)
        handle(fatal_signals[i], on_fatal, &global.before[fatal_signals[i]]);
    for (size_t i = 0; i < COUNT(other_signals); i++)
        handle(other_signals[i], on_other, &global.before[other_signals[i]]);
}

static void remove_handlers(void)
{
    for (size_t i = 0; i < COUNT(fatal_signals); i++)
        sigaction(fatal_signals[i], &global.before[fatal_signals[i]], NULL);
    for (size_t i = 0; i < COUNT(other_signals); i++)
        sigaction(other_signals[i], &global.before[other_signals[i]], NULL);
}

/* ---- what the terminal can ---- */

static const char *capability(const char *name)
{
    static char copy[64];
    snprintf(copy, sizeof copy, "%s", name);
    const char *s = tigetstr(copy);
    return s == (const char *)-1 ? NULL : s;
}

/* Without the padding "$<5>" that terminals of old needed. */
static void add_restore(const char *s)
{
    while (s && *s && global.restore_len + 1 < sizeof global.restore) {
        if (s[0] == '$' && s[1] == '<') {
            const char *end = strchr(s, '>');
            s = end ? end + 1 : s + strlen(s);
            continue;
        }
        global.restore[global.restore_len++] = *s++;
    }
}

static const char modes_off[] = "\033[?2026l\033[?1006l\033[?1000l\033[?2004l";

static void prepare_restore(const struct term *t)
{
    global.restore_len = 0;
    if (t->xterm)
        add_restore(modes_off);
    add_restore(capability("sgr0"));
    add_restore(capability("rmkx"));
    add_restore(capability("rmcup"));
    add_restore(capability("cnorm"));
    global.fd = t->fd;
    global.saved = t->saved;
}

bool term_is_usable(const char **why)
{
    const char *name = getenv("TERM");
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (tty >= 0)
        close(tty);
    *why = NULL;
    if (!isatty(STDOUT_FILENO))
        *why = "standard output is no terminal";
    else if (tty < 0 && !isatty(STDERR_FILENO))
        *why = "there is no terminal to read keys from";
    else if (!name || !*name || strcmp(name, "dumb") == 0)
        *why = "the terminal cannot move its cursor";
    return !*why;
}

/* ---- opening ---- */

static FILE *open_tty(const char *mode)
{
    FILE *f = fopen("/dev/tty", mode);
    const char *name = f ? NULL : ttyname(STDERR_FILENO);
    if (!f && !name)
        name = ttyname(STDOUT_FILENO);
    return f ? f : name ? fopen(name, mode) : NULL;
}

static const struct {
    const char *sequence;
    int code;
} sequences[] = {
    {"\033[<", CODE_SGR_MOUSE}, {"\033[M", CODE_X10_MOUSE}, {"\033[200~", CODE_PASTE},
    {"\033[201~", CODE_PASTE_END}, {"\033]", CODE_OSC},
    /* Both ways in which terminals and multiplexers send these. */
    {"\033[1~", KEY_HOME}, {"\033[7~", KEY_HOME}, {"\033OH", KEY_HOME}, {"\033[H", KEY_HOME},
    {"\033[4~", KEY_END}, {"\033[8~", KEY_END}, {"\033OF", KEY_END}, {"\033[F", KEY_END},
    {"\033[A", KEY_UP}, {"\033OA", KEY_UP}, {"\033[B", KEY_DOWN}, {"\033OB", KEY_DOWN},
    {"\033[C", KEY_RIGHT}, {"\033OC", KEY_RIGHT}, {"\033[D", KEY_LEFT}, {"\033OD", KEY_LEFT},
    {"\033[5~", KEY_PPAGE}, {"\033[6~", KEY_NPAGE}, {"\033[3~", KEY_DC}, {"\033[2~", KEY_IC},
    {"\033[Z", KEY_BTAB}, {"\033[1;2D", KEY_SLEFT}, {"\033[1;2C", KEY_SRIGHT},
    {"\033OP", KEY_F(1)}, {"\033[11~", KEY_F(1)}, {"\033OQ", KEY_F(2)}, {"\033[12~", KEY_F(2)},
    {"\033OR", KEY_F(3)}, {"\033[13~", KEY_F(3)}, {"\033OS", KEY_F(4)}, {"\033[14~", KEY_F(4)},
};

static bool wants_color(const struct term_options *o)
{
    const char *no_color = getenv("NO_COLOR"), *clicolor = getenv("CLICOLOR");
    if (o->color != TERM_COLOR_AUTO)
        return o->color == TERM_COLOR_ALWAYS;
    if (no_color && *no_color)
        return false;
    return !clicolor || strcmp(clicolor, "0") != 0;
}

static void set_pairs(struct term *t)
{
    for (int role = 0; t->colors && role < ROLE_COUNT; role++) {
        struct look look = theme_look((enum theme)t->theme, (enum role)role, t->colors);
        init_pair((short)(role + 1), (short)look.color, -1);
    }
}

static void start_colors(struct term *t, const struct term_options *o)
{
    t->colors = 0;
    if (!wants_color(o) || !has_colors())
        return;
    start_color();
    if (use_default_colors() != OK)
        return; /* its background would be painted over: better none */
    t->colors = COLORS;
    set_pairs(t);
}

static void start_modes(struct term *t)
{
    if (!t->xterm)
        return;
    put(t->fd, "\033[?2004h", 8);
    if (t->mouse)
        put(t->fd, "\033[?1000h\033[?1006h", 16);
}

static void stop_modes(struct term *t)
{
    if (t->xterm)
        put(t->fd, modes_off, sizeof modes_off - 1);
}

static void set_up(struct term *t, const struct term_options *o)
{
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    for (size_t i = 0; i < COUNT(sequences); i++)
        define_key(sequences[i].sequence, sequences[i].code);
    t->can_mouse = t->xterm = capability("kmous") != NULL;
    t->mouse = o->mouse && t->can_mouse;
    start_colors(t, o);
    curs_set(1);
}

static bool open_pipe(struct err *err)
{
    if (pipe(global.wake) != 0)
        return err_set(err, ERR_IO, "no pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(global.wake[i], F_SETFL, O_NONBLOCK);
        fcntl(global.wake[i], F_SETFD, FD_CLOEXEC);
    }
    return true;
}

static bool open_files(struct term *t, struct err *err)
{
    t->in = open_tty("r");
    t->out = open_tty("w");
    if (!t->in || !t->out) {
        err_set(err, ERR_IO, "no terminal: %s", strerror(errno));
        err_hint(err, "--format=text needs none");
        return false;
    }
    t->fd = fileno(t->out);
    fcntl(fileno(t->in), F_SETFD, FD_CLOEXEC);
    fcntl(t->fd, F_SETFD, FD_CLOEXEC);
    tcgetattr(t->fd, &t->saved);
    return true;
}

static void free_term(struct term *t)
{
    if (t->in)
        fclose(t->in);
    if (t->out)
        fclose(t->out);
    grid_release(&t->shown);
    buf_free(&t->pasted);
    free(t);
}

struct term *term_open(const struct term_options *o, struct err *err)
{
    static bool at_exit;
    struct term *t = xcalloc(1, sizeof *t);
    if (!open_files(t, err)) {
        free_term(t);
        return NULL;
    }
    t->theme = o->theme >= 0 ? o->theme : background_theme(fileno(t->in), t->fd);
    t->screen = newterm(NULL, t->out, t->in);
    if (!t->screen || !capability("cup") || !open_pipe(err)) {
        err_set(err, ERR_IO, "the terminal's type is not known, or it cannot move its cursor");
        if (t->screen)
            endwin();
        free_term(t);
        return NULL;
    }
    set_up(t, o);
    prepare_restore(t);
    install_handlers();
    if (!at_exit)
        atexit(restore_terminal);
    at_exit = true;
    global.open = 1;
    start_modes(t);
    grid_init(&t->shown, 1, 1, false);
    t->all = true;
    return t;
}

void term_close(struct term *t)
{
    if (!t)
        return;
    stop_modes(t);
    endwin();
    global.open = 0;
    tcsetattr(t->fd, TCSADRAIN, &t->saved);
    remove_handlers();
    delscreen(t->screen);
    for (int i = 0; i < 2; i++) {
        close(global.wake[i]);
        global.wake[i] = -1;
    }
    free_term(t);
}

/* ---- drawing ---- */

void term_size(const struct term *t, int *rows, int *columns)
{
    struct winsize ws;
    bool known = ioctl(t->fd, TIOCGWINSZ, &ws) == 0 && ws.ws_row > 0 && ws.ws_col > 0;
    *rows = known ? ws.ws_row : LINES;
    *columns = known ? ws.ws_col : COLS;
}

int term_theme(const struct term *t)
{
    return t->theme;
}

static attr_t attrs_of(const struct term *t, unsigned style, short *pair)
{
    struct look look = theme_look((enum theme)t->theme, STYLE_ROLE(style), t->colors);
    unsigned bits = look.attrs | (style & ~0xFFu);
    attr_t attrs = A_NORMAL;
    *pair = t->colors && look.color >= 0 ? (short)(STYLE_ROLE(style) + 1) : 0;
    if (bits & STYLE_BOLD)
        attrs |= A_BOLD;
    if (bits & STYLE_UNDERLINE)
        attrs |= A_UNDERLINE;
    if (bits & STYLE_REVERSE) {
        attrs |= A_REVERSE;
        *pair = 0; /* the terminal's own two colours: always readable */
    }
    return attrs;
}

/* A cell's characters; '?' where the C library thinks differently of its width: the row would
 * go out of step. */
static void wide_text(const struct cell *c, wchar_t out[CCHARW_MAX + 1])
{
    struct str s = {c->text, c->len};
    int n = 0;
    while (s.len && n < CCHARW_MAX) {
        size_t len = text_utf8_len(s);
        wchar_t wc = (wchar_t)text_utf8_decode(s);
        if (n == 0 && wc >= 0x80 && wcwidth(wc) != c->width)
            wc = L'?';
        else if (n > 0 && wcwidth(wc) != 0)
            break;
        out[n++] = wc;
        s = str_sub(s, len ? len : 1, s.len);
    }
    out[n] = L'\0';
}

static void draw_row(struct term *t, const struct grid *g, int row)
{
    const struct cell *cells = &g->cell[(size_t)row * (size_t)g->columns];
    move(row, 0);
    for (int col = 0; col < g->columns; col++) {
        const struct cell *c = &cells[col];
        wchar_t text[CCHARW_MAX + 1];
        cchar_t cc;
        short pair;
        if (c->width == 0)
            continue;
        attr_t attrs = attrs_of(t, c->style, &pair);
        wide_text(c, text);
        setcchar(&cc, text, attrs, pair, NULL);
        mvadd_wch(row, col, &cc);
        if (c->width == 2 && text[0] == L'?')
            mvadd_wch(row, col + 1, &cc);
    }
}

static bool same_row(const struct term *t, const struct grid *g, int row)
{
    size_t at = (size_t)row * (size_t)g->columns, n = (size_t)g->columns;
    return memcmp(&t->shown.cell[at], &g->cell[at], n * sizeof *g->cell) == 0;
}

static void keep(struct term *t, const struct grid *g)
{
    memcpy(t->shown.cell, g->cell, (size_t)g->rows * (size_t)g->columns * sizeof *g->cell);
}

void term_draw(struct term *t, const struct grid *g)
{
    bool other_size = t->shown.rows != g->rows || t->shown.columns != g->columns;
    if (LINES != g->rows || COLS != g->columns)
        resizeterm(g->rows, g->columns);
    if (other_size) {
        grid_resize(&t->shown, g->rows, g->columns);
        t->all = true;
    }
    if (t->all)
        clearok(curscr, TRUE);
    for (int row = 0; row < g->rows; row++)
        if (t->all || !same_row(t, g, row))
            draw_row(t, g, row);
    keep(t, g);
    t->all = false;
    move(g->cursor_row, g->cursor_column);
    if (t->xterm)
        put(t->fd, "\033[?2026h", 8);
    wnoutrefresh(stdscr);
    doupdate();
    if (t->xterm)
        put(t->fd, "\033[?2026l", 8);
}

/* ---- keys ---- */

static uint32_t code_of(wint_t key)
{
    static const struct {
        int curses;
        uint32_t code;
    } codes[] = {
        {KEY_UP, KEY_CODE_UP},        {KEY_DOWN, KEY_CODE_DOWN},
        {KEY_LEFT, KEY_CODE_LEFT},    {KEY_RIGHT, KEY_CODE_RIGHT},
        {KEY_PPAGE, KEY_CODE_PGUP},   {KEY_NPAGE, KEY_CODE_PGDN},
        {KEY_HOME, KEY_CODE_HOME},    {KEY_END, KEY_CODE_END},
        {KEY_IC, KEY_CODE_INSERT},    {KEY_DC, KEY_CODE_DELETE},
        {KEY_BTAB, KEY_CODE_SHIFT_TAB}, {KEY_SLEFT, KEY_CODE_SHIFT_LEFT},
        {KEY_SRIGHT, KEY_CODE_SHIFT_RIGHT}, {KEY_BACKSPACE, KEY_CODE_BACKSPACE},
        {KEY_ENTER, KEY_CODE_ENTER},
    };
    for (size_t i = 0; i < COUNT(codes); i++)
        if ((wint_t)codes[i].curses == key)
            return codes[i].code;
    if (key >= (wint_t)KEY_F(1) && key <= (wint_t)KEY_F(12))
        return KEY_CODE_F1 + (uint32_t)(key - (wint_t)KEY_F(1));
    return KEY_CODE_OTHER;
}

/* The next byte of a sequence whose beginning was recognised; -1 when it does not come. */
static int next_byte(struct term *t)
{
    struct pollfd p = {.fd = fileno(t->in), .events = POLLIN};
    int c = getch();
    if (c == ERR && poll(&p, 1, 50) > 0)
        c = getch();
    return c == ERR || c > 255 ? -1 : c;
}

static uint64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Buttons as both protocols number them: 0 left, 64 and 65 the wheel; others mean nothing. */
static bool mouse_key(struct term *t, int button, int column, int row, struct key *key)
{
    *key = (struct key){.row = row - 1, .column = column - 1};
    if (row < 1 || column < 1)
        return false;
    if (button == 64 || button == 65) {
        key->kind = button == 64 ? KEY_WHEEL_UP : KEY_WHEEL_DOWN;
        return true;
    }
    if (button != 0)
        return false;
    bool twice = t->clicked_ms && now_ms() - t->clicked_ms < DOUBLE_CLICK_MS &&
                 t->click_row == row && t->click_column == column;
    key->kind = twice ? KEY_DOUBLE_CLICK : KEY_CLICK;
    t->clicked_ms = twice ? 0 : now_ms();
    t->click_row = row;
    t->click_column = column;
    return true;
}

/* "0;12;5M": button, column, row; 'm' at the end is the release. */
static bool read_sgr_mouse(struct term *t, struct key *key)
{
    int n[3] = {0}, i = 0, c;
    while ((c = next_byte(t)) >= 0) {
        if (c >= '0' && c <= '9' && n[i] < 100000)
            n[i] = n[i] * 10 + c - '0';
        else if (c == ';' && i < 2)
            i++;
        else
            break;
    }
    return c == 'M' && i == 2 && mouse_key(t, n[0], n[1], n[2], key);
}

static bool read_x10_mouse(struct term *t, struct key *key)
{
    int n[3];
    for (int i = 0; i < 3; i++)
        n[i] = next_byte(t) - 32;
    return n[0] >= 0 && n[0] != 3 && mouse_key(t, n[0], n[1], n[2], key);
}

/* Everything up to the end mark is text, whatever it holds. */
static bool read_paste(struct term *t, struct key *key)
{
    struct pollfd p = {.fd = fileno(t->in), .events = POLLIN};
    buf_clear(&t->pasted);
    for (;;) {
        wint_t wc;
        int kind = get_wch(&wc);
        if (kind == ERR && poll(&p, 1, 1000) <= 0)
            break;
        if (kind == KEY_CODE_YES && wc == (wint_t)CODE_PASTE_END)
            break;
        if (kind == OK && t->pasted.len < PASTE_MAX)
            text_add_utf8(&t->pasted, (uint32_t)wc);
    }
    *key = (struct key){.kind = KEY_PASTED, .text = buf_str(&t->pasted)};
    return true;
}

/* A terminal's answer that came late: not keys. */
static bool skip_osc(struct term *t)
{
    int c, before = 0;
    for (int i = 0; i < 200 && (c = next_byte(t)) >= 0; i++) {
        if (c == 7 || (before == 27 && c == '\\'))
            break;
        before = c;
    }
    return false;
}

/* False: what was read is no key. */
static bool key_of(struct term *t, int kind, wint_t wc, struct key *key)
{
    if (kind != KEY_CODE_YES) {
        *key = key_press(wc == 8 ? KEY_CODE_BACKSPACE : wc == '\n' ? KEY_CODE_ENTER : (uint32_t)wc);
        return true;
    }
    switch (wc) {
    case CODE_SGR_MOUSE:
        return read_sgr_mouse(t, key);
    case CODE_X10_MOUSE:
        return read_x10_mouse(t, key);
    case CODE_PASTE:
        return read_paste(t, key);
    case CODE_PASTE_END:
        return false;
    case CODE_OSC:
        return skip_osc(t);
    case KEY_RESIZE:
        return false; /* our own handler tells */
    default:
        *key = key_press(code_of(wc));
        return true;
    }
}

/* What a signal or another thread left in the pipe. */
static bool take_news(struct term *t, struct key *key, enum term_event *event)
{
    char byte;
    if (read(global.wake[0], &byte, 1) != 1)
        return false;
    *event = TERM_KEY;
    switch (byte) {
    case 'w':
        *key = (struct key){.kind = KEY_RESIZED};
        term_size(t, &key->rows, &key->columns);
        break;
    case 'c':
        *key = key_press(KEY_CODE_CTRL('C'));
        break;
    case 'z':
        *key = key_press(KEY_CODE_CTRL('Z'));
        break;
    case 'r':
        reset_prog_mode();
        start_modes(t);
        term_redraw(t);
        *key = (struct key){.kind = KEY_RESIZED};
        term_size(t, &key->rows, &key->columns);
        break;
    default:
        *event = TERM_WOKEN;
    }
    return true;
}

enum term_event term_wait(struct term *t, int timeout_ms, struct key *key)
{
    enum term_event event;
    for (;;) {
        wint_t wc;
        if (take_news(t, key, &event))
            return event;
        int kind = get_wch(&wc);
        if (kind != ERR) {
            if (key_of(t, kind, wc, key))
                return TERM_KEY;
            continue;
        }
        struct pollfd p[2] = {{.fd = fileno(t->in), .events = POLLIN},
                              {.fd = global.wake[0], .events = POLLIN}};
        int ready = poll(p, 2, timeout_ms);
        if (ready == 0)
            return TERM_TIMEOUT;
        if (ready > 0 && (p[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
            return TERM_HANGUP;
    }
}

void term_wake(struct term *t)
{
    (void)t;
    if (write(global.wake[1], "k", 1) < 0) {
        /* full: it is awake */
    }
}

/* ---- modes ---- */

void term_set_mouse(struct term *t, bool on)
{
    if (!t->can_mouse || t->mouse == on)
        return;
    t->mouse = on;
    if (on)
        put(t->fd, "\033[?1000h\033[?1006h", 16);
    else
        put(t->fd, "\033[?1006l\033[?1000l", 16);
}

void term_set_theme(struct term *t, int theme)
{
    if (theme == t->theme)
        return;
    t->theme = theme;
    set_pairs(t);
    t->all = true;
}

void term_redraw(struct term *t)
{
    t->all = true;
}

void term_leave(struct term *t)
{
    stop_modes(t);
    def_prog_mode();
    endwin();
    global.open = 0;
}

void term_return(struct term *t)
{
    int rows, columns;
    global.open = 1;
    reset_prog_mode();
    start_modes(t);
    term_size(t, &rows, &columns);
    resizeterm(rows, columns);
    refresh();
    t->all = true;
    on_other(SIGWINCH); /* the size may have changed meanwhile */
}

void term_suspend(struct term *t)
{
    struct sigaction handler;
    term_leave(t);
    sigaction(SIGTSTP, &global.before[SIGTSTP], &handler);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &handler, NULL);
    term_return(t);
}

void term_send(struct term *t, struct str bytes)
{
    put(t->fd, bytes.p, bytes.len);
}
