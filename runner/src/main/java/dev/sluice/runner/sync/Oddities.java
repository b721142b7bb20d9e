package dev.sluice.runner.sync;

import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.RecordLine;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What was odd about the records and states of a source and did no harm: counted as they pass, told once at the end.
final class Oddities {
    private static final int NAMED = 10;

    private final String source;
    private final Set<String> nonNumbers = new LinkedHashSet<>();
    private long empty;
    private long states;
    private long repaired;
    private long nulled;

    Oddities(String source) {
        this.source = source;
    }

    void emptyRecord() {
        empty++;
    }

    /// It covers records that are there; the next sync has them sent again.
    void brokenState() {
        states++;
    }

    void look(RecordLine record) {
        if (record.repaired()) {
            repaired++;
        }
        if (!record.nulled().isEmpty()) {
            nulled++;
            record.nulled().forEach(column -> nonNumber(record.stream(), column));
        }
    }

    private void nonNumber(StreamDescriptor stream, String column) {
        if (nonNumbers.size() <= NAMED) {
            nonNumbers.add(stream + "." + column);
        }
    }

    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (empty > 0) {
            warnings.add(
                    "%s sent %,d records without data; they carry nothing and were dropped".formatted(source, empty));
        }
        if (repaired > 0) {
            warnings.add("%s sent %,d records with bytes that are no UTF-8; U+FFFD stands in their place"
                    .formatted(source, repaired));
        }
        if (nulled > 0) {
            warnings.add(
                    "%s sent %,d records with NaN or Infinity, which JSON does not have; null stands in their place: %s%s"
                            .formatted(
                                    source,
                                    nulled,
                                    String.join(
                                            ", ",
                                            nonNumbers.stream().limit(NAMED).toList()),
                                    nonNumbers.size() > NAMED ? " and more" : ""));
        }
        if (states > 0) {
            warnings.add(
                    "%s sent %,d states that could not be understood; they were dropped, and the next sync may read again what came before them"
                            .formatted(source, states));
        }
        return warnings;
    }
}
