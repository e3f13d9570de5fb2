/* SPDX-License-Identifier: Apache-2.0 */
/* The blocking connection and whole rows against a real server. Run by tests/sql/prepare, which
 * gives PLATEN_TEST_DB (superuser's connection string), PLATEN_TEST_DIR (the cluster's directory)
 * and PLATEN_SCRATCH_PG (the script that stops and starts it). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "store/pg.h"
#include "store/rows.h"

extern char **environ;

#define SEC USEC_PER_SEC
#define STMT(n, p, r, ...) \
	static const struct pg_stmt n = { .name = #n, .text = __VA_ARGS__, .params = p, .rows = r }

STMT(one, 1, PG_ONE, "SELECT $1::int + 1 AS n, current_user AS me, current_setting('TimeZone') AS tz");
STMT(nothing, 0, PG_ONE, "SELECT 1 WHERE false");
STMT(put, 2, PG_NONE, "INSERT INTO note (id, text) VALUES ($1::int, $2::text)");
STMT(count, 0, PG_ONE, "SELECT count(*) AS n FROM note");
STMT(clear, 0, PG_NONE, "DELETE FROM note");
STMT(whose, 0, PG_ONE, "SELECT current_setting('platen.org', true) AS org");
STMT(service, 0, PG_ONE,
    "SELECT current_user AS me, current_setting('platen.service', true) AS service");
STMT(slow, 0, PG_ONE, "SELECT pg_sleep(30)");
STMT(wrong, 0, PG_ONE, "SELECT nonsense FROM nowhere");
STMT(seen, 0, PG_MANY, "SELECT * FROM v_note");
STMT(say, 1, PG_ONE, "SELECT pg_notify('platen', $1::text)");
STMT(backend, 0, PG_ONE, "SELECT pg_backend_pid() AS pid");
STMT(ours, 0, PG_NONE, "SELECT refuse('P4000', 'No such day', 'day', 'BAD_DAY')");
STMT(shaped, 0, PG_MANY,
    "SELECT 7 AS \"id\", 1.50::numeric AS \"size.x\", 'NaN'::float8 AS \"size.y\","
    " NULL::int AS \"file?.id\", 'x' AS \"file?.name.first\", 'y' AS \"file.name.last\","
    " 5 AS \"who?.id\", true AS \"who.ok\", NULL::text AS \"who.none\","
    " 'sealed' AS \"access!secret\", 'p.png' AS \"who2.thumb!media\", 12 AS _total,"
    " '{\"a\":1}'::jsonb AS meta, ARRAY['a','b'] AS tags,"
    " timestamptz '2025-11-12 11:30:00.5+01' AS at");

struct fixture {
	struct pg *db;
	struct arena *a;
};

static const char *need(const char *name)
{
	const char *value = getenv(name);

	if (value == NULL)
		fail_msg("%s is not set: run tests/sql/prepare", name);
	return value;
}

static void scratch(const char *verb, const char *mode)
{
	char *argv[] = { (char *)need("PLATEN_SCRATCH_PG"), (char *)verb,
		(char *)need("PLATEN_TEST_DIR"), (char *)mode, NULL };
	pid_t pid;
	int status;

	assert_int_equal(posix_spawn(&pid, argv[0], NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static const char make_things[] =
    "DROP SCHEMA IF EXISTS auth CASCADE; DROP TABLE IF EXISTS note CASCADE;"
    "DO $$ BEGIN CREATE ROLE pgtest_plain LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
    "DO $$ BEGIN CREATE ROLE pgtest_role NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
    "CREATE SCHEMA auth; GRANT USAGE ON SCHEMA auth TO pgtest_role;"
    "CREATE TABLE note (id int PRIMARY KEY CHECK (id < 100), text text NOT NULL);"
    "GRANT ALL ON note TO pgtest_role;"
    "CREATE VIEW v_note AS SELECT id FROM note; GRANT ALL ON v_note TO pgtest_role;"
    "CREATE OR REPLACE FUNCTION refuse(code text, said text, field text, word text) RETURNS void"
    " LANGUAGE plpgsql AS $$ BEGIN"
    "  RAISE EXCEPTION USING ERRCODE = code, MESSAGE = said, HINT = field, DETAIL = word; END $$;"
    "CREATE FUNCTION auth.enter(kind text, who text, session_id text, claimed_org text,"
    " stated_org text, claimed_role text, least_role text, OUT user_id uuid, OUT username text,"
    " OUT email text, OUT role text, OUT organization_id uuid, OUT local boolean,"
    " OUT host_admin boolean) LANGUAGE plpgsql AS $$ BEGIN"
    "  IF kind = 'agent' THEN RAISE EXCEPTION 'Gone' USING ERRCODE = 'P4011'; END IF;"
    "  PERFORM set_config('platen.org', claimed_org, true);"
    "  username := 'ada'; role := least_role; organization_id := claimed_org::uuid; END $$;";

static int setup(void **state)
{
	static struct fixture f;
	struct pg *root = pg_new(need("PLATEN_TEST_DB"), NULL, USEC_NEVER);
	struct err e;

	if (pg_script(root, make_things, &e) != E_OK)
		fail_msg("%s", e.detail);
	pg_free(root);
	f.a = arena_new(0);
	/* The scratch cluster commits lazily; here a hard stop must not forget. */
	f.db = pg_new(arena_printf(f.a, "%s options='-c synchronous_commit=on'",
	    need("PLATEN_TEST_DB")), "pgtest_role", 3 * SEC);
	assert_int_equal(pg_exec(f.db, f.a, &clear, NULL, NULL, &e), E_OK);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(f->a);
	pg_free(f->db);
	return 0;
}

static enum errc put_note(struct fixture *f, int id, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, f->a);
	pg_int(&args, id);
	pg_text(&args, "text");
	return pg_exec(f->db, f->a, &put, &args, NULL, e);
}

static int64_t notes(struct fixture *f)
{
	struct pg_result *r;
	struct err e;

	if (pg_exec(f->db, f->a, &count, NULL, &r, &e) != E_OK)
		fail_msg("%s", e.detail);
	return pg_get_int(r, 0, "n");
}

static void session(void **state)
{
	struct fixture *f = *state;
	struct pg_result *r;
	struct pg_args args;
	struct err e;

	pg_args_init(&args, f->a);
	pg_int(&args, 41);
	for (int i = 0; i < 3; i++) { /* prepared once, used again */
		assert_int_equal(pg_exec(f->db, f->a, &one, &args, &r, &e), E_OK);
		assert_int_equal(pg_get_int(r, 0, "n"), 42);
		assert_string_equal(pg_get(r, 0, "me"), "pgtest_role");
		assert_string_equal(pg_get(r, 0, "tz"), "UTC");
	}
	assert_int_equal(pg_exec(f->db, f->a, &nothing, NULL, &r, &e), E_NOTFOUND);
	assert_null(r);
}

static const struct pg_enter ada = { .kind = "user", .least_role = "VIEWER",
	.claimed_org = "00000000-0000-4000-8000-000000000001" };
static const struct pg_enter gone = { .kind = "agent", .least_role = "AGENT" };

static void transaction(void **state)
{
	struct fixture *f = *state;
	struct pg_result *r;
	struct err e;

	assert_int_equal(pg_begin(f->db, &ada, &e), E_OK);
	assert_null(pg_entered(f->db, "username"));
	assert_int_equal(pg_exec(f->db, f->a, &whose, NULL, &r, &e), E_OK);
	assert_string_equal(pg_get(r, 0, "org"), ada.claimed_org);
	assert_string_equal(pg_entered(f->db, "username"), "ada");
	assert_null(pg_entered(f->db, "email"));
	assert_int_equal(put_note(f, 1, &e), E_OK);
	pg_rollback(f->db);
	assert_int_equal(notes(f), 0);

	assert_int_equal(pg_begin(f->db, NULL, &e), E_OK);
	assert_int_equal(put_note(f, 1, &e), E_OK);
	assert_int_equal(put_note(f, 2, &e), E_OK);
	assert_int_equal(pg_commit(f->db, &e), E_OK);
	assert_int_equal(notes(f), 2);
	assert_int_equal(pg_exec(f->db, f->a, &whose, NULL, &r, &e), E_OK);
	assert_string_equal(pg_get(r, 0, "org"), ""); /* gone with its transaction */
}

/* Who is refused at the door leaves nothing behind, though the work was already on its way. */
static void refused_at_the_door(void **state)
{
	struct fixture *f = *state;
	struct err e;

	assert_int_equal(pg_begin(f->db, &gone, &e), E_OK);
	assert_int_equal(put_note(f, 1, &e), E_UNAUTHORIZED);
	assert_string_equal(e.kind, "INVALID_TOKEN");
	assert_int_equal(put_note(f, 2, &e), E_UNAVAILABLE);
	assert_int_equal(pg_commit(f->db, &e), E_UNAVAILABLE);
	assert_int_equal(notes(f), 0);

	assert_int_equal(pg_begin(f->db, &gone, &e), E_OK);
	pg_last(f->db);
	assert_int_equal(put_note(f, 1, &e), E_UNAUTHORIZED);
	pg_rollback(f->db);
	assert_int_equal(notes(f), 0);

	assert_int_equal(pg_begin(f->db, &gone, &e), E_OK);
	assert_int_equal(pg_enter_now(f->db, &e), E_UNAUTHORIZED);
	pg_rollback(f->db);
	assert_int_equal(pg_begin(f->db, &gone, &e), E_OK);
	assert_int_equal(pg_commit(f->db, &e), E_UNAUTHORIZED); /* asked although nothing ran */
}

static void last_takes_commit_along(void **state)
{
	struct fixture *f = *state;
	struct err e;

	assert_int_equal(pg_begin(f->db, &ada, &e), E_OK);
	pg_last(f->db);
	assert_int_equal(put_note(f, 1, &e), E_OK);
	pg_rollback(f->db); /* too late, and harmless */
	assert_int_equal(notes(f), 1);
	assert_int_equal(pg_begin(f->db, &ada, &e), E_OK);
	assert_int_equal(put_note(f, 2, &e), E_OK);
	pg_last(f->db);
	assert_int_equal(put_note(f, 1, &e), E_CONFLICT);
	assert_int_equal(pg_commit(f->db, &e), E_UNAVAILABLE);
	assert_int_equal(notes(f), 1);
}

static void refusals(void **state)
{
	struct fixture *f = *state;
	struct err e;

	assert_int_equal(put_note(f, 1, &e), E_OK);
	assert_int_equal(put_note(f, 1, &e), E_CONFLICT);
	assert_string_equal(e.field, "pkey");
	assert_int_equal(put_note(f, 1000, &e), E_INVALID);
	assert_int_equal(pg_exec(f->db, f->a, &wrong, NULL, NULL, &e), E_INTERNAL);
	assert_string_equal(e.message, "Internal server error");
	assert_non_null(strstr(e.detail, "nowhere"));
	assert_int_equal(pg_exec(f->db, f->a, &ours, NULL, NULL, &e), E_INVALID);
	assert_string_equal(e.message, "No such day");
	assert_string_equal(e.field, "day");
	assert_string_equal(e.kind, "BAD_DAY");
	assert_int_equal(notes(f), 1);
}

static const char *unseal(void *ctx, const char *column, const char *value)
{
	(void)value;
	assert_string_equal(column, "access");
	return ctx;
}

static void shapes(void **state)
{
	static const char text[] = "[{\"id\":7,\"size\":{\"x\":1.5,\"y\":null},\"file\":null,"
	    "\"who\":{\"id\":5,\"ok\":true,\"none\":null},\"access\":\"***\",\"who2\":{\"thumb\":null},"
	    "\"meta\":{\"a\": 1},\"tags\":[\"a\",\"b\"],\"at\":\"2025-11-12T10:30:00.500Z\"}]";
	struct fixture *f = *state;
	char stars[] = "***";
	struct rows_hooks hooks = { .ctx = stars, .secret = unseal };
	struct buf out = BUF_INIT;
	struct json_sink js;
	struct pg_result *r;
	struct err e;

	if (pg_exec(f->db, f->a, &shaped, NULL, &r, &e) != E_OK)
		fail_msg("%s", e.detail);
	json_sink_init(&js, &out);
	rows_list(&js.sink, NULL, r, &hooks);
	assert_string_equal(buf_str(&out), text);
	buf_fini(&out);
}

static void views_may_be_replaced(void **state)
{
	struct fixture *f = *state;
	struct pg *root = pg_new(need("PLATEN_TEST_DB"), NULL, USEC_NEVER);
	struct pg_result *r;
	struct err e;

	assert_int_equal(pg_exec(f->db, f->a, &seen, NULL, &r, &e), E_OK);
	assert_int_equal(pg_columns(r), 1);
	assert_int_equal(pg_script(root, "DROP VIEW v_note; CREATE VIEW v_note AS SELECT id, text "
	    "FROM note; GRANT ALL ON v_note TO pgtest_role", &e), E_OK);
	assert_int_equal(pg_begin(f->db, &ada, &e), E_OK);
	assert_int_equal(pg_exec(f->db, f->a, &seen, NULL, &r, &e), E_OK);
	assert_int_equal(pg_columns(r), 2);
	pg_rollback(f->db);
	pg_free(root);
}

static void notifications(void **state)
{
	struct fixture *f = *state;
	struct pg_args args;
	char rest[64];
	struct err e;

	assert_int_equal(pg_listen(f->db, &e), E_OK);
	pg_args_init(&args, f->a);
	pg_text(&args, "live values");
	assert_int_equal(pg_exec(f->db, f->a, &say, &args, NULL, &e), E_OK);
	pg_args_init(&args, f->a);
	pg_text(&args, "done 17");
	assert_int_equal(pg_exec(f->db, f->a, &say, &args, NULL, &e), E_OK);
	assert_int_equal(pg_wait(f->db, "done", clock_mono() + 5 * SEC, rest, sizeof rest, &e), E_OK);
	assert_string_equal(rest, "17");
	assert_int_equal(pg_wait(f->db, "done", clock_mono() + SEC / 20, rest, sizeof rest, &e),
	    E_TIMEOUT);
	pg_unlisten(f->db);
}

static void slow_statement(void **state)
{
	struct fixture *f = *state;
	struct pg *hasty = pg_new(need("PLATEN_TEST_DB"), "pgtest_role", SEC / 2);
	usec_t began = clock_mono();
	struct pg_result *r;
	int64_t pid;
	struct err e;

	assert_int_equal(pg_exec(hasty, f->a, &backend, NULL, &r, &e), E_OK);
	pid = pg_get_int(r, 0, "pid");
	assert_int_equal(pg_exec(hasty, f->a, &slow, NULL, NULL, &e), E_UNAVAILABLE);
	assert_true(clock_mono() - began < SEC);
	assert_int_equal(pg_exec(hasty, f->a, &backend, NULL, &r, &e), E_OK);
	assert_int_equal(pg_get_int(r, 0, "pid"), pid); /* the server's limit came first */
	pg_free(hasty);
}

/* Stop the server hard in every phase; each call ends within the deadline, and the first call
 * after the start works. */
static void server_goes_away(void **state)
{
	struct fixture *f = *state;
	usec_t began;
	struct err e;

	assert_int_equal(put_note(f, 1, &e), E_OK);
	assert_int_equal(pg_begin(f->db, &ada, &e), E_OK);
	assert_int_equal(put_note(f, 2, &e), E_OK);
	scratch("stop", "immediate");
	began = clock_mono();
	assert_int_equal(put_note(f, 3, &e), E_UNAVAILABLE);
	assert_int_equal(pg_commit(f->db, &e), E_UNAVAILABLE);
	assert_int_equal(pg_begin(f->db, &ada, &e), E_OK);
	assert_int_equal(put_note(f, 4, &e), E_UNAVAILABLE);
	pg_rollback(f->db);
	assert_int_equal(put_note(f, 5, &e), E_UNAVAILABLE);
	assert_true(clock_mono() - began < 3 * SEC);
	scratch("start", NULL);
	assert_int_equal(notes(f), 1);

	assert_int_equal(put_note(f, 6, &e), E_OK);
	scratch("stop", "immediate");
	scratch("start", NULL);
	/* The idle connection is dead and nobody noticed yet. */
	assert_int_equal(put_note(f, 7, &e), E_OK);
	scratch("stop", "fast");
	scratch("start", NULL);
	assert_int_equal(pg_begin(f->db, &ada, &e), E_OK);
	assert_int_equal(put_note(f, 8, &e), E_OK);
	assert_int_equal(pg_commit(f->db, &e), E_OK);
	assert_int_equal(notes(f), 4);
}

static void nobody_listens(void **state)
{
	struct fixture *f = *state;
	struct pg *db = pg_new("host=/nonexistent dbname=x", NULL, SEC);
	struct err e;

	assert_int_equal(pg_exec(db, f->a, &count, NULL, NULL, &e), E_UNAVAILABLE);
	assert_non_null(strstr(e.detail, "/nonexistent"));
	pg_free(db);
	db = pg_new(need("PLATEN_TEST_DB"), "no_such_role", SEC);
	assert_int_equal(pg_exec(db, f->a, &count, NULL, NULL, &e), E_UNAVAILABLE);
	assert_non_null(strstr(e.detail, "no_such_role"));
	pg_free(db);
}

/* A login that is no member of our roles (hosting): the setting tells who works. */
static void without_roles(void **state)
{
	static const char *const role[] = { "platen_service", "platen_api" }, *const told[] = { "on", "off" };
	struct fixture *f = *state;
	const char *url = arena_printf(f->a, "%s user=pgtest_plain", need("PLATEN_TEST_DB"));
	struct pg_result *r;
	struct err e;

	for (int i = 0; i < 2; i++) {
		struct pg *db = pg_new(url, role[i], SEC);

		if (pg_exec(db, f->a, &service, NULL, &r, &e) != E_OK)
			fail_msg("%s", e.detail);
		assert_string_equal(pg_get(r, 0, "me"), "pgtest_plain");
		assert_string_equal(pg_get(r, 0, "service"), told[i]);
		pg_free(db);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(session, setup, teardown),
		cmocka_unit_test_setup_teardown(transaction, setup, teardown),
		cmocka_unit_test_setup_teardown(refused_at_the_door, setup, teardown),
		cmocka_unit_test_setup_teardown(last_takes_commit_along, setup, teardown),
		cmocka_unit_test_setup_teardown(refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(shapes, setup, teardown),
		cmocka_unit_test_setup_teardown(views_may_be_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(notifications, setup, teardown),
		cmocka_unit_test_setup_teardown(slow_statement, setup, teardown),
		cmocka_unit_test_setup_teardown(server_goes_away, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_listens, setup, teardown),
		cmocka_unit_test_setup_teardown(without_roles, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
