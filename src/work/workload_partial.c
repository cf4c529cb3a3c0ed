/*
 * A workload as a file. One description serves both ways: code_*() writes what it is shown, or
 * reads into it.
 *
 *   pgsift-partial VERSION LENGTH CRC\n
 *   content, compressed: whole numbers of seven bits a byte, the lowest first; texts with their
 *   length + 1 before them (0: absent)
 *
 * Queries come by id, what is in them in its own order: equal workloads give equal content.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/io.h"
#include "read/log.h"
#include "work/workload_private.h"

enum { PARTIAL_VERSION = 2 };
static const char MAGIC[] = "pgsift-partial ";

struct codec {
    struct buf *out; /* writing; NULL: reading */
    struct str in;
    size_t at;
    bool bad;
};

/* ---- numbers and texts ---- */

static void code(struct codec *c, uint64_t *v)
{
    if (c->out) {
        uint64_t rest = *v;
        for (; rest >= 0x80; rest >>= 7)
            buf_addc(c->out, (char)(rest | 0x80));
        buf_addc(c->out, (char)rest);
        return;
    }
    *v = 0;
    for (unsigned shift = 0; shift < 70 && c->at < c->in.len; shift += 7) {
        unsigned char byte = (unsigned char)c->in.p[c->at++];
        if (shift < 64)
            *v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return;
    }
    c->bad = true;
    *v = 0;
}

static void code_time(struct codec *c, int64_t *v)
{
    uint64_t zigzag = (uint64_t)*v << 1 ^ (uint64_t)(*v >> 63);
    code(c, &zigzag);
    *v = (int64_t)(zigzag >> 1) ^ -(int64_t)(zigzag & 1);
}

static void code_size(struct codec *c, size_t *v)
{
    uint64_t wide = *v;
    code(c, &wide);
    *v = (size_t)wide;
}

static void code_bool(struct codec *c, bool *v)
{
    uint64_t wide = *v;
    code(c, &wide);
    *v = wide != 0;
}

/* How many things of at least one byte each follow. */
static size_t code_count(struct codec *c, size_t n)
{
    code_size(c, &n);
    if (!c->out && n > c->in.len - c->at) {
        c->bad = true;
        return 0;
    }
    return n;
}

/* Read: a slice of the input. */
static void code_str(struct codec *c, struct str *s)
{
    uint64_t n = s->p ? (uint64_t)s->len + 1 : 0;
    code(c, &n);
    if (c->out) {
        buf_addstr(c->out, *s);
        return;
    }
    *s = (struct str){0};
    if (n > c->in.len - c->at + 1)
        c->bad = true;
    if (n == 0 || c->bad)
        return;
    *s = (struct str){c->in.p + c->at, (size_t)n - 1};
    c->at += s->len;
}

/* Read: a copy on the heap. */
static void code_text(struct codec *c, struct str *s)
{
    code_str(c, s);
    if (!c->out)
        *s = heap_str(*s);
}

/* ---- sums ---- */

static void code_hist(struct codec *c, struct tally_hist *h)
{
    uint64_t last = 0;
    size_t n = code_count(c, h->count);
    if (!c->out) {
        *h = (struct tally_hist){.cap = (uint32_t)n};
        h->entry = xmalloc(n * sizeof *h->entry);
    }
    for (size_t i = 0; i < n && !c->bad; i++) {
        uint64_t bucket = c->out ? (h->entry[i] >> 48) - last : 0;
        uint64_t times = c->out ? h->entry[i] & (((uint64_t)1 << 48) - 1) : 0;
        code(c, &bucket);
        code(c, &times);
        bucket += last;
        if (bucket >= 4096 || times == 0 || times >> 48 || (i && bucket == last))
            c->bad = true;
        last = bucket;
        if (!c->out && !c->bad)
            h->entry[h->count++] = bucket << 48 | times;
    }
}

static void code_tally(struct codec *c, struct tally *t)
{
    uint64_t low = (uint64_t)t->squares, high = (uint64_t)(t->squares >> 64);
    code(c, &t->calls);
    code(c, &t->total_ns);
    code(c, &t->min_ns);
    code(c, &t->max_ns);
    code(c, &low);
    code(c, &high);
    t->squares = (tally_wide)high << 64 | low;
    code_hist(c, &t->hist);
}

static void code_series(struct codec *c, struct tally_series *s)
{
    uint64_t level = s->level;
    int64_t last = 0;
    code(c, &level);
    size_t n = code_count(c, s->count);
    if (n > TALLY_BUCKETS || level >= TALLY_LEVELS)
        c->bad = true;
    if (c->bad)
        return;
    if (!c->out) {
        *s = (struct tally_series){.level = (unsigned)level, .cap = (uint32_t)n};
        s->bucket = xmalloc(n * sizeof *s->bucket);
    }
    for (size_t i = 0; i < n && !c->bad; i++) {
        struct tally_bucket b = {0};
        if (c->out)
            b = s->bucket[i];
        int64_t step = (int64_t)((uint64_t)b.number - (uint64_t)last);
        code_time(c, &step);
        code(c, &b.calls);
        code(c, &b.ns);
        b.number = (int64_t)((uint64_t)last + (uint64_t)step);
        int64_t most = INT64_MAX / 1000000 / tally_width_s((unsigned)level); /* in us it fits */
        if ((i && b.number <= last) || b.number > most || b.number < -most)
            c->bad = true;
        last = b.number;
        if (!c->out && !c->bad)
            s->bucket[s->count++] = b;
    }
}

static void code_io(struct codec *c, struct work_io *io)
{
    uint64_t *const field[] = {&io->executions,   &io->hit,     &io->read,
                               &io->dirtied,      &io->written, &io->temp_read,
                               &io->temp_written, &io->read_ns, &io->write_ns};
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
        code(c, field[i]);
}

static void code_spill(struct codec *c, struct work_spill *s)
{
    code(c, &s->executions);
    code(c, &s->blocks);
    code(c, &s->known);
    code_hist(c, &s->need);
}

static void code_temp(struct codec *c, struct work_temp *t)
{
    code(c, &t->files);
    code(c, &t->bytes);
    code(c, &t->largest);
}

/* ---- examples, shapes, findings ---- */

static void code_example(struct codec *c, struct work_example *x)
{
    struct work_example now = c->out ? *x : (struct work_example){0};
    struct str *const text[] = {&now.file, &now.time_text, &now.user,    &now.database,
                                &now.app,  &now.params,    &now.context, &now.sql};
    struct str packed = {now.packed, now.packed_len};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        code_str(c, text[i]);
    code_str(c, &packed);
    code(c, &now.duration_ns);
    code(c, &now.digest);
    code_time(c, &now.time_us);
    code_size(c, &now.line);
    code_size(c, &now.body_len);
    if (c->out || c->bad || !now.file.p)
        return;
    if (now.body_len > packed.len * 1100 + 64) /* deflate cannot do more than 1032 : 1 */
        c->bad = true;
    now.packed = packed.p;
    now.packed_len = packed.len;
    example_set(x, &now);
}

static void code_shape(struct codec *c, struct work_shape *s)
{
    code_tally(c, &s->stat);
    code(c, &s->nested);
    code(c, &s->unmeasured);
    code(c, &s->untimed);
    code(c, &s->misestimated);
    code_time(c, &s->first_us);
    code_time(c, &s->last_us);
    code_series(c, &s->series);
    code_example(c, &s->example);
}

static void code_shapes(struct codec *c, struct query *q)
{
    size_t n = code_count(c, q->q.shape_count);
    for (size_t i = 0; i < n && !c->bad; i++) {
        uint64_t id = c->out ? q->q.shapes[i]->id : 0;
        code(c, &id);
        struct work_shape *s = shape_get(q, id);
        if (!c->out && s->stat.calls)
            c->bad = true; /* twice */
        else
            code_shape(c, s);
    }
}

static void code_finding(struct codec *c, struct work_finding *f)
{
    uint64_t severity = f->severity;
    uint64_t *const field[] = {&f->executions,   &f->untimed,   &f->stake_ns,
                               &f->stake_max_ns, &f->share_ppm, &f->factor_min,
                               &f->factor_max,   &f->shape,     &severity};
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
        code(c, field[i]);
    c->bad = c->bad || severity > SEVERITY_HIGH;
    f->severity = severity <= SEVERITY_HIGH ? (enum severity)severity : SEVERITY_INFO;
    code_text(c, &f->title);
    code_text(c, &f->remedy);
    code_text(c, &f->sql);
    code_text(c, &f->file);
    code_size(c, &f->line);
}

static void code_findings(struct codec *c, struct query *q)
{
    size_t n = code_count(c, q->q.finding_count);
    for (size_t i = 0; i < n && !c->bad; i++) {
        struct str id = {0}, subject = {0};
        if (c->out) {
            id = str_of(q->q.findings[i]->rule->id);
            subject = q->q.findings[i]->subject;
        }
        code_str(c, &id);
        code_str(c, &subject);
        const struct rule *rule = rule_find(id);
        if (!rule || !subject.p) {
            c->bad = true;
            return;
        }
        struct work_finding *f = finding_get(q, rule, subject);
        if (!c->out && f->title.p)
            c->bad = true; /* twice */
        else
            code_finding(c, f);
    }
}

static void code_constants(struct codec *c, struct query *q)
{
    bool known = q->q.constants_known;
    uint64_t last = 0;
    code_bool(c, &known);
    size_t n = code_count(c, q->q.constant_count);
    if (!c->out) {
        q->constants = xmalloc(n * sizeof *q->constants);
        q->q.constants = q->constants;
        q->q.constants_known = known;
    }
    for (size_t i = 0; i < n && !c->bad; i++) {
        uint64_t step = c->out ? q->constants[i] - last : 0;
        code(c, &step);
        last += step;
        if (!c->out)
            q->constants[q->q.constant_count++] = last;
    }
}

/* ---- queries ---- */

static void code_query(struct codec *c, struct query *q)
{
    struct work_query *x = &q->q;
    uint64_t class = x->class;
    uint64_t *const field[] = {&class,         &x->nested, &x->nested_ns, &x->planned,
                               &x->planned_ns, &x->paired, &x->whole_ns,  &x->parses,
                               &x->parse_ns,   &x->binds,  &x->bind_ns,   &x->fetches,
                               &x->fetch_ns,   &x->errors, &x->rows_x100, &x->measured};
    code_bool(c, &x->own);
    code_text(c, &x->text);
    code_size(c, &x->text_len);
    code_tally(c, &x->stat);
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
        code(c, field[i]);
    c->bad = c->bad || class > WORK_UTILITY || !x->text.p;
    x->class = class <= WORK_UTILITY ? (enum work_class) class : WORK_UTILITY;
    code_io(c, &x->io);
    code_spill(c, &x->spill);
    code_temp(c, &x->temp);
    code_time(c, &x->first_us);
    code_time(c, &x->last_us);
    code_series(c, &x->series);
    code_shapes(c, q);
    code_findings(c, q);
    code_constants(c, q);
    code_example(c, &x->example);
}

static void code_total(struct codec *c, struct work_total *t)
{
    uint64_t *const field[] = {&t->nested,     &t->nested_ns, &t->phase_ns,   &t->unknown,
                               &t->unknown_ns, &t->plans,     &t->unmeasured, &t->untimed};
    code_tally(c, &t->stat);
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
        code(c, field[i]);
    code_io(c, &t->io);
    code_spill(c, &t->spill);
    code_temp(c, &t->temp);
    code_time(c, &t->first_us);
    code_time(c, &t->last_us);
    code_series(c, &t->series);
}

static void code_problems(struct codec *c, struct workload *w)
{
    size_t n = code_count(c, w->problem_count);
    for (size_t i = 0; i < n && !c->bad; i++) {
        struct work_problem p = c->out ? w->problems[i] : (struct work_problem){0};
        code_str(c, &p.file);
        code_size(c, &p.line);
        code_str(c, &p.message);
        if (!c->out && !c->bad)
            problem_offer(w, p.file, p.line, p.message);
    }
}

static void code_files(struct codec *c, struct workload *w)
{
    size_t n = code_count(c, w->file_count);
    for (size_t i = 0; i < n && !c->bad; i++) {
        struct str name = c->out ? w->files[i] : (struct str){0};
        code_str(c, &name);
        if (!c->out && name.p)
            file_add(w, name);
    }
}

static void code_workload(struct codec *c, struct workload *w, struct query *const *order)
{
    code_bool(c, &w->options.no_values);
    for (size_t i = 0; i < WORK_COUNT_COUNT; i++)
        code(c, &w->count[i]);
    code_total(c, &w->total);
    code_files(c, w);
    code_problems(c, w);
    size_t n = code_count(c, w->query_count);
    for (size_t i = 0; i < n && !c->bad; i++) {
        uint64_t id = c->out ? order[i]->q.id : 0;
        code(c, &id);
        struct query *q = c->out ? order[i] : query_get(w, id);
        if (!c->out && q->q.text.p)
            c->bad = true; /* twice */
        else
            code_query(c, q);
    }
    if (!c->out && c->at != c->in.len)
        c->bad = true;
}

/* ---- files ---- */

void workload_write(const struct workload *w, struct io_out *out)
{
    struct arena *a = arena_new(0);
    struct buf content = {0};
    struct codec c = {.out = &content};
    size_t count;
    const struct work_query **by_id = workload_queries(a, w, &count);
    struct query **order = arena_calloc(a, count, sizeof(struct query *));
    for (size_t i = 0; i < count; i++)
        order[i] = query_of(by_id[i]);
    /* Writing changes nothing: the one description is for reading, too. */
    code_workload(&c, (struct workload *)(uintptr_t)w, order);
    buf_printf(&out->buf, "%s%d %zu %08" PRIx32 "\n", MAGIC, PARTIAL_VERSION, content.len,
               io_crc(0, buf_str(&content)));
    io_pack(&out->buf, buf_str(&content));
    buf_free(&content);
    arena_free(a);
}

bool workload_is_partial(struct str content)
{
    return str_starts(content, MAGIC);
}

static bool damaged(struct err *err)
{
    err_set(err, ERR_SYNTAX, "the partial result is damaged or was cut off");
    err_hint(err, "write it again with pgsift log --partial");
    return false;
}

/* The next word of a line, as a number. */
static bool number_of(struct str *line, int base, unsigned long long *out)
{
    char word[32] = {0};
    size_t n = 0;
    while (n < line->len && line->p[n] != ' ')
        n++;
    if (n == 0 || n >= sizeof word)
        return false;
    memcpy(word, line->p, n);
    *line = str_sub(*line, n + 1, line->len);
    char *end;
    *out = strtoull(word, &end, base);
    return *end == 0;
}

static bool unpack(struct str content, struct buf *out, struct err *err)
{
    struct str line;
    unsigned long long version, len, crc;
    if (!workload_is_partial(content)) {
        err_set(err, ERR_SYNTAX, "not a partial result of pgsift");
        err_hint(err, "--merge takes files that pgsift log --partial wrote");
        return false;
    }
    content = str_sub(content, sizeof MAGIC - 1, content.len);
    const char *end = memchr(content.p, '\n', content.len);
    line = end ? str_sub(content, 0, (size_t)(end - content.p)) : (struct str){0};
    if (!number_of(&line, 10, &version))
        return damaged(err);
    if (version != PARTIAL_VERSION) {
        err_set(err, ERR_VERSION, "the partial result has version %llu, this pgsift reads %d",
                version, PARTIAL_VERSION);
        err_hint(err, "write and merge with the same pgsift");
        return false;
    }
    if (!number_of(&line, 10, &len) || !number_of(&line, 16, &crc))
        return damaged(err);
    struct str packed = str_sub(content, (size_t)(end + 1 - content.p), content.len);
    struct err ours = {0};
    if (len > packed.len * 1100ull + 64 || !io_unpack(out, packed, (size_t)len, &ours) ||
        io_crc(0, buf_str(out)) != crc)
        return damaged(err);
    return true;
}

bool workload_read(struct workload *w, struct str content, struct err *err)
{
    struct buf plain = {0};
    struct workload *from = workload_new(NULL);
    struct codec c = {0};
    bool good = unpack(content, &plain, err);
    if (good) {
        c.in = buf_str(&plain);
        code_workload(&c, from, NULL);
        good = !c.bad || damaged(err);
    }
    if (good)
        workload_merge(w, from);
    workload_free(from);
    buf_free(&plain);
    return good;
}
