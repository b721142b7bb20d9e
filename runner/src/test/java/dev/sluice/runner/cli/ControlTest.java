package dev.sluice.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.runner.cli.TestingSluice.Result;
import dev.sluice.runner.state.Side;
import dev.sluice.runner.store.SqlStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Connectors that renew their token, under every verb, until the next command.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ControlTest {
    /// Notes with which configuration each verb is started. `$3` is the file given with `--config`.
    private static final String NOTES = "[ -z \"$3\" ] || { echo -n \"$1 \"; cat \"$3\"; echo; } >>\"$0.given\"\n";

    @TempDir
    private Path folder;

    private TestingSluice sluice;
    private String shop;

    @BeforeEach
    void makeFolder() throws IOException {
        sluice = new TestingSluice(folder);
        shop = sluice.file.toString();
        sluice.source(NOTES + TestingSluice.SOURCE);
        sluice.destination(NOTES + TestingSluice.DESTINATION);
    }

    private static String control(String token) {
        return "echo '{\"type\":\"CONTROL\",\"control\":{\"type\":\"CONNECTOR_CONFIG\",\"emitted_at\":1,"
                + "\"connectorConfig\":{\"config\":{\"token\":\"%s\"}}}}'\n".formatted(token);
    }

    /// What a connector was started with, a line for each start.
    private List<String> given(String connector) throws IOException {
        return Files.readAllLines(folder.resolve(connector + ".given"));
    }

    private void forget() throws IOException {
        Files.deleteIfExists(folder.resolve("source.given"));
        Files.deleteIfExists(folder.resolve("destination.given"));
    }

    private void renewDuringCheck(String control) throws IOException {
        sluice.source(NOTES + "[ $1 != check ] || " + control + TestingSluice.SOURCE);
        sluice.run("check", shop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "discover", "read", "sync"})
    void theNextCommandUsesWhatASourceAskedForUnderAnyVerb(String verb) throws IOException {
        String during = verb.equals("sync") ? "read" : verb;
        sluice.source(NOTES
                + "[ $1 != %s ] || case $(cat \"$3\") in *hunter22*) %s ;; esac\n"
                        .formatted(during, control("renewed-1"))
                + TestingSluice.SOURCE);
        assertThat(sluice.run(verb, shop).code()).isZero();
        forget();

        assertThat(sluice.run("check", shop).code()).isZero();
        assertThat(sluice.run("sync", shop).code()).isZero();
        assertThat(given("source"))
                .containsExactly(
                        "check {\"token\":\"renewed-1\"}",
                        "discover {\"token\":\"renewed-1\"}",
                        "read {\"token\":\"renewed-1\"}");
        assertThat(Files.readString(sluice.file)).contains("hunter22").doesNotContain("renewed-1");
    }

    @Test
    void aTokenRenewedDuringDiscoverIsUsedByTheReadOfTheSameSync() throws IOException {
        sluice.source(NOTES + "[ $1 != discover ] || " + control("renewed-1") + TestingSluice.SOURCE);
        assertThat(sluice.run("sync", shop).code()).isZero();
        assertThat(given("source"))
                .containsExactly("discover {\"token\":\"hunter22\"}", "read {\"token\":\"renewed-1\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "write"})
    void keepsWhatADestinationAskedFor(String verb) throws IOException {
        sluice.destination(
                NOTES + "[ $1 != %s ] || ".formatted(verb) + control("renewed-d") + TestingSluice.DESTINATION);
        sluice.run(verb.equals("write") ? "sync" : verb, shop);
        forget();
        assertThat(sluice.run("sync", shop).code()).isZero();
        assertThat(given("destination")).containsExactly("write {\"token\":\"renewed-d\"}");
        assertThat(given("source")).contains("read {\"token\":\"hunter22\"}");
    }

    @Test
    void keepsATokenRenewedBehindTheAnswer() throws IOException {
        sluice.source(NOTES + TestingSluice.SOURCE + "[ $1 != check ] || " + control("renewed-late"));
        assertThat(sluice.run("check", shop).code()).isZero();
        forget();
        sluice.run("discover", shop);
        assertThat(given("source")).containsExactly("discover {\"token\":\"renewed-late\"}");
    }

    @Test
    void keepsATokenRenewedBehindTheLastRecordThatWasAskedFor() throws IOException {
        // Both with one write: a source that is stopped after its first record has said all.
        String record =
                "'{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":1,\"name\":\"Zoë\"},\"emitted_at\":1}}'";
        String both = TestingSluice.SOURCE.replace(
                "echo " + record + "\n",
                "printf '%s\\n' " + record + control("renewed-late").replaceFirst("^echo", ""));
        assertThat(both).contains("renewed-late");
        sluice.source(NOTES + both);
        assertThat(sluice.run("read", "--limit", "1", shop).out()).isEqualTo("{\"id\":1,\"name\":\"Zoë\"}\n");
        forget();
        sluice.run("discover", shop);
        assertThat(given("source")).containsExactly("discover {\"token\":\"renewed-late\"}");
    }

    /// Conformance 89.
    @Test
    void keepsTheLastOfThreeAndEachBeforeALaterRecordPasses() throws IOException {
        // The source goes on once it sees its renewed token in the store: a runner that stores it later never would.
        String db = folder.resolve(".sluice").toString();
        StringBuilder read = new StringBuilder("[ $1 != read ] || {\n");
        for (int i = 1; i <= 3; i++) {
            read.append(control("renewed-" + i))
                    .append("until cat %s/state.db* | grep -q renewed-%d; do sleep 0.01; done\n".formatted(db, i))
                    .append(
                            "echo '{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":1%d},\"emitted_at\":1}}'\n"
                                    .formatted(i));
        }
        sluice.source(NOTES + read + "}\n" + TestingSluice.SOURCE);
        assertThat(sluice.run("sync", shop).out()).contains("5 records");
        forget();
        sluice.run("check", shop);
        assertThat(given("source")).containsExactly("check {\"token\":\"renewed-3\"}");
    }

    /// Conformance 90.
    @Test
    void aRunnerThatIsKilledHasKeptTheRenewedToken() throws Exception {
        Path there = folder.resolve("there");
        // Noise behind it that has come through: then the runner has looked at something later.
        sluice.source(NOTES
                + "[ $1 != read ] || { " + control("renewed-1")
                + "echo later; touch %s; exec sleep 1000; }\n".formatted(there)
                + TestingSluice.SOURCE);
        Process sync = sluice.inItsOwnJvm(List.of(), "sync", shop).start();
        while (!Files.exists(there) || !stored().contains("renewed-1")) {
            assertThat(sync.isAlive()).isTrue();
            Thread.onSpinWait();
        }
        sync.destroyForcibly().waitFor();

        forget();
        sluice.source(NOTES + TestingSluice.SOURCE);
        assertThat(sluice.run("sync", shop).code()).isZero();
        assertThat(given("source"))
                .containsExactly("discover {\"token\":\"renewed-1\"}", "read {\"token\":\"renewed-1\"}");
    }

    private String stored() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String name : List.of("state.db", "state.db-wal")) {
            Path file = folder.resolve(".sluice").resolve(name);
            if (Files.exists(file)) {
                all.append(new String(Files.readAllBytes(file), UTF_8));
            }
        }
        return all.toString();
    }

    @Test
    void aUserWhoEditsTheConfigurationWins() throws IOException {
        sluice.source(NOTES + "[ $1 != check ] || " + control("renewed-1") + TestingSluice.SOURCE);
        sluice.run("check", shop);
        sluice.source(NOTES + TestingSluice.SOURCE);
        Files.writeString(sluice.file, Files.readString(sluice.file).replace("hunter22", "hunter33"));
        forget();
        Result first = sluice.run("discover", shop);
        assertThat(first.err())
                .contains("the configuration of ./source has been edited, so what is written counts again; the one that"
                        + " the connector had asked for was dropped\n");
        assertThat(sluice.run("discover", shop).err()).doesNotContain("edited");
        // Also when the edit is taken back: the token that was renewed from it may be used up meanwhile.
        Files.writeString(sluice.file, Files.readString(sluice.file).replace("hunter33", "hunter22"));
        assertThat(sluice.run("discover", shop).err()).doesNotContain("edited");
        assertThat(given("source"))
                .containsExactly(
                        "discover {\"token\":\"hunter33\"}",
                        "discover {\"token\":\"hunter33\"}",
                        "discover {\"token\":\"hunter22\"}");
    }

    @Test
    void layoutAndOtherSettingsOfTheFileAreNoEdit() throws IOException {
        sluice.source(NOTES + "[ $1 != check ] || " + control("renewed-1") + TestingSluice.SOURCE);
        sluice.run("check", shop);
        sluice.source(NOTES + TestingSluice.SOURCE);
        sluice.connection("""
                # The same.
                destination: {command: [./destination]}
                limits: {operation_timeout: 1m}
                source:
                  config:
                    token: "${TOKEN}"
                  command: [./source]
                """);
        sluice.environment.put("TOKEN", "hunter22");
        forget();
        assertThat(sluice.run("discover", shop).err()).doesNotContain("edited");
        assertThat(given("source")).containsExactly("discover {\"token\":\"renewed-1\"}");
    }

    @Test
    void stateShowTellsNothingOfIt() throws IOException {
        sluice.run("sync", shop);
        String before = sluice.run("state", "show", shop).out();
        try (var store = SqlStateStore.file(folder.resolve(".sluice/state.db"))) {
            assertThat(store.configs("shop").config(Side.SOURCE)).isEmpty();
        }
        renewDuringCheck(control("renewed-1"));
        try (var store = SqlStateStore.file(folder.resolve(".sluice/state.db"))) {
            assertThat(store.configs("shop").config(Side.SOURCE)).isPresent();
        }
        assertThat(sluice.run("state", "show", shop).out()).isEqualTo(before);
    }

    @Test
    void aCommandWithNothingToKeepMakesNoStore() {
        sluice.run("check", shop);
        sluice.run("discover", shop);
        assertThat(folder.resolve(".sluice")).doesNotExist();
    }

    @Test
    void theStoreIsForItsOwnerOnly() throws IOException {
        renewDuringCheck(control("renewed-1"));
        Path db = folder.resolve(".sluice/state.db");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(db)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(db, PosixFilePermissions.fromString("rw-r--r--")); // As an older Sluice made it.
        sluice.run("sync", shop);
        try (var files = Files.list(folder.resolve(".sluice"))) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("state.db"))
                            .filter(file -> !file.toString().endsWith(".lock")))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void aTokenThatCannotBeKeptEndsTheCommand() throws IOException {
        Path sluiceFolder = folder.resolve(".sluice");
        sluice.source(NOTES
                + "[ $1 != check ] || { echo in the way >%s; %s }\n".formatted(sluiceFolder, control("renewed-1"))
                + TestingSluice.SOURCE);
        Result result = sluice.run("check", shop);
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith(
                        "error[connector.config_not_kept]: ./source asked for another configuration, for example with"
                                + " a renewed token, which could not be kept: the directory of the state store cannot be made: ")
                .contains(
                        "\n  where: DIR/.sluice/state.db\n  next:  mend that, then run it again; if the connector is refused"
                                + " then, the token in the connection file is used up: log in anew and write the new one"
                                + " there\n")
                .doesNotContain("renewed-1");
    }

    @Test
    void aConfigurationThatDoesNotFitTheSpecIsKeptWithAWarning() throws IOException {
        sluice.source(NOTES + "[ $1 != read ] || "
                + control("renewed-1").replace("{\"token\":\"renewed-1\"}", "{\"tokn\":\"renewed-1\"}")
                + TestingSluice.SOURCE);
        assertThat(sluice.run("sync", shop).code()).isZero();
        try (var logs = Files.list(folder.resolve(".sluice/logs"))) {
            assertThat(Files.readString(logs.findFirst().orElseThrow()))
                    .contains(
                            "WARN  ./source: the configuration it asked for does not fit its own spec, and is kept all the"
                                    + " same: ")
                    .contains("`config.token` is missing")
                    .doesNotContain("renewed-1");
        }
        forget();
        sluice.run("discover", shop);
        assertThat(given("source")).containsExactly("discover {\"tokn\":\"renewed-1\"}");
    }

    @Test
    void aConfigurationEqualToTheCurrentOneIsNotKept() throws IOException {
        renewDuringCheck(control("hunter22"));
        assertThat(folder.resolve(".sluice/state.db")).doesNotExist();
    }
}
