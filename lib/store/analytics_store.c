/* SPDX-License-Identifier: Apache-2.0 */
#include "store/analytics_store.h"

#include "gen/analytics_sql.h"
#include "model/predict.h"

static enum errc ask(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const char *const words[4], struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	for (int i = 0; i < st->params; i++)
		pg_text(&args, words[i]);
	return pg_exec(db, a, st, &args, out, e);
}

enum errc analytics_store_totals(struct pg *db, struct arena *a, const char *span,
    struct pg_result **out, struct err *e)
{
	return ask(db, a, &sql_analytics_totals, (const char *[4]){ span }, out, e);
}

enum errc analytics_store_trends(struct pg *db, struct arena *a, const char *zone,
    struct pg_result **out, struct err *e)
{
	return ask(db, a, &sql_analytics_trends, (const char *[4]){ zone }, out, e);
}

enum errc analytics_store_window(struct pg *db, struct arena *a, const struct analytics_span *text,
    const char *zone, struct analytics_window *out, struct err *e)
{
	struct pg_result *r;
	enum errc rc = ask(db, a, &sql_analytics_window,
	    (const char *[4]){ text->from, text->to, zone }, &r, e);

	if (rc == E_OK)
		*out = (struct analytics_window){ .span = { pg_get(r, 0, "from"), pg_get(r, 0, "to") },
			.ordered = pg_get_bool(r, 0, "ordered"),
			.short_enough = pg_get_bool(r, 0, "short") };
	return rc;
}

enum errc analytics_store_statistics(struct pg *db, struct arena *a,
    const struct analytics_span *span, const char *const words[2], struct pg_result **out,
    struct err *e)
{
	return ask(db, a, &sql_analytics_statistics,
	    (const char *[4]){ span->from, span->to, words[0], words[1] }, out, e);
}

enum errc analytics_store_materials(struct pg *db, struct arena *a,
    const struct analytics_span *span, struct pg_result **out, struct err *e)
{
	return ask(db, a, &sql_analytics_materials, (const char *[4]){ span->from, span->to }, out, e);
}

enum errc analytics_store_failures(struct pg *db, struct arena *a,
    const struct analytics_span *span, struct pg_result **out, struct err *e)
{
	return ask(db, a, &sql_analytics_failures, (const char *[4]){ span->from, span->to }, out, e);
}

static enum errc find_source(struct pg *db, struct arena *a, const char *const ids[2],
    struct predict_facts *out, struct err *e)
{
	struct pg_result *r;
	enum errc rc = ask(db, a, &sql_analytics_source, (const char *[4]){ ids[0], ids[1] }, &r, e);

	if (rc != E_OK)
		return rc;
	if (pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "File not found");
	if (pg_get(r, 0, "profile_id") == NULL)
		return err_set(e, E_NOTFOUND, "Profile not found");
	*out = (struct predict_facts){
		.slice_time = pg_get_real(r, 0, "slice_time"),
		.slice_grams = pg_get_real(r, 0, "slice_grams"),
		.file_time = pg_get_real(r, 0, "file_time"),
		.file_grams = pg_get_real(r, 0, "file_grams"),
		.volume = pg_get_real(r, 0, "volume"),
		.surface = pg_get_real(r, 0, "surface"),
		.layer_height = pg_get_real(r, 0, "layer_height"),
		.print_speed = pg_get_real(r, 0, "print_speed"),
		.infill = pg_get_real(r, 0, "infill"),
		.density = pg_get_real(r, 0, "density"),
		.nozzle = pg_get_real(r, 0, "nozzle"),
		.material = pg_get(r, 0, "material"),
	};
	return E_OK;
}

enum errc analytics_store_predict(struct pg *db, struct arena *a, const char *const ids[2],
    struct predict_facts *out, struct analytics_basis *basis, struct err *e)
{
	struct pg_result *correction, *odds;
	enum errc rc = find_source(db, a, ids, out, e);

	if (rc == E_OK)
		rc = ask(db, a, &sql_analytics_correction, (const char *[4]){ ids[1] }, &correction, e);
	if (rc == E_OK)
		rc = ask(db, a, &sql_analytics_odds, (const char *[4]){ ids[0], ids[1] }, &odds, e);
	if (rc != E_OK)
		return rc;
	out->correction = pg_get_real(correction, 0, "factor");
	out->finished = pg_get_int(odds, 0, "n");
	out->completed = pg_get_int(odds, 0, "completed");
	out->failed = pg_get_int(odds, 0, "failed");
	basis->correction_level = pg_get(correction, 0, "level");
	basis->samples = pg_get_int(correction, 0, "samples");
	basis->odds_level = pg_get(odds, 0, "level");
	return E_OK;
}
