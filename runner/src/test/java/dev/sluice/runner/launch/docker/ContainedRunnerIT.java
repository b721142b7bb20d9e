package dev.sluice.runner.launch.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Main;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `sluice` in a container that has the engine's socket, where the engine sees other files than the runner.
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ContainedRunnerIT {
    private static final String CONNECTOR = "sluice/test-connector:" + DockerLauncherContract.TAG;

    /// A source of one record and one state, and a destination that returns states.
    private static final String SCRIPT = """
            case $1 in
            spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"}}}' ;;
            discover) echo '{"type":"CATALOG","catalog":{"streams":[{"name":"s","json_schema":{"type":"object","properties":{"a":{"type":"integer"}}},"supported_sync_modes":["full_refresh","incremental"],"source_defined_cursor":true}]}}' ;;
            read)
              echo '{"type":"RECORD","record":{"stream":"s","data":{"a":1},"emitted_at":1}}'
              echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{"a":1}}}}' ;;
            write) while read -r line; do case $line in *'"STATE"'*) printf '%s\\n' "$line" ;; esac; done ;;
            esac""";

    @BeforeAll
    static void buildImage() throws Exception {
        DockerLauncherContract.build(
                CONNECTOR,
                "FROM sluice/debian:12\nENTRYPOINT "
                        + Json.mapper().writeValueAsString(List.of("/bin/sh", "-c", SCRIPT, "connector")) + "\n");
    }

    @AfterAll
    static void removeImage() throws Exception {
        DockerLauncherContract.docker("rmi", "-f", CONNECTOR);
    }

    @Test
    void usesNamedPipesInADirectoryThatTheEngineSeesElsewhere(@TempDir Path shared) throws Exception {
        Files.createDirectory(shared.resolve("tmp"));
        assertThat(sync(shared, "/work/tmp", "named")).contains("1 record");
    }

    @Test
    void attachesWhereTheEngineDoesNotSeeTheRunnersFiles(@TempDir Path shared) throws Exception {
        assertThat(sync(shared, "/tmp", "auto")).contains("1 record");
    }

    @Test
    void saysWhyNamedPipesDoNotWorkThere(@TempDir Path shared) throws Exception {
        assertThat(sync(shared, "/tmp", "named")).contains("error[docker.remote]");
    }

    @Test
    void doctorSaysWhichWayRecordsWillTake(@TempDir Path shared) throws Exception {
        Files.createDirectory(shared.resolve("tmp"));
        assertThat(run("doctor", shared, "/work/tmp", "auto"))
                .contains(", sees the files of this runner, which is in a container")
                .containsPattern(
                        "records through named pipes, which the engine finds in " + shared + "/tmp/sluice-run-")
                .contains("user 1000:1000, root file system writable; network none, memory ");
        assertThat(run("doctor", shared, "/tmp", "auto"))
                .contains("records through the engine's API, which sees no pipe of this runner");
        assertThat(run("doctor", shared, "/work/tmp", "attach"))
                .contains("records through the engine's API, as `pipes: attach` says");
        assertThat(run("doctor", shared, "/tmp", "named"))
                .contains("fail  source       the Docker engine does not see the files of this runner");
    }

    private static String sync(Path shared, String temporary, String pipes) throws Exception {
        return run("sync", shared, temporary, pipes);
    }

    private static String run(String verb, Path shared, String temporary, String pipes) throws Exception {
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(shared.resolve("shop.yaml"), """
                source: {image: "%1$s", network: none, pipes: %2$s}
                destination: {image: "%1$s", network: none, pipes: %2$s}
                """.formatted(CONNECTOR, pipes));
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> run = new ArrayList<>(List.of("run", "--rm", "--network", "none"));
        run.addAll(List.of("-v", "/var/run/docker.sock:/var/run/docker.sock", "-v", shared + ":/work"));
        run.addAll(List.of("-v", System.getProperty("java.home") + ":/java:ro"));
        for (String entry : classes.split(File.pathSeparator)) {
            run.addAll(List.of("-v", entry + ":" + entry + ":ro"));
        }
        run.addAll(List.of("-e", "XDG_CACHE_HOME=/work/cache", "-w", "/work", "sluice/debian:12"));
        run.addAll(List.of("/java/bin/java", "-Djava.io.tmpdir=" + temporary, "-cp", classes));
        run.addAll(List.of(Main.class.getName(), verb, "shop.yaml"));
        String said = DockerLauncherContract.docker(run.toArray(String[]::new));
        try (var left = Files.list(shared.resolve("cache/sluice/runs"))) {
            assertThat(left).as(said).isEmpty();
        }
        return said;
    }
}
