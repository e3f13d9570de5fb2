# SPDX-License-Identifier: Apache-2.0
# Sourced by run: how the statements that are asked most are planned, with tables large enough to
# matter. Last, because it fills database main.
q main - "INSERT INTO printers (organization_id, name) SELECT '$A', 'fleet ' || g
    FROM generate_series(1, 200) g" "INSERT INTO printer_status (organization_id, printer_id, status,
    created_at) SELECT '$A', p.id, 'idle', now() - make_interval(secs => g) FROM printers p,
    generate_series(1, 20) g WHERE p.organization_id = '$A'" "INSERT INTO print_jobs
    (organization_id, file_id, status, created_at) SELECT '$A',
    'a0000000-0000-4004-8000-000000000001', 'completed', now() - make_interval(mins => g)
    FROM generate_series(1, 3000) g" 'ANALYZE' >/dev/null
# plan FILE STATEMENT TYPES VALUES: the generic plan as the API gets it
plan() {
	local text
	text=$(sed -n "/^-- :name   $2\$/,/;\$/p" "$top/sql/queries/$1.sql" | grep -v '^--')
	q main platen_api "SET plan_cache_mode = force_generic_plan" "SET platen.orgs = '{$A}'" \
	    "SET platen.org = '$A'" "PREPARE x($3) AS ${text%;}" "EXPLAIN (COSTS off) EXECUTE x($4)"
}
# has PLAN WORDS: how many lines carry the words
has() { echo "$1" | grep -c "$2"; }
it=$(plan printer printer_list 'text, boolean, integer, integer' 'NULL, false, 1000, 0')
is 'printer_list: the newest report of a printer comes from its index' '1 0' \
    "$(has "$it" 'Index Scan using printer_status_printer') $(has "$it" 'Seq Scan on printer_status')"
is 'printer_list: no window over the whole fleet' 0 "$(has "$it" WindowAgg)"
it=$(plan job job_list_l 'text, integer, integer' 'NULL, 20, 0')
is 'job_list_l: one page is taken in the order of an index' 1 \
    "$(has "$it" 'Index .*Scan using print_jobs_\(organization\|created\) on print_jobs j')"
it=$(plan job job_list_p 'text, uuid, integer, integer' 'NULL, NULL, 50, 0')
is 'job_list_p: and here' 1 "$(has "$it" 'Index .*Scan using print_jobs_\(organization\|created\) on print_jobs j')"
