package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// docs/reference/peers.md has a row for each peer and none for others.
final class PeersTest {
    @ParameterizedTest
    @EnumSource(Peer.Kind.class)
    void thePageNamesEveryPeer(Peer.Kind kind) {
        assertThat(PeerTable.read().peers(kind))
                .containsExactlyElementsOf(
                        Peer.all(kind).stream().map(Peer::name).toList());
    }

    @ParameterizedTest
    @EnumSource(Peer.Kind.class)
    void thePageSaysWhatEachDoes(Peer.Kind kind) {
        PeerTable said = PeerTable.read();

        assertThat(Peer.all(kind))
                .allSatisfy(peer -> assertThat(said.row(peer, PeerConnection.Route.CONTAINER))
                        .map(PeerTable.Row::does)
                        .contains(peer.does()));
    }
}
