/* Plans from files, and what could not be read of them. */
#ifndef CLI_INTAKE_H
#define CLI_INTAKE_H

#include "cli/cli.h"

struct read_problem;
struct read_result;

struct intake {
    const struct cli *cli;
    bool quiet;    /* no warnings */
    bool nameless; /* messages quote the input: they are for standard error only */
    bool later;    /* messages wait for intake_tell(): a screen is open */
    struct intake_message *waiting;
    size_t waiting_count, waiting_cap;
    struct report_problem *problems;
    size_t problem_count, problem_cap;
    size_t failed; /* problems that are not warnings */
    enum err_code worst;
};

void intake_init(struct intake *in, const struct cli *c, bool quiet);
void intake_release(struct intake *in);

/* All plans of a file ("-": standard input), in the arena; problems are printed and kept. */
void intake_read(struct intake *in, struct arena *a, const char *source, struct read_result *out);

/* Print and keep a problem. */
void intake_problem(struct intake *in, const char *source, const struct read_problem *p);
/* Keep a problem that is told in another way. */
void intake_note(struct intake *in, const char *source, const struct read_problem *p);
/* Print what waits, and from now on at once. */
void intake_tell(struct intake *in);

/* 0, that of an interruption, EXIT_PARTIAL when something was left out, or that of the worst error
 * when nothing came in. */
int intake_status(const struct intake *in, size_t plan_count);

#endif
