/* SPDX-License-Identifier: Apache-2.0 */
/* The shared table: totals over processes, survival, the text format, and its bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/metrics.h"

static const double bounds[] = { 0.005, 0.1, 1, 0 };
static const struct metric requests = { "http_request_duration_seconds",
	"Duration of HTTP requests in seconds", METRIC_HISTOGRAM, bounds };
static const struct metric jobs = { "print_jobs_total", "Total number\\of print jobs",
	METRIC_COUNTER, NULL };
static const struct metric sockets = { "websocket_connections_active", "Connections",
	METRIC_GAUGE, NULL };

static char path[] = "/tmp/platen-metrics-XXXXXX";

static int setup(void **state)
{
	struct err e;
	int fd;

	(void)state;
	snprintf(path, sizeof path, "/tmp/platen-metrics-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(metrics_open(path, &e), E_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	metrics_close();
	unlink(path);
	return 0;
}

static void text_format(void **state)
{
	struct buf labels = BUF_INIT, out = BUF_INIT;

	(void)state;
	metrics_label(&labels, "method", "GET");
	metrics_label(&labels, "route", "a\"b\\c\nd");
	metrics_observe(&requests, buf_str(&labels), 0.004);
	metrics_observe(&requests, buf_str(&labels), 0.5);
	metrics_observe(&requests, buf_str(&labels), 7);
	metrics_add(&jobs, "status=\"failed\"", 1);
	metrics_add(&jobs, "status=\"failed\"", 2);
	metrics_set(&sockets, NULL, 3);
	metrics_set(&sockets, NULL, 2);
	metrics_print(&out);
	assert_string_equal(buf_str(&out),
	    "# HELP http_request_duration_seconds Duration of HTTP requests in seconds\n"
	    "# TYPE http_request_duration_seconds histogram\n"
	    "http_request_duration_seconds_bucket{method=\"GET\",route=\"a\\\"b\\\\c\\nd\",le=\"0.005\"} 1\n"
	    "http_request_duration_seconds_bucket{method=\"GET\",route=\"a\\\"b\\\\c\\nd\",le=\"0.1\"} 1\n"
	    "http_request_duration_seconds_bucket{method=\"GET\",route=\"a\\\"b\\\\c\\nd\",le=\"1\"} 2\n"
	    "http_request_duration_seconds_bucket{method=\"GET\",route=\"a\\\"b\\\\c\\nd\",le=\"+Inf\"} 3\n"
	    "http_request_duration_seconds_sum{method=\"GET\",route=\"a\\\"b\\\\c\\nd\"} 7.504\n"
	    "http_request_duration_seconds_count{method=\"GET\",route=\"a\\\"b\\\\c\\nd\"} 3\n"
	    "# HELP print_jobs_total Total number\\\\of print jobs\n"
	    "# TYPE print_jobs_total counter\n"
	    "print_jobs_total{status=\"failed\"} 3\n"
	    "# HELP websocket_connections_active Connections\n"
	    "# TYPE websocket_connections_active gauge\n"
	    "websocket_connections_active 2\n"
	    "# HELP platen_metrics_dropped_total Samples without room in the table\n"
	    "# TYPE platen_metrics_dropped_total counter\n"
	    "platen_metrics_dropped_total 0\n");
	buf_fini(&labels);
	buf_fini(&out);
}

/* Eight processes race for the same new series and count; one is killed; the file is reopened. */
static void many_processes(void **state)
{
	struct buf out = BUF_INIT;
	struct err e;
	pid_t pid[8];

	(void)state;
	for (int i = 0; i < 8; i++) {
		pid[i] = fork();
		if (pid[i] == 0) {
			for (int n = 0; n < 1000; n++) {
				char labels[40];

				snprintf(labels, sizeof labels, "n=\"%d\"", n % 50);
				metrics_add(&jobs, labels, 1);
			}
			_exit(0);
		}
	}
	for (int i = 0; i < 8; i++)
		assert_int_equal(waitpid(pid[i], NULL, 0), pid[i]);
	metrics_close();
	assert_int_equal(metrics_open(path, &e), E_OK);
	metrics_print(&out);
	for (int n = 0; n < 50; n++) {
		char line[80], *at;

		snprintf(line, sizeof line, "print_jobs_total{n=\"%d\"} 160\n", n);
		at = strstr(buf_str(&out), line);
		assert_non_null(at);
		assert_null(strstr(at + 1, line)); /* each series once */
	}
	buf_fini(&out);
}

static void bounded(void **state)
{
	struct buf out = BUF_INIT;
	char labels[400];

	(void)state;
	for (int n = 0; n < 5000; n++) {
		snprintf(labels, sizeof labels, "n=\"%d\"", n);
		metrics_add(&jobs, labels, 1);
	}
	memset(labels, 'x', sizeof labels - 1);
	labels[sizeof labels - 1] = '\0';
	metrics_add(&jobs, labels, 1);
	metrics_print(&out);
	assert_non_null(strstr(buf_str(&out), "{n=\"2999\"} 1\n"));
	assert_null(strstr(buf_str(&out), "{n=\"3000\"}"));
	assert_non_null(strstr(buf_str(&out), "platen_metrics_dropped_total 2001\n"));
	buf_fini(&out);
}

static void another_layout(void **state)
{
	struct buf out = BUF_INIT;
	struct err e;
	FILE *f;

	(void)state;
	metrics_add(&jobs, NULL, 1);
	metrics_close();
	f = fopen(path, "r+e");
	assert_non_null(f);
	fputs("old!", f);
	fclose(f);
	assert_int_equal(metrics_open(path, &e), E_OK);
	metrics_print(&out);
	assert_null(strstr(buf_str(&out), "print_jobs_total"));
	buf_fini(&out);
	metrics_close();
	metrics_add(&jobs, NULL, 1); /* without a table: nothing */
	assert_int_equal(metrics_open("/nonexistent/metrics", &e), E_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_format, setup, teardown),
		cmocka_unit_test_setup_teardown(many_processes, setup, teardown),
		cmocka_unit_test_setup_teardown(bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(another_layout, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
