/* Members of JSON objects as our report writes them: what is not known is left out. */
#ifndef REPORT_JSON_VALUE_H
#define REPORT_JSON_VALUE_H

#include "base/json.h"
#include "plan/plan.h"

/* A number, unless it is NAN or infinite. */
void json_value_num(struct json_writer *w, const char *key, double v, int decimals);
/* A text, unless it is absent. */
void json_value_text(struct json_writer *w, const char *key, struct str s);
/* true, or nothing. */
void json_value_flag(struct json_writer *w, const char *key, bool v);
/* Figures and other properties as EXPLAIN printed them, under our names; keys that we do not know
 * under "other", as they were printed. */
void json_value_printed(struct json_writer *w, const double *num, const struct prop *props);
/* "other": properties of the statement that we do not know. */
void json_value_extra(struct json_writer *w, const struct prop *props);
/* "jit": NULL adds nothing. */
void json_value_jit(struct json_writer *w, const struct jit *j);
/* An object that stays on one line however the rest is laid out; close it with what open returned.
 */
bool json_value_open_row(struct json_writer *w);
void json_value_close_row(struct json_writer *w, bool pretty);

#endif
