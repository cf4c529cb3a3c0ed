/* What is done the same way from every screen: going to another one, copying, printing, saving, the
 * mouse, the server. */
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include "ui/view.h"

/* False: no such action here. */
bool screen_act(struct app *app, const struct request *rq);
void screen_mouse(struct app *app, const struct key *key);

/* copy.c */
bool copy_act(struct app *app, const struct request *rq);
/* The CREATE INDEX statements of the ticked indexes, else of the one that the current row is
 * about, else of the first. */
void copy_add_ddl(struct app *app, struct buf *b);
struct str screen_sql(struct app *app);

/* live.c */
bool live_act(struct app *app, const struct request *rq);
/* The next run of an automatic series. */
void screen_auto(struct app *app);

/* export.c */
bool export_ask(struct app *app);

#endif
