package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who stops a sync, and who may not start one beside it.
final class StopIT {
    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @RegisterExtension
    private final TestingCommcare commcare = new TestingCommcare();

    @ParameterizedTest
    @CsvSource({"INT, 130, docker", "TERM, 143, docker", "INT, 130, process", "TERM, 143, process"})
    void endsInGoodOrderAndGoesOnLater(String signal, int exitCode, String launch) {
        Warehouse warehouse =
                launch.equals("docker") ? TestingPostgres.make().tellPassword(sluice) : DuckdbFile.in(sluice.work());
        RunningSluice sync = HeldSync.start(sluice, commcare, warehouse, launch);

        Finished stopped = sync.signal(signal).finished().exits(exitCode);

        assertThat(stopped.err()).contains("the sync was stopped").contains("run it again to continue");
        sluice.nothingLeftBehind();
        commcare.release();
        commcare.forgetRequests();

        sluice.run("sync", HeldSync.FILE).succeeds();

        CommcareIT.assertForms(warehouse, HeldSync.FORMS);
        assertThat(HeldSync.wentOn(commcare)).isTrue();
    }

    @Test
    void refusesASecondRunnerOfOneConnection() {
        Warehouse warehouse = DuckdbFile.in(sluice.work());
        RunningSluice first = HeldSync.start(sluice, commcare, warehouse, "process");

        Finished second = sluice.run("sync", HeldSync.FILE).exits(3);

        assertThat(second.err())
                .contains("error[connection.busy]: another sync of the connection 'commcare' is running");
        assertThat(first.isRunning()).isTrue();
        commcare.release();
        first.finished().succeeds();
        CommcareIT.assertForms(warehouse, HeldSync.FORMS);
    }
}
