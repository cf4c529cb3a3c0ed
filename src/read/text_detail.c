/* The lines below a node: PostgreSQL's show_* functions, read backwards. */
#include "read/text_impl.h"

#include <ctype.h>
#include <stdio.h>

#include "plan/build.h"

/* ---- pieces of lines ---- */

bool text_key(struct str s, struct str *key, struct str *value)
{
    enum { LONGEST = 72 };
    size_t i = 0;
    bool brackets = false;
    if (s.len == 0 || !isalpha((unsigned char)s.p[0]))
        return false;
    for (; i < s.len && i < LONGEST && s.p[i] != ':'; i++) {
        unsigned char c = (unsigned char)s.p[i];
        brackets |= c == '(' || c == ')' || c == ',';
        if (!isalnum(c) && !strchr(" _/-.(),", c))
            return false;
    }
    if (i == s.len || i == LONGEST || i == 0)
        return false;
    bool last = i + 1 == s.len;
    if (!last && (brackets || s.p[i + 1] != ' '))
        return false;
    *key = str_sub(s, 0, i);
    *value = str_trim(str_sub(s, i + 1, s.len));
    return true;
}

struct str text_digits(struct str s)
{
    size_t i = 0;
    while (i < s.len && (isdigit((unsigned char)s.p[i]) || s.p[i] == '.' || s.p[i] == '-'))
        i++;
    return str_sub(s, 0, i);
}

/* Offset behind the quoted text that begins at s.p[i]. */
static size_t skip_quotes(struct str s, size_t i)
{
    char quote = s.p[i];
    for (i++; i < s.len; i++)
        if (s.p[i] == quote) {
            if (i + 1 < s.len && s.p[i + 1] == quote)
                i++;
            else
                return i + 1;
        }
    return s.len;
}

bool text_next_item(struct str *rest, struct str *item)
{
    struct str s = *rest;
    int depth = 0;
    size_t i = 0;
    if (s.len == 0)
        return false;
    while (i < s.len) {
        char c = s.p[i];
        if (c == '\'' || c == '"') {
            i = skip_quotes(s, i);
            continue;
        }
        if (c == ',' && depth == 0)
            break;
        depth += (c == '(' || c == '[') - (c == ')' || c == ']');
        i++;
    }
    *item = str_trim(str_sub(s, 0, i));
    *rest = str_sub(s, i + 1, s.len);
    return true;
}

bool text_next_pair(struct str *rest, struct str *name, struct str *value)
{
    struct str s = *rest;
    const char *eq = s.len ? memchr(s.p, '=', s.len) : NULL;
    if (!eq)
        return false;
    size_t at = (size_t)(eq - s.p), end = at + 1;
    while (end < s.len && s.p[end] != ' ' && s.p[end] != ',')
        end++;
    *name = str_trim(str_sub(s, 0, at));
    while (name->len && name->p[0] == ',')
        *name = str_trim(str_sub(*name, 1, name->len));
    *value = str_sub(s, at + 1, end);
    *rest = str_sub(s, end, s.len);
    return true;
}

/* ---- "name=value" lines ---- */

struct pair_name {
    const char *name;
    enum prop_id id;
};

static void read_pairs(struct text_emit *e, struct str s, const struct pair_name *names, size_t n)
{
    struct str name, value;
    while (text_next_pair(&s, &name, &value))
        for (size_t i = 0; i < n; i++)
            if (str_is_nocase(name, names[i].name))
                text_put_num(e, names[i].id, text_digits(value));
}
#define READ_PAIRS(e, s, names) read_pairs(e, s, names, sizeof(names) / sizeof(names)[0])

/* Counters in groups, "shared hit=1 read=2, temp read=3": the group is said once. */
struct group_name {
    const char *group;
    struct pair_name names[4];
};

static const struct group_name buffer_groups[] = {
    {"shared",
     {{"hit", PROP_SHARED_HIT},
      {"read", PROP_SHARED_READ},
      {"dirtied", PROP_SHARED_DIRTIED},
      {"written", PROP_SHARED_WRITTEN}}},
    {"local",
     {{"hit", PROP_LOCAL_HIT},
      {"read", PROP_LOCAL_READ},
      {"dirtied", PROP_LOCAL_DIRTIED},
      {"written", PROP_LOCAL_WRITTEN}}},
    {"temp", {{"read", PROP_TEMP_READ}, {"written", PROP_TEMP_WRITTEN}}},
};
static const struct group_name timing_groups[] = {
    {"", {{"read", PROP_IO_READ_TIME}, {"write", PROP_IO_WRITE_TIME}}},
    {"shared/local", {{"read", PROP_IO_READ_TIME}, {"write", PROP_IO_WRITE_TIME}}},
    {"shared", {{"read", PROP_SHARED_IO_READ_TIME}, {"write", PROP_SHARED_IO_WRITE_TIME}}},
    {"local", {{"read", PROP_LOCAL_IO_READ_TIME}, {"write", PROP_LOCAL_IO_WRITE_TIME}}},
    {"temp", {{"read", PROP_TEMP_IO_READ_TIME}, {"write", PROP_TEMP_IO_WRITE_TIME}}},
};

static void put_in_group(struct text_emit *e, const struct group_name *g, struct str name,
                         struct str value)
{
    for (size_t i = 0; i < 4 && g->names[i].name; i++)
        if (str_is_nocase(name, g->names[i].name))
            text_put_num(e, g->names[i].id, text_digits(value));
}

static void read_groups(struct text_emit *e, struct str s, const struct group_name *groups,
                        size_t n)
{
    const struct group_name *group = &groups[0];
    struct str name, value;
    while (text_next_pair(&s, &name, &value)) {
        const char *blank = name.len ? memchr(name.p, ' ', name.len) : NULL;
        if (blank) {
            struct str word = str_sub(name, 0, (size_t)(blank - name.p));
            for (size_t i = 0; i < n; i++)
                if (str_is_nocase(word, groups[i].group))
                    group = &groups[i];
            name = str_trim(str_sub(name, word.len, name.len));
        }
        put_in_group(e, group, name, value);
    }
}

bool text_counters(struct text_emit *e, struct str key, struct str value)
{
    static const struct pair_name wal[] = {{"records", PROP_WAL_RECORDS},
                                           {"fpi", PROP_WAL_FPI},
                                           {"bytes", PROP_WAL_BYTES},
                                           {"buffers full", PROP_WAL_BUFFERS_FULL},
                                           {"fpi bytes", PROP_WAL_FPI_BYTES}};
    static const struct pair_name memory[] = {{"used", PROP_MEMORY_USED},
                                              {"allocated", PROP_MEMORY_ALLOCATED}};
    if (str_is(key, "Buffers"))
        read_groups(e, value, buffer_groups, 3);
    else if (str_is(key, "I/O Timings"))
        read_groups(e, value, timing_groups, 5);
    else if (str_is(key, "WAL"))
        READ_PAIRS(e, value, wal);
    else if (str_is(key, "Memory") && str_starts(value, "used="))
        READ_PAIRS(e, value, memory);
    else
        return false;
    return true;
}

void text_fill_buffers(struct text_emit *e)
{
    for (int id = PROP_SHARED_HIT; id <= PROP_TEMP_WRITTEN; id++)
        text_put_zero(e, (enum prop_id)id);
}

/* ---- lines of several "Label: value" fields ---- */

struct field {
    const char *label;
    enum prop_id id;
    enum prop_id original;  /* of "(originally N)"; 0: none */
    const char *space_type; /* "Sort Space Type" that the label implies */
};

/* Is there "label:" at s.p[i], at the start of a word? */
static bool label_at(struct str s, size_t i, const char *label)
{
    size_t n = strlen(label);
    return (i == 0 || s.p[i - 1] == ' ') && s.len - i > n && s.p[i + n] == ':' &&
           memcmp(s.p + i, label, n) == 0;
}

static const struct field *field_at(struct str s, size_t i, const struct field *fields)
{
    for (; fields->label; fields++)
        if (label_at(s, i, fields->label))
            return fields;
    return NULL;
}

static void put_field(struct text_emit *e, const struct field *f, struct str value)
{
    if (f->id >= PROP_NUM_COUNT) {
        text_put_text(e, f->id, value);
        return;
    }
    struct str digits = text_digits(value);
    text_put_num(e, f->id, digits);
    if (f->original) {
        ptrdiff_t at = str_find(value, "(originally ");
        struct str first =
            at < 0 ? digits : text_digits(str_sub(value, (size_t)at + 12, value.len));
        text_put_num(e, f->original, first);
    }
    if (f->space_type)
        text_put_text(e, PROP_SORT_SPACE_TYPE, str_of(f->space_type));
}

static void read_fields(struct text_emit *e, struct str s, const struct field *fields)
{
    for (size_t i = 0; i < s.len;) {
        const struct field *f = field_at(s, i, fields);
        if (!f) {
            i++;
            continue;
        }
        size_t from = i + strlen(f->label) + 1, end = from;
        while (end < s.len && !(s.p[end] == ' ' && field_at(s, end + 1, fields)))
            end++;
        put_field(e, f, str_trim(str_sub(s, from, end)));
        i = end + 1;
    }
}

static const struct field sort_fields[] = {
    {"Sort Method", PROP_SORT_METHOD, 0, NULL},
    {"Memory", PROP_SORT_SPACE_USED, 0, "Memory"},
    {"Disk", PROP_SORT_SPACE_USED, 0, "Disk"},
    {NULL, 0, 0, NULL},
};
static const struct field hash_fields[] = {
    {"Buckets", PROP_HASH_BUCKETS, PROP_ORIGINAL_HASH_BUCKETS, NULL},
    {"Batches", PROP_HASH_BATCHES, PROP_ORIGINAL_HASH_BATCHES, NULL},
    {"Memory Usage", PROP_PEAK_MEMORY_USAGE, 0, NULL},
    {NULL, 0, 0, NULL},
};
static const struct field aggregate_fields[] = {
    {"Planned Partitions", PROP_PLANNED_PARTITIONS, 0, NULL},
    {"Batches", PROP_HASHAGG_BATCHES, 0, NULL},
    {"Memory Usage", PROP_PEAK_MEMORY_USAGE, 0, NULL},
    {"Disk Usage", PROP_DISK_USAGE, 0, NULL},
    {NULL, 0, 0, NULL},
};
static const struct field memoize_fields[] = {
    {"Hits", PROP_CACHE_HITS, 0, NULL},
    {"Misses", PROP_CACHE_MISSES, 0, NULL},
    {"Evictions", PROP_CACHE_EVICTIONS, 0, NULL},
    {"Overflows", PROP_CACHE_OVERFLOWS, 0, NULL},
    {"Memory Usage", PROP_PEAK_MEMORY_USAGE, 0, NULL},
    {NULL, 0, 0, NULL},
};
static const struct field storage_fields[] = {
    {"Storage", PROP_STORAGE, 0, NULL},
    {"Maximum Storage", PROP_MAXIMUM_STORAGE, 0, NULL},
    {NULL, 0, 0, NULL},
};

static const struct pair_name heap_pairs[] = {{"exact", PROP_EXACT_HEAP_BLOCKS},
                                              {"lossy", PROP_LOSSY_HEAP_BLOCKS}};
static const struct pair_name estimate_pairs[] = {{"capacity", PROP_ESTIMATED_CAPACITY},
                                                  {"distinct keys", PROP_ESTIMATED_KEYS},
                                                  {"lookups", PROP_ESTIMATED_LOOKUPS},
                                                  {"hit percent", PROP_ESTIMATED_HIT_PERCENT}};
static const struct pair_name tuple_pairs[] = {{"inserted", PROP_TUPLES_INSERTED},
                                               {"updated", PROP_TUPLES_UPDATED},
                                               {"deleted", PROP_TUPLES_DELETED},
                                               {"skipped", PROP_TUPLES_SKIPPED}};
static const struct pair_name prefetch_pairs[] = {{"avg", PROP_AVERAGE_PREFETCH},
                                                  {"max", PROP_MAX_PREFETCH},
                                                  {"capacity", PROP_PREFETCH_CAPACITY}};
static const struct pair_name io_pairs[] = {{"count", PROP_IO_COUNT},
                                            {"waits", PROP_IO_WAITS},
                                            {"size", PROP_AVERAGE_IO_SIZE},
                                            {"in-progress", PROP_AVERAGE_IOS}};

/* "system ('10'::real) REPEATABLE ('5'::double precision)" */
static void read_sampling(struct text_emit *e, struct str s)
{
    size_t open = 0, close;
    while (open < s.len && s.p[open] != '(')
        open++;
    text_put_text(e, PROP_SAMPLING_METHOD, str_trim(str_sub(s, 0, open)));
    for (close = open + 1; close < s.len && s.p[close] != ')'; close++)
        if (s.p[close] == '\'')
            close = skip_quotes(s, close) - 1;
    text_put_list(e, PROP_SAMPLING_PARAMETERS, str_sub(s, open + 1, close));
    ptrdiff_t seed = str_find(str_sub(s, close, s.len), " REPEATABLE (");
    if (seed >= 0) {
        struct str rest = str_sub(s, close + (size_t)seed + 13, s.len);
        text_put_text(e, PROP_REPEATABLE_SEED, str_sub(rest, 0, rest.len ? rest.len - 1 : 0));
    }
}

/* ---- incremental sort ---- */

static struct str field_value(struct str s, const char *label)
{
    static const char *const ends[] = {"  Sort Method", "  Average", "  Peak", "  Pre-sorted"};
    ptrdiff_t at = str_find(s, label);
    if (at < 0)
        return (struct str){0};
    s = str_sub(s, (size_t)at + strlen(label), s.len);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        ptrdiff_t end = str_find(s, ends[i]);
        if (end >= 0)
            s = str_sub(s, 0, (size_t)end);
    }
    return str_trim(s);
}

static void put_space(struct text_emit *e, struct str s, const char *kind)
{
    char average[32], peak[32], group[32];
    snprintf(average, sizeof average, "Average %s: ", kind);
    snprintf(peak, sizeof peak, "Peak %s: ", kind);
    snprintf(group, sizeof group, "Sort Space %s", kind);
    struct str a = text_digits(field_value(s, average)), p = text_digits(field_value(s, peak));
    if (!a.len && !p.len)
        return;
    build_open(e->b, str_of(group), BUILD_OBJECT, 0);
    build_scalar(e->b, STR("Average Sort Space Used"), VALUE_NUMBER, a);
    build_scalar(e->b, STR("Peak Sort Space Used"), VALUE_NUMBER, p);
    build_close(e->b);
}

/* "Full-sort Groups: 3  Sort Methods: quicksort, top-N heapsort  Average Memory: 26kB  ..." */
static void read_sort_groups(struct text_emit *e, struct str key, struct str value)
{
    struct str methods = field_value(value, "Sort Methods: "), item;
    if (!methods.p)
        methods = field_value(value, "Sort Method: ");
    build_open(e->b, key, BUILD_OBJECT, 0);
    build_scalar(e->b, STR("Group Count"), VALUE_NUMBER, text_digits(value));
    build_open(e->b, STR("Sort Methods Used"), BUILD_LIST, 0);
    while (text_next_item(&methods, &item))
        build_scalar(e->b, (struct str){0}, VALUE_STRING, item);
    build_close(e->b);
    put_space(e, value, "Memory");
    put_space(e, value, "Disk");
    build_close(e->b);
}

/* ---- one line ---- */

enum packed {
    PACKED_FIELDS,
    PACKED_PAIRS,
    PACKED_COUNTERS,
    PACKED_BATCHES,
    PACKED_SAMPLING,
    PACKED_SORT_GROUPS,
    PACKED_KEYS /* grouping sets */
};

static const struct packed_line {
    const char *key;
    enum packed how;
    const struct field *fields;
    const struct pair_name *pairs;
    size_t pair_count;
} packed_lines[] = {
    {"Buffers", PACKED_COUNTERS, NULL, NULL, 0},
    {"I/O Timings", PACKED_COUNTERS, NULL, NULL, 0},
    {"WAL", PACKED_COUNTERS, NULL, NULL, 0},
    {"Memory", PACKED_COUNTERS, NULL, NULL, 0},
    {"Sort Method", PACKED_FIELDS, sort_fields, NULL, 0},
    {"Buckets", PACKED_FIELDS, hash_fields, NULL, 0},
    {"Planned Partitions", PACKED_FIELDS, aggregate_fields, NULL, 0},
    {"Batches", PACKED_BATCHES, NULL, NULL, 0},
    {"Hits", PACKED_FIELDS, memoize_fields, NULL, 0},
    {"Storage", PACKED_FIELDS, storage_fields, NULL, 0},
    {"Heap Blocks", PACKED_PAIRS, NULL, heap_pairs, 2},
    {"Estimates", PACKED_PAIRS, NULL, estimate_pairs, 4},
    {"Tuples", PACKED_PAIRS, NULL, tuple_pairs, 4},
    {"Prefetch", PACKED_PAIRS, NULL, prefetch_pairs, 3},
    {"I/O", PACKED_PAIRS, NULL, io_pairs, 4},
    {"Sampling", PACKED_SAMPLING, NULL, NULL, 0},
    {"Full-sort Groups", PACKED_SORT_GROUPS, NULL, NULL, 0},
    {"Pre-sorted Groups", PACKED_SORT_GROUPS, NULL, NULL, 0},
    {"Hash Key", PACKED_KEYS, NULL, NULL, 0},
};

static const struct packed_line *find_packed(struct str key)
{
    for (size_t i = 0; i < sizeof packed_lines / sizeof packed_lines[0]; i++)
        if (key.p[0] == packed_lines[i].key[0] && str_is(key, packed_lines[i].key))
            return &packed_lines[i];
    return NULL;
}

bool text_is_detail_key(struct str key)
{
    if (prop_find(key) < PROP_COUNT || find_packed(key))
        return true;
    return (str_starts(key, "Worker ") && key.len > 7 && isdigit((unsigned char)key.p[7])) ||
           str_starts(key, "JIT for worker ") || text_is_jit_key(key);
}

static void read_packed(struct text_emit *e, const struct packed_line *how, struct str body,
                        struct str key, struct str value)
{
    bool hash = e->node && text_node_type(e->node) == NODE_HASH;
    switch (how->how) {
    case PACKED_COUNTERS:
        if (text_counters(e, key, value))
            return;
        break;
    case PACKED_FIELDS:
        read_fields(e, body, how->fields);
        return;
    case PACKED_BATCHES:
        read_fields(e, body, hash ? hash_fields : aggregate_fields);
        return;
    case PACKED_PAIRS:
        read_pairs(e, value, how->pairs, how->pair_count);
        return;
    case PACKED_SAMPLING:
        read_sampling(e, value);
        return;
    case PACKED_SORT_GROUPS:
        read_sort_groups(e, key, value);
        return;
    case PACKED_KEYS:
        break;
    }
    build_scalar(e->b, key, VALUE_STRING, value);
}

static bool is_list(enum prop_id id)
{
    return id == PROP_OUTPUT || id == PROP_SORT_KEY || id == PROP_PRESORTED_KEY ||
           id == PROP_GROUP_KEY || id == PROP_PARAMS_EVALUATED ||
           id == PROP_CONFLICT_ARBITER_INDEXES;
}

static void put_unknown(struct text_emit *e, struct str key, struct str value)
{
    double v;
    enum value_kind kind = VALUE_STRING;
    if (str_is(value, "true") || str_is(value, "false"))
        kind = VALUE_BOOL;
    else if (str_to_double(value, &v))
        kind = VALUE_NUMBER;
    build_scalar(e->b, key, kind, value);
}

static void read_line(struct text_emit *e, struct str body)
{
    struct str key, value;
    if (!text_key(body, &key, &value)) {
        build_scalar(e->b, STR("Detail"), VALUE_STRING, body);
        return;
    }
    const struct packed_line *packed = find_packed(key);
    enum prop_id id = packed ? PROP_UNKNOWN : prop_find(key);
    if (packed)
        read_packed(e, packed, body, key, value);
    else if (id >= PROP_COUNT)
        put_unknown(e, key, value);
    else if (id < PROP_NUM_COUNT && text_digits(value).len)
        text_put_num(e, id, text_digits(value));
    else if (is_list(id))
        text_put_list(e, id, value);
    else
        text_put_text(e, id, value);
}

/* ---- lines that take others with them ---- */

/* Does line `at` belong below the line that stands at `column`? */
static bool is_below(const struct text_emit *e, size_t at, unsigned column)
{
    if (at >= e->p->line_count || e->p->lines[at].kind != TEXT_DETAIL)
        return false;
    return e->p->lines[at].column > column;
}

/* The same where the indentation was lost: what follows a worker's line is the worker's. */
static bool is_below_worker(const struct text_emit *e, size_t at, unsigned column)
{
    if (e->p->guessed_tree && at < e->p->line_count && e->p->lines[at].kind == TEXT_DETAIL)
        return !str_starts(e->p->lines[at].body, "Worker ");
    return is_below(e, at, column);
}

/* A group that we do not know, with what stands deeper: as deep as the columns go. */
size_t text_group(struct text_emit *e, size_t at, struct str key)
{
    enum { DEEPEST = 64 };
    unsigned columns[DEEPEST];
    int depth = 0;
    size_t i = at + 1;
    bool outer = e->in_group;
    build_open(e->b, key, BUILD_OBJECT, (int)e->p->lines[at].line);
    columns[depth++] = e->p->lines[at].column;
    e->in_group = true;
    for (; is_below(e, i, columns[0]); i++) {
        struct str k, v, body = e->p->lines[i].body;
        for (; depth > 1 && e->p->lines[i].column <= columns[depth - 1]; depth--)
            build_close(e->b);
        if (!text_key(body, &k, &v)) {
            build_scalar(e->b, STR("Detail"), VALUE_STRING, body);
        } else if (v.len == 0 && depth < DEEPEST && is_below(e, i + 1, e->p->lines[i].column)) {
            build_open(e->b, k, BUILD_OBJECT, (int)e->p->lines[i].line);
            columns[depth++] = e->p->lines[i].column;
        } else {
            put_unknown(e, k, v);
        }
    }
    for (; depth > 0; depth--)
        build_close(e->b);
    e->in_group = outer;
    return i - at;
}

static size_t read_one(struct text_emit *e, size_t at)
{
    const struct text_line *line = &e->p->lines[at];
    struct str key, value;
    if (text_key(line->body, &key, &value) && value.len == 0) {
        if (str_is(key, "JIT"))
            return text_jit(e, at);
        if (is_below(e, at + 1, line->column))
            return text_group(e, at, key);
    }
    read_line(e, line->body);
    return 1;
}

/* "actual time=0.084..626.473 rows=21034.00 loops=1" */
static void read_worker_actual(struct text_emit *e, struct str s)
{
    struct str name, value;
    s = str_sub(s, 7, s.len);
    while (text_next_pair(&s, &name, &value)) {
        ptrdiff_t dots = str_find(value, "..");
        if (str_is_nocase(name, "time") && dots >= 0) {
            text_put_num(e, PROP_ACTUAL_STARTUP_TIME, str_sub(value, 0, (size_t)dots));
            text_put_num(e, PROP_ACTUAL_TOTAL_TIME, str_sub(value, (size_t)dots + 2, value.len));
        } else if (str_is_nocase(name, "rows")) {
            text_put_num(e, PROP_ACTUAL_ROWS, value);
        } else if (str_is_nocase(name, "loops")) {
            text_put_num(e, PROP_ACTUAL_LOOPS, value);
        }
    }
}

static void open_worker(struct text_emit *e, struct str digits, unsigned line)
{
    build_open(e->b, STR("Workers"), BUILD_LIST, (int)line);
    build_open(e->b, (struct str){0}, BUILD_OBJECT, (int)line);
    build_scalar(e->b, STR("Worker Number"), VALUE_NUMBER, text_digits(digits));
    e->in_group = true;
    memset(e->seen, 0, sizeof e->seen);
}

static void close_worker(struct text_emit *e)
{
    build_close(e->b);
    build_close(e->b);
    e->in_group = false;
}

/* Of the worker's figures JSON prints all, text those that are not zero. */
static void fill_worker(struct text_emit *e)
{
    if (e->p->elided)
        return;
    if (e->p->has_buffers && text_seen(e, PROP_ACTUAL_LOOPS))
        text_fill_buffers(e);
    if (text_seen(e, PROP_HASHAGG_BATCHES))
        text_put_zero(e, PROP_DISK_USAGE);
    if (text_seen(e, PROP_EXACT_HEAP_BLOCKS) || text_seen(e, PROP_LOSSY_HEAP_BLOCKS)) {
        text_put_zero(e, PROP_EXACT_HEAP_BLOCKS);
        text_put_zero(e, PROP_LOSSY_HEAP_BLOCKS);
    }
}

static size_t read_worker(struct text_emit *e, size_t at, struct str key, struct str value)
{
    const struct text_line *line = &e->p->lines[at];
    uint64_t seen[sizeof e->seen / sizeof e->seen[0]];
    size_t i = at + 1;
    memcpy(seen, e->seen, sizeof seen);
    open_worker(e, str_sub(key, 7, key.len), line->line);
    if (str_starts(value, "actual "))
        read_worker_actual(e, value);
    else if (value.len)
        read_line(e, value);
    while (is_below_worker(e, i, line->column))
        i += read_one(e, i);
    fill_worker(e);
    close_worker(e);
    memcpy(e->seen, seen, sizeof seen);
    return i - at;
}

/* "JIT for worker 0:" (servers up to 12) */
static size_t read_worker_jit(struct text_emit *e, size_t at, struct str key)
{
    const struct text_line *line = &e->p->lines[at];
    uint64_t seen[sizeof e->seen / sizeof e->seen[0]];
    memcpy(seen, e->seen, sizeof seen);
    open_worker(e, str_sub(key, 15, key.len), line->line);
    size_t n = text_jit(e, at);
    close_worker(e);
    memcpy(e->seen, seen, sizeof seen);
    return n;
}

/* ---- grouping sets ---- */

static struct str key_of_line(const struct text_emit *e, size_t at)
{
    struct str key = {0}, value;
    if (at < e->p->line_count && e->p->lines[at].kind == TEXT_DETAIL)
        text_key(e->p->lines[at].body, &key, &value);
    return key;
}

static bool is_set_key(struct str key)
{
    return str_is(key, "Group Key") || str_is(key, "Hash Key") || str_is(key, "Sort Key");
}

/* One "Group Key:" line is a plain GROUP BY; several, or a "Hash Key:", are grouping sets. */
static bool starts_grouping_sets(const struct text_emit *e, size_t at, struct str key)
{
    if (!e->node || text_node_type(e->node) != NODE_AGGREGATE || !is_set_key(key))
        return false;
    return str_is(key, "Hash Key") || is_set_key(key_of_line(e, at + 1)) ||
           str_ends(e->p->lines[at].body, ": ()");
}

static void put_items(struct text_emit *e, struct str key, struct str items)
{
    struct str item;
    build_open(e->b, key, BUILD_LIST, 0);
    if (!str_is(items, "()"))
        while (text_next_item(&items, &item))
            build_scalar(e->b, (struct str){0}, VALUE_STRING, item);
    build_close(e->b);
}

static struct str value_of_line(const struct text_emit *e, size_t at)
{
    struct str key, value = {0};
    text_key(e->p->lines[at].body, &key, &value);
    return value;
}

/* One set: an optional sort, then its key lines; hashed ones stand alone. */
static size_t read_grouping_set(struct text_emit *e, size_t at)
{
    size_t i = at;
    struct str key = key_of_line(e, i);
    build_open(e->b, (struct str){0}, BUILD_OBJECT, 0);
    unsigned column = e->p->lines[at].column;
    if (str_is(key, "Sort Key")) {
        put_items(e, key, value_of_line(e, i++));
        key = key_of_line(e, i);
        column = i < e->p->line_count ? e->p->lines[i].column : 0;
    }
    bool hashed = str_is(key, "Hash Key");
    build_open(e->b, hashed ? STR("Hash Keys") : STR("Group Keys"), BUILD_LIST, 0);
    while (str_is(key, hashed ? "Hash Key" : "Group Key") && e->p->lines[i].column == column) {
        put_items(e, (struct str){0}, value_of_line(e, i++));
        key = key_of_line(e, i);
        if (hashed)
            break;
    }
    build_close(e->b);
    build_close(e->b);
    return i - at;
}

static size_t read_grouping_sets(struct text_emit *e, size_t at)
{
    size_t i = at;
    build_open(e->b, STR("Grouping Sets"), BUILD_LIST, (int)e->p->lines[at].line);
    while (is_set_key(key_of_line(e, i)))
        i += read_grouping_set(e, i);
    build_close(e->b);
    return i - at;
}

/* ---- target tables of ModifyTable ---- */

static bool is_target_table(const struct text_emit *e, size_t at)
{
    bool figures, cut;
    struct str rest;
    if (!e->node || text_node_type(e->node) != NODE_MODIFY_TABLE || at >= e->p->line_count ||
        e->p->lines[at].kind != TEXT_DETAIL)
        return false;
    struct text_node n = text_title(e->p->lines[at].body, &figures, &rest, &cut);
    enum node_type type = text_node_type(&n);
    return n.target.len && (type == NODE_MODIFY_TABLE || type == NODE_FOREIGN_SCAN);
}

static size_t read_target_table(struct text_emit *e, size_t at)
{
    bool figures, cut;
    size_t i = at + 1;
    struct str rest, key, value;
    struct text_node n = text_title(e->p->lines[at].body, &figures, &rest, &cut);
    build_open(e->b, (struct str){0}, BUILD_OBJECT, 0);
    text_put_target(e, &n);
    for (; is_below(e, i, e->p->lines[at].column) && !is_target_table(e, i); i++)
        if (text_key(e->p->lines[i].body, &key, &value))
            put_unknown(e, key, value);
    build_close(e->b);
    return i - at;
}

static size_t read_target_tables(struct text_emit *e, size_t at)
{
    size_t i = at;
    build_open(e->b, STR("Target Tables"), BUILD_LIST, (int)e->p->lines[at].line);
    e->in_group = true;
    while (is_target_table(e, i))
        i += read_target_table(e, i);
    e->in_group = false;
    build_close(e->b);
    return i - at;
}

size_t text_detail(struct text_emit *e, size_t at)
{
    struct str key, value;
    if (!text_key(e->p->lines[at].body, &key, &value))
        return is_target_table(e, at) ? read_target_tables(e, at) : read_one(e, at);
    if (str_starts(key, "Worker ") && text_is_detail_key(key))
        return read_worker(e, at, key, value);
    if (str_starts(key, "JIT for worker "))
        return read_worker_jit(e, at, key);
    if (starts_grouping_sets(e, at, key))
        return read_grouping_sets(e, at);
    return read_one(e, at);
}
