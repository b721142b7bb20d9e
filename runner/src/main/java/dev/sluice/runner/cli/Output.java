package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// How every command answers: text for a person, or with `--json` one object with `ok`, then `result`, `error`, or
/// both. There is one for a whole command line; its options are declared by the root and known to all commands.
final class Output {
    private final Terminal terminal;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print one JSON object: `ok`, then `result` or `error`.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    private boolean help;

    Output(Terminal terminal) {
        this.terminal = terminal;
    }

    boolean isJson() {
        return json;
    }

    /// A line for a person; nothing when a program asked.
    void line(String text) {
        if (!json) {
            terminal.out().println(text);
        }
    }

    /// A text that is for another program as it is.
    void script(String language, String text) {
        line(text.stripTrailing());
        result(Json.mapper().createObjectNode().put(language, text));
    }

    /// What was asked for, as JSON in both cases: in the envelope when a program asked, else laid out.
    void document(JsonNode result) {
        line(result.toPrettyString());
        result(result);
    }

    /// The envelope for a program; nothing for a person.
    void result(JsonNode result) {
        result(true, result, Optional.empty());
    }

    /// The same for a command that has something to show although it did not end well.
    void result(boolean ok, JsonNode result, Optional<RunnerException> error) {
        if (json) {
            ObjectNode envelope = Json.mapper().createObjectNode();
            envelope.put("ok", ok).set("result", result);
            error.ifPresent(e -> envelope.set("error", ErrorReport.json(e)));
            terminal.out().println(envelope);
        }
    }

    /// Why there is no result.
    void error(RunnerException found) {
        RunnerException error = terminal.mask().over(found);
        if (json) {
            ObjectNode envelope = Json.mapper().createObjectNode();
            envelope.put("ok", false).set("error", ErrorReport.json(error));
            terminal.out().println(envelope);
        } else {
            terminal.err().println(ErrorReport.text(List.of(error)));
        }
    }

    /// Of a command line that could not be understood: whether it asked for JSON.
    void jsonIfIn(String[] args) {
        json |= List.of(args).contains("--json");
    }
}
