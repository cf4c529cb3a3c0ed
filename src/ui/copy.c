/* Taking things along: to the clipboard, or printed after the end. */
#include "base/text.h"
#include "ui/raw.h"
#include "ui/screen.h"
#include "ui/whatif.h"

const struct ui_index *screen_index(struct app *app)
{
    struct plan_state *ps = app_here(app);
    struct view *v = app->view;
    if (v->ops->index)
        return v->ops->index(app, v);
    const char *id = ps ? ps->served_by[ps->node] : NULL;
    for (size_t i = 0; id && i < ps->plan->index_count; i++)
        if (ps->plan->indexes[i].id == id)
            return &ps->plan->indexes[i];
    return NULL;
}

struct str screen_input(struct app *app)
{
    const struct ui_source *s = app->source;
    return s->ops->text && app_here(app) ? s->ops->text(s->self, app->at) : (struct str){0};
}

struct str screen_sql(struct app *app)
{
    struct plan_state *ps = app_here(app);
    struct view *v = app->view;
    struct str sql = v->ops->sql ? v->ops->sql(app, v) : (struct str){0};
    if (sql.len || !ps)
        return sql;
    return ps->plan->sql.len ? ps->plan->sql : ps->outline.plan->query_text;
}

static void add_statement(struct buf *b, const char *sql)
{
    struct str s = str_trim(str_of(sql));
    if (s.len == 0)
        return;
    buf_addstr(b, s);
    buf_adds(b, s.p[s.len - 1] == ';' ? "\n" : ";\n");
}

static void add_ticked(struct plan_state *ps, struct buf *b)
{
    for (size_t i = 0; ps && i < ps->plan->index_count; i++)
        if (ps->on[i])
            add_statement(b, ps->plan->indexes[i].ddl);
}

void copy_add_ddl(struct app *app, struct buf *b)
{
    struct plan_state *ps = app_here(app);
    const struct ui_index *x = screen_index(app);
    if (x)
        add_statement(b, x->ddl);
    else
        add_ticked(ps, b);
    if (!b->len && ps && ps->plan->index_count)
        add_statement(b, ps->plan->indexes[0].ddl);
}

void copy_add_migration(struct app *app, struct buf *b)
{
    struct plan_state *ps = app_here(app);
    const struct ui_index *x = screen_index(app);
    if (!ps || !ps->plan->index_count)
        return;
    bool ticked = whatif_ticked(ps) > 0;
    buf_adds(b, "-- UP\n");
    if (ticked)
        add_ticked(ps, b);
    else
        add_statement(b, (x ? x : &ps->plan->indexes[0])->ddl);
    buf_adds(b, "\n-- DOWN\n");
    for (size_t i = ps->plan->index_count; i-- > 0;) {
        const struct ui_index *at = &ps->plan->indexes[i];
        if (ticked ? ps->on[i] : at == (x ? x : &ps->plan->indexes[0]))
            add_statement(b, at->down);
    }
}

/* The document as it was given when it is one plan in JSON. */
void copy_add_json(struct app *app, struct buf *b)
{
    struct plan_state *ps = app_here(app);
    if (!ps)
        return;
    struct str input = screen_input(app);
    bool given = input.len && ps->outline.plan->format == FORMAT_JSON &&
                 app->source->plan_count == 1;
    if (given)
        buf_addstr(b, input);
    else
        explain_add_json(b, ps->outline.plan);
}

/* "#1 > #2 > #7   .[0].Plan.Plans[0].Plans[1]": the second part is for jq. */
static void add_path(struct app *app, struct buf *b)
{
    const struct node *n = app_node(app);
    struct buf ids = {0}, jq = {0};
    int depth = 0;
    enum { PATH_MAX_NODES = 200 };
    const struct node *path[PATH_MAX_NODES];
    for (; n && depth < PATH_MAX_NODES; n = n->parent)
        path[depth++] = n;
    buf_adds(&jq, n ? "" : ".[0].Plan");
    for (int i = depth; i-- > 0;) {
        int place = 0;
        for (const struct node *c = path[i]->parent ? path[i]->parent->child : path[i];
             c != path[i]; c = c->next)
            place++;
        buf_printf(&ids, "%s%d", ids.len ? ">" : "#", path[i]->id);
        if (path[i]->parent)
            buf_printf(&jq, ".Plans[%d]", place);
    }
    buf_printf(b, "%s  %s", ids.data, n ? "" : jq.data);
    buf_free(&ids);
    buf_free(&jq);
}

static void gather(struct app *app, enum action action, struct buf *b)
{
    struct view *v = app->view;
    switch (action) {
    case ACTION_COPY_ROW:
        if (v->ops->row_text)
            v->ops->row_text(app, v, b);
        break;
    case ACTION_COPY_DDL:
        copy_add_ddl(app, b);
        break;
    case ACTION_COPY_MIGRATION:
        copy_add_migration(app, b);
        break;
    case ACTION_COPY_SQL:
        buf_addstr(b, screen_sql(app));
        break;
    case ACTION_COPY_JSON:
        copy_add_json(app, b);
        break;
    case ACTION_COPY_PATH:
        if (app_node(app))
            add_path(app, b);
        break;
    default:
        break;
    }
}

static const char *what_is_missing(enum action action)
{
    return action == ACTION_COPY_DDL || action == ACTION_COPY_MIGRATION
               ? "no index is suggested here"
           : action == ACTION_COPY_SQL ? "the query is not known"
                                       : "there is nothing to copy here";
}

/* What is copied is pasted somewhere, perhaps into a shell: nothing in it steers a terminal.
 * Line ends and tabs stay. */
static void make_safe(struct buf *b)
{
    struct buf safe = {0};
    struct str s = buf_str(b);
    while (s.len) {
        size_t n = 0;
        while (n < s.len && s.p[n] != '\n' && s.p[n] != '\t')
            n++;
        text_add_safe(&safe, str_sub(s, 0, n), false);
        if (n < s.len)
            buf_addc(&safe, s.p[n]);
        s = str_sub(s, n + 1, s.len);
    }
    buf_free(b);
    *b = safe;
}

static void copy(struct app *app, enum action action)
{
    struct buf b = {0}, how = {0};
    gather(app, action, &b);
    make_safe(&b);
    if (b.len) {
        app->host->copy(app->host->self, buf_str(&b), &how);
        app_say(app, "%s", how.data ? how.data : "");
    } else {
        app_say(app, "%s", what_is_missing(action));
    }
    buf_free(&b);
    buf_free(&how);
}

/* What this screen is about: the chosen indexes, the statement, the text, the row. */
static void print(struct app *app)
{
    struct view *v = app->view;
    struct buf *b = &app->printed;
    const struct ui_index *x = screen_index(app);
    buf_clear(b);
    if (v->ops == &indexes_view || v->ops == &whatif_view)
        add_ticked(app_here(app), b);
    if (!b->len && x)
        add_statement(b, x->ddl);
    if (!b->len && v->ops->sql)
        buf_addstr(b, v->ops->sql(app, v));
    if (!b->len && v->ops == &raw_view)
        raw_view_add_text(v, b);
    if (!b->len && v->ops->row_text)
        v->ops->row_text(app, v, b);
    if (b->len && b->data[b->len - 1] != '\n')
        buf_addc(b, '\n');
    make_safe(b);
    app_quit(app, 0);
}

bool copy_act(struct app *app, const struct request *rq)
{
    switch (rq->action) {
    case ACTION_COPY_ROW:
    case ACTION_COPY_DDL:
    case ACTION_COPY_SQL:
    case ACTION_COPY_JSON:
    case ACTION_COPY_PATH:
    case ACTION_COPY_MIGRATION:
        copy(app, rq->action);
        return true;
    case ACTION_PRINT_QUIT:
        print(app);
        return true;
    default:
        return false;
    }
}
