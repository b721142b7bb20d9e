package dev.sluice.runner.sync;

import dev.sluice.runner.launch.RunningConnector;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The two connectors of an attempt, started at the same time.
record BothConnectors(RunningConnector source, RunningConnector destination) implements AutoCloseable {

    /// Returns when both run. When one cannot be started, the other's start ends too, and what has started is closed:
    /// nobody waits for an image that is pulled for nothing.
    static BothConnectors start(Callable<RunningConnector> source, Callable<RunningConnector> destination)
            throws InterruptedException {
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("start-", 0).factory())) {
            ExecutorCompletionService<RunningConnector> starts = new ExecutorCompletionService<>(threads);
            List<Future<RunningConnector>> both = List.of(starts.submit(source), starts.submit(destination));
            try {
                starts.take().get();
                starts.take().get();
                return new BothConnectors(
                        both.getFirst().resultNow(), both.getLast().resultNow());
            } catch (InterruptedException | ExecutionException e) {
                threads.shutdownNow();
                threads.close(); // Until both have ended, one way or the other.
                both.stream()
                        .filter(start -> start.state() == Future.State.SUCCESS)
                        .forEach(start -> start.resultNow().close());
                switch (e) {
                    case InterruptedException interrupted -> throw interrupted;
                    case ExecutionException failed
                    when failed.getCause() instanceof RuntimeException cause -> throw cause;
                    default -> throw new IllegalStateException(e.getCause());
                }
            }
        }
    }

    @Override
    public void close() {
        try (destination) {
            source.close();
        }
    }
}
