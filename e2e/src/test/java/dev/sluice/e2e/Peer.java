package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A connector that misbehaves: a script of a few lines below `src/test/resources/peers`. The name of its file says
/// what
/// it does, its first comment says it in a sentence, and lines like `# limits: source_timeout: 8s` are settings.
///
/// @param name of its file, without the ending
record Peer(Kind kind, String name, String script) {
    /// While one writes a peer: `-Dpeer=endless_line`, a regular expression.
    private static final String CHOSEN = System.getProperty("peer", ".*");

    static final Path FOLDER = Path.of("src/test/resources/peers");

    /// What a peer is asked to do, and its folder.
    enum Kind {
        SOURCES,
        DESTINATIONS,
        VERBS;

        Path folder() {
            return FOLDER.resolve(name().toLowerCase());
        }
    }

    static List<Peer> all(Kind kind) {
        try (Stream<Path> files = Files.list(kind.folder())) {
            return files.sorted().map(file -> of(kind, file)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Those to be met.
    static Stream<Peer> chosen(Kind kind) {
        return all(kind).stream().filter(peer -> peer.name().matches(CHOSEN));
    }

    static Peer of(Kind kind, String name) {
        return of(kind, kind.folder().resolve(name + ".sh"));
    }

    private static Peer of(Kind kind, Path file) {
        try {
            return new Peer(kind, file.getFileName().toString().replace(".sh", ""), Files.readString(file, UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What it does, as a sentence.
    String does() {
        return script.lines().skip(1).findFirst().orElseThrow().substring(2);
    }

    /// The command that meets it.
    String verb() {
        return kind != Kind.VERBS ? "sync" : name.startsWith("discover") ? "discover" : "check";
    }

    /// Its comment `# key: value`.
    Optional<String> setting(String key) {
        return Pattern.compile("(?m)^# %s: (.+)$".formatted(key))
                .matcher(script)
                .results()
                .map((MatchResult line) -> line.group(1))
                .findFirst();
    }

    /// Whether it comes to a point from which it does not end by itself, and tells that by a file `stuck`.
    boolean hangs() {
        return script.contains("stuck");
    }

    @Override
    public String toString() {
        return name;
    }
}
