package dev.sluice.runner.operation;

import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.AirbyteControlMessage;
import dev.sluice.protocol.AirbyteErrorTraceMessage;
import dev.sluice.protocol.AirbyteLogMessage;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.AirbyteTraceMessage;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.ForeignLine;
import dev.sluice.protocol.json.Line;
import dev.sluice.protocol.json.LongRecordLine;
import dev.sluice.protocol.json.MessageLine;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import dev.sluice.runner.RunLog;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.connection.Connection.Connector;
import dev.sluice.runner.connection.Connection.Limits;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.launch.RunningConnector;
import dev.sluice.runner.launch.StoppableLauncher;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Asks a connector one question: launch, read the first answer of the right kind, stop.
///
/// The first answer counts, whatever the exit code: a connector may answer and then fail to clean up.
public final class Operations {
    /// How long a connector that has answered may take to leave by itself.
    private static final Duration LEAVE = Duration.ofSeconds(2);

    private final Launcher launcher;
    private final SpecCache specs;
    private final SecretMask mask;
    private final RunLog log;

    /// @param log one that shows no secret
    public Operations(Launcher launcher, SpecCache specs, SecretMask mask, RunLog log) {
        this.launcher = launcher;
        this.specs = specs;
        this.mask = mask;
        this.log = log;
    }

    /// The connector's spec, remembered from an earlier time when the connector has not changed since.
    public ConnectorSpecification spec(ConnectorLaunch connector, Duration limit) throws InterruptedException {
        String fingerprint = launcher.fingerprint(connector);
        Optional<ConnectorSpecification> known = specs.get(fingerprint);
        if (known.isPresent()) {
            return known.get();
        }
        // It was given no configuration, so it has none to replace.
        ConnectorSpecification spec = given(
                connector,
                ask(connector, new ConnectorCommand.Spec(), ConnectorSpecification.class, _ -> {}, limit),
                "spec");
        specs.put(fingerprint, spec);
        return spec;
    }

    /// Why a configuration does not work.
    ///
    /// @param type who can mend it, when the connector says so: it has given up with a reason instead of answering
    /// @param words the connector's own, masked
    public record Refusal(Optional<FailureType> type, String words) {}

    /// Tries the configuration on the real system; empty when it works.
    ///
    /// @throws RunnerException when the connector cannot be started, or neither answers nor says why
    public Optional<Refusal> check(Connector connector, Duration limit) throws InterruptedException {
        Answer<AirbyteConnectionStatus> answer = ask(
                connector.launch(),
                new ConnectorCommand.Check(connector.config()),
                AirbyteConnectionStatus.class,
                asked -> connector.updates().accept(asked, log),
                limit);
        return switch (answer) {
            case Answer.Given(var status) ->
                status.status() == AirbyteConnectionStatus.Status.SUCCEEDED
                        ? Optional.empty()
                        : Optional.of(new Refusal(
                                Optional.empty(), mask.apply(status.message().orElse("it does not say why"))));
            case Answer.GaveUp(var reason) ->
                Optional.of(new Refusal(Optional.of(reason.failureType()), mask.apply(reason.words())));
        };
    }

    public AirbyteCatalog discover(Connector connector, Duration limit) throws InterruptedException {
        Answer<AirbyteCatalog> answer = ask(
                connector.launch(),
                new ConnectorCommand.Discover(connector.config()),
                AirbyteCatalog.class,
                asked -> connector.updates().accept(asked, log),
                limit);
        return given(connector.launch(), answer, "discover");
    }

    /// What a connector says to a question before it ends.
    private sealed interface Answer<T> {
        record Given<T>(T answer) implements Answer<T> {}

        record GaveUp<T>(AirbyteErrorTraceMessage reason) implements Answer<T> {}
    }

    private <T> T given(ConnectorLaunch connector, Answer<T> answer, String verb) {
        return switch (answer) {
            case Answer.Given<T>(T given) -> given;
            case Answer.GaveUp<T>(var reason) ->
                throw new RunnerException(
                        reason.failureType(),
                        "connector.failed",
                        "%s failed during %s: %s".formatted(connector.name(), verb, mask.apply(reason.words())),
                        "",
                        "");
        };
    }

    private <T> Answer<T> ask(
            ConnectorLaunch connector,
            ConnectorCommand command,
            Class<T> answer,
            Consumer<AirbyteControlMessage> updates,
            Duration limit)
            throws InterruptedException {
        try (RunningConnector running =
                launcher.launch(connector, command, line -> log.line(Level.INFO, connector.name(), line))) {
            AtomicBoolean timedOut = new AtomicBoolean();
            Thread timer = Thread.ofPlatform().daemon().start(() -> stopAfter(running, limit, timedOut));
            Optional<T> answered = Optional.empty();
            Optional<AirbyteErrorTraceMessage> error = Optional.empty();
            MessageReader reader = new MessageReader(running.output());
            for (Line line = reader.read(); line != null; line = reader.read()) {
                switch (line) {
                    case MessageLine(var message, var _)
                    when answer.isInstance(message) -> {
                        if (answered.isEmpty()) {
                            answered = Optional.of(answer.cast(message));
                            // What it says until it leaves is read all the same: it may have renewed its token.
                            timer.interrupt();
                            timer = Thread.ofPlatform().daemon().start(() -> stopAfter(running, LEAVE, timedOut));
                        }
                    }
                    case MessageLine(AirbyteControlMessage asked, var _) -> updates.accept(asked);
                    case MessageLine(AirbyteTraceMessage.Error trace, var _) -> {
                        log.said(connector.name(), trace.error());
                        error = error.or(() -> Optional.of(trace.error()));
                    }
                    case MessageLine(AirbyteLogMessage said, var _) -> log.said(connector.name(), said);
                    case MessageLine _, RecordLine _, LongRecordLine _ -> {
                        // Nothing that answers the question.
                    }
                    case ForeignLine foreign -> log.line(Level.INFO, connector.name(), foreign.text());
                }
            }
            timer.interrupt();
            if (answered.isPresent()) {
                return new Answer.Given<>(answered.get());
            }
            if (timedOut.get()) {
                throw timedOut(running, command, limit);
            }
            Optional<ExitStatus> exit = running.awaitExit(RunningConnector.ENDING);
            if (exit.filter(ExitStatus.Stopped.class::isInstance).isPresent()) {
                // By the user: whatever the connector said of that is no reason.
                throw StoppableLauncher.stopped();
            }
            if (error.isPresent()) {
                return new Answer.GaveUp<>(error.get());
            }
            throw noAnswer(running, command, exit);
        } catch (IOException e) {
            throw new RunnerException(
                    FailureType.SYSTEM_ERROR,
                    "connector.unreadable",
                    "the output of %s cannot be read: %s".formatted(connector.name(), e.getMessage()),
                    command.verb(),
                    "",
                    e);
        }
    }

    private static void stopAfter(RunningConnector running, Duration limit, AtomicBoolean timedOut) {
        try {
            Thread.sleep(limit);
            timedOut.set(true);
            running.stop(LEAVE);
        } catch (InterruptedException e) {
            // It has answered in time.
        }
    }

    private static RunnerException timedOut(RunningConnector running, ConnectorCommand command, Duration limit) {
        return new RunnerException(
                FailureType.TRANSIENT_ERROR,
                "connector.timeout",
                "%s did not answer `%s` within %s and was stopped"
                        .formatted(running.name(), command.verb(), Limits.words(limit)),
                "",
                "raise `operation_timeout` under `limits:` if it needs longer");
    }

    private RunnerException noAnswer(RunningConnector running, ConnectorCommand command, Optional<ExitStatus> exit) {
        List<String> last = running.lastErrorLines();
        String cause = last.isEmpty()
                ? ""
                : "; it last said: " + mask.apply(last.getLast().strip());
        boolean explained = exit.filter(e -> !e.next().isEmpty()).isPresent();
        return new RunnerException(
                explained ? exit.get().type() : FailureType.SYSTEM_ERROR,
                explained ? exit.get().errorCode() : "connector.no_answer",
                "%s gave no answer to `%s` and %s%s"
                        .formatted(
                                running.name(),
                                command.verb(),
                                exit.map(ExitStatus::describe).orElse("closed its output without ending"),
                                cause),
                "",
                explained
                        ? exit.get().next()
                        : "is it an Airbyte connector? run it by hand with `%s` to see all it prints"
                                .formatted(command.verb()));
    }
}
