/*
 * The plan that auto_explain logs: one document, whose format its first bytes tell. What is not as
 * the server writes it goes through read_plans(), which takes anything.
 */
#ifndef READ_BODY_H
#define READ_BODY_H

#include "read/read.h"

/* One plan; NULL with err when there is none. Everything lives in the arena. */
struct plan *read_body(struct arena *a, struct str body, struct err *err);

#endif
