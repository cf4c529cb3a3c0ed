/* Between the files of a live run. */
#ifndef CLI_LIVE_PRIVATE_H
#define CLI_LIVE_PRIVATE_H

struct live;

/* Into l->catalog; a warning when it cannot be had. */
void live_read_catalog(struct live *l);

#endif
