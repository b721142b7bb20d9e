package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// States in PostgreSQL instead of a file.
final class StateStoreIT {
    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @Test
    void goesOnFromAStateInPostgres() {
        TestingPostgres postgres = TestingPostgres.make();
        String place = "%s:%d/%s".formatted(postgres.host(), postgres.port(), postgres.database());
        String url = "postgresql://%s:%s@%s"
                .formatted(
                        TestingPostgres.USER,
                        URLEncoder.encode(TestingPostgres.PASSWORD, StandardCharsets.UTF_8),
                        place);
        DuckdbFile duckdb = DuckdbFile.in(sluice.work());
        sluice.write("faker.yaml", """
                source:
                  type: "faker"
                  launch: process
                  config:
                    count: 1000
                    always_updated: false
                """ + duckdb.destination("process"));

        sluice.variable("SLUICE_STATE", url);
        Finished first = sluice.run("sync", "faker.yaml").succeeds();

        assertThat(first.out()).contains("3 streams, 2,100 records").contains("state in postgresql://" + place);
        assertThat(first.out() + first.err()).doesNotContain("canary");
        assertThat(Files.exists(sluice.work().resolve(".sluice/state.db"))).isFalse();

        Finished second = sluice.run("sync", "faker.yaml").succeeds();

        assertThat(second.out()).contains("3 streams, 0 records");
        assertThat(duckdb.count("users")).isEqualTo(1000);
        assertThat(sluice.run("state", "show", "faker.yaml").succeeds().out()).contains("\"name\" : \"users\"");
        // Without it there is no state, and the sync starts over.
        String elsewhere = sluice.work().resolve("other.db").toString();
        assertThat(sluice.run("sync", "--state", elsewhere, "faker.yaml")
                        .succeeds()
                        .out())
                .contains("3 streams, 2,100 records");
        assertThat(duckdb.one("SELECT count(*) || ' ' || count(DISTINCT id) FROM users"))
                .isEqualTo("1000 1000");
    }
}
