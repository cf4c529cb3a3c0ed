/*
 * Plans of any size, for the benchmark: gen_plan SHAPE FORMAT NODES
 *
 *   wide   an Append over partitions, each an Index Scan with a filter and buffers
 *   mixed  nested loops of hash joins over scans, sorts and aggregates: as many kinds as nodes
 *   deep   a chain of Materialize nodes down to one scan
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_json;
static long next_id;

static void put_indent(long depth)
{
    for (long i = 0; i < depth; i++)
        putchar(' ');
}

/* Figures that differ from node to node and add up: times grow towards the root. */
static void put_figures_json(double total, long rows)
{
    printf("\"Startup Cost\": 0.42, \"Total Cost\": %.2f, \"Plan Rows\": %ld, \"Plan Width\": 48, "
           "\"Actual Startup Time\": 0.011, \"Actual Total Time\": %.3f, \"Actual Rows\": %ld, "
           "\"Actual Loops\": 1",
           total * 9, rows * 3 + 1, total, rows);
}

static void put_buffers_json(long hit)
{
    printf(", \"Shared Hit Blocks\": %ld, \"Shared Read Blocks\": %ld, \"Shared Dirtied Blocks\": 0, "
           "\"Shared Written Blocks\": 0, \"Local Hit Blocks\": 0, \"Local Read Blocks\": 0, "
           "\"Local Dirtied Blocks\": 0, \"Local Written Blocks\": 0, \"Temp Read Blocks\": 0, "
           "\"Temp Written Blocks\": 0",
           hit, hit / 7);
}

static void put_figures_text(double total, long rows)
{
    printf("  (cost=0.42..%.2f rows=%ld width=48) (actual time=0.011..%.3f rows=%ld loops=1)\n",
           total * 9, rows * 3 + 1, total, rows);
}

static void scan_json(long id, double total, const char *rel)
{
    printf("{\"Node Type\": \"Index Scan\", \"Parent Relationship\": \"%s\", \"Parallel Aware\": false, "
           "\"Async Capable\": false, \"Scan Direction\": \"Forward\", "
           "\"Index Name\": \"measurement_p%ld_device_id_taken_at_idx\", "
           "\"Relation Name\": \"measurement_p%ld\", \"Alias\": \"m_%ld\", ",
           rel, id, id, id);
    put_figures_json(total, id % 97);
    printf(", \"Index Cond\": \"((device_id = 4711) AND (taken_at >= '2024-05-01 "
           "00:00:00+00'::timestamp with time zone))\", \"Rows Removed by Index Recheck\": 0, "
           "\"Filter\": \"((value > '20'::double precision) AND (status = ANY "
           "('{ok,late}'::text[])))\", \"Rows Removed by Filter\": %ld",
           id % 1013);
    put_buffers_json(3 + id % 29);
    putchar('}');
}

static void scan_text(long id, double total, long depth)
{
    put_indent(depth);
    printf("->  Index Scan using measurement_p%ld_device_id_taken_at_idx on measurement_p%ld m_%ld", id,
           id, id);
    put_figures_text(total, id % 97);
    put_indent(depth + 6);
    puts("Index Cond: ((device_id = 4711) AND (taken_at >= '2024-05-01 00:00:00+00'::timestamp with "
         "time zone))");
    put_indent(depth + 6);
    puts("Filter: ((value > '20'::double precision) AND (status = ANY ('{ok,late}'::text[])))");
    if (id % 1013) {
        put_indent(depth + 6);
        printf("Rows Removed by Filter: %ld\n", id % 1013);
    }
    put_indent(depth + 6);
    printf("Buffers: shared hit=%ld read=%ld\n", 3 + id % 29, (3 + id % 29) / 7);
}

static double wide_total(long nodes)
{
    return (double)nodes * 0.02;
}

static void wide(long nodes)
{
    double total = wide_total(nodes);
    if (is_json) {
        printf("{\"Node Type\": \"Append\", \"Parallel Aware\": false, \"Async Capable\": false, ");
        put_figures_json(total, nodes);
        put_buffers_json(nodes * 33);
        printf(", \"Plans\": [");
    } else {
        printf("Append");
        put_figures_text(total, nodes);
        printf("  Buffers: shared hit=%ld read=%ld\n", nodes * 33, nodes * 5);
    }
    for (long i = 1; i < nodes; i++) {
        double own = 0.01 + (double)(i % 9) / 1000;
        if (is_json) {
            fputs(i > 1 ? ",\n" : "\n", stdout);
            scan_json(i, own, "Member");
        } else {
            scan_text(i, own, 2);
        }
    }
    if (is_json)
        printf("]}");
}

static void deep(long nodes)
{
    for (long i = 0; i < nodes - 1; i++) {
        double total = 0.02 * (double)(nodes - i);
        if (is_json) {
            printf("{\"Node Type\": \"Materialize\", \"Parent Relationship\": \"Outer\", ");
            put_figures_json(total, 10);
            printf(", \"Plans\": [\n");
        } else {
            if (i)
                put_indent(i * 6 - 4);
            printf("%sMaterialize", i ? "->  " : "");
            put_figures_text(total, 10);
        }
    }
    if (is_json) {
        scan_json(1, 0.011, "Outer");
        for (long i = 0; i < nodes - 1; i++)
            printf("]}");
    } else {
        scan_text(1, 0.011, (nodes - 1) * 6 - 4);
    }
}

/* A left-deep tree of joins: each level is join, hash and scan, so the depth stays nodes / 3. */
static void mixed_json(long nodes)
{
    long joins = (nodes - 1) / 3;
    for (long i = 0; i < joins; i++) {
        printf("{\"Node Type\": \"Hash Join\", \"Parent Relationship\": \"Outer\", \"Join Type\": "
               "\"Inner\", \"Inner Unique\": true, ");
        put_figures_json(0.05 * (double)(joins - i + 1), 40);
        put_buffers_json((joins - i + 1) * 40);
        printf(", \"Hash Cond\": \"(a.k%ld = b%ld.id)\", \"Plans\": [\n", i, i);
    }
    scan_json(0, 0.04, "Outer");
    for (long i = joins; i-- > 0;) {
        printf(",\n{\"Node Type\": \"Hash\", \"Parent Relationship\": \"Inner\", \"Hash Buckets\": 1024, "
               "\"Original Hash Buckets\": 1024, \"Hash Batches\": 1, \"Original Hash Batches\": 1, "
               "\"Peak Memory Usage\": 17, ");
        put_figures_json(0.02, 25);
        put_buffers_json(30);
        printf(", \"Plans\": [");
        scan_json(++next_id, 0.012, "Outer");
        printf("]}]}");
    }
}

static void mixed_text(long nodes)
{
    long joins = (nodes - 1) / 3;
    for (long i = 0; i < joins; i++) {
        if (i)
            put_indent(i * 6 - 4);
        printf("%sHash Join", i ? "->  " : "");
        put_figures_text(0.05 * (double)(joins - i + 1), 40);
        put_indent(i * 6 + 2);
        printf("Hash Cond: (a.k%ld = b%ld.id)\n", i, i);
    }
    scan_text(0, 0.04, joins * 6 - 4);
    for (long i = joins; i-- > 0;) {
        put_indent((i + 1) * 6 - 4);
        printf("->  Hash");
        put_figures_text(0.02, 25);
        put_indent((i + 1) * 6 + 2);
        puts("Buckets: 1024  Batches: 1  Memory Usage: 17kB");
        scan_text(++next_id, 0.012, (i + 2) * 6 - 4);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: gen_plan wide|mixed|deep json|text NODES\n", stderr);
        return 2;
    }
    long nodes = atol(argv[3]);
    is_json = strcmp(argv[2], "json") == 0;
    double execution = wide_total(nodes) + 0.1 * (double)nodes;
    if (is_json)
        printf("[{\"Plan\": ");
    if (strcmp(argv[1], "deep") == 0)
        deep(nodes);
    else if (strcmp(argv[1], "wide") == 0)
        wide(nodes);
    else if (is_json)
        mixed_json(nodes);
    else
        mixed_text(nodes);
    if (is_json)
        printf(",\n\"Planning Time\": 0.731, \"Triggers\": [], \"Execution Time\": %.3f}]\n", execution);
    else
        printf("Planning Time: 0.731 ms\nExecution Time: %.3f ms\n", execution);
    return 0;
}
