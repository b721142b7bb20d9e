package dev.sluice.runner.launch.process;

import dev.sluice.runner.launch.ConnectorInputs;
import dev.sluice.runner.launch.ErrorLines;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.PipeRoom;
import dev.sluice.runner.launch.ProcessMark;
import dev.sluice.runner.launch.RunningConnector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A local process and its pipes.
final class RunningProcess implements RunningConnector {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final ProcessMark mark;
    private final ConnectorInputs inputs;
    private final ErrorLines errors;
    private volatile boolean stopped;

    RunningProcess(String name, Process process, ProcessMark mark, ConnectorInputs inputs, ErrorLines errors) {
        this.name = name;
        this.process = process;
        this.mark = mark;
        this.inputs = inputs;
        this.errors = errors;
        // As in a container: what the connector has started ends with it. A child that lives on would hold its
        // pipes open, and whoever reads them would wait for ever.
        // The JDK's own notice of the end comes late when the program keeps the common pool busy.
        Thread.ofPlatform().daemon().name("end of " + name).start(this::endChildren);
    }

    private void endChildren() {
        try {
            process.waitFor();
            mark.kill();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody has this thread to interrupt", e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public InputStream output() {
        return process.getInputStream();
    }

    @Override
    public OutputStream input() {
        return process.getOutputStream();
    }

    @Override
    public void widenOutput() {
        PipeRoom.widen(end("1"));
    }

    @Override
    public void widenInput() {
        PipeRoom.widen(end("0"));
    }

    /// The connector's own end of a pipe: the JDK tells nobody which is the runner's.
    private Path end(String number) {
        return Path.of("/proc", String.valueOf(process.pid()), "fd", number);
    }

    @Override
    public ExitStatus awaitExit() throws InterruptedException {
        return status(process.waitFor());
    }

    @Override
    public Optional<ExitStatus> awaitExit(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
                ? Optional.of(status(process.exitValue()))
                : Optional.empty();
    }

    private ExitStatus status(int code) {
        if (stopped && code != 0) {
            return new ExitStatus.Stopped();
        }
        return ExitStatus.of(code);
    }

    @Override
    public List<String> lastErrorLines() {
        return errors.last();
    }

    @Override
    public void stop(Duration grace) {
        if (process.isAlive()) {
            stopped = true;
            mark.stop(process.toHandle(), grace);
        }
    }

    @Override
    public void close() {
        stop(GRACE);
        mark.kill();
        errors.awaitEnd();
        try {
            process.getOutputStream().close();
            process.getInputStream().close();
        } catch (IOException e) {
            // A pipe whose other end is gone; nothing of it is left.
        }
        inputs.delete();
    }
}
