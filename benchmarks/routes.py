"""Null source -> runner -> null destination, against the same pipes with `cat` in the runner's place."""

import statistics
import subprocess
import time

from measuring import HOME, Watch, run, say, sync
from null import IMAGE, Null

STREAMS = "streams: {purchases: {mode: full_refresh, destination_mode: append}}"
PARTS = ("source", "runner", "destination", "engine")


def container(side, pipes):
    return f"{{image: '{IMAGE}', local: ./{side}, network: none, pipes: {pipes}}}"


def through_docker(null, side, command, *options):
    """A container as the runner's, started by the `docker` command."""
    return ["docker", "run", "--rm", "--network", "none", "--log-driver", "none", *options,
            "-v", f"{null.directory}/{side}:/local", "-w", "/local", "--entrypoint", "sh", IMAGE, "-c", command]


class Limit:
    """The same source and the same destination, with `cat` between them."""

    def __init__(self, null, route):
        self.null = null
        self.route = route

    def __call__(self, files):
        null, source = self.null, "exec cat " + " ".join(files)
        start = time.monotonic()
        match self.route:
            case "process":
                first = subprocess.Popen(["sh", "-c", source], cwd=null.source, stdout=subprocess.PIPE)
                relay = subprocess.Popen(["cat", "-"], stdin=first.stdout, stdout=subprocess.PIPE)
                last = subprocess.Popen(["tail", "-n", "2"], stdin=relay.stdout, stdout=subprocess.PIPE)
            case "named":
                first = subprocess.Popen(through_docker(null, "source", source + " >fifo", "--user", "0"))
                relay = subprocess.Popen(["sh", "-c", "exec cat - <source/fifo >destination/fifo"], cwd=null.directory)
                last = subprocess.Popen(through_docker(null, "destination", "exec tail -n 2 <fifo", "--user", "0"),
                                        stdout=subprocess.PIPE)
            case "attach":
                first = subprocess.Popen(through_docker(null, "source", source), stdout=subprocess.PIPE)
                relay = subprocess.Popen(["cat", "-"], stdin=first.stdout, stdout=subprocess.PIPE)
                last = subprocess.Popen(through_docker(null, "destination", "exec tail -n 2", "-i"),
                                        stdin=relay.stdout, stdout=subprocess.PIPE)
        # Only those that use a pipe may hold it open.
        for process in (first, relay):
            if process.stdout:
                process.stdout.close()
        said = last.stdout.read()
        codes = [process.wait() for process in (first, relay, last)]
        assert codes == [0, 0, 0] and b'"STATE"' in said, f"the limit of {self.route} failed: {codes}, {said}"
        return time.monotonic() - start


class Synced:
    def __init__(self, null, route):
        self.null = null
        self.route = route
        if route == "process":
            self.sides = [f"{{command: [./{side}/connector]}}" for side in ("source", "destination")]
        else:
            self.sides = [container(side, route) for side in ("source", "destination")]

    def __call__(self, files):
        took, result = sync(self.null.directory, "null-" + self.route, *self.sides, {}, STREAMS)
        stream = result["streams"][0]
        assert stream["committed"] == stream["records"] > 0, f"records are missing: {stream}"
        return took


def measured(way, null, count):
    files, size = null.give(count)
    with Watch() as watch:
        took = way(files)
    return took, size, watch.figures()[0]


def median(runs):
    return sorted(runs, key=lambda run: run[0])[len(runs) // 2]


def routes(null, rounds=3):
    run(HOME / "images/build", "debian")
    run("docker", "build", "-q", "-t", IMAGE, HOME / "benchmarks/null")
    for side in ("source", "destination"):
        run("mkfifo", null.directory / side / "fifo")
    lines = ["| | GB | MB/s | records/s | settled: MB/s | records/s | start s | CPU s: source | runner | destination | engine |"
             " runner settled, CPU s/GB | of the limit: whole | settled |",
             "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"]
    cases = [
        ("processes", "process", 4 * Null.BLOCK, "`cat` in the runner's place"),
        ("containers, named pipes", "named", 4 * Null.BLOCK, "`docker run` and `cat`, named pipes"),
        # A fraction: this route is slow.
        ("containers, attached", "attach", Null.BLOCK, "`docker run` and `cat`, attached"),
    ]
    for name, route, count, limit_name in cases:
        ways = Synced(null, route), Limit(null, route)
        for way in ways:
            measured(way, null, 1)  # Images and classes are in the page cache then.
        whole, empty = ([], []), ([], [])
        for _ in range(rounds):
            for number, way in enumerate(ways):
                empty[number].append(measured(way, null, 1))
                whole[number].append(measured(way, null, count))
                say(f"  {name if number == 0 else limit_name}: {whole[number][-1][1] / whole[number][-1][0] / 1e6:,.0f} MB/s")
        settled = [median(whole[number])[0] - statistics.median(run[0] for run in empty[number]) for number in (0, 1)]
        for number, label in enumerate((name, limit_name)):
            took, size, cpu = median(whole[number])
            idle = median(empty[number])
            runner = (cpu.get("runner", 0) - idle[2].get("runner", 0)) / size * 1e9
            # A limit has no start of its own.
            ratios = [median(whole[1])[0] / took, settled[1] / settled[number]]
            lines.append(
                f"| {label} | {size / 1e9:.2f} | {size / took / 1e6:,.0f} | {count / took:,.0f}"
                f" | {size / settled[number] / 1e6:,.0f} | {count / settled[number]:,.0f} | {idle[0]:.2f}"
                + "".join(f" | {cpu.get(part, 0):.1f}" for part in PARTS)
                + f" | {runner:.2f} | " + " | ".join(f"**{ratio:.2f}**" if number == 0 else f"{ratio:.2f}" for ratio in ratios)
                + " |")
    return lines
