/*
 * Bytes in and out of the process.
 *
 * Input is decompressed by its content (gzip, zstd, xz, bzip2, concatenated members
 * included), whatever the file is called. Output goes to a descriptor in chunks, or to
 * a file that takes its name only when it is complete.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct err;

/* An open input. */
struct io_in;

/* Open a file, or standard input for "-". NULL and err (ERR_IO) when it cannot be opened or is a
 * directory. */
struct io_in *io_open(const char *path, struct err *err);
/* Up to `size` bytes of content into p; *got is 0 only at the end. False on a read error or bad
 * compressed data. */
bool io_read(struct io_in *in, char *p, size_t size, size_t *got, struct err *err);
/* How the content is compressed: "gzip", "zstd", "xz", "bzip2"; NULL: not at all. */
const char *io_compression(const struct io_in *in);
/* Bytes taken from the file so far; of a compressed one they are fewer than those handed out. */
unsigned long long io_position(const struct io_in *in);
/* Wait until there is something to read, or the end, at most that long; false: not yet. */
bool io_wait(const struct io_in *in, int timeout_ms);
/* Whether `path` names another file by now, or the file has become shorter (logs are rotated). */
bool io_replaced(const struct io_in *in, const char *path);
void io_close(struct io_in *in);
/* The decompressors and their versions, for --version. */
const char *io_libraries(void);

/* The whole content of a file ("-": standard input) appended to *out. What was read before an error
 * stays there. */
bool io_read_all(const char *path, struct buf *out, struct err *err);

/* Append s compressed (zlib's format, level 1); and what was so compressed, whose length is known.
 * False with ERR_SYNTAX when it is damaged. */
void io_pack(struct buf *out, struct str s);
bool io_unpack(struct buf *out, struct str packed, size_t len, struct err *err);
/* CRC-32 of s, going on from that of what came before it (0 at first). */
uint32_t io_crc(uint32_t crc, struct str s);

/*
 * An output. Writers append to `buf` and call io_out_pass() now and then, so that a long
 * report never has to fit in memory. Errors are kept and told when it is closed.
 */
struct io_out {
    struct buf buf;
    int fd;     /* -1: everything stays in buf */
    int error;  /* errno of the first write that failed */
    char *path; /* of a file, as it will be called */
    char *temp; /* what it is called until it is complete; NULL: written in place */
    bool own_fd;
};

/* Everything stays in memory, in out->buf. */
void io_out_memory(struct io_out *out);
/* To an open descriptor, which stays open. */
void io_out_fd(struct io_out *out, int fd);
/*
 * To a file: written beside it under another name, with the mode that the umask (or the
 * file it replaces) says, and renamed at io_out_close. Devices and pipes are written in place.
 */
bool io_out_create(struct io_out *out, const char *path, struct err *err);
/* Write what is pending if that is worth a system call. */
void io_out_pass(struct io_out *out);
/* Write what is left and finish. False with ERR_IO if anything could not be written; a file is then
 * left as it was. Releases out. */
bool io_out_close(struct io_out *out, struct err *err);
/* Give up: nothing more is written, no file appears. Releases out. */
void io_out_abandon(struct io_out *out);

#endif
