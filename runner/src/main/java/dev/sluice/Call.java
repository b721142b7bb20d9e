package dev.sluice;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// One call of the program, on a thread of its own: what is waited for there is mostly a pipe of the system,
/// whose reader does not hear an interrupt. The program's thread waits here, and does.
final class Call<T> implements AutoCloseable {
    private static final Runnable NOTHING = () -> {};

    private final FutureTask<T> task;
    private final Runnable stop;
    private final Thread thread;
    private final BlockingQueue<Runnable> forCaller = new LinkedBlockingQueue<>();

    /// @param stop lets the work end soon, in good order
    Call(String name, Callable<T> work, Runnable stop) {
        this.task = new FutureTask<>(work) {
            @Override
            protected void done() {
                forCaller.add(NOTHING);
            }
        };
        this.stop = stop;
        // Not a virtual one: it would keep its carrier while it reads a named pipe.
        this.thread = Thread.ofPlatform().daemon().name("sluice " + name).unstarted(task);
    }

    /// Lets the program's thread do something, while it waits.
    void tell(Runnable action) {
        forCaller.add(action);
    }

    /// Does the work and returns its result.
    ///
    /// @param eachSecond is done by this thread while it waits, and once at the end
    T await(Runnable eachSecond) {
        thread.start();
        try {
            while (!task.isDone()) {
                Runnable told = forCaller.poll(1, TimeUnit.SECONDS);
                if (told != null) {
                    told.run();
                }
                eachSecond.run();
            }
            // What was told while this thread was at something else.
            for (Runnable told = forCaller.poll(); told != null; told = forCaller.poll()) {
                told.run();
            }
            eachSecond.run();
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunnerException(
                    FailureType.TRANSIENT_ERROR, "runner.stopped", "the call was interrupted", "", "", e);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            close(); // After an interrupt, or when what the program does meanwhile has thrown.
        }
    }

    /// With the stack of the program's thread, and that of the work as its cause.
    private static RuntimeException failure(Throwable cause) {
        return cause instanceof RunnerException known
                ? RunnerException.of(List.of(known))
                : new RunnerException(
                        FailureType.SYSTEM_ERROR,
                        "runner.bug",
                        "this is a bug in Sluice: " + cause,
                        "",
                        "report it with this stack",
                        cause);
    }

    /// Stops the work if it is not done, and returns when it has ended.
    @Override
    public void close() {
        if (!task.isDone()) { // What has been started for its result lives on.
            stop.run();
        }
        boolean interrupted = Thread.interrupted();
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
