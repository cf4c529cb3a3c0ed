#include "base/io.h"

#include <bzlib.h>
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/arena.h"
#include "base/err.h"

enum { CHUNK = 64 * 1024 };

/* Bytes still to be taken (or room still to be filled) at p. */
struct span {
    char *p;
    size_t left;
};

enum step { STEP_MORE, STEP_END /* of one member */, STEP_BAD };

/* One way of compressing: open gives a state, step moves bytes from in to out. */
struct codec {
    const char *name;
    const char *magic;
    size_t magic_len;
    void *(*open)(void);
    enum step (*step)(void *state, struct span *in, struct span *out);
    void (*close)(void *state);
};

struct io_in {
    int fd;
    const struct codec *codec; /* NULL: plain */
    void *state;               /* of the codec; NULL between members */
    struct span raw;           /* read from fd, not used yet */
    bool at_end;               /* of fd */
    unsigned long long taken;  /* bytes read from fd */
    char chunk[CHUNK];
};

static void moved(struct span *s, size_t left)
{
    s->p += s->left - left;
    s->left = left;
}

static void *gzip_open(void)
{
    z_stream *z = xcalloc(1, sizeof *z);
    if (inflateInit2(z, 15 + 16) != Z_OK) {
        free(z);
        return NULL;
    }
    return z;
}

static enum step gzip_step(void *state, struct span *in, struct span *out)
{
    z_stream *z = state;
    uInt room = out->left < CHUNK ? (uInt)out->left : CHUNK;
    z->next_in = (Bytef *)in->p;
    z->avail_in = (uInt)in->left;
    z->next_out = (Bytef *)out->p;
    z->avail_out = room;
    int rc = inflate(z, Z_NO_FLUSH);
    moved(in, z->avail_in);
    moved(out, out->left - (room - z->avail_out));
    return rc == Z_STREAM_END ? STEP_END : rc == Z_OK || rc == Z_BUF_ERROR ? STEP_MORE : STEP_BAD;
}

static void gzip_close(void *state)
{
    inflateEnd(state);
    free(state);
}

static void *zstd_open(void)
{
    return ZSTD_createDStream();
}

static enum step zstd_step(void *state, struct span *in, struct span *out)
{
    ZSTD_inBuffer i = {in->p, in->left, 0};
    ZSTD_outBuffer o = {out->p, out->left, 0};
    size_t rc = ZSTD_decompressStream(state, &o, &i);
    moved(in, i.size - i.pos);
    moved(out, o.size - o.pos);
    return ZSTD_isError(rc) ? STEP_BAD : rc == 0 ? STEP_END : STEP_MORE;
}

static void zstd_close(void *state)
{
    ZSTD_freeDStream(state);
}

static void *xz_open(void)
{
    static const lzma_stream fresh = LZMA_STREAM_INIT;
    lzma_stream *x = xmalloc(sizeof *x);
    *x = fresh;
    if (lzma_stream_decoder(x, UINT64_MAX, 0) != LZMA_OK) {
        free(x);
        return NULL;
    }
    return x;
}

static enum step xz_step(void *state, struct span *in, struct span *out)
{
    lzma_stream *x = state;
    x->next_in = (const uint8_t *)in->p;
    x->avail_in = in->left;
    x->next_out = (uint8_t *)out->p;
    x->avail_out = out->left;
    lzma_ret rc = lzma_code(x, LZMA_RUN);
    moved(in, x->avail_in);
    moved(out, x->avail_out);
    return rc == LZMA_STREAM_END                   ? STEP_END
           : rc == LZMA_OK || rc == LZMA_BUF_ERROR ? STEP_MORE
                                                   : STEP_BAD;
}

static void xz_close(void *state)
{
    lzma_end(state);
    free(state);
}

static void *bzip2_open(void)
{
    bz_stream *b = xcalloc(1, sizeof *b);
    if (BZ2_bzDecompressInit(b, 0, 0) != BZ_OK) {
        free(b);
        return NULL;
    }
    return b;
}

static enum step bzip2_step(void *state, struct span *in, struct span *out)
{
    bz_stream *b = state;
    unsigned room = out->left < CHUNK ? (unsigned)out->left : CHUNK;
    b->next_in = in->p;
    b->avail_in = (unsigned)in->left;
    b->next_out = out->p;
    b->avail_out = room;
    int rc = BZ2_bzDecompress(b);
    moved(in, b->avail_in);
    moved(out, out->left - (room - b->avail_out));
    return rc == BZ_STREAM_END ? STEP_END : rc == BZ_OK ? STEP_MORE : STEP_BAD;
}

static void bzip2_close(void *state)
{
    BZ2_bzDecompressEnd(state);
    free(state);
}

static const struct codec codecs[] = {
    {"gzip", "\x1f\x8b\x08", 3, gzip_open, gzip_step, gzip_close},
    {"zstd", "\x28\xb5\x2f\xfd", 4, zstd_open, zstd_step, zstd_close},
    {"xz",
     "\xfd"
     "7zXZ\0",
     6, xz_open, xz_step, xz_close},
    {"bzip2", "BZh", 3, bzip2_open, bzip2_step, bzip2_close},
};
enum { MAGIC_MAX = 6 };

static bool fail_errno(struct err *err, int number)
{
    return err_set(err, ERR_IO, "%s", strerror(number));
}

/* read() that is not disturbed by signals; -1 with errno. */
static ssize_t read_some(int fd, char *p, size_t size)
{
    ssize_t n;
    do
        n = read(fd, p, size);
    while (n < 0 && errno == EINTR);
    return n;
}

/* More raw bytes behind those that are there; the chunk has room for them. */
static bool fill_raw(struct io_in *in, struct err *err)
{
    if (in->raw.left && in->raw.p != in->chunk)
        memmove(in->chunk, in->raw.p, in->raw.left);
    in->raw.p = in->chunk;
    ssize_t n = read_some(in->fd, in->chunk + in->raw.left, CHUNK - in->raw.left);
    if (n < 0)
        return fail_errno(err, errno);
    in->at_end = n == 0;
    in->raw.left += (size_t)n;
    in->taken += (unsigned long long)n;
    return true;
}

static const struct codec *recognise(struct span raw)
{
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
        if (raw.left >= codecs[i].magic_len &&
            memcmp(raw.p, codecs[i].magic, codecs[i].magic_len) == 0)
            return &codecs[i];
    return NULL;
}

static bool open_fd(struct io_in *in, const char *path, struct err *err)
{
    struct stat st;
    in->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0)
        return fail_errno(err, errno);
    if (fstat(in->fd, &st) == 0 && S_ISDIR(st.st_mode))
        return fail_errno(err, EISDIR);
    while (in->raw.left < MAGIC_MAX && !in->at_end)
        if (!fill_raw(in, err))
            return false;
    in->codec = recognise(in->raw);
    return true;
}

struct io_in *io_open(const char *path, struct err *err)
{
    struct io_in *in = xcalloc(1, sizeof *in);
    if (!open_fd(in, path, err)) {
        io_close(in);
        return NULL;
    }
    return in;
}

const char *io_compression(const struct io_in *in)
{
    return in->codec ? in->codec->name : NULL;
}

const char *io_libraries(void)
{
    return "zlib " ZLIB_VERSION ", zstd " ZSTD_VERSION_STRING ", xz " LZMA_VERSION_STRING ", bzip2";
}

unsigned long long io_position(const struct io_in *in)
{
    return in->taken;
}

bool io_wait(const struct io_in *in, int timeout_ms)
{
    struct pollfd p = {.fd = in->fd, .events = POLLIN};
    return in->raw.left > 0 || poll(&p, 1, timeout_ms) > 0;
}

bool io_replaced(const struct io_in *in, const char *path)
{
    struct stat here, there;
    if (fstat(in->fd, &here) != 0 || stat(path, &there) != 0)
        return false;
    return here.st_dev != there.st_dev || here.st_ino != there.st_ino ||
           (unsigned long long)there.st_size < in->taken;
}

void io_close(struct io_in *in)
{
    if (!in)
        return;
    if (in->state)
        in->codec->close(in->state);
    if (in->fd > STDIN_FILENO)
        close(in->fd);
    free(in);
}

static bool read_plain(struct io_in *in, char *p, size_t size, size_t *got, struct err *err)
{
    if (in->raw.left) {
        *got = in->raw.left < size ? in->raw.left : size;
        memcpy(p, in->raw.p, *got);
        moved(&in->raw, in->raw.left - *got);
        return true;
    }
    ssize_t n = read_some(in->fd, p, size); /* past the end too: the file may have grown */
    if (n < 0)
        return fail_errno(err, errno);
    *got = (size_t)n;
    in->taken += (unsigned long long)n;
    return true;
}

/* Between two members: skip the zero bytes that pad tapes and blocks; false at the end of it all.
 */
static bool next_member(struct io_in *in)
{
    while (in->raw.left && *in->raw.p == '\0')
        moved(&in->raw, in->raw.left - 1);
    return in->raw.left > 0;
}

static bool bad_data(const struct io_in *in, struct err *err)
{
    return err_set(err, ERR_IO, "the %s data is damaged", in->codec->name);
}

static bool read_packed(struct io_in *in, struct span *out, struct err *err)
{
    size_t room = out->left;
    while (out->left == room) {
        if (in->raw.left == 0 && !in->at_end && !fill_raw(in, err))
            return false;
        if (!in->state) {
            if (in->raw.left == 0 && in->at_end)
                return true;
            if (!next_member(in))
                continue;
            in->state = in->codec->open();
            if (!in->state)
                return err_set(err, ERR_IO, "%s cannot be started", in->codec->name);
        }
        size_t before = in->raw.left;
        enum step step = in->codec->step(in->state, &in->raw, out);
        if (step == STEP_BAD)
            return bad_data(in, err);
        if (step == STEP_END) {
            in->codec->close(in->state);
            in->state = NULL;
        } else if (in->at_end && in->raw.left == before && out->left == room) {
            return err_set(err, ERR_IO, "the %s data ends too early", in->codec->name);
        }
    }
    return true;
}

bool io_read(struct io_in *in, char *p, size_t size, size_t *got, struct err *err)
{
    *got = 0;
    if (!in->codec)
        return read_plain(in, p, size, got, err);
    struct span out = {p, size};
    bool good = read_packed(in, &out, err);
    *got = size - out.left;
    return good;
}

/* A small window: its memory is quick to get, and a plan's text repeats itself within it. */
enum { PACK_WINDOW_BITS = 13, PACK_MEMORY_LEVEL = 6 };

void io_pack(struct buf *out, struct str s)
{
    z_stream z = {0};
    if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, PACK_WINDOW_BITS, PACK_MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        BUG("zlib refuses to start");
    uLong size = deflateBound(&z, (uLong)s.len);
    buf_reserve(out, size);
    z.next_in = (Bytef *)(uintptr_t)(s.p ? s.p : "");
    z.avail_in = (uInt)s.len;
    z.next_out = (Bytef *)out->data + out->len;
    z.avail_out = (uInt)size;
    if (s.len > UINT_MAX / 2 || deflate(&z, Z_FINISH) != Z_STREAM_END)
        BUG("zlib refuses to compress %zu bytes", s.len);
    out->len += z.total_out;
    deflateEnd(&z);
}

bool io_unpack(struct buf *out, struct str packed, size_t len, struct err *err)
{
    uLongf size = (uLongf)len;
    buf_reserve(out, len + 1);
    int rc = uncompress((Bytef *)out->data + out->len, &size, (const Bytef *)packed.p,
                        (uLong)packed.len);
    if (rc != Z_OK || size != len)
        return err_set(err, ERR_SYNTAX, "compressed text is damaged");
    out->len += len;
    return true;
}

uint32_t io_crc(uint32_t crc, struct str s)
{
    return (uint32_t)crc32_z(crc, (const Bytef *)s.p, s.len);
}

bool io_read_all(const char *path, struct buf *out, struct err *err)
{
    struct stat st;
    struct io_in *in = io_open(path, err);
    if (!in)
        return false;
    if (!in->codec && fstat(in->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        buf_reserve(out, (size_t)st.st_size + 1);
    bool good;
    size_t got;
    do {
        buf_reserve(out, out->cap - out->len > 1 ? 1 : CHUNK);
        good = io_read(in, out->data + out->len, out->cap - out->len - 1, &got, err);
        out->len += got;
    } while (good && got);
    out->data[out->len] = '\0';
    io_close(in);
    return good;
}

void io_out_memory(struct io_out *out)
{
    *out = (struct io_out){.fd = -1};
}

void io_out_fd(struct io_out *out, int fd)
{
    *out = (struct io_out){.fd = fd};
}

static mode_t wanted_mode(const struct stat *old)
{
    if (old)
        return old->st_mode & 0777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* Open a new file beside `path`. */
static bool open_temp(struct io_out *out, const struct stat *old)
{
    size_t size = strlen(out->path) + sizeof ".XXXXXX";
    out->temp = xmalloc(size);
    snprintf(out->temp, size, "%s.XXXXXX", out->path);
    out->fd = mkostemp(out->temp, O_CLOEXEC);
    return out->fd >= 0 && fchmod(out->fd, wanted_mode(old)) == 0;
}

static bool open_out(struct io_out *out, const char *path)
{
    struct stat st;
    bool exists = stat(path, &st) == 0;
    char *real = exists ? realpath(path, NULL) : NULL; /* a symbolic link stays one */
    out->path = real;
    if (!real) {
        out->path = xmalloc(strlen(path) + 1);
        strcpy(out->path, path);
    }
    if (exists && !S_ISREG(st.st_mode)) {
        out->fd = open(path, O_WRONLY | O_CLOEXEC);
        return out->fd >= 0;
    }
    return open_temp(out, exists ? &st : NULL);
}

bool io_out_create(struct io_out *out, const char *path, struct err *err)
{
    *out = (struct io_out){.fd = -1, .own_fd = true};
    if (open_out(out, path))
        return true;
    int number = errno;
    io_out_abandon(out);
    return fail_errno(err, number);
}

static void write_pending(struct io_out *out)
{
    for (size_t done = 0; done < out->buf.len && !out->error;) {
        ssize_t n = write(out->fd, out->buf.data + done, out->buf.len - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            out->error = errno;
    }
    buf_clear(&out->buf);
}

void io_out_pass(struct io_out *out)
{
    if (out->fd >= 0 && out->buf.len >= CHUNK)
        write_pending(out);
}

bool io_out_close(struct io_out *out, struct err *err)
{
    if (out->fd >= 0)
        write_pending(out);
    if (out->own_fd && close(out->fd) != 0 && !out->error)
        out->error = errno;
    if (out->own_fd)
        out->fd = -1;
    if (out->temp && !out->error && rename(out->temp, out->path) != 0)
        out->error = errno;
    int number = out->error;
    if (!number) {
        free(out->temp);
        out->temp = NULL;
    }
    io_out_abandon(out);
    return number == 0 || fail_errno(err, number);
}

void io_out_abandon(struct io_out *out)
{
    if (out->own_fd && out->fd >= 0)
        close(out->fd);
    if (out->temp)
        unlink(out->temp);
    free(out->temp);
    free(out->path);
    buf_free(&out->buf);
    *out = (struct io_out){.fd = -1};
}
