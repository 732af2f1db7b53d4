"""A question to DuckDB: duck.py DATABASE SQL; prints tab-separated values."""
import sys

import duckdb

for row in duckdb.connect(sys.argv[1]).execute(sys.argv[2]).fetchall():
    print(*row, sep="\t")
