/* Plans for tests: from JSON in a string. Needs read/json and plan/build. */
#ifndef TESTS_PLANS_H
#define TESTS_PLANS_H

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/build.h"
#include "plan/metrics.h"
#include "read/json.h"

/* The first plan of a JSON text; ends the test when there is none. */
__attribute__((unused)) static struct plan *plan_of(struct arena *a, const char *json)
{
    struct err err = {0};
    struct build *b = build_new(a, FORMAT_JSON);
    size_t used, count;
    if (!read_json(b, str_of(json), 1, &used, &err)) {
        printf("Bail out! %zu:%zu: %s\n", err.line, err.column, err.message);
        exit(1);
    }
    struct plan **plans = build_finish(b, &count);
    if (count == 0) {
        printf("Bail out! no plan in: %s\n", json);
        exit(1);
    }
    return plans[0];
}

__attribute__((unused)) static struct plan_metrics *metrics_for(struct arena *a, const char *json)
{
    return metrics_new(a, plan_of(a, json));
}

/* Shorthand for nodes: NODE_JSON("Seq Scan", more members, start, total, rows, loops). */
#define TIMED(startup, total, rows, loops)                                                         \
    "\"Actual Startup Time\":" #startup ",\"Actual Total Time\":" #total ",\"Actual Rows\":" #rows \
    ",\"Actual Loops\":" #loops
#define COSTED(total, rows) "\"Startup Cost\":0.0,\"Total Cost\":" #total ",\"Plan Rows\":" #rows
#define OUTER "\"Parent Relationship\":\"Outer\","
#define INNER "\"Parent Relationship\":\"Inner\","

#endif
