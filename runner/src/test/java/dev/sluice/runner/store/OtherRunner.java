package dev.sluice.runner.store;

import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.StateStore;
import java.io.IOException;
import java.nio.file.Path;

/// A JVM of its own that holds a connection until it is killed.
final class OtherRunner implements AutoCloseable {
    private final Process process;

    private OtherRunner(Process process) {
        this.process = process;
    }

    static StateStore open(String place) {
        return place.startsWith("postgresql:") ? SqlStateStore.postgres(place) : SqlStateStore.file(Path.of(place));
    }

    /// Returns once it has the connection.
    static OtherRunner holding(String place, String connection) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherRunner.class.getName(),
                        place,
                        connection)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.getInputStream().read() != 'h') {
            throw new IOException("the other runner did not start");
        }
        return new OtherRunner(process);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] args) throws InterruptedException {
        try (StateStore store = open(args[0]);
                ConnectionState held = store.acquire(args[1])) {
            held.generations();
            System.out.println("held");
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
