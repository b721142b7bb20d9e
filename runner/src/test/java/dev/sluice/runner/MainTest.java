package dev.sluice.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // A read of a pipe heeds no interrupt.
final class MainTest {
    /// Waits for a thread that has no memory for what it is to do.
    static final class Starved {
        public static void main(String[] args) throws InterruptedException {
            Main.endWhenMemoryEnds();
            Thread.ofPlatform().start(() -> System.out.print(new byte[Integer.MAX_VALUE - 8].length));
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    @Test
    void endsInsteadOfWaitingForAThreadThatHadNoMemory() throws Exception {
        Process starved = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx16m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Starved.class.getName())
                .start();
        try {
            assertThat(new String(starved.getErrorStream().readAllBytes(), UTF_8))
                    .startsWith("error[runner.out_of_memory]: ");
            assertThat(starved.waitFor()).isEqualTo(1);
        } finally {
            starved.destroyForcibly();
        }
    }
}
