package dev.sluice.cdk;

import dev.sluice.cdk.config.Setting;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.RecordLine;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A connector for [ProcessTest]: `source` or `destination`, then a command line. It never ends by itself.
final class EndlessConnector {
    private EndlessConnector() {}

    public static void main(String[] args) {
        String[] rest = List.of(args).subList(1, args.length).toArray(String[]::new);
        if (args[0].equals("source")) {
            ConnectorMain.run(new EndlessSource(), rest);
        } else {
            ConnectorMain.run(new PatientDestination(), rest);
        }
    }

    /// @param how what the connector does: `counts`, `waits`, `prints`, `runs out of stack`, `leaves a thread`
    record Settings(
            @Setting String how,
            @Setting(secret = true, defaultValue = "\"\"") String password) {}

    private static final class EndlessSource implements Source<Settings> {
        @Override
        public Class<Settings> configType() {
            return Settings.class;
        }

        @Override
        public String documentationUrl() {
            return "https://example.org/endless";
        }

        @Override
        public AirbyteConnectionStatus check(Settings config) throws Exception {
            return switch (config.how()) {
                case "is wrong" -> throw ConnectorException.config("not '%s'".formatted(config.password()));
                case "is unlucky" -> throw ConnectorException.temporary("not now");
                case "runs out of stack" -> check(config);
                case "leaves a thread" -> {
                    Thread.ofPlatform().name("left behind").start(() -> {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
                    yield AirbyteConnectionStatus.succeeded();
                }
                case "prints" -> {
                    System.out.println("a library greets");
                    yield AirbyteConnectionStatus.succeeded();
                }
                default -> AirbyteConnectionStatus.succeeded();
            };
        }

        @Override
        public AirbyteCatalog discover(Settings config) {
            return new AirbyteCatalog(List.of(AirbyteStream.fullRefresh(
                    "numbers", Json.mapper().createObjectNode().put("type", "object"), List.of())));
        }

        @Override
        public void read(Settings config, ConfiguredAirbyteCatalog catalog, SourceStates states, MessageEmitter out)
                throws InterruptedException {
            out.stream(catalog.streams().getFirst(), rows -> {
                for (long n = 0; ; n++) {
                    long number = n;
                    rows.record(json -> json.writeNumberField("n", number));
                    if (config.how().equals("waits")) {
                        out.info("waiting");
                        new CountDownLatch(1).await();
                    }
                }
            });
        }
    }

    private static final class PatientDestination implements Destination<Settings> {
        @Override
        public Class<Settings> configType() {
            return Settings.class;
        }

        @Override
        public String documentationUrl() {
            return "https://example.org/patient";
        }

        @Override
        public List<DestinationSyncMode> supportedSyncModes() {
            return List.of(DestinationSyncMode.APPEND);
        }

        @Override
        public AirbyteConnectionStatus check(Settings config) {
            return AirbyteConnectionStatus.succeeded();
        }

        @Override
        public DestinationWriter open(Settings config, ConfiguredAirbyteCatalog catalog, MessageEmitter out) {
            out.info("open");
            return new DestinationWriter() {
                @Override
                public boolean write(RecordLine record) throws InterruptedException {
                    if (config.how().equals("waits")) {
                        out.info("writing");
                        new CountDownLatch(1).await();
                    }
                    return true;
                }

                @Override
                public void commit() {}

                @Override
                public void complete(StreamDescriptor stream) {}

                @Override
                public void close() {
                    out.info("closed" + (Thread.currentThread().isInterrupted() ? " while interrupted" : ""));
                }
            };
        }
    }
}
