package dev.sluice.runner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // A read of a pipe heeds no interrupt.
final class RunDirectoryTest {
    @TempDir
    private Path temporary;

    @TempDir
    private Path register;

    @Test
    void isForThisUserOnlyAndGoesWhenItIsClosed() throws Exception {
        RunDirectory run = RunDirectory.create(temporary);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run.path())))
                .isEqualTo("rwx------");
        Files.createDirectories(run.path().resolve("read-1/deep"));
        Files.writeString(run.path().resolve("read-1/deep/config.json"), "{}");
        run.close();
        assertThat(run.path()).doesNotExist();
    }

    @Test
    void sweepsWhatAKilledRunnerLeft() throws Exception {
        Path left = KilledRunner.leave("process", temporary, register);
        assertThat(left.resolve("lock")).exists();

        List<String> swept = RunDirectory.sweep(temporary);

        assertThat(left).doesNotExist();
        assertThat(swept).contains("removed what a killed run had left: directory " + left.getFileName());
        assertThat(swept).anyMatch(line -> line.startsWith("removed what a killed run had left: process "));
        assertThat(ProcessMark.of(left).kill()).isEmpty();
    }

    @Test
    void sweepsAChildWhoseParentHasEndedSince() throws Exception {
        Path left = KilledRunner.leave("process", temporary, register);
        String connector = Files.readString(left.resolve("processes")).split(" ")[0];
        ProcessHandle.of(Long.parseLong(connector)).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });

        RunDirectory.sweep(temporary);

        assertThat(ProcessMark.of(left).kill()).isEmpty();
    }

    /// Its runner was killed in the moment between the two.
    @Test
    void sweepsAProcessThatHadStartedAndWasNotRememberedYet() throws Exception {
        Path left = KilledRunner.leave("process", temporary, register);
        Files.delete(left.resolve("processes"));

        List<String> swept = RunDirectory.sweep(temporary);

        assertThat(swept).anyMatch(line -> line.startsWith("removed what a killed run had left: process "));
        assertThat(ProcessMark.of(left).kill()).isEmpty();
    }

    @Test
    void endsAProcessThatGoesOnStartingOthers() throws Exception {
        Path started = temporary.resolve("started");
        ProcessBuilder busy = new ProcessBuilder(
                "sh",
                "-c",
                "i=0; while [ $i -lt 400 ]; do sleep 1000 & i=$((i+1)); [ $i != 20 ] || touch %s; done; wait"
                        .formatted(started));
        ProcessMark mark = ProcessMark.of(temporary);
        busy.environment().put(ProcessMark.VARIABLE, mark.value());
        Process process = busy.start();
        while (!Files.exists(started)) {
            Thread.onSpinWait();
        }

        assertThat(mark.kill()).contains(process.pid());

        assertThat(mark.kill()).isEmpty();
    }

    /// For a moment the kernel shows no environment of such a process: a look in fifty misses it.
    @Test
    void endsAProcessThatIsJustBecomingAnotherProgram() throws Exception {
        Path program = Files.writeString(temporary.resolve("program"), "exec sh \"$0\"");
        ProcessMark mark = ProcessMark.of(temporary);
        for (int i = 0; i < 50; i++) {
            ProcessBuilder changing = new ProcessBuilder("sh", program.toString());
            changing.environment().put(ProcessMark.VARIABLE, mark.value());
            Process process = changing.start();
            try {
                assertThat(mark.kill()).contains(process.pid());
            } finally {
                process.destroyForcibly();
            }
        }
    }

    /// Only root can give a directory to somebody else; nobody else owns one of root's.
    @Test
    void leavesTheDirectoriesOfOtherUsersAlone() throws Exception {
        if (System.getProperty("user.name").equals("root")) {
            Path left = KilledRunner.leave("process", temporary, register);
            Files.setAttribute(left, "unix:uid", 65_534);

            assertThat(RunDirectory.sweep(temporary, register)).isEmpty();

            assertThat(left).exists();
            Files.setAttribute(left, "unix:uid", 0);
            RunDirectory.sweep(temporary);
        } else {
            assertThat(RunDirectory.isOfThisUser(Path.of("/etc"))).isFalse();
        }
    }

    @Test
    void doesNotSweepALivingRunner() throws Exception {
        try (RunDirectory run = RunDirectory.create(temporary)) {
            RunDirectory.sweep(temporary);
            assertThat(run.path()).exists();
            assertThat(RunDirectory.isAlive(run.path())).isTrue();
        }
    }

    @Test
    void doesNotSayThatItRemovedWhatItCouldNotSweep() {
        assertThat(RunDirectory.sweep(temporary.resolve("gone")))
                .isNotEmpty()
                .allMatch(line -> line.contains("gone cannot be swept: ") && !line.contains("removed"));
    }

    @Test
    void leavesAProcessAloneThatGotTheNumberOfADeadOne() throws Exception {
        Path left = KilledRunner.leave("process", temporary, register);
        ProcessMark.of(left).kill();
        Process bystander = new ProcessBuilder("sleep", "1000").start();
        try {
            Files.writeString(left.resolve("processes"), bystander.pid() + " 2020-01-01T00:00:00Z\n99\nhalf");
            RunDirectory.sweep(temporary);
            assertThat(bystander.isAlive()).isTrue();
            assertThat(left).doesNotExist();
        } finally {
            bystander.destroyForcibly();
        }
    }

    @Test
    void leavesToAnotherThreadWhatThatIsLookingAt() throws Exception {
        Path left = KilledRunner.leave("process", temporary, register);
        try (FileChannel lock = FileChannel.open(left.resolve("lock"), StandardOpenOption.WRITE)) {
            lock.lock();
            assertThat(RunDirectory.sweep(temporary)).isEmpty();
        }
        assertThat(RunDirectory.sweep(temporary)).isNotEmpty();
    }

    @Test
    void takesARunnerItCannotSeeForAlive() {
        assertThat(RunDirectory.isAlive(Path.of("/elsewhere/sluice-run-1"))).isTrue();
    }

    @Test
    void sweepsWhatAKilledRunnerWithAnotherTemporaryDirectoryLeft(@TempDir Path elsewhere, @TempDir Path cache)
            throws Exception {
        Path left = KilledRunner.leave("process", elsewhere, cache);
        assertThat(left).exists().hasParent(elsewhere);

        List<String> swept = RunDirectory.sweep(temporary, cache);

        assertThat(left).doesNotExist();
        assertThat(cache).isEmptyDirectory();
        assertThat(swept).contains("removed what a killed run had left: directory " + left.getFileName());
        assertThat(ProcessMark.of(left).kill()).isEmpty();
    }

    @Test
    void leavesALivingRunnersEntryWhereItIsUntilItEnds(@TempDir Path cache) throws Exception {
        try (RunDirectory run = RunDirectory.create(temporary, cache)) {
            RunDirectory.sweep(temporary, cache);
            assertThat(run.path()).exists();
            assertThat(cache).isNotEmptyDirectory();
        }
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void sweepsADirectoryThatWasHalfMadeLongAgo() throws Exception {
        Path old = Files.createTempDirectory(temporary, "sluice-new-");
        Files.createFile(old.resolve("lock"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(120)));
        Path without = Files.createTempDirectory(temporary, "sluice-new-");
        Files.setLastModifiedTime(without, FileTime.from(Instant.now().minusSeconds(120)));
        Path young = Files.createTempDirectory(temporary, "sluice-new-");
        try {
            RunDirectory.sweep(temporary);
            assertThat(old).doesNotExist();
            assertThat(without).doesNotExist();
            assertThat(young).exists();
        } finally {
            Files.delete(young);
        }
    }
}
