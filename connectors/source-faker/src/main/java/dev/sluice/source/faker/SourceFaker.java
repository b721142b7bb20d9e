package dev.sluice.source.faker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.ConnectorMain;
import dev.sluice.cdk.MessageEmitter;
import dev.sluice.cdk.Source;
import dev.sluice.cdk.SourceStates;
import dev.sluice.cdk.StreamEmitter;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Makes up products, users and purchases.
public final class SourceFaker implements Source<FakerConfig> {
    private static final long RANDOM_SEED = -1;

    public static void main(String[] args) {
        ConnectorMain.run(new SourceFaker(), args);
    }

    @Override
    public Class<FakerConfig> configType() {
        return FakerConfig.class;
    }

    @Override
    public String documentationUrl() {
        return "https://docs.airbyte.com/integrations/sources/faker";
    }

    @Override
    public AirbyteConnectionStatus check(FakerConfig config) {
        return AirbyteConnectionStatus.succeeded();
    }

    @Override
    public AirbyteCatalog discover(FakerConfig config) {
        return new AirbyteCatalog(List.of(Products.described(), Users.described(), Purchases.described()));
    }

    @Override
    public void read(FakerConfig config, ConfiguredAirbyteCatalog catalog, SourceStates states, MessageEmitter out)
            throws InterruptedException {
        long seed = config.seed() == RANDOM_SEED ? ThreadLocalRandom.current().nextLong() : config.seed();
        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            out.stream(stream, rows -> {
                FakeStream fake = fake(stream.stream().name(), seed);
                Optional<JsonNode> state = states.of(stream.descriptor());
                long start = start(config, fake, state);
                if (start < fake.positions(config.count())) {
                    read(config, fake, start, stream, rows, out);
                } else {
                    rows.state(state.orElseThrow());
                }
            });
        }
    }

    private static FakeStream fake(String name, long seed) {
        return switch (name) {
            case Products.NAME -> new Products();
            case Users.NAME -> new Users(seed);
            case Purchases.NAME -> new Purchases(seed);
            default ->
                throw ConnectorException.config(
                        "there is no stream '%s'; the faker has products, users and purchases".formatted(name));
        };
    }

    private static void read(
            FakerConfig config,
            FakeStream fake,
            long start,
            ConfiguredAirbyteStream stream,
            StreamEmitter rows,
            MessageEmitter out)
            throws InterruptedException {
        long end = fake.positions(config.count());
        out.estimate(stream.descriptor(), fake.rowsBefore(end) - fake.rowsBefore(start));
        Now now = new Now();
        for (long at = start; at < end; ) {
            long sliceEnd = Math.min(end, at + config.recordsPerSlice());
            for (; at < sliceEnd; at++) {
                fake.emit(at, now, rows);
            }
            rows.state(Json.mapper()
                    .createObjectNode()
                    .put("seed", config.seed())
                    .put("updated_at", now.updatedAtText())
                    .put("loop_offset", at));
        }
    }

    /// Airbyte's faker takes any state for the end when rows are not always updated, and so loses the rest of an
    /// interrupted sync; `loop_offset` says where it really was. Its products come without one: there the state
    /// is written behind the last row.
    private static long start(FakerConfig config, FakeStream fake, Optional<JsonNode> state) {
        if (config.alwaysUpdated() || state.isEmpty() || !state.get().has("updated_at")) {
            return 0;
        }
        return state.get().path("loop_offset").asLong(fake.positions(config.count()));
    }

    @Override
    public void rehearse(MessageEmitter out) throws InterruptedException {
        FakerConfig config = new FakerConfig(20_000, 1, 1_000, true, 1);
        ConfiguredAirbyteCatalog catalog = new ConfiguredAirbyteCatalog(discover(config).streams().stream()
                .map(stream -> new ConfiguredAirbyteStream(
                        stream,
                        SyncMode.INCREMENTAL,
                        stream.defaultCursorField(),
                        DestinationSyncMode.APPEND_DEDUP,
                        stream.sourceDefinedPrimaryKey(),
                        0,
                        0,
                        0))
                .toList());
        read(config, catalog, SourceStates.none(), out);
    }
}
