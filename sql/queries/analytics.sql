-- SPDX-License-Identifier: Apache-2.0
-- Figures of finished jobs (completed, failed, cancelled). Success rates leave cancelled ones out.
-- Every statement reads a range of one index of migration 030. Bounds that are computed stand in
-- sub-selects: under row security a COALESCE beside a column would not be given to the index.

-- span: how far back, null for everything.
-- :name   analytics_totals
-- :params span interval
-- :rows   one
SELECT count(*) AS "totalPrints",
       coalesce(round(100.0 * count(*) FILTER (WHERE j.status = 'completed')
           / nullif(count(*) FILTER (WHERE j.status <> 'cancelled'), 0), 1), 0) AS "successRate",
       coalesce(sum(j.actual_time_seconds), 0) AS "totalTime",
       coalesce(sum(j.filament_used_grams), 0) AS "materialUsed",
       coalesce(round(avg(j.actual_time_seconds) FILTER (WHERE j.status = 'completed'), 1), 0)
           AS "averagePrintTime"
  FROM print_jobs j
 WHERE j.organization_id = (SELECT auth.org())
   AND j.status IN ('completed', 'failed', 'cancelled')
   AND j.completed_at >= (SELECT coalesce(now() - $1::interval, '-infinity'));

-- The last thirty days of the zone, today included, empty ones too.
-- :name   analytics_trends
-- :params zone text
-- :rows   many
WITH today AS (SELECT (now() AT TIME ZONE $1::text)::date AS it)
SELECT to_char(d.day, 'YYYY-MM-DD') AS date, coalesce(f.prints, 0) AS prints,
       coalesce(f.completed, 0) AS completed, coalesce(f.failed, 0) AS failed,
       coalesce(f.cancelled, 0) AS cancelled, coalesce(f.seconds, 0) AS "totalTime",
       coalesce(f.grams, 0) AS "materialUsed"
  FROM (SELECT g::date AS day FROM today, generate_series(it - 29, it, interval '1 day') g) d
  LEFT JOIN (
	SELECT (j.completed_at AT TIME ZONE $1::text)::date AS day, count(*) AS prints,
	       count(*) FILTER (WHERE j.status = 'completed') AS completed,
	       count(*) FILTER (WHERE j.status = 'failed') AS failed,
	       count(*) FILTER (WHERE j.status = 'cancelled') AS cancelled,
	       sum(j.actual_time_seconds) AS seconds, sum(j.filament_used_grams) AS grams
	  FROM print_jobs j
	 WHERE j.organization_id = (SELECT auth.org())
	   AND j.status IN ('completed', 'failed', 'cancelled')
	   AND j.completed_at >= (SELECT (it - 29)::timestamp AT TIME ZONE $1::text FROM today)
	 GROUP BY 1) f USING (day)
 ORDER BY d.day;

-- From texts to instants: a date is the zone's midnight (as an end: the next one's), a date-time
-- without a zone is local. Without a start: thirty days.
-- :name   analytics_window
-- :params from text, to text, zone text
-- :rows   one
SELECT w.start AS "from", w.ending AS "to", CASE WHEN $2::text ~ '^.{10}$'
           THEN w.start < w.ending ELSE w.start <= w.ending END AS ordered,
       w.start >= w.ending - interval '5 years' AS short
  FROM (SELECT coalesce(CASE WHEN $2::text ~ '^.{10}$'
            THEN ($2::text::date + 1)::timestamp AT TIME ZONE $3::text
            WHEN $2::text ~ '(Z|[+-][0-9]{2}:[0-9]{2})$' THEN $2::text::timestamptz
            ELSE $2::text::timestamp AT TIME ZONE $3::text END, now()) AS ending) e,
  LATERAL (SELECT e.ending, coalesce(CASE WHEN $1::text ~ '^.{10}$'
            THEN $1::text::timestamp AT TIME ZONE $3::text
            WHEN $1::text ~ '(Z|[+-][0-9]{2}:[0-9]{2})$' THEN $1::text::timestamptz
            ELSE $1::text::timestamp AT TIME ZONE $3::text END,
            e.ending - interval '30 days') AS start) w;

-- unit: day, week (from Monday) or month of the zone. Empty ones too.
-- :name   analytics_statistics
-- :params from timestamptz, to timestamptz, unit text, zone text
-- :rows   many
SELECT to_char(b.start, CASE $3::text WHEN 'day' THEN 'YYYY-MM-DD' WHEN 'week'
           THEN 'IYYY"-W"IW' ELSE 'YYYY-MM' END) AS period,
       b.start AT TIME ZONE $4::text AS "from",
       (b.start + ('1 ' || $3::text)::interval) AT TIME ZONE $4::text AS "to",
       coalesce(f.prints, 0) AS "totalPrints", coalesce(f.completed, 0) AS completed,
       coalesce(f.failed, 0) AS failed, coalesce(f.cancelled, 0) AS cancelled,
       coalesce(round(100.0 * f.completed / nullif(f.completed + f.failed, 0), 1), 0)
           AS "successRate",
       coalesce(f.seconds, 0) AS "totalTime", coalesce(f.average, 0) AS "averagePrintTime",
       coalesce(f.grams, 0) AS "materialUsed", coalesce(f.cost, 0) AS cost
  FROM (SELECT generate_series(date_trunc($3::text, $1::timestamptz AT TIME ZONE $4::text),
            greatest($2::timestamptz - interval '1 microsecond', $1::timestamptz)
                AT TIME ZONE $4::text, ('1 ' || $3::text)::interval) AS start) b
  LEFT JOIN (
	SELECT date_trunc($3::text, j.completed_at AT TIME ZONE $4::text) AS start,
	       count(*) AS prints, count(*) FILTER (WHERE j.status = 'completed') AS completed,
	       count(*) FILTER (WHERE j.status = 'failed') AS failed,
	       count(*) FILTER (WHERE j.status = 'cancelled') AS cancelled,
	       sum(j.actual_time_seconds) AS seconds,
	       round(avg(j.actual_time_seconds) FILTER (WHERE j.status = 'completed'), 1) AS average,
	       sum(j.filament_used_grams) AS grams, sum(j.cost) AS cost
	  FROM print_jobs j
	 WHERE j.organization_id = (SELECT auth.org())
	   AND j.status IN ('completed', 'failed', 'cancelled')
	   AND j.completed_at >= $1::timestamptz AND j.completed_at < $2::timestamptz
	 GROUP BY 1) f USING (start)
 ORDER BY b.start;

-- Jobs that were booked before a price was known are priced by today's.
-- :name   analytics_materials
-- :params from timestamptz, to timestamptz
-- :rows   many
SELECT m.type, m.usage, round(m.booked + coalesce(m.unpriced / 1000
           * platen_setting_number((SELECT auth.org()), 'materials', m.type, 'pricePerKg'), 0), 2)
           AS cost
  FROM (SELECT coalesce(nullif(j.material_type, ''), 'Unknown') AS type,
               sum(j.filament_used_grams) AS usage, coalesce(sum(j.cost), 0) AS booked,
               coalesce(sum(j.filament_used_grams) FILTER (WHERE j.cost IS NULL), 0) AS unpriced
          FROM print_jobs j
         WHERE j.organization_id = (SELECT auth.org())
           AND j.status IN ('completed', 'failed', 'cancelled') AND j.filament_used_grams > 0
           AND j.completed_at >= (SELECT coalesce($1::timestamptz, '-infinity'))
           AND j.completed_at < (SELECT coalesce($2::timestamptz, 'infinity'))
         GROUP BY 1) m
 ORDER BY m.usage DESC, m.type;

-- By category, else by the message, else Unknown. The rarest beyond a hundred reasons are Other.
-- Tenths of a percent are dealt out by largest remainder, so that they always sum to 100.
-- :name   analytics_failures
-- :params from timestamptz, to timestamptz
-- :rows   many
WITH span AS (
	SELECT coalesce($1::timestamptz, '-infinity') AS start,
	       coalesce($2::timestamptz, 'infinity') AS ending
), raw AS (
	SELECT j.failure_category::text AS reason, count(*) AS n FROM print_jobs j
	 WHERE j.organization_id = (SELECT auth.org()) AND j.status = 'failed'
	   AND j.failure_category IS NOT NULL AND j.completed_at >= (SELECT start FROM span)
	   AND j.completed_at < (SELECT ending FROM span) GROUP BY 1
	 UNION ALL
	SELECT coalesce(nullif(btrim(left(j.failure_reason, 200)), ''), 'Unknown'), count(*)
	  FROM print_jobs j
	 WHERE j.organization_id = (SELECT auth.org()) AND j.status = 'failed'
	   AND j.failure_category IS NULL AND j.completed_at >= (SELECT start FROM span)
	   AND j.completed_at < (SELECT ending FROM span) GROUP BY 1
), ranked AS (
	SELECT reason, n, row_number() OVER (ORDER BY n DESC, reason) AS place FROM raw
), grouped AS (
	SELECT CASE WHEN place <= 100 THEN reason ELSE 'Other' END AS reason, sum(n) AS n
	  FROM ranked GROUP BY 1
), shared AS (
	SELECT reason, n, n * 1000 / sum(n) OVER () AS tenths FROM grouped
), dealt AS (
	SELECT reason, n, tenths, 1000 - sum(floor(tenths)) OVER () AS rest,
	       row_number() OVER (ORDER BY tenths - floor(tenths) DESC, n DESC, reason) AS turn
	  FROM shared
)
SELECT reason, n AS count, (floor(tenths) + (turn <= rest)::integer) / 10 AS percentage
  FROM dealt ORDER BY n DESC, reason;

-- What a file says of itself, or a slice of it with the profile, or its shape.
-- :name   analytics_source
-- :params file_id uuid, profile_id uuid
-- :rows   maybe
SELECT p.id AS profile_id, s.id AS slice_id, s.estimated_time AS slice_time,
       s.filament_usage AS slice_grams,
       coalesce((f.analysis->>'estimatedTime')::double precision,
           (f.metadata->>'estimatedTime')::double precision) AS file_time,
       (f.metadata->'metadata'->>'filamentWeight')::double precision AS file_grams,
       (f.metadata->>'volume')::double precision AS volume,
       (f.metadata->>'surfaceArea')::double precision AS surface,
       p.layer_height, p.print_speed, p.infill, p.metadata->>'filamentType' AS material,
       CASE WHEN jsonb_typeof(p.metadata->'filamentDensity') = 'number'
           THEN (p.metadata->>'filamentDensity')::double precision END AS density,
       CASE WHEN jsonb_typeof(p.metadata->'nozzleDiameter') = 'number'
           THEN (p.metadata->>'nozzleDiameter')::double precision END AS nozzle
  FROM files f
  LEFT JOIN print_profiles p ON p.id = $2::uuid
   AND (p.organization_id = f.organization_id OR p.organization_id IS NULL)
  LEFT JOIN LATERAL (SELECT x.id, x.estimated_time, x.filament_usage FROM sliced_files x
       WHERE x.organization_id = f.organization_id AND x.source_file_id = f.id
         AND x.profile_id = p.id AND x.status = 'ready'
       ORDER BY x.created_at DESC LIMIT 1) s ON true
 WHERE f.id = $1::uuid AND f.organization_id = auth.org() AND f.deleted_at IS NULL;

-- How much longer than estimated: the median of the newest fifty, of the profile, else of all.
-- :name   analytics_correction
-- :params profile_id uuid
-- :rows   one
WITH own AS (
	SELECT count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ratio) AS median
	  FROM (SELECT j.actual_time_seconds::double precision
	            / (j.estimated_time_seconds * greatest(j.plates_completed, 1)) AS ratio
	          FROM print_jobs j
	         WHERE j.organization_id = (SELECT auth.org()) AND j.profile_id = $1::uuid
	           AND j.status = 'completed' AND j.actual_time_seconds > 0
	           AND j.estimated_time_seconds > 0
	         ORDER BY j.completed_at DESC LIMIT 50) r
), every AS (
	SELECT count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ratio) AS median
	  FROM (SELECT j.actual_time_seconds::double precision
	            / (j.estimated_time_seconds * greatest(j.plates_completed, 1)) AS ratio
	          FROM print_jobs j
	         WHERE j.organization_id = (SELECT auth.org()) AND j.status = 'completed'
	           AND j.actual_time_seconds > 0 AND j.estimated_time_seconds > 0
	           AND (SELECT n FROM own) < 3
	         ORDER BY j.completed_at DESC LIMIT 50) r
)
SELECT CASE WHEN own.n >= 3 THEN 'profile' WHEN every.n >= 3 THEN 'organization' ELSE 'none' END
           AS level,
       CASE WHEN own.n >= 3 THEN own.n WHEN every.n >= 3 THEN every.n ELSE 0 END AS samples,
       CASE WHEN own.n >= 3 THEN own.median WHEN every.n >= 3 THEN every.median ELSE 1 END
           AS factor
  FROM own, every;

-- The most specific of file, profile, organisation with five finished jobs; the wider ones are
-- counted only when the narrower ones do not suffice.
-- :name   analytics_odds
-- :params file_id uuid, profile_id uuid
-- :rows   one
WITH f AS (
	SELECT count(*) AS n, count(*) FILTER (WHERE j.status = 'completed') AS completed,
	       count(*) FILTER (WHERE j.status = 'failed') AS failed
	  FROM print_jobs j
	 WHERE j.organization_id = (SELECT auth.org()) AND j.file_id = $1::uuid
	   AND j.status IN ('completed', 'failed', 'cancelled')
), p AS (
	SELECT count(*) AS n, count(*) FILTER (WHERE j.status = 'completed') AS completed,
	       count(*) FILTER (WHERE j.status = 'failed') AS failed
	  FROM print_jobs j
	 WHERE (SELECT n FROM f) < 5 AND j.organization_id = (SELECT auth.org())
	   AND j.profile_id = $2::uuid AND j.status IN ('completed', 'failed', 'cancelled')
), o AS (
	SELECT count(*) AS n, count(*) FILTER (WHERE j.status = 'completed') AS completed,
	       count(*) FILTER (WHERE j.status = 'failed') AS failed
	  FROM print_jobs j
	 WHERE (SELECT n FROM f) < 5 AND (SELECT n FROM p) < 5
	   AND j.organization_id = (SELECT auth.org())
	   AND j.status IN ('completed', 'failed', 'cancelled')
)
SELECT x.level, x.n, x.completed, x.failed
  FROM (SELECT 1 AS place, 'file' AS level, f.* FROM f WHERE f.n >= 5
        UNION ALL SELECT 2, 'profile', p.* FROM p WHERE p.n >= 5
        UNION ALL SELECT 3, 'organization', o.* FROM o WHERE o.n >= 5
        UNION ALL SELECT 4, 'none', 0, 0, 0) x
 ORDER BY x.place LIMIT 1;
