package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.PeerConnection.Route;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// docs/reference/peers.md has a row for each peer and none for others.
final class PeersTest {
    private final PeerTable said = PeerTable.read();

    @ParameterizedTest
    @EnumSource(Peer.Kind.class)
    void thePageNamesEveryPeer(Peer.Kind kind) {
        assertThat(said.peers(kind))
                .containsExactlyElementsOf(
                        Peer.all(kind).stream().map(Peer::name).toList());
    }

    @ParameterizedTest
    @EnumSource(Peer.Kind.class)
    void thePageSaysWhatEachDoes(Peer.Kind kind) {
        assertThat(Peer.all(kind))
                .allSatisfy(peer -> assertThat(Stream.of(Route.values())
                                .flatMap(route -> said.row(peer, route).stream())
                                .map(PeerTable.Row::does))
                        .isNotEmpty()
                        .containsOnly(peer.does()));
    }
}
