/*
 * What the text format does not say although JSON does: the differences that the comparison
 * of a plan in both formats forgives. The reader fills in whatever is certain (see
 * src/read/text_emit.c); this is the rest.
 */
#ifndef TESTS_TEXT_EXCUSES_H
#define TESTS_TEXT_EXCUSES_H

#include "plan_equal.h"

static const struct plan_excuse text_excuses[] = {
    /* Printed by JSON always, by text when it is true; without it nothing says which version. */
    {"node", "Async Capable", EXCUSE_ZERO},
    {"node", "Disabled", EXCUSE_ZERO},
    /* Text prints it with VERBOSE only, and not when it is false. */
    {"node", "Inner Unique", EXCUSE_ABSENT},
    /* A function scan of several or no plain functions has an alias alone: text cannot tell
       it from a function of that name. */
    {"node", "Function Name", EXCUSE_ANY},
    /* Printed by JSON always, by text when they are not zero. */
    {"node", "Subplans Removed", EXCUSE_ZERO},
    {"node", "Planned Partitions", EXCUSE_ZERO},
    {NULL, "WAL Records", EXCUSE_ZERO},
    {NULL, "WAL FPI", EXCUSE_ZERO},
    {NULL, "WAL Bytes", EXCUSE_ZERO},
    {NULL, "WAL Buffers Full", EXCUSE_ZERO},
    {NULL, "WAL FPI Bytes", EXCUSE_ZERO},
    {NULL, "Shared Hit Blocks", EXCUSE_ZERO},
    {NULL, "Shared Read Blocks", EXCUSE_ZERO},
    {NULL, "Shared Dirtied Blocks", EXCUSE_ZERO},
    {NULL, "Shared Written Blocks", EXCUSE_ZERO},
    {NULL, "Local Hit Blocks", EXCUSE_ZERO},
    {NULL, "Local Read Blocks", EXCUSE_ZERO},
    {NULL, "Local Dirtied Blocks", EXCUSE_ZERO},
    {NULL, "Local Written Blocks", EXCUSE_ZERO},
    {NULL, "Temp Read Blocks", EXCUSE_ZERO},
    {NULL, "Temp Written Blocks", EXCUSE_ZERO},
    {NULL, "I/O Read Time", EXCUSE_ZERO},
    {NULL, "I/O Write Time", EXCUSE_ZERO},
    {NULL, "Shared I/O Read Time", EXCUSE_ZERO},
    {NULL, "Shared I/O Write Time", EXCUSE_ZERO},
    {NULL, "Local I/O Read Time", EXCUSE_ZERO},
    {NULL, "Local I/O Write Time", EXCUSE_ZERO},
    {NULL, "Temp I/O Read Time", EXCUSE_ZERO},
    {NULL, "Temp I/O Write Time", EXCUSE_ZERO},
    /* JSON of versions up to 15 says NoMovement where text looks like Forward. */
    {"node", "Scan Direction", EXCUSE_ANY},
    /* An empty list is printed by JSON only. */
    {"plan", "triggers_printed", EXCUSE_ABSENT},
    /* Without a single block, no line says that BUFFERS was on. */
    {"plan", "has_buffers", EXCUSE_ABSENT},
    /* A constraint's trigger has its own name with VERBOSE only, a relation where several are
       written to. */
    {"trigger", "name", EXCUSE_ABSENT},
    {"trigger", "relation", EXCUSE_ABSENT},
};
enum { TEXT_EXCUSES = sizeof text_excuses / sizeof text_excuses[0] };

/*
 * The only input of a ModifyTable: servers up to 13 call it Member, later ones Outer; text
 * says neither.
 */
__attribute__((unused)) static void text_forgive_member(struct plan *p)
{
    for (int i = 0; i < p->node_count; i++) {
        struct node *n = p->nodes[i]->child;
        if (p->nodes[i]->type != NODE_MODIFY_TABLE)
            continue;
        while (n && n->rel != REL_MEMBER)
            n = n->next;
        if (!n || (n->next && n->next->rel == REL_MEMBER))
            continue;
        n->rel = REL_OUTER;
        for (struct prop *prop = n->props; prop; prop = prop->next)
            if (prop->id == PROP_PARENT_RELATIONSHIP)
                prop->value.text = STR("Outer");
    }
}

static void text_rename_io(double *num)
{
    if (!num || !num_known(num[PROP_TEMP_IO_READ_TIME]) || !num_known(num[PROP_IO_READ_TIME]))
        return;
    num[PROP_SHARED_IO_READ_TIME] = num[PROP_IO_READ_TIME];
    num[PROP_SHARED_IO_WRITE_TIME] = num[PROP_IO_WRITE_TIME];
    num[PROP_IO_READ_TIME] = num[PROP_IO_WRITE_TIME] = NAN;
}

/*
 * What JSON of servers 15 and 16 calls "I/O Read Time" text calls "shared read", as 17 does
 * whose JSON says "Shared I/O Read Time".
 */
__attribute__((unused)) static void text_forgive_io_names(struct plan *p)
{
    text_rename_io(p->planning);
    for (int i = 0; i < p->node_count; i++) {
        text_rename_io(p->nodes[i]->num);
        for (size_t w = 0; w < p->nodes[i]->worker_count; w++)
            text_rename_io(p->nodes[i]->workers[w].num);
    }
}

/* Is `text` what `json` says, less what text leaves out? Changes json where names differ. */
__attribute__((unused)) static bool text_says_the_same(struct plan_comparison *c, struct plan *json,
                                                       const struct plan *text)
{
    text_forgive_member(json);
    text_forgive_io_names(json);
    c->excuses = text_excuses;
    c->excuse_count = TEXT_EXCUSES;
    c->any_order = true;
    return plan_equal(c, json, text);
}

#endif
