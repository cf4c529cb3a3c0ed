/*
 * The plan that auto_explain logs: one document, whose format its first bytes tell. What is not as
 * the server writes it goes through read_plans(), which takes anything.
 */
#ifndef READ_BODY_H
#define READ_BODY_H

#include "read/read.h"

struct recall;

/*
 * One plan; NULL with err when there is none. It lives in the arena, or in the recall (NULL: none
 * is kept), where it holds until the next call.
 */
const struct plan *read_body(struct arena *a, struct recall *recall, struct str body,
                             struct err *err);

#endif
