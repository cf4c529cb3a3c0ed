/* Properties of a plan as JSON. */
#ifndef PLAN_VALUE_JSON_H
#define PLAN_VALUE_JSON_H

#include "base/json.h"
#include "plan/plan.h"

/* Write a value with all that is in it; keys inside are as they were printed. */
void value_put_json(struct json_writer *w, const struct value *v);

#endif
