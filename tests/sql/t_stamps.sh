# SPDX-License-Identifier: Apache-2.0
# Sourced by run: the stamps by which workers know that what they kept is still true.
organ=a0000000-0000-4000-8000-000000000001 other_organ=b0000000-0000-4000-8000-000000000001
person=a0000000-0000-4001-8000-000000000002 machine=a0000000-0000-4007-8000-000000000001
stamp() { q main platen_api "SELECT coalesce(sum(n), 0) FROM stamps WHERE about = '$1'"; }
# moves NAME WHOM HOW SQL...: the stamp is another one afterwards (HOW yes), or the same (no)
moves() {
	local name=$1 whom=$2 how=$3 before after out
	shift 3
	before=$(stamp "$whom")
	out=$(q main - "$@")
	after=$(stamp "$whom")
	case $out in *[0-9A-Z][0-9A-Z][0-9][0-9][0-9]*) is "$name: no error" '' "$out" ;; esac
	is "$name" "$how" "$([ "$before" != "$after" ] && echo yes || echo no)"
}
undone() { moves "$1" "$2" "$3" 'BEGIN' "$4" 'SAVEPOINT s' "${5:-ROLLBACK}"; }

for t in printers printer_status print_jobs files; do
	moves "a change of $t moves its organisation's stamp" $organ yes \
	    "UPDATE $t SET organization_id = organization_id WHERE organization_id = '$organ'"
	moves "a change of $t leaves the other organisation's" $other_organ no \
	    "UPDATE $t SET organization_id = organization_id WHERE organization_id = '$organ'"
	undone "a change of $t taken back moves nothing" $organ no \
	    "UPDATE $t SET organization_id = organization_id WHERE organization_id = '$organ'"
done
moves 'a new printer' $organ yes "INSERT INTO printers (organization_id, name) VALUES ('$organ', 'stamped')"
moves 'a printer removed' $organ yes "DELETE FROM printers WHERE name = 'stamped'"
moves 'a live row' $organ yes "INSERT INTO printer_live (printer_id, organization_id, seq, state)
    VALUES ('$machine', '$organ', 1, 'idle') ON CONFLICT (printer_id) DO UPDATE SET seq = excluded.seq"
moves 'a live row written again' $organ yes "INSERT INTO printer_live (printer_id, organization_id, seq,
    state) VALUES ('$machine', '$organ', 2, 'idle') ON CONFLICT (printer_id) DO UPDATE SET seq = excluded.seq"
moves 'no live rows any more' $organ yes 'BEGIN' 'CREATE TEMP TABLE l AS TABLE printer_live' \
    'TRUNCATE printer_live' 'INSERT INTO printer_live SELECT * FROM l' 'COMMIT'
moves 'a statement without rows' $organ no "UPDATE printers SET name = '' WHERE false"
moves 'the API, which may not write stamps itself' $organ yes 'SET ROLE platen_api' \
    "SET platen.orgs = '{$organ}'" "UPDATE printers SET location = 'x' WHERE id = '$machine'"
denied 'stamps cannot be set back by the API' 42501 platen_api 'UPDATE stamps SET n = 0'

moves 'a role' $person yes "UPDATE users SET role = role WHERE id = '$person'"
moves 'an account switched' $person yes "UPDATE users SET is_active = is_active WHERE id = '$person'"
moves 'a sign-in' $person no "UPDATE users SET last_login_at = now() WHERE id = '$person'"
moves 'a name, which any list may show' $other_organ yes "UPDATE users SET username = username WHERE id = '$person'"
moves 'a membership' $person yes "UPDATE organization_members SET role = role WHERE user_id = '$person'"
moves 'a session used' $person no "UPDATE sessions SET last_used_at = now() WHERE user_id = '$person'"
moves 'a session prolonged' $person yes "UPDATE sessions SET expires_at = expires_at WHERE user_id = '$person'"
moves 'a session ended' $person yes 'BEGIN' "CREATE TEMP TABLE s AS SELECT * FROM sessions
    WHERE user_id = '$person'" "DELETE FROM sessions WHERE user_id = '$person'" \
    'INSERT INTO sessions SELECT * FROM s' 'COMMIT'
moves 'an organisation closed' $organ yes "UPDATE organizations SET is_active = is_active WHERE id = '$organ'"
moves 'the key of an organisation used' $organ no \
    "UPDATE organizations SET api_key_last_used_at = now() WHERE id = '$organ'"
moves 'a migration: the views may be others' $organ yes '\i '"$top/sql/grants.sql"

# A writer in the middle of its transaction, another beside it: the second does not wait.
cat >"$work/beside" <<END
PGOPTIONS='-c lock_timeout=2000' psql -X -q -h $host -U postgres -d main -v ON_ERROR_STOP=1 -c "
    UPDATE files SET folder = folder WHERE organization_id = '$organ'" && touch $work/no-wait
END
before=$(stamp $organ)
q main - 'BEGIN' "UPDATE printers SET location = 'y' WHERE id = '$machine'" "\\! sh $work/beside" \
    'COMMIT' >/dev/null
is 'two writers of one organisation do not wait for one another' yes \
    "$([ -e "$work/no-wait" ] && echo yes || echo no)"
is 'and both are counted' $((before + 2)) "$(stamp $organ)"
lanes=$(q main - "SELECT count(*) FROM stamps WHERE about = '$organ'")
for _ in 1 2 3 4 5; do q main - "UPDATE printers SET location = 'z' WHERE id = '$machine'" >/dev/null; done
is 'one after the other, they share a lane' "$lanes" \
    "$(q main - "SELECT count(*) FROM stamps WHERE about = '$organ'")"

# Whatever a kept list reads is stamped: its view is followed to the tables. Of our functions it may
# call auth.user_name(), whose table stamps everybody, and what is asked of waiting jobs alone, whose
# lists are not kept; and it must not read the clock.
for v in p_printer_list l_file l_job p_job_list; do
	reads="WITH RECURSIVE r(id) AS (SELECT 'public.$v'::regclass::oid UNION
	    SELECT d.refobjid FROM r JOIN pg_rewrite w ON w.ev_class = r.id JOIN pg_depend d
	        ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
	       AND d.refclassid = 'pg_class'::regclass)"
	is "$v reads stamped tables only" '' "$(q main - "$reads
	    SELECT c.relname FROM r JOIN pg_class c ON c.oid = r.id WHERE c.relkind <> 'v'
	       AND (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid
	        AND t.tgname LIKE 'stamp%') <> 4")"
	is "$v calls no function that reads more" '' "$(q main - "$reads
	    SELECT f.proname FROM r JOIN pg_rewrite w ON w.ev_class = r.id JOIN pg_depend d
	        ON d.objid = w.oid AND d.refclassid = 'pg_proc'::regclass
	     JOIN pg_proc f ON f.oid = d.refobjid WHERE f.proname NOT IN ('user_name', 'why_waits')")"
	is "$v does not read the clock or a setting" '' "$(q main - "$reads
	    SELECT c.relname FROM r JOIN pg_class c ON c.oid = r.id WHERE c.relkind = 'v'
	       AND pg_get_viewdef(c.oid) ~ 'now\(|CURRENT_|LOCALTIME|current_setting|_timestamp\(|random\('")"
	is "$v reads some table" t "$(q main - "SELECT count(*) > 0 FROM pg_rewrite w JOIN pg_depend d
	    ON d.objid = w.oid WHERE w.ev_class = 'public.$v'::regclass")"
done
