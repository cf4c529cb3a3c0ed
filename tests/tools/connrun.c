/*
 * The connection on its own, for shell tests: runs the statements given, one after the other on
 * one connection, which PG* variables describe.
 *
 *   connrun [-p MS] [-s] [-v VALUE]... SQL...
 *
 * Prints cells tab-separated; an error as "code line:column message", with SQLSTATE and hint.
 * SIGINT cancels. -p: patience; -s: the simple protocol; -v: parameters of all that follow.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/conn.h"

static const char *const code_names[] = {
#define ERR(code, exit_status, text) #code,
#include "base/err.def"
#undef ERR
};

static atomic_bool stop;

static void on_signal(int sig)
{
    (void)sig;
    atomic_store(&stop, true);
}

static int report(const struct err *err, const char *sqlstate)
{
    printf("%s %zu:%zu %s\n", code_names[err->code], err->line, err->column, err->message);
    if (sqlstate[0])
        printf("sqlstate %s\n", sqlstate);
    if (err->hint[0])
        printf("hint %s\n", err->hint);
    if (err->near[0])
        printf("|%s\n|%*s^\n", err->near, (int)err->near_caret, "");
    return err_exit_status(err->code);
}

static void print_result(const struct conn_result *r)
{
    for (size_t row = 0; row < r->row_count; row++)
        for (size_t column = 0; column < r->column_count; column++) {
            struct str s = conn_cell(r, row, column);
            printf("%.*s%c", (int)(s.p ? s.len : 4), s.p ? s.p : "NULL",
                   column + 1 < r->column_count ? '\t' : '\n');
        }
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new(0);
    struct conn_options options = {.stop = &stop};
    struct conn_request request = {0};
    struct str values[16];
    struct buf notices = {0};
    struct err err = {0};
    double patience = 0;
    int status = 0;
    for (int c; (c = getopt(argc, argv, "p:sv:")) != -1;)
        if (c == 'p')
            patience = atof(optarg);
        else if (c == 's')
            request.simple = true;
        else if (c == 'v' && request.param_count < 16)
            values[request.param_count++] = str_of(optarg);
    signal(SIGINT, on_signal);
    struct conn *conn = conn_open(&options, &err);
    if (!conn)
        return report(&err, "");
    conn_set_patience(conn, patience);
    request.params = values;
    for (int i = optind; i < argc; i++) {
        struct conn_result result = {0};
        struct conn_place place = {.original = str_of(argv[i])};
        err_clear(&err);
        request.sql = str_of(argv[i]);
        request.place = &place;
        if (conn_run(conn, a, &request, &result, &err))
            print_result(&result);
        else
            status = report(&err, conn_sqlstate(conn));
    }
    conn_take_notices(conn, &notices);
    printf("%s%s\n", notices.data ? notices.data : "", conn_is_alive(conn) ? "alive" : "lost");
    buf_free(&notices);
    conn_close(conn);
    arena_free(a);
    return status;
}
