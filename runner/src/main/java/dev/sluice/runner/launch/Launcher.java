package dev.sluice.runner.launch;

/// Starts connectors, in one of the ways there are.
public interface Launcher {
    /// Starts a connector. It runs when this returns, or this throws a [dev.sluice.runner.RunnerException] and
    /// nothing is left behind.
    ///
    /// @param stderr receives each line of its standard error, on a thread of its own
    RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr)
            throws InterruptedException;

    /// Identifies exactly this build of the connector, for what may be remembered of it; empty when it cannot
    /// be told whether it has changed.
    String fingerprint(ConnectorLaunch connector) throws InterruptedException;

    @FunctionalInterface
    interface LineSink {
        void line(String text);
    }
}
