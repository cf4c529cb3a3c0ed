#include "catalog/ddl_value.h"

#include "base/arena.h"
#include "catalog/catalog.h"

static bool is(struct str type, const char *name)
{
    return str_is(type, name);
}

/* Number types in the order in which the server promotes them; 0: no number. */
static int number_rank(struct str type)
{
    static const char *const ranks[] = {"smallint", "integer", "bigint",
                                        "numeric",  "real",    "double precision"};
    for (int i = 0; i < 6; i++)
        if (is(type, ranks[i]))
            return i + 1;
    return 0;
}

static bool is_text(struct str type)
{
    return is(type, "text") || is(type, "character varying");
}

static bool is_time(struct str type)
{
    return str_starts(type, "timestamp") || is(type, "date");
}

bool cat_ddl_is_array(struct str type)
{
    return str_ends(type, "[]");
}

struct str cat_ddl_element_type(struct str array_type)
{
    return cat_ddl_is_array(array_type) ? str_sub(array_type, 0, array_type.len - 2)
                                        : (struct str){0};
}

struct str cat_ddl_array_type(struct arena *a, struct str element_type)
{
    if (!element_type.len)
        return element_type;
    return str_of(arena_printf(a, "%.*s[]", STR_ARG(element_type)));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_true_word(struct str s)
{
    return str_is_nocase(s, "t") || str_is_nocase(s, "true") || str_is_nocase(s, "on") ||
           str_is_nocase(s, "yes") || str_is_nocase(s, "y") || str_is(s, "1");
}

/* A date alone as a timestamp: the server prints the time that it adds. */
static struct str with_time(struct arena *a, struct str raw, struct str type)
{
    bool date = raw.len == 10 && raw.p[4] == '-' && raw.p[7] == '-';
    if (date && is(type, "timestamp without time zone"))
        return str_of(arena_printf(a, "%.*s 00:00:00", STR_ARG(raw)));
    return raw;
}

/* In the server's own form: no E'', standard_conforming_strings is taken to be on. */
static void add_quoted(struct buf *b, struct str s)
{
    buf_addc(b, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '\'')
            buf_addc(b, '\'');
        buf_addc(b, s.p[i]);
    }
    buf_addc(b, '\'');
}

/* get_const_expr of PostgreSQL's ruleutils.c. */
struct str cat_ddl_constant(struct arena *a, struct str raw, struct str type)
{
    bool digits = raw.len && is_digit(raw.p[0]);
    if (is(type, "boolean"))
        return is_true_word(raw) ? STR("true") : STR("false");
    if (digits && is(type, "integer"))
        return raw;
    if (digits && is(type, "numeric"))
        for (size_t i = 0; i < raw.len; i++)
            if (strchr(".eE", raw.p[i]))
                return raw;
    struct buf b = {0};
    add_quoted(&b, with_time(a, raw, type));
    if (type.len)
        buf_printf(&b, "::%.*s", STR_ARG(type));
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

/* Types whose constants are labelled otherwise than columns. */
static struct str constant_label(struct str type)
{
    if (is(type, "character"))
        return STR("bpchar");
    return is(type, "bit") ? STR("\"bit\"") : type;
}

struct str cat_ddl_coerce(struct arena *a, const struct ddl_value *v, struct str type)
{
    if (v->literal && v->is_null && type.len)
        return str_of(arena_printf(a, "NULL::%.*s", STR_ARG(constant_label(type))));
    if (v->literal && type.len)
        return cat_ddl_constant(a, v->raw, constant_label(type));
    if (v->literal || !type.len || !v->type.len || str_eq(v->type, type))
        return v->text;
    return str_of(arena_printf(a, "(%.*s)::%.*s", STR_ARG(v->text), STR_ARG(constant_label(type))));
}

/* What a text operand is compared as: varchar has no operators of its own. */
static struct str own_operand(struct str type)
{
    return is(type, "character varying") ? STR("text") : type;
}

/* The type that a literal gets beside a known one. */
static struct str literal_operand(struct str op, struct str other)
{
    bool json = is(other, "jsonb") || is(other, "json") || is(other, "hstore");
    if (json && (is(op, "->") || is(op, "->>") || is(op, "?") || is(op, "-")))
        return STR("text");
    if (json && (is(op, "#>") || is(op, "#>>") || is(op, "?|") || is(op, "?&") || is(op, "#-")))
        return STR("text[]");
    if (json && (is(op, "@?") || is(op, "@@")))
        return STR("jsonpath");
    if (is(op, "@@"))
        return STR("tsquery");
    if (is(op, "||") && !is(other, "jsonb") && !is(other, "tsvector") && !cat_ddl_is_array(other))
        return STR("text");
    if (is(other, "name") && strchr("~!", op.p[0]))
        return STR("text");
    return own_operand(other);
}

static bool is_comparison(struct str op)
{
    static const char *const ops[] = {"=", "<>", "<", "<=", ">", ">="};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (is(op, ops[i]))
            return true;
    return false;
}

static bool is_arithmetic(struct str op)
{
    return op.len == 1 && strchr("+-*/%^", op.p[0]);
}

/* Integers compare and add across widths, and real with double; all else is promoted. */
static void promote(struct str op, struct str sides[2])
{
    int left = number_rank(sides[0]), right = number_rank(sides[1]);
    enum { INT8 = 3, NUMERIC = 4, REAL = 5 };
    if (!left || !right)
        return;
    if (is(op, "^")) {
        bool exact = left <= NUMERIC && right <= NUMERIC && (left == NUMERIC || right == NUMERIC);
        sides[0] = sides[1] = exact ? STR("numeric") : STR("double precision");
        return;
    }
    bool both_integers = left <= INT8 && right <= INT8;
    if (both_integers && left != right && is(op, "%")) { /* there is no int24mod */
        sides[left > right] = sides[left < right];
        return;
    }
    bool both_floats = left >= REAL && right >= REAL;
    if (left == right || both_integers || both_floats)
        return;
    if (left >= REAL)
        sides[1] = STR("double precision");
    else if (right >= REAL)
        sides[0] = STR("double precision");
    else
        sides[left > right] = STR("numeric");
}

static void settle_text(struct str op, struct str sides[2])
{
    sides[0] = own_operand(sides[0]);
    sides[1] = own_operand(sides[1]);
    for (int i = 0; i < 2; i++)
        if (is_comparison(op) && is(sides[i], "character") && is(sides[!i], "text"))
            sides[i] = STR("text");
}

/* A date less a timestamp is taken as a timestamp; comparisons do without. */
static void settle_times(struct str op, struct str sides[2])
{
    for (int i = 0; i < 2; i++)
        if (is(op, "-") && is(sides[i], "date") && str_starts(sides[!i], "timestamp"))
            sides[i] = sides[!i];
}

static struct str wider(struct str a, struct str b)
{
    return number_rank(a) >= number_rank(b) ? a : b;
}

static struct str time_result(struct str op, struct str l, struct str r)
{
    if (is(op, "-") && is_time(l) && is_time(r))
        return is(l, "date") && is(r, "date") ? STR("integer") : STR("interval");
    bool interval = is(r, "interval") || is(l, "interval");
    struct str moment = is_time(l) ? l : r;
    return interval && is(moment, "date") ? STR("timestamp without time zone") : moment;
}

static struct str result_type(struct str op, const struct str sides[2])
{
    struct str l = sides[0], r = sides[1];
    if (is(op, "->>") || is(op, "#>>"))
        return STR("text");
    if (is(op, "->") && is(l, "hstore"))
        return STR("text");
    if (is(op, "->") || is(op, "#>") || is(op, "#-"))
        return l;
    if (is(op, "||"))
        return cat_ddl_is_array(r) || is(r, "jsonb") || is(r, "tsvector")   ? r
               : cat_ddl_is_array(l) || is(l, "jsonb") || is(l, "tsvector") ? l
                                                                            : STR("text");
    if (is(op, "<->"))
        return STR("double precision");
    if (is_arithmetic(op) && (is_time(l) || is_time(r)))
        return time_result(op, l, r);
    if (is_arithmetic(op) && number_rank(l) && number_rank(r))
        return wider(l, r);
    if (is_arithmetic(op) && !is(op, "%"))
        return l.len ? l : r;
    if (is(op, "&") || is(op, "|") || is(op, "#") || is(op, "<<") || is(op, ">>"))
        return number_rank(l) ? l : STR("boolean");
    return STR("boolean");
}

struct str cat_ddl_operator(struct str op, const struct ddl_value *left,
                            const struct ddl_value *right, struct str sides[2])
{
    sides[0] = left->literal ? (struct str){0} : left->type;
    sides[1] = right->literal ? (struct str){0} : right->type;
    if (left->literal && right->literal)
        sides[0] = sides[1] = STR("text");
    else if (left->literal && sides[1].len)
        sides[0] = literal_operand(op, sides[1]);
    else if (right->literal && sides[0].len)
        sides[1] = literal_operand(op, sides[0]);
    settle_text(op, sides);
    if (is_comparison(op) || is_arithmetic(op))
        promote(op, sides);
    settle_times(op, sides);
    return result_type(op, sides);
}

struct str cat_ddl_common_type(const struct ddl_value *values, size_t count)
{
    struct str type = {0};
    for (size_t i = 0; i < count; i++) {
        if (values[i].literal)
            continue;
        struct str t = values[i].type;
        if (!t.len)
            return t;
        if (!type.len || (number_rank(type) && number_rank(t)))
            type = type.len ? wider(type, t) : t;
        else if (is_text(type) && is(t, "text"))
            type = t;
    }
    bool only_literals = true;
    for (size_t i = 0; i < count; i++)
        only_literals &= values[i].literal;
    return only_literals ? STR("text") : type;
}

static const struct ddl_function functions[] = {
#define FUNCTION(fname, result_, ...) {fname, result_, {__VA_ARGS__}},
#include "catalog/function.def"
#undef FUNCTION
};

static size_t param_count(const struct ddl_function *f)
{
    size_t n = 0;
    while (n < 4 && f->params[n])
        n++;
    return n;
}

bool cat_ddl_variadic(const struct ddl_function *f, size_t *first, struct str *element)
{
    size_t n = f ? param_count(f) : 0;
    if (!n || !str_starts(str_of(f->params[n - 1]), "VARIADIC "))
        return false;
    *first = n - 1;
    *element = str_of(f->params[n - 1] + sizeof "VARIADIC " - 1);
    return true;
}

static bool takes(const struct ddl_function *f, size_t arg_count)
{
    size_t first;
    struct str element;
    return cat_ddl_variadic(f, &first, &element) ? arg_count > first : param_count(f) == arg_count;
}

/* How well the arguments fit: exact types count most, what can be cast a little. */
static int fit(const struct ddl_function *f, size_t arg_count, const struct ddl_value *args)
{
    int score = 1;
    for (size_t i = 0; i < arg_count && i < param_count(f); i++) {
        struct str param = str_of(f->params[i]);
        if (!args[i].literal && str_eq(param, args[i].type))
            score += 4;
        else if (args[i].literal && i == 0 && is(param, "regconfig"))
            score += 2; /* to_tsvector('english', x) */
        else if (!args[i].literal && is_text(args[i].type) && is(param, "text"))
            score += 3;
        else if (!args[i].literal && is(param, "double precision") && number_rank(args[i].type))
            score += 2;
        else if (!args[i].literal && is_time(args[i].type) && is(param, "timestamp with time zone"))
            score += 2;
        else if (args[i].literal || !param.len)
            score += 1;
    }
    return score;
}

const struct ddl_function *cat_ddl_function(struct str name, size_t arg_count,
                                            const struct ddl_value *args)
{
    const struct ddl_function *best = NULL;
    int best_fit = 0;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        const struct ddl_function *f = &functions[i];
        if (!str_is(name, f->name) || !takes(f, arg_count))
            continue;
        int score = fit(f, arg_count, args);
        if (score > best_fit) {
            best = f;
            best_fit = score;
        }
    }
    return best;
}
