"""source-faker -> destination-postgres against a binary COPY of the very rows it wrote, in the same server."""

import statistics
import time

from measuring import Watch, say, sync
from postgres import Postgres


def psql_copy(postgres, table, rounds=3):
    """The limit: psql's binary \\copy of the same rows into an empty table without indexes, over the same socket."""
    postgres.sql(f"CREATE TABLE limit_copy (LIKE {table})")
    postgres.sql(f"\\copy {table} TO /tmp/rows.bin (FORMAT binary)")
    times = []
    for _ in range(rounds):
        postgres.sql("TRUNCATE limit_copy")
        postgres.sql("CHECKPOINT")
        start = time.monotonic()
        postgres.sql("\\copy limit_copy FROM /tmp/rows.bin (FORMAT binary)")
        times.append(time.monotonic() - start)
    postgres.sql("DROP TABLE limit_copy")
    return statistics.median(times)


def throughput(directory, rows, rounds=3):
    lines = ["| | records/s | MB/s | wall s | CPU s: source | runner | destination | postgres | runner's share | peak MB: source | runner |"
             " destination | of binary COPY |",
             "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"]
    append = "streams: {users: {mode: full_refresh, destination_mode: append}}"
    dedup = "streams: [users]"
    cases = [
        ("processes, append", "launch: process", append),
        ("containers, append", "network: host", append),
        ("processes, append_dedup", "launch: process", dedup),
    ]
    with Postgres() as postgres:
        limit = None
        for number, (name, launch, streams) in enumerate(cases):
            config = f"{{count: {rows}, seed: 7}}"
            source = f"{{type: faker, {launch}, config: {config}}}"
            destination = f"{{type: postgres, {launch}, config: {{host: 127.0.0.1, database: postgres, schema: bench}}}}"
            runs = []
            for round_ in range(rounds):
                postgres.sql("DROP SCHEMA IF EXISTS bench CASCADE")
                postgres.sql("CHECKPOINT")
                with Watch() as watch:
                    took, result = sync(directory, f"case{number}-{round_}", source, destination,
                                        postgres.environment(), streams)
                stream = result["streams"][0]
                assert postgres.sql("SELECT count(*) FROM bench.users") == str(rows), "rows are missing"
                runs.append((took, stream, *watch.figures()))
                say(f"  {name}: {rows / took:,.0f} records/s")
            took, stream, cpu, memory = sorted(runs, key=lambda run: run[0])[len(runs) // 2]
            if limit is None:
                limit = psql_copy(postgres, "bench.users")
                say(f"  binary COPY of the same rows: {rows / limit:,.0f} records/s")
            parts = [cpu.get(part, 0) for part in ("source", "runner", "destination", "postgres")]
            lines.append(
                f"| {name} | {rows / took:,.0f} | {stream['bytes'] / took / 1e6:.0f} | {took:.2f}"
                + "".join(f" | {seconds:.1f}" for seconds in parts)
                + f" | {parts[1] / sum(parts):.0%}"
                + "".join(f" | {memory.get(p, 0):.0f}" for p in ("source", "runner", "destination"))
                + f" | **{limit / took:.2f}** |")
        lines.append(f"| psql binary `\\copy` of the same rows | {rows / limit:,.0f} | | {limit:.2f} | | | | | | | | | 1.00 |")
    return lines
