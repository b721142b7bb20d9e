package dev.sluice.source.faker;

import dev.sluice.cdk.Source;
import dev.sluice.cdk.testing.SourceContract;
import java.util.List;
import java.util.Map;

final class SourceFakerContractTest implements SourceContract {
    @Override
    public Source<?> source() {
        return new SourceFaker();
    }

    @Override
    public String workingConfig() {
        return """
                {"count": 95, "seed": 5, "records_per_slice": 10}""";
    }

    /// Whatever fits the spec works.
    @Override
    public Map<String, String> brokenConfigs() {
        return Map.of();
    }

    @Override
    public List<String> streams() {
        return List.of("products", "users", "purchases");
    }
}
