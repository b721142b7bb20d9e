package dev.sluice.runner.launch;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Remembers what was started through it, so that another thread can stop all of it: a command, or one call of a
/// program.
public final class StoppableLauncher implements Launcher {
    /// The code of [#stopped].
    public static final String STOPPED = "runner.stopped";

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Launcher launcher;
    private final List<RunningConnector> launched = new CopyOnWriteArrayList<>();
    private final Set<Thread> atWork = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    public StoppableLauncher(Launcher launcher) {
        this.launcher = launcher;
    }

    @Override
    public RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr)
            throws InterruptedException {
        forgetEnded();
        RunningConnector running = unlessStopped(() -> launcher.launch(connector, command, stderr));
        launched.add(running);
        if (stopped) {
            running.close();
            requireNotStopped();
        }
        return running;
    }

    /// A program may go on starting connectors for months.
    private void forgetEnded() throws InterruptedException {
        for (RunningConnector running : launched) {
            if (running.awaitExit(Duration.ZERO).isPresent()) {
                launched.remove(running);
            }
        }
    }

    private interface Work<T> {
        T run() throws InterruptedException;
    }

    /// Pulling an image and starting a container take minutes when all is not well.
    private <T> T unlessStopped(Work<T> work) throws InterruptedException {
        atWork.add(Thread.currentThread());
        try {
            requireNotStopped();
            return work.run();
        } catch (InterruptedException e) {
            requireNotStopped();
            throw e;
        } finally {
            atWork.remove(Thread.currentThread());
        }
    }

    private void requireNotStopped() {
        if (stopped) {
            throw stopped();
        }
    }

    /// What is thrown for a connector that was stopped by [#stopAll], or not started any more.
    public static RunnerException stopped() {
        return new RunnerException(FailureType.TRANSIENT_ERROR, STOPPED, "the command was stopped", "", "");
    }

    /// Stops everything that runs, and lets nothing else start. For another thread than the one that launches.
    public void stopAll() {
        stopped = true;
        atWork.forEach(Thread::interrupt);
        launched.forEach(running -> running.stop(GRACE));
    }

    @Override
    public String fingerprint(ConnectorLaunch connector) throws InterruptedException {
        return unlessStopped(() -> launcher.fingerprint(connector));
    }
}
