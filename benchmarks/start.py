"""The wall time of a sync of ten records."""

import statistics

from measuring import say, sync
from postgres import Postgres


def start_times(directory, rounds=10):
    lines = ["| a sync of 10 records | median s | fastest | slowest |", "|---|---:|---:|---:|"]
    with Postgres() as postgres:
        pg = "{host: 127.0.0.1, database: postgres, schema: start}"
        cases = [
            ("processes, faker → duckdb", "launch: process", f"{{type: duckdb, launch: process, config: {{destination_path: s.duckdb}}}}"),
            ("processes, faker → postgres", "launch: process", f"{{type: postgres, launch: process, config: {pg}}}"),
            ("containers, faker → postgres", "network: none", f"{{type: postgres, network: host, config: {pg}}}"),
        ]
        for number, (name, launch, destination) in enumerate(cases):
            source = f"{{type: faker, {launch}, config: {{count: 10, seed: 7}}}}"
            times = [sync(directory, f"start{number}", source, destination, postgres.environment())[0] for _ in range(rounds + 1)][1:]
            lines.append(f"| {name} | {statistics.median(times):.2f} | {min(times):.2f} | {max(times):.2f} |")
            say("  " + lines[-1])
    return lines
