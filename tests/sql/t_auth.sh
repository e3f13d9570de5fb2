# SPDX-License-Identifier: Apache-2.0
# Sourced by run: auth.enter and the functions around accounts. Needs the fixture.
U=a0000000-0000-4001-8000-00000000000 S=a0000000-0000-4002-8000-00000000000
BOTH=b0000000-0000-4001-8000-000000000002 NEW=c0000000-0000-4000-8000-000000000001
STRANGER=d0000000-0000-4000-8000-000000000001
D=$(q main - 'SELECT id FROM organizations WHERE is_default')
arg() { [ "$1" = - ] && echo NULL || echo "'$1'"; }
# enter KIND USER SESSION CLAIMED STATED ROLE LEAST: role|organization_id, or the SQLSTATE
enter() {
	local list='' it
	for it in "$@"; do list="$list${list:+, }$(arg "$it")"; done
	q main platen_api 'BEGIN;' "SELECT role, organization_id FROM auth.enter($list);" \
	    'ROLLBACK;' | sed 's/^ERROR:  //' | head -n 1
}
n=0
while read -r kind user session claimed stated role least expected; do
	case $kind in '' | \#*) continue ;; esac
	n=$((n + 1))
	is "auth.enter #$n: $kind $user claimed $claimed stated $stated least $least" "$expected" \
	    "$(enter "$kind" "$user" "$session" "$claimed" "$stated" "$role" "$least")"
done <<CASES
# who is who
user $STRANGER - - - - VIEWER P4012
user - - - - - VIEWER P4012
user ${U}4 - - - - VIEWER P4012
auto ${U}4 - $A $A ADMIN VIEWER P4012
external ${U}4 - $A $A ADMIN VIEWER P4012
# sessions
user ${U}2 ${S}2 - - - VIEWER OPERATOR|$A
user ${U}2 ${S}9 - - - VIEWER P4011
user ${U}3 ${S}3 - - - VIEWER P4011
user ${U}3 ${S}2 - - - VIEWER P4011
auto ${U}2 ${S}9 - $A - VIEWER P4011
# organisations of users
user ${U}2 - $A - - VIEWER OPERATOR|$A
user ${U}2 - $B - - VIEWER OPERATOR|$A
user ${U}2 - - $B - VIEWER P4032
auto ${U}2 - $B $B ADMIN VIEWER P4032
user $BOTH - - - - VIEWER VIEWER|$B
user $BOTH - $A - - VIEWER OPERATOR|$A
auto $BOTH - - $A - OPERATOR OPERATOR|$A
auto $BOTH - - $B - OPERATOR P4031
user ${U}1 - - - - ADMIN ADMIN|$D
user ${U}1 - - $B - ADMIN ADMIN|$B
user ${U}1 - - $NEW - ADMIN P4032
# roles: the claim of a user's token counts nothing
user ${U}3 - - - ADMIN OPERATOR P4031
user ${U}3 - - - - VIEWER VIEWER|$A
user ${U}2 - - - - ADMIN P4031
user ${U}2 - - - - AGENT OPERATOR|$A
user ${U}3 - - - - AGENT P4031
user ${U}3 - - - - VIEWER+AGENT VIEWER|$A
user ${U}1 - - - - NONSENSE P4031
# external users
external $STRANGER - $A $A - VIEWER OPERATOR|$A
auto $STRANGER - $A $A owner ADMIN ADMIN|$A
auto $STRANGER - $A $A ADMIN ADMIN ADMIN|$A
auto $STRANGER - $A $A member OPERATOR OPERATOR|$A
auto $STRANGER - $A $A viewer VIEWER VIEWER|$A
auto $STRANGER - $A $A viewer OPERATOR P4031
auto $STRANGER - $A $B owner VIEWER P4032
auto $STRANGER - - $A owner VIEWER P4032
auto $STRANGER - - - owner VIEWER P4032
auto $STRANGER - $NEW $NEW owner VIEWER ADMIN|$NEW
auto $STRANGER - $A - - VIEWER OPERATOR|$A
user $STRANGER - $A $A - VIEWER P4012
# agents
agent - - $A - - AGENT AGENT|$A
agent $STRANGER - $A $A - AGENT AGENT|$A
agent - - $A $B - AGENT P4032
agent - - - - - AGENT P4032
agent - - $A - - VIEWER P4031
agent - - $A - - OPERATOR P4031
agent - - $A - - ADMIN P4031
agent - - $A - - VIEWER+AGENT AGENT|$A
# an agent's token with a known user's id stays an agent
agent ${U}1 - $A - - ADMIN P4031
CASES

one="SELECT FROM auth.enter('user', '$BOTH', NULL, NULL, NULL, NULL, 'VIEWER')"
all="SELECT FROM auth.enter('user', '$BOTH', NULL, NULL, '*', NULL, 'VIEWER')"
is 'a transaction sees one organisation' "Printer b" "$(q main platen_api 'BEGIN;' "$one;" \
    'SELECT name FROM printers;' 'COMMIT;' | grep .)"
is 'or with * all of the principal' 'Printer a Printer b' "$(q main platen_api 'BEGIN;' "$all;" \
    'SELECT name FROM printers ORDER BY 1;' 'COMMIT;' | grep . | xargs)"
is 'the next transaction sees nothing' 0 "$(q main platen_api 'BEGIN;' "$all;" 'COMMIT;' \
    'SELECT count(*) FROM printers;' | grep .)"
is 'a refused principal: the work statement does not run' 1 "$(q main platen_api 'BEGIN;' \
    "SELECT FROM auth.enter('user', '$STRANGER', NULL, NULL, NULL, NULL, 'VIEWER');" \
    'SELECT count(*) FROM printers;' 'COMMIT;' | grep -c 25P02)"
is 'local and host_admin are told apart' 't|t f|f t|f' "$(for u in "${U}1" "$STRANGER" "${U}2"; do
    q main platen_api 'BEGIN;' "SELECT local, host_admin FROM auth.enter('auto', '$u', NULL, '$A',
    '$A', 'owner', 'VIEWER');" 'ROLLBACK;'; done | xargs)"
is 'an unknown organisation is created once' '1|1' "$(q main platen_api 'BEGIN;' "SELECT FROM
    auth.enter('auto', '$STRANGER', NULL, '$NEW', '$NEW', 'owner', 'ADMIN');" 'COMMIT;' 'BEGIN;' "
    SELECT FROM auth.enter('auto', '$STRANGER', NULL, '$NEW', '$NEW', 'owner', 'ADMIN');" "SELECT
    (SELECT count(*) FROM organizations), (SELECT count(*) FROM system_events
    WHERE event_type = 'organization.created');" 'COMMIT;' | grep .)"
is 'unless that is switched off' P4032 "$(q main platen_api 'BEGIN;' "SET LOCAL
    platen.jit_organizations = 'off';" "SELECT FROM auth.enter('auto', '$STRANGER', NULL,
    'c0000000-0000-4000-8000-000000000002', NULL, 'owner', 'ADMIN');" 'ROLLBACK;' |
    sed 's/^ERROR:  //' | grep .)"
q main - "UPDATE organizations SET is_active = false WHERE id = '$NEW'"
is 'an organisation that is switched off admits nobody' 'P4032 P4032' "$({ enter auto "$STRANGER" \
    - "$NEW" "$NEW" owner VIEWER; enter user "${U}1" - - "$NEW" - VIEWER; } | xargs)"

# Keys, users, limits.
is 'an agent key names its organisation' "$A|AGENT" "$(q main platen_api "SELECT organization_id,
    role FROM auth.find_key(repeat('a', 64))")"
is 'an unknown or revoked key names nothing' '' "$(q main platen_api "SELECT * FROM
    auth.find_key(repeat('c', 64))"; q main - "UPDATE api_keys SET revoked_at = now()
    WHERE key_prefix = 'pk_b'"; q main platen_api "SELECT * FROM auth.find_key(repeat('b', 64))")"
is 'l_user: oneself' 'oper' "$(q main platen_api 'BEGIN;' "SELECT FROM auth.enter('user', '${U}2',
    NULL, NULL, NULL, NULL, 'VIEWER');" 'SELECT username FROM l_user;' 'COMMIT;' | grep .)"
is 'l_user: an ADMIN of the installation sees all' 5 "$(q main platen_api 'BEGIN;' "SELECT FROM
    auth.enter('user', '${U}1', NULL, NULL, NULL, NULL, 'ADMIN');" 'SELECT count(*) FROM l_user;' \
    'COMMIT;' | grep .)"
is 'l_user: an external owner sees the members of its organisation' 'both oper view' "$(q main \
    platen_api 'BEGIN;' "SELECT FROM auth.enter('auto', '$STRANGER', NULL, '$A', '$A', 'owner',
    'ADMIN');" 'SELECT username FROM l_user ORDER BY 1;' 'COMMIT;' | grep . | xargs)"
is 'the limit: three of three, then refused' 't|2 t|1 t|0 f|0 f|0' "$(for i in 1 2 3 4 5; do
    q main platen_api "SELECT allowed, remaining FROM auth.rate('k', 3, 60)"; done | xargs)"
q main - "UPDATE rate_limits SET expires_at = now() - interval '1 second'"
is 'a new window begins at one' 't|2|60' "$(q main platen_api "SELECT * FROM auth.rate('k', 3, 60)")"
for i in $(seq 20); do
	q main platen_api "SELECT allowed FROM auth.rate('many', 7, 60)" >"$work/rate.$i" &
done
wait
is 'parallel callers share one window' 7 "$(cat "$work"/rate.* | grep -c t)"

# Accounts in a database of their own.
q postgres - 'CREATE DATABASE empty' >/dev/null
apply empty
reg() { q empty platen_api "SELECT outcome, role FROM auth.register_user('$1', '$2', 'h', '$3', $4,
    '$5')" | sed 's/^ERROR:  //'; }
is 'an empty installation says so' t "$(q empty platen_api 'SELECT auth.is_empty()')"
is 'the first account needs the code' 'closed|' "$(reg a@x.test a VIEWER false open)"
for i in $(seq 6); do reg "p$i@x.test" "p$i" VIEWER true closed >"$work/first.$i" & done
wait
is 'of six first accounts at once one is registered, as ADMIN' '1 5' "$(cat "$work"/first.* |
    sort | uniq -c | awk '{ print $1 }' | sort -n | xargs)"
is 'closed registration refuses even with the code' 'closed|' "$(reg b@x.test b VIEWER true closed)"
is 'open registration gives the role asked for' 'registered|VIEWER' \
    "$(reg c@x.test c VIEWER false open)"
is 'a taken address is refused in any case' P4090 "$(reg C@X.test d VIEWER false open)"
is 'and so is a name' P4090 "$(reg d@x.test C VIEWER false open)"
is 'the new account may enter at once' "VIEWER" "$(q empty platen_api 'BEGIN;' "SELECT e.role FROM
    auth.find_login('C@x.TEST') l, LATERAL auth.enter('user', l.id::text, NULL, NULL, NULL, NULL,
    'VIEWER') e;" 'COMMIT;' | grep .)"

# Sessions: each refresh token works once.
h() { printf "repeat('%s', 64)" "$1"; }
me=$(q empty platen_api "SELECT id FROM auth.find_login('c@x.test')")
sid=$(q empty platen_api "SELECT auth.open_session('$me', $(h 1), $(h 2), now() + '1 day', '::1',
    'test')")
rot() { q empty platen_api "SELECT auth.rotate_session('$sid', $(h "$1"), $(h "$2"), $(h "$3"),
    now() + '1 day', NULL, NULL)"; }
is 'rotation' rotated "$(rot 2 3 4)"
is 'a used refresh token ends the session' reuse "$(rot 2 5 6)"
is 'for the thief and for the owner' gone "$(rot 4 7 8)"
is 'and is in the audit' 1 "$(q empty - "SELECT count(*) FROM system_events
    WHERE event_type = 'auth.refresh_reuse' AND user_id = '$me'")"
sid=$(q empty platen_api "SELECT auth.open_session('$me', $(h 1), $(h 2), now() + '1 day', '::1',
    'test')")
for i in 3 4 5 6 7 8 9; do rot 2 "$i" "$i" >"$work/rot.$i" & done
wait
is 'of seven that race with one token one is served' 1 "$(cat "$work"/rot.* | grep -c rotated)"
sid=$(q empty platen_api "SELECT auth.open_session('$me', $(h a), $(h b), now() + '1 day', NULL,
    NULL)")
q empty - "UPDATE users SET is_active = false WHERE id = '$me'"
is 'an inactive user does not refresh' inactive "$(rot b c d)"
q empty - "UPDATE users SET is_active = true WHERE id = '$me'"
is 'closing tells the gateway' 1 "$(q empty platen_api 'LISTEN platen;' "SELECT
    auth.close_session('$sid');" | grep -c "session $sid")"
is 'closing twice' f "$(q empty platen_api "SELECT auth.close_session('$sid')")"
keep=$(q empty platen_api "SELECT auth.open_session('$me', $(h a), $(h b), now() + '1 day', NULL,
    NULL)")
q empty platen_api "SELECT auth.open_session('$me', $(h c), $(h d), now() + '1 day', NULL, NULL)" \
    >/dev/null
is 'a new password ends the other sessions' "t $keep" "$(q empty platen_api "SELECT
    auth.set_password('$me', 'new', '$keep')" | tr '\n' ' '; q empty - 'SELECT id FROM sessions')"
