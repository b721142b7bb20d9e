package dev.sluice.runner.cli;

import dev.sluice.runner.Workbench;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Does once what a first sync does, so that the classes it loads are kept in the start cache.
final class Rehearsal {
    private Rehearsal() {}

    static int run(Terminal terminal) {
        try {
            Path directory = Files.createTempDirectory("sluice-rehearsal-");
            Path file = directory.resolve("rehearsal.yaml");
            Files.writeString(file, """
                    source:
                      type: faker
                      launch: process
                      config: {count: 10}
                    destination:
                      type: duckdb
                      launch: process
                      config: {destination_path: rehearsal.duckdb}
                    """);
            PrintStream nowhere = new PrintStream(new ByteArrayOutputStream());
            int code = 0;
            for (String verb : new String[] {"check", "sync", "sync"}) {
                code = Math.max(
                        code,
                        SluiceCommand.run(
                                new String[] {verb, file.toString()},
                                terminal.home(),
                                terminal.environment(),
                                terminal.in(),
                                nowhere,
                                terminal.err()));
            }
            SluiceCommand.run(
                    new String[] {"sync", directory.resolve("none.yaml").toString()},
                    terminal.home(),
                    terminal.environment(),
                    terminal.in(),
                    nowhere,
                    nowhere);
            try (Workbench workbench = new Workbench(
                    terminal.home(),
                    terminal.environment(),
                    _ -> {},
                    (level, connector, text) -> {},
                    terminal.mask())) {
                workbench.rehearse();
            }
            try (var files = Files.walk(directory)) {
                files.sorted(java.util.Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
            return code;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
