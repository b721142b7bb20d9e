package dev.sluice.cdk.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.cdk.ConnectorMain;
import dev.sluice.cdk.Destination;
import dev.sluice.cdk.Source;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.Messages;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Runs a connector's command line in this JVM, as a runner would: documents as files, lines in, lines out.
/// Every method that returns a [Transcript] waits for the connector to end; a [Conversation] goes on.
public final class ConnectorHarness {
    /// What happens to a run, and at which line of its output; for telling how a connector takes it.
    enum Disturbance {
        INTERRUPT,
        CLOSED_OUTPUT
    }

    record Disturbed(Disturbance how, Predicate<String> at) {}

    /// The connector behind its command line.
    interface Program {
        int run(String[] args, InputStream stdin, OutputStream stdout, PrintStream stderr);
    }

    private final Program program;
    private final Duration patience;
    private final Optional<Disturbed> disturbed;

    private ConnectorHarness(Program program, Duration patience, Optional<Disturbed> disturbed) {
        this.program = program;
        this.patience = patience;
        this.disturbed = disturbed;
    }

    public static ConnectorHarness of(Source<?> source) {
        return of((args, stdin, stdout, stderr) -> ConnectorMain.run(source, args, stdin, stdout, stderr));
    }

    public static ConnectorHarness of(Destination<?> destination) {
        return of((args, stdin, stdout, stderr) -> ConnectorMain.run(destination, args, stdin, stdout, stderr));
    }

    private static ConnectorHarness of(Program program) {
        return new ConnectorHarness(program, Duration.ofMinutes(2), Optional.empty());
    }

    /// How long to wait before a connector that neither speaks nor ends counts as hanging; two minutes when
    /// nothing else is said. It is there so that a broken connector ends the test, not to measure a good one.
    public ConnectorHarness withPatience(Duration patience) {
        return new ConnectorHarness(program, patience, disturbed);
    }

    /// The connector is interrupted, as SIGTERM does, once it has printed such a line.
    public ConnectorHarness interruptedAt(Predicate<String> line) {
        return new ConnectorHarness(program, patience, Optional.of(new Disturbed(Disturbance.INTERRUPT, line)));
    }

    /// Whoever reads the connector's standard output goes away once it has printed such a line.
    public ConnectorHarness unheardAfter(Predicate<String> line) {
        return new ConnectorHarness(program, patience, Optional.of(new Disturbed(Disturbance.CLOSED_OUTPUT, line)));
    }

    /// Another program around the connector's, to prove that a contract notices.
    ConnectorHarness spoiledBy(UnaryOperator<Program> fault) {
        return new ConnectorHarness(fault.apply(program), patience, disturbed);
    }

    public Transcript spec() {
        return run("spec", Map.of());
    }

    public Transcript check(JsonNode config) {
        return run("check", Map.of("config", config));
    }

    public Transcript discover(JsonNode config) {
        return run("discover", Map.of("config", config));
    }

    /// @param states as an earlier read printed them; with none, the option is left away
    public Transcript read(JsonNode config, ConfiguredAirbyteCatalog catalog, List<AirbyteStateMessage> states) {
        Map<String, JsonNode> files = new LinkedHashMap<>();
        files.put("config", config);
        files.put("catalog", Json.mapper().valueToTree(catalog));
        if (!states.isEmpty()) {
            files.put("state", stateFile(states));
        }
        return run("read", files);
    }

    /// Starts a destination, which then waits for lines.
    public Conversation write(JsonNode config, ConfiguredAirbyteCatalog catalog) {
        Map<String, JsonNode> files = new LinkedHashMap<>();
        files.put("config", config);
        files.put("catalog", Json.mapper().valueToTree(catalog));
        return Conversation.start(program, "write", files, List.of(), patience, disturbed);
    }

    /// A command line as it stands; standard input is empty.
    public Transcript run(List<String> arguments) {
        return Conversation.start(program, "", Map.of(), arguments, patience, disturbed)
                .end();
    }

    private Transcript run(String command, Map<String, JsonNode> files) {
        return Conversation.start(program, command, files, List.of(), patience, disturbed)
                .end();
    }

    private static JsonNode stateFile(List<AirbyteStateMessage> states) {
        if (states.getFirst() instanceof AirbyteStateMessage.Legacy legacy) {
            return legacy.data();
        }
        return Json.mapper()
                .createArrayNode()
                .addAll(states.stream().map(Messages::toJson).toList());
    }
}
