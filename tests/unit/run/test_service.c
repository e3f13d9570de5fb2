/* SPDX-License-Identifier: Apache-2.0 */
/* The skeleton of a program, each case in a child of its own because it may end the process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/service.h"

static char dir[64];

struct outcome {
	int status;
	char out[2048];
};

static int body(int argc, char **argv)
{
	const char *pool = "none", *flag = NULL;
	const struct service_option options[] = {
		{ "pool", "NAME", "which pool", &pool },
		{ "dry", NULL, "only say what would be done", &flag },
		{ NULL, NULL, NULL, NULL },
	};
	struct service s = { .name = "platen-test", .summary = "is a test", .options = options,
		.pid_name = "test" };
	char path[128];
	struct err e;

	service_init(&s, argc, argv);
	service_write_pid(&s);
	snprintf(path, sizeof path, "%s/test.pid", dir);
	printf("pool=%s dry=%s pid=%d dir=%s\n", pool, flag == NULL ? "-" : flag,
	    access(path, R_OK) == 0, conf_text(s.conf, "run.dir"));
	if (flag != NULL) {
		setenv("PLATEN_HTTP_ACTION_WAIT", "nonsense", 1);
		printf("reload=%d", service_reload(&s, &e) == E_OK);
		setenv("PLATEN_HTTP_ACTION_WAIT", "7s", 1);
		printf(",%d", service_reload(&s, &e) == E_OK);
		printf(" wait=%lld\n", (long long)(conf_duration(s.conf, "http.action_wait") / USEC_PER_SEC));
	}
	service_fini(&s);
	printf("left=%d\n", access(path, R_OK) == 0);
	fflush(stdout);
	return 7;
}

static void run(struct outcome *o, char *const *argv)
{
	int argc = 0, out[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	while (argv[argc] != NULL)
		argc++;
	assert_int_equal(pipe(out), 0);
	pid = fork();
	if (pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		dup2(out[1], STDERR_FILENO);
		close(out[0]);
		setenv("PLATEN_RUN_DIR", dir, 1);
		exit(body(argc, (char **)argv));
	}
	close(out[1]);
	while ((n = read(out[0], o->out + len, sizeof o->out - 1 - len)) > 0)
		len += (size_t)n;
	o->out[len] = '\0';
	close(out[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	o->status = WEXITSTATUS(status);
}

#define RUN(o, ...) run((o), (char *const[]){ (char *)"platen-test", __VA_ARGS__, NULL })

static void test_options(void **state)
{
	struct outcome o;

	(void)state;
	RUN(&o, (char *)"--pool", (char *)"api");
	assert_int_equal(o.status, 7);
	assert_non_null(strstr(o.out, "pool=api dry=- pid=1"));
	assert_non_null(strstr(o.out, "left=0"));
	RUN(&o, (char *)"--pool=a=b", (char *)"--dry");
	assert_non_null(strstr(o.out, "pool=a=b dry=1"));
	RUN(&o, (char *)"--help");
	assert_int_equal(o.status, 0);
	assert_non_null(strstr(o.out, "--pool NAME"));
	assert_non_null(strstr(o.out, "--config FILE"));
	RUN(&o, (char *)"--version");
	assert_int_equal(o.status, 0);
	assert_non_null(strstr(o.out, "platen-test "));
}

static void test_wrong_options_end_with_2(void **state)
{
	static const char *const wrong[] = { "--nonsense", "--pool", "word", "--", "--dry=yes", "-x" };
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		RUN(&o, (char *)wrong[i]);
		if (o.status != 2 || strstr(o.out, "--help") == NULL)
			fail_msg("%s: %d %s", wrong[i], o.status, o.out);
	}
}

static void test_configuration(void **state)
{
	struct outcome o;
	char path[128];
	FILE *f;

	(void)state;
	snprintf(path, sizeof path, "%s/no-such-file", dir);
	RUN(&o, (char *)"--config", path);
	assert_int_equal(o.status, 1);
	snprintf(path, sizeof path, "%s/platen.conf", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("log.level = error\nhttp.action_wait = never\n", f);
	fclose(f);
	RUN(&o, (char *)"--config", path);
	assert_int_equal(o.status, 1);
	assert_non_null(strstr(o.out, "http.action_wait"));
	unlink(path);
}

static void test_reload_keeps_the_old_when_it_does_not_parse(void **state)
{
	struct outcome o;

	(void)state;
	RUN(&o, (char *)"--dry");
	assert_non_null(strstr(o.out, "reload=0,1 wait=7"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_wrong_options_end_with_2),
		cmocka_unit_test(test_configuration),
		cmocka_unit_test(test_reload_keeps_the_old_when_it_does_not_parse),
	};
	int failed;

	snprintf(dir, sizeof dir, "/tmp/service-test-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	return failed;
}
