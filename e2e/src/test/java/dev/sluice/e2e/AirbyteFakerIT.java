package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A connector that we did not write, unmodified.
final class AirbyteFakerIT {
    private static final String FAKER_CONFIG = """
              config:
                count: 300
                seed: 7
                always_updated: false
            """;

    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @Test
    void runsAsAProcessIntoDuckdb() throws IOException {
        syncsTwiceIntoDuckdb("""
                source:
                  command: ["%s"]
                """.formatted(AirbyteFaker.program()));
    }

    @Test
    void runsAsAContainerIntoDuckdb() throws IOException {
        syncsTwiceIntoDuckdb("""
                source:
                  image: "%s"
                  network: none
                """.formatted(AirbyteFaker.image()));
    }

    private void syncsTwiceIntoDuckdb(String source) {
        sluice.write("faker.yaml", source + FAKER_CONFIG + """
                destination:
                  type: "duckdb"
                  launch: process
                  config:
                    destination_path: "shop.duckdb"
                """);
        DuckdbFile shop = new DuckdbFile(sluice.work().resolve("shop.duckdb"));

        sluice.run("sync", "faker.yaml").succeeds();

        assertThat(shop.count("products")).isEqualTo(100);
        assertThat(shop.one(
                        "SELECT count(*) || ' ' || min(id) || ' ' || max(id) || ' ' || count(DISTINCT id) FROM users"))
                .isEqualTo("300 1 300 300");
        assertThat(shop.one(columns("users"))).isEqualTo("");

        Finished second = sluice.run("sync", "faker.yaml").succeeds();

        assertThat(second.out()).contains("3 streams, 0 records");
        assertThat(shop.count("users")).isEqualTo(300);
    }

    /// The source's columns and their types, in order.
    private static String columns(String table) {
        return """
                SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY column_name)
                  FROM information_schema.columns
                 WHERE table_name = '%s' AND column_name NOT LIKE '\\_%%' ESCAPE '\\'
                """.formatted(table);
    }
}
