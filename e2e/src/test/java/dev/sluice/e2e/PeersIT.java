package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.e2e.PeerConnection.Route;
import dev.sluice.e2e.PeerTable.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Connectors that lie, break and hang, and what a user sees of it: docs/reference/peers.md says, row by row, and is
/// compared with what happens. After each, nothing is left behind, and the next sync makes good what it can.
@Execution(ExecutionMode.CONCURRENT)
final class PeersIT {
    private static final PeerTable SAID = PeerTable.read();
    private static final PeerTable SEEN = new PeerTable();

    @TempDir
    private static Path cache;

    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    static Stream<Arguments> syncing() {
        return Stream.of(Peer.Kind.SOURCES, Peer.Kind.DESTINATIONS).flatMap(PeersIT::onBothRoutes);
    }

    static Stream<Arguments> answering() {
        return onBothRoutes(Peer.Kind.VERBS);
    }

    private static Stream<Arguments> onBothRoutes(Peer.Kind kind) {
        return Peer.chosen(kind)
                .flatMap(peer -> Stream.of(Route.values())
                        .filter(route -> peer.setting("only")
                                .filter(only -> !only.startsWith(route.toString()))
                                .isEmpty())
                        .map(route -> Arguments.of(peer, route)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("syncing")
    void endsASyncAsTheTableSays(Peer peer, Route route) {
        sluice.variable("XDG_CACHE_HOME", cache.toString()); // All have one spec.
        PeerConnection connection = new PeerConnection(sluice).write(peer, route, Optional.empty());
        Finished sync = route == Route.PROCESS
                ? sluice.run("sync", "--once", PeerConnection.FILE)
                : sluice.run("sync", "--once", PeerConnection.FILE, "--json");
        sluice.nothingLeftBehind();
        List<String> reads = route == Route.PROCESS ? lines(sync) : linesOfJson(sync);
        String rows = connection.rows();

        connection.mend(peer, Route.PROCESS);
        sluice.run("sync", PeerConnection.FILE).succeeds();

        String lost = connection.lost();
        String next = "behind " + connection.began().orElse("");
        Row row = Row.of(
                peer,
                route,
                sync.exitCode(),
                named(reads, peer),
                rows,
                next + (lost.isEmpty() ? "" : "; %s are lost".formatted(lost)));
        SEEN.saw(peer, row);
        assertThat(lost).as("rows that are lost").isEqualTo(peer.setting("lost").orElse(""));
        assertSaid(row, SAID.row(peer, route));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("answering")
    void answersAsTheTableSays(Peer peer, Route route) {
        new PeerConnection(sluice).write(peer, route, Optional.empty());
        Finished answer = sluice.run(peer.verb(), PeerConnection.FILE, "--json");
        sluice.nothingLeftBehind();

        Row row = Row.of(peer, route, answer.exitCode(), named(linesOfJson(answer), peer), "", "");
        SEEN.saw(peer, row);
        assertSaid(row, SAID.row(peer, route));
    }

    private static void assertSaid(Row seen, Optional<Row> said) {
        boolean isJson = seen.as().equals(Route.CONTAINER.toString());
        assertThat(Optional.of(seen))
                .as("what docs/reference/peers.md says")
                .isEqualTo(isJson ? said.map(Row::withoutConsequences) : said);
    }

    /// What a person reads on standard error: causes, consequences, ways out and warnings.
    private static List<String> lines(Finished sync) {
        return sync.err()
                .lines()
                .filter(line -> line.matches("(error\\[|warning: |  where: |  then:  |  next:  ).*"))
                .map(line -> line.strip().replaceFirst("^(then|next):  ", "$1: "))
                .toList();
    }

    /// The same from the one object that `--json` prints.
    private static List<String> linesOfJson(Finished command) {
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(command.out());
        } catch (IOException e) {
            throw new AssertionError(command.out() + command.err(), e);
        }
        List<String> lines = new ArrayList<>();
        json.at("/result/warnings").forEach(warning -> lines.add("warning: " + warning.asText()));
        JsonNode error = json.path("error");
        if (!error.isMissingNode()) {
            lines.add("error[%s]: %s"
                    .formatted(
                            error.path("code").asText(), error.path("message").asText()));
        }
        for (String more : List.of("where", "next")) {
            if (error.has(more)) {
                lines.add(more + ": " + error.path(more).asText());
            }
        }
        JsonNode source = json.at("/result/source");
        if (!source.isMissingNode()) {
            lines.add(
                    source.path("works").asBoolean()
                            ? "works"
                            : "does not work: " + source.path("message").asText());
        }
        json.at("/result/streams").forEach(stream -> {
            if (stream.has("name")) {
                lines.add("a catalog with the stream " + stream.path("name").asText());
            }
        });
        return lines;
    }

    /// The same names on both routes, and nothing of a length that nobody reads in a table.
    private static List<String> named(List<String> lines, Peer peer) {
        return lines.stream()
                .map(line -> line.replace("./source/connector", "source-x")
                        .replace("./destination/connector", "destination-y")
                        .replace(
                                PeerConnection.IMAGE,
                                peer.kind() == Peer.Kind.DESTINATIONS ? "destination-y" : "source-x")
                        .replaceAll("x{80,}….*", "xxx…"))
                .toList();
    }
}
