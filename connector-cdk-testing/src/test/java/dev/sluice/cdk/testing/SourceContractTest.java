package dev.sluice.cdk.testing;

import dev.sluice.cdk.Source;
import dev.sluice.cdk.testing.CountingSource.Mistake;
import java.util.List;
import java.util.Map;

/// The whole contract, for a source without a mistake.
class SourceContractTest implements SourceContract {
    private final CountingSource source = new CountingSource(Mistake.NONE);

    @Override
    public Source<?> source() {
        return source;
    }

    @Override
    public String workingConfig() {
        return "{\"rows\": 10, \"token\": \"open sesame\"}";
    }

    @Override
    public Map<String, String> brokenConfigs() {
        return Map.of("{\"rows\": 1, \"token\": \"abracadabra\"}", "`token` is not the one");
    }

    @Override
    public List<String> streams() {
        return List.of("numbers", "letters", "nothing");
    }

    @Override
    public List<String> emptyStreams() {
        return List.of("nothing");
    }
}
