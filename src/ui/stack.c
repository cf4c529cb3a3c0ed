/* The stack of views: Enter goes in, Esc goes out. */
#include <stdlib.h>

#include "base/arena.h"
#include "ui/view.h"

struct view *app_push(struct app *app, const struct view_ops *ops)
{
    struct view *v = xcalloc(1, sizeof *v);
    v->ops = ops;
    v->below = app->view;
    app->view = v;
    if (ops->open)
        ops->open(app, v);
    return v;
}

void app_pop(struct app *app)
{
    struct view *v = app->view;
    app->view = v->below;
    if (v->ops->close)
        v->ops->close(v);
    search_release(&v->search);
    free(v->filter);
    free(v);
}

bool app_on_stack(const struct app *app, const struct view_ops *ops)
{
    for (const struct view *v = app->view; v; v = v->below)
        if (v->ops == ops)
            return true;
    return false;
}

struct view *app_goto(struct app *app, const struct view_ops *ops)
{
    if (!app_on_stack(app, ops))
        return app_push(app, ops);
    while (app->view->ops != ops)
        app_pop(app);
    if (ops->refresh)
        ops->refresh(app, app->view);
    return app->view;
}
