package dev.sluice.runner.sync;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.JsonMembers;
import dev.sluice.protocol.json.LongRecordLine;
import dev.sluice.protocol.json.RecordLine;
import dev.sluice.runner.sync.SyncPlan.PlannedStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What may become of the records of one stream. The answer hangs on the names of their columns alone, nearly
/// always, so records that have the same ones as one before are not looked at.
final class RecordCheck {
    enum Verdict {
        /// It goes on as it came.
        WHOLE,
        /// Some columns must go.
        REDUCED,
        /// Its stream is deduplicated, and it has none of the columns of the key.
        KEYLESS
    }

    private final Optional<FieldSelection> columns;

    /// The paths of which a record needs one; empty when it needs none.
    private final List<List<String>> key;

    private final JsonMembers members = new JsonMembers();

    /// The last shapes and what became of their records: sources that leave out what is null print several, mixed.
    private final Object[] shapes = new Object[16];

    private final Verdict[] verdicts = new Verdict[shapes.length];
    private int oldest;

    RecordCheck(PlannedStream plan) {
        this.columns = FieldSelection.of(plan.stream(), plan.leftOut());
        this.key = plan.deduplicates() ? plan.key() : List.of();
    }

    /// Present when the verdict may be REDUCED.
    Optional<FieldSelection> columns() {
        return columns;
    }

    Verdict of(RecordLine record) {
        Object shape = record.shape();
        for (int i = 0; i < shapes.length && shapes[i] != null; i++) {
            if (shapes[i] == shape) {
                return verdicts[i];
            }
        }
        Set<String> names = new HashSet<>();
        members.open(record.bytes(), record.dataStart());
        while (members.next()) {
            names.add(members.name());
        }
        boolean plainKey = key.isEmpty() || key.stream().anyMatch(path -> path.size() == 1 && isIn(names, path));
        boolean deepKey = !plainKey && key.stream().anyMatch(path -> isIn(names, path));
        boolean hasKey = plainKey || deepKey && hasDeepKey(record);
        Verdict verdict = verdict(hasKey, names.stream().allMatch(this::keeps));
        // A key inside an object may be there in one record and not in the next.
        if (shape != null && !deepKey) {
            shapes[oldest] = shape;
            verdicts[oldest] = verdict;
            oldest = (oldest + 1) % shapes.length;
        }
        return verdict;
    }

    /// A key inside an object of such a record is not looked for.
    Verdict of(LongRecordLine record) throws IOException {
        boolean[] hasKey = {key.isEmpty()};
        boolean[] isWhole = {true};
        record.forEachMember((name, start, end) -> {
            hasKey[0] |= key.stream().anyMatch(path -> path.getFirst().equals(name));
            isWhole[0] &= keeps(name);
        });
        return verdict(hasKey[0], isWhole[0]);
    }

    private static Verdict verdict(boolean hasKey, boolean isWhole) {
        return hasKey ? isWhole ? Verdict.WHOLE : Verdict.REDUCED : Verdict.KEYLESS;
    }

    private boolean keeps(String name) {
        return columns.isEmpty() || columns.get().keeps(name);
    }

    private static boolean isIn(Set<String> names, List<String> path) {
        return names.contains(path.getFirst());
    }

    /// A null at the end of a path counts: it is there.
    private boolean hasDeepKey(RecordLine record) {
        try {
            JsonNode data =
                    Json.mapper().readTree(record.bytes(), record.dataStart(), record.dataEnd() - record.dataStart());
            return key.stream().anyMatch(path -> {
                JsonNode node = data;
                for (String name : path) {
                    node = node.path(name);
                }
                return !node.isMissingNode();
            });
        } catch (JacksonException e) {
            return true; // What the data is worth is for the destination to say.
        } catch (IOException e) {
            throw new AssertionError("reading from memory", e);
        }
    }
}
