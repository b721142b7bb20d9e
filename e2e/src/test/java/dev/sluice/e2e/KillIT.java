package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.TestingCommcare.Form;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// `kill -9` in the middle of a sync, and the sync after it.
final class KillIT {
    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @RegisterExtension
    private final TestingCommcare commcare = new TestingCommcare();

    enum Victim {
        RUNNER,
        SOURCE,
        DESTINATION
    }

    static Stream<Arguments> everybodyInBothKinds() {
        return Stream.of(Victim.values())
                .flatMap(victim -> Stream.of("docker", "process").map(launch -> Arguments.of(victim, launch)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everybodyInBothKinds")
    void losesAndDoublesNothing(Victim victim, String launch) {
        Warehouse warehouse =
                launch.equals("docker") ? TestingPostgres.make().tellPassword(sluice) : DuckdbFile.in(sluice.work());
        RunningSluice sync = HeldSync.start(sluice, commcare, warehouse, launch);

        switch (victim) {
            case RUNNER -> {
                sync.kill9();
                assertThat(sluice.runDirectories())
                        .as("run directories of a killed runner")
                        .hasSize(1);
            }
            case SOURCE -> {
                kill(launch, "read");
                assertThat(sync.finished().exits(1).err()).contains("was killed by signal 9 during read");
                sluice.nothingLeftBehind();
            }
            case DESTINATION -> {
                kill(launch, "write");
                assertThat(sync.finished().exits(1).err()).contains("was killed by signal 9 during write");
                sluice.nothingLeftBehind();
            }
        }
        commcare.release();
        commcare.forgetRequests();

        sluice.run("sync", HeldSync.FILE).succeeds();

        CommcareIT.assertForms(warehouse, HeldSync.FORMS);
        assertThat(HeldSync.wentOn(commcare)).isTrue();
        // Also what the killed runner had left.
        sluice.nothingLeftBehind();
    }

    /// The window in which a state has been sent and its rows are not yet durable, held open by a lock on the table.
    /// Rows that are appended go straight into it; others would be durable, and their states stored, in a staging
    /// table.
    @Test
    void storesNoStateBeforeItsRowsAreDurable() throws SQLException {
        TestingPostgres postgres = TestingPostgres.make().tellPassword(sluice);
        commcare.tellKey(sluice).putForms(CommcareIT.forms(0, 10, "2024-03-01"));
        sluice.write(HeldSync.FILE, commcare.source("process", 10) + postgres.destination("process") + """
                sync:
                  destination_mode: append
                """);
        sluice.run("sync", HeldSync.FILE).succeeds();
        String before = sluice.run("state", "show", HeldSync.FILE).succeeds().out();
        List<Form> forms = CommcareIT.forms(0, 25, "2024-03-01");
        commcare.putForms(forms);
        commcare.forgetRequests();

        try (Connection connection = postgres.connect();
                Statement lock = connection.createStatement()) {
            connection.setAutoCommit(false);
            lock.execute("LOCK TABLE %s IN SHARE MODE".formatted(postgres.table("Case Update")));
            RunningSluice sync = sluice.start("sync", "--once", HeldSync.FILE)
                    .until(
                            "the end of the source",
                            () -> sluice.process("write").isPresent()
                                    && !commcare.requests("case").isEmpty()
                                    && sluice.process("read").isEmpty());
            sluice.process("write").orElseThrow().destroyForcibly();
            sync.finished().exits(1);
        }

        assertThat(sluice.run("state", "show", HeldSync.FILE).succeeds().out()).isEqualTo(before);
        sluice.run("sync", HeldSync.FILE).succeeds();
        CommcareIT.assertForms(postgres, forms);
    }

    @Test
    void losesNothingWhereRowsAreAppended() {
        TestingPostgres postgres = TestingPostgres.make().tellPassword(sluice);
        RunningSluice sync = HeldSync.start(sluice, commcare, postgres, "process", """
                sync:
                  destination_mode: append
                """);

        sync.kill9();
        commcare.release();
        sluice.run("sync", HeldSync.FILE).succeeds();

        assertThat(postgres.one("SELECT count(DISTINCT id) FROM \"Case_Update\""))
                .isEqualTo("60");
    }

    @Test
    void keepsTheRowsThatAnUnfinishedSyncWouldReplace() {
        TestingPostgres postgres = TestingPostgres.make().tellPassword(sluice);
        List<Form> old = CommcareIT.forms(0, 25, "2024-02-01");
        commcare.tellKey(sluice).putForms(old);
        sluice.write(HeldSync.FILE, commcare.source("process", 10) + postgres.destination("process") + """
                sync:
                  mode: full_refresh
                """);
        sluice.run("sync", HeldSync.FILE).succeeds();
        CommcareIT.assertForms(postgres, old);
        commcare.putForms(HeldSync.FORMS);
        commcare.forgetRequests();
        commcare.holdFormsAfter(3);

        RunningSluice sync = sluice.start("sync", "--once", HeldSync.FILE)
                .until("the fourth page", () -> commcare.requests("form").size() == 4);
        sync.kill9();
        Await.until(
                "the end of the destination",
                () -> sluice.processes().stream()
                        .noneMatch(
                                process -> SluiceCli.commandLine(process.pid()).contains("write")));

        CommcareIT.assertForms(postgres, old);
        commcare.release();
        sluice.run("sync", HeldSync.FILE).succeeds();
        CommcareIT.assertForms(postgres, HeldSync.FORMS);
    }

    private void kill(String launch, String verb) {
        if (launch.equals("docker")) {
            Docker.kill(sluice.container(verb).orElseThrow());
        } else {
            sluice.process(verb).orElseThrow().destroyForcibly();
        }
    }
}
