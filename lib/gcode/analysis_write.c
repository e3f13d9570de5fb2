/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of an analysis and their names on the wire. */
#include <math.h>

#include "gcode/analysis_part.h"

#define SECONDS_MAX 1e9 /* 31 years: files may say anything, columns are 32 bits wide */

const struct check *analysis_check(const struct analysis *a)
{
	return &a->check;
}

const struct meta *analysis_meta(const struct analysis *a)
{
	return &a->meta;
}

const struct thumb *analysis_thumb(const struct analysis *a)
{
	return &a->thumb;
}

uint64_t analysis_commands(const struct analysis *a)
{
	return a->blocks.commands;
}

uint32_t analysis_layers(const struct analysis *a)
{
	return a->layers.count;
}

uint32_t analysis_shown_layers(const struct analysis *a)
{
	if (a->layers.dialect == LAYERS_Z && meta_has(&a->meta, META_LAYERS))
		return (uint32_t)fmin(a->meta.number[META_LAYERS], 1e9);
	return a->layers.count;
}

double analysis_estimate(const struct analysis *a)
{
	return round(fmin(a->estimate.seconds, SECONDS_MAX));
}

double analysis_seconds(const struct analysis *a)
{
	double s = meta_has(&a->meta, META_TIME) ? a->meta.number[META_TIME] : a->estimate.seconds;

	return round(fmin(s, SECONDS_MAX));
}

void analysis_index(const struct analysis *a, struct index *out)
{
	out->file_size = a->blocks.size;
	out->commands = a->blocks.commands;
	out->blocks_len = a->blocks.len;
	out->layers_len = a->layers.list_len;
	out->blocks = a->blocks.list;
	out->layers = a->layers.list;
}

static double rounded(double v, double step)
{
	return round(v * step) / step;
}

static void point(struct sink *s, const char *name, const double v[3])
{
	static const char *const axis[3] = { "x", "y", "z" };
	int i;

	sink_begin_object(s, name);
	for (i = 0; i < 3; i++)
		sink_real(s, axis[i], rounded(v[i], 1e3));
	sink_end_object(s);
}

static void box(struct sink *s, const double min[3], const double max[3])
{
	if (!isfinite(min[0]) || !isfinite(max[0])) {
		sink_null(s, "bounds");
		return;
	}
	sink_begin_object(s, "bounds");
	point(s, "min", min);
	point(s, "max", max);
	sink_end_object(s);
}

static void bounds(const struct analysis *a, struct sink *s)
{
	const double *v = a->meta.number;
	int f;

	for (f = META_MIN_X; f <= META_MAX_Z; f++)
		if (!meta_has(&a->meta, (enum meta_field)f))
			break;
	if (f > META_MAX_Z)
		box(s, &v[META_MIN_X], &v[META_MAX_X]);
	else if (isfinite(a->check.min[0]))
		box(s, a->check.min, a->check.max);
}

static void pictures(const struct analysis *a, struct sink *s)
{
	int i;

	if (a->thumb.list_len == 0)
		return;
	sink_begin_list(s, "thumbnails");
	for (i = 0; i < a->thumb.list_len; i++) {
		const struct thumb_entry *t = &a->thumb.list[i];

		sink_begin_object(s, NULL);
		sink_int(s, "width", t->width);
		sink_int(s, "height", t->height);
		sink_text(s, "format", thumb_format_name(t->format));
		sink_end_object(s);
	}
	sink_end_list(s);
}

static void texts(const struct meta *m, struct sink *s)
{
	static const struct {
		const char *name;
		enum meta_field field;
	} rows[] = { { "flavor", META_FLAVOR }, { "filamentType", META_MATERIAL },
		{ "printerModel", META_PRINTER } };
	size_t i;

	if (m->slicer[0] != '\0')
		sink_text(s, "slicer", m->slicer);
	if (m->version[0] != '\0')
		sink_text(s, "slicerVersion", m->version);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (meta_has(m, rows[i].field))
			sink_text(s, rows[i].name, m->text[rows[i].field]);
}

static void figures(const struct meta *m, struct sink *s)
{
	static const struct {
		const char *name;
		enum meta_field field;
	} rows[] = { { "filamentUsed", META_LENGTH }, { "filamentVolume", META_VOLUME },
		{ "filamentWeight", META_WEIGHT }, { "filamentCost", META_COST },
		{ "layerHeight", META_LAYER_HEIGHT }, { "filamentDiameter", META_DIAMETER },
		{ "filamentDensity", META_DENSITY }, { "nozzleDiameter", META_NOZZLE } };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (meta_has(m, rows[i].field))
			sink_real(s, rows[i].name, rounded(m->number[rows[i].field], 1e5));
}

static void temperature(struct sink *s, const char *name, const struct meta *m,
    enum meta_field field, double first_target)
{
	if (meta_has(m, field))
		sink_real(s, name, m->number[field]);
	else if (first_target > 0)
		sink_real(s, name, first_target);
}

/* What the comments and the moves say, without what platen works out itself. */
static void declared(const struct analysis *a, struct sink *s)
{
	const struct meta *m = &a->meta;

	texts(m, s);
	figures(m, s);
	temperature(s, "hotendTemp", m, META_HOTEND, a->check.hotend);
	temperature(s, "bedTemp", m, META_BED, a->check.bed);
	bounds(a, s);
	pictures(a, s);
}

void analysis_write_metadata(const struct analysis *a, struct sink *s)
{
	sink_int(s, "estimatedTime", (int64_t)analysis_seconds(a));
	sink_int(s, "layerCount", analysis_shown_layers(a));
	declared(a, s);
	/* The seed's clients read the slicer's own words from a nested object. */
	sink_begin_object(s, "metadata");
	if (meta_has(&a->meta, META_TIME))
		sink_int(s, "estimatedTime", (int64_t)analysis_seconds(a));
	sink_int(s, "layerCount", meta_has(&a->meta, META_LAYERS) ?
	    (int64_t)fmin(a->meta.number[META_LAYERS], 1e9) : (int64_t)a->layers.count);
	declared(a, s);
	sink_end_object(s);
}

static void line_point(struct sink *s, const char *name, const uint64_t v[3])
{
	sink_begin_object(s, name);
	sink_int(s, "x", (int64_t)v[0]);
	sink_int(s, "y", (int64_t)v[1]);
	sink_int(s, "z", (int64_t)v[2]);
	sink_end_object(s);
}

/* Limits of a printer are compared with these later; the lines make the refusal helpful. */
static void maxima(const struct check *k, struct sink *s)
{
	sink_int(s, "longestLine", k->longest);
	sink_int(s, "longestLineNo", (int64_t)k->longest_line);
	sink_real(s, "maxHotend", k->max_hotend);
	sink_int(s, "maxHotendLineNo", (int64_t)k->max_hotend_line);
	sink_real(s, "maxBed", k->max_bed);
	sink_int(s, "maxBedLineNo", (int64_t)k->max_bed_line);
	sink_real(s, "maxChamber", k->max_chamber);
	sink_int(s, "maxChamberLineNo", (int64_t)k->max_chamber_line);
	box(s, k->min, k->max);
	if (isfinite(k->min[0])) {
		sink_begin_object(s, "boundsLineNo");
		line_point(s, "min", k->min_line);
		line_point(s, "max", k->max_line);
		sink_end_object(s);
	}
}

static void optional(struct sink *s, const char *name, double v)
{
	if (v > 0)
		sink_real(s, name, v);
	else
		sink_null(s, name);
}

void analysis_write(const struct analysis *a, struct sink *s)
{
	const struct check *k = &a->check;

	sink_int(s, "version", ANALYSIS_VERSION);
	sink_bool(s, "ok", k->refusal == NULL);
	if (k->refusal != NULL) {
		sink_begin_object(s, "refusal");
		sink_int(s, "line", (int64_t)k->refusal_line);
		sink_text(s, "why", k->refusal);
		sink_end_object(s);
	} else {
		sink_null(s, "refusal");
	}
	sink_int(s, "commands", (int64_t)a->blocks.commands);
	maxima(k, s);
	sink_bool(s, "homes", k->homes);
	sink_bool(s, "heatsHotend", k->heats_hotend);
	sink_bool(s, "heatsBed", k->heats_bed);
	optional(s, "hotend", k->hotend);
	optional(s, "bed", k->bed);
	sink_int(s, "layers", analysis_shown_layers(a));
	sink_int(s, "estimatedTime", (int64_t)analysis_seconds(a));
	sink_real(s, "filament", rounded(a->filament, 1e3));
	sink_bool(s, "usesArcs", k->uses_arcs);
	sink_bool(s, "relativeE", k->relative_e);
}
