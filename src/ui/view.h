/*
 * Inside of the viewer: the app, its stack of views, and what every screen shares.
 *
 * A view is one screen on the stack: a list with a cursor, a search, a filter, perhaps a
 * second pane, and a table of functions. Screens that show plans share one place: the plan
 * and the node that app->at says.
 */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "report/report.h"
#include "ui/app.h"
#include "ui/doc.h"
#include "ui/haystack.h"
#include "ui/outline.h"
#include "ui/source.h"

/* A cursor in a list of rows, and the part of it that the screen shows. */
struct list {
    int count, cursor, top;
    int height; /* rows of the last drawing */
    int mark;   /* texts: 1 + the line last found, 0: none */
};

struct search {
    char *needle; /* NULL: none */
    bool backwards;
    int *hits; /* items, ascending */
    int hit_count, hit_cap;
    int before; /* item where the cursor was when the prompt opened */
};

struct view;
struct hit;
struct request {
    enum action action;
    int arg;
    int count; /* 0: none typed */
};

struct view_ops {
    const char *title;
    unsigned ctxs;             /* contexts that hold, CTX_ALL excepted */
    const enum action *footer; /* most important first, ACTION_NONE ends it */
    void (*open)(struct app *, struct view *);
    void (*close)(struct view *);
    /* The plan, the advice or the log changed: rows anew. */
    void (*refresh)(struct app *, struct view *);
    void (*draw)(struct app *, struct view *, struct grid *);
    /* False: not mine. */
    bool (*act)(struct app *, struct view *, const struct request *);
    /* Searching: the lines, in what order they come (NULL: as they are numbered), where the cursor
     * is in that order, and a way to go to one. haystack NULL: cannot be searched. */
    const struct haystack *(*haystack)(struct app *, struct view *);
    const int *(*order)(struct app *, struct view *, int *count);
    int (*item)(struct app *, struct view *);
    void (*go)(struct app *, struct view *, int item);
    /* The cursor was put on another row from outside (mouse). */
    void (*moved)(struct app *, struct view *);
    /* A click on something of the screen's own; false: not mine. */
    bool (*clicked)(struct app *, struct view *, const struct hit *);
    /* After a change of view->filter, view->sort or view->reverse. */
    void (*rearrange)(struct app *, struct view *);
    const char *const *sorts; /* names of sort keys, NULL ends them; NULL: cannot be sorted */
    /* The text that y y and P take: the row under the cursor. */
    void (*row_text)(struct app *, struct view *, struct buf *);
    /* The index, the query that the row under the cursor is about; NULL ops: by the plan's node. */
    const struct ui_index *(*index)(struct app *, struct view *);
    struct str (*sql)(struct app *, struct view *);
};

struct view {
    const struct view_ops *ops;
    struct list list;
    struct list pane; /* scrolling of the second pane */
    struct search search;
    char *filter; /* NULL: none */
    int sort;     /* index into ops->sorts */
    bool reverse;
    int scroll; /* columns that the text column is scrolled by */
    bool in_pane; /* keys go to the second pane */
    int zoom;     /* of the focused pane: 0 normal, 1 half, 2 full */
    bool scrolls; /* a text: the keys scroll, there is no cursor row */
    struct rect body; /* where the rows were drawn last */
    struct rect pane_rect;
    void *state;
    struct view *below;
};

/* What is kept about a plan that was looked at. */
struct plan_state {
    const struct ui_plan *plan;
    struct outline outline; /* only when plan->report */
    int node;               /* id of the node under the cursor */
    const struct ui_index *indexes; /* the plan's when this was made */
    size_t index_count;
    bool *on;               /* [index_count]: ticked */
    const char **served_by; /* [id]: the first such index */
    struct whatif_cache *whatif;
    struct buf hidden; /* ids of rules that are not to be shown, each between blanks */
    const struct finding **shown; /* ranked, without those of hidden rules */
    size_t shown_count;
    int *mark;          /* [id]: rank (1-based) of the node's worst shown finding, 0: none */
    int deepest;        /* most branches above any node */
    int estimate_width; /* columns that the longest misestimate takes */
};

/* What a click means. */
enum hit_kind { HIT_ROW, HIT_ACTION, HIT_BACK, HIT_PANE, HIT_FOLD, HIT_SORT, HIT_KIND_COUNT };
struct hit {
    struct rect rect;
    enum hit_kind kind;
    int value; /* row, action, sort key */
};
enum { HIT_MAX = 512 };

enum { MESSAGE_MAX = 100 };

struct app {
    struct app_settings *settings;
    struct ui_source *source;
    const struct ui_host *host;
    struct view *view; /* on top */
    struct plan_state **plans; /* [plan_cap]; NULL: not looked at yet */
    size_t plan_cap;
    size_t at; /* plan shown */
    /* Keys being typed. */
    uint32_t chord[BIND_CHORD];
    size_t chord_len;
    uint64_t chord_since;
    bool which_key; /* the chord's continuations are shown */
    int count;
    struct prompt prompt;
    void (*prompt_done)(struct app *, struct str);
    struct buf filter_before; /* in force when the filter's prompt was opened */
    size_t edit_index;  /* the candidate whose statement is being edited */
    /* Messages. */
    char *messages[MESSAGE_MAX]; /* newest at message_count - 1 */
    int message_count;
    bool say; /* the newest is shown */
    struct buf hint;
    /* Mouse. */
    struct hit hits[HIT_MAX];
    int hit_count;
    bool drag_told;
    /* Background work. */
    struct job *job;
    bool may_execute; /* the user said that the query may run */
    bool analyzed;    /* the last run was an ANALYZE */
    int auto_seconds; /* re-run every so often; 0: no */
    uint64_t auto_next;
    uint64_t log_version;
    struct ui_log log;
    struct ui_load load;
    bool diff_comes; /* two plans are to be compared when all is read */
    uint64_t interrupted; /* when Ctrl-C came last */
    /* The end. */
    bool done;
    int exit_status;
    struct buf printed;
    int rows, columns; /* of the last drawing */
};

/* app.c */
struct plan_state *app_plan_state(struct app *app, size_t i);
struct plan_state *app_here(struct app *app);
const struct node *app_node(struct app *app);
void app_set_node(struct app *app, const struct node *n);
void app_show_plan(struct app *app, size_t i);
void app_reload(struct app *app); /* the source's plans changed */
void app_quit(struct app *app, int status);
unsigned app_ctxs(const struct app *app);
uint64_t app_now(const struct app *app);

/* arrival.c: input that is still coming */
void arrival_poll(struct app *app);
/* False: nothing is being read. */
bool arrival_cancel(struct app *app);
/* "reading postgresql.log  312MB of 1.9GB  16%  48MB/s  eta 33s  Ctrl-C stops", or what is left out
 * when that was stopped; nothing when all is there. */
void arrival_add_progress(struct buf *b, const struct app *app);

/* findings.c */
void findings_arrange(struct plan_state *ps);
void findings_hide(struct plan_state *ps, const struct rule *rule);
void findings_unhide(struct plan_state *ps);
/* The worst shown finding of a node, NULL. */
const struct finding *node_finding(const struct plan_state *ps, const struct node *n);
/* 1-based, by what is at stake; hidden ones count. */
size_t finding_rank(const struct plan_state *ps, const struct finding *f);
/* The index that answers a finding, NULL. */
const struct ui_index *finding_answer(const struct plan_state *ps, const struct finding *f);

/* stack.c */
struct view *app_push(struct app *app, const struct view_ops *ops);
void app_pop(struct app *app);
/* To the view of these ops if it is on the stack; else it is opened. */
struct view *app_goto(struct app *app, const struct view_ops *ops);
bool app_on_stack(const struct app *app, const struct view_ops *ops);

/* act.c */
bool app_act(struct app *app, const struct request *rq);
void app_open_prompt(struct app *app, enum prompt_kind kind, const char *label, struct str text,
                     void (*done)(struct app *, struct str));

/* list.c */
void list_set_count(struct list *l, int count);
void list_move(struct list *l, int by);
void list_go(struct list *l, int row);
/* Scroll the picture; the cursor follows when it would leave it. */
void list_scroll(struct list *l, int by);
/* The height is known: put top so that the cursor is in sight. */
void list_fit(struct list *l, int height);
bool list_act(struct list *l, const struct request *rq, bool scrolls);

/* find.c: search and filter in any view */
void search_release(struct search *s);
void search_set(struct app *app, struct view *v, struct str needle);
bool search_next(struct app *app, struct view *v, bool backwards, int times);
void search_key(struct app *app, struct view *v, struct str needle); /* incremental */
/* 1-based place of the cursor's item among the hits, 0 if it is none. */
int search_place(struct app *app, struct view *v);
void view_set_filter(struct app *app, struct view *v, struct str needle);

/* frame.c: title, status line, footer */
struct frame {
    struct rect title, body, status, footer; /* empty ones have no rows */
};
struct frame frame_layout(int rows, int columns, int title_rows);
/* Title at the left, what it is about at the right. */
struct pen frame_title(struct app *app, struct grid *g, struct rect r, const char *title);
void frame_draw(struct app *app, struct view *v, struct grid *g, const struct frame *f,
                const char *hint);
void frame_rule(struct grid *g, struct rect r, const char *label, unsigned style);
void app_hit(struct app *app, struct rect r, enum hit_kind kind, int value);
/* The list's rows in r: sets height, top, click targets and the parked cursor. */
void view_list_area(struct app *app, struct view *v, struct grid *g, struct rect r);
/* Row style after it was drawn: the cursor's row stands out. */
void view_row_done(struct view *v, struct grid *g, struct rect r, int row);
/* Underline what the search found in a line just drawn. */
void view_mark_found(struct view *v, struct grid *g, struct rect line);

/* bars.c */
void bar_draw(struct pen *p, double share, double solid, int columns, unsigned style);
enum role role_of_share(double share);
enum role role_of_severity(enum severity s);

/* The screens. */
extern const struct view_ops tree_view, detail_view, findings_view, indexes_view, log_view,
    diff_view, whatif_view, raw_view, help_view, messages_view, columns_view, connection_view;

#endif
