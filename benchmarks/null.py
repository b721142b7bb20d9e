"""A source and a destination that do nothing, so that what is left is the way between them."""

import itertools
import json
import os
import shutil
import subprocess

from measuring import HOME, run

IMAGE = "sluice-benchmark/null:1"
STREAM = "purchases"
FAKER = HOME / "connectors/source-faker/target/connector/run"


class Null:
    """The connectors, in folders `source` and `destination` of the directory that connection files are written to.

    The records are those of our faker, made once: a block of a million, which the source prints as often as wanted.
    """

    BLOCK = 1_000_000

    def __init__(self, directory):
        jdk = run("sh", "-c", 'home=$0; . "$home/.mvn/toolchain.sh"; use_jdk; echo "$JAVA_HOME"', HOME)
        self.environment = {**os.environ, "JAVA_HOME": jdk.strip()}
        self.directory = directory
        directory.chmod(0o755)  # The user of a container is another one.
        for name in ("source", "destination"):
            (directory / name).mkdir(mode=0o755)
            shutil.copy(HOME / "benchmarks/null" / name, directory / name / "connector")
        self.source = directory / "source"
        self.make_records()
        self.bytes = (self.source / "block.jsonl").stat().st_size

    def make_records(self):
        spec = {"connectionSpecification": {"type": "object"}}
        self.put("spec.jsonl", {"type": "SPEC", "spec": spec})
        self.put("check.jsonl", {"type": "CONNECTION_STATUS", "connectionStatus": {"status": "SUCCEEDED"}})
        config = self.put("config.json", {"count": self.BLOCK, "seed": 7})
        found = map(json.loads, self.faker("discover", "--config", config).splitlines())
        stream = next(stream for message in found if message["type"] == "CATALOG"
                      for stream in message["catalog"]["streams"] if stream["name"] == STREAM)
        self.put("discover.jsonl", {"type": "CATALOG", "catalog": {"streams": [stream]}})
        chosen = {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"}
        catalog = self.put("catalog.json", {"streams": [chosen]})
        state = {"stream_descriptor": {"name": STREAM}, "stream_state": {"id": 1}}
        self.put("state.jsonl", {"type": "STATE", "state": {"type": "STREAM", "stream": state}})
        read = self.faker_command("read", "--config", config, "--catalog", catalog)
        with open(self.source / "block.jsonl", "wb") as block:
            faker = subprocess.Popen(read, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            block.writelines(line for line in faker.stdout if line.startswith(b'{"type":"RECORD"'))
            assert faker.wait() == 0, "source-faker failed"
        for count in (1, 1_000, 10_000, 100_000):
            with open(self.source / "block.jsonl", "rb") as block:
                self.part(count).write_bytes(b"".join(itertools.islice(block, count)))

    def put(self, name, document):
        file = self.source / name
        file.write_text(json.dumps(document, separators=(",", ":")) + "\n")
        return file

    def part(self, count):
        return self.source / f"{count}.block.jsonl"

    def faker_command(self, *arguments):
        return ["sh", FAKER, *arguments]

    def faker(self, *arguments):
        return run(*self.faker_command(*arguments), env=self.environment)

    def give(self, count):
        """So many records the source prints from now on; returns the names of its files and their size."""
        files = ["block.jsonl"] * (count // self.BLOCK) if count >= self.BLOCK else [self.part(count).name]
        return self.give_files(*files)

    def give_files(self, *files):
        (self.source / "files").write_text(" ".join([*files, "state.jsonl"]))
        return [*files, "state.jsonl"], sum((self.source / file).stat().st_size for file in files)
