package dev.sluice.cdk.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.Destination;
import dev.sluice.cdk.testing.JsonFileDestination.Mistake;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/// The whole contract, for a destination without a mistake.
class DestinationContractTest implements DestinationContract {
    @TempDir
    Path folder;

    @Override
    public Destination<?> destination() {
        return file();
    }

    JsonFileDestination file() {
        return new JsonFileDestination(Mistake.NONE);
    }

    @Override
    public String workingConfig() {
        return "{\"path\": \"%s\", \"password\": \"open sesame\"}".formatted(path());
    }

    @Override
    public Map<String, String> brokenConfigs() {
        return Map.of(
                "{\"path\": \"%s\", \"password\": \"abracadabra\"}".formatted(folder.resolve("none/rows.json")),
                "the folder of `path` does not exist");
    }

    @Override
    public List<ObjectNode> rows(ConfiguredAirbyteStream stream) throws IOException {
        return file().rows(path(), stream.descriptor());
    }

    @Override
    public void reset() throws IOException {
        Files.deleteIfExists(path());
    }

    private Path path() {
        return folder.resolve("rows.json");
    }
}
