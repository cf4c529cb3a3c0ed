/* Reading a pasted plan. Not in the terminal's line mode: that cuts lines at 4,095 bytes, and a
 * plan in JSON can be one long line. */
#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "ui/ui.h"

static const char begin_mark[] = "\033[200~", end_mark[] = "\033[201~";

static void say(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0)
        errno = 0; /* nobody is looking */
}

/* Line ends as files have them, without the marks around what was pasted. */
static void clean(struct buf *b)
{
    struct buf out = {0};
    struct str s = buf_str(b);
    while (s.len) {
        if (str_starts(s, begin_mark) || str_starts(s, end_mark)) {
            s = str_sub(s, sizeof begin_mark - 1, s.len);
            continue;
        }
        if (s.p[0] == '\r') {
            buf_addc(&out, '\n');
            s = str_sub(s, s.len > 1 && s.p[1] == '\n' ? 2 : 1, s.len);
            continue;
        }
        buf_addc(&out, s.p[0]);
        s = str_sub(s, 1, s.len);
    }
    buf_clear(b);
    buf_addstr(b, buf_str(&out));
    buf_free(&out);
}

static void show_progress(int fd, size_t bytes)
{
    struct buf b = {0};
    buf_adds(&b, "\r");
    text_add_grouped(&b, (double)bytes);
    buf_adds(&b, " bytes, Ctrl-D ends  ");
    say(fd, b.data);
    buf_free(&b);
}

/* False on Ctrl-C. Ctrl-D ends; inside a paste it is a byte like others. */
static bool read_all(int fd, struct buf *out)
{
    char chunk[4096];
    bool inside = false;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return true;
        for (ssize_t i = 0; i < n; i++) {
            if (!inside && chunk[i] == 4)
                return true;
            if (!inside && chunk[i] == 3)
                return false;
            buf_addc(out, chunk[i]);
            if (str_ends(buf_str(out), begin_mark))
                inside = true;
            else if (str_ends(buf_str(out), end_mark))
                inside = false;
        }
        show_progress(fd, out->len);
    }
}

bool ui_read_paste(struct buf *out, struct err *err)
{
    struct termios before, raw;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd < 0 || tcgetattr(fd, &before) != 0)
        return err_set(err, ERR_IO, "there is no terminal to paste into");
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    say(fd, "Paste a plan, end with Ctrl-D\n\033[?2004h");
    tcsetattr(fd, TCSANOW, &raw);
    bool good = read_all(fd, out);
    tcsetattr(fd, TCSAFLUSH, &before);
    say(fd, "\033[?2004l\r\n");
    close(fd);
    if (!good)
        return err_set(err, ERR_CANCELLED, "cancelled");
    clean(out);
    return str_trim(buf_str(out)).len > 0 || err_set(err, ERR_NOT_A_PLAN, "nothing was pasted");
}
