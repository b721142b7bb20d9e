package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What goes wrong outside of us, and what the user is told.
final class BadDayIT {
    private static final String FAKER = """
            source:
              type: "faker"
              launch: process
              config:
                count: %d
                seed: 7
                always_updated: false
            """;

    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @RegisterExtension
    private final TestingCommcare commcare = new TestingCommcare();

    @Test
    void namesAWrongPassword() {
        TestingPostgres postgres = TestingPostgres.make();
        sluice.variable("WAREHOUSE_PASSWORD", "wrong-canary-99");
        sluice.write("faker.yaml", FAKER.formatted(10) + postgres.destination("process"));

        Finished check = sluice.run("check", "faker.yaml").exits(2);
        Finished sync = sluice.run("sync", "--once", "faker.yaml").exits(2);

        assertThat(check.out())
                .contains("destination destination-postgres: does not work")
                .contains("password");
        assertThat(sync.err()).startsWith("error[").contains("password");
        assertThat(check.out() + check.err() + sync.out() + sync.err()).doesNotContain("wrong-canary-99");
    }

    /// No registry answers at that address, on whatever machine this runs.
    @Test
    void namesAnImageThatIsNeitherHereNorToBeHad() {
        sluice.write("faker.yaml", """
                source:
                  image: "127.0.0.1:1/no-such-source:1.0"
                """ + DuckdbFile.in(sluice.work()).destination("process"));

        Finished sync = sluice.run("sync", "--once", "faker.yaml").exits(3);

        assertThat(sync.err())
                .contains("error[docker.no_registry]: the image 127.0.0.1:1/no-such-source:1.0 is not on this machine");
    }

    @Test
    void goesOnAfterTheDatabaseWasAway() {
        TestingPostgres postgres = TestingPostgres.make().tellPassword(sluice);
        RunningSluice sync = HeldSync.start(sluice, commcare, postgres, "docker");

        postgres.goAway();
        commcare.release();
        Finished failed = sync.finished().exits(3);

        assertThat(failed.err())
                .contains("writing to public.Case_Update failed because the connection was lost")
                .contains("run the sync again");
        sluice.nothingLeftBehind();
        postgres.comeBack();
        commcare.forgetRequests();

        sluice.run("sync", HeldSync.FILE).succeeds();

        CommcareIT.assertForms(postgres, HeldSync.FORMS);
        assertThat(HeldSync.wentOn(commcare)).isTrue();
    }

    @Test
    void goesOnOnceTheDiskOfTheDatabaseHasRoomAgain() {
        TestingPostgres postgres = TestingPostgres.makeOnSmallDisk().tellPassword(sluice);
        sluice.write("faker.yaml", FAKER.formatted(60_000) + postgres.destination("process"));
        TestingPostgres.fillSmallDisk();

        Finished failed = sluice.run("sync", "--once", "faker.yaml").exits(3);

        assertThat(failed.err())
                .contains("writing to public.users failed because the server's disk is full")
                .contains("No space left on device")
                .contains("make room and run the sync again");
        TestingPostgres.emptySmallDisk();

        sluice.run("sync", "faker.yaml").succeeds();

        assertThat(postgres.one("SELECT count(*) || ' ' || count(DISTINCT id) FROM users"))
                .isEqualTo("60000 60000");
    }

    @Test
    void saysHowMuchMemoryAConnectorHadWhenItIsKilledForIt() throws IOException {
        sluice.write(
                "hungry.yaml",
                """
                source:
                  image: "%s"
                  network: none
                  memory: 64m
                """.formatted(hungryImage()) + DuckdbFile.in(sluice.work()).destination("process"));

        Finished sync = sluice.run("sync", "--once", "hungry.yaml").exits(1);

        assertThat(sync.err())
                .contains("error[connector.out_of_memory]: sluice-e2e/hungry:1 was killed: it used all of its 64 MiB of"
                        + " memory")
                .contains("next:  raise `memory:` of this connector in the connection file");
    }

    /// A source that answers all questions and, asked to read, takes memory until there is none.
    private String hungryImage() throws IOException {
        return Docker.image(sluice.work(), "hungry", """
                case $1 in
                spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"}}}' ;;
                check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}' ;;
                discover) echo '{"type":"CATALOG","catalog":{"streams":[{"name":"s","json_schema":{"type":"object",\
                "properties":{"id":{"type":"integer"}}},"supported_sync_modes":["full_refresh"]}]}}' ;;
                read) exec tail /dev/zero ;;
                esac
                """);
    }
}
