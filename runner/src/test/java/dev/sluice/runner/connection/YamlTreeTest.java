package dev.sluice.runner.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class YamlTreeTest {
    private static List<String> problems(String yaml) {
        Problems problems = new Problems(Place.file(Path.of("nightly.yaml")));
        YamlTree.parse(yaml, new References(Map.of(), Path.of(".")), problems);
        return problems.texts();
    }

    @Test
    void saysWhatAValueNeedsThatIsNoYaml() {
        for (String first : List.of("*", "!x!", "@", "%", "`", "|", ">")) {
            assertThat(problems("source:\n  config:\n    password: " + first + "Tr0ub4dor"))
                    .as(first)
                    .containsExactly(
                            "nightly.yaml:3: is not YAML: a value that begins with one of `* & ! | > @ %` or a backtick needs quotes");
        }
        assertThat(problems("password: \"C:\\Qed\""))
                .containsExactly("nightly.yaml:1: is not YAML: a backslash within \"…\" is written \\\\; or use '…'");
        assertThat(problems("password: Tr0ub4dor: x"))
                .containsExactly("nightly.yaml:1: is not YAML: mapping values are not allowed here");
    }

    /// Invariant 6: the file holds passwords, and what is wrong with it may be one.
    @Test
    void showsNoCharacterOfAValueThatIsNoYaml() {
        String special = "*&!|>@%`\"'{}[],:?-#\\\t ~=<.\u0007";
        Set<String> said = new HashSet<>();
        for (String place : List.of(
                "a:\n  password: %s\n  user: me\n",
                "a: {password: %s, user: me}\n",
                "[%s, b]",
                "a: |\n  x\n password: %s\nb: c\n",
                "password: \"%s\"",
                "password: '%s'",
                "password:%s\nb: c\n")) {
            for (char first : special.toCharArray()) {
                for (char inner : special.toCharArray()) {
                    for (String value : List.of("%1$sQÄ%2$sÖQ", "%1$s%2$sQÄ", "QÄ%1$s%2$s Ö", "%1$s %2$sQ")) {
                        said.addAll(problems(place.formatted(value.formatted(first, inner))));
                    }
                }
            }
        }
        assertThat(said)
                .hasSizeGreaterThan(20)
                .allSatisfy(problem -> assertThat(problem).doesNotContain("Q", "Ä", "Ö", "\u0007"));
    }
}
