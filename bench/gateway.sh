#!/usr/bin/env bash
# Measures Tierway side by side with nginx as a plain reverse proxy, in front of the same stub upstream (bench/README.md says how).
# The last line of output: the CPU time a request (or an event of a stream) costs the proxy, Tierway divided by nginx.
set -euo pipefail

readonly bench_dir="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
readonly root_dir="$(dirname "$bench_dir")"
readonly events_per_stream=50
readonly clock_ticks="$(getconf CLK_TCK)"

usage() {
    cat <<'USAGE'
usage: bench/gateway.sh [--quick] [--ledger] [--noise] [--busy-peers] [--no-build] [--build-dir DIR] [--rounds N] [--seconds N]
  --quick          fewer and shorter rounds, without the paced streams: under 50 s once built
  --ledger         with a client key, a ledger on disk and hard budgets, which every request waits for
  --noise          a second nginx in Tierway's place: what the ratios are when nothing differs
  --busy-peers     load and upstream never sleep: without the cost of waking them, which falls on whoever sends to them
  --no-build       use the binaries that are there
  --build-dir DIR  where they are built (default: build/release)
  --rounds N, --seconds N   rounds, and seconds of each measurement (default 12 of 2 s; quick: 4 of 1 s)
USAGE
}

fail() {
    echo "bench/gateway.sh: $*" >&2
    exit 1
}

parse_arguments() {
    quick=false ledger=false noise=false busy_peers=false build=true build_dir="$root_dir/build/release" rounds="" seconds=""
    while (($#)); do
        case "$1" in
            --quick) quick=true ;;
            --ledger) ledger=true ;;
            --noise) noise=true ;;
            --busy-peers) busy_peers=true ;;
            --no-build) build=false ;;
            --build-dir | --rounds | --seconds)
                (($# > 1)) || { usage >&2; exit 2; }
                printf -v "$(tr - _ <<<"${1#--}")" %s "$2"
                shift
                ;;
            -h | --help) usage; exit 0 ;;
            *) usage >&2; exit 2 ;;
        esac
        shift
    done
    if $quick; then
        rounds=${rounds:-4} seconds=${seconds:-1} workloads=(1k 16k 256k stream)
    else
        rounds=${rounds:-12} seconds=${seconds:-2} workloads=(1k 16k 256k stream paced)
    fi
    [[ "$rounds" =~ ^[1-9][0-9]?$ && "$seconds" =~ ^[1-9][0-9]?$ ]] || fail "--rounds and --seconds take a number from 1 to 99"
    # Batch scheduling: a peer that becomes ready does not interrupt the other one, which would cost the sender an interrupt too.
    peer_policy=() stub_mode=()
    if $busy_peers; then peer_policy=(chrt -b 0) stub_mode=(busy); fi
    candidate=tierway
    if $noise; then candidate=nginx-b; fi
}

# What a workload sends: body bytes, connections, mode of chat_load.lua.
workload_parameters() {
    case "$1" in
        1k) echo 1024 32 whole ;;
        16k) echo 16384 32 whole ;;
        256k) echo 262144 32 whole ;;
        stream) echo 1024 8 stream ;;
        paced) echo 1024 64 paced ;;
    esac
}

install_missing() {
    local missing=()
    command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]] || missing+=(nginx-light)
    command -v wrk >/dev/null || missing+=(wrk)
    command -v curl >/dev/null || missing+=(curl)
    command -v pgrep >/dev/null || missing+=(procps)
    if $build; then
        command -v cmake >/dev/null || missing+=(cmake)
        command -v ninja >/dev/null || missing+=(ninja-build)
        command -v g++ >/dev/null || missing+=(g++)
    fi
    ((${#missing[@]})) || return 0
    ((EUID == 0)) || fail "missing: ${missing[*]}. Install with: sudo apt-get install --no-install-recommends ${missing[*]}"
    # Debian starts the services it installs unless this file forbids it; the bench runs its own nginx.
    if [[ ! -e /usr/sbin/policy-rc.d ]]; then
        policy_file=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' >"$policy_file"
        chmod +x "$policy_file"
    fi
    timeout 300 apt-get -qq update
    timeout 600 env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}"
    rm -f "$policy_file"
}

build_binaries() {
    $build || return 0
    local log="$results/build.log" targets=(stub_upstream)
    $noise || targets+=(tierway)
    echo "building in $build_dir ..."
    (cd "$root_dir" && timeout 300 cmake --preset release -B "$build_dir" -DTIERWAY_BENCH=ON &&
        timeout 1800 cmake --build "$build_dir" --target "${targets[@]}") >"$log" 2>&1 ||
        fail "the build failed: $(tail -n 30 "$log")"
}

# The proxy gets the last core that we may use, everything else the first.
choose_cores() {
    local list
    list=$(awk '/^Cpus_allowed_list/ {print $2}' /proc/self/status)
    load_core=${list%%[-,]*}
    proxy_core=${list##*[-,]}
    [[ "$load_core" != "$proxy_core" ]] || fail "two cores are needed: one for the proxy, one for load and upstream"
}

port_is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Sets the named variable to a port that nothing listens on, below the range that outgoing connections use.
choose_port() {
    local free_port
    for _ in {1..50}; do
        free_port=$((20000 + RANDOM % 10000))
        if [[ " ${ports_taken:-} " != *" $free_port "* ]] && ! port_is_open "$free_port"; then
            ports_taken="${ports_taken:-} $free_port"
            printf -v "$1" %s "$free_port"
            return
        fi
    done
    fail "found no free port"
}

started=()
policy_file=""

# start NAME CORE COMMAND…: the process ends with this script even if the script is killed; its id is in $started_pid.
start() {
    local name=$1 core=$2
    shift 2
    setpriv --pdeathsig TERM taskset -c "$core" "$@" >"$results/$name.log" 2>&1 &
    started_pid=$!
    started+=("$started_pid")
}

clean_up() {
    trap - EXIT INT TERM
    local pid
    [[ -z "$policy_file" ]] || rm -f "$policy_file"
    for pid in "${started[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for _ in {1..40}; do
        local alive=false
        for pid in "${started[@]}"; do if kill -0 "$pid" 2>/dev/null; then alive=true; fi; done
        $alive || return 0
        sleep 0.05
    done
    for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
}

wait_for_port() { # NAME PID PORT
    for _ in {1..200}; do
        kill -0 "$2" 2>/dev/null || fail "$1 did not start: $(tail -n 20 "$results/$1.log")"
        if port_is_open "$3"; then return; fi
        sleep 0.05
    done
    fail "$1 does not listen on port $3: $(tail -n 20 "$results/$1.log")"
}

declare -A port_of stream_port_of cpu_pids

start_stub() {
    choose_port stub_port
    start stub "$load_core" "${peer_policy[@]}" "$build_dir/bench/stub_upstream" "$stub_port" "${stub_mode[@]}"
    wait_for_port stub "$started_pid" "$stub_port"
    stub_pid=$started_pid
    port_of[direct]=$stub_port stream_port_of[direct]=$stub_port
}

# Everything in nginx's favour that a plain proxy may have: keep-alive without end on both sides, bodies kept in memory, no access log.
# The two allocator settings keep glibc from giving the memory of large bodies back and faulting it in again with each request:
# without them nginx costs up to 2.5 times as much at 256 KB, and another amount every few seconds.
start_nginx() {
    local name=$1 dir="$results/$1" whole_port stream_port user="" workers
    choose_port whole_port
    choose_port stream_port
    mkdir -p "$dir/tmp"
    if ((EUID == 0)); then user="user root;"; fi
    local proxy="proxy_pass http://stub; proxy_http_version 1.1; proxy_set_header Connection \"\";"
    cat >"$dir/nginx.conf" <<CONF
$user
daemon off;
worker_processes 1;
pid $dir/nginx.pid;
error_log $dir/error.log warn;
events { worker_connections 4096; }
http {
    access_log off;
    client_body_temp_path $dir/tmp/body; proxy_temp_path $dir/tmp/proxy; fastcgi_temp_path $dir/tmp/fastcgi;
    uwsgi_temp_path $dir/tmp/uwsgi; scgi_temp_path $dir/tmp/scgi;
    keepalive_requests 100000000;
    client_max_body_size 16m;
    client_body_buffer_size 1m;
    upstream stub { server 127.0.0.1:$stub_port; keepalive 128; keepalive_requests 100000000; }
    server { listen 127.0.0.1:$whole_port; location /v1/ { $proxy } }
    server { listen 127.0.0.1:$stream_port; location /v1/ { $proxy proxy_buffering off; } }
}
CONF
    start "$name" "$proxy_core" env MALLOC_TRIM_THRESHOLD_=100000000 MALLOC_MMAP_THRESHOLD_=100000000 \
        "$(command -v nginx || echo /usr/sbin/nginx)" -p "$dir" -e "$dir/error.log" -c "$dir/nginx.conf"
    wait_for_port "$name" "$started_pid" "$whole_port"
    workers=$(pgrep -P "$started_pid" | tr '\n' ' ')
    [[ -n "$workers" ]] || fail "$name has no worker: $(tail -n 20 "$dir/error.log")"
    # shellcheck disable=SC2206
    started+=($workers)
    port_of[$name]=$whole_port stream_port_of[$name]=$stream_port cpu_pids[$name]="$started_pid $workers"
}

# Classification by several rules, cost accounting, metrics and decision records are on; the measured classes do not escalate.
start_tierway() {
    local port admin_port
    choose_port port
    choose_port admin_port
    decisions="$results/decisions.jsonl"
    cat >"$results/tierway.yaml" <<YAML
version: 1
server: {listen: "127.0.0.1:$port", workers: 1, drain_delay: 1ms, drain_timeout: 1s}
admin: {listen: "127.0.0.1:$admin_port"}
log: {level: warning, decisions: "$decisions"}
providers:
  stub: {dialect: openai, base_url: "http://127.0.0.1:$stub_port/v1"}
models:
  stub/small: {price: {input: 0.05, output: 0.10}, context: 200000, supports: [tools, json_schema, logprobs]}
  stub/large: {price: {input: 2.50, output: 10.00}, context: 200000, supports: [tools, json_schema, logprobs, vision]}
tiers:
  small: [stub/small]
  frontier: [stub/large]
classes:
  extraction: {tier: small}
  summarization: {tier: small}
  code: {tier: small}
  math: {tier: small}
  chat: {tier: small}
  reasoning: {tier: small, escalate: {to: frontier, below: 0.60}}
  screen_dialog: {tier: frontier}
classifier:
  default_class: chat
  rules:
    - {class: screen_dialog, when: {has_image: true}}
    - {class: extraction, when: {json_schema: true, prompt_tokens_max: 4000}}
    - {class: extraction, when: {text: "(?i)\\\\b(extract|list all|pull out)\\\\b"}}
    - {class: summarization, when: {text: "(?i)\\\\b(summari[sz]e|key points|tl;dr)\\\\b"}}
    - {class: code, when: {text: "(?i)\\\\b(python|javascript|c\\\\+\\\\+|refactor|stack trace)\\\\b"}}
    - {class: math, when: {text: "(?i)\\\\b(solve|equation|integral|how many)\\\\b"}}
YAML
    if "$ledger"; then
        cat >>"$results/tierway.yaml" <<YAML
keys:
  - {id: load, team: bench, sha256: 9d801b5028e706d34bdf8ebfaf4fa4c90d9a69abeb7ce557f340c5f129e028dd}   # Of "tw-benchmark".
store: {sqlite: "$results/ledger.db", durability: process}
budgets:
  - {scope: key, usd: 1000000, window: month}
  - {scope: class, usd: 1000000, window: day}
YAML
    fi
    start tierway "$proxy_core" "$build_dir/src/app/tierway" serve -c "$results/tierway.yaml"
    wait_for_port tierway "$started_pid" "$port"
    port_of[tierway]=$port stream_port_of[tierway]=$port cpu_pids[tierway]=$started_pid
}

url_of() { # PROXY MODE
    if [[ "$2" == whole ]]; then
        echo "http://127.0.0.1:${port_of[$1]}/v1/chat/completions"
    else
        echo "http://127.0.0.1:${stream_port_of[$1]}/v1/chat/completions"
    fi
}

# One answer and one stream by hand: a benchmark of wrong answers would be worth nothing.
verify() {
    local proxy=$1 ask='{"model":"auto","messages":[{"role":"user","content":"hello"}]' answer
    answer=$(curl -sS --max-time 5 -H 'Content-Type: application/json' -H 'Authorization: Bearer tw-benchmark' -d "$ask}" "$(url_of "$proxy" whole)") || fail "$proxy: no answer"
    grep -q '"total_tokens":276' <<<"$answer" || fail "$proxy: unexpected answer: $answer"
    answer=$(curl -sS --max-time 5 -H 'Content-Type: application/json' -H 'Authorization: Bearer tw-benchmark' -d "$ask,\"stream\":true,\"stream_options\":{\"include_usage\":true}}" \
        "$(url_of "$proxy" stream)") || fail "$proxy: no stream"
    [[ $(grep -c '^data: {' <<<"$answer") == "$events_per_stream" ]] && grep -q '^data: \[DONE\]' <<<"$answer" &&
        grep -q '"total_tokens":260' <<<"$answer" || fail "$proxy: unexpected stream: $answer"
}

# CPU microseconds that processes have used, all threads. The scheduler's nanoseconds where the kernel tells them, else clock ticks.
cpu_microseconds() {
    local pid line total=0 fields
    for pid in "$@"; do
        if [[ -r "/proc/$pid/schedstat" ]]; then
            line=$(cat "/proc/$pid/task/"*/schedstat | awk '{sum += $1} END {printf "%.0f", sum / 1000}')
            total=$((total + line))
        else
            line=$(<"/proc/$pid/stat") || fail "process $pid is gone"
            read -ra fields <<<"${line##*) }"
            total=$((total + (fields[11] + fields[12]) * (1000000 / clock_ticks)))
        fi
    done
    echo "$total"
}

# CPU microseconds that all processes on this machine have used.
busy_microseconds() { awk -v tick=$((1000000 / clock_ticks)) '$1 == "cpu" {printf "%.0f", ($2 + $3 + $4 + $7 + $8) * tick}' /proc/stat; }

# Sets $children to those of this script's children that have ended: wrk, and what is started on the way.
note_children_microseconds() {
    times >"$results/times"
    children=$(awk 'NR == 2 {for (i = 1; i <= 2; i++) {split($i, t, "[ms]"); sum += t[1] * 60 + t[2]} printf "%.0f", sum * 1e6}' "$results/times")
}

stolen_ticks() { awk '$1 == "cpu" {print $9}' /proc/stat; }

stub_counts() { curl -sS --max-time 5 "http://127.0.0.1:$stub_port/stats"; }

# measure ROUND WORKLOAD PROXY SECONDS: one run of wrk, one line in samples.tsv.
measure() {
    local round=$1 workload=$2 proxy=$3 duration=$4 bytes connections mode
    read -r bytes connections mode <<<"$(workload_parameters "$workload")"
    # A paced stream lasts a second: some must end within the measurement.
    if [[ "$mode" == paced ]] && ((duration < 3)); then duration=3; fi
    local log="$results/wrk-$workload-$proxy-$round.log" before=0 after=0 stolen requests_before events_before requests_after events_after
    read -r requests_before events_before <<<"$(stub_counts)"
    local busy children others began=${EPOCHREALTIME//[^0-9]/}
    note_children_microseconds
    busy=$(busy_microseconds)
    others=$((children + $(cpu_microseconds "$stub_pid")))
    stolen=$(stolen_ticks)
    # shellcheck disable=SC2086
    before=$(cpu_microseconds ${cpu_pids[$proxy]:-})
    timeout $((duration + 15)) taskset -c "$load_core" "${peer_policy[@]}" wrk -t1 -c"$connections" -d"$duration" --timeout 5 \
        -s "$bench_dir/chat_load.lua" "$(url_of "$proxy" "$mode")" -- "$bytes" "$mode" >"$log" 2>&1 &
    local wrk_pid=$!
    started+=("$wrk_pid")
    # In the background, so that an interrupt is acted on at once.
    wait "$wrk_pid" || fail "wrk failed: $(cat "$log")"
    unset 'started[-1]'
    # shellcheck disable=SC2086
    after=$(cpu_microseconds ${cpu_pids[$proxy]:-})
    stolen=$(($(stolen_ticks) - stolen))
    note_children_microseconds
    others=$(($(busy_microseconds) - busy - (after - before) - (children + $(cpu_microseconds "$stub_pid") - others)))
    others=$((others * 100 / (${EPOCHREALTIME//[^0-9]/} - began)))
    read -r requests_after events_after <<<"$(stub_counts)"

    local tag requests elapsed p50 p99 answered_bytes errors units
    read -r tag requests elapsed p50 p99 answered_bytes errors < <(grep '^wrk ' "$log") || fail "wrk did not report: $(cat "$log")"
    [[ "$tag" == wrk && "$errors" == 0 ]] || fail "$proxy, $workload: $errors errors: $(cat "$log")"
    ((requests > 0)) || fail "$proxy, $workload: no request was answered: $(cat "$log")"
    ((requests_after - requests_before >= requests)) ||
        fail "$proxy, $workload: $requests answers, but the upstream gave only $((requests_after - requests_before))"
    case "$mode" in
        whole) units=$requests ;;
        stream) units=$((requests * events_per_stream)) ;;
        # Those cut off at the end count too, so the events are counted where they leave.
        paced) units=$((events_after - events_before)) ;;
    esac
    if [[ "$proxy" == tierway ]]; then check_decisions "$requests"; fi
    printf '%s\t' "$round" "$workload" "$proxy" $((after - before)) "$units" "$elapsed" "$p50" "$p99" "$stolen" >>"$results/samples.tsv"
    printf '%s\t' "$requests" >>"$results/samples.tsv"
    echo "$others" >>"$results/samples.tsv"
}

# Decision records must really have been written; they are cut short so that a long run does not fill the disk.
check_decisions() {
    local lines=0
    for _ in {1..40}; do
        lines=$(wc -l <"$decisions") || fail "no decision records in $decisions"
        if ((lines >= $1)); then break; fi
        sleep 0.05
    done
    ((lines >= $1)) || fail "$1 requests, but $lines decision records"
    tail -n 3 "$decisions" >"$results/decisions-last.jsonl"
    : >"$decisions"
}

run_rounds() {
    local round workload proxy first second began=$SECONDS
    : >"$results/samples.tsv"
    for workload in "${workloads[@]}"; do measure 1 "$workload" direct 1; done
    for ((round = 1; round <= rounds; round++)); do
        if $quick && ((round > 1 && (SECONDS - began) * round / (round - 1) > 46)); then
            echo "the machine is slow: stopped after $((round - 1)) of $rounds rounds" >&2
            break
        fi
        # Who goes first alternates, so that a drift of the machine favours nobody.
        if ((round % 2)); then first=$candidate second=nginx; else first=nginx second=$candidate; fi
        for workload in "${workloads[@]}"; do
            for proxy in "$first" "$second"; do measure "$round" "$workload" "$proxy" "$seconds"; done
        done
        $quick || echo "round $round of $rounds done" >&2
    done
}

memory_line() {
    local pid kilobytes=0
    # shellcheck disable=SC2086
    for pid in ${cpu_pids[$1]}; do kilobytes=$((kilobytes + $(awk '/^VmRSS/ {print $2}' "/proc/$pid/status"))); done
    echo "resident memory after the run: $1 $((kilobytes / 1024)) MiB"
}

main() {
    parse_arguments "$@"
    results="$bench_dir/results/$(date +%Y%m%d-%H%M%S)-$$"
    mkdir -p "$results"
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    install_missing
    build_binaries
    [[ -x "$build_dir/bench/stub_upstream" ]] || fail "$build_dir/bench/stub_upstream is not there: run without --no-build"
    $noise || [[ -x "$build_dir/src/app/tierway" ]] || fail "$build_dir/src/app/tierway is not there: run without --no-build"
    choose_cores
    # Neighbours on this machine then disturb less; all that is measured gets the same.
    ((EUID != 0)) || renice -n -19 -p $$ >/dev/null 2>&1 || true
    start_stub
    start_nginx nginx
    if $noise; then start_nginx nginx-b; else start_tierway; fi
    for proxy in direct nginx "$candidate"; do verify "$proxy"; done
    echo "$(nproc) cores, proxy on $proxy_core, load and upstream on $load_core; $rounds rounds of $seconds s; raw logs in $results"
    run_rounds
    memory_line nginx
    memory_line "$candidate"
    awk -v candidate="$candidate" -v ticks_per_second="$clock_ticks" -f "$bench_dir/report.awk" "$results/samples.tsv" |
        tee "$results/report.txt"
}

main "$@"
