/* The viewer over files: everything is read before the screen opens. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/analysis.h"
#include "cli/advised.h"
#include "cli/connect.h"
#include "cli/rerun.h"
#include "cli/trial.h"
#include "cli/view.h"
#include "read/read.h"
#include "ui/config.h"
#include "ui/replay.h"
#include "ui/theme.h"
#include "ui/ui.h"

/* One input file. */
struct input {
    const char *name;
    struct str text; /* kept only when it cannot be read again; else read when it is asked for */
    bool again;      /* it can be read again */
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
    struct entry *entries;
    size_t count, cap;
    size_t failed;
    enum err_code worst;
    struct ui_source_ops ops;
    struct ui_source source;
};

static struct entry *add_entry(struct view *v, size_t input)
{
    if (v->count == v->cap) {
        v->cap = v->cap ? v->cap * 2 : 8;
        v->entries = xrealloc(v->entries, v->cap * sizeof *v->entries);
    }
    v->entries[v->count] = (struct entry){.input = input, .arena = v->arena};
    return &v->entries[v->count++];
}

static bool is_regular(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void take_problem(struct view *v, size_t input, const struct read_problem *p, bool alone)
{
    const char *name = v->inputs[input].name;
    if (p->is_warning) {
        cli_warning(name, &p->err);
        return;
    }
    v->failed++;
    v->worst = p->err.code;
    if (alone)
        cli_error(name, &p->err);
    else
        add_entry(v, input)->err = p->err;
}

/* A bad input among several is listed with its error; a sole one never opens the screen. */
static void read_input(struct view *v, size_t i, struct str text, bool alone)
{
    struct read_result read = {0};
    read_plans(v->arena, text, &read);
    for (size_t k = 0; k < read.plan_count; k++)
        add_entry(v, i)->plan = read.plans[k];
    for (size_t k = 0; k < read.problem_count; k++)
        take_problem(v, i, &read.problems[k], alone || read.plan_count > 0);
}

static void read_file(struct view *v, size_t i, bool alone)
{
    struct input *in = &v->inputs[i];
    struct buf text = {0};
    struct read_problem unreadable = {0};
    in->again = is_regular(in->name);
    if (!io_read_all(in->name, &text, &unreadable.err)) {
        take_problem(v, i, &unreadable, alone);
    } else {
        struct str kept = in->again ? buf_str(&text) : str_dup(v->arena, buf_str(&text));
        if (!in->again)
            in->text = kept;
        read_input(v, i, kept, alone);
    }
    buf_free(&text);
}

static bool read_pasted(struct view *v, struct err *err)
{
    struct buf text = {0};
    if (!ui_read_paste(&text, err)) {
        buf_free(&text);
        return false;
    }
    v->inputs[0].name = "pasted plan";
    v->inputs[0].text = str_dup(v->arena, buf_str(&text));
    buf_free(&text);
    read_input(v, 0, v->inputs[0].text, true);
    return true;
}

static bool read_all(struct view *v, struct err *err)
{
    const struct opts *o = &v->cli->opts;
    size_t n = o->file_count ? o->file_count : 1;
    v->inputs = arena_calloc(v->arena, n, sizeof *v->inputs);
    v->input_count = n;
    if (o->file_count == 0 && isatty(STDIN_FILENO))
        return read_pasted(v, err);
    for (size_t i = 0; i < n; i++)
        v->inputs[i].name = o->file_count ? o->files[i] : "-";
    for (size_t i = 0; i < n; i++)
        read_file(v, i, n == 1);
    return true;
}

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
            add_entry(v, i)->plan = item->read.plans[k];
            v->entries[v->count - 1].runs = item->run;
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
    struct entry *e = &v->entries[i];
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
    struct entry *e = &v->entries[i];
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
    struct entry *e = &v->entries[i];
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
    struct input *in = &v->inputs[v->entries[i].input];
    struct buf text = {0};
    struct err err = {0};
    if (!in->text.p && in->again && io_read_all(in->name, &text, &err))
        in->text = str_dup(v->arena, buf_str(&text));
    buf_free(&text);
    return in->text;
}

static bool execute(void *self, size_t i, bool analyze, struct err *err)
{
    struct view *v = self;
    struct entry *e = &v->entries[i];
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

static void set_up_source(struct view *v)
{
    v->ops = (struct ui_source_ops){
        .plan = plan_of, .text = text_of, .whatif = whatif, .unavailable = unavailable};
    v->source = (struct ui_source){.self = v, .ops = &v->ops, .plan_count = v->count};
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

/* ---- options ---- */

static bool set_options(struct app_settings *s, struct config *config, const struct opts *o,
                        struct ui_options *out, struct err *err)
{
    const char *theme = opts_value(o, OPT_THEME), *color = opts_value(o, OPT_COLOR);
    out->theme = -1;
    out->keep_state = !opts_given(o, OPT_NO_STATE);
    out->clipboard = opts_value(o, OPT_CLIPBOARD);
    out->color = !color || strcmp(color, "auto") == 0 ? TERM_COLOR_AUTO
                 : strcmp(color, "always") == 0       ? TERM_COLOR_ALWAYS
                                                      : TERM_COLOR_NEVER;
    s->ascii |= opts_given(o, OPT_ASCII);
    s->plain |= opts_given(o, OPT_PLAIN);
    s->mouse &= !opts_given(o, OPT_NO_MOUSE);
    s->no_animate |= opts_given(o, OPT_NO_ANIMATE);
    if (opts_given(o, OPT_ASCII))
        config_set_origin(config, "ascii", "--ascii");
    if (opts_given(o, OPT_NO_MOUSE))
        config_set_origin(config, "mouse", "--no-mouse");
    if (theme && !theme_find(str_of(theme), &out->theme))
        return err_set(err, ERR_USAGE, "there is no theme '%s'", theme);
    return true;
}

static int print(struct buf *text)
{
    fwrite(text->data, 1, text->len, stdout);
    buf_free(text);
    return fflush(stdout) ? 2 : 0;
}

static int print_config(const struct config *c, const struct app_settings *s)
{
    struct buf out = {0};
    config_print(&out, c, s);
    fwrite(c->warnings.data ? c->warnings.data : "", 1, c->warnings.len, stderr);
    return print(&out);
}

/* --keys=FILE --size=ROWSxCOLUMNS --dump-screen: no terminal, no state, a clock that stands. */
static int replay(const struct opts *o, struct ui_source *source, struct app_settings *s,
                  enum app_start start)
{
    const char *size = opts_value(o, OPT_SIZE), *keys = opts_value(o, OPT_KEYS);
    int rows = 24, columns = 80;
    struct buf script = {0}, out = {0};
    struct replay r;
    struct err err = {0};
    if (size && !replay_size(str_of(size), &rows, &columns))
        err_set(&err, ERR_USAGE, "--size takes ROWSxCOLUMNS, as in 24x80");
    else if (!keys || io_read_all(keys, &script, &err)) {
        replay_init(&r);
        struct app *app = app_new(s, source, &r.host, start);
        replay_run(&r, app, buf_str(&script), rows, columns, s->ascii, &out, &err);
        app_free(app);
        replay_release(&r);
    }
    buf_free(&script);
    if (!err.code)
        return print(&out);
    buf_free(&out);
    cli_error(keys, &err);
    return err_exit_status(err.code);
}

/* ---- the commands ---- */

bool view_is_wanted(const struct cli *c)
{
    const struct opts *o = &c->opts;
    const char *format = opts_value(o, OPT_FORMAT), *why;
    if (opts_given(o, OPT_DUMP_SCREEN) || opts_given(o, OPT_PRINT_CONFIG))
        return true;
    if (format)
        return strcmp(format, "tui") == 0 && term_is_usable(&why);
    bool report = opts_given(o, OPT_JSON) || opts_given(o, OPT_PLAIN) ||
                  opts_given(o, OPT_OUTPUT) || opts_given(o, OPT_QUIET) ||
                  opts_given(o, OPT_VERBOSE) || opts_given(o, OPT_PROOF) ||
                  opts_given(o, OPT_ANONYMIZE) || opts_given(o, OPT_ANONYMIZE_MAP) ||
                  opts_given(o, OPT_FAIL_ON) || opts_given(o, OPT_WIDTH);
    return !report && term_is_usable(&why);
}

static void release(struct view *v)
{
    planner_close(&v->planner);
    live_release(&v->live);
    for (size_t i = 0; i < v->count; i++) {
        rerun_release(&v->entries[i].rerun);
        trial_free(v->entries[i].trial);
        trial_free(v->entries[i].trial_before);
    }
    pthread_mutex_destroy(&v->connection);
    free(v->entries);
    analysis_release(&v->analysis);
}

/* In the terminal, or as --dump-screen has it. */
static int run(const struct opts *o, struct ui_source *source, struct app_settings *s,
               const struct ui_options *options)
{
    struct err err = {0};
    if (opts_given(o, OPT_DUMP_SCREEN))
        return replay(o, source, s, options->start);
    int status = ui_run(source, s, options, &err);
    if (status >= 0)
        return status;
    cli_error(NULL, &err);
    return err_exit_status(err.code);
}

/* Plans of files, and a server: it gives the catalog of their relations. */
static bool ask_catalog(struct view *v, struct err *err)
{
    if (!live_is_connected(v->cli) || v->analysis.catalog)
        return true;
    if (!live_run(&v->live, v->cli, err))
        return false;
    for (size_t i = 0; i < v->count; i++)
        if (v->entries[i].plan)
            live_add_plan(&v->live, v->entries[i].plan);
    live_read_catalog(&v->live);
    v->analysis.catalog = v->live.catalog;
    return true;
}

static int show(struct view *v, struct app_settings *s, struct config *config, enum app_start start)
{
    struct ui_options options = {.start = start};
    const struct opts *o = &v->cli->opts;
    struct err err = {0};
    if (!set_options(s, config, o, &options, &err))
        return cli_usage(&err);
    if (opts_given(o, OPT_PRINT_CONFIG))
        return print_config(config, s);
    fwrite(config->warnings.data ? config->warnings.data : "", 1, config->warnings.len, stderr);
    if (!(v->is_live ? read_live(v, &err) : read_all(v, &err)) || v->count == 0) {
        if (err.code && v->is_live)
            return live_refuse(&v->live, &err);
        if (err.code)
            cli_error(NULL, &err);
        return err_exit_status(err.code ? err.code : v->worst);
    }
    if (!v->is_live && start == APP_START_PLAN && !ask_catalog(v, &err))
        return live_refuse(&v->live, &err);
    if (v->is_live)
        open_planner(v);
    set_up_source(v);
    for (size_t i = 0; i < v->count && v->analysis.planner; i++)
        plan_of(v, i);
    if (start == APP_START_DIFF && v->count < 2) {
        err_set(&err, ERR_USAGE, "a diff needs two plans, found %zu", v->count);
        return cli_usage(&err);
    }
    int status = run(o, &v->source, s, &options);
    return status == 0 && v->failed ? EXIT_PARTIAL : status;
}

int view_source(struct cli *c, struct ui_source *source, enum app_start start)
{
    struct ui_options options = {.start = start};
    struct app_settings settings;
    struct config config;
    struct err err = {0};
    int status;
    app_settings_init(&settings);
    config_init(&config);
    if (!opts_given(&c->opts, OPT_DUMP_SCREEN))
        config_load(&config, &settings);
    if (!set_options(&settings, &config, &c->opts, &options, &err))
        status = cli_usage(&err);
    else
        status = run(&c->opts, source, &settings, &options);
    config_release(&config);
    app_settings_release(&settings);
    return status;
}

int view_run(struct cli *c, bool diff)
{
    struct view v = {.cli = c, .arena = c->arena, .is_live = !diff && live_is_wanted(c)};
    struct app_settings settings;
    struct config config;
    struct err err = {0};
    pthread_mutex_init(&v.connection, NULL);
    app_settings_init(&settings);
    config_init(&config);
    if (!opts_given(&c->opts, OPT_DUMP_SCREEN))
        config_load(&config, &settings);
    int status;
    if (!analysis_init(&v.analysis, c, &err))
        status = cli_usage(&err);
    else if (!analysis_open_catalog(&v.analysis, c, false, &err))
        status = err_exit_status(err.code);
    else
        status = show(&v, &settings, &config, diff ? APP_START_DIFF : APP_START_PLAN);
    release(&v);
    config_release(&config);
    app_settings_release(&settings);
    return status;
}
