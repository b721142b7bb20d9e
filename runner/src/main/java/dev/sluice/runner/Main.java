package dev.sluice.runner;

import dev.sluice.runner.cli.SluiceCommand;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// The entry point of the command line.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Map<String, String> environment = System.getenv();
        String temporary = environment.getOrDefault("TMPDIR", "");
        if (!temporary.isEmpty()) {
            System.setProperty("java.io.tmpdir", temporary); // For what Java itself puts there, such as long lines.
        }
        Path home = Path.of(environment.getOrDefault("SLUICE_HOME", "."))
                .toAbsolutePath()
                .normalize();
        System.exit(SluiceCommand.run(
                args, home, environment, System.in, utf8(FileDescriptor.out), utf8(FileDescriptor.err)));
    }

    /// Whatever the locale: System.out would print `?` for most letters when it is C, as under cron.
    private static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(stream)), true, StandardCharsets.UTF_8);
    }
}
