# Turns bench/gateway.sh's samples.tsv into its table and its last line. Fields: round, workload, proxy, CPU microseconds, units (requests
# or events), seconds, p50 and p99 in microseconds, stolen clock ticks, requests, what processes that are not the benchmark's
# used, in hundredths of a core. Medians over rounds; a ratio is taken within each round.

function sort_values(values, count,    i, j, value) {
    for (i = 2; i <= count; i++) {
        value = values[i]
        for (j = i - 1; j >= 1 && values[j] > value; j--) values[j + 1] = values[j]
        values[j + 1] = value
    }
}

# Sets median, least and most of a list like "3 1 2 ".
function summarise(list,    values, count, i) {
    count = split(list, values, " ")
    for (i = 1; i <= count; i++) values[i] += 0
    sort_values(values, count)
    least = values[1]
    most = values[count]
    median = count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
}

function median_of(list) { summarise(list); return median }

{
    key = $2 SUBSEP $3
    if (!($2 in seen)) { seen[$2] = 1; workloads[++workload_count] = $2 }
    cost = $4 / $5
    cpu[key] = cpu[key] cost " "
    rate[key] = rate[key] $5 / $6 " "
    busy[key] = busy[key] $4 / 1e4 / $6 " "
    p50[key] = p50[key] $7 " "
    p99[key] = p99[key] $8 " "
    cost_in[$1, $2, $3] = cost
    if ($1 > rounds) rounds = $1
    stolen += $9
    others += $11 / 100
    elapsed += $6
}

END {
    proxies[1] = "direct"; proxies[2] = "nginx"; proxies[3] = candidate
    printf "%-8s %-8s %9s %19s %6s %10s %8s %8s %7s %13s\n", "workload", "proxy", "CPU us", "(least - most)", "busy", "per s", "p50 ms", "p99 ms", "ratio", "(least-most)"
    for (w = 1; w <= workload_count; w++) {
        workload = workloads[w]
        for (p = 1; p <= 3; p++) {
            proxy = proxies[p]
            key = workload SUBSEP proxy
            printf "%-8s %-8s ", workload, proxy
            summarise(cpu[key])
            if (proxy == "direct") printf "%9s %19s %6s ", "-", "", ""
            else printf "%9.2f (%7.2f - %7.2f) %5.0f%% ", median, least, most, median_of(busy[key])
            printf "%10.0f %8.2f %8.2f", median_of(rate[key]), median_of(p50[key]) / 1000, median_of(p99[key]) / 1000
            if (proxy == candidate) {
                ratios = ""
                for (r = 1; r <= rounds; r++) ratios = ratios cost_in[r, workload, candidate] / cost_in[r, workload, "nginx"] " "
                summarise(ratios)
                ratio[workload] = median
                printf " %7.2f   (%.2f-%.2f)", median, least, most
            }
            printf "\n"
        }
    }
    printf "CPU us: proxy CPU microseconds per request, for stream and paced per event. Stolen by the host: %.1f %% of a core.\n", stolen / ticks_per_second / elapsed * 100
    foreign = others / NR
    printf "Other processes used %.2f cores meanwhile%s.\n", foreign, (foreign > 0.1 ? ": they take caches and memory from both, so that these figures are no yardstick" : "")
    printf "ratio 1k=%.2f 16k=%.2f 256k=%.2f stream=%.2f\n", ratio["1k"], ratio["16k"], ratio["256k"], ratio["stream"]
}
