#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "cli/cli.h"

/* Something to print and be done; the exit status. */
static int print_and_close(struct buf *text)
{
    struct io_out out;
    struct err err = {0};
    io_out_fd(&out, 1);
    buf_addstr(&out.buf, buf_str(text));
    buf_free(text);
    if (io_out_close(&out, &err))
        return 0;
    cli_error("standard output", &err);
    return err_exit_status(err.code);
}

static int run_help(struct cli *c)
{
    struct buf text = {0};
    struct err err = {0};
    const struct opts *o = &c->opts;
    if (opts_given(o, OPT_VERSION))
        help_version(&text);
    else if (opts_given(o, OPT_COMPLETION))
        complete_print(opts_value(o, OPT_COMPLETION), &text);
    else if (!help_print(opts_value(o, OPT_HELP), &text, &err))
        return cli_usage(&err);
    return print_and_close(&text);
}

static int run(struct cli *c, int argc, char **argv)
{
    struct err err = {0};
    if (!opts_parse(c->arena, argc, argv, &c->opts, &err))
        return cli_usage(&err);
    if (opts_given(&c->opts, OPT_HELP) || opts_given(&c->opts, OPT_VERSION) ||
        opts_given(&c->opts, OPT_COMPLETION))
        return run_help(c);
    c->output = opts_value(&c->opts, OPT_OUTPUT);
    return command_info[c->opts.command].run(c);
}

int main(int argc, char **argv)
{
    struct cli c = {.arena = arena_new(0)};
    int status = run(&c, argc, argv);
    arena_free(c.arena);
    return status;
}
