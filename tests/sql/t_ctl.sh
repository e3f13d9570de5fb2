# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# platenctl against a real server; sourced by prepare. Leaves the migrated database `platen`.
conf=$work/platen.conf
rand() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
cat >"$conf" <<CONF
core.environment = production
db.url = $host user=platen dbname=platen password=one
db.owner_url = $host user=platen_owner dbname=platen password=two
auth.jwt_secret = $(rand)
auth.jwt_refresh_secret = $(rand)
auth.seal_key = $(rand)
storage.dir = $work/storage
run.dir = $work/run
CONF
chmod 640 "$conf"
mkdir -p "$work/run" "$work/spool"
printf 'correct horse battery\n' >"$work/pw"
printf '12345678\n' >"$work/weak"
ctl() { "$build/platenctl" --config "$conf" "$@"; }
sql() { psql -X -q -A -t -h "${host#host=}" -U postgres -d platen -c "$1"; }
root="$host user=postgres dbname=postgres"
dir=(--sql-dir "$top/sql")

expect "no verb" 2 'usage: platenctl' "$build/platenctl"
expect "help" 0 'doctor' "$build/platenctl" --help
expect "version" 0 '^platenctl [0-9]' "$build/platenctl" --version
for verb in init migrate user doctor config; do
	expect "help of $verb" 0 "usage: platenctl $verb" "$build/platenctl" "$verb" --help
done
expect "unknown verb" 2 'there is no dance' ctl dance
expect "unknown option" 2 'no option --fly' ctl migrate --fly
expect "unreadable configuration" 1 'cannot read' "$build/platenctl" --config "$work/none" migrate
expect "config" 0 'auth.seal_key = \(secret\)' ctl config
expect "R-287 config: value, file and line" 0 "^storage.dir = $work/storage    # file, line 7$" ctl config
expect "R-287 config: the environment wins and is named" 0 '^http.port = 3001    # environment, PORT$' \
	env PORT=3001 "$build/platenctl" --config "$conf" config
expect "R-287 config: secrets of files and variables are masked" 0 \
	'^auth.jwt_secret = \(secret\)    # secret file, JWT_SECRET_FILE$' \
	env JWT_SECRET_FILE="$work/pw" "$build/platenctl" --config "$conf" config
if env JWT_SECRET_FILE="$work/pw" "$build/platenctl" --config "$conf" config | grep -q 'correct horse'; then
	bad "R-287 config shows a secret"
else
	ok
fi
expect "R-287 config: a password in an address is covered" 0 '^camera.url = http://ada:[*]{5}@cam/1 ' \
	env CAMERA_URL=http://ada:hello@cam/1 "$build/platenctl" --config "$conf" config
expect "config: variables that name no key" 0 '^# variable PLATEN_RUN_DIRR is set' \
	env PLATEN_RUN_DIRR=/x "$build/platenctl" --config "$conf" config
expect "R-288 a bad variable stops the start" 1 "PORT" env PORT=x "$build/platenctl" --config "$conf" config
expect "R-288 Redis variables are ignored with a notice" 0 'ignored.*REDIS_HOST' \
	env REDIS_HOST=h "$build/platen-cgi" --config "$conf" --print-nginx limits
(cat "$conf" && echo 'http.max_json = big') >"$work/bad.conf"
expect "R-288 a bad value: key, file and line" 1 "http.max_json has an invalid value 'big' .*bad.conf line 9" \
	"$build/platenctl" --config "$work/bad.conf" doctor
expect "R-288 platen-cgi does not start with it" 1 'http.max_json.*line 9' \
	"$build/platen-cgi" --config "$work/bad.conf" --pool all
for program in spooler holder live worker; do
	expect "R-288 platen-$program does not start with it" 1 'http.max_json.*line 9' \
		"$build/platen-$program" --config "$work/bad.conf"
done
expect "config names" 0 '^JWT_SECRET auth.jwt_secret$' ctl config --names
expect "doctor: a log folder that is not there" 1 'fail +log +/nowhere/logs' \
	env PLATEN_LOG_DIR=/nowhere/logs "$build/platenctl" --config "$conf" doctor "${dir[@]}"
expect "doctor: Sentry outside production" 1 'warn +log +sentry.dsn is set, but' \
	env NODE_ENV=test SENTRY_DSN=https://k@h/1 "$build/platenctl" --config "$conf" doctor "${dir[@]}"
expect "doctor without a database" 1 'fail +database' ctl doctor "${dir[@]}"

expect "init needs a superuser" 1 'not a superuser|does not exist' \
	ctl init --superuser-url "$host user=platen dbname=postgres" "${dir[@]}"
out=$(ctl init --superuser-url "$root" "${dir[@]}" 2>&1)
code=$(sed -n 's/^setup code: //p' <<<"$out")
# Of 32 characters: 28 of them are 140 bits.
[[ $code =~ ^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){6}$ ]] && ok || bad "S-029 init makes a setup code of more than 128 bits" "$out"
stored=$(sql "SELECT auth.setup_code_ok('$(printf %s "$code" | sha256sum | cut -d' ' -f1)')")
[ "$stored" = t ] && ok || bad "the setup code is known to the database" "$stored"
expect "init again" 0 'database platen found' ctl init --superuser-url "$root" "${dir[@]}" \
	--admin-email ada@example.org --admin-password-file "$work/pw"
expect "init a third time" 0 'is there already' ctl init --superuser-url "$root" "${dir[@]}" \
	--admin-email ada@example.org --admin-password-file "$work/pw"
[ "$(sql "SELECT role FROM users")" = ADMIN ] && ok || bad "the first account is ADMIN"
stored=$(sql "SELECT auth.setup_code_ok('$(printf %s "$code" | sha256sum | cut -d' ' -f1)')")
[ "$stored" = f ] && ok || bad "S-029 the setup code is void once there is a user"
[ "$(sql "SELECT string_agg(left(rolpassword, 13), ' ' ORDER BY rolname) FROM pg_authid
	WHERE rolname IN ('platen', 'platen_owner')")" = 'SCRAM-SHA-256 SCRAM-SHA-256' ] && ok ||
	bad "the logins have passwords"
[ "$(sql "SELECT rolinherit FROM pg_roles WHERE rolname = 'platen'")" = f ] && ok ||
	bad "platen is NOINHERIT"

expect "migrate" 0 'up to date' ctl migrate "${dir[@]}"
# Two at once on a fresh database: one waits, both succeed, each migration ran once.
sed "s/dbname=platen /dbname=twice /" "$conf" >"$work/twice.conf"
chmod 640 "$work/twice.conf"
psql -X -q -h "${host#host=}" -U postgres -d postgres -c 'CREATE DATABASE twice OWNER platen_owner'
"$build/platenctl" --config "$work/twice.conf" migrate "${dir[@]}" >"$work/a" 2>&1 &
first=$!
"$build/platenctl" --config "$work/twice.conf" migrate "${dir[@]}" >"$work/b" 2>&1
rc=$?
wait $first && [ $rc = 0 ] && [ "$(cat "$work/a" "$work/b" | grep -c 'applied 001_roles')" = 1 ] && ok ||
	bad "two migrations at once" "$(cat "$work/a" "$work/b")"
# A migration that fails leaves nothing of itself.
cp -r "$top/sql" "$work/sql"
cat >"$work/sql/schema/999_broken.sql" <<'SQL'
CREATE TABLE public.half (id int);
SELECT nonsense;
SQL
expect "broken migration" 1 '999_broken was refused' ctl migrate --sql-dir "$work/sql"
[ -z "$(sql "SELECT to_regclass('public.half')")" ] && ok || bad "a broken migration leaves a table"
expect "doctor sees what is missing" 1 '1 migrations have not run, the first is 999_broken' \
	ctl doctor --sql-dir "$work/sql"

expect "user add" 0 '^password: [2-9A-Z]{16}$' ctl user add bob@example.org --role OPERATOR
expect "user add twice" 1 'already registered' ctl user add Bob@Example.org
expect "user add, no address" 1 'not an e-mail' ctl user add bob
expect "user add, no role" 1 'A role is' ctl user add eve@example.org --role KING
expect "user add, weak password" 1 'platenctl: ' \
	ctl user add eve@example.org --password-file "$work/weak"
expect "user list" 0 'bob@example.org +bob +OPERATOR +active +never' ctl user list
expect "user disable" 0 'is disabled' ctl user disable bob@example.org
expect "user list again" 0 'bob@example.org +bob +OPERATOR +disabled' ctl user list
expect "last administrator stays" 1 'last active administrator' ctl user disable ada
expect "last administrator stays ADMIN" 1 'last active administrator' ctl user role ada VIEWER
expect "user enable" 0 'is active' ctl user enable bob
expect "user role" 0 'is ADMIN' ctl user role bob ADMIN
expect "not the last any more" 0 'is VIEWER' ctl user role ada@example.org VIEWER
old=$(sql "SELECT password_hash FROM users WHERE username = 'bob'")
expect "user password" 0 'new password' ctl user password bob --password-file "$work/pw"
[ "$(sql "SELECT password_hash FROM users WHERE username = 'bob'")" != "$old" ] && ok ||
	bad "the password changed"
expect "no such user" 1 'There is no user nobody' ctl user password nobody
expect "user, wrong words" 2 'wrong number' ctl user role bob

expect "doctor: row security" 1 'ok +row security' ctl doctor --sql-dir "$work/sql"
expect "doctor: nothing fails" 0 '^0 failed' ctl doctor "${dir[@]}"
sql 'ALTER TABLE printers DISABLE ROW LEVEL SECURITY'
expect "doctor: row security off" 1 'fail +row security .*printers' ctl doctor "${dir[@]}"
sql 'ALTER TABLE printers ENABLE ROW LEVEL SECURITY'
chmod 644 "$conf"
expect "doctor: secrets open to all" 1 'everybody may open it' ctl doctor "${dir[@]}"
chmod 640 "$conf"
sed -i 's/^auth.jwt_secret = .*/auth.jwt_secret = change-me-change-me-change-me-change-me/' "$conf"
expect "doctor: sample secret" 1 'looks like a sample' ctl doctor "${dir[@]}"

# Hosting without CREATEROLE: it works, and doctor says what is lost.
psql -X -q -h "${host#host=}" -U postgres -d postgres -c 'CREATE ROLE hosted LOGIN' \
	-c 'CREATE DATABASE hosted OWNER hosted'
sed "s/user=platen dbname=platen /user=hosted dbname=hosted /; /^db.owner_url/d" "$conf" >"$work/hosted.conf"
chmod 640 "$work/hosted.conf"
hosted() { "$build/platenctl" --config "$work/hosted.conf" "$@"; }
expect "hosted: init" 0 'administrator ada@example.org' hosted init "${dir[@]}" \
	--admin-email ada@example.org --admin-password-file "$work/pw"
expect "hosted: user" 0 'eve@example.org' hosted user add eve@example.org
expect "hosted: doctor" 1 'warn +row security +without the roles' hosted doctor "${dir[@]}"

# The manual knows every verb and every key.
missing=$(ctl config --names | while read -r _ key; do
	grep -q "^\.It Ic $key\( \|\$\)" "$top/docs/man/platen.conf.5" || echo "$key"
done)
[ -z "$missing" ] && ok || bad "keys without a word in platen.conf.5" "$missing"
for verb in init migrate user doctor config; do
	grep -q "^\.It Cm $verb\$" "$top/docs/man/platenctl.1" && ok || bad "platenctl.1 lacks $verb"
done
