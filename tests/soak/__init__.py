"""Load, faults and change over minutes, judged by figures: what scripts/soak.sh runs."""
