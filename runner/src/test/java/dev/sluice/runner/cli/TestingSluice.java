package dev.sluice.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.runner.Main;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A folder with a connection between two shell scripts, and the real command line to run on it.
final class TestingSluice {
    /// What a command printed, and its exit code. Paths of the folder are shortened, times left out.
    record Result(int code, String out, String err) {}

    static final String SOURCE = """
            case $1 in
            spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object","required":["token"],
            "properties":{"token":{"type":"string","airbyte_secret":true}}}}}' | tr -d '\\n'; echo ;;
            check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}' ;;
            discover) echo '{"type":"CATALOG","catalog":{"streams":[{"name":"users","json_schema":{"type":"object","properties":
            {"id":{"type":"integer"},"name":{"type":"string"}}},"supported_sync_modes":["full_refresh","incremental"],
            "source_defined_cursor":true,"default_cursor_field":["id"],"source_defined_primary_key":[["id"]]}]}}' | tr -d '\\n'; echo ;;
            read) echo 'Loading…'
            echo '{"type":"RECORD","record":{"stream":"users","data":{"id":1,"name":"Zoë"},"emitted_at":1}}'
            echo '{"type":"RECORD","record":{"stream":"users","data":{"id":2,"name":null},"emitted_at":1}}'
            echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"id":2}}}}' ;;
            esac
            """;

    static final String DESTINATION = """
            case $1 in
            spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"},"supported_destination_sync_modes":["append","overwrite","append_dedup"]}}' ;;
            check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}' ;;
            write) sed -n '/"STATE"/p'
            echo '{"type":"TRACE","trace":{"type":"ANALYTICS","emitted_at":1,"analytics":{"type":"sluice.where_to_look","value":"look in warehouse.db"}}}' ;;
            esac
            """;

    final Path folder;
    final Path file;
    final Map<String, String> environment = new HashMap<>();

    TestingSluice(Path folder) throws IOException {
        this.folder = folder;
        file = folder.resolve("shop.yaml");
        source(SOURCE);
        destination(DESTINATION);
        program(folder.resolve("home/connectors/source-ours/target/connector/run"), SOURCE);
        program(folder.resolve("home/connectors/destination-ours/target/connector/run"), DESTINATION);
        // Whatever others have left elsewhere: a sweep is told on standard error.
        environment.put("TMPDIR", Files.createDirectories(folder.resolve("tmp")).toString());
        environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        connection("""
                source:
                  command: [./source]
                  config: {token: hunter22}
                destination:
                  command: [./destination]
                """);
    }

    void connection(String yaml) throws IOException {
        Files.writeString(file, yaml);
    }

    void source(String script) throws IOException {
        program(folder.resolve("source"), script);
    }

    void destination(String script) throws IOException {
        program(folder.resolve("destination"), script);
    }

    private static void program(Path path, String script) throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    }

    /// Sees standard error while it is written.
    Consumer<String> onError = _ -> {};

    /// How often a line tells how far a sync is.
    Duration progressLine = Duration.ofHours(1);

    /// What is on standard input.
    String typed = "";

    Result run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream() {
            @Override
            public synchronized void flush() {
                onError.accept(toString(UTF_8));
            }
        };
        int code = SluiceCommand.run(
                args,
                folder.resolve("home"),
                environment,
                new ByteArrayInputStream(typed.getBytes(UTF_8)),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                progressLine);
        return new Result(code, shorten(out), shorten(err));
    }

    /// The same in a JVM of its own, which can be stopped from outside; what it prints goes to the files `out` and
    /// `err` of the folder.
    ///
    /// @param options of that JVM
    ProcessBuilder inItsOwnJvm(List<String> options, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.environment().put("SLUICE_HOME", folder.resolve("home").toString());
        return builder.redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
    }

    private String shorten(ByteArrayOutputStream printed) {
        return printed.toString(UTF_8)
                .replace(folder.toString(), "DIR")
                .replaceAll("in \\d+\\.\\d s", "in TIME")
                .replaceAll("\"seconds\":[\\d.]+", "\"seconds\":TIME")
                .replaceAll("logs/shop.yaml-[\\d-]+\\.log", "logs/LOG");
    }
}
