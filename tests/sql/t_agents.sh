# SPDX-License-Identifier: Apache-2.0
# Sourced by run, after the fixture: monitoring as the seed does it, keys of agents, reports.
seed() { psql -X -q -A -t -h "$host" -U postgres -d main -v ON_ERROR_STOP=1 -f "$here/seed_monitoring.sql" 2>&1; }
mine="INSERT INTO print_jobs (organization_id, file_id, status) VALUES ('$A',
    'a0000000-0000-4004-8000-000000000001', 'pending')"
q main - "$mine" "$mine" >/dev/null
pending=$(q main - "SELECT count(*) FROM print_jobs WHERE status = 'pending'")
is 'R-264 the monitoring queries of the seed run unmodified' 0 "$(seed >/dev/null; echo $?)"
is 'R-264 active jobs are counted' 1 "$(seed | grep -c "^$pending|pending\$")"
is 'R-264 every printer has its line' "$(q main - 'SELECT count(*) FROM printers')" \
    "$(seed | grep -c '^[^|]*|[a-z]*|[0-9]*$')"
is 'R-264 waiting commands are counted' 1 "$(seed |
    grep -cx "$(q main - "SELECT count(*) FROM printer_commands WHERE status = 'pending'")" | head -1)"
p=$(q main - "INSERT INTO printers (organization_id, name) VALUES ('$A', 'Reporter') RETURNING id")
q main - "INSERT INTO printer_status (organization_id, printer_id, status, time_elapsed_seconds, created_at)
    SELECT '$A', '$p', 'idle', n, now() - interval '1 day' + n * interval '1 second'
      FROM generate_series(1, 1050) n" >/dev/null
q main - "INSERT INTO printer_status (organization_id, printer_id, status, time_elapsed_seconds)
    SELECT '$A', '$p', 'idle', n FROM generate_series(1051, 1060) n" >/dev/null
seed >/dev/null
is 'R-265 the clean-up as written in the seed keeps the newest 1000' '1000|61|1060' "$(q main - "SELECT
    count(*), min(time_elapsed_seconds), max(time_elapsed_seconds) FROM printer_status WHERE printer_id = '$p'")"
q main - 'SELECT cleanup_old_printer_status(10)' >/dev/null
is 'R-265 or as many as are asked for' 10 "$(q main - "SELECT count(*) FROM printer_status
    WHERE printer_id = '$p'")"

# ---- keys ----
hash() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
q main - "INSERT INTO api_keys (organization_id, name, scope, role, key_hash, key_prefix) VALUES ('$A', 'k',
    'agent', 'AGENT', '$(hash pk_a)', 'pk_a')" "UPDATE organizations SET api_key_hash = '$(hash pk_b)'
    WHERE id = '$B'" >/dev/null
find_key() { q main platen_api "SELECT organization_id, scope, role FROM auth.find_key('$(hash "$1")')"; }
is 'R-037 a key says its organisation' "$A|agent|AGENT" "$(find_key pk_a)"
is "R-037 an organisation's own key too" "$B|agent|AGENT" "$(find_key pk_b)"
is 'R-037 an unknown key says nothing' '' "$(find_key pk_c)"
seen=$(q main - "SELECT last_used_at FROM api_keys WHERE name = 'k'")
find_key pk_a >/dev/null
is 'a key that is used all the time is not written all the time' "$seen" \
    "$(q main - "SELECT last_used_at FROM api_keys WHERE name = 'k'")"
q main - "UPDATE organizations SET is_active = false WHERE id = '$A'" >/dev/null
is 'nor does the key of an organisation that is closed' '' "$(find_key pk_a)"
q main - "UPDATE organizations SET is_active = true WHERE id = '$A'" >/dev/null

# ---- calls without an organisation; reports ----
as_user() { # USER ORGS ROLE SQL
	q main platen_api "SET platen.\"user\" = '$1'" "SET platen.orgs = '$2'" "SET platen.role = '$3'" "$4"
}
user=$(q main - "INSERT INTO users (email, username, role) VALUES ('two@x.test', 'two', 'VIEWER') RETURNING id")
q main - "INSERT INTO organization_members (organization_id, user_id, role) VALUES ('$A', '$user', 'OPERATOR'),
    ('$B', '$user', NULL)" >/dev/null
is 'of several organisations those count in which the own role suffices' "{$A}" \
    "$(as_user "$user" "{$A,$B}" OPERATOR "SELECT auth.orgs_as('AGENT')")"
is 'an agent has the organisation it entered' "{$B}" \
    "$(as_user "$user" "{$B}" AGENT "SELECT auth.orgs_as('AGENT')")"
s=$(q main - "SELECT id FROM printer_status WHERE printer_id = '$p' ORDER BY created_at DESC, id DESC LIMIT 1")
as_user "$user" "{$B}" OPERATOR "SELECT spool.report_live('$s')" >/dev/null
is 'nobody reports for another organisation' 0 "$(q main - "SELECT count(*) FROM printer_live
    WHERE printer_id = '$p'")"
is "a report becomes the printer's live row and wakes the gateway" 'idle|t|1' "$(q main platen_api \
    "SET platen.orgs = '{$A}'" 'LISTEN platen' "SELECT spool.report_live('$s')" | grep -c 'live values' >"$work/woken"
    q main - "SELECT state, connected FROM printer_live WHERE printer_id = '$p'")|$(cat "$work/woken")"
q main - "DELETE FROM printers WHERE id = '$p'" "DELETE FROM printer_live WHERE printer_id = '$p'" \
    "DELETE FROM users WHERE id = '$user'" "DELETE FROM api_keys WHERE name = 'k'" \
    "DELETE FROM print_jobs WHERE organization_id = '$A' AND status = 'pending' AND file_id =
    'a0000000-0000-4004-8000-000000000001' AND created_at > now() - interval '1 minute'" >/dev/null
