/* The viewer over plans: of files, which may still be coming, and of a server. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/analysis.h"
#include "cli/advised.h"
#include "cli/connect.h"
#include "cli/intake.h"
#include "cli/load.h"
#include "cli/rerun.h"
#include "cli/trial.h"
#include "cli/view.h"
#include "cli/viewer.h"
#include "read/read.h"

/* One input file. */
struct input {
    const char *name;
    struct str text; /* pasted, or of a server; else read when it is asked for */
    bool again;      /* a file, which can be read again */
};

/* One plan, or one input that holds none. */
struct entry {
    size_t input;
    const struct plan *plan; /* NULL: err says why */
    struct err err;
    struct arena *arena;  /* what is worked out about the plan lives there */
    const char *runs;     /* how often it was executed; NULL */
    struct rerun rerun;   /* of a server's plan: input is the number of its statement */
    struct ui_plan shown; /* made when first asked for */
    struct advised *advised;
    struct trial *trial;        /* of a server that has HypoPG */
    struct trial *trial_before; /* what is drawn may still point into it */
};

struct view {
    struct cli *cli;
    struct arena *arena;
    struct analysis analysis;
    struct input *inputs;
    size_t input_count;
    struct live live;
    bool is_live;
    struct planner planner;
    struct err no_planner;      /* why it cannot be asked */
    pthread_mutex_t connection; /* one thread at a time */
    struct intake intake;
    struct load *load;  /* of files; NULL */
    struct load **left; /* those whose plans were replaced: screens may point into them */
    size_t left_count;
    size_t least; /* plans without which there is nothing to show */
    bool came_to_nothing, stopped;
    struct entry **entries; /* each stays where it is: screens point into it */
    size_t count, cap;
    struct ui_source_ops ops;
    struct ui_source source;
};

static struct entry *add_entry(struct view *v, size_t input)
{
    if (v->count == v->cap) {
        v->cap = v->cap ? v->cap * 2 : 8;
        v->entries = xrealloc(v->entries, v->cap * sizeof *v->entries);
    }
    struct entry *e = arena_alloc(v->arena, sizeof *e);
    *e = (struct entry){.input = input, .arena = v->arena};
    v->entries[v->count++] = e;
    return e;
}

/* A bad input among several is listed with its error. */
static void take_problem(struct view *v, size_t input, const struct read_problem *p, bool alone)
{
    const char *name = v->inputs[input].name;
    if (p->is_warning || alone) {
        intake_problem(&v->intake, name, p);
    } else {
        intake_note(&v->intake, name, p);
        add_entry(v, input)->err = p->err;
    }
}

/* ---- files ---- */

static bool load_pasted(struct view *v, struct err *err)
{
    struct buf text = {0};
    bool good = ui_read_paste(&text, err);
    if (good) {
        v->inputs[0].name = "pasted plan";
        v->inputs[0].text = str_dup(v->arena, buf_str(&text));
    }
    buf_free(&text);
    return good;
}

static bool is_regular(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool load_inputs(struct view *v, struct err *err)
{
    const struct opts *o = &v->cli->opts;
    size_t n = o->file_count ? o->file_count : 1;
    struct load_input *inputs = arena_calloc(v->arena, n, sizeof *inputs);
    v->inputs = arena_calloc(v->arena, n, sizeof *v->inputs);
    v->input_count = n;
    for (size_t i = 0; i < n; i++) {
        v->inputs[i].name = o->file_count ? o->files[i] : "-";
        v->inputs[i].again = is_regular(v->inputs[i].name);
    }
    if (o->file_count == 0 && isatty(STDIN_FILENO) && !load_pasted(v, err))
        return false;
    for (size_t i = 0; i < n; i++)
        inputs[i] = (struct load_input){.name = v->inputs[i].name, .text = v->inputs[i].text};
    v->load = load_new(inputs, n);
    return true;
}

/* What has come by now. */
static void take_loaded(struct view *v)
{
    struct load_event e;
    while (load_take(v->load, &e)) {
        if (e.plan)
            add_entry(v, e.input)->plan = e.plan;
        else
            take_problem(v, e.input, e.problem,
                         v->input_count == 1 || e.plan_count > 0 || v->least > 1);
    }
}

static bool is_loading(struct view *v)
{
    struct load_state state = {0};
    if (v->load)
        load_look(v->load, &state);
    return state.loading;
}

/* ---- a server ---- */

/* The statements of a server; every one is an entry, those that failed with their error. */
static bool read_live(struct view *v, struct err *err)
{
    struct live *l = &v->live;
    if (!live_run(l, v->cli, err))
        return false;
    if (l->catalog)
        v->analysis.catalog = l->catalog;
    v->inputs = arena_calloc(v->arena, l->count, sizeof *v->inputs);
    v->input_count = l->count;
    for (size_t i = 0; i < l->count; i++) {
        const struct live_item *item = &l->items[i];
        v->inputs[i] = (struct input){.name = item->name, .text = item->json};
        struct read_problem problem = {.err = item->err};
        if (item->err.code)
            take_problem(v, i, &problem, l->count == 1 || item->read.plan_count > 0);
        for (size_t k = 0; k < item->read.plan_count; k++) {
            struct entry *e = add_entry(v, i);
            e->plan = item->read.plans[k];
            e->runs = item->run;
        }
    }
    return true;
}

/* The planner judges the advice, if it can. Advice is worked out before the screen opens. */
static void open_planner(struct view *v)
{
    if (v->analysis.catalog && planner_open(&v->planner, &v->live, true, &v->no_planner))
        v->analysis.planner = &v->planner.whatif;
}

/* ---- what the screens ask for ---- */

/* A plan that was asked of the server anew takes the place of the one shown so far. */
static void take_fresh(struct view *v, struct entry *e)
{
    struct arena *a;
    const struct live_item *item = v->is_live ? rerun_take(&e->rerun, &a) : NULL;
    if (!item)
        return;
    e->plan = item->read.plans[0];
    e->arena = a;
    e->runs = item->run;
    e->shown = (struct ui_plan){0};
    v->inputs[e->input].text = item->json;
}

static void take_edited(struct entry *e)
{
    size_t count;
    const struct ui_index *indexes = e->trial ? trial_take(e->trial, &count) : NULL;
    if (!indexes)
        return;
    e->shown.indexes = indexes;
    e->shown.index_count = count;
}

static const char *shown_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    return strcmp(name, "-") == 0 ? "standard input" : slash && slash[1] ? slash + 1 : name;
}

static const struct ui_plan *plan_of(void *self, size_t i)
{
    struct view *v = self;
    struct entry *e = v->entries[i];
    take_fresh(v, e);
    take_edited(e);
    if (e->shown.name)
        return &e->shown;
    const char *name = v->inputs[e->input].name;
    e->shown.name = shown_name(name);
    if (!e->plan) {
        e->shown.error = &e->err;
        return &e->shown;
    }
    pthread_mutex_lock(&v->connection);
    e->shown.report = analysis_report(&v->analysis, e->arena, v->analysis.catalog, e->plan, name,
                                      i + 1, v->count);
    if (v->analysis.planner)
        planner_rest(&v->planner);
    pthread_mutex_unlock(&v->connection);
    e->shown.runs = e->runs;
    e->advised = advised_new(e->arena, e->shown.report);
    e->shown.indexes = advised_indexes(e->advised, &e->shown.index_count);
    e->shown.advice_note = advised_note(e->advised);
    if (v->analysis.planner) {
        trial_free(e->trial_before);
        e->trial_before = e->trial;
        e->trial = trial_new(&v->planner, &v->analysis, e->shown.report, e->plan->query_text,
                             e->shown.indexes, e->shown.index_count);
    }
    return &e->shown;
}

static bool whatif(void *self, size_t i, const bool *on, struct ui_whatif *out, struct err *err)
{
    struct view *v = self;
    struct entry *e = v->entries[i];
    if (!e->trial)
        return advised_whatif(e->advised, on, out, err);
    pthread_mutex_lock(&v->connection);
    bool good = trial_run(e->trial, on, out, err);
    pthread_mutex_unlock(&v->connection);
    return good;
}

static bool edit(void *self, size_t i, size_t index, struct str ddl, struct err *err)
{
    struct view *v = self;
    struct entry *e = v->entries[i];
    if (!e->trial)
        return err_set(err, ERR_USAGE, "there is no plan to try it on");
    pthread_mutex_lock(&v->connection);
    bool good = trial_edit(e->trial, index, ddl, err);
    pthread_mutex_unlock(&v->connection);
    return good;
}

static struct str text_of(void *self, size_t i)
{
    struct view *v = self;
    struct input *in = &v->inputs[v->entries[i]->input];
    struct buf text = {0};
    struct err err = {0};
    if (!in->text.p && in->again && io_read_all(in->name, &text, &err))
        in->text = str_dup(v->arena, buf_str(&text));
    else if (!in->text.p && v->load)
        in->text = load_text(v->load, v->entries[i]->input);
    buf_free(&text);
    return in->text;
}

static bool execute(void *self, size_t i, bool analyze, struct err *err)
{
    struct view *v = self;
    struct entry *e = v->entries[i];
    pthread_mutex_lock(&v->connection);
    bool good = rerun_do(&e->rerun, &v->live, e->input, analyze, err);
    pthread_mutex_unlock(&v->connection);
    return good;
}

static void cancel(void *self)
{
    (void)self;
    connect_stop(true);
}

static void connection(void *self, struct buf *out)
{
    struct view *v = self;
    const struct explain_options *e = &v->live.explain;
    conn_describe(v->live.conn, out);
    buf_printf(out, "transactions: %s, always rolled back\n", e->write ? "may write" : "read-only");
    if (e->timeout_ms > 0)
        buf_printf(out, "time-out: %.15g s\n", e->timeout_ms / 1000);
    buf_printf(out, "still connected: %s\n", conn_is_alive(v->live.conn) ? "yes" : "no");
}

static const char *unavailable(void *self, enum ui_can can)
{
    struct view *v = self;
    bool asked = v->no_planner.code && (can == UI_CAN_WHATIF || can == UI_CAN_EDIT);
    if (asked)
        return arena_printf(v->arena, "%s; %s", v->no_planner.message, v->no_planner.hint);
    switch (can) {
    case UI_CAN_WHATIF:
        return "without a server the model judges; pgsift with a connection asks the planner";
    case UI_CAN_EDIT:
        return "trying other indexes needs a server with HypoPG";
    default:
        return "not connected";
    }
}

/* Plans that came since. A diff of what is one plan in the end, and no plan at all: nothing. */
static void look_at_load(void *self, struct ui_load *out)
{
    struct view *v = self;
    struct load_state state;
    take_loaded(v);
    load_look(v->load, &state);
    v->source.plan_count = v->count;
    *out =
        (struct ui_load){.loading = state.loading,
                         .partial = state.stopped || v->stopped, /* it may have ended just then */
                         .name = shown_name(state.name),
                         .bytes_done = state.bytes,
                         .bytes_total = state.total,
                         .seconds = state.seconds};
    v->came_to_nothing = !state.loading && v->count < v->least;
    out->failed = v->came_to_nothing;
}

static void stop_load(void *self)
{
    struct view *v = self;
    v->stopped = true;
    load_stop(v->load);
}

/* Another file: it is read at once, and its plans take the place of those there are. */
static bool open_file(void *self, struct str path, struct err *err)
{
    struct view *v = self;
    char *name = arena_strndup(v->arena, path.p, path.len);
    struct load_input input = {.name = name};
    struct load *l = load_new(&input, 1);
    struct load_event e;
    load_now(l);
    size_t count = 0;
    for (; load_take(l, &e); count++) {
        if (!e.plan && count == 0) {
            *err = e.problem->err;
            load_free(l);
            return false;
        }
        if (count == 0) {
            v->count = 0;
            v->inputs = arena_calloc(v->arena, 1, sizeof *v->inputs);
            v->input_count = 1;
            v->inputs[0] = (struct input){.name = name, .again = is_regular(name)};
        }
        if (e.plan)
            add_entry(v, 0)->plan = e.plan;
    }
    v->left = xrealloc(v->left, (v->left_count + 1) * sizeof *v->left);
    load_stop(v->load);
    v->left[v->left_count++] = v->load;
    v->load = l;
    v->source.plan_count = v->count;
    return true;
}

static void set_up_source(struct view *v)
{
    v->ops = (struct ui_source_ops){
        .plan = plan_of, .text = text_of, .whatif = whatif, .unavailable = unavailable};
    v->source = (struct ui_source){.self = v, .ops = &v->ops, .plan_count = v->count};
    if (v->load)
        v->ops.open = open_file;
    if (is_loading(v)) {
        v->ops.load = look_at_load;
        v->ops.load_stop = stop_load;
    }
    if (!v->is_live)
        return;
    if (v->analysis.planner)
        v->ops.edit = edit;
    v->ops.execute = execute;
    v->ops.cancel = cancel;
    v->ops.connection = connection;
    v->source.server = conn_name(v->live.conn);
    v->source.read_only = !v->live.explain.write;
}

/* ---- the command ---- */

static void release(struct view *v)
{
    planner_close(&v->planner);
    live_release(&v->live);
    for (size_t i = 0; i < v->count; i++) {
        rerun_release(&v->entries[i]->rerun);
        trial_free(v->entries[i]->trial);
        trial_free(v->entries[i]->trial_before);
    }
    pthread_mutex_destroy(&v->connection);
    free(v->entries);
    intake_release(&v->intake);
    load_free(v->load);
    for (size_t i = 0; i < v->left_count; i++)
        load_free(v->left[i]);
    free(v->left);
    analysis_release(&v->analysis);
}

/* Plans of files, and a server: it gives the catalog of their relations. */
static bool ask_catalog(struct view *v, struct err *err)
{
    if (!live_is_connected(v->cli) || v->analysis.catalog)
        return true;
    if (!live_run(&v->live, v->cli, err))
        return false;
    for (size_t i = 0; i < v->count; i++)
        if (v->entries[i]->plan)
            live_add_plan(&v->live, v->entries[i]->plan);
    live_read_catalog(&v->live);
    v->analysis.catalog = v->live.catalog;
    return true;
}

/* A screen opens when there is something to see, or when that takes longer than this. */
enum { WAIT_MS = 200 };

/* Read, or have read by the time: a sole input that holds no plan never opens the screen. False:
 * there is nothing to show. */
static bool open_inputs(struct view *v, struct viewer *w, struct err *err)
{
    if (!load_inputs(v, err))
        return false;
    bool at_once = viewer_is_scripted(w) || live_is_connected(v->cli);
    if (at_once)
        load_now(v->load);
    else
        load_start(v->load);
    bool all = at_once || load_wait(v->load, WAIT_MS);
    take_loaded(v);
    v->intake.later = true;
    return all ? v->count > 0 : true;
}

static bool open_all(struct view *v, struct viewer *w, struct err *err)
{
    if (!v->is_live)
        return open_inputs(v, w, err) &&
               (w->options.start == APP_START_DIFF || ask_catalog(v, err));
    if (!read_live(v, err) || v->count == 0)
        return false;
    open_planner(v);
    return true;
}

/* Nothing was shown: why. */
static int refuse(struct view *v, struct err *err)
{
    if (err->code && (v->is_live || live_is_connected(v->cli)))
        return live_refuse(&v->live, err);
    if (err->code)
        cli_error(NULL, err);
    return err->code ? err_exit_status(err->code) : intake_status(&v->intake, 0);
}

/* One plan is no diff: perhaps because the other one could not be read. */
static int refuse_diff(struct view *v)
{
    struct err err = {0};
    if (v->intake.failed)
        return intake_status(&v->intake, 0);
    err_set(&err, ERR_USAGE, "a diff needs two plans, found %zu", v->count);
    return cli_usage(&err);
}

static int show(struct view *v, struct viewer *w)
{
    struct err err = {0};
    bool diff = w->options.start == APP_START_DIFF;
    if (opts_given(&v->cli->opts, OPT_PRINT_CONFIG))
        return viewer_print_config(w);
    viewer_warn(w);
    if (!open_all(v, w, &err))
        return refuse(v, &err);
    set_up_source(v);
    for (size_t i = 0; i < v->count && v->analysis.planner; i++)
        plan_of(v, i);
    if (diff && v->count < 2 && !is_loading(v))
        return refuse_diff(v);
    int status = viewer_run(w, &v->source);
    if (v->stopped) /* the user's wish: what was cut off is no failure */
        return status;
    intake_tell(&v->intake);
    if (status != 0)
        return status;
    if (diff && v->came_to_nothing)
        return refuse_diff(v);
    return intake_status(&v->intake, v->count);
}

int view_run(struct cli *c, bool diff)
{
    struct view v = {
        .cli = c, .arena = c->arena, .is_live = !diff && live_is_wanted(c), .least = diff ? 2 : 1};
    struct viewer w;
    struct err err = {0};
    int status;
    pthread_mutex_init(&v.connection, NULL);
    intake_init(&v.intake, c, false);
    if (!viewer_init(&w, c, diff ? APP_START_DIFF : APP_START_PLAN, &err) ||
        !analysis_init(&v.analysis, c, &err))
        status = cli_usage(&err);
    else if (!analysis_open_catalog(&v.analysis, c, false, &err))
        status = err_exit_status(err.code);
    else
        status = show(&v, &w);
    release(&v);
    viewer_release(&w);
    return status;
}
