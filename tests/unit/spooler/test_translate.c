/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "model/command_meta.h"
#include "spooler/translate.h"

static const struct {
	const char *type, *metadata, *lines; /* lines NULL: refused */
} cases[] = {
	{ "set_bed_temp", "{\"target\":60}", "M140 S60" },
	{ "set_bed_temp", "{\"bedTemp\":60.5,\"wait\":true}", "M190 S60.5" },
	{ "set_bed_temp", "{\"target\":121}", NULL },
	{ "set_bed_temp", "{}", NULL },
	{ "set_bed_temp", "{\"target\":\"60\"}", NULL },
	{ "set_nozzle_temp", "{\"temperature\":215,\"tool\":1}", "M104 T1 S215" },
	{ "set_nozzle_temp", "{\"target\":301}", NULL },
	{ "set_chamber_temp", "{\"target\":40}", "M141 S40" },
	{ "set_temperatures", "{\"hotend\":200,\"bed\":50}", "M104 S200\nM140 S50" },
	{ "home_all", "{}", "G28" },
	{ "home_y", NULL, "G28 Y" },
	{ "home_axes", "{\"axes\":[\"Z\",\"X\",\"X\"]}", "G28 X Z" },
	{ "home_axes", "{\"axes\":\"all\"}", "G28" },
	{ "set_fan_speed", "{\"percent\":50}", "M106 S128" },
	{ "set_fan_speed", "{\"speed\":0,\"fan\":1}", "M107 P1" },
	{ "set_fan_speed", "{\"percent\":101}", NULL },
	{ "set_print_speed", "{\"percent\":120}", "M220 S120" },
	{ "set_flow_rate", "{\"target\":95}", "M221 S95" },
	{ "set_flow_rate", "{\"target\":9}", NULL },
	{ "light_on", "{}", "M355 S1" },
	{ "load_filament", "{}", "M701" },
	{ "jog", "{\"x\":10,\"z\":-0.5,\"feedrate\":1200}", "G91\nG1 X10 Z-0.5 F1200\nG90" },
	{ "jog", "{\"e\":5}", "M83\nG1 E5 F3000\nM82" },
	{ "jog", "{\"x\":201}", NULL },
	{ "jog", "{\"x\":0}", "" },
	{ "jog", "{}", NULL },
	{ "extrude", "{\"length\":10}", "M83\nG1 E10 F300\nM82" },
	{ "retract", "{\"length\":2,\"feedrate\":600}", "M83\nG1 E-2 F600\nM82" },
	{ "extrude", "{\"length\":0}", NULL },
	{ "calibrate_bed", "{}", "G29" },
	{ "calibrate_z_offset", "{\"offset\":-0.05}", "M851 Z-0.05" },
	{ "custom_gcode", "{\"gcode\":\"M115\"}", "M115" },
	{ "custom_gcode", "{\"gcode\":[\"G28\",\"G1 X1\"]}", "G28\nG1 X1" },
	{ "custom_gcode", "{\"gcode\":\"G28\\nM104 S300\"}", NULL },
	{ "custom_gcode", "{\"gcode\":\"\"}", NULL },
	{ "custom_gcode", "{\"gcode\":5}", NULL },
	{ "custom_gcode", "{}", NULL },
	{ "camera_on", "{}", NULL },
	{ "no_such_type", "{}", NULL },
};

static enum errc run(struct arena *a, const char *type, const char *metadata, double hotend,
    struct translation *out)
{
	struct translate_limits limits = { .hotend = hotend, .min_temp = 170 };
	const struct jval *v = NULL;
	struct err e;

	if (metadata != NULL)
		assert_int_equal(jval_parse(a, metadata, strlen(metadata), &v, &e), E_OK);
	return translate(a, type, v, &limits, out, &e);
}

static void test_table(void **state)
{
	struct arena *a = arena_new(0);
	struct translation t;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum errc rc = run(a, cases[i].type, cases[i].metadata, 200, &t);

		if ((rc == E_OK) != (cases[i].lines != NULL))
			fail_msg("%s %s: %s", cases[i].type, cases[i].metadata, errc_name(rc));
		if (rc != E_OK)
			continue;
		assert_int_equal(t.what, TRANSLATED_BAY);
		assert_int_equal(t.command.action, BAY_GCODE);
		assert_string_equal(t.command.lines, cases[i].lines);
	}
	arena_free(a);
}

/* afterwards the modes are what they were. */
static void test_modes_come_back(void **state)
{
	static const struct {
		bool relative, e_relative;
		const char *type, *metadata, *lines;
	} modes[] = {
		{ true, true, "jog", "{\"x\":5}", "G91\nG1 X5 F3000" },
		{ true, false, "jog", "{\"x\":5}", "G91\nG1 X5 F3000\nM82" },
		{ false, true, "jog", "{\"x\":5}", "G91\nG1 X5 F3000\nG90\nM83" },
		{ false, true, "jog", "{\"e\":5}", "M83\nG1 E5 F3000" },
		{ true, true, "extrude", "{\"length\":5}", "M83\nG1 E5 F300" },
		{ false, true, "jog", "{\"x\":5,\"e\":1}", "G91\nM83\nG1 X5 E1 F3000\nG90\nM83" },
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		const struct translate_limits limits = { .hotend = 200, .min_temp = 170,
			.relative = modes[i].relative, .e_relative = modes[i].e_relative };
		const struct jval *v;
		struct translation t;
		struct err e;

		assert_int_equal(jval_parse(a, modes[i].metadata, strlen(modes[i].metadata), &v, &e),
		    E_OK);
		assert_int_equal(translate(a, modes[i].type, v, &limits, &t, &e), E_OK);
		assert_string_equal(t.command.lines, modes[i].lines);
	}
	arena_free(a);
}

/* A command is checked when it is made, by lib/model, and translated when it is executed: what is
 * taken there must not be refused here, and what is refused here not be taken there. */
static void test_the_door_agrees(void **state)
{
	static const struct command_bounds none;
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct jval *v = NULL;
		struct translation t;
		struct err e;
		enum errc taken;

		if (strcmp(cases[i].type, "camera_on") == 0 || strcmp(cases[i].type, "no_such_type") == 0)
			continue; /* the gateway's; refused by the list of types */
		if (cases[i].metadata != NULL)
			assert_int_equal(jval_parse(a, cases[i].metadata, strlen(cases[i].metadata), &v, &e),
			    E_OK);
		taken = command_meta_check(cases[i].type, v, &none, &e);
		if ((taken == E_OK) != (run(a, cases[i].type, cases[i].metadata, 200, &t) == E_OK))
			fail_msg("%s %s: %s at the door", cases[i].type, cases[i].metadata, errc_name(taken));
	}
	arena_free(a);
}

static void test_cold_extrusion_is_refused(void **state)
{
	static const char *const types[] = { "extrude", "retract", "load_filament", "unload_filament" };
	struct arena *a = arena_new(0);
	struct translation t;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(run(a, types[i], "{\"length\":5}", 100, &t), E_STATE);
		assert_int_equal(run(a, types[i], "{\"length\":5}", NAN, &t), E_STATE);
	}
	assert_int_equal(run(a, "jog", "{\"e\":5}", 100, &t), E_STATE);
	assert_int_equal(run(a, "jog", "{\"x\":5}", 100, &t), E_OK);
	arena_free(a);
}

static void test_job_actions(void **state)
{
	struct arena *a = arena_new(0);
	struct translation t;

	(void)state;
	assert_int_equal(run(a, "pause_print", "{}", 0, &t), E_OK);
	assert_int_equal(t.command.action, BAY_PAUSE);
	assert_int_equal(run(a, "resume_print", "{\"confirm\":true}", 0, &t), E_OK);
	assert_int_equal(t.command.action, BAY_RESUME);
	assert_true(t.command.confirm);
	assert_int_equal(run(a, "stop_print", NULL, 0, &t), E_OK);
	assert_int_equal(t.command.action, BAY_CANCEL);
	assert_int_equal(run(a, "start_print",
	    "{\"jobId\":\"33333333-3333-4333-8333-333333333333\"}", 0, &t), E_OK);
	assert_int_equal(t.what, TRANSLATED_START);
	assert_string_equal(t.job, "33333333-3333-4333-8333-333333333333");
	assert_int_equal(run(a, "start_print", "{}", 0, &t), E_INVALID);
	arena_free(a);
}

static void test_stop_and_out_of_band(void **state)
{
	struct arena *a = arena_new(0);
	struct translation t;

	(void)state;
	assert_int_equal(run(a, "emergency_stop", NULL, 0, &t), E_OK);
	assert_int_equal(t.what, TRANSLATED_STOP);
	assert_int_equal(run(a, "custom_gcode", "{\"gcode\":\"m112\"}", 0, &t), E_OK);
	assert_int_equal(t.what, TRANSLATED_STOP);
	assert_int_equal(run(a, "custom_gcode", "{\"gcode\":\"M1120\"}", 0, &t), E_OK);
	assert_int_equal(t.what, TRANSLATED_BAY);
	assert_int_equal(run(a, "custom_gcode", "{\"gcode\":\"M108\"}", 0, &t), E_OK);
	assert_true(t.command.out_of_band);
	assert_int_equal(run(a, "custom_gcode", "{\"gcode\":\"M105\"}", 0, &t), E_OK);
	assert_false(t.command.out_of_band);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_the_door_agrees),
		cmocka_unit_test(test_modes_come_back),
		cmocka_unit_test(test_cold_extrusion_is_refused),
		cmocka_unit_test(test_job_actions),
		cmocka_unit_test(test_stop_and_out_of_band),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
