# SPDX-License-Identifier: Apache-2.0
# Sourced by run: plans of what analytics and histories ask, on the house of tests/bench/figures.sql
# with fewer rows. Every statement must stay inside an index, also in the generic plan that a
# prepared statement gets, under row security.
psql -X -q -h "$host" -U postgres -d postgres -c 'CREATE DATABASE figures'
apply figures
psql -X -q -h "$host" -U postgres -d figures -v jobs=20000 -v statuses=20000 \
	-f "$top/tests/bench/figures.sql" || failed=$((failed + 1))
busy=c0000000-0000-4000-8000-000000000001
file=c0000000-0000-4004-8000-000000000003
profile=c0000000-0000-4003-8000-000000000003
# figures FILE STATEMENT TYPES VALUES: the generic plan with what really happened
figures() {
	local text
	text=$(sed -n "/^-- :name   $2\$/,/;\$/p" "$top/sql/queries/$1.sql" | grep -v '^--')
	q figures platen_api "SET plan_cache_mode = force_generic_plan" "SET platen.orgs = '{$busy}'" \
	    "SET platen.org = '$busy'" "PREPARE x($3) AS ${text%;}" \
	    "EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) EXECUTE x($4)"
}
# inside NAME INDEX PLAN: no table of jobs or reports is read from end to end, the index is used
inside() {
	is "$1: inside an index" 'yes 0' "$(grep -q "using $2 on" <<<"$3" && echo yes) $(grep \
	    'Seq Scan on \(print_jobs\|printer_status\)' <<<"$3" | grep -vc 'never executed')"
}
# a short range is found as well in the index of all ends
either='print_jobs_\(finished\|completed\)'
month="now() - interval '30 days', now()"
inside 'dashboard totals of a month' print_jobs_finished \
    "$(figures analytics analytics_totals interval "'30 days'")"
it=$(figures analytics analytics_totals interval NULL)
inside 'dashboard totals of all time' print_jobs_finished "$it"
is 'dashboard totals: the table itself is not touched' 1 "$(grep -c 'Index Only Scan' <<<"$it")"
is 'dashboard totals: the start of the range bounds the scan' 1 \
    "$(grep -c 'Index Cond.*completed_at >=' <<<"$it")"
inside 'trends' print_jobs_finished "$(figures analytics analytics_trends text "'UTC'")"
inside 'statistics of a month' "$either" "$(figures analytics analytics_statistics \
    'timestamptz, timestamptz, text, text' "$month, 'day', 'Europe/Berlin'")"
inside 'materials of a month' "$either" \
    "$(figures analytics analytics_materials 'timestamptz, timestamptz' "$month")"
inside 'failures' 'print_jobs_\(failed\|completed\)' \
    "$(figures analytics analytics_failures 'timestamptz, timestamptz' 'NULL, NULL')"
it=$(figures analytics analytics_correction uuid "'$profile'")
inside 'correction of a profile' print_jobs_timed_profile "$it"
is 'correction of a profile: fifty rows are read, the wide question is not asked' '1 1' \
    "$(grep -c 'print_jobs_timed_profile.*rows=50 ' <<<"$it") $(grep -c \
    'using print_jobs_timed on.*never executed' <<<"$it")"
it=$(figures analytics analytics_correction uuid "'$busy'")
is 'correction of all: fifty rows are read' 1 "$(grep -c 'print_jobs_timed on.*rows=50 ' <<<"$it")"
inside 'odds of a file' print_jobs_file \
    "$(figures analytics analytics_odds 'uuid, uuid' "'$file', '$profile'")"
inside 'odds of a profile' print_jobs_profile \
    "$(figures analytics analytics_odds 'uuid, uuid' "'$busy', '$profile'")"
