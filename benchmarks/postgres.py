"""A PostgreSQL server for benchmarks."""

import socket
import subprocess
import sys
import time

from measuring import HOME, run

PASSWORD = "benchmark"


class Postgres:
    """A server of its own on the loopback interface, in the host's network: Docker's port forwarding would be the wall."""

    def __enter__(self):
        run(HOME / "images/build", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        self.id = run("docker", "run", "-d", "--rm", "--network", "host", "-e", "POSTGRES_PASSWORD=" + PASSWORD,
                      "--shm-size=256m", "sluice/postgres:test", "-c", "port=" + self.port,
                      "-c", "listen_addresses=127.0.0.1", "-c", "max_wal_size=8GB", "-c", "shared_buffers=1GB").strip()
        try:
            for _ in range(300):
                if subprocess.run(self.psql("SELECT 1"), capture_output=True).returncode == 0:
                    return self
                time.sleep(0.1)
            sys.exit("PostgreSQL did not come up:\n" + run("docker", "logs", self.id))
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        subprocess.run(["docker", "rm", "-f", "-v", self.id], capture_output=True)

    def psql(self, text):
        return ["docker", "exec", "-e", "PGPASSWORD=" + PASSWORD, self.id, "psql", "-U", "postgres", "-h", "127.0.0.1",
                "-p", self.port, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", text]

    def sql(self, text):
        return run(*self.psql(text)).strip()

    def environment(self):
        return {"PGHOST": "127.0.0.1", "PGPORT": self.port, "PGUSER": "postgres", "PGPASSWORD": PASSWORD,
                "PGDATABASE": "postgres"}
