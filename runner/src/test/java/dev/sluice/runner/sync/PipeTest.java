package dev.sluice.runner.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PipeTest {
    private static final int BLOCK = 256 << 10;

    private final Pipe pipe = new Pipe();
    private final OutputStream in = pipe.in();
    private final InputStream out = pipe.out();

    private static void untilWaiting(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.sleep(1); // For a condition; the test's own limit ends it.
        }
    }

    @Test
    void givesWhatWasPutInAndThenTheEnd() throws IOException {
        in.write("one ".getBytes());
        in.write('2');
        assertThat(out.available()).isEqualTo(5);
        in.close();
        assertThat(out.readAllBytes()).asString().isEqualTo("one 2");
        assertThat(out.read()).isEqualTo(-1);
    }

    @Test
    void whoeverWritesIntoAFullOneWaits() throws Exception {
        AtomicInteger written = new AtomicInteger();
        Thread writer = Thread.ofPlatform().start(() -> {
            try (in) {
                for (int i = 0; i < 40; i++) {
                    in.write(new byte[BLOCK]);
                    written.incrementAndGet();
                }
            } catch (IOException e) {
                written.set(-1);
            }
        });

        untilWaiting(writer);

        assertThat(written.get()).isEqualTo(4);
        assertThat(out.readAllBytes()).hasSize(40 * BLOCK);
    }

    @Test
    void aBlockLargerThanThePipePasses() throws Exception {
        CompletableFuture.runAsync(() -> {
            try (in) {
                in.write(new byte[5 << 20]);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(out.readAllBytes()).hasSize(5 << 20);
    }

    @Test
    void aWriteFailsOnceNobodyReads() throws Exception {
        CompletableFuture<Exception> failed = new CompletableFuture<>();
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                while (true) {
                    in.write(new byte[BLOCK]);
                }
            } catch (IOException e) {
                failed.complete(e);
            }
        });
        untilWaiting(writer);

        out.close();

        assertThat(failed.get()).hasMessage("nobody reads any more");
        assertThatThrownBy(() -> in.write(1)).isInstanceOf(IOException.class);
    }

    @Test
    void bothEndsHearAnInterrupt() throws Exception {
        CompletableFuture<Exception> failed = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                out.read();
                failed.complete(new Exception("there was nothing to read"));
            } catch (IOException e) {
                failed.complete(e);
            }
        });
        untilWaiting(reader);
        reader.interrupt();
        assertThat(failed.get()).isInstanceOf(InterruptedIOException.class);

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> in.write(1)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
