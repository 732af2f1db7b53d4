"""Sigma rules over JSON lines with SQLite, as Zircolite does it: rules that sigma-cli has made SQL of, on a table in memory.

    sigma.py EVENTS RULES      rules in sigma-cli's form zircolite; prints COUNT, a tab, TITLE; how long it took to stderr
"""
import json
import re
import sqlite3
import sys
import time


def main(events, rules):
    begin = time.monotonic()
    columns, rows = {}, []
    with open(events, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            for name in row:
                columns.setdefault(name, len(columns))
            rows.append(row)
    with open(rules, encoding="utf-8") as text:
        rules = json.load(text)
    store = sqlite3.connect(":memory:")
    store.create_function("REGEXP", 2, lambda asked, value: bool(value and re.search(asked, str(value))))
    names = list(columns)
    store.execute("CREATE TABLE logs (%s)" % ", ".join(f'"{name}" TEXT COLLATE NOCASE' for name in names))
    places = ", ".join("?" * len(names))
    store.executemany(f"INSERT INTO logs VALUES ({places})", ([row.get(name) for name in names] for row in rows))
    loaded = time.monotonic()
    refused = 0
    for rule in rules:
        count = 0
        for query in rule["rule"]:
            try:
                count += store.execute(query.replace("SELECT *", "SELECT count(*)", 1)).fetchone()[0]
            except sqlite3.OperationalError:
                # A field that none of these events has is no column.
                refused += 1
        if count:
            print(count, rule["title"], sep="\t")
    end = time.monotonic()
    print(f"{len(rows)} events, {len(rules)} rules, {refused} queries for fields that are no column; "
          f"loaded in {loaded - begin:.1f} s, asked in {end - loaded:.1f} s", file=sys.stderr)


main(*sys.argv[1:])
