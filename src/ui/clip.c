#include "ui/clip.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

enum { OSC52_MAX = 74994, SCREEN_CHUNK = 700 };

void clip_env_init(struct clip_env *e, const char *command)
{
    *e = (struct clip_env){.command = command,
                           .tmux = getenv("TMUX"),
                           .sty = getenv("STY"),
                           .wayland = getenv("WAYLAND_DISPLAY"),
                           .x11 = getenv("DISPLAY"),
                           .remote = getenv("SSH_CONNECTION") || getenv("SSH_TTY")};
}

static void add_base64(struct buf *out, struct str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < s.len; i += 3) {
        unsigned v = 0;
        size_t n = s.len - i < 3 ? s.len - i : 3;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (k < n ? (unsigned char)s.p[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_addc(out, k <= n ? digits[v >> (18 - 6 * k) & 63] : '=');
    }
}

bool clip_add_osc52(struct buf *out, struct str text, bool in_screen)
{
    struct buf sequence = {0};
    if ((text.len + 2) / 3 * 4 > OSC52_MAX)
        return false;
    buf_adds(&sequence, "\033]52;c;");
    add_base64(&sequence, text);
    buf_adds(&sequence, "\a");
    for (size_t at = 0; in_screen && at < sequence.len; at += SCREEN_CHUNK) {
        size_t n = sequence.len - at < SCREEN_CHUNK ? sequence.len - at : SCREEN_CHUNK;
        buf_adds(out, "\033P");
        buf_add(out, sequence.data + at, n);
        buf_adds(out, "\033\\");
    }
    if (!in_screen)
        buf_addstr(out, buf_str(&sequence));
    buf_free(&sequence);
    return true;
}

/* In the child: text on standard input, nothing on the screen. */
static void run_child(int in, const char *const argv[])
{
    int null = open("/dev/null", O_WRONLY);
    dup2(in, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static void write_all(int fd, struct str text)
{
    while (text.len) {
        ssize_t n = write(fd, text.p, text.len);
        if (n < 0 && errno != EINTR)
            return;
        if (n > 0)
            text = str_sub(text, (size_t)n, text.len);
    }
}

/* Feed text to a program; true when it ended well. */
static bool feed(const char *const argv[], struct str text)
{
    int fds[2], status = -1;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0)
        run_child(fds[0], argv);
    close(fds[0]);
    sigaction(SIGPIPE, &ignore, &before);
    if (pid > 0)
        write_all(fds[1], text);
    close(fds[1]);
    sigaction(SIGPIPE, &before, NULL);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void tell(struct buf *how, size_t bytes, const char *where)
{
    buf_adds(how, "copied ");
    text_add_grouped(how, (double)bytes);
    buf_printf(how, " bytes (%s)", where);
}

/* The first of the display's own tools that is there. */
static const char *copy_to_display(const struct clip_env *e, struct str text)
{
    static const char *const wl[] = {"wl-copy", NULL};
    static const char *const xclip[] = {"xclip", "-selection", "clipboard", NULL};
    static const char *const xsel[] = {"xsel", "-ib", NULL};
    static const char *const pb[] = {"pbcopy", NULL};
    if (e->remote)
        return NULL;
    if (e->wayland && feed(wl, text))
        return "wl-copy";
    if (e->x11 && feed(xclip, text))
        return "xclip";
    if (e->x11 && feed(xsel, text))
        return "xsel";
    return feed(pb, text) ? "pbcopy" : NULL;
}

void clip_copy(const struct clip_env *e, struct str text, void (*send)(void *, struct str),
               void *arg, struct buf *how)
{
    static const char *const tmux[] = {"tmux", "load-buffer", "-w", "-", NULL};
    struct buf sequence = {0};
    const char *tool;
    if (e->command) {
        const char *const shell[] = {"sh", "-c", e->command, NULL};
        if (feed(shell, text))
            tell(how, text.len, e->command);
        else
            buf_printf(how, "%s failed; P prints it", e->command);
    } else if (e->tmux && feed(tmux, text)) {
        tell(how, text.len, "tmux buffer");
    } else if ((tool = copy_to_display(e, text))) {
        tell(how, text.len, tool);
    } else if (clip_add_osc52(&sequence, text, e->sty != NULL)) {
        send(arg, buf_str(&sequence));
        buf_printf(how, "sent %zu bytes to the terminal's clipboard; P prints it", text.len);
    } else {
        buf_adds(how, "too long for the terminal's clipboard; P prints it");
    }
    buf_free(&sequence);
}
