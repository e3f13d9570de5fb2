# SPDX-License-Identifier: Apache-2.0
# Sourced by run: a database whose owner may not make roles (design.md §4): forced row security.
q postgres - 'CREATE ROLE plain LOGIN' 'CREATE DATABASE plain OWNER plain' >/dev/null
is 'schema applies for an owner without rights on roles' '' "$(apply plain plain 2>&1)"
is 'and again' '' "$(apply plain plain 2>&1)"
p() { PGUSER_TEST=plain q plain - "$@" | sed 's/^ERROR:  //'; }
PGOPTIONS='-c platen.service=on' psql -X -q -h "$host" -U plain -d plain -v ON_ERROR_STOP=1 \
    -f "$here/fixture.sql" >/dev/null
for t in $tenants; do
	is "plain: $t shows nothing without an organisation" 0 "$(p "SELECT count(*) FROM $t")"
	is "plain: $t is seen by the service" 1 "$(p "SET platen.service = 'on';" \
	    "SELECT (count(*) >= 2)::int FROM $t")"
done
is 'plain: auth.enter works' 'Printer a' "$(p 'BEGIN;' "SELECT FROM auth.enter('user', '${U}2', NULL,
    NULL, NULL, NULL, 'VIEWER');" 'SELECT name FROM printers;' 'COMMIT;' | grep .)"
is 'plain: and refuses' P4031 "$(p "SELECT auth.enter('user', '${U}3', NULL, NULL, NULL, NULL,
    'ADMIN')")"
is 'plain: the search_path of the functions does not leak' '"$user", public' "$(p 'BEGIN;' "SELECT FROM
    auth.enter('user', '${U}2', NULL, NULL, NULL, NULL, 'VIEWER');" 'SHOW search_path;' 'COMMIT;' |
    grep .)"
is 'plain: status rows are trimmed' 1 "$(p "SET platen.service = 'on';" "INSERT INTO printer_status
    (organization_id, printer_id, status, created_at) SELECT '$A', '$P', 'idle',
    now() + make_interval(secs => g) FROM generate_series(1, 1250) g;" "SELECT
    (count(*) BETWEEN 1000 AND 1100)::int FROM printer_status WHERE organization_id = '$A';")"
