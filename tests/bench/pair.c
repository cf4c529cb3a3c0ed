/*
 * Two commands against each other: pair ROUNDS A... -- B...
 *
 * They run in turns, so that what else the machine does falls on both alike. Prints, tab
 * separated: least wall ms of A, of B, median of the ratios A/B, peak kB of A, of B.
 * Output of the commands is thrown away. B may be missing.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct sample {
    double ms;
    long peak_kb;
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct sample run(char **argv)
{
    double start = now_ms();
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        execvp(argv[0], argv);
        _exit(127);
    }
    int status;
    struct rusage usage;
    wait4(pid, &status, 0, &usage);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "pair: %s failed\n", argv[0]);
        exit(1);
    }
    return (struct sample){now_ms() - start, usage.ru_maxrss};
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? atoi(argv[1]) : 0;
    char **a = argv + 2, **b = NULL;
    double ratio[1000], least_a = 1e300, least_b = 1e300;
    long peak_a = 0, peak_b = 0;
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--") == 0) {
            argv[i] = NULL;
            b = argv + i + 1;
        }
    if (rounds < 1 || rounds > 1000)
        return 2;
    for (int i = 0; i < rounds; i++) {
        struct sample x = run(a), y = b ? run(b) : x;
        ratio[i] = x.ms / y.ms;
        least_a = x.ms < least_a ? x.ms : least_a;
        least_b = y.ms < least_b ? y.ms : least_b;
        peak_a = x.peak_kb > peak_a ? x.peak_kb : peak_a;
        peak_b = y.peak_kb > peak_b ? y.peak_kb : peak_b;
    }
    qsort(ratio, (size_t)rounds, sizeof *ratio, by_value);
    printf("%.2f\t%.2f\t%.3f\t%ld\t%ld\n", least_a, least_b, ratio[rounds / 2], peak_a, peak_b);
    return 0;
}
