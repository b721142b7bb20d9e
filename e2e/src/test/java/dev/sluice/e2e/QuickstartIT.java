package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
                3 streams, 20,100 records in TIME; state in .sluice/state.db
                The data is in WORK/quickstart.duckdb; look at it with: duckdb WORK/quickstart.duckdb \
                'FROM main.products LIMIT 10'
                """);
        assertThat(complaints(first)).isEmpty();
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
                3 streams, 0 records in TIME; state in .sluice/state.db
                The data is in WORK/quickstart.duckdb; look at it with: duckdb WORK/quickstart.duckdb \
                'FROM main.products LIMIT 10'
                """);
        assertThat(duckdb.one("SELECT count(*) FROM users")).isEqualTo("10000");
    }

    /// As its head says: the usual variables name the database.
    @Test
    void dockerExampleFillsPostgresAndThenFindsNothingNew() throws IOException {
        Path file = example("docker.yaml");
        TestingPostgres postgres = TestingPostgres.make();
        sluice.variable("PGHOST", postgres.host());
        sluice.variable("PGPORT", String.valueOf(postgres.port()));
        sluice.variable("PGUSER", TestingPostgres.USER);
        sluice.variable("PGPASSWORD", TestingPostgres.PASSWORD);
        sluice.variable("PGDATABASE", postgres.database());

        Finished first = sluice.run("sync", file).succeeds();

        assertThat(first.out()).contains("3 streams, 20,100 records in");
        assertThat(complaints(first)).isEmpty();
        assertThat(postgres.count("quickstart.products")).isEqualTo(100);
        assertThat(postgres.one("SELECT count(DISTINCT id) || ' of ' || count(*) FROM quickstart.users"))
                .isEqualTo("10000 of 10000");

        Finished second = sluice.run("sync", file).succeeds();

        assertThat(second.out()).contains("3 streams, 0 records in");
        assertThat(postgres.count("quickstart.users")).isEqualTo(10_000);
    }

    /// All but how far it is, which a slow machine is told every ten seconds, and what other tests have left.
    private static List<String> complaints(Finished sync) {
        return sync.err()
                .lines()
                .filter(line -> !line.contains(" records") && !line.contains("that a killed run had left"))
                .toList();
    }

    private Path example(String name) throws IOException {
        return Files.copy(
                SluiceCli.HOME.resolve("examples").resolve(name), sluice.work().resolve(name));
    }

    /// Sizes, times and places differ from run to run.
    private String shape(String out) {
        return out.replaceAll(" +[\\d.,]+ (kB|MB)", "  SIZE")
                .replaceAll("in [\\d.]+ s", "in TIME")
                .replace(sluice.work().toString(), "WORK");
    }
}
