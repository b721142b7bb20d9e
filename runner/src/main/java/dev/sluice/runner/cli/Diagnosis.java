package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What `sluice doctor` has found, one line each, printed as it is found: a check that takes long shows which.
final class Diagnosis {
    private enum Level {
        OK,
        WARN,
        FAIL
    }

    private record Finding(Level level, String subject, String text, Optional<String> next) {}

    private final Output output;
    private final List<Finding> findings = new ArrayList<>();
    private Optional<FailureType> worst = Optional.empty();

    Diagnosis(Output output) {
        this.output = output;
    }

    void ok(String subject, String text) {
        add(new Finding(Level.OK, subject, text, Optional.empty()));
    }

    void warn(String subject, String text, String next) {
        add(new Finding(Level.WARN, subject, text, Optional.of(next)));
    }

    void fail(String subject, RunnerException e) {
        String where = e.where().map(" (%s)"::formatted).orElse("");
        fail(e.type(), subject, e.getMessage() + where, e.next());
    }

    void fail(FailureType type, String subject, String text, Optional<String> next) {
        // What is wrong stays wrong; it goes before what may mend itself.
        worst = worst.filter(before -> before == FailureType.CONFIG_ERROR).or(() -> Optional.of(type));
        add(new Finding(Level.FAIL, subject, text, next));
    }

    private void add(Finding finding) {
        findings.add(finding);
        output.line("%-4s  %-12s %s"
                .formatted(
                        finding.level().name().toLowerCase(Locale.ROOT),
                        finding.subject(),
                        finding.text().replace("\n", "\n                   ")));
        finding.next().ifPresent(next -> output.line("        next:      " + next));
    }

    /// Prints the end and returns the exit code.
    int conclude() {
        long fails = count(Level.FAIL);
        long warns = count(Level.WARN);
        output.line("%d ok, %d to look at, %d to mend".formatted(count(Level.OK), warns, fails));
        ObjectNode result = Json.mapper().createObjectNode();
        ArrayNode checks = result.putArray("checks");
        for (Finding finding : findings) {
            ObjectNode check = checks.addObject()
                    .put("level", finding.level().name().toLowerCase(Locale.ROOT))
                    .put("subject", finding.subject())
                    .put("text", finding.text());
            finding.next().ifPresent(next -> check.put("next", next));
        }
        output.result(fails == 0, result, Optional.empty());
        return worst.map(ExitCode::of).orElse(ExitCode.DONE);
    }

    private long count(Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }
}
