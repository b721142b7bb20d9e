package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// docs/errors.md has a heading for each code, and no other.
final class ErrorsTest {
    private static final Pattern CODE = Pattern.compile(
            "(?:\"|error\\[)((?:command|config|connection|connector|destination|docker|protocol|runner|source|state|sync)\\.[a-z_]+)[\"\\]]");

    /// Look like codes: a file, and a key of the connection file.
    private static final Set<String> OTHERS = Set.of("state.db", "sync.schedule");

    @Test
    void everyCodeIsExplained() throws IOException {
        Set<String> codes = new TreeSet<>();
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                CODE.matcher(Files.readString(file))
                        .results()
                        .map(m -> m.group(1))
                        .forEach(codes::add);
            }
        }
        codes.removeAll(OTHERS);
        assertThat(explained().keySet()).containsExactlyInAnyOrderElementsOf(codes);
    }

    @Test
    void everyExplanationHasACauseAndAWayOut() throws IOException {
        assertThat(explained())
                .allSatisfy((code, text) -> assertThat(text).as(code).contains("**Cause.**", "**Way out.**"));
    }

    private static java.util.Map<String, String> explained() throws IOException {
        return Pattern.compile("(?ms)^### `([a-z_.]+)`\n(.*?)(?=^##|\\z)")
                .matcher(Files.readString(Path.of("../docs/errors.md")))
                .results()
                .collect(Collectors.toMap((MatchResult m) -> m.group(1), m -> m.group(2)));
    }
}
