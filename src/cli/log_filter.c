/* Which records count: --since, --until, --db, --user, --app, --query. */
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "cli/logrun.h"

/* "90m", "36h", "7d": how long ago. */
static bool parse_ago(struct str s, int64_t *us)
{
    long long n;
    if (s.len < 2 || !str_to_int64(str_sub(s, 0, s.len - 1), &n) || n < 0 || n > 1000000)
        return false;
    char unit = s.p[s.len - 1];
    int64_t seconds = unit == 's'   ? 1
                      : unit == 'm' ? 60
                      : unit == 'h' ? 3600
                      : unit == 'd' ? 86400
                                    : 0;
    *us = ((int64_t)time(NULL) - n * seconds) * 1000000;
    return seconds != 0;
}

/* A date alone is its first moment; hours and minutes may stand without seconds. */
static int64_t parse_moment(struct arena *a, struct str s)
{
    struct str full = s;
    if (s.len == 10)
        full = str_of(arena_printf(a, "%.*s 00:00:00", STR_ARG(s)));
    else if (s.len == 16)
        full = str_of(arena_printf(a, "%.*s:00", STR_ARG(s)));
    return log_parse_time(full);
}

static bool parse_time(const struct cli *c, enum opt_id id, int64_t *out, struct err *err)
{
    const char *arg = opts_value(&c->opts, id);
    *out = LOG_NO_TIME;
    if (!arg || parse_ago(str_of(arg), out))
        return true;
    *out = parse_moment(c->arena, str_of(arg));
    if (*out != LOG_NO_TIME)
        return true;
    err_set(err, ERR_USAGE, "'%s' is no time for --%s", arg, opt_info[id].name);
    err_hint(err, "as in '2026-11-22 07:30', '2026-11-22 07:30:00 CET', or 36h for 36 hours ago");
    return false;
}

static struct str *collect(const struct cli *c, enum opt_id id, size_t *count)
{
    const struct opts *o = &c->opts;
    struct str *out = arena_calloc(c->arena, o->use_count, sizeof *out);
    *count = 0;
    for (size_t i = 0; i < o->use_count; i++)
        if (o->uses[i].id == id)
            out[(*count)++] = str_of(o->uses[i].arg);
    return out;
}

static bool compile_query(struct log_filter *f, const struct cli *c, struct err *err)
{
    const char *pattern = opts_value(&c->opts, OPT_QUERY);
    char message[128];
    if (!pattern)
        return true;
    int rc = regcomp(&f->query, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (rc) {
        regerror(rc, &f->query, message, sizeof message);
        return err_set(err, ERR_USAGE, "--query: %s", message);
    }
    f->has_query = true;
    return true;
}

bool log_filter_init(struct log_filter *f, const struct cli *c, struct err *err)
{
    *f = (struct log_filter){.since_us = LOG_NO_TIME};
    f->databases = collect(c, OPT_DB, &f->database_count);
    f->users = collect(c, OPT_USER, &f->user_count);
    f->apps = collect(c, OPT_APP, &f->app_count);
    return parse_time(c, OPT_SINCE, &f->since_us, err) &&
           parse_time(c, OPT_UNTIL, &f->until_us, err) && compile_query(f, c, err);
}

void log_filter_release(struct log_filter *f)
{
    if (f->has_query)
        regfree(&f->query);
}

static bool is_one_of(struct str s, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(s, names[i]))
            return true;
    return count == 0;
}

bool log_filter_takes(const struct log_filter *f, const struct log_event *e)
{
    bool timed = f->since_us != LOG_NO_TIME || f->until_us != LOG_NO_TIME;
    if (timed &&
        (e->time_us == LOG_NO_TIME || (f->since_us != LOG_NO_TIME && e->time_us < f->since_us) ||
         (f->until_us != LOG_NO_TIME && e->time_us >= f->until_us)))
        return false;
    return is_one_of(e->database, f->databases, f->database_count) &&
           is_one_of(e->user, f->users, f->user_count) && is_one_of(e->app, f->apps, f->app_count);
}

bool log_filter_takes_query(const struct log_filter *f, struct str sql)
{
    if (!f->has_query)
        return true;
    regmatch_t range = {.rm_so = 0, .rm_eo = (regoff_t)sql.len};
    return sql.len && regexec(&f->query, sql.p, 1, &range, REG_STARTEND) == 0;
}
