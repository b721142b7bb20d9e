package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.TestingCommcare.Form;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// `kill -9` in the middle of a sync, and the sync after it.
///
/// The middle: the vendor answers three pages of forms and then no more, the destination has committed them and the
/// runner has stored the state.
final class KillIT {
    private static final List<Form> FORMS = CommcareIT.forms(0, 60, "2024-03-01");

    /// The cursor after three pages of ten: each begins with the last row of the one before.
    private static final String CURSOR = "2024-03-01T08:00:27.000027";

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
                .flatMap(victim -> Stream.of("docker", "process").filter(l -> !Boolean.getBoolean("one") || l.equals("process") && victim == Victim.DESTINATION).map(launch -> Arguments.of(victim, launch)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everybodyInBothKinds")
    void losesAndDoublesNothing(Victim victim, String launch) {
        Warehouse warehouse = DuckdbFile.in(sluice.work());
        commcare.tellKey(sluice).putForms(FORMS);
        commcare.holdFormsAfter(3);
        sluice.write("commcare.yaml", commcare.source(launch, 10) + warehouse.destination(launch));
        RunningSluice sync = sluice.start("sync", "commcare.yaml")
                .until(
                        "the state of the third page",
                        () -> sluice.run("state", "show", "commcare.yaml").out().contains(CURSOR));

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

        sluice.run("sync", "commcare.yaml").succeeds();

        CommcareIT.assertForms(warehouse, FORMS);
        // It went on where it was: what had been committed was not asked for again.
        assertThat(commcare.requests("form").getFirst().parameter("indexed_on_start"))
                .isGreaterThanOrEqualTo("2024-03-01T08:00:27");
        sluice.nothingLeftBehind();
    }

    private void kill(String launch, String verb) {
        if (launch.equals("docker")) {
            Docker.kill(sluice.container(verb).orElseThrow());
        } else {
            sluice.process(verb).orElseThrow().destroyForcibly();
        }
    }
}
