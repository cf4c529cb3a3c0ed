/* Test Anything Protocol for unit tests: ok(), is_*(), done(). */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static bool ok(bool pass, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    printf("%sok %d - ", pass ? "" : "not ", ++tap_count);
    vprintf(fmt, ap);
    putchar('\n');
    va_end(ap);
    tap_failed += !pass;
    return pass;
}

__attribute__((unused)) static bool is_text(const char *got, const char *want, const char *what)
{
    bool pass = got && want ? strcmp(got, want) == 0 : got == want;
    ok(pass, "%s", what);
    if (!pass)
        printf("# got  \"%s\"\n# want \"%s\"\n", got ? got : "(null)", want ? want : "(null)");
    return pass;
}

__attribute__((unused)) static bool is_int(long long got, long long want, const char *what)
{
    if (!ok(got == want, "%s", what))
        printf("# got %lld, want %lld\n", got, want);
    return got == want;
}

/* Equal within an absolute tolerance. */
__attribute__((unused)) static bool is_near(double got, double want, double slack, const char *what)
{
    bool pass = fabs(got - want) <= slack;
    if (!ok(pass, "%s", what))
        printf("# got %.9g, want %.9g +- %g\n", got, want, slack);
    return pass;
}

__attribute__((unused)) static int done(void)
{
    printf("1..%d\n", tap_count);
    return tap_failed ? 1 : 0;
}

#endif
