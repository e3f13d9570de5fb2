# SPDX-License-Identifier: Apache-2.0
# Sourced by run: claims, numbering, events, live values, commands. Needs the fixture.
P=a0000000-0000-4007-8000-000000000001 F=a0000000-0000-4004-8000-000000000001
OWNER=a0000000-0000-4001-8000-000000000002
# sql TEXT: as the service; errors as their SQLSTATE
sql() { q main platen_service "$@" | sed 's/^ERROR:  //'; }
as_owner="SET platen.orgs = '{$A}'; SET platen.\"user\" = '$OWNER';"
new_job() { # COLUMNS VALUES: a pending job, its id
	sql "INSERT INTO print_jobs (organization_id, file_id, user_id, created_by${1:+, $1})
	    VALUES ('$A', '$F', '$OWNER', '$OWNER'${2:+, $2}) RETURNING id"
}
job() { sql "SELECT $2 FROM print_jobs WHERE id = '$1'"; }
printer() { sql "SELECT $1 FROM printers WHERE id = '$P'"; }
online() { sql "UPDATE printer_live SET connected = true, state = 'idle', updated_at = now() +
    interval '1 hour' WHERE printer_id = '$P'"; }
seq=100
# ev KIND [DATA] [FENCE]: applies an event to the attempt $att with the next number
ev() {
	local attempt=NULL
	[ -z "$att" ] || attempt="'$att'"
	seq=$((seq + 1))
	answer=$(sql "SELECT spool.apply_event('$P', $seq, now(), '$1', $attempt, ${3:-$fence},
	    '${2:-$none}')")
}
none='{}'
claim() { # JOB PERSON: sets att, fence, base
	IFS='|' read -r att fence base lines <<<"$(sql "SELECT attempt_id, fence, base, planned_lines
	    FROM spool.claim('$1', '$P', 'test', $2)")"
}
online
att= fence=NULL
ev connected '{"firmware": "Marlin 2.0"}'
is 'connected' 'applied|idle|Marlin 2.0' "$answer|$(printer 'current_status, firmware_version')"

# ---- refusals ----
j=$(new_job '' '')
sql "UPDATE printer_live SET updated_at = now() - interval '1 minute' WHERE printer_id = '$P'"
is 'no start on a printer that has gone silent' P5031 "$(sql "SELECT spool.claim('$j', '$P', 't')")"
sql "UPDATE printer_live SET updated_at = now() + interval '1 hour', connected = false
    WHERE printer_id = '$P'"
is 'nor on one that is not connected' P5031 "$(sql "SELECT spool.claim('$j', '$P', 't', true)")"
online
sql "UPDATE printer_live SET state = 'halted' WHERE printer_id = '$P'"
is 'nor on one that has halted' P4091 "$(sql "SELECT spool.claim('$j', '$P', 't', true)")"
online
sql "UPDATE printers SET plate = 'occupied' WHERE id = '$P'"
is 'the queue does not start on a full plate' P4091 "$(sql "SELECT spool.claim('$j', '$P', 't')")"
sql "UPDATE printers SET plate = 'clear', attention = 'thermal' WHERE id = '$P'"
is 'nor where a person is needed' P4091 "$(sql "SELECT spool.claim('$j', '$P', 't')")"
sql "UPDATE files SET analysis = NULL WHERE id = '$F'" "UPDATE printers SET attention = NULL"
is 'nor what is not analysed' P4091 "$(sql "SELECT spool.claim('$j', '$P', 't', true)")"
was='{"ok": true, "commands": 5000, "maxHotend": 210, "maxBed": 60, "layers": 150}'
refused() {
	sql "UPDATE files SET analysis = '$was'::jsonb || '$2' WHERE id = '$F'"
	is "$1" P4000 "$(sql "SELECT spool.claim('$j', '$P', 't', true)")"
}
refused 'a file the analysis refuses' '{"ok": false, "refusal": {"line": 7, "why": "M110"}}'
refused 'too hot for the nozzle' '{"maxHotend": 261}'
refused 'too hot for the bed' '{"maxBed": 111}'
refused 'too wide' '{"bounds": {"min": {"x": 0, "y": 0, "z": 0}, "max": {"x": 230, "y": 9, "z": 9}}}'
refused 'too high' '{"bounds": {"min": {"x": 0, "y": 0, "z": 0}, "max": {"x": 9, "y": 9, "z": 251}}}'
sql "UPDATE files SET analysis = '$was'::jsonb || '{\"ok\": false, \"refusal\": {\"line\": 7,
    \"why\": \"M110\"}}' WHERE id = '$F'"
is 'the refusal names the line' 1 "$(psql -X -q -h "$host" -U postgres -d main -c "SELECT
    spool.claim('$j', '$P', 't', true)" 2>&1 | grep -c 'line 7: M110')"
sql "UPDATE files SET analysis = '$was' WHERE id = '$F'"
is 'a foreign printer is not found' P4041 "$(q main platen_api "$as_owner" "SELECT
    spool.claim('$j', 'b0000000-0000-4007-8000-000000000001', 't', true)" | sed 's/^ERROR:  //')"
b=$(sql "SELECT id FROM print_jobs WHERE organization_id = '$B'")
is 'nor a foreign job on an own printer' P4041 "$(sql "SELECT spool.claim('$b', '$P', 't', true)")"
is 'a job that is over does not start' P4091 "$(sql "SELECT
    spool.claim('a0000000-0000-4008-8000-000000000001', '$P', 't', true)")"

# ---- fifty at once ----
for i in $(seq 50); do
	q main platen_api "$as_owner" "SELECT fence FROM spool.claim('$j', '$P', 'c$i', true)" \
	    >"$work/claim.$i" &
done
wait
is 'of fifty starts of one job one wins' 1 "$(cat "$work"/claim.* | grep -vc ERROR)"
is 'the others hear that the printer is busy' 49 "$(cat "$work"/claim.* | grep -c P4092)"
is 'one attempt was made' 1 "$(sql "SELECT count(*) FROM print_attempts WHERE job_id = '$j'")"
k=$(new_job '' '')
is 'another job does not start either' P4092 "$(sql "SELECT spool.claim('$k', '$P', 't', true)")"
is 'not even past the claim' 23505 "$(sql "UPDATE print_jobs SET status = 'claimed', printer_id =
    '$P', attempt_id = (SELECT id FROM print_attempts WHERE job_id = '$j') WHERE id = '$k'")"
is 'an explicit start clears plate and attention and takes the printer' "clear||$j" \
    "$(sql "UPDATE printers SET plate = plate WHERE id = '$P'"; printer 'plate, attention, current_job_id')"

# ---- expiry: queued, plate as before, never again without a person ----
IFS='|' read -r att fence base <<<"$(sql "SELECT id, fence, base FROM print_attempts
    WHERE job_id = '$j'")"
is 'the first base' 10000 "$base"
sql "UPDATE print_attempts SET plate_before = 'occupied' WHERE id = '$att'"
ev expired
is 'expiry applies' applied "$answer"
is 'the job waits for a person' 'queued|start_expired||' "$(job "$j" 'status, hold_reason,
    attempt_id, claimed_by')"
is 'the plate is as before, the printer free' 'occupied|' "$(printer 'plate, current_job_id')"
ev printing
is 'a byte that comes after all is stale' stale "$answer"

# ---- a whole print ----
old=$att
claim "$j" true
is 'base after an attempt without a last number: its plan, 10 000, rounded up' 25000 "$base"
is 'fences rise' 1 "$((fence > 1))"
is 'the spooler finds the attempt' "$att|$base|5000|2026/11/a-1.gcode|600|210|60|PLA" "$(sql "SELECT
    attempt_id, base, planned_lines, file_path, estimated_sec, hotend_preheat, bed_preheat, material
    FROM spool.attempts('{$P}')")"
ev preparing '{}' $((fence - 1))
is 'an old fence is stale' stale "$answer"
ev preparing
is 'preparing' 'applied|preparing|running|printing' "$answer|$(job "$j" status)|$(sql "SELECT state
    FROM print_attempts WHERE id = '$att'")|$(printer current_status)"
ev printing
started=$(job "$j" started_at)
is 'printing' printing "$(job "$j" status)"
ev extruding
is 'the first extrusion occupies the plate' occupied "$(printer plate)"
again=$(sql "SELECT spool.apply_event('$P', $seq, now(), 'failed', '$att', $fence, '{}')")
is 'a known number has no effect' 'duplicate|printing' "$again|$(job "$j" status)"
sql "SELECT spool.write_live(jsonb_build_array(jsonb_build_object('printer_id', '$P', 'state',
    'printing', 'connected', true, 'needs_homing', false, 'hotend', 210.4, 'hotend_target', 210,
    'bed', 60, 'bed_target', 60, 'job_id', '$j', 'attempt_id', '$att', 'progress', 40.126,
    'layer', 60, 'layers', 150, 'elapsed_sec', 100, 'remaining_sec', 150, 'record', true, 'log',
    true)))" >/dev/null
is 'live values: job, status row, temperature row' '40.13|60|1|1' "$(job "$j" \
    'progress_percentage, current_layer')|$(sql "SELECT count(*) FROM printer_status
    WHERE printer_id = '$P' AND progress_percentage = 40.13")|$(sql "SELECT count(*) FROM
    temperature_logs WHERE job_id = '$j'")"
is 'l_printer_status while printing' 'printing|210.4|t|f|Printer a' "$(sql "SELECT state,
    \"temperatures.hotend.actual\", connected, \"needsHoming\", \"printerName\" FROM l_printer_status
    WHERE \"printerId\" = '$P'")"
is 'l_job while printing' 'PRINTING|40.13|100|150|phone_stand_v2.gcode|oper' "$(sql "SELECT status,
    progress, \"timeElapsed\", \"timeRemaining\", \"file.originalName\", \"user.username\" FROM l_job
    WHERE id = '$j'")"
is 'R-100 what a printer has not said is unknown in its history' 't|t|999.99' "$(sql "SELECT
    spool.write_live(jsonb_build_array(jsonb_build_object('printer_id', '$P', 'state', 'printing',
    'connected', true, 'hotend', 4000, 'record', true)))" >/dev/null
    sql "SELECT chamber_temp_current IS NULL, bed_temp_target IS NULL, nozzle_temp_current FROM
    printer_status WHERE printer_id = '$P' ORDER BY created_at DESC, id LIMIT 1")"
is 'live values of an attempt that no longer counts do not touch the job' 40.13 "$(sql "SELECT
    spool.write_live(jsonb_build_array(jsonb_build_object('printer_id', '$P', 'state', 'printing',
    'connected', true, 'job_id', '$j', 'attempt_id', '$old', 'progress', 99)))" >/dev/null
    job "$j" progress_percentage)"
s1=$(sql "SELECT max(seq) FROM printer_live")
is 'one wake-up for all live values, seq moves' '1 1' "$(sql 'LISTEN platen;' "SELECT
    spool.write_live(jsonb_build_array(jsonb_build_object('printer_id', '$P', 'state', 'printing',
    'connected', true), jsonb_build_object('printer_id', 'b0000000-0000-4007-8000-000000000001',
    'state', 'idle', 'connected', true)));" | grep -c 'live values') $(($(sql "SELECT max(seq) FROM
    printer_live") > s1))"
ev paused '{"reason": "filament", "text": "M600", "x": 1.5, "y": 2, "z": 3, "e": 4, "feedrate": 1200,
    "absolute_e": false, "hotend_target": 210, "line_no": 700}'
is 'paused, with the state to come back to' 'paused|filament|1.5|700|paused' "$(job "$j" 'status,
    hold_reason')|$(sql "SELECT x, line_no FROM job_pause_states WHERE job_id = '$j'")|$(printer \
    current_status)"
ev resumed
is 'resumed' 'printing||0' "$(job "$j" 'status, hold_reason')|$(sql "SELECT count(*) FROM
    job_pause_states WHERE job_id = '$j'")"
ev interrupted '{"reason": "probe does not fit"}'
is 'interrupted holds the job' 'paused|interrupted|interrupted' "$(job "$j" 'status,
    hold_reason')|$(sql "SELECT state FROM print_attempts WHERE id = '$att'")"
ev resumed
is 'and a person may resume it' 'applied|printing' "$answer|$(job "$j" status)"
is 'it started once' "$started" "$(job "$j" started_at)"
ev note '{"type": "POWER_LOSS", "severity": "WARNING", "message": "resends"}'
ev completed '{"elapsed": 321.4, "filamentFraction": 1, "lastNumber": 30123, "counters": {"gaps": 0}}'
is 'completed' "completed|100.00|150|321|12.50|0.25|PLA|1" "$(job "$j" 'status, progress_percentage,
    current_layer, actual_time_seconds, filament_used_grams, cost, material_type, plates_completed')"
is 'the printer is free, its plate full' 'occupied||idle' "$(printer 'plate, current_job_id,
    current_status')"
ev completed '{"elapsed": 1}'
is 'a second end is stale' 'stale|321' "$answer|$(job "$j" actual_time_seconds)"
is 'the history is complete and in order' 'CUSTOM JOB_STARTED JOB_PAUSED FILAMENT_CHANGE JOB_RESUMED POWER_LOSS JOB_RESUMED POWER_LOSS JOB_COMPLETED' \
    "$(sql "SELECT event_type FROM print_events WHERE job_id = '$j' ORDER BY timestamp, ctid" | xargs)"
is 'the gateway heard of it' 'print:started print:paused print:resumed print:paused print:resumed print:completed' \
    "$(sql "SELECT topic FROM live_events WHERE payload->>'jobId' = '$j' ORDER BY id" | xargs)"
is 'and the creator' 'Print interrupted,Print completed' "$(sql "SELECT string_agg(title, ',' ORDER BY
    created_at, title DESC) FROM notifications WHERE metadata->>'jobId' = '$j'")"
is 'starting is in the audit' 2 "$(sql "SELECT count(*) FROM system_events
    WHERE event_type = 'job.started' AND metadata->>'jobId' = '$j'")"

# ---- plates, numbering, failing, cancelling ----
online
j=$(new_job plates_requested 2)
claim "$j" true
is 'base after a known last number' 41000 "$base"
for e in preparing printing; do ev "$e"; done
ev completed '{"elapsed": 60, "lastNumber": 46000}'
is 'after one plate of two the job waits, the printer stays taken' "paused|next_plate|1|$j" \
    "$(job "$j" 'status, hold_reason, plates_completed')|$(printer current_job_id)"
is 'nobody else starts' P4092 "$(sql "SELECT spool.claim('$k', '$P', 't', true)")"
claim "$j" true
is 'the next plate is a new attempt' 'claimed|2|56000' "$(job "$j" status)|$(sql "SELECT plate, base
    FROM print_attempts WHERE id = '$att'")"
for e in preparing printing; do ev "$e"; done
ev completed '{"elapsed": 61, "lastNumber": 61000}'
is 'then it is done; times and grams add up' 'completed|2|121|25.00' "$(job "$j" 'status,
    plates_completed, actual_time_seconds, filament_used_grams')"
sql "UPDATE print_attempts SET last_number = 89990000 WHERE id = '$att'"
claim "$k" true
is 'numbers wrap before 90 000 000' 10000 "$base"
for e in preparing printing; do ev "$e"; done
ev failed '{"category": "ThermalRunaway", "reason": "Thermal Runaway, system stopped!", "elapsed": 9,
    "filamentFraction": 0.1}'
is 'failed' 'failed|ThermalRunaway|Thermal Runaway, system stopped!|1.25|error' "$(job "$k" 'status,
    failure_category, failure_reason, filament_used_grams')|$(printer current_status)"
is 'with its events and alert' 'THERMAL_RUNAWAY:CRITICAL JOB_FAILED:CRITICAL|1' "$(sql "SELECT
    event_type || ':' || severity FROM print_events WHERE job_id = '$k' AND event_type <> 'JOB_STARTED'
    ORDER BY timestamp, ctid" | xargs)|$(sql "SELECT count(*) FROM live_events WHERE topic = 'alert'
    AND payload->'metadata'->>'jobId' = '$k' AND payload->>'type' = 'critical'")"
att=
ev connected '{"firmware": "Marlin 2.1.2"}'
is 'it answers again' 'idle|Marlin 2.1.2' "$(printer 'current_status, firmware_version')"
k=$(new_job '' '')
claim "$k" true
ev paused '{}'
is 'a move that is not in the life cycle is refused and noted' 'refused|claimed|1' "$answer|$(job \
    "$k" status)|$(sql "SELECT count(*) FROM print_events WHERE job_id = '$k'")"
ev cancelled '{"elapsed": 0}'
is 'cancelled' 'cancelled|cancelled|idle' "$(job "$k" status)|$(sql "SELECT state FROM print_attempts
    WHERE id = '$att'")|$(printer current_status)"

# ---- the printer itself, commands ----
att=
ev disconnected '{"why": "unplugged"}'
is 'disconnected' 'offline' "$(printer current_status)"
ev attention '{"value": "silent"}'
is 'attention' silent "$(printer attention)"
ev attention '{"value": null}'
is 'and its end' '' "$(printer attention)"
ev stop '{"request": "r1", "user": "'$OWNER'", "written": true}'
is 'an emergency stop is in the audit' "$OWNER" "$(sql "SELECT user_id FROM system_events
    WHERE event_type = 'printer.emergency_stop'")"
is 'an event of a printer that is gone does not block the journal' stale "$(sql "SELECT
    spool.apply_event('$STRANGER', 1, now(), 'connected', NULL, NULL, '{}')")"
add() { sql "INSERT INTO printer_commands (organization_id, printer_id, recipient_id, command_type,
    priority, timeout_at, created_at) VALUES ('$A', '$P', 'spooler', '$1', $2, now() + '$3',
    now() + '$4') RETURNING id"; }
c1=$(add home_all 0 '1 hour' '0 s') c2=$(add jog 0 '1 hour' '1 s')
c3=$(add pause_print 5 '1 hour' '2 s') c4=$(add home_x 0 '-1 s' '3 s')
add camera_on 9 '1 hour' '4 s' >/dev/null
for i in 1 2 3 4; do sql "SELECT id FROM spool.take_commands('$P')" >"$work/take.$i" & done
wait
is 'each command is taken once, priority first, then age' "$c3 $c1 $c2" "$(cat "$work"/take.* | xargs)"
is 'taken means sent' 'sent|t' "$(sql "SELECT status, sent_at IS NOT NULL FROM printer_commands
    WHERE id = '$c1'")"
is 'the end of a command wakes who waits' 1 "$(seq=$((seq + 1)); sql 'LISTEN platen;' "SELECT
    spool.apply_event('$P', $seq, now(), 'command', NULL, NULL, '{\"id\": \"$c1\", \"status\":
    \"completed\", \"result\": \"ok\"}');" | grep -c "done $c1")"
seq=$((seq + 1))
is 'its result is kept' 'completed|ok|t' "$(sql "SELECT status, result, completed_at IS NOT NULL FROM
    printer_commands WHERE id = '$c1'")"
ev command '{"id": "'"$c1"'", "status": "failed", "error": "late"}'
is 'and not overwritten' 'stale|completed' "$answer|$(sql "SELECT status FROM printer_commands
    WHERE id = '$c1'")"
c5=$(add pause_print 5 '1 hour' '5 s') c6=$(add jog 0 '1 hour' '6 s')
sql "SELECT FROM spool.take_commands('$P')" >/dev/null
is 'what this spooler took is not lost' '' "$(sql "SELECT id FROM spool.take_lost('$P',
    ARRAY(SELECT id FROM printer_commands))")"
is 'a wish of a dead spooler is given once more, a move is not' "$c5|sent|failed" "$(sql "SELECT id
    FROM spool.take_lost('$P', '{}')" | grep "$c5")|$(sql "SELECT status FROM printer_commands
    WHERE id = '$c5'")|$(sql "SELECT status FROM printer_commands WHERE id = '$c6'")"
is 'what nobody answered times out' '1|timeout' "$(sql 'SELECT spool.expire_commands()')|$(sql "SELECT
    status FROM printer_commands WHERE id = '$c4'")"

# ---- small acts of the API ----
is 'a task is queued once under its key' '1|' "$(q main platen_api "SELECT spool.add_task(
    'file-processing', '{\"operation\": \"analyze\"}', 'k1') IS NOT NULL" | sed 's/t/1/')|$(q main \
    platen_api "SELECT spool.add_task('file-processing', '{}', 'k1')")"
denied 'an unknown queue is refused' P4041 platen_api "SELECT spool.add_task('nowhere', '{}')"
denied 'the API cannot report for the spooler' 42501 platen_api "SELECT spool.apply_event('$P', 999,
    now(), 'connected', NULL, NULL, '{}')"
is 'the service sees the local printers' 'Printer a Printer b' "$(sql "SELECT name FROM
    spool.printers('here')" | sort | tr '\n' ' ' | sed 's/ $//')"
is 'but not those of another host' 'Printer b' "$(sql "UPDATE printers SET host = 'there' WHERE id = '$P'"
    sql "SELECT name FROM spool.printers('here')")"
