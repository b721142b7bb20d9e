package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The examples, as they stand in the tree.
final class QuickstartIT {
    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @Test
    void quickstartFillsAFileAndThenFindsNothingNew() throws IOException {
        Path file = example("quickstart.yaml");

        Finished first = sluice.run("sync", file).succeeds();

        assertThat(shape(first.out())).isEqualTo("""
                  products            100 records  SIZE  complete
                  users            10,000 records  SIZE  complete
                  purchases        10,000 records  SIZE  complete
                3 streams, 20,100 records in TIME; state in WORK/.sluice/state.db
                """);
        assertThat(first.err()).isEmpty();
        DuckdbFile duckdb = new DuckdbFile(sluice.work().resolve("quickstart.duckdb"));
        assertThat(duckdb.one("SELECT count(*) FROM products")).isEqualTo("100");
        assertThat(duckdb.one("SELECT count(DISTINCT id) || ' of ' || count(*) FROM users"))
                .isEqualTo("10000 of 10000");
        assertThat(duckdb.one("SELECT count(DISTINCT id) || ' of ' || count(*) FROM purchases"))
                .isEqualTo("10000 of 10000");

        Finished second = sluice.run("sync", file).succeeds();

        assertThat(shape(second.out())).isEqualTo("""
                  products              0 records  SIZE  complete
                  users                 0 records  SIZE  complete
                  purchases             0 records  SIZE  complete
                3 streams, 0 records in TIME; state in WORK/.sluice/state.db
                """);
        assertThat(duckdb.one("SELECT count(*) FROM users")).isEqualTo("10000");
    }

    private Path example(String name) throws IOException {
        return Files.copy(
                SluiceCli.HOME.resolve("examples").resolve(name), sluice.work().resolve(name));
    }

    /// Sizes, times and places differ from run to run; where the data is, is the destination's own sentence.
    private String shape(String out) {
        return out.replaceAll(" +[\\d.,]+ (kB|MB)", "  SIZE")
                .replaceAll("in [\\d.]+ s", "in TIME")
                .replace(sluice.work().toString(), "WORK");
    }
}
