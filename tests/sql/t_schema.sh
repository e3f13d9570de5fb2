# SPDX-License-Identifier: Apache-2.0
# Sourced by run: the schema applies, twice, is complete, owned and checked.
q postgres - 'CREATE DATABASE main' >/dev/null
is 'R-263 schema applies to an empty database' '' "$(apply main 2>&1)"
dump() { pg_dump -s -h "$host" -U postgres main | grep -Ev '^(--|.(un)?restrict )' | sort; }
dump >"$work/once"
q main - "INSERT INTO organizations (name) VALUES ('kept')" >/dev/null
is 'R-263 schema applies again' '' "$(apply main 2>&1)"
dump >"$work/twice"
is 'the second time changes nothing' '' "$(diff "$work/once" "$work/twice")"
is 'and keeps the rows' 1 "$(q main - "SELECT count(*) FROM organizations WHERE name = 'kept'")"
q main - "DELETE FROM organizations WHERE name = 'kept'"
is 'usable from its own folder' '' \
    "$(cd "$top/sql" && psql -X -q -h "$host" -U postgres -d main -f schema.sql 2>&1 >/dev/null)"

is 'every migration stands in schema.sql and in schema_migrations' \
    "$(cd "$top/sql/schema" && ls [0-9]*.sql | sed 's/\.sql$//' | grep -v '^000')" \
    "$(q main - 'SELECT version FROM schema_migrations ORDER BY 1')"
is 'every view of the folder exists' \
    "$(cd "$top/sql/views" && ls | sed -n 's/\.sql$//p' | grep -v '^000')" \
    "$(q main - "SELECT relname FROM pg_class WHERE relkind = 'v'
        AND relnamespace = 'public'::regnamespace ORDER BY relname COLLATE \"C\"")"
is 'every installed SQL file is in Module.am' \
    "$(cd "$top" && ls sql/*.sql sql/schema/*.sql sql/views/*.sql | sort)" \
    "$(grep -Eo '(tests/)?sql/[a-z_0-9/]*\.sql' "$top/sql/Module.am" | grep -Ev 'queries/|tests/' | sort -u)"
is 'every view is security_invoker' '' "$(q main - "SELECT relname FROM pg_class
    WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
      AND NOT coalesce(reloptions::text, '') LIKE '%security_invoker=true%'")"
is 'platen_owner owns everything' '' "$(q main - "SELECT c.relname FROM pg_class c
    JOIN pg_roles r ON r.oid = c.relowner WHERE c.relnamespace = 'public'::regnamespace
     AND r.rolname <> 'platen_owner' UNION ALL
    SELECT p.proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
     WHERE p.pronamespace IN ('auth'::regnamespace, 'spool'::regnamespace,
           'public'::regnamespace) AND r.rolname <> 'platen_owner'")"
is 'SECURITY DEFINER functions have the fixed search_path' '' "$(q main - "
    SELECT proname FROM pg_proc WHERE prosecdef AND NOT coalesce(proconfig::text, '')
    LIKE '%search_path=pg_catalog, auth, pg_temp%'
    AND pronamespace::regnamespace::text IN ('auth', 'spool', 'public')")"
is 'nobody executes by being PUBLIC' '' "$(q main - "
    SELECT proname FROM pg_proc WHERE pronamespace::regnamespace::text IN ('auth', 'spool',
        'public') AND has_function_privilege('public', oid, 'execute')" |
    grep -v 'role .public. does not exist')"
is 'platen inherits nothing' 'f|f' "$(q main - "
    SELECT rolinherit, rolsuper FROM pg_roles WHERE rolname = 'platen'")"
is 'updated_at has its trigger on every table' '' "$(q main - "
    SELECT c.table_name FROM information_schema.columns c
      JOIN pg_class t ON t.relname = c.table_name AND t.relnamespace = 'public'::regnamespace
     WHERE c.table_schema = 'public' AND c.column_name = 'updated_at' AND t.relkind = 'r'
       AND c.table_name <> 'printer_live' AND NOT EXISTS (SELECT FROM pg_trigger g
           WHERE g.tgrelid = t.oid AND g.tgname = 'touch')")"
is 'R-267 the seed indexes exist' 4 "$(q main - "SELECT count(*) FROM pg_class WHERE relname IN
    ('idx_print_jobs_active', 'idx_temperature_recent', 'idx_files_user_type',
     'idx_files_search')")"
# Foreign keys without an index make deletes scan.
is 'every foreign key of a growing table has an index' '' "$(q main - "
    SELECT c.conrelid::regclass || '(' || a.attname || ')' FROM pg_constraint c
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[cardinality(c.conkey)]
     WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
       AND c.conrelid::regclass::text NOT IN ('api_keys')
       AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid
           AND c.conkey[cardinality(c.conkey)] = ANY (i.indkey[0:1]))" | sort -u)"
is 'bootstrap: organisation, profile, schedules' '1|Standard 0.2 mm|9' "$(q main - "
    SELECT (SELECT count(*) FROM organizations WHERE is_default),
        (SELECT name FROM print_profiles WHERE is_default), (SELECT count(*) FROM task_schedules)")"

# Life cycles: the C tables and the rows (and the words C and SQL share).
print=${PLATEN_BUILD:-/nonexistent}/tests/unit/model/print_cycles
if [ ! -x "$print" ]; then
	print=$work/print_cycles
	cc -I"$top/lib" -o "$print" "$here/../unit/model/print_cycles.c" \
	    "$top"/lib/model/{cycle,job,command,task,printer}.c
fi
"$print" >"$work/cycles"
is 'life cycles in SQL are those of lib/model' \
    "$(grep -E '^(job|command|task)\|' "$work/cycles" | sort)" \
    "$(q main - 'SELECT kind, from_state, event, to_state FROM life_cycle' | sort)"
is 'coarse states in SQL are those of lib/model' \
    "$(grep '^coarse|' "$work/cycles")" "$(grep '^coarse|' "$work/cycles" | cut -d'|' -f2 |
    while read -r s; do echo "coarse|$s|$(q main - "SELECT spool.coarse_state('$s', true)")"; done)"
listed() { grep "^$1|" "$work/cycles" | cut -d'|' -f2 | sort; }
allowed() { q main - "SELECT pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conname = '$1'" | grep -o "'[a-z_]*'" | tr -d "'" | sort; }
is 'hold reasons agree' "$(listed hold)" "$(allowed print_jobs_hold_reason_check)"
is 'attentions agree' "$(listed attention)" "$(allowed printers_attention_check)"
