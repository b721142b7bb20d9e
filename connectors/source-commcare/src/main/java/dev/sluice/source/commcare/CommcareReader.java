package dev.sluice.source.commcare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.MessageEmitter;
import dev.sluice.cdk.SourceStates;
import dev.sluice.cdk.StreamEmitter;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.source.commcare.Application.Form;
import dev.sluice.source.commcare.CommcareClient.Waiting;
import dev.sluice.source.commcare.CommcareConfig.CaseFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One read: the forms first, the cases last.
final class CommcareReader {
    private static final int MAX_FORMS = 1_000;
    private static final int MAX_CASES = 5_000;

    /// Of more forms than this, CommCare is asked whether a case is theirs.
    private static final int MAX_REMEMBERED = 1_000_000;

    private final CommcareConfig config;
    private final CommcareClient client;
    private final SourceStates states;
    private final MessageEmitter out;
    private final Set<String> formsRead = new HashSet<>();

    CommcareReader(CommcareConfig config, CommcareClient client, SourceStates states, MessageEmitter out) {
        this.config = config;
        this.client = client;
        this.states = states;
        this.out = out;
    }

    void read(ConfiguredAirbyteCatalog catalog) throws InterruptedException {
        List<ConfiguredAirbyteStream> forms = new ArrayList<>();
        List<ConfiguredAirbyteStream> cases = new ArrayList<>();
        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            (stream.stream().name().equals(Application.CASES) ? cases : forms).add(stream);
        }
        if (!forms.isEmpty()) {
            Application application = Application.parse(client.application());
            application.warnings().forEach(out::warn);
            for (ConfiguredAirbyteStream stream : forms) {
                out.stream(stream, rows -> readForm(application, stream, rows));
            }
        }
        for (ConfiguredAirbyteStream stream : cases) {
            out.stream(stream, rows -> readCases(stream, rows));
        }
    }

    private void readForm(Application application, ConfiguredAirbyteStream stream, StreamEmitter rows)
            throws InterruptedException {
        String name = stream.stream().name();
        Form form = application.form(name).orElseThrow(() -> noForm(application, name));
        FormShape shape = new FormShape(config.recordFormat(), config.formFieldsToExclude());
        boolean withData = hasColumn(stream, "data");
        Optional<JsonNode> state = states.of(stream.descriptor());
        if (state.isPresent() && Cursor.isOfAnother(state.get(), form.xmlns())) {
            rows.warn("'%s' was another form of this name at the last sync; this one is read from the start date on"
                    .formatted(name));
            state = Optional.empty();
        }
        Cursor cursor = cursor(state, Optional.of(form.xmlns()));
        Map<String, String> filter = Map.of("app_id", config.appId(), "xmlns", form.xmlns());
        new IndexedReader(client, "form", limit(MAX_FORMS), filter, cursor, rows, (id, indexedOn, envelope) -> {
                    rows.record(shape.record(name, form, id, indexedOn, envelope, withData));
                    remember(id);
                })
                .read();
    }

    private void readCases(ConfiguredAirbyteStream stream, StreamEmitter rows) throws InterruptedException {
        CaseShape shape = new CaseShape(config.recordFormat());
        boolean withData = hasColumn(stream, "data");
        Cursor cursor = cursor(states.of(stream.descriptor()), Optional.empty());
        new IndexedReader(client, "case", limit(MAX_CASES), Map.of(), cursor, rows, (id, indexedOn, sent) -> {
                    if (isWanted(sent)) {
                        rows.record(shape.record(id, indexedOn, sent, withData));
                    }
                })
                .read();
    }

    private static ConnectorException noForm(Application application, String name) {
        String sentence = "the application has no form '%s' that can be read".formatted(name);
        return application.warnings().isEmpty()
                ? ConnectorException.config(sentence + "; discover the streams again, or leave this one out")
                // The form may be in what CommCare could not load.
                : ConnectorException.temporary(sentence + "; " + String.join("; ", application.warnings()));
    }

    private Cursor cursor(Optional<JsonNode> state, Optional<String> xmlns) {
        Instant startDate = IndexedOn.parse(config.startDate())
                .orElseThrow(() -> ConnectorException.config("`start_date` is no date: " + config.startDate()));
        Duration lookback = Duration.ofMinutes(config.lookbackMinutes());
        return state.map(left -> Cursor.resuming(left, startDate, lookback, xmlns))
                .orElseGet(() -> Cursor.startingAt(startDate, lookback, xmlns));
    }

    private int limit(int max) {
        return Math.min(config.pageSize().orElse(max), max);
    }

    /// A catalog of Airbyte's connector has no column `data`, so its tables stay as they are; a new one has it,
    /// unless the user left it out.
    private static boolean hasColumn(ConfiguredAirbyteStream stream, String name) {
        return stream.stream().jsonSchema().path("properties").has(name);
    }

    private void remember(String formId) {
        if (config.caseFilter() == CaseFilter.RELATED_TO_FORMS && formsRead.size() < MAX_REMEMBERED) {
            formsRead.add(formId);
        }
    }

    /// Airbyte's connector knows only the forms this very read came across, and so loses the cases of all others.
    private boolean isWanted(ObjectNode sent) throws InterruptedException {
        if (config.caseFilter() == CaseFilter.ALL) {
            return true;
        }
        for (JsonNode form : sent.path("xform_ids")) {
            if (formsRead.contains(form.asText())) {
                return true;
            }
        }
        Map<String, String> query = Map.of(
                "format",
                "json",
                "app_id",
                config.appId(),
                "case_id",
                sent.path("id").asText(),
                "limit",
                "1");
        return !client.page("form", query, Waiting.QUIETLY).rows().isEmpty();
    }
}
