package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A command that runs. The launcher script becomes the JVM, so its process is the runner's.
final class RunningSluice {
    private static final long MINUTES = 5;

    private final Process process;
    private final StringBuffer out = new StringBuffer();
    private final StringBuffer err = new StringBuffer();
    private final Thread readsOut;
    private final Thread readsErr;

    private RunningSluice(Process process) {
        this.process = process;
        this.readsOut = read(process.getInputStream(), out);
        this.readsErr = read(process.getErrorStream(), err);
    }

    static RunningSluice start(ProcessBuilder builder) {
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return new RunningSluice(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread read(InputStream in, StringBuffer text) {
        return Thread.ofVirtual().start(() -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    text.append(line).append('\n');
                }
            } catch (IOException e) {
                // Killed.
            }
        });
    }

    long pid() {
        return process.pid();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /// Waits for something that happens while the command runs.
    RunningSluice until(String what, Await.Condition condition) {
        Await.until(
                what,
                condition,
                () -> process.isAlive()
                        ? Optional.empty()
                        : Optional.of("sluice ended with code %d:\n%s%s".formatted(process.exitValue(), out, err)));
        return this;
    }

    /// As Ctrl-C.
    RunningSluice interrupt() {
        return signal("INT");
    }

    /// @param name without `SIG`
    RunningSluice signal(String name) {
        Program.run("kill", "-" + name, String.valueOf(process.pid()));
        return this;
    }

    void kill9() {
        process.destroyForcibly();
        await();
    }

    private void await() {
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                throw new AssertionError("sluice did not end within %d minutes:\n%s%s".formatted(MINUTES, out, err));
            }
            // A connector that lives on may hold the pipes.
            readsOut.join(Duration.ofSeconds(30));
            readsErr.join(Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    Finished finished() {
        await();
        return new Finished(process.exitValue(), out.toString(), err.toString());
    }
}
