package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program that is run to its end.
final class Program {
    private Program() {}

    /// What it printed, both outputs; an error when it ends with another code than 0.
    static String run(String... command) {
        return run(Path.of(""), command);
    }

    static String run(Path directory, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toAbsolutePath().toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("`%s` closed its output and did not end".formatted(String.join(" ", command)));
            }
            if (process.exitValue() != 0) {
                throw new AssertionError("`%s` ended with code %d:\n%s"
                        .formatted(String.join(" ", command), process.exitValue(), output));
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /// The lines of [#run].
    static List<String> lines(String... command) {
        return run(command).lines().filter(line -> !line.isBlank()).toList();
    }
}
