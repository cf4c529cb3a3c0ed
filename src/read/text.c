#include "read/text.h"

#include "base/err.h"
#include "plan/build.h"
#include "read/text_impl.h"

/* Does the last branch end in a node that lacks an input? */
static bool lacks_input(const struct text_plan *p)
{
    for (ptrdiff_t i = (ptrdiff_t)p->node_count - 1; i >= 0; i = p->nodes[i].parent)
        if (p->nodes[i].children < text_min_children(&p->nodes[i]))
            return true;
    return false;
}

/* Where the text ends with the plan: is it all of the plan? */
static bool is_cut_off(const struct text_plan *p, struct str rest)
{
    const struct text_line *last = &p->lines[p->line_count - 1];
    const struct text_node *node = &p->nodes[p->node_count - 1];
    if (p->elided || last->kind == TEXT_TOP || str_trim(rest).len)
        return false;
    bool no_figures =
        last->kind == TEXT_NODE && p->has_costs && !num_known(node->fig[FIG_TOTAL_COST]);
    return no_figures || lacks_input(p);
}

bool read_text(struct build *b, struct str text, int line, size_t *used, struct err *err)
{
    struct text_plan p;
    text_plan_init(&p);
    bool good = text_lex(&p, text, used);
    if (good) {
        text_tree(&p);
        p.tail_cut |= is_cut_off(&p, str_sub(text, *used, text.len));
        text_emit(b, &p, line);
    } else {
        err_at(err, ERR_NOT_A_PLAN, text.p, text.len, 0, "expected a plan node");
        err_hint(err, "a node looks like \"Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)\"");
    }
    text_plan_release(&p);
    return good;
}
