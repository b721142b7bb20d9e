package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import java.util.List;

/// How an error looks: for a person on standard error, for a program as JSON.
final class ErrorReport {
    private static final int MAX_LINE = 300;
    private static final int MAX_TEXT = 2_000;

    private ErrorReport() {}

    /// The cause, and what followed from it.
    static String text(List<RunnerException> errors) {
        StringBuilder text = new StringBuilder();
        RunnerException cause = errors.getFirst();
        text.append("error[").append(cause.code()).append("]: ").append(cut(cause.getMessage()));
        cause.where().ifPresent(where -> text.append("\n  where: ").append(where));
        for (RunnerException consequence : errors.subList(1, errors.size())) {
            text.append("\n  then:  ").append(cut(consequence.getMessage()));
        }
        cause.next().ifPresent(next -> text.append("\n  next:  ").append(next));
        return text.toString();
    }

    /// A message of a connector may fill a screen many times over; `--json` has all that is kept of it.
    private static String cut(String message) {
        return message.length() <= MAX_TEXT
                ? message
                : "%s… (%,d more characters)".formatted(message.substring(0, MAX_TEXT), message.length() - MAX_TEXT);
    }

    /// What happened, where it is mentioned beside other things: the first line, and not without end.
    static String line(String message) {
        String first = message.lines().findFirst().orElse("");
        return first.length() <= MAX_LINE ? first : first.substring(0, MAX_LINE) + "…";
    }

    static ObjectNode json(RunnerException error) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("code", error.code());
        json.put("type", error.type().name().toLowerCase(java.util.Locale.ROOT));
        json.put("message", error.getMessage());
        error.where().ifPresent(where -> json.put("where", where));
        error.next().ifPresent(next -> json.put("next", next));
        return json;
    }
}
