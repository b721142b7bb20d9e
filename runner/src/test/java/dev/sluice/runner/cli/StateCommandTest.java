package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.cli.TestingSluice.Result;
import dev.sluice.runner.state.SyncState;
import dev.sluice.runner.store.SqlStateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `sluice state`: what is stored is shown, set and reset, and never destroyed unasked.
@Timeout(120)
final class StateCommandTest {
    private static final String STREAMS = """
            [{"type":"STREAM","stream":{"stream_descriptor":{"name":"orders"},"stream_state":{"big":123456789012345678901234567890}}},\
            {"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"id":2}}},\
            {"type":"STREAM","stream":{"stream_descriptor":{"name":"users","namespace":"old"},"stream_state":{"id":1}}}]""";

    private static final String GLOBAL = """
            [{"type":"GLOBAL","global":{"shared_state":{"lsn":7},"stream_states":[\
            {"stream_descriptor":{"name":"orders"},"stream_state":{"id":1}},\
            {"stream_descriptor":{"name":"users"},"stream_state":{"id":2}}]}}]""";

    @TempDir
    private Path folder;

    private TestingSluice sluice;
    private String shop;
    private Path document;

    @BeforeEach
    void makeFolder() throws Exception {
        sluice = new TestingSluice(folder);
        shop = sluice.file.toString();
        document = folder.resolve("state.json");
    }

    private Result set(String json, String... more) throws Exception {
        Files.writeString(document, json);
        return run("set", document.toString(), more);
    }

    private Result run(String verb, String first, String... more) {
        String[] args = new String[4 + more.length];
        System.arraycopy(new String[] {"state", verb, shop, first}, 0, args, 0, 4);
        System.arraycopy(more, 0, args, 4, more.length);
        return sluice.run(args);
    }

    private String stored() {
        return sluice.run("state", "show", "--json", shop)
                .out()
                .replace("{\"ok\":true,\"result\":", "")
                .replace("}\n", "");
    }

    @Test
    void whatIsShownCanBeSetAgain() throws Exception {
        for (String state : new String[] {STREAMS, GLOBAL, "{\"cursor\":\"2026\",\"n\":1e400}"}) {
            run("reset", "--all", "--yes");
            assertThat(set(state).code()).isZero();
            String shown = sluice.run("state", "show", shop).out();
            String asJson = sluice.run("state", "show", "--json", shop).out();
            for (String again : new String[] {shown, asJson}) {
                run("reset", "--all", "--yes");
                assertThat(set(again).err()).isEmpty();
                assertThat(sluice.run("state", "show", shop).out()).isEqualTo(shown);
            }
        }
    }

    @Test
    void setSaysWhatItDid() throws Exception {
        assertThat(set(STREAMS))
                .isEqualTo(new Result(
                        0,
                        "stored the state of orders, users, old.users (connection 'shop', in DIR/.sluice/state.db)\n",
                        ""));
        assertThat(stored()).isEqualTo(STREAMS);
        sluice.typed = "[]";
        assertThat(run("set", "-", "--yes", "--json").out())
                .isEqualTo("{\"ok\":true,\"result\":{\"before\":" + STREAMS + ",\"state\":[]}}\n");
    }

    @Test
    void setOfOneStreamLeavesTheOthers() throws Exception {
        set(STREAMS);
        assertThat(set("{\"id\":5}", "--stream", "old.users", "--yes").code()).isZero();
        assertThat(set(STREAMS.replace("{\"id\":2}", "{\"id\":9}"), "--stream", "users", "--yes")
                        .code())
                .isZero();
        assertThat(stored())
                .isEqualTo(STREAMS.replace("{\"id\":2}", "{\"id\":9}").replace("{\"id\":1}", "{\"id\":5}"));
        assertThat(set("[]", "--stream", "users", "--yes").err())
                .startsWith("error[state.invalid]: DIR/state.json holds no state of the stream 'users'\n");
    }

    @Test
    void setOfOneStreamOfAGlobalStateLeavesWhatIsShared() throws Exception {
        set(GLOBAL);
        set("{\"id\":9}", "--stream", "users", "--yes");
        assertThat(stored()).isEqualTo(GLOBAL.replace("{\"id\":2}", "{\"id\":9}"));
    }

    @Test
    void setRefusesWhatIsNoState() throws Exception {
        set(STREAMS);
        for (String[] wrong : new String[][] {
            {"{", "state.json is not JSON: "},
            {"5", "state.json is neither a list of states nor an object"},
            {"[{\"id\":1}]", "state.json is a list whose element 1 is no state: `type` must be STREAM, GLOBAL or LEGACY"
            },
            {"[{\"type\":\"STREAM\",\"stream\":{}}]", "state.json does not say of which stream state 1 is"},
            {STREAMS.replace(",\"namespace\":\"old\"", ""), "state.json holds two states of the stream 'users'"},
            {GLOBAL.replace("[{\"type\"", STREAMS.replace("]", "") + ",{\"type\""), "state.json mixes states"},
            {"{\"cursor\":1}", "state.json is not a list of states, which is what is stored now"},
        }) {
            Result result = set(wrong[0], "--yes");
            assertThat(result.code()).as(wrong[0]).isEqualTo(2);
            assertThat(result.err()).startsWith("error[state.invalid]: DIR/" + wrong[1]);
        }
        assertThat(stored()).isEqualTo(STREAMS);
    }

    @Test
    void resetForgetsTheStreamsThatAreNamed() throws Exception {
        set(STREAMS);
        assertThat(run("reset", "--stream", "users", "--stream", "old.users", "--yes"))
                .isEqualTo(new Result(0, """
                        forgot the state of users, old.users (connection 'shop', in DIR/.sluice/state.db); the next sync reads that from the start
                        """, ""));
        assertThat(stored()).isEqualTo(STREAMS.replaceAll(",\\{\"type.*", "]"));
    }

    @Test
    void resetOfAllForgetsAll() throws Exception {
        set(STREAMS);
        assertThat(run("reset", "--all", "--yes", "--json").out())
                .isEqualTo("{\"ok\":true,\"result\":{\"reset\":[\"orders\",\"users\",\"old.users\"],\"before\":"
                        + STREAMS + ",\"state\":[]}}\n");
        assertThat(run("reset", "--all").out())
                .isEqualTo("nothing is stored for the connection 'shop' in DIR/.sluice/state.db\n");
    }

    @Test
    void resetKeepsWhatIsSharedUntilTheLastStreamGoes() throws Exception {
        set(GLOBAL);
        run("reset", "--stream", "orders", "--yes");
        assertThat(stored())
                .isEqualTo(GLOBAL.replace(
                        "{\"stream_descriptor\":{\"name\":\"orders\"},\"stream_state\":{\"id\":1}},", ""));
        run("reset", "--stream", "users", "--yes");
        assertThat(stored()).isEqualTo("[]");
    }

    @Test
    void resetTakesNoStreamOutOfALegacyState() throws Exception {
        set("{\"cursor\":1}");
        assertThat(run("reset", "--stream", "users", "--yes")).isEqualTo(new Result(2, "", """
                error[state.not_per_stream]: the stored state is one piece that only the source understands: no stream can be taken out of it
                  where: --stream
                  next:  reset all of it with --all
                """));
        assertThat(run("reset", "--all", "--yes").out()).startsWith("forgot the state of the whole connection (");
        assertThat(stored()).isEqualTo("[]");
    }

    @Test
    void resetNamesAStreamThatHasNoState() throws Exception {
        set(STREAMS);
        assertThat(run("reset", "--stream", "usres", "--yes")).isEqualTo(new Result(2, "", """
                error[state.no_such_stream]: nothing is stored for a stream 'usres'; did you mean 'users'?
                  where: --stream
                  next:  `sluice state show DIR/shop.yaml` shows what is stored
                """));
        assertThat(sluice.run("state", "reset", shop).err()).startsWith("error[command.wrong]: ");
        assertThat(stored()).isEqualTo(STREAMS);
    }

    @Test
    void nothingIsDestroyedUnasked() throws Exception {
        set(STREAMS);
        assertThat(run("reset", "--all")).isEqualTo(new Result(2, "", """
                error[command.not_confirmed]: this forgets the state of orders, users, old.users (connection 'shop'), and there is no terminal on which to ask whether that is meant
                  next:  add --yes if it is
                """));
        assertThat(set("[]").code()).isEqualTo(2);
        sluice.environment.put("SLUICE_TERMINAL", "02");
        sluice.typed = "\n";
        assertThat(run("reset", "--all")).isEqualTo(new Result(2, "", """
                this forgets the state of orders, users, old.users (connection 'shop'). Go on? [y/N] \
                error[command.not_confirmed]: nothing was changed
                  next:  answer y to go on
                """));
        assertThat(stored()).isEqualTo(STREAMS);
        sluice.typed = "y\n";
        assertThat(run("reset", "--all").code()).isZero();
        assertThat(stored()).isEqualTo("[]");
    }

    @Test
    void aConnectionThatIsHeldByAnotherRunnerIsLeftAlone() throws Exception {
        set(STREAMS);
        try (var held = SqlStateStore.file(folder.resolve(".sluice/state.db")).acquire("shop")) {
            assertThat(run("reset", "--all", "--yes").code()).isEqualTo(3);
            assertThat(set(GLOBAL, "--yes").err()).startsWith("error[connection.busy]: ");
            assertThat(held.state()).isInstanceOf(SyncState.PerStream.class);
        }
        assertThat(stored()).isEqualTo(STREAMS);
    }

    /// The state is wanted most when a connector does not work.
    @Test
    void noConnectorIsStarted() throws Exception {
        sluice.source("exit 1");
        assertThat(set(STREAMS).code()).isZero();
        assertThat(sluice.run("state", "show", shop).code()).isZero();
        assertThat(run("reset", "--all", "--yes").code()).isZero();
    }

    @Test
    void theNextSyncContinuesFromWhatWasSet() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace("echo 'Loading…'", "cat \"$7\" >>" + folder + "/given"));
        set("""
                [{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"id":77}}}]""");
        sluice.run("sync", shop);
        ObjectNode given = (ObjectNode) Json.mapper()
                .readTree(Files.readString(folder.resolve("given")))
                .get(0);
        assertThat(given.at("/stream/stream_state/id").asInt()).isEqualTo(77);
    }
}
