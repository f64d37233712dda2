/* Owns the metrics of the process, with the names that every Prometheus client uses. Never reads
 * /proc/self/fd, which a process without core dumps cannot read. Called by GET /metrics.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/metrics.h"

enum { DESCRIPTORS_MAX = 1 << 16 };

/* Fields of /proc/self/stat after the command's name (proc(5)), and the fields that the metrics
 * need. */
struct process {
	unsigned long long user_ticks, system_ticks, start_ticks, virtual_bytes;
	long long resident_pages;
};

static bool read_stat(struct process *p)
{
	char text[1024];
	FILE *file = fopen("/proc/self/stat", "re");
	size_t n = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
	if (file != NULL)
		(void)fclose(file);
	text[n] = '\0';
	const char *rest = strrchr(text, ')');
	return rest != NULL && /* NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers */
	       sscanf(rest,
		      ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %*d "
		      "%*d %llu %llu %lld",
		      &p->user_ticks, &p->system_ticks, &p->start_ticks, &p->virtual_bytes,
		      &p->resident_pages) == 5;
}

/* When the machine started, in Unix seconds; 0: unknown. */
static unsigned long long boot_time(void)
{
	char line[256];
	unsigned long long at = 0;
	FILE *file = fopen("/proc/stat", "re");
	if (file == NULL)
		return 0;
	while (at == 0 && fgets(line, sizeof line, file) != NULL)
		/* NOLINTNEXTLINE(cert-err34-c): the same */
		(void)sscanf(line, "btime %llu", &at);
	(void)fclose(file);
	return at;
}

/* One poll() that does not wait shows for each descriptor whether it is open. */
static size_t count_descriptors(rlim_t limit)
{
	size_t max = limit < DESCRIPTORS_MAX ? (size_t)limit : DESCRIPTORS_MAX, open = 0;
	struct pollfd *all = calloc(max, sizeof *all);
	for (size_t i = 0; all != NULL && i < max; i++)
		all[i].fd = (int)i;
	if (all != NULL && poll(all, max, 0) >= 0)
		for (size_t i = 0; i < max; i++)
			open += (all[i].revents & POLLNVAL) == 0;
	free(all);
	return open;
}

static void put_descriptors(struct buf *out)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	const struct metric metrics[] = {
	    {"process_open_fds", "gauge", "Open file descriptors",
	     (double)count_descriptors(limit.rlim_cur)},
	    {"process_max_fds", "gauge", "Limit on open file descriptors", (double)limit.rlim_cur},
	};
	metrics_put(out, metrics, sizeof metrics / sizeof *metrics);
}

void metrics_process(struct buf *out)
{
	struct process p = {0};
	const double tick = (double)sysconf(_SC_CLK_TCK);
	if (read_stat(&p)) {
		const struct metric metrics[] = {
		    {"process_cpu_seconds_total", "counter",
		     "CPU time spent in user and system mode",
		     (double)(p.user_ticks + p.system_ticks) / tick},
		    {"process_resident_memory_bytes", "gauge",
		     "Resident memory, mapped database pages included",
		     (double)p.resident_pages * (double)sysconf(_SC_PAGESIZE)},
		    {"process_virtual_memory_bytes", "gauge",
		     "Address space, most of it the database's map", (double)p.virtual_bytes},
		    {"process_start_time_seconds", "gauge", "Start of the process, in Unix time",
		     (double)boot_time() + (double)p.start_ticks / tick},
		};
		metrics_put(out, metrics, sizeof metrics / sizeof *metrics);
	}
	put_descriptors(out);
}
