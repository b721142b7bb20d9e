package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A connector that we did not write, unmodified.
final class AirbyteFakerIT {
    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @Test
    void runsAsAProcessIntoDuckdb() {
        DuckdbFile duckdb = DuckdbFile.in(sluice.work());
        syncsTwice("""
                source:
                  command: ["%s"]
                """.formatted(PythonConnector.SOURCE_FAKER.program(sluice.work())), duckdb, "process");
        assertThat(columns(duckdb, "users"))
                .isEqualTo("academic_degree VARCHAR, address JSON, age BIGINT, blood_type VARCHAR,"
                        + " created_at TIMESTAMP WITH TIME ZONE, email VARCHAR, gender VARCHAR, height VARCHAR,"
                        + " id BIGINT, language VARCHAR, name VARCHAR, nationality VARCHAR, occupation VARCHAR,"
                        + " telephone VARCHAR, title VARCHAR, updated_at TIMESTAMP WITH TIME ZONE, weight BIGINT");
    }

    @Test
    void runsAsAContainerIntoPostgres() {
        TestingPostgres postgres = TestingPostgres.make().tellPassword(sluice);
        syncsTwice("""
                source:
                  image: "%s"
                  network: none
                """.formatted(PythonConnector.SOURCE_FAKER.image()), postgres, "docker");
        assertThat(columns(postgres, "users"))
                .isEqualTo("academic_degree character varying, address jsonb, age bigint, blood_type character varying,"
                        + " created_at timestamp with time zone, email character varying, gender character varying,"
                        + " height character varying, id bigint, language character varying, name character varying,"
                        + " nationality character varying, occupation character varying, telephone character varying,"
                        + " title character varying, updated_at timestamp with time zone, weight bigint");
    }

    private void syncsTwice(String source, Warehouse warehouse, String destinationLaunch) {
        sluice.write("faker.yaml", source + """
                  config:
                    count: 300
                    seed: 7
                    always_updated: false
                """ + warehouse.destination(destinationLaunch));

        sluice.run("sync", "faker.yaml").succeeds();

        String users = "SELECT count(*) || ' users ' || min(id) || ' to ' || max(id) FROM users";
        String whole = "300 users 1 to 300";
        assertThat(warehouse.count("products")).isEqualTo(100);
        assertThat(warehouse.one(users)).isEqualTo(whole);
        assertThat(warehouse.one("SELECT count(DISTINCT id) FROM users")).isEqualTo("300");
        // Every purchase is somebody's.
        assertThat(warehouse.one("SELECT count(*) > 0 AND count(*) = count(u.id) FROM purchases AS p"
                        + " LEFT JOIN users AS u ON u.id = p.user_id"))
                .isIn("t", "true");
        assertThat(warehouse.one("SELECT count(*) FROM users WHERE address ->> 'city' IS NULL OR email NOT LIKE '%@%'"))
                .isEqualTo("0");

        Finished second = sluice.run("sync", "faker.yaml").succeeds();

        assertThat(second.out()).contains("3 streams, 0 records");
        assertThat(warehouse.one(users)).isEqualTo(whole);
    }

    /// The source's columns and their types.
    private static String columns(Warehouse warehouse, String table) {
        return warehouse.one("""
                SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY column_name)
                  FROM information_schema.columns
                 WHERE table_name = '%s' AND column_name NOT LIKE '~_%%' ESCAPE '~'
                """.formatted(table));
    }
}
