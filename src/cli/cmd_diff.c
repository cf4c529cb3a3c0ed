/* pgsift diff A B: two plans side by side, in the viewer. */
#include "cli/view.h"
#include "ui/term.h"

int cmd_diff(struct cli *c)
{
    struct err err = {0};
    const char *why;
    if (opts_given(&c->opts, OPT_DUMP_SCREEN) || term_is_usable(&why))
        return view_run(c, true);
    err_set(&err, ERR_USAGE, "two plans are compared in the viewer only, and %s", why);
    err_hint(&err, "with --dump-screen --size=ROWSxCOLUMNS the screen is printed");
    return cli_usage(&err);
}
