/* Events for workload tests, as the log's reader would give them. */
#ifndef TESTS_WORKLOAD_FEED_H
#define TESTS_WORKLOAD_FEED_H

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/io.h"
#include "plan/metrics.h"
#include "read/log.h"
#include "read/read.h"
#include "rules/rule.h"
#include "work/workload.h"

static struct log_event feed_event(enum log_kind kind, const char *sql, double ms, size_t line)
{
    return (struct log_event){.kind = kind,
                              .file = STR("a.log"),
                              .line = line,
                              .time_us = 1700000000000000 + (int64_t)line * 1000000,
                              .time_text = STR("2023-11-14 22:13:20 UTC"),
                              .duration_ms = ms,
                              .sql = str_of(sql)};
}

/* An event with a plan: read, measured, looked at. */
static void feed_plan(struct workload *w, struct log_event e, const char *body)
{
    struct arena *a = arena_new(0);
    struct read_result read = {0};
    struct thresholds t;
    thresholds_init(&t);
    e.kind = LOG_PLAN;
    e.sql = (struct str){0};
    e.body = str_of(body);
    if (!read_plans(a, e.body, &read)) {
        printf("Bail out! not a plan: %s\n", body);
        exit(1);
    }
    struct plan_metrics *m = metrics_new(a, read.plans[0]);
    struct finding_list found = rules_run(a, read.plans[0], m, NULL, &t, NULL, 0);
    workload_add_plan(w, &e, read.plans[0], m, &found);
    arena_free(a);
}

/* A scan of a table with 10,000 rows of which `kept` stay. */
__attribute__((unused)) static void feed_scan(struct workload *w, struct log_event e,
                                              const char *sql, const char *table, bool index,
                                              double ms, double kept)
{
    char body[4096];
    snprintf(body, sizeof body,
             "{\"Query Text\": \"%s\", \"Plan\": {\"Node Type\": \"%s\", %s \"Relation Name\": "
             "\"%s\", \"Alias\": \"%s\", \"Startup Cost\": 0.0, \"Total Cost\": 200.0, "
             "\"Plan Rows\": 10, \"Plan Width\": 8, \"Actual Startup Time\": 0.01, "
             "\"Actual Total Time\": %.3f, \"Actual Rows\": %.0f, \"Actual Loops\": 1, "
             "\"Filter\": \"(a = 1)\", \"Rows Removed by Filter\": %.0f, "
             "\"Shared Hit Blocks\": 100, \"Shared Read Blocks\": 20, \"Temp Written Blocks\": "
             "0}}",
             sql, index ? "Index Scan" : "Seq Scan", index ? "\"Index Name\": \"i\"," : "", table,
             table, ms, kept, index ? 0 : 10000 - kept);
    e.duration_ms = ms;
    feed_plan(w, e, body);
}

/* A sort that went to disk: `kb` there. */
__attribute__((unused)) static void feed_sort(struct workload *w, struct log_event e,
                                              const char *sql, double ms, double kb)
{
    char body[4096];
    snprintf(
        body, sizeof body,
        "{\"Query Text\": \"%s\", \"Plan\": {\"Node Type\": \"Sort\", \"Startup Cost\": 0.0, "
        "\"Total Cost\": 900.0, \"Plan Rows\": 100000, \"Plan Width\": 40, "
        "\"Actual Startup Time\": %.3f, \"Actual Total Time\": %.3f, \"Actual Rows\": 100000, "
        "\"Actual Loops\": 1, \"Sort Key\": [\"b\"], \"Sort Method\": \"external merge\", "
        "\"Sort Space Used\": %.0f, \"Sort Space Type\": \"Disk\", \"Shared Hit Blocks\": 500, "
        "\"Temp Read Blocks\": %.0f, \"Temp Written Blocks\": %.0f, \"Plans\": [{\"Node "
        "Type\": \"Seq Scan\", \"Parent Relationship\": \"Outer\", \"Relation Name\": \"big\", "
        "\"Alias\": \"big\", \"Startup Cost\": 0.0, \"Total Cost\": 300.0, \"Plan Rows\": "
        "100000, \"Plan Width\": 40, \"Actual Startup Time\": 0.01, \"Actual Total Time\": "
        "%.3f, \"Actual Rows\": 100000, \"Actual Loops\": 1, \"Shared Hit Blocks\": 500}]}}",
        sql, ms / 2, ms, kb, kb / 8, kb / 8, ms / 10);
    e.duration_ms = ms;
    feed_plan(w, e, body);
}

/* The partial file: equal workloads give equal bytes. */
__attribute__((unused)) static struct buf feed_bytes(const struct workload *w)
{
    struct io_out out;
    io_out_memory(&out);
    workload_write(w, &out);
    return out.buf;
}

#endif
