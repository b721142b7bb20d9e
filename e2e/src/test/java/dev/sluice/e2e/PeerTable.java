package dev.sluice.e2e;

import dev.sluice.e2e.PeerConnection.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// docs/reference/peers.md: for each peer what a user sees of it. What a run of the tests has seen is written to
/// `target/peers.md`, the same page with its rows: after a change that is meant, it takes the place of the page.
final class PeerTable {
    private static final Path PAGE = Path.of("../docs/reference/peers.md");
    private static final Path SEEN = Path.of("target/peers.md");
    private static final String BOTH = "both";

    /// @param as `process`, `container`, or `both` when they do not differ
    /// @param reads what the user reads, line by line
    /// @param rows the numbers of the rows that the destination has kept
    /// @param next where the source begins in the next sync
    record Row(String peer, String does, String as, String exit, List<String> reads, String rows, String next) {
        static Row of(Peer peer, Route route, int exit, List<String> reads, String rows, String next) {
            return new Row(peer.name(), peer.does(), route.toString(), String.valueOf(exit), reads, rows, next);
        }

        private static Optional<Row> parse(String line) {
            String[] cells = Arrays.stream(line.split("(?<!\\\\)\\|", -1))
                    .map(cell -> cell.strip().replace("\\|", "|"))
                    .toArray(String[]::new);
            return cells.length == 9 && cells[1].startsWith("`")
                    ? Optional.of(new Row(
                            cells[1].replace("`", ""),
                            cells[2],
                            cells[3],
                            cells[4],
                            cells[5].isEmpty() ? List.of() : List.of(cells[5].split("<br>")),
                            cells[6],
                            cells[7]))
                    : Optional.empty();
        }

        private String line() {
            return "| `%s` | %s | %s | %s | %s | %s | %s |"
                    .formatted(peer, does, as, exit, String.join("<br>", reads).replace("|", "\\|"), rows, next);
        }

        Row as(Object route) {
            return new Row(peer, does, route.toString(), exit, reads, rows, next);
        }

        /// As `--json` tells it, which has only the first failure.
        Row withoutConsequences() {
            return new Row(
                    peer,
                    does,
                    as,
                    exit,
                    reads.stream().filter(line -> !line.startsWith("then: ")).toList(),
                    rows,
                    next);
        }
    }

    private final Map<Peer.Kind, Map<String, Row>> rows = new EnumMap<>(Peer.Kind.class);

    static PeerTable read() {
        PeerTable table = new PeerTable();
        Optional<Peer.Kind> section = Optional.empty();
        for (String line : page()) {
            section = heading(line).isPresent() ? heading(line) : section;
            Optional<Row> row = Row.parse(line);
            if (row.isPresent() && section.isPresent()) {
                table.put(section.get(), row.get());
            }
        }
        return table;
    }

    private static List<String> page() {
        try {
            return Files.readAllLines(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The kind of peers whose rows follow.
    private static Optional<Peer.Kind> heading(String line) {
        return Arrays.stream(Peer.Kind.values())
                .filter(kind -> line.toUpperCase().equals("## " + kind))
                .findFirst();
    }

    private void put(Peer.Kind kind, Row row) {
        rows.computeIfAbsent(kind, _ -> new TreeMap<>()).put(row.peer() + " " + row.as(), row);
    }

    /// Adds a row, and writes the page anew: with what was seen and, of peers that did not run, with what it said
    /// before.
    synchronized void saw(Peer peer, Row row) {
        put(peer.kind(), row);
        try {
            Files.write(SEEN, pageWithRows());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the page says of a peer on a route; it is empty, and so no equal of anything, when there is no such row.
    Optional<Row> row(Peer peer, Route route) {
        Map<String, Row> known = rows.getOrDefault(peer.kind(), Map.of());
        return Optional.ofNullable(known.getOrDefault(peer.name() + " " + BOTH, known.get(peer.name() + " " + route)))
                .map(row -> row.as(route));
    }

    List<String> peers(Peer.Kind kind) {
        return rows.getOrDefault(kind, Map.of()).values().stream()
                .map(Row::peer)
                .distinct()
                .toList();
    }

    private List<String> pageWithRows() {
        PeerTable said = read();
        List<String> lines = new ArrayList<>();
        Optional<Peer.Kind> section = Optional.empty();
        for (String line : page()) {
            section = heading(line).isPresent() ? heading(line) : section;
            if (Row.parse(line).isEmpty()) {
                lines.add(line);
            }
            if (line.startsWith("|---") && section.isPresent()) {
                for (Peer peer : Peer.all(section.get())) {
                    lines.addAll(lines(peer, said));
                }
            }
        }
        return lines;
    }

    private List<String> lines(Peer peer, PeerTable said) {
        Optional<Row> process = row(peer, Route.PROCESS).or(() -> said.row(peer, Route.PROCESS));
        Optional<Row> container = row(peer, Route.CONTAINER).or(() -> said.row(peer, Route.CONTAINER));
        boolean same = process.isPresent()
                && container.isPresent()
                && process.get()
                        .withoutConsequences()
                        .as(BOTH)
                        .equals(container.get().withoutConsequences().as(BOTH));
        return same
                ? List.of(process.get().as(BOTH).line())
                : Stream.of(process, container)
                        .flatMap(Optional::stream)
                        .map(Row::line)
                        .toList();
    }
}
