#!/usr/bin/env bash
# Trains the classifier model that config/example.yaml uses, and writes its card. The same data gives the same bytes.
#
#   scripts/train_classifier.sh DATA_FOLDER      # which holds labelled_prompts.jsonl (docs/learning.md says what a row is)
#
# TIERWAY_BINARY names a built `tierway`; without it one is built.
set -euo pipefail

if [[ $# -ne 1 || ! -f $1/labelled_prompts.jsonl ]]; then
    echo "Usage: $0 FOLDER_WITH_labelled_prompts.jsonl" >&2
    exit 2
fi
data=$(realpath "$1")/labelled_prompts.jsonl
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
if [[ -z ${TIERWAY_BINARY:-} ]]; then
    cmake --preset release --log-level=WARNING
    cmake --build --preset release --target tierway
    TIERWAY_BINARY=$root/build/release/src/app/tierway
fi

# How the labels fall into eight coarse classes, for comparison with other classifiers.
groups=$(mktemp)
trap 'rm -f "$groups"' EXIT
cat > "$groups" <<'EOF'
{"creative_writing": "write_create", "functional_writing": "write_create", "math": "math_reasoning", "exam_reasoning": "math_reasoning",
 "open_qa": "qa_advice", "closed_qa": "qa_advice", "advice_analysis": "qa_advice", "brainstorm_plan": "qa_advice",
 "summarization": "summarize", "rewriting": "rewrite_translate", "translation": "rewrite_translate",
 "extraction": "extract_classify", "classification": "extract_classify", "chat_roleplay": "chat"}
EOF

# People's own prompts alone: templates and benchmark questions made the model worse on them. The finer labels, although classes merge
# them again, because what they have in common is learned better from each.
"$TIERWAY_BINARY" train classifier --data "$data" --field label --origin user --groups "$groups" --out config/classifier.twm \
    --card docs/classifier-model-card.md --notes config/classifier-notes.md
ls -l config/classifier.twm
