package dev.sluice.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Airbyte's own faker, which nobody here has written or changed: as Python installs it, run by Python.
///
/// Installed once for each Python into the user's cache, from where tests take it; that needs the network.
final class AirbyteFaker {
    private static final String PACKAGE = "airbyte-source-faker==7.2.1";
    private static final String IMAGE = "sluice-e2e/airbyte-source-faker:7.2.1";

    /// What Debian 12, which the image stands on, has.
    private static final String IMAGE_PYTHON = "3.11";

    private AirbyteFaker() {}

    /// A program that runs it as a process with the Python of this machine.
    static synchronized Path program() throws IOException {
        String version = Program.run(
                        "python3", "-c", "import sys; print('%d.%d' % (sys.version_info[0], sys.version_info[1]))")
                .strip();
        Path packages = installed(version);
        Path program = packages.resolveSibling("source-faker-" + version);
        Files.writeString(program, """
                #!/bin/sh
                PYTHONPATH='%s' exec python3 '%s' "$@"
                """.formatted(packages, packages.resolve("bin/source-faker")));
        program.toFile().setExecutable(true);
        return program;
    }

    /// The image, made as a connector's author would make one.
    static synchronized String image() throws IOException {
        if (Docker.hasImage(IMAGE)) {
            return IMAGE;
        }
        Program.run(SluiceCli.HOME.resolve("images/build").toString(), "debian");
        Path packages = installed(IMAGE_PYTHON);
        Path dockerfile = packages.resolveSibling("Dockerfile");
        Files.writeString(dockerfile, """
                FROM sluice/debian:12
                RUN apt-get update \\
                 && apt-get install -y --no-install-recommends python3 \\
                 && rm -rf /var/lib/apt/lists/*
                COPY %s /airbyte/packages
                RUN useradd --uid 1000 airbyte
                USER airbyte
                ENV PYTHONPATH=/airbyte/packages
                ENV AIRBYTE_ENTRYPOINT="python3 /airbyte/packages/bin/source-faker"
                ENTRYPOINT ["python3", "/airbyte/packages/bin/source-faker"]
                """.formatted(packages.getFileName()));
        Files.writeString(packages.resolveSibling(".dockerignore"), "*\n!%s\n".formatted(packages.getFileName()));
        Program.run(
                "docker",
                "build",
                "--force-rm",
                "-t",
                IMAGE,
                "-f",
                dockerfile.toString(),
                packages.getParent().toString());
        return IMAGE;
    }

    private static Path installed(String python) {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "sluice-e2e", "airbyte-source-faker-7.2.1");
        Path packages = cache.resolve("packages-" + python);
        if (Files.isDirectory(packages)) {
            return packages;
        }
        try {
            Files.createDirectories(cache);
            Path venv = cache.resolve("venv");
            Program.run("python3", "-m", "venv", "--clear", venv.toString());
            Path unfinished = Files.createTempDirectory(cache, "installing-");
            Program.run(
                    venv.resolve("bin/pip").toString(),
                    "install",
                    "--disable-pip-version-check",
                    "--no-compile",
                    "--only-binary=:all:",
                    "--python-version=" + python,
                    "--target=" + unfinished.resolve("packages"),
                    PACKAGE);
            // Renamed when it is whole: an installation that is interrupted is not taken for one.
            Files.move(unfinished.resolve("packages"), packages, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(unfinished);
            return packages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
