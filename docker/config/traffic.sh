#!/bin/sh
# Asks the gateways of the demo in turn, a request every second. Their answers are simulated.
ask() {
    for gateway in $GATEWAYS; do
        curl --silent --output /dev/null --max-time 60 "$gateway/v1/chat/completions" \
            --header 'Content-Type: application/json' \
            --data "{\"model\":\"auto\",\"metadata\":{\"simulate\":\"$1\"},\"messages\":[{\"role\":\"user\",\"content\":\"$2 ($count)\"}]}"
        sleep 1
    done
}

count=0
while true; do
    count=$((count + 1))
    ask '' 'Extract the e-mails: write to ann@example.com or bob@example.org'
    ask '' 'Classify the sentiment: I love this phone, it works great'
    ask '' 'Rewrite politely: send me the report now'
    ask 'sim-small:wrong,low_confidence' 'How much is 17 * 23 + 4?'
    ask '' 'Write a Python function that reverses a string'
    ask '' 'Summarize in one sentence: the meeting was moved to Thursday'
    [ $((count % 5)) -ne 0 ] || ask '' 'Explain step by step why the sky is blue'
    [ $((count % 20)) -ne 0 ] || ask 'sim-small:status=503;times=1' 'Hello, how are you today?'
done
