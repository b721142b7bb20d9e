package dev.sluice.source.commcare;

import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.ConnectorMain;
import dev.sluice.cdk.MessageEmitter;
import dev.sluice.cdk.Source;
import dev.sluice.cdk.SourceStates;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.SyncMode;
import dev.sluice.source.commcare.CommcareClient.Patience;
import dev.sluice.source.commcare.CommcareClient.Waiting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads the forms of an application, one a stream, and the cases of its project space.
public final class SourceCommcare implements Source<CommcareConfig> {
    private final Patience forCheck;
    private final Patience forRead;

    public SourceCommcare() {
        this(Patience.FOR_A_CHECK, Patience.FOR_A_READ);
    }

    SourceCommcare(Patience forCheck, Patience forRead) {
        this.forCheck = forCheck;
        this.forRead = forRead;
    }

    public static void main(String[] args) {
        ConnectorMain.run(new SourceCommcare(), args);
    }

    @Override
    public Class<CommcareConfig> configType() {
        return CommcareConfig.class;
    }

    @Override
    public String documentationUrl() {
        return "https://docs.airbyte.com/integrations/sources/commcare";
    }

    @Override
    public AirbyteConnectionStatus check(CommcareConfig config) throws InterruptedException {
        try (CommcareClient client = new CommcareClient(config, forCheck)) {
            client.application();
            // Reading forms and cases needs a permission that reading the application does not.
            for (String resource : List.of("form", "case")) {
                client.page(resource, Map.of("format", "json", "limit", "1"), Waiting.QUIETLY);
            }
            return AirbyteConnectionStatus.succeeded();
        } catch (ConnectorException e) {
            return AirbyteConnectionStatus.failed(e.getMessage());
        }
    }

    @Override
    public AirbyteCatalog discover(CommcareConfig config) throws InterruptedException {
        try (CommcareClient client = new CommcareClient(config, forRead)) {
            Application application = Application.parse(client.application());
            // A catalog has no room for them and a source no emitter here; standard error is read as a log.
            application.warnings().forEach(System.err::println);
            return catalog(config, application);
        }
    }

    private static AirbyteCatalog catalog(CommcareConfig config, Application application) {
        FormShape shape = new FormShape(config.recordFormat(), config.formFieldsToExclude());
        List<AirbyteStream> streams = new ArrayList<>();
        application.forms().forEach(form -> streams.add(shape.describe(form)));
        streams.add(new CaseShape(config.recordFormat()).describe(application));
        return new AirbyteCatalog(streams);
    }

    @Override
    public void read(CommcareConfig config, ConfiguredAirbyteCatalog catalog, SourceStates states, MessageEmitter out)
            throws InterruptedException {
        try (CommcareClient client = new CommcareClient(config, forRead)) {
            new CommcareReader(config, client, states, out).read(catalog);
        }
    }

    @Override
    public void rehearse(MessageEmitter out) throws IOException, InterruptedException {
        try (Rehearsal commcare = new Rehearsal()) {
            CommcareConfig config = commcare.config();
            check(config);
            List<ConfiguredAirbyteStream> streams = discover(config).streams().stream()
                    .map(stream -> new ConfiguredAirbyteStream(
                            stream,
                            SyncMode.INCREMENTAL,
                            stream.defaultCursorField(),
                            DestinationSyncMode.APPEND_DEDUP,
                            stream.sourceDefinedPrimaryKey(),
                            0,
                            0,
                            0))
                    .toList();
            read(config, new ConfiguredAirbyteCatalog(streams), SourceStates.none(), out);
        }
    }
}
