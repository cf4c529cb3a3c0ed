/*
 * A server that speaks PostgreSQL's protocol from a script, for what a real one will not do on
 * demand: to fall silent, to hang up in the middle of an answer, to be of another age.
 *
 *   fakepg SCRIPT       prints its port, then plays the script; each line is a step
 *
 *   accept              wait for a connection
 *   ssl LETTER          wait for SSLRequest, answer S or N; no SSL follows
 *   startup             wait for the startup packet
 *   welcome [VERSION]   let the client in, as a server of that version (15.4)
 *   password            ask for a password in clear text, wait for it
 *   expect TEXT         wait for a statement, to its Sync; it must have TEXT in it
 *   row TEXT            answer with one row of one column
 *   done                answer without rows
 *   notice TEXT         send a warning
 *   error STATE TEXT    send an error
 *   fatal STATE TEXT    the same, of those that end the session
 *   ready               ReadyForQuery, in a transaction
 *   any N               answer the next N statements, whatever they are: SELECTs with an empty row
 *   raw TEXT            send these bytes
 *   cancel              wait for a request to cancel, on a connection of its own
 *   close               hang up
 *   sleep SECONDS       say nothing
 *
 * It ends with status 1, and says so on standard error, when the client does something else.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

enum { SSL_REQUEST = 80877103, GSS_REQUEST = 80877104, CANCEL_REQUEST = 80877102 };
enum { LONGEST = 1 << 20 };

static int listener, client = -1;
static int step_line;

_Noreturn static void wrong(const char *what)
{
    fprintf(stderr, "fakepg: line %d: %s\n", step_line, what);
    exit(1);
}

/* ---- bytes ---- */

static void send_all(const char *p, size_t n)
{
    while (n) {
        ssize_t sent = send(client, p, n, MSG_NOSIGNAL);
        if (sent <= 0)
            wrong("the client hung up");
        p += sent;
        n -= (size_t)sent;
    }
}

static void receive(int fd, char *p, size_t n)
{
    while (n) {
        ssize_t got = recv(fd, p, n, 0);
        if (got <= 0)
            wrong("the client hung up");
        p += got;
        n -= (size_t)got;
    }
}

static uint32_t receive_int(int fd)
{
    uint32_t v;
    receive(fd, (char *)&v, sizeof v);
    return ntohl(v);
}

static void add_int(struct buf *b, uint32_t v)
{
    v = htonl(v);
    buf_add(b, (const char *)&v, sizeof v);
}

static void add_short(struct buf *b, uint16_t v)
{
    v = htons(v);
    buf_add(b, (const char *)&v, sizeof v);
}

static void add_text(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s) + 1);
}

/* A message: type, length, body; the body is freed. */
static void send_message(char type, struct buf *body)
{
    struct buf b = {0};
    buf_addc(&b, type);
    add_int(&b, (uint32_t)body->len + 4);
    buf_add(&b, body->data ? body->data : "", body->len);
    send_all(b.data, b.len);
    buf_free(&b);
    buf_free(body);
}

static void send_empty(char type)
{
    struct buf none = {0};
    send_message(type, &none);
}

/* ---- steps ---- */

static void do_accept(void)
{
    if (client >= 0)
        close(client);
    client = accept(listener, NULL, NULL);
    if (client < 0)
        wrong("nobody came");
}

/* The packet without a type that begins a connection; *code is its number. */
static void receive_packet(int fd, uint32_t *code)
{
    static char rest[LONGEST];
    uint32_t len = receive_int(fd);
    if (len < 8 || len > LONGEST)
        wrong("no packet");
    *code = receive_int(fd);
    receive(fd, rest, len - 8);
}

static void do_ssl(const char *letter)
{
    uint32_t code;
    receive_packet(client, &code);
    if (code == GSS_REQUEST) {
        send_all("N", 1);
        receive_packet(client, &code);
    }
    if (code != SSL_REQUEST)
        wrong("no SSLRequest");
    send_all(letter, 1);
}

static void do_startup(void)
{
    uint32_t code;
    do
        receive_packet(client, &code);
    while ((code == SSL_REQUEST || code == GSS_REQUEST) && (send_all("N", 1), true));
    if (code >> 16 != 3)
        wrong("no startup packet");
}

static void send_setting(const char *name, const char *value)
{
    struct buf b = {0};
    add_text(&b, name);
    add_text(&b, value);
    send_message('S', &b);
}

static void send_ready(char state)
{
    struct buf b = {0};
    buf_addc(&b, state);
    send_message('Z', &b);
}

static void do_welcome(const char *version)
{
    struct buf ok = {0}, key = {0};
    add_int(&ok, 0);
    send_message('R', &ok);
    send_setting("server_version", *version ? version : "15.4");
    send_setting("server_encoding", "UTF8");
    send_setting("client_encoding", "UTF8");
    send_setting("standard_conforming_strings", "on");
    add_int(&key, 4711);
    add_int(&key, 815);
    send_message('K', &key);
    send_ready('I');
}

static char receive_message(struct buf *body)
{
    char type;
    receive(client, &type, 1);
    uint32_t len = receive_int(client);
    if (len < 4 || len > LONGEST)
        wrong("a message of an odd length");
    buf_clear(body);
    buf_reserve(body, len);
    receive(client, body->data, len - 4);
    body->len = len - 4;
    body->data[body->len] = '\0';
    return type;
}

static void do_password(void)
{
    struct buf b = {0};
    add_int(&b, 3);
    send_message('R', &b);
    if (receive_message(&b) != 'p')
        wrong("no password");
    buf_free(&b);
}

/* The messages of one statement, to Sync; the statement in *sql. */
static void receive_statement(struct buf *sql)
{
    struct buf body = {0};
    for (char type = 0; type != 'S' && type != 'Q';) {
        type = receive_message(&body);
        if (type == 'X')
            wrong("the client said good-bye");
        if (type == 'P')
            buf_adds(sql, body.data + strlen(body.data) + 1);
        if (type == 'Q')
            buf_adds(sql, body.data);
    }
    buf_free(&body);
}

static void do_expect(const char *text)
{
    struct buf sql = {0};
    receive_statement(&sql);
    if (!sql.data || !strstr(sql.data, text)) {
        fprintf(stderr, "fakepg: got: %s\n", sql.data ? sql.data : "nothing");
        wrong("another statement was expected");
    }
    buf_free(&sql);
}

static void send_complete(const char *tag)
{
    struct buf b = {0};
    add_text(&b, tag);
    send_message('C', &b);
}

static void do_row(const char *text)
{
    struct buf row = {0}, data = {0};
    send_empty('1');
    send_empty('2');
    add_short(&row, 1);
    add_text(&row, "column");
    add_int(&row, 0);
    add_short(&row, 0);
    add_int(&row, 25);
    add_short(&row, UINT16_MAX);
    add_int(&row, UINT32_MAX);
    add_short(&row, 0);
    send_message('T', &row);
    add_short(&data, 1);
    add_int(&data, (uint32_t)strlen(text));
    buf_adds(&data, text);
    send_message('D', &data);
    send_complete("SELECT 1");
}

static void do_done(void)
{
    send_empty('1');
    send_empty('2');
    send_empty('n');
    send_complete("SET");
}

/* "STATE text" */
static void send_error(char type, const char *severity, const char *arg)
{
    char state[6] = "";
    struct buf b = {0};
    strncpy(state, arg, 5);
    buf_addc(&b, 'S');
    add_text(&b, severity);
    buf_addc(&b, 'V');
    add_text(&b, severity);
    buf_addc(&b, 'C');
    add_text(&b, state);
    buf_addc(&b, 'M');
    add_text(&b, strlen(arg) > 6 ? arg + 6 : "");
    buf_addc(&b, '\0');
    send_message(type, &b);
}

static void do_any(int n)
{
    for (; n > 0; n--) {
        struct buf sql = {0};
        receive_statement(&sql);
        if (sql.data && strncmp(sql.data, "SELECT", 6) == 0)
            do_row("");
        else
            do_done();
        send_ready('T');
        buf_free(&sql);
    }
}

static void do_cancel(void)
{
    uint32_t code;
    int other = accept(listener, NULL, NULL);
    receive_packet(other, &code);
    if (code != CANCEL_REQUEST)
        wrong("no request to cancel");
    close(other);
}

static void play(char *line)
{
    char *arg = strchr(line, ' ');
    if (arg)
        *arg++ = '\0';
    else
        arg = line + strlen(line);
    struct str word = str_of(line);
    if (str_is(word, "accept"))
        do_accept();
    else if (str_is(word, "ssl"))
        do_ssl(arg);
    else if (str_is(word, "startup"))
        do_startup();
    else if (str_is(word, "welcome"))
        do_welcome(arg);
    else if (str_is(word, "password"))
        do_password();
    else if (str_is(word, "expect"))
        do_expect(arg);
    else if (str_is(word, "row"))
        do_row(arg);
    else if (str_is(word, "done"))
        do_done();
    else if (str_is(word, "notice"))
        send_error('N', "WARNING", arg);
    else if (str_is(word, "error"))
        send_error('E', "ERROR", arg);
    else if (str_is(word, "fatal"))
        send_error('E', "FATAL", arg);
    else if (str_is(word, "ready"))
        send_ready('T');
    else if (str_is(word, "any"))
        do_any(atoi(arg));
    else if (str_is(word, "raw"))
        send_all(arg, strlen(arg));
    else if (str_is(word, "cancel"))
        do_cancel();
    else if (str_is(word, "close"))
        shutdown(client, SHUT_RDWR);
    else if (str_is(word, "sleep"))
        sleep((unsigned)atoi(arg));
    else
        wrong("no such step");
}

static void listen_somewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, len) != 0 ||
        listen(listener, 8) != 0 || getsockname(listener, (struct sockaddr *)&address, &len) != 0)
        wrong("cannot listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static char line[1 << 16];
    FILE *script = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!script)
        wrong("usage: fakepg SCRIPT");
    alarm(60); /* never left behind */
    listen_somewhere();
    while (fgets(line, sizeof line, script)) {
        step_line++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] && line[0] != '#')
            play(line);
    }
    fclose(script);
    return 0;
}
