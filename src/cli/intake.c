#include "cli/intake.h"

#include <stdlib.h>

#include "base/arena.h"
#include "read/read.h"

struct intake_message {
    const char *source;
    struct read_problem problem;
};

void intake_init(struct intake *in, const struct cli *c, bool quiet)
{
    *in = (struct intake){.cli = c, .quiet = quiet};
}

void intake_release(struct intake *in)
{
    free(in->problems);
    free(in->waiting);
}

static void keep_problem(struct intake *in, const char *source, const struct read_problem *p)
{
    struct arena *a = in->cli->arena;
    if (in->problem_count == in->problem_cap) {
        in->problem_cap = in->problem_cap * 2 + 8;
        in->problems = xrealloc(in->problems, in->problem_cap * sizeof *in->problems);
    }
    in->problems[in->problem_count++] = (struct report_problem){
        .source = in->nameless ? "anonymized" : source,
        .line = p->err.line,
        .column = p->err.column,
        .message = in->nameless ? "could not be read whole" : arena_strdup(a, p->err.message),
        .hint = p->err.hint[0] && !in->nameless ? arena_strdup(a, p->err.hint) : NULL,
        .is_warning = p->is_warning,
    };
}

void intake_note(struct intake *in, const char *source, const struct read_problem *p)
{
    keep_problem(in, source, p);
    if (p->is_warning)
        return;
    in->failed++;
    in->worst = p->err.code;
}

static void print(const struct intake *in, const char *source, const struct read_problem *p)
{
    if (!p->is_warning)
        cli_error(source, &p->err);
    else if (!in->quiet)
        cli_warning(source, &p->err);
}

void intake_problem(struct intake *in, const char *source, const struct read_problem *p)
{
    intake_note(in, source, p);
    if (!in->later) {
        print(in, source, p);
        return;
    }
    if (in->waiting_count == in->waiting_cap) {
        in->waiting_cap = in->waiting_cap * 2 + 8;
        in->waiting = xrealloc(in->waiting, in->waiting_cap * sizeof *in->waiting);
    }
    in->waiting[in->waiting_count++] = (struct intake_message){source, *p};
}

void intake_tell(struct intake *in)
{
    for (size_t i = 0; i < in->waiting_count; i++)
        print(in, in->waiting[i].source, &in->waiting[i].problem);
    in->waiting_count = 0;
    in->later = false;
}

void intake_read(struct intake *in, struct arena *a, const char *source, struct read_result *out)
{
    struct buf text = {0};
    struct read_problem unreadable = {0};
    *out = (struct read_result){0};
    if (io_read_all(source, &text, &unreadable.err))
        read_plans(a, buf_str(&text), out);
    else
        intake_problem(in, source, &unreadable);
    buf_free(&text);
    for (size_t i = 0; i < out->problem_count; i++)
        intake_problem(in, source, &out->problems[i]);
}

int intake_status(const struct intake *in, size_t plan_count)
{
    if (!in->failed)
        return 0;
    return plan_count && in->worst != ERR_CANCELLED ? EXIT_PARTIAL : err_exit_status(in->worst);
}
