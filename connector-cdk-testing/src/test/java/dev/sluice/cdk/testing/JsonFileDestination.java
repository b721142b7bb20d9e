package dev.sluice.cdk.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.Destination;
import dev.sluice.cdk.DestinationWriter;
import dev.sluice.cdk.MessageEmitter;
import dev.sluice.cdk.config.ConfigForm;
import dev.sluice.cdk.config.Setting;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.RecordLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// Keeps tables as lists of rows in one JSON file, which each commit writes anew: the smallest destination
/// that keeps the contract, with a mistake in it when it is asked to make one.
///
/// The file: `{"tables": {stream: [row…]}, "staging": {stream: {"generation": n, "rows": [row…]}}}`.
final class JsonFileDestination implements Destination<JsonFileDestination.Settings> {
    @ConfigForm(title = "JSON file")
    record Settings(
            @Setting(title = "Path") String path,
            @Setting(title = "Password", secret = true) Optional<String> password) {}

    enum Mistake {
        NONE,
        REFUSES_A_GOOD_CONFIGURATION,
        ACCEPTS_A_BROKEN_CONFIGURATION,
        OVERWRITES_WHAT_IT_SHOULD_APPEND_TO,
        FORGETS_WHEN_ROWS_WERE_READ,
        FORGETS_CHANGES_OF_THE_SOURCE,
        NEVER_REPLACES,
        REPLACES_AT_ONCE,
        DROPS_STAGED_ROWS,
        KEEPS_STAGED_ROWS_OF_ANOTHER_GENERATION,
        REPLACES_ONLY_IF_THERE_ARE_ROWS,
        REPLACES_ALL_STREAMS_OR_NONE,
        LAST_ARRIVAL_WINS,
        GOES_BY_THE_CLOCK,
        NEVER_DEDUPLICATES,
        KNOWS_ONE_KEY_COLUMN,
        NULLS_KEYS_LIKE_OTHER_VALUES,
        COMMITS_AT_THE_END,
        LOSES_THE_LAST_ROW_OF_A_COMMIT,
        EMPTY_TEXT_IS_NULL,
        ASCII_ONLY,
        ENDS_A_TEXT_AT_NUL,
        TAKES_VALUES_AS_THEY_COME,
        NULLS_WITHOUT_A_WORD,
        SHORTENS_TEXTS,
        DROPS_NESTED_VALUES,
        STUMBLES_OVER_UNDECLARED_COLUMNS,
        HAS_ROOM_FOR_100_COLUMNS,
        IGNORES_CASE_OF_COLUMNS,
        IGNORES_CASE_OF_TABLES,
        KNOWS_NO_NAMESPACES,
        KEEPS_THE_FIRST_COLUMNS,
        KEEPS_DECLARED_COLUMNS_ONLY
    }

    private final Mistake mistake;

    JsonFileDestination(Mistake mistake) {
        this.mistake = mistake;
    }

    @Override
    public Class<Settings> configType() {
        return Settings.class;
    }

    @Override
    public String documentationUrl() {
        return "https://example.org/json-file";
    }

    @Override
    public List<DestinationSyncMode> supportedSyncModes() {
        return List.of(DestinationSyncMode.APPEND, DestinationSyncMode.OVERWRITE, DestinationSyncMode.APPEND_DEDUP);
    }

    @Override
    public AirbyteConnectionStatus check(Settings config) {
        boolean exists = Files.isDirectory(Path.of(config.path()).getParent());
        if (mistake == Mistake.REFUSES_A_GOOD_CONFIGURATION
                || !exists && mistake != Mistake.ACCEPTS_A_BROKEN_CONFIGURATION) {
            return AirbyteConnectionStatus.failed("the folder of `path` does not exist");
        }
        return AirbyteConnectionStatus.succeeded();
    }

    @Override
    public DestinationWriter open(Settings config, ConfiguredAirbyteCatalog catalog, MessageEmitter out)
            throws IOException {
        return new Writer(Path.of(config.path()), catalog);
    }

    private final class Writer implements DestinationWriter {
        private final Path path;
        private final ObjectNode store;
        private final Map<StreamDescriptor, ConfiguredAirbyteStream> streams = new HashMap<>();
        private final Map<StreamDescriptor, List<ObjectNode>> uncommitted = new LinkedHashMap<>();
        private final List<StreamDescriptor> toReplace = new ArrayList<>();

        Writer(Path path, ConfiguredAirbyteCatalog catalog) throws IOException {
            this.path = path;
            this.store = load(path);
            for (ConfiguredAirbyteStream stream : catalog.streams()) {
                streams.put(stream.descriptor(), stream);
                prepare(stream);
            }
        }

        private void prepare(ConfiguredAirbyteStream stream) {
            String name = nameOf(stream.descriptor());
            if (isReplacing(stream)) {
                long generation = stream.generationId().orElseThrow();
                boolean isOurs =
                        store.at("/staging").path(name).path("generation").asLong() == generation;
                if (!isOurs && mistake != Mistake.KEEPS_STAGED_ROWS_OF_ANOTHER_GENERATION
                        || mistake == Mistake.DROPS_STAGED_ROWS
                        || !store.get("staging").has(name)) {
                    store.withObject("/staging")
                            .putObject(name)
                            .put("generation", generation)
                            .putArray("rows");
                }
                if (mistake == Mistake.REPLACES_AT_ONCE) {
                    table(name).removeAll();
                }
            } else if (mistake == Mistake.OVERWRITES_WHAT_IT_SHOULD_APPEND_TO) {
                table(name).removeAll();
            }
        }

        @Override
        public boolean write(RecordLine record) throws IOException {
            ConfiguredAirbyteStream stream = streams.get(record.stream());
            ObjectNode data = (ObjectNode)
                    Json.mapper().readTree(record.bytes(), record.dataStart(), record.dataEnd() - record.dataStart());
            ArrayNode changes = Json.mapper().createArrayNode();
            if (record.metaEnd() > record.metaStart() && mistake != Mistake.FORGETS_CHANGES_OF_THE_SOURCE) {
                changes.addAll((ArrayNode) Json.mapper()
                        .readTree(record.bytes(), record.metaStart(), record.metaEnd() - record.metaStart())
                        .path("changes"));
            }
            ObjectNode row = Json.mapper().createObjectNode();
            JsonNode columns = columns(stream);
            if (mistake == Mistake.STUMBLES_OVER_UNDECLARED_COLUMNS) {
                data.fieldNames().forEachRemaining(name -> {
                    if (!columns.has(name)) {
                        throw new IllegalStateException("no column " + name);
                    }
                });
            }
            for (var column : columns.properties()) {
                if (mistake == Mistake.HAS_ROOM_FOR_100_COLUMNS && row.size() == 100) {
                    break;
                }
                JsonNode value = spoiled(withoutHalfPairs(data.path(column.getKey())));
                row.set(column.getKey(), fitting(value, column, stream, changes));
            }
            if (columns.isEmpty() && mistake != Mistake.KEEPS_DECLARED_COLUMNS_ONLY) {
                row.set("data", data);
            }
            if (mistake == Mistake.IGNORES_CASE_OF_COLUMNS && row.has("Name")) {
                row.set("Name", row.path("name"));
            }
            row.put("_airbyte_raw_id", UUID.randomUUID().toString());
            row.put(
                    "_airbyte_extracted_at",
                    (mistake == Mistake.FORGETS_WHEN_ROWS_WERE_READ
                                    ? Instant.now()
                                    : Instant.ofEpochMilli(record.emittedAt()))
                            .toString());
            row.put("_airbyte_generation_id", stream.generationId().orElseThrow());
            row.putObject("_airbyte_meta")
                    .put("sync_id", stream.syncId().orElseThrow())
                    .set("changes", changes);
            uncommitted.computeIfAbsent(record.stream(), _ -> new ArrayList<>()).add(row);
            return true;
        }

        private JsonNode fitting(
                JsonNode value, Map.Entry<String, JsonNode> column, ConfiguredAirbyteStream stream, ArrayNode changes) {
            if (value.isNull() || value.isMissingNode() || mistake == Mistake.TAKES_VALUES_AS_THEY_COME) {
                return value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value;
            }
            Optional<JsonNode> fitting = ColumnValues.fit(value, column.getValue());
            if (fitting.isEmpty()
                    && stream.destinationSyncMode() == DestinationSyncMode.APPEND_DEDUP
                    && stream.primaryKey().contains(List.of(column.getKey()))
                    && mistake != Mistake.NULLS_KEYS_LIKE_OTHER_VALUES) {
                throw ConnectorException.config(
                        "a key '%s' of the stream '%s' does not fit its column; choose another key"
                                .formatted(column.getKey(), stream.descriptor()));
            }
            if (fitting.isEmpty() && mistake != Mistake.NULLS_WITHOUT_A_WORD) {
                changes.addObject()
                        .put("field", column.getKey())
                        .put("change", "NULLED")
                        .put("reason", "DESTINATION_SERIALIZATION_ERROR");
            }
            return fitting.orElse(JsonNodeFactory.instance.nullNode());
        }

        private JsonNode spoiled(JsonNode value) {
            if (value.isContainerNode() && mistake == Mistake.DROPS_NESTED_VALUES) {
                return JsonNodeFactory.instance.nullNode();
            }
            if (!value.isTextual()) {
                return value;
            }
            String text = value.textValue();
            return switch (mistake) {
                case EMPTY_TEXT_IS_NULL -> text.isEmpty() ? JsonNodeFactory.instance.nullNode() : value;
                case ASCII_ONLY -> JsonNodeFactory.instance.textNode(text.replaceAll("[^\\x00-\\x7f]", "?"));
                case ENDS_A_TEXT_AT_NUL ->
                    JsonNodeFactory.instance.textNode(
                            text.contains("\0") ? text.substring(0, text.indexOf('\0')) : text);
                case SHORTENS_TEXTS ->
                    JsonNodeFactory.instance.textNode(text.substring(0, Math.min(text.length(), 1_000_000)));
                default -> value;
            };
        }

        @Override
        public void commit() throws IOException {
            if (mistake != Mistake.COMMITS_AT_THE_END) {
                save();
            }
        }

        private void save() throws IOException {
            uncommitted.forEach((stream, rows) -> {
                ConfiguredAirbyteStream configured = streams.get(stream);
                if (mistake == Mistake.LOSES_THE_LAST_ROW_OF_A_COMMIT) {
                    rows.removeLast();
                }
                ArrayNode target = isReplacing(configured)
                        ? (ArrayNode) store.at("/staging").path(nameOf(stream)).get("rows")
                        : table(nameOf(stream));
                target.addAll(rows);
                deduplicate(target, configured);
            });
            uncommitted.clear();
            Path next = path.resolveSibling("next");
            Files.write(next, Json.mapper().writeValueAsBytes(store));
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
        }

        private void deduplicate(ArrayNode rows, ConfiguredAirbyteStream stream) {
            if (stream.destinationSyncMode() != DestinationSyncMode.APPEND_DEDUP
                    || mistake == Mistake.NEVER_DEDUPLICATES) {
                return;
            }
            Map<String, JsonNode> newest = new LinkedHashMap<>();
            for (JsonNode row : rows) {
                StringBuilder key = new StringBuilder();
                for (List<String> path : stream.primaryKey()) {
                    key.append(row.get(path.getFirst())).append(' ');
                    if (mistake == Mistake.KNOWS_ONE_KEY_COLUMN) {
                        break;
                    }
                }
                newest.merge(key.toString(), row, (a, b) -> isNewer(b, a, stream) ? b : a);
            }
            rows.removeAll().addAll(newest.values());
        }

        /// @param row the one that arrived later
        private boolean isNewer(JsonNode row, JsonNode than, ConfiguredAirbyteStream stream) {
            String cursor = stream.cursorField().getFirst();
            JsonNode mine = row.path(cursor);
            JsonNode theirs = than.path(cursor);
            if (mistake == Mistake.LAST_ARRIVAL_WINS) {
                return true;
            }
            if (mine.isNull() != theirs.isNull()) {
                return theirs.isNull();
            }
            int order = mine.isNull() ? 0 : Values.compare(mine, theirs);
            if (order == 0 && mistake == Mistake.GOES_BY_THE_CLOCK) {
                return Values.compare(row.get("_airbyte_extracted_at"), than.get("_airbyte_extracted_at")) > 0;
            }
            return order >= 0;
        }

        @Override
        public void complete(StreamDescriptor stream) throws IOException {
            toReplace.add(stream);
            if (mistake == Mistake.REPLACES_ALL_STREAMS_OR_NONE && toReplace.size() < streams.size()) {
                return;
            }
            for (StreamDescriptor each : toReplace) {
                replace(each);
            }
            toReplace.clear();
            save();
        }

        private void replace(StreamDescriptor stream) {
            if (!isReplacing(streams.get(stream)) || mistake == Mistake.NEVER_REPLACES) {
                return;
            }
            ArrayNode staged =
                    (ArrayNode) store.at("/staging").path(nameOf(stream)).get("rows");
            if (!staged.isEmpty() || mistake != Mistake.REPLACES_ONLY_IF_THERE_ARE_ROWS) {
                store.withObject("/tables").set(nameOf(stream), staged);
            }
            ((ObjectNode) store.get("staging")).remove(nameOf(stream));
        }

        @Override
        public void close() {}

        private ArrayNode table(String name) {
            ObjectNode tables = (ObjectNode) store.get("tables");
            return tables.has(name) ? (ArrayNode) tables.get(name) : tables.putArray(name);
        }

        private JsonNode columns(ConfiguredAirbyteStream stream) {
            JsonNode columns = stream.stream().jsonSchema().path("properties");
            ArrayNode rows = table(nameOf(stream.descriptor()));
            if (mistake == Mistake.KEEPS_THE_FIRST_COLUMNS && !rows.isEmpty()) {
                ((ObjectNode) columns).retain(names(rows.get(0)));
            }
            return columns;
        }
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static boolean isReplacing(ConfiguredAirbyteStream stream) {
        return stream.minimumGenerationId().orElse(0L) > 0;
    }

    private String nameOf(StreamDescriptor stream) {
        String name = mistake == Mistake.KNOWS_NO_NAMESPACES ? stream.name() : stream.toString();
        return mistake == Mistake.IGNORES_CASE_OF_TABLES ? name.toLowerCase() : name;
    }

    /// The rows of a table, as [DestinationContract#rows] wants them.
    List<ObjectNode> rows(Path path, StreamDescriptor stream) throws IOException {
        List<ObjectNode> rows = new ArrayList<>();
        load(path).path("tables").path(nameOf(stream)).forEach(row -> rows.add((ObjectNode) row));
        return rows;
    }

    private static ObjectNode load(Path path) throws IOException {
        if (!Files.exists(path)) {
            ObjectNode empty = Json.mapper().createObjectNode();
            empty.putObject("tables");
            empty.putObject("staging");
            return empty;
        }
        return (ObjectNode) Json.mapper().readTree(Files.readAllBytes(path));
    }

    /// Half of a surrogate pair is no character: UTF-8 has no bytes for it.
    private static JsonNode withoutHalfPairs(JsonNode value) throws IOException {
        String json = Json.mapper().writeValueAsString(value);
        String whole = HALF_PAIR.matcher(json).replaceAll("\ufffd");
        return whole.equals(json) ? value : Json.mapper().readTree(whole);
    }

    private static final Pattern HALF_PAIR =
            Pattern.compile("[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]");
}
