package dev.sluice.runner;

import dev.sluice.runner.cli.SluiceCommand;
import java.nio.file.Path;
import java.util.Map;

/// The entry point of the command line.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Map<String, String> environment = System.getenv();
        Path home = Path.of(environment.getOrDefault("SLUICE_HOME", "."))
                .toAbsolutePath()
                .normalize();
        System.exit(SluiceCommand.run(args, home, environment, System.out, System.err));
    }
}
