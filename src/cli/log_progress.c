#include "cli/log_progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

/* Nobody wants to hear of what takes less; a terminal is kept fresh, a file is not filled. */
static const double FIRST_S = 2.0, FIRST_TTY_S = 0.5, EVERY_S = 30.0, EVERY_TTY_S = 0.2;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void progress_begin(struct progress *p, unsigned long long total, bool quiet)
{
    *p = (struct progress){.quiet = quiet, .total = total};
    p->tty = isatty(STDERR_FILENO) == 1;
    p->start_s = now_s();
    p->last_s = p->start_s + (p->tty ? FIRST_TTY_S - EVERY_TTY_S : FIRST_S - EVERY_S);
}

void progress_tell(struct progress *p, unsigned long long done, unsigned long long bytes)
{
    double now = p->quiet ? 0 : now_s(), taken = now - p->start_s;
    if (p->quiet || now - p->last_s < (p->tty ? EVERY_TTY_S : EVERY_S))
        return;
    struct buf b = {0};
    p->last_s = now;
    buf_adds(&b, p->tty ? "\rpgsift: " : "pgsift: ");
    text_add_bytes(&b, (double)bytes);
    buf_adds(&b, " read, ");
    text_add_bytes(&b, (double)bytes / taken);
    buf_adds(&b, "/s");
    if (p->total && done && done <= p->total) {
        buf_printf(&b, ", %.0f %%, ", 100.0 * (double)done / (double)p->total);
        text_add_ms(&b, 1000 * taken * (double)(p->total - done) / (double)done);
        buf_adds(&b, " to go");
    }
    buf_adds(&b, p->tty ? "\033[K" : "\n");
    fwrite(b.data, 1, b.len, stderr);
    fflush(stderr);
    p->shown = true;
    buf_free(&b);
}

void progress_end(struct progress *p)
{
    if (p->shown && p->tty)
        fputs("\r\033[K", stderr);
}
