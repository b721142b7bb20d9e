package dev.sluice.runner.connection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteControlMessage;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.Line;
import dev.sluice.protocol.json.MessageLine;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.runner.RunLog;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.state.ConfigsInMemory;
import dev.sluice.runner.state.KeptConfig;
import dev.sluice.runner.state.KeptConfigs;
import dev.sluice.runner.state.Side;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What one connector is configured with: what the user wrote, until the connector asks for something else with a
/// CONTROL message, which happens each time a single-use token is renewed. From then on that, until the connector
/// asks again or the user edits his file.
///
/// A token that has been renewed is the only one that still works. So it is kept before anything the connector says
/// later is looked at, and a command that cannot keep it ends.
public final class ConfigUpdates {
    private final String connector;
    private final ObjectNode written;
    private ObjectNode current;
    private boolean unkept;

    private JsonNode schema = Json.mapper().createObjectNode();
    private SecretMask mask = new SecretMask();
    private Consumer<String> notices = _ -> {};
    private Side side = Side.SOURCE;
    private KeptConfigs place = new ConfigsInMemory();

    ConfigUpdates(String connector, ObjectNode written) {
        this.connector = connector;
        this.written = written;
        this.current = written;
    }

    /// @param spec the connector's; says which values are secret
    synchronized void checkAgainst(JsonNode spec, SecretMask secrets, Consumer<String> warnings) {
        schema = spec;
        mask = secrets;
        notices = warnings;
    }

    synchronized void keepIn(KeptConfigs kept, Side of) {
        place = kept;
        side = of;
    }

    /// What to start the connector with. Another command may have kept another one a moment ago, so this asks each
    /// time.
    synchronized ObjectNode current() {
        if (unkept) {
            keep(); // It is the only one that works: a second attempt must not fall back to the one before.
            return current;
        }
        Optional<KeptConfig> kept = place.config(side);
        if (kept.isPresent() && !kept.get().isInPlaceOf(plainName(), written)) {
            place.drop(side, kept.get());
            notices.accept(("the configuration of %s has been edited, so what is written counts again; the one that the"
                            + " connector had asked for was dropped")
                    .formatted(connector));
            kept = Optional.empty();
        }
        current = kept.map(KeptConfig::config).orElse(written);
        mask.learn(current, schema);
        return current;
    }

    /// Keeps what the connector asks for, durably before this returns.
    ///
    /// @throws RunnerException when it cannot be kept: then nothing of the connector may be looked at any more
    public synchronized void accept(AirbyteControlMessage asked, RunLog log) {
        ObjectNode config = asked.config();
        mask.learn(config, schema); // Invariant 6: before a word is said about it.
        if (config.equals(current) && !unkept) {
            return; // Some say at each start what they were started with.
        }
        current = config;
        keep();
        log.line(Level.INFO, connector, "asked for another configuration; the next start uses it");
        List<String> misfits = ConfigCheck.misfits(config, schema);
        if (!misfits.isEmpty()) {
            log.line(
                    Level.WARN,
                    connector,
                    "the configuration it asked for does not fit its own spec, and is kept all the same: "
                            + String.join("; ", misfits));
        }
    }

    /// Keeps what a connector that was stopped had asked for a moment before; nothing else it said counts.
    ///
    /// @param said ends when the connector has ended
    public void acceptRest(MessageReader said, RunLog log) {
        try {
            for (Line line = said.read(); line != null; line = said.read()) {
                if (line instanceof MessageLine(AirbyteControlMessage asked, var _)) {
                    accept(asked, log);
                }
            }
        } catch (IOException e) {
            // Its pipe is gone, and with it what was in there.
        }
    }

    private void keep() {
        try {
            unkept = true;
            place.keep(side, KeptConfig.inPlaceOf(plainName(), written, current));
            unkept = false;
        } catch (RunnerException e) {
            if (e.code().equals("connection.taken_over")) {
                throw e; // Then the other runner's counts.
            }
            throw new RunnerException(
                    e.type(),
                    "connector.config_not_kept",
                    "%s asked for another configuration, for example with a renewed token, which could not be kept: %s"
                            .formatted(connector, e.getMessage()),
                    e.where().orElse(""),
                    "mend that, then run it again; if the connector is refused then, the token in the connection file"
                            + " is used up: log in anew and write the new one there",
                    e);
        }
    }

    /// Without registry and tag, so that a new version of an image, or a process in its place, keeps its token, and
    /// another connector does not get it.
    private String plainName() {
        String image = connector.substring(connector.lastIndexOf('/') + 1);
        int end = image.indexOf('@') >= 0 ? image.indexOf('@') : image.indexOf(':');
        return end < 0 ? image : image.substring(0, end);
    }
}
