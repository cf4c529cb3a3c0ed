#ifndef WORK_SUMMARY_PRIVATE_H
#define WORK_SUMMARY_PRIVATE_H

#include "work/summary.h"

/* Fill in the advice: summary_advice.c. */
void summary_advise(struct arena *a, struct summary *s, const struct summary_options *options);

#endif
