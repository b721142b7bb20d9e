package dev.sluice.runner.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.PendingExit;
import dev.sluice.runner.launch.RunningConnector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// This program as a destination: what a sync writes to it, the program reads, and a state it has come past it
/// returns. It ends when it has read everything, or when it is stopped.
final class ProgramDestination implements RunningConnector {
    private final Pipe given = new Pipe();
    private final Pipe returned = new Pipe();
    private final InputStream records = given.out();
    private final OutputStream states = returned.in();
    private final PendingExit exit = new PendingExit();

    /// What the sync writes, for the program.
    InputStream records() {
        return records;
    }

    /// The program has taken everything that came before this state.
    void vouchFor(ObjectNode state) throws IOException {
        states.write((state + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// The program has read to the end.
    void done() {
        end(new ExitStatus.Exited(0));
    }

    private void end(ExitStatus status) {
        exit.complete(status);
        try {
            records.close();
            states.close();
        } catch (IOException e) {
            throw new AssertionError("closing what is in memory", e);
        }
    }

    @Override
    public String name() {
        return "this program";
    }

    @Override
    public InputStream output() {
        return returned.out();
    }

    @Override
    public OutputStream input() {
        return given.in();
    }

    @Override
    public ExitStatus awaitExit() throws InterruptedException {
        return exit.await();
    }

    @Override
    public Optional<ExitStatus> awaitExit(Duration limit) throws InterruptedException {
        return exit.await(limit);
    }

    @Override
    public List<String> lastErrorLines() {
        return List.of();
    }

    @Override
    public void stop(Duration grace) {
        end(new ExitStatus.Stopped());
    }

    @Override
    public void close() {
        end(new ExitStatus.Stopped());
    }
}
