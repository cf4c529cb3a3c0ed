#include "ui/background.h"

#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "ui/theme.h"

enum { WAIT_MS = 50 };

/* "15;0", "0;default;15": the last field is the background. */
int background_of_colorfgbg(struct str value)
{
    long long color;
    size_t at = value.len;
    while (at > 0 && value.p[at - 1] != ';')
        at--;
    if (at == 0 || !str_to_int64(str_sub(value, at, value.len), &color))
        return -1;
    return color == 7 || (color >= 9 && color <= 15) ? THEME_LIGHT : THEME_DARK;
}

/* The first two hexadecimal digits of a component. */
static int component(struct str *s)
{
    int v = 0, n = 0;
    size_t i = 0;
    for (; i < s->len && s->p[i] != '/'; i++) {
        char c = s->p[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                               : c >= 'A' && c <= 'F'     ? c - 'A' + 10
                                                                          : -1;
        if (digit < 0)
            break;
        if (n++ < 2)
            v = v * 16 + digit;
    }
    bool found = n > 0;
    *s = str_sub(*s, i < s->len && s->p[i] == '/' ? i + 1 : i, s->len);
    return found ? (n == 1 ? v * 17 : v) : -1;
}

/* Luminance by the weights of ITU-R BT.709. */
int background_of_answer(struct str answer)
{
    ptrdiff_t at = str_find(answer, "rgb:");
    if (at < 0)
        return -1;
    struct str s = str_sub(answer, (size_t)at + 4, answer.len);
    int r = component(&s), g = component(&s), b = component(&s);
    if (r < 0 || g < 0 || b < 0)
        return -1;
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 127 ? THEME_LIGHT : THEME_DARK;
}

static size_t read_answer(int in, char *p, size_t size)
{
    size_t n = 0;
    struct pollfd ready = {.fd = in, .events = POLLIN};
    while (n < size && poll(&ready, 1, WAIT_MS) > 0) {
        ssize_t got = read(in, p + n, size - n);
        if (got <= 0)
            break;
        n += (size_t)got;
        if (memchr(p, '\a', n) || (n >= 2 && p[n - 1] == '\\' && p[n - 2] == '\033'))
            break;
    }
    return n;
}

static int ask(int in, int out)
{
    static const char question[] = "\033]11;?\033\\";
    char answer[64];
    struct termios before, raw;
    if (tcgetattr(in, &before) != 0)
        return -1;
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    tcsetattr(in, TCSANOW, &raw);
    int theme = -1;
    if (write(out, question, sizeof question - 1) == (ssize_t)sizeof question - 1)
        theme = background_of_answer((struct str){answer, read_answer(in, answer, sizeof answer)});
    tcsetattr(in, TCSANOW, &before);
    return theme;
}

static bool answers(void)
{
    const char *term = getenv("TERM");
    return term && strncmp(term, "xterm", 5) == 0 && !getenv("TMUX") && !getenv("STY") &&
           !getenv("SSH_CONNECTION") && !getenv("SSH_TTY");
}

int background_theme(int in, int out)
{
    const char *hint = getenv("COLORFGBG");
    int theme = hint ? background_of_colorfgbg(str_of(hint)) : -1;
    if (theme < 0 && answers())
        theme = ask(in, out);
    return theme < 0 ? THEME_DARK : theme;
}
