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
/* The index that the current row is about; NULL. */
const struct ui_index *screen_index(struct app *app);
/* CREATE INDEX of the current row's index, else of the ticked ones, else of the first. */
void copy_add_ddl(struct app *app, struct buf *b);
/* UP and DOWN of the ticked indexes, else of the current one. */
void copy_add_migration(struct app *app, struct buf *b);
void copy_add_json(struct app *app, struct buf *b);
/* What the plan shown was read from; may be absent. */
struct str screen_input(struct app *app);
/* The query that the screen is about. */
struct str screen_sql(struct app *app);

/* screen_raw.c: the whole text of the tab. */
void raw_view_add_text(struct view *v, struct buf *b);

/* live.c */
bool live_act(struct app *app, const struct request *rq);
/* The next run of an automatic series. */
void screen_auto(struct app *app);

/* screen_log.c: the log as it is by now; its screen is on the stack. */
void log_poll(struct app *app);

/* export.c */
bool export_ask(struct app *app);

#endif
