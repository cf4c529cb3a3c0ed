/* A plan's tree in one line, for tests: "Limit(Sort(Seq Scan on t))". */
#ifndef TESTS_PLAN_OUTLINE_H
#define TESTS_PLAN_OUTLINE_H

#include "plan/plan.h"

static const char *const outline_marks[] = {
    [REL_INITPLAN] = "InitPlan:", [REL_SUBPLAN] = "SubPlan:"};

/* Appends to b; targets: with what each node works on. */
__attribute__((unused)) static void plan_outline(struct buf *b, const struct plan *p, bool targets)
{
    int depth = 0;
    for (const struct node *n = p->root; n; n = node_walk(n, p->root)) {
        if (n->depth > depth)
            buf_addc(b, '(');
        else if (n != p->root) {
            buf_fill(b, ')', (size_t)(depth - n->depth));
            buf_addc(b, ',');
        }
        depth = n->depth;
        if (n->rel == REL_INITPLAN || n->rel == REL_SUBPLAN)
            buf_adds(b, outline_marks[n->rel]);
        if (targets)
            node_add_title(b, n);
        else
            node_add_name(b, n);
    }
    buf_fill(b, ')', (size_t)depth);
}

#endif
