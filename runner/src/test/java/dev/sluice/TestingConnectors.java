package dev.sluice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Connectors that are shell scripts in a folder; each writes its process number to a file when it reads or writes.
final class TestingConnectors {
    static final String SPEC = """
            {"type":"SPEC","spec":{"connectionSpecification":{"type":"object","required":["token"],"properties":\
            {"token":{"type":"string","airbyte_secret":true},"count":{"type":"integer"},"since":{"type":"string"}}}}}""";

    private static final String CATALOG = """
            {"type":"CATALOG","catalog":{"streams":[{"name":"users","json_schema":{"type":"object","properties":\
            {"id":{"type":"integer"},"name":{"type":"string"}}},"supported_sync_modes":["full_refresh","incremental"],\
            "source_defined_cursor":true,"default_cursor_field":["id"],"source_defined_primary_key":[["id"]]}]}}""";

    private static final String WORKS =
            "{\"type\":\"CONNECTION_STATUS\",\"connectionStatus\":{\"status\":\"SUCCEEDED\"}}";

    /// Takes everything, and returns each state.
    static final String TAKES = "tee -a taken | sed -u -n '/\"STATE\"/p'";

    final Path folder;

    TestingConnectors(Path folder) {
        this.folder = folder;
    }

    static String record(int id) {
        return "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":%d},\"emitted_at\":1700000000000}}"
                .formatted(id);
    }

    static String state(int id) {
        return "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"users\"},\"stream_state\":{\"id\":%d}}}}"
                .formatted(id);
    }

    /// A shell command that prints lines.
    static String say(String... lines) {
        return "cat <<'END'\n" + String.join("\n", lines) + "\nEND\n";
    }

    /// @param read what it does for `read`; `$state` is the file it is to continue from, if there is one
    Source source(Sluice sluice, String read) throws IOException {
        return source(sluice, "echo '" + WORKS + "'", read);
    }

    Source source(Sluice sluice, String check, String read) throws IOException {
        Path program = program("source", """
                verb=$1; config=$3; catalog=$5; state=$7
                case $verb in
                spec) echo '%s' ;;
                check) %s ;;
                discover) echo '%s' ;;
                read) echo $$ >read.pid
                %s ;;
                esac
                """.formatted(SPEC, check, CATALOG, read));
        return sluice.sourceCommand(program.toString());
    }

    Destination destination(Sluice sluice, String write) throws IOException {
        Path program = program("destination", """
                case $1 in
                spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"},\
                "supported_destination_sync_modes":["append","overwrite","append_dedup"]}}' ;;
                check) echo '%s' ;;
                write) echo $$ >write.pid
                %s ;;
                esac
                """.formatted(WORKS, write));
        return sluice.destinationCommand(program.toString());
    }

    private Path program(String name, String script) throws IOException {
        Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script);
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    /// Waits until a connector has written this file.
    Path written(String name) throws InterruptedException {
        Path file = folder.resolve(name);
        while (!Files.exists(file) || file.toFile().length() == 0) {
            Thread.sleep(5); // For a condition; the test's own limit ends it.
        }
        return file;
    }

    /// Whether the connector that has written this file is gone; a killed one needs a moment to be reaped.
    boolean isGone(String pidFile) throws IOException, InterruptedException, ExecutionException {
        Optional<ProcessHandle> process = ProcessHandle.of(
                Long.parseLong(Files.readString(folder.resolve(pidFile)).strip()));
        CompletableFuture<?> end = process.<CompletableFuture<?>>map(ProcessHandle::onExit)
                .orElse(CompletableFuture.completedFuture(null));
        try {
            end.get(Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
