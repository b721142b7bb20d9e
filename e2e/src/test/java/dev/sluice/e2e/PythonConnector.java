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
/// @param main what Python runs: one of `files`, or a script of the packages
/// @param files of `src/test/resources/python` that go beside the packages, into the directory Airbyte's images have
///        their code in
record PythonConnector(String name, String version, PythonPackages packages, String main, List<String> files) {
    /// What Debian 12, which the images stand on, has.
    private static final String IMAGE_PYTHON = "3.11";

    private static final String CODE = "/airbyte/integration_code";

    /// The newest kit as this is written.
    private static final PythonPackages CDK = PythonPackages.of("airbyte-cdk==7.39.1");

    /// Of 2024, before the protocol's messages were made anew.
    private static final PythonPackages OLD_CDK =
            PythonPackages.of("airbyte-cdk==0.80.0").fromSource("genson==1.2.2", "pendulum==2.1.2");

    static final PythonConnector SOURCE_FAKER = new PythonConnector(
            "airbyte-source-faker",
            "7.2.1",
            PythonPackages.of("airbyte-source-faker==7.2.1"),
            "bin/source-faker",
            List.of());

    /// Its requirements are old; three of them are published as source only.
    static final PythonConnector SOURCE_COMMCARE = new PythonConnector(
            "airbyte-source-commcare",
            "0.1.39",
            PythonPackages.of("airbyte-source-commcare==0.1.39")
                    .fromSource("genson==1.2.2", "bigquery-schema-generator==1.5.1", "pendulum==2.1.2"),
            "commcare_elsewhere.py",
            List.of("commcare_elsewhere.py"));

    /// Its own requirements cannot be met: they ask for smart-open 0.6.0, which there never was (6.0.0 before each of
    /// its
    /// releases put its own version there). So they are listed here, and are otherwise what it asks for.
    static final PythonConnector SOURCE_FILE = new PythonConnector(
            "airbyte-source-file",
            "0.6.0",
            PythonPackages.of(
                            "airbyte-cdk==7.39.1",
                            "beautifulsoup4==4.11.1",
                            "boto3==1.21.21",
                            "fastparquet==2024.11.0",
                            "gcsfs==2022.7.1",
                            "genson==1.3.0",
                            "google-cloud-storage==2.5.0",
                            "html5lib==1.1",
                            "lxml>=5.0,<6.0",
                            "numpy<2",
                            "openpyxl==3.1.0",
                            "pandas==2.2.3",
                            "paramiko==2.11.0",
                            "pyarrow==14.0.2",
                            "pyxlsb==1.0.10",
                            "s3fs==2022.7.1",
                            "smart-open[all]==6.0.0",
                            "xlrd==2.0.1")
                    .withoutItsRequirements("airbyte-source-file==0.6.0"),
            "bin/source-file",
            List.of());

    /// A manifest, and what Airbyte's kit needs to find it.
    static final PythonConnector SOURCE_SHOPS = new PythonConnector(
            "source-shops",
            "cdk-7.39.1",
            CDK,
            "shops.py",
            List.of("shops.py", "source_shops/__init__.py", "source_shops/manifest.yaml"));

    static final PythonConnector DESTINATION_JSONL = new PythonConnector(
            "destination-jsonl", "cdk-7.39.1", CDK, "jsonl_destination.py", List.of("jsonl_destination.py"));

    static final PythonConnector OLD_DESTINATION_JSONL = new PythonConnector(
            "destination-jsonl", "cdk-0.80.0", OLD_CDK, "jsonl_destination.py", List.of("jsonl_destination.py"));

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
        String program = (files.contains(main) ? CODE : "/airbyte/packages") + "/" + main;
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
            Path script = (files.contains(main) ? directory : installed).resolve(main);
            Path program = Files.writeString(directory.resolve(name), """
                    #!/bin/sh
                    PYTHONPATH='%s' exec python3 '%s' "$@"
                    """.formatted(installed, script));
            program.toFile().setExecutable(true);
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Path directory) throws IOException {
        for (String file : files) {
            Files.createDirectories(directory.resolve(file).getParent());
            Files.write(directory.resolve(file), resource(file));
        }
    }

    private String fingerprint(String recipe) {
        CRC32 crc = new CRC32();
        crc.update(recipe.getBytes(UTF_8));
        files.forEach(file -> crc.update(resource(file)));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    static byte[] resource(String file) {
        try (InputStream in = PythonConnector.class.getResourceAsStream("/python/" + file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
