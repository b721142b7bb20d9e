package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.PeerConnection.Route;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every peer that hangs, and somebody who does not want to wait for it: Ctrl-C, SIGTERM and `kill -9` of the runner.
/// No limit of the runner ends anything here.
@Execution(ExecutionMode.CONCURRENT)
final class PeersStopIT {
    private static final String PATIENCE = "source_timeout: 10m\n  destination_timeout: 10m\n  operation_timeout: 10m";

    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    static Stream<Arguments> hanging() {
        return Stream.of(Peer.Kind.values())
                .flatMap(Peer::chosen)
                .filter(Peer::hangs)
                .flatMap(peer -> Stream.of(Route.values()).map(route -> Arguments.of(peer, route)));
    }

    private RunningSluice stuck(PeerConnection connection, Peer peer, Route route) {
        connection.write(peer, route, Optional.of(PATIENCE));
        return sluice.start(peer.verb(), PeerConnection.FILE).until("the peer to hang", connection::isStuck);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("hanging")
    void endsWhenItIsStopped(Peer peer, Route route) {
        PeerConnection connection = new PeerConnection(sluice);
        RunningSluice command = stuck(connection, peer, route);

        Finished stopped = route == Route.PROCESS
                ? command.signal("INT").finished().exits(130)
                : command.signal("TERM").finished().exits(143);

        assertThat(stopped.err())
                .contains(
                        peer.verb().equals("sync")
                                ? "error[sync.cancelled]: the sync was stopped\n  next:  run it again to continue"
                                : "error[runner.stopped]: the command was stopped");
        sluice.nothingLeftBehind();
        connection.mend(peer, Route.PROCESS);
        sluice.run("sync", PeerConnection.FILE).succeeds();
        assertThat(connection.lost()).isEmpty();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("hanging")
    void isSweptAfterTheRunnerWasKilled(Peer peer, Route route) {
        PeerConnection connection = new PeerConnection(sluice);
        RunningSluice command = stuck(connection, peer, route);

        command.kill9();
        // Its container too, unless another runner on this machine has swept it in this moment.
        assertThat(sluice.runDirectories()).hasSize(1);

        connection.mend(peer, route);
        sluice.run("sync", PeerConnection.FILE).succeeds();
        sluice.nothingLeftBehind();
        assertThat(connection.lost()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void aSecondRunnerOfTheConnectionWritesNothing(Route route) {
        PeerConnection connection = new PeerConnection(sluice);
        Peer peer = Peer.of(Peer.Kind.SOURCES, "hangs_with_open_pipes");
        RunningSluice first = stuck(connection, peer, route)
                .until("the rows of the first runner", () -> connection.rows().equals("1 2"));

        Finished second = sluice.run("sync", PeerConnection.FILE).exits(3);

        assertThat(second.err()).contains("error[connection.busy]: another sync of the connection 'orders' is running");
        assertThat(connection.syncs()).as("syncs that reached the destination").isEqualTo(1);
        assertThat(first.isRunning()).isTrue();
        first.interrupt().finished().exits(130);
        connection.mend(peer, route);
        sluice.run("sync", PeerConnection.FILE).succeeds();
        assertThat(connection.began()).contains("2");
    }
}
