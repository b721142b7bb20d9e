package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.runner.cli.TestingSluice.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is to be seen while a sync runs. The scripted source waits until the view has shown what is looked for: its
/// standard error is read as it is written.
@Timeout(60)
final class ProgressViewTest {
    @TempDir
    private Path folder;

    private TestingSluice sluice;

    @BeforeEach
    void makeFolder() throws Exception {
        sluice = new TestingSluice(folder);
        // Returns each state at once: sed would keep them until its input ends.
        sluice.destination(TestingSluice.DESTINATION.replace(
                "sed -n '/\"STATE\"/p'",
                "while read -r line; do case $line in *'\"STATE\"'*) printf '%s\\n' \"$line\" ;; esac; done"));
    }

    /// Two of the streams send something, one of them with an estimate, and a third waits for its quota.
    private void source(int streams) throws Exception {
        sluice.source("""
                N=%d
                status() { echo '{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"a_stream_whose_name_is_long_'$1'"},"status":"'$2'"'$3'}}}'; }
                record() { echo '{"type":"RECORD","record":{"stream":"a_stream_whose_name_is_long_'$1'","data":{"id":1},"emitted_at":1}}'; }
                case $1 in
                spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"}}}' ;;
                discover)
                    printf '{"type":"CATALOG","catalog":{"streams":['
                    i=0
                    while [ $i -lt $N ]; do
                        [ $i = 0 ] || printf ,
                        printf '{"name":"a_stream_whose_name_is_long_%%d","json_schema":{"type":"object"},"supported_sync_modes":["full_refresh"]}' $i
                        i=$((i + 1))
                    done
                    echo ']}}' ;;
                read)
                    status 0 STARTED; record 0; status 0 COMPLETE
                    status 1 STARTED
                    echo '{"type":"TRACE","trace":{"type":"ESTIMATE","emitted_at":1,"estimate":{"name":"a_stream_whose_name_is_long_1","type":"STREAM","row_estimate":4}}}'
                    record 1
                    echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"a_stream_whose_name_is_long_1"},"stream_state":{"id":1}}}}'
                    status 2 RUNNING ',"reasons":[{"type":"RATE_LIMITED","rate_limited":{"quota_reset":4000000000000}}]'
                    until [ -e %s/seen ]; do sleep 0.1; done ;;
                esac
                """.formatted(streams, folder));
    }

    /// Runs a sync and lets the source go on once all of this was shown.
    private Result syncUntilShown(String... wanted) {
        sluice.onError = shown -> {
            if (Stream.of(wanted).allMatch(shown::contains)) {
                try {
                    Files.writeString(folder.resolve("seen"), "");
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        };
        return sluice.run("sync", sluice.file.toString());
    }

    @Test
    void showsEachStreamInEightyColumns() throws Exception {
        source(3);
        sluice.environment.put("SLUICE_TERMINAL", "2");
        Result result = syncUntilShown("25%", "waits to ", " ago ");
        assertThat(result.code()).isZero();
        List<String> frame = frame(result.err());
        assertThat(frame.get(0)).isEqualTo("  stream                      records     size  a second  stored");
        assertThat(frame.get(1)).matches("  a_stream_wh…_is_long_0 +1 +0\\.1 kB +read");
        assertThat(frame.get(2)).matches("  a_stream_wh…_is_long_1 +1 +0\\.1 kB +\\d+ +\\d+s ago 25%( \\w+ left)?");
        assertThat(frame.get(3)).matches("  a_stream_wh…_is_long_2 +0 +0\\.0 kB +waits to \\d\\d:\\d\\d");
        assertThat(frame.get(4)).matches("  2 records \\(0\\.2 kB\\), \\d+/s, 1 stored, .* s");
        assertThat(frame).hasSize(5).allMatch(line -> line.length() < 80);
    }

    @Test
    void countsTheStreamsThatDoNotMoveWhenThereAreMany() throws Exception {
        source(200);
        sluice.environment.put("SLUICE_TERMINAL", "2");
        Result result = syncUntilShown("25%", "waits to ", " ago ");
        List<String> frame = frame(result.err());
        assertThat(frame.get(3)).isEqualTo("  and of 200 streams: 1 read, 0 under way, 197 not begun");
        assertThat(frame).hasSize(5);
    }

    @Test
    void leavesTheScreenAsItWas() throws Exception {
        source(3);
        sluice.environment.put("SLUICE_TERMINAL", "2");
        assertThat(syncUntilShown("25%").err()).endsWith("\u001b[5A\u001b[J");
    }

    @Test
    void usesNoColourWhereNoneIsWanted() throws Exception {
        source(3);
        sluice.environment.put("SLUICE_TERMINAL", "2");
        assertThat(syncUntilShown("25%").err()).contains("\u001b[2m");
        Files.delete(folder.resolve("seen"));
        sluice.environment.put("NO_COLOR", "1");
        assertThat(syncUntilShown("25%").err()).doesNotContain("\u001b[2m").contains("stream   ");
    }

    @Test
    void writesPlainLinesWhereNobodyWatches() throws Exception {
        source(3);
        sluice.progressLine = Duration.ofMillis(50);
        String err = syncUntilShown("rate limited to ", " 1 stored, ").err();
        assertThat(err.lines())
                .anyMatch(
                        line -> line.startsWith("2 records (0.2 kB), ")
                                && line.contains(" 1 stored, ")
                                && line.contains(
                                        "; reading a_stream_whose_name_is_long_1; a_stream_whose_name_is_long_2 is rate limited to "));
        assertThat(err).doesNotContain("\u001b");
    }

    /// The first that shows all of it, without colours.
    private static List<String> frame(String err) {
        return Stream.of(err.split("\u001b\\[\\?7[lh]"))
                .filter(frame -> frame.contains("25%") && frame.contains("waits to ") && frame.contains(" ago "))
                .findFirst()
                .orElseThrow()
                .replaceAll("\u001b\\[\\d*[A-Za-z]", "")
                .lines()
                .toList();
    }
}
