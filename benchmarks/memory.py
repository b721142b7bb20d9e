"""The memory of a runner with a heap of 128 MB, whatever the data: null source -> null destination, as processes."""

import re

from measuring import Watch, say, sync
from routes import STREAMS

HEAP = "-Xmx128m"
LARGE = 100_000_000


def heap(log):
    """Most that was in use and most that a collection left, in MB; the latter is None when there was none."""
    before, after = [], []
    for line in log.read_text().splitlines():
        if pause := re.search(r"Pause .* (\d+)M->(\d+)M\(", line):
            before.append(int(pause[1]))
            after.append(int(pause[2]))
    # Both generations at the end.
    end = sum(int(used) for used in re.findall(r"(?:def new|tenured) generation .* used (\d+)K", log.read_text())) / 1024
    return max([*before, end]), max(after, default=None)


def memory(null):
    large = null.source / "large.block.jsonl"
    with open(large, "w") as file:
        file.write('{"type":"RECORD","record":{"stream":"purchases","data":{"id":1,"user_id":1,"product_id":"')
        for _ in range(LARGE // 1_000_000):
            file.write("x" * 1_000_000)
        file.write('"},"emitted_at":1}}\n')
    cases = [(f"{count:,} records", count, lambda count=count: null.give(count))
             for count in (1_000, 10_000, 100_000, 1_000_000, 10_000_000)]
    cases.append(("1 record of 100 MB", 1, lambda: null.give_files(large.name)))
    lines = ["| | MB | wall s | peak MB: whole process | heap used | heap left by a collection |", "|---|---:|---:|---:|---:|---:|"]
    log = null.directory / "gc.log"
    for name, count, give in cases:
        size = give()[1]
        log.unlink(missing_ok=True)
        options = {"SLUICE_JAVA_OPTS": f"{HEAP} -Xlog:gc,gc+heap+exit:file={log}"}
        with Watch() as watch:
            took, result = sync(null.directory, "memory", "{command: [./source/connector]}",
                                "{command: [./destination/connector]}", options, STREAMS)
        assert result["streams"][0]["committed"] == count, "records are missing"
        used, left = heap(log)
        peak = watch.figures()[1]["runner"]
        lines.append(f"| {name} | {size / 1e6:,.1f} | {took:.2f} | {peak:.0f} | {used:.0f} | {'' if left is None else left} |")
        say("  " + lines[-1])
    large.unlink()
    return lines
