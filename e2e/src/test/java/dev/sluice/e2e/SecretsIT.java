package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /// What was looked at, by where it was.
    private final Map<String, String> seen = new LinkedHashMap<>();

    @ParameterizedTest
    @ValueSource(strings = {"docker", "process"})
    void showsNoSecretAnywhere(String launch) throws IOException, SQLException {
        TestingPostgres postgres = TestingPostgres.make().tellPassword(sluice);
        RunningSluice sync = HeldSync.start(sluice, commcare, postgres, launch);

        // While it runs: what the engine tells about containers, and the machine about processes.
        List<Long> connectors = launch.equals("docker") ? inspectContainers() : processesOf(sync);
        assertThat(connectors).as("processes of connectors").hasSizeGreaterThanOrEqualTo(2);
        for (long pid : connectors) {
            seen.put("command line of " + pid, text(pid, "cmdline"));
            seen.put("environment of " + pid, text(pid, "environ"));
        }
        seen.put("command line of the runner", text(sync.pid(), "cmdline"));
        commcare.release();
        see("sync", sync.finished().succeeds());

        // Everything a command can print, about a good day and a bad one.
        see("state show", sluice.run("state", "show", HeldSync.FILE).succeeds());
        see("discover", sluice.run("discover", HeldSync.FILE).succeeds());
        see("check", sluice.run("check", HeldSync.FILE).succeeds());
        postgres.goAway();
        see("sync that fails", sluice.run("sync", "--once", HeldSync.FILE));
        see("sync that fails, as JSON", sluice.run("sync", "--once", "--json", HeldSync.FILE));
        see("check that fails", sluice.run("check", HeldSync.FILE));
        postgres.comeBack();

        // What stays.
        for (Path file : sluice.writtenFiles()) {
            seen.put(file.toString(), new String(Files.readAllBytes(file), UTF_8));
        }
        assertThat(seen.keySet()).anyMatch(name -> name.endsWith(".log")).anyMatch(name -> name.endsWith("state.db"));
        seen.putAll(tables(postgres));
        for (String canary : CANARIES) {
            assertThat(seen)
                    .allSatisfy((where, text) -> assertThat(text).as(where).doesNotContain(canary));
        }
    }

    private List<Long> inspectContainers() {
        List<Long> processes = new ArrayList<>();
        for (String container : sluice.containers()) {
            String about = Program.run("docker", "inspect", container);
            assertThat(about).contains("dev.sluice.run");
            seen.put("container " + container, about);
            for (String pid : Program.lines("docker", "top", container, "-o", "pid").stream()
                    .skip(1)
                    .toList()) {
                processes.add(Long.valueOf(pid.strip()));
            }
        }
        return processes;
    }

    private List<Long> processesOf(RunningSluice sync) {
        return sluice.processes().stream()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != sync.pid()) // It has the secrets in its environment: from there they come.
                .toList();
    }

    private static String text(long pid, String file) {
        return new String(SluiceCli.proc(pid, file), UTF_8).replace('\0', ' ');
    }

    private void see(String command, Finished finished) {
        seen.put("output of " + command, finished.out() + finished.err());
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
