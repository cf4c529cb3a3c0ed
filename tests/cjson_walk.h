/* Builder events from cJSON's tree: the second opinion that the JSON reader is checked against. */
#ifndef TESTS_CJSON_WALK_H
#define TESTS_CJSON_WALK_H

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "plan/build.h"

/* cJSON keeps numbers as doubles only: their text is the shortest that gives the same double. */
static void cjson_scalar(struct build *b, struct str key, const cJSON *v)
{
    char number[40];
    if (cJSON_IsString(v)) {
        build_scalar(b, key, VALUE_STRING, str_of(v->valuestring));
    } else if (cJSON_IsNumber(v)) {
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(number, sizeof number, "%.*g", digits, v->valuedouble);
            if (strtod(number, NULL) == v->valuedouble)
                break;
        }
        build_scalar(b, key, VALUE_NUMBER, str_of(number));
    } else if (cJSON_IsNull(v)) {
        build_scalar(b, key, VALUE_NULL, STR("null"));
    } else {
        build_scalar(b, key, VALUE_BOOL, cJSON_IsTrue(v) ? STR("true") : STR("false"));
    }
}

/* No deeper than cJSON parses, so that recursion is harmless. */
static void cjson_walk(struct build *b, const cJSON *v, bool in_object)
{
    struct str key = in_object ? str_of(v->string) : (struct str){0};
    if (!cJSON_IsArray(v) && !cJSON_IsObject(v)) {
        cjson_scalar(b, key, v);
        return;
    }
    build_open(b, key, cJSON_IsArray(v) ? BUILD_LIST : BUILD_OBJECT, 0);
    for (const cJSON *c = v->child; c; c = c->next)
        cjson_walk(b, c, cJSON_IsObject(v));
    build_close(b);
}

#endif
