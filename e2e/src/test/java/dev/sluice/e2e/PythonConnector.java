package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

/// A connector in Python that nobody here has written or changed, as the registry has it; or one that stands on
/// Airbyte's kit, as its users write them.
///
/// @param name of the image, without tag
/// @param files of `src/test/resources/python` that go beside the packages, into the directory Airbyte's images have
///        their code in; the first is what is run. None: `command` of the packages is run
record PythonConnector(String name, String version, PythonPackages packages, String command, List<String> files) {
    /// What Debian 12, which the images stand on, has.
    private static final String IMAGE_PYTHON = "3.11";

    private static final String CODE = "/airbyte/integration_code";

    static final PythonConnector SOURCE_FAKER = new PythonConnector(
            "airbyte-source-faker",
            "7.2.1",
            PythonPackages.of("airbyte-source-faker==7.2.1"),
            "source-faker",
            List.of());

    /// Its requirements are old; three of them are published as source only.
    static final PythonConnector SOURCE_COMMCARE = new PythonConnector(
            "airbyte-source-commcare",
            "0.1.39",
            PythonPackages.of("airbyte-source-commcare==0.1.39")
                    .fromSource("genson==1.2.2", "bigquery-schema-generator==1.5.1", "pendulum==2.1.2"),
            "source-commcare",
            List.of("commcare_elsewhere.py"));

    /// The image, made as a connector's author would make one.
    String image() {
        // Another recipe or other files, another tag.
        String tag = "sluice-e2e/%s:%s-%s".formatted(name, version, fingerprint(recipe()));
        synchronized (PythonConnector.class) {
            if (!Docker.hasImage(tag)) {
                build(tag);
            }
        }
        return tag;
    }

    private String recipe() {
        String program = files.isEmpty() ? "/airbyte/packages/bin/" + command : CODE + "/" + files.getFirst();
        // Old packages want distutils, which Debian has apart. They are compiled here: nobody may write there later.
        return """
                FROM sluice/debian:12
                RUN apt-get update \\
                 && apt-get install -y --no-install-recommends python3 python3-distutils \\
                 && rm -rf /var/lib/apt/lists/* \\
                 && useradd --uid 1000 airbyte
                ARG PACKAGES
                COPY $PACKAGES /airbyte/packages
                RUN python3 -m compileall -q -j 0 /airbyte/packages >/dev/null || true
                ARG CODE
                COPY $CODE %1$s
                WORKDIR %1$s
                USER airbyte
                ENV PYTHONPATH=/airbyte/packages
                ENV AIRBYTE_ENTRYPOINT="python3 %2$s"
                ENTRYPOINT ["python3", "%2$s"]
                """.formatted(CODE, program);
    }

    private void build(String tag) {
        Program.run(SluiceCli.HOME.resolve("images/build").toString(), "debian");
        Path installed = packages.installed(IMAGE_PYTHON);
        Path cache = installed.getParent();
        System.err.printf("building %s…%n", tag);
        try {
            Path image = Files.createTempDirectory(cache, "image-");
            Path code = Files.createDirectory(image.resolve("code"));
            write(code);
            Path dockerfile = Files.writeString(image.resolve("Dockerfile"), recipe());
            Files.writeString(cache.resolve(".dockerignore"), "*\n!packages-*\n!image-*\n");
            Program.run(
                    "docker",
                    "build",
                    "--force-rm",
                    "--build-arg=PACKAGES=" + installed.getFileName(),
                    "--build-arg=CODE=" + cache.relativize(code),
                    "--tag=" + tag,
                    "--file=" + dockerfile,
                    cache.toString());
            Program.run("rm", "-rf", image.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A program that runs it as a process with the Python of this machine.
    Path program(Path directory) {
        Path installed = packages.installed(PythonPackages.here());
        try {
            write(directory);
            Path main =
                    files.isEmpty() ? installed.resolve("bin").resolve(command) : directory.resolve(files.getFirst());
            Path program = Files.writeString(directory.resolve(name), """
                    #!/bin/sh
                    PYTHONPATH='%s' exec python3 '%s' "$@"
                    """.formatted(installed, main));
            program.toFile().setExecutable(true);
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Path directory) throws IOException {
        for (String file : files) {
            Files.write(directory.resolve(file), resource(file));
        }
    }

    private String fingerprint(String recipe) {
        CRC32 crc = new CRC32();
        crc.update(recipe.getBytes(UTF_8));
        files.forEach(file -> crc.update(resource(file)));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    private static byte[] resource(String file) {
        try (InputStream in = PythonConnector.class.getResourceAsStream("/python/" + file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
