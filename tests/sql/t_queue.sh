# SPDX-License-Identifier: Apache-2.0
# Sourced by run: dispatch. Which job a printer takes, which printer a job takes, why a job waits,
# the order of the queue, and many claiming at once. An organisation of its own.
C=e0000000-0000-4000-8000-000000000001 CF=e0000000-0000-4004-8000-000000000001
ALL=e0000000-0000-4009-8000-000000000001
as_c="SET platen.orgs = '{$C}'; SET platen.org = '$C'; SET platen.\"user\" = '$OWNER';"
as_auto="$as_c SET platen.auto_start = 'on';"
api() { q main platen_api "$as_c" "$@" | sed 's/^ERROR:  //'; }
machine() { echo "e0000000-0000-4007-8000-00000000000$1"; }
fits='{"version": 1, "ok": true, "commands": 5000, "maxHotend": 210, "maxBed": 60, "layers": 9,
    "bounds": {"min": {"x": 10, "y": 10, "z": 0.2}, "max": {"x": 90, "y": 90, "z": 30}}}'
sql "INSERT INTO organizations (id, name, slug) VALUES ('$C', 'Org C', 'org-c')" \
    "INSERT INTO files (id, organization_id, user_id, original_name, file_name, file_path, file_type,
    file_size, sha256, idx_sha256, metadata, analysis) VALUES ('$CF', '$C', '$OWNER', 'clip.gcode',
    'c-1.gcode', '2026/11/c-1.gcode', 'GCODE', 1000, repeat('c', 64), repeat('0', 64), '{}', '$fits')"
for i in 1 2 3; do
	sql "INSERT INTO printers (id, organization_id, name, brand, model, connection_type, serial_device,
	    is_default, max_nozzle_temp, max_bed_temp, max_build_volume_x, max_build_volume_y,
	    max_build_volume_z, default_nozzle_size, supported_materials) VALUES ('$(machine $i)', '$C',
	    'M$i', 'Acme', 'One $i', 'usb', '/dev/test-c$i', $i = 1, 240 + 20 * $i, 110, 200, 200, 100 * $i,
	    0.2 * $i, CASE $i WHEN 3 THEN '{PLA,PETG}'::text[] WHEN 2 THEN '{pla}' END)" \
	    "INSERT INTO printer_live (printer_id, organization_id, seq, state, connected, updated_at)
	    VALUES ('$(machine $i)', '$C', nextval('live_seq'), 'idle', true, now() + interval '1 hour')"
done
M1=$(machine 1) M2=$(machine 2) M3=$(machine 3)
sql "INSERT INTO printer_groups (id, organization_id, name) VALUES ('$ALL', '$C', 'Hall')" \
    "INSERT INTO printer_group_members VALUES ('$C', '$ALL', '$M1'), ('$C', '$ALL', '$M2')"
wait_job() { # COLUMNS VALUES: a queued job, its id
	sql "INSERT INTO print_jobs (organization_id, file_id, user_id, created_by, status,
	    queued_at${1:+, $1}) VALUES ('$C', '$CF', '$OWNER', '$OWNER', 'queued', now()${2:+, $2})
	    RETURNING id"
}
drop_jobs() { sql "DELETE FROM print_jobs WHERE organization_id = '$C'"; }
why() { api "SELECT reason || ': ' || words FROM spool.why_waits('$1')"; }
why_auto() { q main platen_api "$as_auto" "SELECT reason || ': ' || words FROM spool.why_waits('$1')"; }
metadata() { sql "UPDATE files SET metadata = jsonb_build_object('metadata', '$1'::jsonb) WHERE id = '$CF'"; }
next() { sql "SELECT job_id FROM spool.claim_next('$1', 'test')"; }
seen=
reason() { # NAME EXPECTED JOB [why_auto]: and notes that the reason has been reached
	local got
	got=$(${4:-why} "$3")
	seen="$seen ${got%%:*}"
	is "$1" "$2" "$got"
}

# ---- why a job waits: every reason of one that has not begun ----
j=$(wait_job target "'any'")
reason 'ready, but nothing starts by itself' 'operator: Ready to start on M1 and 2 more.' "$j"
reason 'ready, and the queue starts by itself' 'busy: Next free printer: M1.' "$j" why_auto
is 'both families show it' 'operator|Ready to start on M1 and 2 more.|operator' "$(api "SELECT
    \"holdReason\", \"holdText\", (SELECT hold_reason FROM p_job WHERE id = '$j') FROM l_job
    WHERE id = '$j'")"
sql "UPDATE print_jobs SET hold_reason = 'held', held_by = '$OWNER' WHERE id = '$j'"
reason 'held, and by whom' 'held: Held by oper.' "$j"
sql "UPDATE print_jobs SET hold_reason = 'start_expired' WHERE id = '$j'"
reason 'its start expired' 'start_expired: The printer did not begin in time. Start it again or let it go on.' "$j"
sql "UPDATE print_jobs SET hold_reason = NULL WHERE id = '$j'" \
    "UPDATE files SET analysis = NULL WHERE id = '$CF'"
reason 'not analysed' 'analyzing: The file is being analysed.' "$j"
is 'and nobody takes it' '' "$(next "$M1")"
sql "UPDATE files SET analysis = '{\"ok\": false, \"refusal\": {\"line\": 7, \"why\": \"M110\"}}' WHERE id = '$CF'"
reason 'refused by the analysis' 'no_fit: The file cannot be printed: line 7: M110.' "$j"
is 'nor that' '' "$(next "$M1")"
is 'the end of an analysis wakes the queue' 1 "$(sql 'LISTEN platen' "UPDATE files SET analysis = NULL
    WHERE id = '$CF'" "UPDATE files SET analysis = '$fits' WHERE id = '$CF'" | grep -c "queue $C")"
slice=$(sql "INSERT INTO sliced_files (organization_id, source_file_id, profile_id) SELECT '$C', '$CF', id
    FROM print_profiles WHERE organization_id IS NULL LIMIT 1 RETURNING id")
[ -n "$slice" ] || slice=$(sql "INSERT INTO print_profiles (organization_id, name, layer_height, infill,
    print_speed, nozzle_temp, bed_temp, retraction) VALUES ('$C', 'Own', 0.2, 20, 50, 205, 55, 1)" "INSERT
    INTO sliced_files (organization_id, source_file_id, profile_id) SELECT '$C', '$CF', id FROM
    print_profiles WHERE organization_id = '$C' RETURNING id")
sql "UPDATE print_jobs SET sliced_file_id = '$slice' WHERE id = '$j'"
reason 'being sliced' 'slicing: The model is being sliced.' "$j"
is 'the end of a slice wakes the queue' 1 "$(sql 'LISTEN platen' "UPDATE sliced_files SET status = 'ready'
    WHERE id = '$slice'" | grep -c "queue $C")"
reason 'nothing to print' 'no_fit: There is no G-code to print.' "$j"
sql "UPDATE print_jobs SET sliced_file_id = NULL, need_material = 'abs' WHERE id = '$j'" \
    "UPDATE printers SET supported_materials = '{PLA}' WHERE id = '$M1'"
reason 'a material nobody prints' 'no_fit: None of 3 printers fits; needed: ABS.' "$j"
sql "UPDATE print_jobs SET need_material = 'petg', need_nozzle = 0.4 WHERE id = '$j'"
reason 'no printer has both' 'no_fit: None of 3 printers fits; needed: PETG, a nozzle of 0.4 mm.' "$j"
sql "UPDATE print_jobs SET need_material = 'petg', need_nozzle = NULL WHERE id = '$j'" \
    "UPDATE printers SET loaded_materials = '{PLA}' WHERE id = '$M3'"
reason 'another material is loaded' 'filament: PETG must be loaded on M3.' "$j"
is 'and it does not begin by itself' '' "$(next "$M3")"
sql "UPDATE printers SET loaded_materials = '{petg,PLA}', plate = 'occupied' WHERE id = '$M3'"
reason 'the bed is full' 'plate: The bed of M3 is not cleared.' "$j"
sql "UPDATE printers SET plate = 'clear', attention = 'thermal' WHERE id = '$M3'"
reason 'the printer needs a person' 'attention: Look after M3 first.' "$j"
sql "UPDATE printers SET attention = NULL, last_seen_at = now() - interval '12 min' WHERE id = '$M3'" \
    "UPDATE printer_live SET connected = false WHERE printer_id = '$M3'"
reason 'the printer is not there' 'offline: M3 is offline for 12 min.' "$j"
sql "UPDATE printer_live SET connected = true WHERE printer_id = '$M3'"
k=$(wait_job printer_id "'$M3'")
sql "SELECT spool.claim('$k', '$M3', 't', true)" >/dev/null
reason 'the printer has another job' 'busy: M3 is printing another job.' "$j"
sql "UPDATE print_jobs SET status = 'cancelled' WHERE id = '$k'"
k=$(sql "INSERT INTO print_jobs (organization_id, file_id) VALUES ('$C', '$CF') RETURNING id")
reason 'nobody has sent it' 'operator: It has not been sent to a printer.' "$k"
sql "UPDATE printers SET is_active = false WHERE id = '$M2'"
k=$(wait_job printer_id "'$M2'")
reason 'its printer was deleted' 'no_fit: Its printer is gone.' "$k"
sql "UPDATE printers SET is_active = true, connection_type = 'network', current_status = 'idle'
    WHERE id = '$M2'"
reason 'an agent has to take it' 'operator: The agent of M2 has not taken it yet.' "$k"
sql "UPDATE printers SET current_status = 'offline' WHERE id = '$M2'"
reason 'the remote printer is away' 'offline: M2 is offline.' "$k"
sql "UPDATE printers SET current_status = 'printing' WHERE id = '$M2'"
reason 'or busy' 'busy: M2 is printing another job.' "$k"
is 'a printer of an agent is not chosen from the queue' '' "$(next "$M2")"
sql "UPDATE printers SET connection_type = 'usb', current_status = 'idle' WHERE id = '$M2'"
is 'no reason for a job that does not wait' 0 "$(api "SELECT count(*) FROM print_jobs j,
    spool.why_waits(j.id) WHERE j.status NOT IN ('pending', 'queued')")"
# The others belong to jobs that have begun: t_spool.sh pauses them.
begun='interrupted next_plate prompt'
is 'every reason of the closed list is reached' "$("$print" | sed -n 's/^hold|//p' \
    | sort | xargs)" "$(echo $seen $begun | tr ' ' '\n' | sort -u | xargs)"

# ---- what fits ----
drop_jobs
can() { # PRINTER-NUMBERS that fit the job $j
	api "SELECT c.name FROM print_jobs j, spool.candidates(j) c WHERE j.id = '$j' AND c.unfit IS NULL
	    ORDER BY 1" | xargs
}
sql "UPDATE printers SET supported_materials = NULL, loaded_materials = NULL WHERE organization_id = '$C'"
j=$(wait_job target "'any'")
is 'who asks for nothing gets any' 'M1 M2 M3' "$(can)"
metadata '{"printerModel": "Acme One-2"}'
is 'the model in the file' M2 "$(can)"
sql "UPDATE printers SET model = NULL WHERE id = '$M3'"
is 'a printer nobody has named the model of is not excluded by the file' 'M2 M3' "$(can)"
sql "UPDATE print_jobs SET need_model = 'one 1' WHERE id = '$j'"
is 'but by the wish' M1 "$(can)"
sql "UPDATE print_jobs SET need_model = '*' WHERE id = '$j'"
is 'whichever model' 'M1 M2 M3' "$(can)"
sql "UPDATE print_jobs SET need_model = NULL, target = 'group', group_id = '$ALL' WHERE id = '$j'"
is 'a group is chosen by a person: the model in the file is not asked' 'M1 M2' "$(can)"
metadata '{"nozzleDiameter": 0.4, "filamentType": "PETG"}'
is 'the nozzle in the file' M2 "$(can)"
sql "UPDATE print_jobs SET need_nozzle = 0.2 WHERE id = '$j'"
is 'the nozzle of the wish' M1 "$(can)"
sql "UPDATE printers SET supported_materials = '{PLA}' WHERE id = '$M1'"
is 'the material in the file' '' "$(can)"
sql "UPDATE print_jobs SET need_material = '*' WHERE id = '$j'"
is 'whichever material' M1 "$(can)"
sql "UPDATE print_jobs SET target = 'any', group_id = NULL, need_nozzle = NULL, settings =
    '{\"temperature\": {\"hotend\": 275}}' WHERE id = '$j'"
metadata '{}'
is 'the heat' 'M2 M3' "$(can)"
sql "UPDATE files SET analysis = analysis || '{\"bounds\": {\"min\": {\"x\": 0, \"y\": 0, \"z\": 0}, \"max\":
    {\"x\": 90, \"y\": 90, \"z\": 250}}}' WHERE id = '$CF'"
is 'the volume' M3 "$(can)"
sql "UPDATE files SET analysis = analysis || '{\"bounds\": {\"min\": {\"x\": 0, \"y\": 0, \"z\": 0}, \"max\":
    {\"x\": 250, \"y\": 210, \"z\": 20}}}' WHERE id = '$CF'" "UPDATE print_jobs SET settings = '{}' WHERE id = '$j'"
is 'and what is missing is said' 'no_fit: None of 3 printers fits; needed: 250 × 210 × 20 mm (largest is 200 × 200 × 300).' "$(why "$j")"
sql "UPDATE files SET analysis = '$fits' WHERE id = '$CF'" \
    "UPDATE printers SET supported_materials = NULL, model = 'One 3' WHERE organization_id = '$C'"
is 'a printer of another organisation is none' 0 "$(api "SELECT count(*) FROM print_jobs j,
    spool.candidates(j) c WHERE j.id = '$j' AND c.name = 'Printer a'")"

# ---- which job is next ----
drop_jobs
low=$(wait_job 'target, priority' "'any', 'low'") first=$(wait_job target "'any'")
mine=$(wait_job 'printer_id, priority' "'$M2', 'high'") late=$(wait_job target "'any'")
urgent=$(wait_job 'target, group_id, priority' "'group', '$ALL', 'urgent'")
order() { sql "SELECT id FROM print_jobs WHERE organization_id = '$C' AND status = 'queued'
    ORDER BY priority_rank DESC, position, id" | xargs; }
is 'R-079 priority, then age' "$urgent $mine $first $late $low" "$(order)"
is 'R-079 a printer outside the group takes the oldest that is for it' "$first" "$(next "$M3")"
is 'one of the group the urgent' "$urgent" "$(next "$M1")"
is 'the named printer its own' "$mine" "$(next "$M2")"
is 'who is busy takes no more' '' "$(next "$M2")"
is 'the printer is in the job' "$M3" "$(job "$first" printer_id)"
sql "UPDATE print_jobs SET status = 'queued', hold_reason = 'start_expired', attempt_id = NULL
    WHERE id = '$first'"
is 'a start that expired gives the printer back, not the place' "|$first $late $low" \
    "$(job "$first" printer_id)|$(order)"
is 'and is passed over' "$late" "$(next "$M3")"
sql "UPDATE print_jobs SET status = 'cancelled' WHERE organization_id = '$C' AND status = 'claimed'"
sql "UPDATE print_jobs SET hold_reason = 'held' WHERE id = '$low'"
is 'so is who is held' '' "$(next "$M3")"
IFS='|' read -r p a f <<<"$(sql "UPDATE print_jobs SET hold_reason = NULL WHERE id = '$low'" \
    "SELECT printer_id, attempt_id, fence FROM spool.claim_any('$low', 't')")"
is 'a job chooses the printer that rested longest' "$M1" "$p"
sql "UPDATE printers SET plate = 'occupied' WHERE organization_id = '$C'"
is 'and none with a full bed' '' "$(sql "SELECT printer_id FROM spool.claim_any('$first', 't')")"
sql "UPDATE printers SET plate = 'clear' WHERE organization_id = '$C'"

# ---- order ----
drop_jobs
a=$(wait_job target "'any'") b=$(wait_job target "'any'") c=$(wait_job target "'any'")
d=$(wait_job 'target, priority' "'any', 'high'")
move() { api "SELECT spool.move_job('$1', '$2', ${3:-NULL})"; }
names() { order | sed "s/$a/a/; s/$b/b/; s/$c/c/; s/$d/d/; s/${e:-none}/e/"; }
moved() { is "$1" "$2" "$(names)"; }
moved 'as they came' 'd a b c'
move "$c" up >/dev/null; moved 'up' 'd a c b'
move "$a" down >/dev/null; moved 'down' 'd c a b'
move "$b" top >/dev/null; moved 'to the top, past a higher priority' 'b d c a'
is 'whose priority it takes' high "$(job "$b" priority)"
move "$d" bottom >/dev/null; moved 'to the bottom' 'b c a d'
move "$d" before "'$c'" >/dev/null; moved 'before one' 'b d c a'
move "$b" after "'$c'" >/dev/null; moved 'after one' 'd c b a'
e=$(wait_job target "'any'"); moved 'who comes later stands last' 'd c b a e'
for i in $(seq 60); do move "$e" before "'$c'" >/dev/null; move "$c" before "'$e'" >/dev/null; done
moved 'sixty times between the same two: still exact' 'd c e b a'
move "$d" up >/dev/null; moved 'the first stays the first' 'd c e b a'
is 'beside one that has gone' P4091 "$(move "$a" before "'$STRANGER'")"
sql "UPDATE print_jobs SET status = 'cancelled' WHERE id = '$a'"
is 'what does not wait does not move' P4091 "$(move "$a" top)"
is 'moving wakes the spoolers and is in the audit' '1 t' "$(q main platen_api "$as_c" 'LISTEN platen' \
    "SELECT spool.move_job('$b', 'top', NULL)" | grep -c "queue $C") $(sql "SELECT count(*) > 0 FROM
    system_events WHERE event_type = 'job.moved' AND organization_id = '$C'")"

# ---- many at once: 20 printers, 200 jobs, 24 sessions that all want everything ----
drop_jobs
sql "DELETE FROM printers WHERE organization_id = '$C' AND id <> '$M1'"
sql "INSERT INTO printers (id, organization_id, name, connection_type, serial_device) SELECT
    ('e0000000-0000-4007-8000-0000000001' || to_char(g, 'FM00'))::uuid, '$C', 'R' || g, 'usb', '/dev/race-'
    || g FROM generate_series(1, 19) g" "INSERT INTO printer_live (printer_id, organization_id, seq, state,
    connected, updated_at) SELECT id, '$C', nextval('live_seq'), 'idle', true, now() + interval '1 hour'
    FROM printers WHERE organization_id = '$C' AND id <> '$M1'" "INSERT INTO printer_group_members SELECT
    '$C', '$ALL', id FROM printers WHERE organization_id = '$C' AND name < 'R15' ON CONFLICT DO NOTHING"
sql "INSERT INTO print_jobs (organization_id, file_id, status, queued_at, target, group_id, printer_id)
    SELECT '$C', '$CF', 'queued', now(), CASE g % 4 WHEN 0 THEN 'group' WHEN 1 THEN 'printer' ELSE 'any' END,
    CASE g % 4 WHEN 0 THEN '$ALL'::uuid END, CASE g % 4 WHEN 1 THEN (SELECT id FROM printers
    WHERE organization_id = '$C' ORDER BY id OFFSET g / 4 % 20 LIMIT 1) END FROM generate_series(1, 200) g"
everywhere=$(sql "SELECT id FROM printers WHERE organization_id = '$C'")
for s in $(seq 24); do
	for round in 1 2 3 4; do
		for p in $(shuf -e $everywhere); do
			echo "SELECT job_id FROM spool.claim_next('$p', 's$s');"
			echo "UPDATE print_jobs SET status = 'cancelled' WHERE printer_id = '$p'
			    AND status = 'claimed' AND claimed_by = 's$s';"
		done
	done >"$work/race.$s.sql"
done
for s in $(seq 24); do
	{ echo 'SET ROLE platen_service;'; cat "$work/race.$s.sql"; } | psql -X -q -A -t -h "$host" -U postgres \
	    -d main >"$work/race.$s" 2>&1 &
done
wait
is 'of 200 jobs each was begun once' '200 200 200' "$(sql "SELECT concat_ws(' ', count(*),
    count(DISTINCT job_id), count(DISTINCT fence)) FROM print_attempts WHERE organization_id = '$C'")"
is 'and told to one session' '200 200' "$(cat "$work"/race.[0-9]* | grep -c '^[0-9a-f-]*$') $(cat \
    "$work"/race.? "$work"/race.?? | grep '^[0-9a-f-]\{36\}$' | sort -u | wc -l)"
is 'nobody failed or waited in a circle' '' "$(cat "$work"/race.? "$work"/race.?? | grep -v '^[0-9a-f-]*$' | sort -u)"
is 'several took part' t "$(sql "SELECT count(DISTINCT claimed_by) > 8 FROM print_attempts
    WHERE organization_id = '$C'")"
is 'each on a printer it may go to' 0 "$(sql "SELECT count(*) FROM print_attempts a JOIN print_jobs j
    ON j.id = a.job_id WHERE a.organization_id = '$C' AND (a.printer_id <> j.printer_id OR (j.target = 'group'
    AND NOT EXISTS (SELECT FROM printer_group_members m WHERE m.group_id = j.group_id
    AND m.printer_id = a.printer_id)))")"
drop_jobs # what follows looks at plans for the other organisations
