/* Where results and messages go, and how they are to look. */
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"

enum { LEAST_WIDTH = 40, DEFAULT_WIDTH = 80, MOST_WIDTH = 10000, DEFAULT_HEIGHT = 24 };

static void add_place(struct buf *b, const char *source, const struct err *err)
{
    buf_adds(b, "pgsift: ");
    if (source && *source) {
        text_add_safe(b, str_of(strcmp(source, "-") == 0 ? "standard input" : source), false);
        if (err->line)
            buf_printf(b, ":%zu", err->line);
        if (err->line && err->column)
            buf_printf(b, ":%zu", err->column);
        buf_adds(b, ": ");
    }
}

/* The offending line, with tabs as one space so that the caret stands right. */
static void add_near(struct buf *b, const struct err *err)
{
    struct buf line = {0};
    size_t caret = 0, chars = 0;
    struct str rest = str_of(err->near);
    buf_adds(b, "  ");
    while (rest.len) {
        size_t n = text_utf8_len(rest), from = line.len;
        struct str c = str_sub(rest, 0, n ? n : 1);
        text_add_safe(&line, c.p[0] == '\t' ? STR(" ") : c, false);
        if (chars++ < err->near_caret)
            caret += (size_t)text_width(str_sub(buf_str(&line), from, line.len));
        rest = str_sub(rest, c.len, rest.len);
    }
    buf_addstr(b, buf_str(&line));
    buf_adds(b, "\n  ");
    buf_fill(b, ' ', caret);
    buf_adds(b, "^\n");
    buf_free(&line);
}

static void print_message(const char *source, const char *kind, const struct err *err)
{
    struct buf b = {0};
    add_place(&b, source, err);
    buf_adds(&b, kind);
    text_add_safe(&b, str_of(err->message), false);
    buf_addc(&b, '\n');
    if (err->near[0])
        add_near(&b, err);
    if (err->hint[0]) {
        buf_adds(&b, "  hint: ");
        text_add_safe(&b, str_of(err->hint), false);
        buf_addc(&b, '\n');
    }
    fwrite(b.data, 1, b.len, stderr);
    buf_free(&b);
}

void cli_error(const char *source, const struct err *err)
{
    print_message(source, "", err);
}

void cli_warning(const char *source, const struct err *err)
{
    print_message(source, "warning: ", err);
}

int cli_usage(const struct err *err)
{
    cli_error(NULL, err);
    fputs("Try 'pgsift --help' for more information.\n", stderr);
    return EXIT_USAGE;
}

static bool set(const char *name)
{
    const char *v = getenv(name);
    return v && *v;
}

static bool wants_color(const struct opts *o)
{
    const char *when = opts_value(o, OPT_COLOR), *term = getenv("TERM");
    const char *clicolor = getenv("CLICOLOR");
    if (when && strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    if (set("NO_COLOR"))
        return false;
    if (set("CLICOLOR_FORCE") && strcmp(getenv("CLICOLOR_FORCE"), "0") != 0)
        return true;
    return isatty(STDOUT_FILENO) && !opts_given(o, OPT_OUTPUT) && term &&
           strcmp(term, "dumb") != 0 && !(clicolor && strcmp(clicolor, "0") == 0);
}

static int terminal_width(void)
{
    struct winsize size;
    long long columns;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col < LEAST_WIDTH ? LEAST_WIDTH : size.ws_col;
    const char *env = getenv("COLUMNS");
    if (env && str_to_int64(str_of(env), &columns) && columns >= LEAST_WIDTH &&
        columns <= MOST_WIDTH)
        return (int)columns;
    return DEFAULT_WIDTH;
}

/* Programs read these; what a terminal can show is no matter. */
static bool is_for_programs(const struct opts *o)
{
    const char *format = opts_value(o, OPT_FORMAT);
    if (opts_given(o, OPT_JSON))
        return true;
    return format && (strcmp(format, "json") == 0 || strcmp(format, "ndjson") == 0 ||
                      strcmp(format, "sarif") == 0);
}

/* The locale is loaded where it matters only: that takes a tenth of the time to start. */
static bool wants_ascii(const struct opts *o)
{
    if (opts_given(o, OPT_ASCII))
        return true;
    if (is_for_programs(o))
        return false;
    setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

bool cli_style(const struct opts *o, struct report_style *out, struct err *err)
{
    *out = (struct report_style){
        .width = terminal_width(),
        .ascii = wants_ascii(o),
        .color = wants_color(o),
        .proof = opts_given(o, OPT_PROOF),
        .verbose = opts_given(o, OPT_VERBOSE),
        .quiet = opts_given(o, OPT_QUIET),
    };
    return opts_int(o, OPT_WIDTH, LEAST_WIDTH, MOST_WIDTH, &out->width, err);
}

bool cli_overwrites_input(const char *path, const struct opts *o)
{
    struct stat out, in;
    if (stat(path, &out) != 0 || !S_ISREG(out.st_mode))
        return false;
    for (size_t i = 0; i < o->file_count; i++) {
        bool good = strcmp(o->files[i], "-") == 0 ? fstat(STDIN_FILENO, &in) == 0
                                                  : stat(o->files[i], &in) == 0;
        if (good && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
            return true;
    }
    return false;
}

bool cli_output_open(struct cli_output *o, const struct cli *c, bool paged, struct err *err)
{
    o->paged = false;
    if (c->output && strcmp(c->output, "-") != 0)
        return io_out_create(&o->out, c->output, err);
    o->paged = paged && isatty(STDOUT_FILENO) && !opts_given(&c->opts, OPT_NO_PAGER);
    if (o->paged)
        io_out_memory(&o->out);
    else
        io_out_fd(&o->out, STDOUT_FILENO);
    return true;
}

static size_t terminal_height(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0)
        return size.ws_row;
    return DEFAULT_HEIGHT;
}

/* The pager's command; NULL: none is wanted or needed. */
static const char *pager(const struct buf *text)
{
    static const char *const names[] = {"PGSIFT_PAGER", "PSQL_PAGER", "PAGER"};
    const char *term = getenv("TERM"), *command = "less";
    size_t lines = 0;
    for (size_t i = 0; i < text->len; i++)
        lines += text->data[i] == '\n';
    if (lines < terminal_height() || !term || strcmp(term, "dumb") == 0)
        return NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (getenv(names[i])) {
            command = getenv(names[i]);
            break;
        }
    return *command && strcmp(command, "cat") != 0 ? command : NULL;
}

/* Whoever quits the pager early has seen enough: that is no error. False: no pager could be
 * started. */
static bool show_in_pager(const char *command, const struct buf *text)
{
    setenv("LESS", "FRX", 0);
    void (*old)(int) = signal(SIGPIPE, SIG_IGN);
    FILE *f = popen(command, "w");
    if (f)
        fwrite(text->data, 1, text->len, f);
    int status = f ? pclose(f) : -1;
    signal(SIGPIPE, old);
    bool not_found = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 127;
    return f && !not_found;
}

bool cli_output_close(struct cli_output *o, struct err *err)
{
    const char *command = o->paged ? pager(&o->out.buf) : NULL;
    if (o->paged && command && show_in_pager(command, &o->out.buf)) {
        io_out_abandon(&o->out);
        return true;
    }
    if (o->paged)
        o->out.fd = STDOUT_FILENO;
    return io_out_close(&o->out, err);
}
