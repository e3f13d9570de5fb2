# SPDX-License-Identifier: Apache-2.0
# Sourced by run: row security, keys, checks, cascades. Leaves the fixture in database main.
psql -X -q -h "$host" -U postgres -d main -v ON_ERROR_STOP=1 -f "$here/fixture.sql" \
    >/dev/null || { echo 'the fixture does not load' >&2; exit 1; }
A=a0000000-0000-4000-8000-000000000001 B=b0000000-0000-4000-8000-000000000001
tenants=$(q main - "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r'
    AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'users' AND EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
       AND a.attname IN ('organization_id', 'user_id'))
    AND c.relname NOT IN ('sessions', 'live_events') ORDER BY 1"; echo organizations)
is 'the list of tenant tables is not empty' 1 "$(($(echo "$tenants" | wc -l) > 20))"
for t in $tenants; do
	is "$t is locked by row security" t "$(q main - "SELECT relrowsecurity FROM pg_class
	    WHERE oid = 'public.$t'::regclass")"
	is "$t has rows of two tenants" 1 "$(q main - "SELECT (count(*) >= 2)::int FROM $t")"
	is "$t shows nothing without an organisation" 0 \
	    "$(q main platen_api "SELECT count(*) FROM $t")"
	is "$t shows a foreign organisation nothing of A" 0 "$(q main platen_api \
	    "SET platen.orgs = '{$B}';" "SET platen.\"user\" = 'b0000000-0000-4001-8000-000000000002';" "
	    SELECT count(*) FROM $t x WHERE to_jsonb(x)->>'organization_id' = '$A'
	        OR to_jsonb(x)->>'id' = '$A'
	        OR to_jsonb(x)->>'user_id' = 'a0000000-0000-4001-8000-000000000002'")"
	is "$t shows the service everything" "$(q main - "SELECT count(*) FROM $t")" \
	    "$(q main platen_service "SELECT count(*) FROM $t")"
done
for v in $(q main - "SELECT relname FROM pg_class WHERE relkind = 'v'
    AND relnamespace = 'public'::regnamespace"); do
	is "view $v shows nothing without an organisation" 0 \
	    "$(q main platen_api "SELECT count(*) FROM $v")"
	is "view $v can be read by its own" 1 "$(q main platen_api "SET platen.orgs = '{$A}';" \
	    "SET platen.\"user\" = 'a0000000-0000-4001-8000-000000000002';" "
	    SELECT (count(*) >= 0)::int FROM $v")"
done
for t in users sessions rate_limits task_queue task_schedules live_events spool_cursors; do
	case $(q main platen_api "SELECT * FROM $t") in
	*42501*) is "$t is closed to the API" closed closed ;;
	*) is "$t is closed to the API" closed open ;;
	esac
done
denied() { # NAME SQLSTATE ROLE SQL: ends with that error
	local name=$1 state=$2 role=$3
	shift 3
	case $(q main "$role" "$@") in
	*"$state"*) is "$name" "$state" "$state" ;;
	*) is "$name" "$state" "$(q main "$role" "$@")" ;;
	esac
}
denied 'the audit cannot be changed by the API' 42501 platen_api \
    "SET platen.orgs = '{$A}';" 'DELETE FROM system_events'
denied 'a row for a foreign organisation is refused' 42501 platen_api \
    "SET platen.orgs = '{$A}';" "INSERT INTO printers (organization_id, name) VALUES ('$B', 'x')"
is 'a row cannot be moved to a foreign organisation' 1 "$(q main platen_api \
    "SET platen.orgs = '{$A}';" "UPDATE printers SET organization_id = '$B'" | grep -c 42501)"
denied 'a job cannot name a printer of another organisation' 23503 - "INSERT INTO print_jobs
    (organization_id, file_id, printer_id) VALUES ('$A', 'a0000000-0000-4004-8000-000000000001',
    'b0000000-0000-4007-8000-000000000001')"
denied 'a slice cannot use a profile of another organisation' P4041 - "INSERT INTO sliced_files
    (organization_id, source_file_id, profile_id) VALUES ('$A',
    'a0000000-0000-4004-8000-000000000002', 'b0000000-0000-4003-8000-000000000001')"
is 'a slice may use a profile of the installation' 1 "$(q main - "BEGIN;" "WITH x AS (
    INSERT INTO sliced_files (organization_id, source_file_id, profile_id)
    SELECT '$A', 'a0000000-0000-4004-8000-000000000002', id FROM print_profiles
     WHERE organization_id IS NULL RETURNING 1) SELECT count(*) FROM x;" 'ROLLBACK;')"
is 'installation defaults are read by every organisation' 1 "$(q main platen_api \
    "SET platen.orgs = '{$A}';" 'SELECT count(*) FROM print_profiles WHERE organization_id IS NULL')"
denied 'but not changed by them' P4031 platen_api "SET platen.orgs = '{$A}';" \
    'DELETE FROM print_profiles WHERE organization_id IS NULL'
denied 'nor added' 42501 platen_api "SET platen.orgs = '{$A}';" "INSERT INTO print_profiles
    (name, layer_height, infill, print_speed, nozzle_temp, bed_temp, retraction)
    VALUES ('mine', 0.2, 1, 1, 1, 1, 1)"

# CHECKs and uniqueness.
job="INSERT INTO print_jobs (organization_id, file_id, status, priority) VALUES ('$A',
    'a0000000-0000-4004-8000-000000000001',"
denied 'R-269 unknown job status' 23514 - "$job 'sleeping', 'normal')"
denied 'R-269 unknown job priority' 23514 - "$job 'pending', 'highest')"
denied 'a job without file and product' 23514 - "INSERT INTO print_jobs (organization_id)
    VALUES ('$A')"
cmd="INSERT INTO printer_commands (organization_id, printer_id, recipient_id, command_type, status)
    VALUES ('$A', 'a0000000-0000-4007-8000-000000000001', 'x',"
denied 'R-269 unknown command type' 23514 - "$cmd 'dance', 'pending')"
denied 'unknown command status' 23514 - "$cmd 'home_all', 'perhaps')"
denied 'unknown connection type' 23514 - "INSERT INTO printers (organization_id, name,
    connection_type) VALUES ('$A', 'x', 'pigeon')"
denied 'unknown enum value' 22P02 - "UPDATE users SET role = 'GOD'"
denied 'R-270 only one default printer' 23505 - "INSERT INTO printers (organization_id, name,
    is_default) VALUES ('$A', 'second', true)"
denied 'R-270 only one default profile' 23505 - "INSERT INTO print_profiles (name, layer_height, infill,
    print_speed, nozzle_temp, bed_temp, retraction, is_default)
    VALUES ('second', 0.2, 1, 1, 1, 1, 1, true)"
denied 'only one default organisation' 23505 - "INSERT INTO organizations (name, is_default)
    VALUES ('x', true)"
denied 'one profile name within an organisation, null included' 23505 - "INSERT INTO
    print_profiles (name, layer_height, infill, print_speed, nozzle_temp, bed_temp, retraction)
    VALUES ('Standard 0.2 mm', 0.2, 1, 1, 1, 1, 1)"
denied 'a device belongs to one active printer' 23505 - "INSERT INTO printers (organization_id,
    name, connection_type, serial_device) VALUES ('$B', 'thief', 'usb', '/dev/test-a')"
denied 'e-mail addresses differ in more than case' 23505 - "INSERT INTO users (email, username)
    VALUES ('OPER@x.test', 'other')"

# Every forbidden move is refused, every allowed one passes (all pairs of states).
moves=$(q main - "CREATE FUNCTION pg_temp.try(f text, t text) RETURNS boolean LANGUAGE plpgsql AS
    \$\$ DECLARE made uuid; BEGIN
	INSERT INTO print_jobs (organization_id, file_id, status) VALUES ('$A',
	    'a0000000-0000-4004-8000-000000000001', f) RETURNING id INTO made;
	UPDATE print_jobs SET status = t WHERE id = made;
	DELETE FROM print_jobs WHERE id = made; RETURN true;
    EXCEPTION WHEN SQLSTATE 'P4091' THEN RETURN false; END \$\$;
    SELECT f, t FROM (SELECT DISTINCT unnest(ARRAY[from_state, to_state]) f FROM life_cycle
      WHERE kind = 'job') a, (SELECT DISTINCT unnest(ARRAY[from_state, to_state]) t
      FROM life_cycle WHERE kind = 'job') b
     WHERE pg_temp.try(f, t) <> (f = t OR EXISTS (SELECT FROM life_cycle c
      WHERE c.kind = 'job' AND c.from_state = f AND c.to_state = t));")
is 'the trigger lets through the life cycle and nothing else' '' "$moves"

# Cascades (R-268).
is 'R-268 a deleted job takes its history along' '0|0|0|0|0' "$(q main - 'BEGIN;' "DELETE FROM print_jobs
    WHERE id = 'a0000000-0000-4008-8000-000000000001';" "SELECT (SELECT count(*) FROM print_events
    WHERE organization_id = '$A'), (SELECT count(*) FROM temperature_logs
    WHERE organization_id = '$A'), (SELECT count(*) FROM timelapses WHERE organization_id = '$A'),
    (SELECT count(*) FROM print_attempts WHERE organization_id = '$A'),
    (SELECT count(*) FROM job_pause_states WHERE organization_id = '$A');" 'ROLLBACK;')"
is 'R-268 a deleted user takes sessions and notifications along' '0|0' "$(q main - 'BEGIN;' "
    INSERT INTO notifications (user_id, type, title, message)
    VALUES ('a0000000-0000-4001-8000-000000000003', 'INFO', 't', 'm');" "DELETE FROM users
    WHERE id = 'a0000000-0000-4001-8000-000000000003';" "SELECT (SELECT count(*) FROM sessions
    WHERE user_id = 'a0000000-0000-4001-8000-000000000003'), (SELECT count(*) FROM notifications
    WHERE user_id = 'a0000000-0000-4001-8000-000000000003');" 'ROLLBACK;')"
is 'a file that is deleted leaves its job, which still says what it printed' \
    "a0000000-0000-4004-8000-000000000001|$A" "$(q main - 'BEGIN;' "DELETE FROM files WHERE id =
    'a0000000-0000-4004-8000-000000000001';" "SELECT product_id, organization_id FROM print_jobs
    WHERE id = 'a0000000-0000-4008-8000-000000000001';" 'ROLLBACK;')"
is 'a printer that is deleted leaves its jobs' '|completed' "$(q main - 'BEGIN;' "UPDATE print_jobs
    SET printer_id = 'a0000000-0000-4007-8000-000000000001'
    WHERE id = 'a0000000-0000-4008-8000-000000000001';" "DELETE FROM printers WHERE id =
    'a0000000-0000-4007-8000-000000000001';" "SELECT printer_id, status FROM print_jobs
    WHERE id = 'a0000000-0000-4008-8000-000000000001';" 'ROLLBACK;')"
is 'an organisation goes with everything it has' '' "$(q main - 'BEGIN;' "DELETE FROM
    organizations WHERE id = '$B';" \
    'ROLLBACK;')"

# Retention (R-265) and search (R-132).
is 'status rows are bounded while they are written' 1 "$(q main - 'BEGIN;' "INSERT INTO
    printer_status (organization_id, printer_id, status, created_at) SELECT '$A',
    'a0000000-0000-4007-8000-000000000001', 'idle', now() + make_interval(secs => g)
    FROM generate_series(1, 1250) g;" "SELECT (count(*) BETWEEN 1000 AND 1100)::int
    FROM printer_status WHERE organization_id = '$A';" 'ROLLBACK;')"
is 'R-101 R-265 cleanup_old_printer_status keeps the newest, per printer' '3|1|30' "$(q main - 'BEGIN;' "
    INSERT INTO printer_status (organization_id, printer_id, status, created_at,
    time_elapsed_seconds) SELECT '$A', 'a0000000-0000-4007-8000-000000000001', 'idle',
    now() + make_interval(secs => g), g FROM generate_series(1, 30) g;" "DO \$\$ BEGIN PERFORM
    cleanup_old_printer_status(3); END \$\$;" "SELECT count(*) FILTER (WHERE organization_id = '$A'),
    count(*) FILTER (WHERE organization_id = '$B'), max(time_elapsed_seconds)
    FROM printer_status;" 'ROLLBACK;')"
is 'a word inside a file name is found' 2 "$(q main - "SELECT count(*) FROM files
    WHERE search @@ to_tsquery('simple', 'stan:*')")"
