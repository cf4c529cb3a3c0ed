#include "cli/connect.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"

static atomic_bool stop;
static struct sigaction before;

static void on_interrupt(int sig)
{
    (void)sig;
    atomic_store(&stop, true);
}

/* The second one finds the system's own way of dealing with it. */
static void catch_interrupt(void)
{
    struct sigaction once = {.sa_handler = on_interrupt, .sa_flags = SA_RESETHAND | SA_RESTART};
    sigemptyset(&once.sa_mask);
    sigaction(SIGINT, &once, &before);
}

bool connect_is_stopped(void)
{
    return atomic_load(&stop);
}

void connect_stop(bool on)
{
    atomic_store(&stop, on);
}

/* ---- passwords ---- */

enum { CTRL_C = 3, CTRL_D = 4, BACKSPACE = 8, DELETE = 127, CTRL_U = 21 };

static void drop_char(struct buf *out)
{
    while (out->len && ((unsigned char)out->data[out->len - 1] & 0xC0) == 0x80)
        out->data[--out->len] = '\0';
    if (out->len)
        out->data[--out->len] = '\0';
}

/* A line, without showing it. False when it was given up. */
static bool read_hidden(int tty, struct buf *out)
{
    char c;
    buf_reserve(out, 256); /* so that growing leaves no copies behind */
    while (read(tty, &c, 1) == 1) {
        if (c == '\n' || c == '\r')
            return buf_add(out, "", 0), true;
        if (c == CTRL_C || (c == CTRL_D && out->len == 0))
            return false;
        if (c == BACKSPACE || c == DELETE)
            drop_char(out);
        else if (c == CTRL_U)
            buf_clear(out);
        else
            buf_addc(out, c);
    }
    return false;
}

/* On the terminal, whatever the streams are; keys that make signals are plain keys meanwhile, so
 * that the terminal is never left without echo. */
static bool ask_password(void *ctx, const char *user, struct buf *out)
{
    struct termios old, hidden;
    struct buf prompt = {0};
    (void)ctx;
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (tty < 0)
        return false;
    bool good = tcgetattr(tty, &old) == 0;
    if (good) {
        buf_adds(&prompt, "Password");
        if (user && *user) {
            buf_adds(&prompt, " for user ");
            text_add_safe(&prompt, str_of(user), false);
        }
        buf_adds(&prompt, ": ");
        hidden = old;
        hidden.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
        hidden.c_cc[VMIN] = 1;
        hidden.c_cc[VTIME] = 0;
        tcsetattr(tty, TCSAFLUSH, &hidden);
        good = write(tty, prompt.data, prompt.len) > 0 && read_hidden(tty, out);
        tcsetattr(tty, TCSAFLUSH, &old);
        good = write(tty, "\n", 1) == 1 && good;
    }
    buf_free(&prompt);
    close(tty);
    return good;
}

/* ---- connecting ---- */

static const enum opt_id connection_options[] = {OPT_HOST,   OPT_PORT,        OPT_USERNAME,
                                                 OPT_DBNAME, OPT_NO_PASSWORD, OPT_PASSWORD};

bool connect_is_asked_for(const struct opts *o)
{
    for (size_t i = 0; i < sizeof connection_options / sizeof *connection_options; i++)
        if (opts_given(o, connection_options[i]))
            return true;
    return false;
}

struct conn *connect_open(const struct cli *c, const char *dbname, struct err *err)
{
    const struct opts *o = &c->opts;
    const char *given = opts_value(o, OPT_DBNAME);
    struct conn_options options = {
        .host = opts_value(o, OPT_HOST),
        .port = opts_value(o, OPT_PORT),
        .user = opts_value(o, OPT_USERNAME),
        .dbname = given ? given : dbname,
        .never_ask = opts_given(o, OPT_NO_PASSWORD),
        .always_ask = opts_given(o, OPT_PASSWORD),
        .password = isatty(STDIN_FILENO) ? ask_password : NULL,
        .stop = &stop,
    };
    catch_interrupt();
    struct conn *conn = conn_open(&options, err);
    if (!conn)
        sigaction(SIGINT, &before, NULL);
    return conn;
}

void connect_close(struct conn *c)
{
    if (!c)
        return;
    conn_close(c);
    sigaction(SIGINT, &before, NULL);
}

void connect_print_notices(struct conn *c, bool quiet)
{
    struct buf text = {0};
    conn_take_notices(c, &text);
    struct str rest = buf_str(&text), line;
    while (!quiet && str_line(&rest, &line)) {
        struct err warning = {0};
        err_set(&warning, ERR_PARTIAL, "%.*s", STR_ARG(line));
        cli_warning("server", &warning);
    }
    buf_free(&text);
}
