package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A connection between a peer and a partner that does as it should. Each has a folder of its own, which is mounted
/// into the container of one that runs in one: there lies its script, and there it leaves what a test wants to know.
final class PeerConnection {
    static final String FILE = "orders.yaml";

    /// How a peer runs; its partner is always a process.
    enum Route {
        PROCESS,
        CONTAINER;

        @Override
        public String toString() {
            return name().toLowerCase();
        }
    }

    static final String IMAGE = "sluice-e2e/peer:1";
    private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");
    private static boolean built;

    private final SluiceCli sluice;
    private final Path source;
    private final Path destination;

    PeerConnection(SluiceCli sluice) {
        this.sluice = sluice;
        this.source = folder("source");
        this.destination = folder("destination");
    }

    /// The image has nothing of a peer in it but the user and the place of its script.
    private static synchronized void build() {
        if (!built) {
            Program.run(
                    "docker", "build", "-t", IMAGE, Peer.FOLDER.resolve("image").toString());
            built = true;
        }
    }

    private Path folder(String name) {
        try {
            Path folder = Files.createDirectory(sluice.work().resolve(name));
            // A container's user is another one.
            return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A connection with this peer on its side, and its partner on the other.
    ///
    /// @param limits in place of the peer's own
    PeerConnection write(Peer peer, Route route, Optional<String> limits) {
        boolean isSource = peer.kind() != Peer.Kind.DESTINATIONS;
        install(isSource ? source : destination, peer.kind().folder().resolve(peer.name() + ".sh"));
        String partner = peer.setting("partner").orElse(isSource ? "good_destination" : "good_source");
        install(isSource ? destination : source, Peer.FOLDER.resolve("partners/%s.sh".formatted(partner)));
        String launched = launch(isSource ? source : destination, route, peer.setting("memory"));
        String other = launch(isSource ? destination : source, Route.PROCESS, Optional.empty());
        write(
                isSource ? launched : other,
                isSource ? other : launched,
                limits.or(() -> peer.setting("limits")).orElse("source_timeout: 10m"));
        return this;
    }

    /// The same connection with connectors that do as they should.
    ///
    /// @param route of the one in the peer's place
    void mend(Peer peer, Route route) {
        boolean isSource = peer.kind() != Peer.Kind.DESTINATIONS;
        install(source, Peer.FOLDER.resolve("partners/good_source.sh"));
        install(destination, Peer.FOLDER.resolve("partners/good_destination.sh"));
        write(
                launch(source, isSource ? route : Route.PROCESS, Optional.empty()),
                launch(destination, isSource ? Route.PROCESS : route, Optional.empty()),
                "source_timeout: 10m");
    }

    private void write(String source, String destination, String limits) {
        sluice.write(FILE, "source:\n%sdestination:\n%slimits:\n  %s\n".formatted(source, destination, limits));
    }

    private static String launch(Path folder, Route route, Optional<String> memory) {
        String name = folder.getFileName().toString();
        return switch (route) {
            case PROCESS -> "  command: [\"./%s/connector\"]\n".formatted(name);
            case CONTAINER -> {
                build();
                yield "  image: \"%s\"\n  network: none\n  local: \"./%s\"\n  memory: %s\n"
                        .formatted(IMAGE, name, memory.orElse("512m"));
            }
        };
    }

    private static void install(Path folder, Path script) {
        try {
            for (Path file : List.of(Peer.FOLDER.resolve("peer.sh"), script)) {
                Path copy = folder.resolve(file.equals(script) ? "connector" : "peer.sh");
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether the peer has come to the point from which it does not end by itself.
    boolean isStuck() {
        return Stream.of(source, destination).anyMatch(folder -> Files.exists(folder.resolve("stuck")));
    }

    /// Where the last source that reads on from a state began; empty when none has been asked.
    Optional<String> began() {
        Path file = source.resolve("began");
        try {
            return Files.exists(file) ? Optional.of(Files.readAllLines(file).getLast()) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The numbers of the rows that the destination has kept in all syncs, with the size of those that are large.
    String rows() {
        return kept().entrySet().stream()
                .map(row -> row.getValue() < 1_000_000
                        ? row.getKey().toString()
                        : "%d (%d bytes)".formatted(row.getKey(), row.getValue()))
                .collect(Collectors.joining(" "));
    }

    /// Of the six rows that there are, the numbers of those that no sync has brought.
    String lost() {
        Set<Integer> kept = kept().keySet();
        return IntStream.rangeClosed(1, 6)
                .filter(id -> !kept.contains(id))
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(" "));
    }

    /// How many syncs have reached a destination that keeps rows: each has a file of its own.
    int syncs() {
        try (Stream<Path> files = Files.list(destination)) {
            return (int) files.filter(file -> file.getFileName().toString().startsWith("rows."))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SortedMap<Integer, Integer> kept() {
        SortedMap<Integer, Integer> rows = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(destination, "rows.*")) {
            for (Path file : files) {
                try (BufferedReader lines = Files.newBufferedReader(file, UTF_8)) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        Matcher id = ID.matcher(line);
                        if (id.find()) {
                            rows.merge(Integer.valueOf(id.group(1)), line.length(), Math::max);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }
}
