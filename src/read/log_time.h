/* Times as the server's log writes them. */
#ifndef LOG_TIME_H
#define LOG_TIME_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Length of "YYYY-MM-DD HH:MM:SS[.mmm] ZONE" (blank or T between; the zone may be missing, Z, an
 * abbreviation or an offset) at the beginning of s; 0: there is none. *ms: it has milliseconds.
 */
size_t log_time_len(struct str s, int *ms);
/*
 * Microseconds since 1970 UTC. Abbreviations whose offset is beyond doubt are converted, others
 * (IST is used in three countries) are taken for UTC. LOG_NO_TIME when it is no time.
 */
int64_t log_time_us(struct str s);
/* "1795332824.693", seconds since 1970 with milliseconds (%n). */
int64_t log_epoch_us(struct str s);
/* The traditional stamp of syslog, "Nov 22 07:28:46", in a year; its length in *len, 0: none. */
int64_t log_syslog_us(struct str s, int year, size_t *len);

#endif
