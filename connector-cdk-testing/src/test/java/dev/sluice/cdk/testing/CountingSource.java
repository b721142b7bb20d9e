package dev.sluice.cdk.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.MessageEmitter;
import dev.sluice.cdk.Source;
import dev.sluice.cdk.SourceStates;
import dev.sluice.cdk.StreamEmitter;
import dev.sluice.cdk.config.ConfigForm;
import dev.sluice.cdk.config.Setting;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts: the smallest source there is, with a mistake in it when it is asked to make one.
final class CountingSource implements Source<CountingSource.Settings> {
    interface Settings {
        int rows();

        String token();
    }

    @ConfigForm(title = "Counting")
    record GoodSettings(
            @Setting(title = "Rows", minimum = 0) int rows,
            @Setting(title = "Token", secret = true) String token) implements Settings {}

    record CarelessSettings(
            @Setting(title = "Rows") int rows,
            @Setting(title = "Token") String token) implements Settings {}

    enum Mistake {
        NONE,
        UNMARKED_SECRET,
        REFUSES_A_GOOD_CONFIGURATION,
        ACCEPTS_A_BROKEN_CONFIGURATION,
        CURSOR_OUTSIDE_THE_SCHEMA,
        STREAM_TWICE,
        STREAM_LEFT_OUT,
        EMPTY_STREAM,
        ROW_WITHOUT_KEY,
        ROW_OF_ANOTHER_TYPE,
        ROW_TWICE,
        ROWS_DIFFER_EACH_TIME,
        NO_STATE,
        STATE_BEFORE_ITS_ROW,
        LOSES_A_ROW_ON_RESUME,
        STARTS_OVER_ON_RESUME,
        KNOWS_EVERY_STREAM,
        SWALLOWS_INTERRUPTS
    }

    private static final int ROWS_PER_STATE = 3;

    private final Mistake mistake;
    private final AtomicInteger reads = new AtomicInteger();

    CountingSource(Mistake mistake) {
        this.mistake = mistake;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Class<Settings> configType() {
        Class<? extends Settings> type =
                mistake == Mistake.UNMARKED_SECRET ? CarelessSettings.class : GoodSettings.class;
        return (Class<Settings>) type;
    }

    @Override
    public String documentationUrl() {
        return "https://example.org/counting";
    }

    @Override
    public AirbyteConnectionStatus check(Settings config) {
        if (mistake == Mistake.REFUSES_A_GOOD_CONFIGURATION) {
            return AirbyteConnectionStatus.failed("not today");
        }
        if (mistake == Mistake.ACCEPTS_A_BROKEN_CONFIGURATION || config.token().equals("open sesame")) {
            return AirbyteConnectionStatus.succeeded();
        }
        return AirbyteConnectionStatus.failed("`token` is not the one; '%s' was tried".formatted(config.token()));
    }

    @Override
    public AirbyteCatalog discover(Settings config) {
        String cursor = mistake == Mistake.CURSOR_OUTSIDE_THE_SCHEMA ? "when" : "n";
        AirbyteStream numbers = AirbyteStream.incremental("numbers", schema(), cursor, List.of(List.of("id")));
        AirbyteStream letters = AirbyteStream.fullRefresh("letters", schema(), List.of(List.of("id")));
        AirbyteStream nothing = AirbyteStream.incremental("nothing", schema(), "n", List.of(List.of("id")));
        return new AirbyteCatalog(
                switch (mistake) {
                    case STREAM_TWICE -> List.of(numbers, letters, nothing, numbers);
                    case STREAM_LEFT_OUT -> List.of(numbers, nothing);
                    default -> List.of(numbers, letters, nothing);
                });
    }

    private static ObjectNode schema() {
        ObjectNode schema = Json.mapper().createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        properties.putObject("id").put("type", "string");
        properties.putObject("n").put("type", "integer");
        return schema;
    }

    @Override
    public void read(Settings config, ConfiguredAirbyteCatalog catalog, SourceStates states, MessageEmitter out)
            throws InterruptedException {
        reads.incrementAndGet();
        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            out.stream(stream, rows -> read(config, stream, states, rows));
        }
    }

    private void read(Settings config, ConfiguredAirbyteStream stream, SourceStates states, StreamEmitter rows)
            throws InterruptedException {
        int until = switch (stream.stream().name()) {
            case "numbers" -> config.rows();
            case "letters" -> mistake == Mistake.EMPTY_STREAM ? 0 : 2;
            case "nothing" -> 0;
            default -> {
                if (mistake != Mistake.KNOWS_EVERY_STREAM) {
                    throw ConnectorException.config("there is no stream '%s'".formatted(stream.descriptor()));
                }
                yield 0;
            }
        };
        boolean isIncremental = stream.syncMode() == SyncMode.INCREMENTAL;
        int from = 1;
        if (isIncremental && mistake != Mistake.STARTS_OVER_ON_RESUME) {
            from += states.of(stream.descriptor())
                    .map(state -> state.get("n").asInt())
                    .orElse(0);
        }
        if (from > 1 && mistake == Mistake.LOSES_A_ROW_ON_RESUME) {
            from++;
        }
        for (int n = from; n <= until; n++) {
            boolean isStateDue = isIncremental && n % ROWS_PER_STATE == 0;
            if (isStateDue && mistake == Mistake.STATE_BEFORE_ITS_ROW) {
                rows.state(state(n));
            }
            try {
                row(rows, n);
            } catch (InterruptedException e) {
                if (mistake != Mistake.SWALLOWS_INTERRUPTS) {
                    throw e;
                }
            }
            if (isStateDue && mistake != Mistake.STATE_BEFORE_ITS_ROW && mistake != Mistake.NO_STATE) {
                rows.state(state(n));
            }
        }
        if (isIncremental && mistake != Mistake.NO_STATE) {
            rows.state(state(until));
        }
    }

    private void row(StreamEmitter rows, int n) throws InterruptedException {
        ObjectNode row = Json.mapper().createObjectNode();
        String id =
                mistake == Mistake.ROWS_DIFFER_EACH_TIME ? "%d in read %d".formatted(n, reads.get()) : "number " + n;
        if (mistake != Mistake.ROW_WITHOUT_KEY) {
            row.put("id", id);
        }
        if (mistake == Mistake.ROW_OF_ANOTHER_TYPE) {
            row.put("n", "" + n);
        } else {
            row.put("n", n);
        }
        rows.record(row);
        if (mistake == Mistake.ROW_TWICE && n == 2) {
            rows.record(row);
        }
    }

    private static JsonNode state(int n) {
        return Json.mapper().createObjectNode().put("n", n);
    }
}
