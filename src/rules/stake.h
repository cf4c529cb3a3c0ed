/*
 * What a remedy could save: the formulas that the rules share.
 *
 * A stake is an amount in the plan's unit (ms; blocks, rows or cost where there are no times),
 * taken from the plan's own figures: a part of what the node itself weighs. Every formula here
 * is monotone in what is wasted and lies between 0 and that weight.
 *
 * Where a part of a node's time has to be told from the rest (reading pages against handling
 * rows, writing temporary files against comparing), the planner's cost constants give the
 * proportion: they are what the planner will judge the remedy by, too. Settings that the plan
 * prints (random_page_cost ...) are used.
 */
#ifndef RULES_STAKE_H
#define RULES_STAKE_H

#include "rules/survey.h"

/* A numeric setting: printed by the plan, else known to the catalog, else `otherwise`. */
double stake_setting(const struct rule_run *run, const char *name, double otherwise);
/* A memory setting in bytes; NAN when nobody says. */
double stake_memory_setting(const struct rule_run *run, const char *name);

/*
 * ms in the plan's unit, for constants that were measured in ms. 1 ms is taken as 100 blocks, 100
 * units of cost or 10,000 rows: what a server does from cached memory in that time, roughly.
 */
double stake_from_ms(const struct rule_run *run, double ms);

/*
 * Rows that a sequential scan without actual figures reads, from its cost:
 *   cost = rows / rows per page x seq_page_cost + rows x (cpu_tuple_cost + cpu_operator_cost)
 * with rows per page from the width, taken as 60 bytes at least. NAN for other nodes.
 */
double stake_rows_read(const struct rule_run *run, const struct node *n);

/*
 * The part (0..1) of a scan's weight that reading only `kept` rows by an index would save:
 *   1 - bitmap / scan
 *   scan   = pages x seq_page_cost + rows read x (cpu_tuple_cost + cpu_operator_cost) / processes
 *   bitmap = descent + p x page cost + kept x (cpu_tuple_cost + cpu_index_tuple_cost)
 *   p      = 2 pages kept / (2 pages + kept), at most pages
 *   page cost = random_page_cost - (random_page_cost - seq_page_cost) x sqrt(p / pages)
 * per pass. This is the planner's own price of a bitmap heap scan (cost_bitmap_heap_scan). Pages
 * are the scan's own blocks, or worked out from cost or rows where BUFFERS is off.
 */
double stake_index_saves(const struct rule_run *run, const struct scan *s, double kept);

/* A look-up by an index on so many rows is cheaper than comparing with each of them. */
bool stake_lookup_pays(const struct rule_run *run, double rows);

/*
 * The part (0..1) of a scan's weight that `probes` look-ups by an index, which find `matched` of
 * its rows, would save: as above, with a descent and a leaf page for each probe, and all of it
 * shared out among the processes (the inner side of a parallel nested loop is).
 */
double stake_probes_save(const struct rule_run *run, const struct scan *s, double probes,
                         double matched);

/*
 * What handling `loops` look-ups by one pass of a hash join costs, in the plan's unit: reading and
 * hashing the inner rows once, and a probe for each look-up: 0.0004 ms a row and 0.0005 ms a probe
 * (measured on a server of version 15, instrumentation included). rows: inner rows.
 */
double stake_hash_pass(const struct rule_run *run, double loops, double rows);

/*
 * What temporary files cost a node, in the plan's unit, never more than its own weight: measured,
 * where the plan has temp I/O times; else 0.01 ms for each block written or read, shared out among
 * the processes. A quick disk takes that; the page cache takes less, a slow disk more. (The
 * planner's cost constants would put it at many times what sorts and hashes of the same rows in
 * memory were measured to save.)
 */
double stake_temp(const struct rule_run *run, const struct node *n, double blocks);
/* Own temporary blocks, read and written; NAN without BUFFERS. */
double stake_temp_blocks(const struct rule_run *run, const struct node *n);
/* work_mem that holds `bytes`, as a setting, unless it is more than the threshold work-mem: NULL.
 */
const char *stake_work_mem(struct rule_run *run, double bytes);
/* hash_mem_multiplier: as printed, else its default where the version is known (2 from 15 on), else
 * 1, which errs on the side of more work_mem. */
double stake_hash_multiplier(const struct rule_run *run);

#endif
