package dev.sluice.source.commcare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.source.commcare.CommcareClient.Patience;
import java.time.Duration;

/// The connector as tests want it, and what it needs to find the loopback server.
final class TestingCommcare {
    private TestingCommcare() {}

    /// Waits milliseconds where the real one waits seconds.
    static SourceCommcare impatient() {
        Patience patience = new Patience(2, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(20));
        return new SourceCommcare(patience, patience);
    }

    static SourceCommcare patient(int tries, Duration answer) {
        Patience patience = new Patience(tries, Duration.ofMillis(1), Duration.ofMillis(2), answer);
        return new SourceCommcare(patience, patience);
    }

    static ObjectNode config(LoopbackCommcare commcare) {
        return Json.mapper()
                .createObjectNode()
                .put("api_key", LoopbackCommcare.API_KEY)
                .put("project_space", LoopbackCommcare.DOMAIN)
                .put("app_id", LoopbackCommcare.APP)
                .put("start_date", "2012-01-01T00:00:00Z")
                .put("base_url", commcare.address());
    }
}
