#!/usr/bin/env python3
"""Builds the price catalogue that is compiled into Tierway.

    scripts/build_price_catalogue.py SOURCE > config/prices.json

Keeps of every row what the program needs, sorts the rows by provider and name, and writes one model a line, so that a change of
prices is a readable diff. Nothing is written, and the exit code is 1, when a check fails.
"""

import json
import sys
from decimal import Decimal

ROW_FIELDS = ("provider", "id", "kind", "in", "out", "cached_in", "cache_write", "cache_write_1h", "tiers", "service_tiers", "context",
              "max_out", "dims", "flags", "status", "src")
PRICE_FIELDS = ("in", "out", "cached_in", "cache_write", "cache_write_1h")
TIER_FIELDS = ("above",) + PRICE_FIELDS
FLAGS = ("vision", "reasoning", "tools", "json_schema", "temperature")
KINDS = ("chat", "embedding")
STATUSES = ("beta", "deprecated")
DECIMALS_MAX = 6  # A price is a whole number of pico-dollars per token, which is the sixth decimal of USD per million tokens.


# What the table leaves out because it is the same for all rows of a provider: OpenAI's fast lane costs twice the price and its flex lane
# half of it; Anthropic asks twice the input price for what its cache keeps for an hour. A row that states its own keeps it.
SERVICE_TIERS = {"openai": {"flex": Decimal("0.5"), "priority": Decimal(2)}}
CACHE_WRITE_1H_OF_INPUT = {"anthropic": 2}


def is_number(value):
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def price_problems(where, prices, required):
    for field in required:
        if field not in prices:
            yield f"{where}: `{field}` is missing"
    for field in PRICE_FIELDS:
        if field not in prices:
            continue
        price = prices[field]
        if not is_number(price):
            yield f"{where}: `{field}` is not a number"
        elif price < 0:
            yield f"{where}: `{field}` is negative"
        elif Decimal(price) != round(Decimal(price), DECIMALS_MAX):
            yield f"{where}: `{field}` has more than {DECIMALS_MAX} decimals"


def tier_problems(where, tiers):
    bound_below = 0
    for position, tier in enumerate(tiers, start=1):
        for field in tier:
            if field not in TIER_FIELDS:
                yield f"{where}: tier {position} has the unknown field `{field}`"
        yield from price_problems(f"{where}: tier {position}", tier, ("in", "out"))
        above = tier.get("above")
        if not isinstance(above, int) or above <= bound_below:
            yield f"{where}: the bounds of the tiers are not ascending whole numbers"
            return
        bound_below = above


def row_problems(where, row):
    if row.get("kind") not in KINDS:
        yield f"{where}: `kind` is none of {', '.join(KINDS)}"
    if "status" in row and row["status"] not in STATUSES:
        yield f"{where}: `status` is none of {', '.join(STATUSES)}"
    yield from price_problems(where, row, ("in", "out"))
    yield from tier_problems(where, row.get("tiers", []))
    for field in ("context", "max_out", "dims"):
        if field in row and (not isinstance(row[field], int) or row[field] <= 0):
            yield f"{where}: `{field}` is not a positive whole number"
    for flag, value in row.get("flags", {}).items():
        if flag not in FLAGS or value not in (True, False, None):
            yield f"{where}: the flag `{flag}` is unknown or is not true, false or null"


def catalogue_problems(rows):
    seen = set()
    for row in rows:
        where = f"{row.get('provider')}/{row.get('id')}"
        if not row.get("provider") or not row.get("id"):
            yield f"{where}: a row needs `provider` and `id`"
        if where in seen:
            yield f"{where}: listed twice"
        seen.add(where)
        yield from row_problems(where, row)


def completed(row):
    """The row with the rules of its provider."""
    provider, is_chat = row["provider"], row["kind"] == "chat"
    rules = {}
    if is_chat and provider in SERVICE_TIERS:
        rules["service_tiers"] = SERVICE_TIERS[provider]
    if is_chat and provider in CACHE_WRITE_1H_OF_INPUT and "cache_write" in row:
        rules["cache_write_1h"] = row["in"] * CACHE_WRITE_1H_OF_INPUT[provider]
    return {**rules, **row}


def kept(row):
    row = completed(row)
    return {field: row[field] for field in ROW_FIELDS if field in row}


def write(source, rows, out):
    def text(value):
        # A decimal's shortest form as a float is its own text, because no price has more than 15 significant digits.
        return json.dumps(value, ensure_ascii=False, default=float)

    out.write("{\n")
    for field in ("unit", "as_of", "sources", "caveats"):
        out.write(f'"{field}": {text(source[field])},\n')
    out.write('"models": [\n')
    out.write(",\n".join(text(row) for row in rows))
    out.write("\n]\n}\n")


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8") as file:
        source = json.load(file, parse_float=Decimal)
    problems = list(catalogue_problems(source["models"]))
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1
    rows = sorted((kept(row) for row in source["models"]), key=lambda row: (row["provider"], row["id"]))
    write(source, rows, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
