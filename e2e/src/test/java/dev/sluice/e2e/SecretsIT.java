package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An API key and a password go in, and are looked for wherever somebody else could look.
final class SecretsIT {
    private static final List<String> CANARIES = List.of("canary-5f0c9e7a1b", "canary-7c1e");

    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @RegisterExtension
    private final TestingCommcare commcare = new TestingCommcare();

    private final Seen seen = new Seen();

    @ParameterizedTest
    @ValueSource(strings = {"docker", "process"})
    void showsNoSecretAnywhere(String launch) throws IOException, SQLException {
        TestingPostgres postgres = TestingPostgres.make().tellPassword(sluice);
        RunningSluice sync = HeldSync.start(sluice, commcare, postgres, launch);

        // While it runs: what the engine tells about containers, and the machine about processes.
        List<Long> connectors = launch.equals("docker") ? seen.containers(sluice) : processesOf(sync);
        assertThat(connectors).as("processes of connectors").hasSizeGreaterThanOrEqualTo(2);
        connectors.forEach(seen::process);
        seen.commandLine(sync.pid());
        commcare.release();
        seen.see("sync", sync.finished().succeeds());

        // Everything a command can print, about a good day and a bad one.
        seen.see("state show", sluice.run("state", "show", HeldSync.FILE).succeeds());
        seen.see("discover", sluice.run("discover", HeldSync.FILE).succeeds());
        seen.see("check", sluice.run("check", HeldSync.FILE).succeeds());
        postgres.goAway();
        seen.see("sync that fails", sluice.run("sync", "--once", HeldSync.FILE));
        seen.see("sync that fails, as JSON", sluice.run("sync", "--once", "--json", HeldSync.FILE));
        seen.see("check that fails", sluice.run("check", HeldSync.FILE));
        postgres.comeBack();

        // What stays.
        seen.writtenFiles(sluice, text -> text);
        tables(postgres).forEach(seen::see);
        CANARIES.forEach(seen::containsNowhere);
    }

    private List<Long> processesOf(RunningSluice sync) {
        return sluice.processes().stream()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != sync.pid()) // It has the secrets in its environment: from there they come.
                .toList();
    }

    private static Map<String, String> tables(TestingPostgres postgres) throws SQLException {
        Map<String, String> tables = new LinkedHashMap<>();
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            List<String> names = new ArrayList<>();
            ResultSet found = statement.executeQuery(
                    "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname !~ '^(pg_|information_)'");
            while (found.next()) {
                names.add(found.getString(1));
            }
            assertThat(names).hasSizeGreaterThanOrEqualTo(5);
            for (String name : names) {
                StringBuilder rows = new StringBuilder();
                ResultSet row = statement.executeQuery("SELECT t::text FROM %s AS t".formatted(name));
                while (row.next()) {
                    rows.append(row.getString(1)).append('\n');
                }
                tables.put("table " + name, rows.toString());
            }
        }
        return tables;
    }
}
