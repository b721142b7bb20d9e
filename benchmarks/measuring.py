"""What every benchmark needs: syncs, CPU seconds and memory of the parts, and the table in README.md."""

import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import threading
import time

HOME = pathlib.Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")

# How a process is known by its command line. First match wins. The null connectors are those of null.py.
PARTS = [
    ("runner", re.compile(r"sluice\.jar|^cat - ")),
    ("engine", re.compile(r"dockerd|containerd|^docker ")),
    ("source", re.compile(r"source-faker\.jar|^cat .*block\.jsonl")),
    ("destination", re.compile(r"destination-(postgres|duckdb)\.jar|^tail -n 2 ")),
    ("postgres", re.compile(r"^postgres")),
]


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(*command, **more):
    result = subprocess.run(command, capture_output=True, text=True, **more)
    if result.returncode:
        sys.exit("%s failed (%d):\n%s%s" % (" ".join(map(str, command)), result.returncode, result.stdout, result.stderr))
    return result.stdout


class Watch:
    """CPU seconds and peak memory of each part, from /proc, while something runs."""

    def __init__(self):
        self.base = {}
        self.last = {}
        self.peak = {}
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.loop)

    def sample(self, first):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    line = f.read().replace(b"\0", b" ").decode(errors="replace")
                part = next((name for name, pattern in PARTS if pattern.search(line)), None)
                if part is None:
                    continue
                with open(f"/proc/{pid}/stat") as f:
                    fields = f.read().rsplit(")", 1)[1].split()
                if part == "runner" and int(fields[1]) != os.getpid():
                    continue  # Somebody else's.
                key = (part, pid, fields[19])
                ticks = int(fields[11]) + int(fields[12])
                if first:
                    self.base[key] = ticks
                self.last[key] = ticks
                with open(f"/proc/{pid}/status") as f:
                    high = re.search(r"VmHWM:\s+(\d+)", f.read())
                if high:
                    self.peak[key] = int(high.group(1))
            except (FileNotFoundError, ProcessLookupError, IndexError):
                continue

    def loop(self):
        while not self.stop.wait(0.05):
            self.sample(False)

    def __enter__(self):
        self.sample(True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        self.sample(False)

    def figures(self):
        cpu, memory = {}, {}
        for key, ticks in self.last.items():
            part = key[0]
            cpu[part] = cpu.get(part, 0) + (ticks - self.base.get(key, 0)) / TICKS
            # Of PostgreSQL's processes the largest: they share most of it.
            memory[part] = max(memory.get(part, 0), self.peak.get(key, 0) / 1024)
        return cpu, memory


def sync(directory, name, source, destination, environment, more="streams: [users]"):
    file = directory / f"{name}.yaml"
    file.write_text(f"source: {source}\ndestination: {destination}\n{more}\n")
    start = time.monotonic()
    out = run(HOME / "sluice", "sync", file, "--json", env={**os.environ, **environment})
    took = time.monotonic() - start
    answer = json.loads(out)
    if not answer["ok"]:
        sys.exit(out)
    return took, answer["result"]


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = int(re.search(r"MemTotal:\s+(\d+)", open("/proc/meminfo").read()).group(1)) / 1024 / 1024
    return f"{os.cpu_count()} × {model}, {memory:.0f} GiB, Linux {platform.release()}, {time.strftime('%Y-%m-%d')}"


def write(name, heading, table):
    """Puts them between the marks of that name in README.md."""
    lines = [heading, "", *table]
    file = HOME / "benchmarks/README.md"
    text = file.read_text()
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    file.write_text(before + begin + "\n" + "\n".join(lines) + "\n" + end + after)
