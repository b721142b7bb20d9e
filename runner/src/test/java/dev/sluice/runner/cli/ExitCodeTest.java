package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.FailureType;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// docs/reference/exit-codes.md is what scripts rely on.
final class ExitCodeTest {
    private static final Path PAGE = Path.of("../docs/reference/exit-codes.md");

    @Test
    void thePageHasEveryCode() throws Exception {
        Map<String, Integer> codes = new TreeMap<>();
        for (Field field : ExitCode.class.getDeclaredFields()) {
            codes.put(field.getName(), field.getInt(null));
        }
        Map<String, Integer> written = new TreeMap<>();
        Pattern.compile("(?m)^\\| (\\d) \\| `([A-Z]+)` \\|")
                .matcher(Files.readString(PAGE))
                .results()
                .forEach(row -> written.put(row.group(2), Integer.valueOf(row.group(1))));
        assertThat(written).isEqualTo(codes);
    }

    @Test
    void thePageHasTheTypeOfEachCode() throws IOException {
        String page = Files.readString(PAGE);
        for (FailureType type : FailureType.values()) {
            assertThat(page)
                    .containsPattern("(?m)^\\| %d \\| .* \\| `%s` \\|$"
                            .formatted(ExitCode.of(type), type.name().toLowerCase(Locale.ROOT)));
        }
    }

    /// Changing one would break scripts without a word.
    @Test
    void theCodesStayWhatTheyAre() {
        assertThat(ExitCode.DONE).isZero();
        assertThat(ExitCode.FAILED).isEqualTo(1);
        assertThat(ExitCode.WRONG).isEqualTo(2);
        assertThat(ExitCode.UNAVAILABLE).isEqualTo(3);
    }
}
