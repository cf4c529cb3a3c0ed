/* How far a long reading has come, on standard error. */
#ifndef LOG_PROGRESS_H
#define LOG_PROGRESS_H

#include <stdbool.h>

struct progress {
    bool quiet, tty, shown;
    double start_s, last_s;
    unsigned long long total;       /* bytes of all files; 0: not known */
    unsigned long long done_before; /* of files that are finished */
};

void progress_begin(struct progress *p, unsigned long long total, bool quiet);
/* `done` bytes of the files were read, `bytes` came out of them (more, when they are packed). */
void progress_tell(struct progress *p, unsigned long long done, unsigned long long bytes);
/* Take the line off the terminal. */
void progress_end(struct progress *p);

#endif
