package dev.sluice.cdk.testing;

import dev.sluice.cdk.testing.Faults.Fault;
import dev.sluice.cdk.testing.JsonFileDestination.Mistake;
import java.nio.file.Path;
import java.time.Duration;

/// The contract of a destination that does not keep it; by its name no test of its own.
final class BrokenDestinationContract extends DestinationContractTest {
    private final Mistake mistake;
    private final Fault fault;

    BrokenDestinationContract(Mistake mistake, Fault fault, Path folder) {
        this.mistake = mistake;
        this.fault = fault;
        this.folder = folder;
    }

    @Override
    JsonFileDestination file() {
        return new JsonFileDestination(mistake);
    }

    /// Impatient: some of the mistakes are to hang.
    @Override
    public ConnectorHarness harness() {
        return super.harness().spoiledBy(fault).withPatience(Duration.ofSeconds(3));
    }
}
