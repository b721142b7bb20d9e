package dev.sluice.cdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cdk.Arguments.UsageException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static final Map<String, Set<String>> COMMANDS = Map.of(
            "spec", Set.of(),
            "check", Set.of("config"),
            "read", Set.of("config", "catalog", "state?"),
            "train-aot", Set.of());

    private static final String USAGE =
            "\n  check --config FILE\n  read --catalog FILE --config FILE [--state FILE]\n  spec";

    @Test
    void readsOptionsInAnyOrderAndEitherSpelling() throws UsageException {
        Arguments arguments = parse("read", "--state", "s.json", "--config=c=1.json", "--catalog", "dir/k.json");

        assertThat(arguments.command()).isEqualTo("read");
        assertThat(arguments.file("config")).isEqualTo(Path.of("c=1.json"));
        assertThat(arguments.file("catalog")).isEqualTo(Path.of("dir/k.json"));
        assertThat(arguments.optionalFile("state")).contains(Path.of("s.json"));
    }

    @Test
    void doesWithoutAnOptionalOption() throws UsageException {
        assertThat(parse("read", "--config", "c", "--catalog", "k").optionalFile("state"))
                .isEmpty();
        assertThat(parse("spec").files()).isEmpty();
    }

    @Test
    void saysWhatItKnowsWhenTheCommandIsMissingOrUnknown() {
        refuses("a command is missing; this connector knows:" + USAGE);
        refuses("'write' is not a command; this connector knows:" + USAGE, "write");
        refuses("'--help' is not a command; this connector knows:" + USAGE, "--help");
    }

    @Test
    void namesTheOptionThatIsWrong() {
        refuses("check does not take '--state'; it knows:" + USAGE, "check", "--config", "c", "--state", "s");
        refuses("check does not take '--state=s'; it knows:" + USAGE, "check", "--state=s");
        refuses("check does not take 'config'; it knows:" + USAGE, "check", "config", "c");
        refuses("check does not take '-c'; it knows:" + USAGE, "check", "-c", "c");
        refuses("spec does not take '--config'; it knows:" + USAGE, "spec", "--config", "c");
    }

    @Test
    void namesTheOptionThatIsMissing() {
        refuses("check needs --config FILE", "check");
        refuses("--config needs the path of a file", "check", "--config");
        refuses("read needs --catalog FILE", "read", "--config", "c");
    }

    private static Arguments parse(String... args) throws UsageException {
        return Arguments.parse(COMMANDS, args);
    }

    private static void refuses(String message, String... args) {
        assertThatThrownBy(() -> parse(args)).isInstanceOf(UsageException.class).hasMessage(message);
    }
}
