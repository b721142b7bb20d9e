package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CallTest {
    @Test
    void tellsEverythingAlsoToACallerWhoIsBusyUntilTheEnd() {
        List<String> heard = new ArrayList<>();
        AtomicReference<Call<String>> call = new AtomicReference<>();
        call.set(new Call<>(
                "test",
                () -> {
                    Thread working = Thread.currentThread();
                    call.get().tell(() -> {
                        heard.add("first");
                        untilTheEndOf(working);
                    });
                    call.get().tell(() -> heard.add("second"));
                    return "result";
                },
                () -> {}));

        assertThat(call.get().await(() -> heard.add("."))).isEqualTo("result");
        assertThat(heard).startsWith("first").endsWith("second", ".");
    }

    private static void untilTheEndOf(Thread working) {
        try {
            working.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
