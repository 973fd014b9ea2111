#!/usr/bin/env bash
# The round trip of PostgreSQL's own regression database, the most hostile database there is.
#
# Fetches the source package of the installed PostgreSQL 15 from the distribution, builds the regression
# library with the server's headers, runs the regression SQL on a throwaway server, and judges the copy that
# pgsnap makes with pg_dump: the dump of the restored database must equal the dump of a database that
# `pg_dump | psql` made; where that falls short, being equal to the source is right too.
#
#   tests/regression.sh [JOBS…]      each value of -j to try; 1 and 4 unless told
#
# PGSNAP      the program to judge; built from here unless told
# PG_CONFIG   pg_config of PostgreSQL 15; found unless told
# KEEP=1      leaves the server running and says where
#
# The last line is EQUAL, DIFFERS, or SKIPPED with the reason (status 0) where the sources cannot be had.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

major=15
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target/regression"
cache=$(cd "$target/regression" && pwd)
log=$cache/log
: >"$log"

skip() {
    echo "SKIPPED: $*"
    exit 0
}

note() {
    echo "$*" >&2
}

# --- What is installed ----------------------------------------------------------------------------------

find_pg_config() {
    local candidate
    for candidate in "${PG_CONFIG:-}" "/usr/lib/postgresql/$major/bin/pg_config" pg_config; do
        if [ -n "$candidate" ] && "$candidate" --version 2>/dev/null | grep -q "^PostgreSQL $major\."; then
            command -v "$candidate"
            return
        fi
    done
}

pg_config=$(find_pg_config)
[ -n "$pg_config" ] || skip "PostgreSQL $major is not installed (no pg_config of it; set PG_CONFIG)"
bin=$("$pg_config" --bindir)
# "PostgreSQL 15.18 (Debian 15.18-0+deb12u1)": the package's version is the last word.
full=$("$pg_config" --version | sed -n 's/.*(.* \(.*\))$/\1/p')
short=$("$pg_config" --version | sed 's/^PostgreSQL \([0-9.]*\).*/\1/')
for tool in initdb pg_ctl postgres psql pg_dump; do
    [ -x "$bin/$tool" ] || skip "PostgreSQL $major is installed without $tool"
done
command -v python3 >/dev/null || skip "the judge needs python3"
for tool in cc tar; do
    command -v "$tool" >/dev/null || skip "building the regression library needs $tool"
done

# --- The sources and headers ----------------------------------------------------------------------------

# apt with lists of its own, so that neither the system's sources nor root are needed.
apt() {
    "$@" -o Dir::Etc::SourceList="$cache/apt/sources.list" -o Dir::Etc::SourceParts="$cache/apt/sources.list.d" \
        -o Dir::State::Lists="$cache/apt/lists" -o Dir::Cache="$cache/apt" -o APT::Sandbox::User= >>"$log" 2>&1
}

# The system's sources, each as deb and as deb-src.
apt_sources() {
    local file own=$cache/apt/sources.list.d
    for file in apt-get dpkg-source dpkg-deb; do
        command -v "$file" >/dev/null || return 1
    done
    rm -rf "$own"
    mkdir -p "$own" "$cache/apt/lists/partial" "$cache/apt/archives/partial" "$cache/fetched"
    : >"$cache/apt/sources.list"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -f "$file" ] || sed -En 's/^deb(-src)? (.*)/deb \2\ndeb-src \2/p' "$file" >"$own/own-${file##*/}"
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$file" ] || sed 's/^Types:.*/Types: deb deb-src/' "$file" >"$own/${file##*/}"
    done
    # A source that fails does not matter unless it is the one with PostgreSQL.
    apt apt-get update || true
}

# `fetch COMMAND… PACKAGE` in the version of the server, else the newest: libraries of one major version fit.
fetch() {
    local package=${*: -1}
    (cd "$cache/fetched" && { apt "${@:1:$#-1}" "$package${full:+=$full}" || apt "$@"; })
}

have_sources() {
    [ -f "$source/src/test/regress/regress.c" ] && return 0
    note "fetching the sources of PostgreSQL $short"
    rm -rf "$source" "$cache"/fetched/*.dsc
    apt_sources && fetch apt-get source --download-only "postgresql-$major" &&
        dpkg-source --no-check -x "$cache"/fetched/*.dsc "$source" >>"$log" 2>&1
}

# The server's headers: installed, or out of their package without installing it.
find_headers() {
    local include unpacked=$cache/headers-$short
    include=$("$pg_config" --includedir-server)
    if [ ! -f "$include/postgres.h" ]; then
        if [ ! -f "$unpacked$include/postgres.h" ]; then
            rm -rf "$unpacked" "$cache"/fetched/*.deb
            apt_sources && fetch apt-get download "postgresql-server-dev-$major" &&
                dpkg-deb -x "$cache"/fetched/postgresql-server-dev-*.deb "$unpacked" || return 1
        fi
        include=$unpacked$include
    fi
    echo "$include"
}

source=$cache/source-$short
have_sources || skip "the source package postgresql-$major cannot be had (see $log)"
headers=$(find_headers) || skip "the headers of PostgreSQL $short cannot be had (see $log)"

if [ -z "${PGSNAP:-}" ]; then
    cargo build --quiet
    PGSNAP=$target/debug/pgsnap
fi

# --- A throwaway server with the regression database ----------------------------------------------------

as=()
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || skip "PostgreSQL does not run as root, and there is no user postgres"
    as=(runuser -u postgres --)
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pgsnap-regression.XXXXXX")
[ ${#as[@]} = 0 ] || chown postgres "$work"
chmod 755 "$work"
export PGHOST=$work PGPORT=54315 PGUSER=postgres PGDATABASE=postgres
unset PGPASSWORD PGSERVICE PGOPTIONS DATABASE_URL

stop() {
    if [ -n "${KEEP:-}" ]; then
        note "left running: psql -h $work -p $PGPORT -U postgres regression"
        return
    fi
    "${as[@]}" "$bin/pg_ctl" -D "$work/data" -m immediate -w stop >>"$log" 2>&1 || true
    rm -rf "$work"
}
trap stop EXIT

build_library() {
    local name
    mkdir -p "$work/lib"
    for name in src/test/regress/regress contrib/spi/refint contrib/spi/autoinc; do
        cc -shared -fPIC -O1 -w -I"$headers" -I"$source/$(dirname "$name")" \
            -o "$work/lib/$(basename "$name").so" "$source/$name.c" >>"$log" 2>&1
    done
}

start_server() {
    "${as[@]}" "$bin/initdb" -D "$work/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >>"$log" 2>&1
    cat >>"$work/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$work'
port = $PGPORT
fsync = off
max_connections = 60
max_locks_per_transaction = 256
max_prepared_transactions = 2
wal_level = logical
CONF
    "${as[@]}" "$bin/pg_ctl" -D "$work/data" -w -l "$work/server.log" start >>"$log" 2>&1
}

# The tests in the order of the schedule. Their answers do not matter, what they leave behind does.
load() {
    local tests test
    mkdir -p "$work/regress/results"
    cp -r "$source"/src/test/regress/{sql,data,parallel_schedule} "$work/regress/"
    chmod -R a+rwX "$work/regress"
    "$bin/psql" -Xqc "CREATE DATABASE regression TEMPLATE template0"
    "$bin/psql" -Xqc "ALTER DATABASE regression SET lc_messages TO 'C'; ALTER DATABASE regression SET lc_monetary TO 'C';
        ALTER DATABASE regression SET lc_numeric TO 'C'; ALTER DATABASE regression SET lc_time TO 'C';
        ALTER DATABASE regression SET bytea_output TO 'hex';
        ALTER DATABASE regression SET timezone_abbreviations TO 'Default'"
    tests=$(sed -n 's/^test: *//p' "$work/regress/parallel_schedule")
    for test in $tests; do
        (
            cd "$work/regress"
            export PG_ABS_SRCDIR=$PWD PG_ABS_BUILDDIR=$PWD PG_LIBDIR=$work/lib PG_DLSUFFIX=.so
            export PGTZ=PST8PDT PGDATESTYLE="Postgres, MDY" PGOPTIONS="-c intervalstyle=postgres_verbose"
            "$bin/psql" -X -a -q -d regression -v HIDE_TABLEAM=on -v HIDE_TOAST_COMPRESSION=on \
                <"sql/$test.sql" >"results/$test.out" 2>&1 || true
        )
    done
}

note "building the regression library and database"
build_library || skip "the regression library does not build (see $log)"
start_server
load
tables=$("$bin/psql" -XAtd regression -c "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND oid >= 16384")
[ "$tables" -gt 500 ] || {
    KEEP=1
    note "only $tables tables are there; see $work/regress/results"
    exit 1
}

# --- The judge ------------------------------------------------------------------------------------------

copy_of() {
    "$bin/psql" -Xq -c "CREATE DATABASE $1 TEMPLATE template0" >>"$log"
}

# Dumps of the schema and of the rows.
take() {
    "$bin/pg_dump" -s -d "$1" >"$work/$1.schema"
    "$bin/pg_dump" -a -d "$1" >"$work/$1.rows" 2>>"$log"
}

copy_of expected
"$bin/pg_dump" -d regression 2>>"$log" | "$bin/psql" -Xq -d expected >>"$log" 2>&1
take regression
take expected

status=EQUAL
[ $# -gt 0 ] || set -- 1 4
for jobs in "$@"; do
    copy=copy_$jobs
    archive=$work/regression-$jobs.tar.zst
    copy_of "$copy"
    "$PGSNAP" dump -d "postgresql:///regression" -f "$archive" -j "$jobs" >>"$log" 2>&1 &&
        "$PGSNAP" verify "$archive" >>"$log" 2>&1 &&
        "$PGSNAP" restore "$archive" -d "postgresql:///$copy" -j "$jobs" >>"$log" 2>&1 || {
        tail -5 "$log" >&2
        status=DIFFERS
        continue
    }
    take "$copy"
    python3 - "$work" regression expected "$copy" <<'JUDGE' || status=DIFFERS
import re, sys
from collections import Counter

def entries(path):
    """A schema dump as entries: header line and text."""
    found, header, body = Counter(), "(start)", []
    for line in open(path, errors="surrogateescape"):
        if line.startswith("-- Name: "):
            found[header, "".join(body)] += 1
            header, body = line.strip(), []
        elif line.strip() not in ("", "--") and not re.match(r"\\(un)?restrict |-- Dumped ", line):
            body.append(line)
    found[header, "".join(body)] += 1
    return found

def rows(path):
    """A data dump: the sorted rows under each COPY, other statements each under itself."""
    found, header = {}, None
    for line in open(path, errors="surrogateescape"):
        if header is not None and line == "\\.\n":
            header = None
        elif header is not None:
            found[header].append(line)
        elif line.startswith("COPY "):
            header = line
            found[header] = []
        elif line.strip() and not re.match(r"\\(un)?restrict |--", line):
            found.setdefault(line, []).append("")
    return {header: sorted(lines) for header, lines in found.items()}

work, source, expected, copy = sys.argv[1:]
source_s, expected_s, copy_s = (entries(f"{work}/{name}.schema") for name in (source, expected, copy))
better = (copy_s - expected_s) & source_s
extra = (copy_s - expected_s) - better
kept = {header for header, _ in better}
lost = [entry for entry in expected_s - copy_s if entry[0] not in kept]
for mark, found in (("lost", lost), ("extra", list(extra))):
    for header, body in found[:20]:
        print(f"{mark}: {header}\n{body[:800]}", file=sys.stderr)
source_r, expected_r, copy_r = (rows(f"{work}/{name}.rows") for name in (source, expected, copy))
wrong = [at for at in {**expected_r, **copy_r}
         if copy_r.get(at) != expected_r.get(at) and copy_r.get(at) != source_r.get(at)]
for header in wrong[:20]:
    print(f"rows differ: {header.strip()}", file=sys.stderr)
print(f"{copy}: {sum(expected_s.values())} entries, {sum(map(len, expected_r.values()))} rows; "
      f"{len(lost)} entries lost, {len(extra)} extra, {len(wrong)} tables differ, "
      f"{sum(better.values())} better than pg_dump's copy", file=sys.stderr)
sys.exit(bool(lost or extra or wrong))
JUDGE
done
echo "$status"
[ "$status" = EQUAL ]
