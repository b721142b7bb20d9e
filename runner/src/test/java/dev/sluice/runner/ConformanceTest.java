package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// docs/reference/conformance.md names, for each of the 100 statements, tests that exist.
final class ConformanceTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\| (.+) \\| (.+) \\|$");
    private static final Pattern NAMED = Pattern.compile("`([A-Za-z]+Test|[A-Za-z]+IT|[A-Za-z]+Contract)\\.(\\w+)`");
    private static final Pattern TEST = Pattern.compile(
            "@(?:Test|ParameterizedTest|RepeatedTest)\\b(?:[^;{}]|\\{[^;{}]*\\})*?\\bvoid (\\w+)\\s*\\(");

    /// Texts may hold anything, braces among them.
    private static final Pattern TEXT = Pattern.compile("\"\"\"[\\s\\S]*?\"\"\"|\"(?:[^\"\\\\\\n]++|\\\\.)*+\"");

    private record Row(int number, String shownBy) {
        boolean isOpen() {
            return shownBy.matches("open: .{10,}");
        }

        List<String> tests() {
            return NAMED.matcher(shownBy)
                    .results()
                    .map(name -> name.group(1) + "." + name.group(2))
                    .toList();
        }
    }

    @Test
    void hasEachStatementOnce() throws IOException {
        assertThat(rows().stream().map(Row::number))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 100).boxed().toList());
    }

    /// Mapping, filtering and the comparison of schemas do not exist yet.
    @Test
    void leavesNothingOpenButWhatIsNotBuiltYet() throws IOException {
        assertThat(rows().stream().filter(Row::isOpen).map(Row::number)).containsExactly(37, 38, 97, 98, 99, 100);
    }

    @Test
    void namesTestsThatExist() throws IOException {
        Set<String> tests = tests();
        assertThat(rows()).filteredOn(row -> !row.isOpen()).allSatisfy(row -> {
            assertThat(row.tests()).as(row.toString()).isNotEmpty();
            assertThat(tests).as(row.toString()).containsAll(row.tests());
        });
    }

    private static List<Row> rows() throws IOException {
        return ROW.matcher(Files.readString(Path.of("../docs/reference/conformance.md")))
                .results()
                .map(row -> new Row(Integer.parseInt(row.group(1)), row.group(3)))
                .toList();
    }

    /// `Class.method` of every test of every module.
    private static Set<String> tests() throws IOException {
        Set<String> tests = new HashSet<>();
        for (Path module : List.of(Path.of("../protocol"), Path.of("."), Path.of("../e2e"))) {
            try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    String type = file.getFileName().toString().replace(".java", "");
                    Matcher test =
                            TEST.matcher(TEXT.matcher(Files.readString(file)).replaceAll(""));
                    while (test.find()) {
                        tests.add(type + "." + test.group(1));
                    }
                }
            }
        }
        return tests;
    }
}
